"""`parley serve`."""

import logging
from pathlib import Path

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
@click.option("--log", type=click.Choice(["text", "json"]), help="How the log is written. [text]")
@click.option("--tls-cert", metavar="FILE", help="A certificate chain (PEM): TLS is spoken on the same port.")
@click.option("--tls-key", metavar="FILE", help="Its key.")
def serve(
    listen: tuple[str, ...],
    data: str | None,
    file: Path | None,
    log: str | None,
    tls_cert: str | None,
    tls_key: str | None,
) -> None:
    """Run the server, until Ctrl-C."""
    try:
        config = configuration.load(file, listen=list(listen), data=data, log=log, tls_cert=tls_cert, tls_key=tls_key)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    _run(config)


def _run(config: Config) -> None:
    from parley.server import compose, logs

    logs.set_up(config.log)
    logger = logging.getLogger("parley")

    def ready(addresses: list[str]) -> None:
        for address in addresses:
            logger.info("Server is running and listening on %s ...", address)
        if outside := compose.beyond_loopback(addresses):
            logger.warning(
                "%s can be reached from other machines, and there are no accounts yet: "
                "whoever reaches it can take any free name and read every public room",
                ", ".join(outside),
            )

    try:
        compose.run(config, ready)
    except compose.StartError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        pass
