"""The shared parts of the client commands: options, and how their errors are shown."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import passwords

if TYPE_CHECKING:
    from parley.clients.net.client_options import ClientOptions

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

ca: Decorator = click.option(
    "--ca",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates to trust instead of the system's.",
)


def _fingerprint(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from parley.clients.keep.pins import read_fingerprint

    try:
        return value if value is None else read_fingerprint(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


trust: Decorator = click.option(
    "--trust",
    metavar="FINGERPRINT",
    callback=_fingerprint,
    help="Know the server by this certificate from now on: the SHA-256 fingerprint in its log.",
)


def client_data(what: str) -> Decorator:
    """Return the option `--data`: the folder in which a client stores `what`."""
    return click.option(
        "--data",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        help=f"Where to keep {what}.  [env: PARLEY_CLIENT_DATA]",
    )


def client_options(
    address: str | None,
    name: str | None,
    *,
    ca: Path | None,
    trust: str | None,
    data: Path | None,
    password_file: Path | None,
    invite: str | None = None,
    hint: str,
) -> "ClientOptions":
    """Return what the options of a command say, and store the fingerprint of `--trust`.

    Args:
        hint: what the parameter for the address is called.

    Raises:
        click.UsageError: an option makes no sense.
        OSError: the fingerprint can't be stored.
    """
    from parley.clients.keep.identity import invitation_code
    from parley.clients.keep.pins import Pins
    from parley.clients.net.address import AddressError, parse_address
    from parley.clients.net.client_options import ClientOptions

    try:
        where = parse_address(address)
    except AddressError as error:
        raise click.BadParameter(str(error), param_hint=hint) from None
    if trust is not None:
        if not where.secure:
            raise click.UsageError("--trust is for TLS: put https:// before the address.")
        if ca is not None:
            raise click.UsageError("--trust and --ca exclude each other.")
        Pins(data).add(where.place, trust)
    code = invitation_code(invite) if invite else None
    return ClientOptions(where, name, ca, data, passwords.given(password_file), code)


def print_json(document: str) -> None:
    """Print a JSON document on one line. If the output is not UTF-8, all but ASCII is escaped."""
    if sys.stdout.encoding.lower() not in ("utf-8", "utf8"):
        document = json.dumps(json.loads(document))
    print(document, flush=True)


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show the errors of a client, and exit with 1; with 0 if nobody reads its output any more, as in `| head`."""
    from parley.clients.keep.outbox import OutboxError

    try:
        yield
    except BrokenPipeError:
        # Python would complain when it flushes stdout at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (OutboxError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
