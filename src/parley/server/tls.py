"""TLS contexts."""

import ssl
from pathlib import Path

from .config import ConfigError


def context(cert: str, key: str) -> ssl.SSLContext:
    """Return a server's TLS context: TLS 1.2 or newer, with the defaults of the ssl module.

    Raises:
        ConfigError: a file can't be read or they do not belong together.
    """
    for path in (cert, key):
        if not Path(path).is_file():
            raise ConfigError(f"{path} can't be read: there is no such file.")
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        made.load_cert_chain(cert, key)
    except (ssl.SSLError, OSError) as error:
        raise ConfigError(f"{cert} and {key} can't be used: {getattr(error, 'reason', None) or error}.") from None
    return made
