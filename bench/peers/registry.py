"""All contestants, in the order in which they are shown."""

from __future__ import annotations

from typing import Final

from bench.peers.bare_servers import BareC, BarePython, BareWeb, ReportServer
from bench.peers.contestant import Contestant
from bench.peers.irc_servers import InspIrcd, NgIrcd
from bench.peers.parley_server import Parley, ParleyWeb

ALL: Final[tuple[type[Contestant], ...]] = (Parley, ParleyWeb, InspIrcd, NgIrcd, BarePython, BareC, ReportServer)
FANOUT: Final[tuple[type[Contestant], ...]] = (*ALL, BareWeb)
"""With a limit for those who send more bytes for the same message."""

SERVERS: Final[tuple[type[Contestant], ...]] = (Parley, ParleyWeb, InspIrcd, NgIrcd)
OURS: Final[tuple[type[Parley], ...]] = (Parley, ParleyWeb)
