"""Options that several commands have."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from parley.clients.net.address import Address

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

ca: Decorator = click.option(
    "--ca",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates to trust instead of the system's.",
)


def _pin(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from parley.clients.keep.pins import read_fingerprint

    try:
        return value if value is None else read_fingerprint(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


trust: Decorator = click.option(
    "--trust",
    metavar="FINGERPRINT",
    callback=_pin,
    help="Know the server by this certificate from now on: the SHA-256 fingerprint in its log.",
)


def keep_trust(address: "Address", fingerprint: str | None, ca: Path | None, data: Path | None = None) -> None:
    """Do what `--trust` asks for.

    Raises:
        click.UsageError: it makes no sense with the address or with `--ca`.
        OSError: it can't be kept.
    """
    if fingerprint is None:
        return
    if not address.secure:
        raise click.UsageError("--trust is for TLS: put https:// before the address.")
    if ca is not None:
        raise click.UsageError("--trust and --ca exclude each other.")
    from parley.clients.keep.pins import Pins

    Pins(data).add(address.place, fingerprint)


def client_data(what: str) -> Decorator:
    """Return the option for where a client keeps `what`."""
    return click.option(
        "--data",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        help=f"Where to keep {what}.  [env: PARLEY_CLIENT_DATA]",
    )
