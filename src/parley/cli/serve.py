"""`parley serve`."""

import logging
import os
from pathlib import Path
from typing import Any

import click

from parley.server import config as configuration
from parley.server.config import Config, ConfigError


@click.command()
@click.option(
    "--listen", multiple=True, metavar="HOST:PORT", help="Where to listen; may be repeated. [127.0.0.1:59000]"
)
@click.option("--data", metavar="DIR", help="The data folder. [the platform's]")
@click.option(
    "--config", "file", metavar="FILE", type=click.Path(path_type=Path), help="A TOML file; flags go before its keys."
)
@click.option(
    "--access", type=click.Choice(["open", "invite", "members"]), help="Who gets in. [open; beyond loopback: invite]"
)
@click.option("--log", type=click.Choice(["text", "json"]), help="How the log is written. [text]")
@click.option("--tls", type=click.Choice(["auto"]), help="Make a self-signed certificate, and keep it.")
@click.option("--tls-cert", metavar="FILE", help="A certificate chain (PEM): TLS is spoken on the same port.")
@click.option("--tls-key", metavar="FILE", help="Its key.")
@click.option("--allow-plaintext", is_flag=True, default=None, help="Take plain text from other machines, too.")
def serve(listen: tuple[str, ...], file: Path | None, **flags: Any) -> None:
    """Run the server, until Ctrl-C."""
    try:
        config = configuration.load(file, listen=list(listen), **flags)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    _run(config)


def _run(config: Config) -> None:
    from parley.server import compose, logs
    from parley.server.net import proxies

    logs.set_up(config.log)
    logger = logging.getLogger("parley")

    def ready(addresses: list[str], owner: str | None) -> None:
        for address in addresses:
            logger.info("Server is running and listening on %s ...", address)
        if config.access == "open" and (outside := proxies.beyond_loopback(addresses)):
            logger.warning(
                '%s can be reached from other machines, and access is "open": '
                "whoever reaches it can take any free name and read every public room",
                ", ".join(outside),
            )
        if owner is not None:
            # To the terminal and not to the log: anybody who reads the link can become the owner of the server.
            _show(f"\nMake this server yours. This link is shown once:\n\n    {owner}\n")

    try:
        compose.run(config, ready)
    except compose.StartError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        pass


def _show(link: str) -> None:
    """Write to standard output. If that fails (a full disk, a pipe that nobody reads), the server runs anyway."""
    try:
        click.echo(link)
    except OSError as error:
        logging.getLogger("parley").error(
            "the link with which the server gets its owner can't be written to standard output: %s. "
            "Make another one: parley admin invite create --role owner",
            error.strerror or error,
        )
        # Python would try the same output again when it exits, and exit with an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
