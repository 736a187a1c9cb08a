"""`parley config`: the configuration file."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from parley.server.config import Config
    from parley.server.net.certificates import CertificateFault

_ACCESS: Final = {
    "open": "open: whoever reaches it comes in",
    "invite": "invite: by invitation",
    "members": "members: whoever has an account",
}


@click.group()
def config() -> None:
    """Look at a configuration file."""


@config.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check a configuration FILE, and show the settings that a server would use.

    Exits with 1 if it can't be used, or if clients would refuse its certificate.

    Nothing is made or started.
    """
    from parley.server.config import ConfigError, load

    try:
        read = load(file)
        facts = _facts(read)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    faults = _faults(read)
    click.echo(f"{file} can be used." if faults else f"{file} is all right.")
    for name, fact in facts:
        click.echo(f"  {name:<8} {fact}")
    for fault in faults:
        click.echo(f"Warning: {fault.words}", err=True)
    raise SystemExit(1 if any(fault.refused for fault in faults) else 0)


def _facts(config: "Config") -> list[tuple[str, str]]:
    """Return what the server would do with this configuration.

    Raises:
        ConfigError: the server would not start with it.
    """
    from parley.server.config import ConfigError, base_url
    from parley.server.net import proxies
    from parley.server.webhooks import check_allow
    from parley.storage.folder import default_data_folder

    proxies.check_exposure(config, config.listen)
    for entry in config.webhook_allow:
        try:
            check_allow(entry)
        except ValueError as error:
            raise ConfigError(str(error)) from None
    folder = Path(config.data) if config.data else default_data_folder()
    there = "" if folder.is_dir() else " (it is made at the first start)"
    outside = proxies.beyond_loopback(config.listen)
    access = _ACCESS[config.access or ("invite" if outside else "open")]
    return [
        ("listen", ", ".join(config.listen) + (" (other machines can reach it)" if outside else "")),
        ("links", f"{base_url(config, config.listen)}/..."),
        ("access", access),
        ("TLS", _tls(config, folder)),
        ("data", f"{folder}{there}"),
    ]


def _faults(config: "Config") -> "list[CertificateFault]":
    """Return the faults of the certificate, with their subject."""
    from datetime import UTC, datetime

    from parley.server.net.certificates import CertificateFault, faults

    if config.tls_cert is None:
        return []
    found = faults(Path(config.tls_cert).read_bytes(), datetime.now(UTC), config.url_of_certificate)
    return [CertificateFault(f"The certificate in {config.tls_cert} {fault.words}", fault.refused) for fault in found]


def _tls(config: "Config", folder: Path) -> str:
    from parley.server.net import tls

    if config.tls is not None:
        return f"a certificate of its own, in {folder / tls.FOLDER}"
    if config.tls_cert is not None and config.tls_key is not None:
        tls.server_context(config.tls_cert, config.tls_key)
        return f"the certificate in {config.tls_cert}"
    if config.trusted_proxies:
        return f"none; proxies at {', '.join(config.trusted_proxies)} are believed"
    return "none, and plain text is taken from other machines" if config.allow_plaintext else "none"
