"""Passwords for the commands of the clients: from a file, the environment, or a prompt. Never from the command line:
everybody on the machine can read it.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from parley.wire.encoding import NotUtf8, decode, is_text

if TYPE_CHECKING:
    from parley.clients.net.client_options import ClientOptions
    from parley.clients.protocol.requests import Secret

ENVIRONMENT: Final = "PARLEY_PASSWORD"

T = TypeVar("T")

password_file: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--password-file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"The account's password: the first line of FILE.  [env: {ENVIRONMENT} has the password itself]",
)

invite: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--invite", metavar="CODE", help="An invitation to the server: its code, or the whole link."
)


def given(file: Path | None) -> "Secret | None":
    """Return the password from the file or the environment, if there is one.

    Raises:
        click.ClickException: the file can't be read.
    """
    from parley.clients.protocol.requests import Secret

    if file is None:
        return Secret(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None
    try:
        line = decode(file.read_bytes()).partition("\n")[0].removesuffix("\r")
    except OSError as error:
        raise click.ClickException(f"{file} can't be read: {error.strerror}.") from None
    except NotUtf8 as why:
        raise click.ClickException(f"{file} holds no password: it {why}.") from None
    if not line:
        raise click.ClickException(f"{file} holds no password: its first line is empty.")
    return Secret(line)


def ask(question: str, **options: Any) -> str:
    """Ask for a password at the terminal, without echo, until it is UTF-8."""
    while True:
        try:
            answer: str = click.prompt(question, hide_input=True, err=True, **options)
        except UnicodeDecodeError:
            answer = "\udcff"
        if is_text(answer):
            return answer
        click.echo("This password is not UTF-8. Type it again.", err=True)


def with_password(run: "Callable[[ClientOptions], T]", options: "ClientOptions") -> T:
    """Run a command; if the server wants a password, ask for it and run the command again.

    Raises:
        click.ClickException: a password is needed, and nobody can be asked.
    """
    import msgspec

    from parley.clients.keep.identity import PASSWORD_HINT, PasswordNeeded
    from parley.clients.protocol.requests import Secret

    while True:
        try:
            return run(options)
        except PasswordNeeded as needed:
            if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
                hint = f" {PASSWORD_HINT}" if options.password is None else ""
                raise click.ClickException(f"{needed}{hint}") from None
            click.echo(str(needed), err=True)
        password = Secret(ask("Password", prompt_suffix=" >>> "))
        options = msgspec.structs.replace(options, password=password)
