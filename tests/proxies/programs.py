"""The programs of proxies, with the configurations that docs/guide/network.md shows."""

import asyncio
import os
import re
import shutil
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
import trustme

from tests.server.server_fixture import DEADLINE

GUIDE: Final = Path(__file__).parents[2] / "docs/guide/network.md"

PROGRAMS: Final = ("nginx", "caddy", "haproxy")

PUBLIC: Final = "https://chat.example.org"
"""The configured `url`: the origin of pages that are loaded through a proxy that rewrites `Host`."""

UPSTREAM: Final = "127.0.0.1:59000"
"""The server's address in the guide."""

TIMEOUT: Final = "1s"
"""The timeout in these tests. It replaces those in the guide's configurations, or the program's default of a minute."""


def blocks(language: str) -> list[str]:
    """Return the configurations of the guide in one language."""
    found = re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found, f"{GUIDE.name} has no example for {language}"
    return found


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    """Replace each pattern. Fail if one does not occur: the guide has then changed, and this file has to follow."""
    for pattern, new in pairs:
        text, count = re.subn(pattern, lambda _, new=new: new, text, flags=re.MULTILINE)  # type: ignore[misc]
        assert count, f"{GUIDE.name} has no {pattern!r}"
    return text


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class TlsFiles:
    """A certificate for loopback, in files.

    Attributes:
        chain, key, both: PEM files.
        context: a client's TLS context that trusts the certificate.
    """

    def __init__(self, authority: trustme.CA, folder: Path) -> None:
        self.chain, self.key, self.both = (folder / name for name in ("fullchain.pem", "privkey.pem", "both.pem"))
        made = authority.issue_cert("localhost", "127.0.0.1")
        for blob in made.cert_chain_pems:
            blob.write_to_path(self.chain, append=True)
        made.private_key_pem.write_to_path(self.key)
        made.private_key_and_cert_chain_pem.write_to_path(self.both)
        self.context = ssl.create_default_context()
        authority.configure_trust(self.context)


class Proxy:
    """A proxy process.

    Attributes:
        name: the program.
        port: the port with the configuration of the guide.
        rewriting: the port with the same configuration, except that it rewrites `Host`.
        tcp: the port at which it forwards bytes after a PROXY header; 0 if it does not.
        tls: its certificate.
    """

    def __init__(self, name: str, upstream: int, tls: TlsFiles, folder: Path) -> None:
        self.name: Final = name
        self.port, self.rewriting = free_port(), free_port()
        self.tcp = free_port() if name == "haproxy" else 0
        self.tls: Final = tls
        self._upstream = f"127.0.0.1:{upstream}"
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    async def start(self) -> None:
        """Start the proxy, and wait until it listens. Skip the test if the program is not installed."""
        program = shutil.which(self.name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if program is None:
            why = f"{self.name} is not installed (Debian's package {self.name})"
            if os.environ.get("CI") == "true":
                pytest.fail(why)
            pytest.skip(why)
        arguments = getattr(self, f"_{self.name}")()
        environment = {**os.environ, "HOME": str(self._folder), "XDG_DATA_HOME": str(self._folder)}
        with (self._folder / "log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                program, *arguments, cwd=self._folder, stdout=log, stderr=log, env=environment
            )
        async with asyncio.timeout(4 * DEADLINE):
            for port in filter(None, (self.port, self.rewriting, self.tcp)):
                while not await _listens(port):
                    assert self._process.returncode is None, self.log
                    await asyncio.sleep(0.02)

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def status_of_check(self, backend: str) -> str:
        """Return the result of HAProxy's health check, e.g. `L7OK`."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(self._folder / "stats"))
            sock.sendall(b"show stat\n")
            lines = b"".join(iter(lambda: sock.recv(65_536), b"")).decode().splitlines()
        names = lines[0].removeprefix("# ").split(",")
        rows = [dict(zip(names, line.split(","), strict=False)) for line in lines[1:]]
        return next(
            row["check_status"] for row in rows if (row.get("pxname"), row.get("svname")) == (backend, "parley")
        )

    # The configurations

    def _nginx(self) -> list[str]:
        [guide] = blocks("nginx")
        whole = replaced(
            guide,
            (re.escape(UPSTREAM), self._upstream),
            ("/etc/ssl/chat.example.org/fullchain.pem", str(self.tls.chain)),
            ("/etc/ssl/chat.example.org/privkey.pem", str(self.tls.key)),
            (r"(?<=location / \{)$", f"\n        proxy_read_timeout {TIMEOUT};\n        proxy_send_timeout {TIMEOUT};"),
        )
        ours = replaced(whole, ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"))
        server = ours[ours.index("server {\n    listen") :]
        rewriting = replaced(
            server, (f":{self.port} ssl", f":{self.rewriting} ssl"), (r"^ *proxy_set_header Host .*\n", "")
        )
        paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        (self._folder / "nginx.conf").write_text(
            "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr warn;\n"
            "events {}\nhttp {\naccess_log off;\n"
            + "".join(f"{path}_temp_path {path};\n" for path in paths)
            + ours
            + rewriting
            + "}\n"
        )
        return ["-p", str(self._folder), "-e", "stderr", "-c", "nginx.conf"]

    def _caddy(self) -> list[str]:
        [guide] = blocks("caddyfile")
        tls = f"    tls {self.tls.chain} {self.tls.key}"
        whole = replaced(guide, (re.escape(UPSTREAM), self._upstream))
        ours = replaced(whole, (r"^chat\.example\.org \{", f"https://127.0.0.1:{self.port} {{\n{tls}"))
        rewriting = replaced(
            whole,
            (r"^chat\.example\.org \{", f"https://127.0.0.1:{self.rewriting} {{\n{tls}"),
            (f"{self._upstream}$", f"{self._upstream} {{\n        header_up Host {{upstream_hostport}}\n    }}"),
        )
        options = "{\n    admin off\n    auto_https off\n}\n"
        (self._folder / "Caddyfile").write_text(options + ours + rewriting)
        return ["run", "--config", "Caddyfile", "--adapter", "caddyfile"]

    def _haproxy(self) -> list[str]:
        ending, passing = blocks("haproxy")
        ours = replaced(
            ending,
            (re.escape(UPSTREAM), self._upstream),
            ("/etc/haproxy/chat.example.org.pem", str(self.tls.both)),
            ("bind :443", f"bind 127.0.0.1:{self.port}"),
            ("timeout (client|server) 1m", f"timeout client {TIMEOUT}\n    timeout server {TIMEOUT}"),
            ("timeout tunnel 2m", f"timeout tunnel {TIMEOUT}"),
            (r" check$", " check inter 200ms"),
        )
        rewriting = replaced(
            ours[ours.index("frontend") :],
            ("frontend chat", "frontend chat2"),
            ("backend parley$", "backend parley2"),
            (f":{self.port} ", f":{self.rewriting} "),
            ("option httpchk GET /healthz", "option httpchk\n    http-request set-header Host backend.internal"),
        )
        tcp = replaced(
            passing,
            (re.escape(UPSTREAM), self._upstream),
            ("bind :443", f"bind 127.0.0.1:{self.tcp}"),
            ("listen parley", "listen tcp"),
        )
        (self._folder / "haproxy.cfg").write_text(
            f"global\n    stats socket {self._folder / 'stats'} mode 600\n" + ours + rewriting + tcp
        )
        return ["-db", "-f", "haproxy.cfg"]


async def _listens(port: int) -> bool:
    with suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        return True
    return False
