"""Browsers open connections before they need them. The prompt that the server sends on these does no harm and is not
shown.

Needs a browser: only a browser opens connections in advance, and decides what to do with unexpected bytes on them.
"""

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.server.server_fixture import Serve, Server, until

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")]

PAGE = """<!doctype html><title>waiting</title>
<link rel="preconnect" href="{server}"><link rel="preconnect" href="{server}" crossorigin>
<body><img src="/when-done" alt="keeps the page loading"><script>
const waits = [0, 100, 190, 210, 260, 400, 900, 1500]
const results = []
const fetched = async () => {{
  try {{ await fetch("{server}/healthz", {{mode: "no-cors", cache: "no-store"}}); results.push("ok") }}
  catch (error) {{ results.push("failed: " + error) }}
  document.title = results.join(" ")
  if (results.length === waits.length) fetch("/done")
}}
for (const wait of waits) setTimeout(fetched, wait)
</script>"""


async def browse(folder: Path, url: str) -> str:
    """Return the page's HTML after the browser has loaded it."""
    browser = await asyncio.create_subprocess_exec(
        CHROMIUM or "",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        f"--user-data-dir={folder / 'profile'}",
        "--dump-dom",
        url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await asyncio.wait_for(browser.communicate(), 30)
    return output.decode()


async def no_trace(server: Server) -> None:
    await until(lambda: not server.hub.connection_counts)
    assert server.log == ["the room #lobby is open"]
    assert server.hub.view.state.users == {}


async def test_the_page_loads_every_time(server: Server, tmp_path: Path) -> None:
    for _ in range(5):
        page = await browse(tmp_path, f"http://127.0.0.1:{server.port}/connect")
        assert "A chat server is running here." in page
    await no_trace(server)


async def test_speculative_connections_of_browsers_leave_no_trace(serve: Serve, tmp_path: Path) -> None:
    server = await serve()

    done = asyncio.Event()

    async def give(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1]
        body = PAGE.format(server=f"http://127.0.0.1:{server.port}").encode() if path == b"/" else b""
        if path == b"/done":
            done.set()
        elif path == b"/when-done":
            await asyncio.wait_for(done.wait(), 20)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        writer.close()

    other = await asyncio.start_server(give, "127.0.0.1", 0)
    try:
        for _ in range(3):
            done.clear()
            page = await browse(tmp_path, f"http://127.0.0.1:{other.sockets[0].getsockname()[1]}/")
            assert "<title>ok ok ok ok ok ok ok ok</title>" in page, page
    finally:
        other.close()
    await no_trace(server)


async def test_a_request_after_the_prompt_resets_the_connection(server: Server) -> None:
    """A browser that has not read the prompt yet gets a reset instead of an answer, and retries on a new
    connection.
    """
    peer = await server.socket()
    await peer.sees_characters("alias?")
    await peer.sends(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await peer.reads() == b"<reset>"
    await no_trace(server)
