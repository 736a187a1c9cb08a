"""All contestants, in the order of the report."""

from __future__ import annotations

from typing import Final

from bench.peers.bare_servers import BareC, BarePython, BareWeb, ReportServer
from bench.peers.contestant import Contestant
from bench.peers.irc_servers import InspIrcd, NgIrcd
from bench.peers.parley_server import Parley, ParleyWeb

ALL: Final[tuple[type[Contestant], ...]] = (Parley, ParleyWeb, InspIrcd, NgIrcd, BarePython, BareC, ReportServer)
FANOUT: Final[tuple[type[Contestant], ...]] = (*ALL, BareWeb)
"""The contestants of the fan-out: all, and a bare broadcaster that sends as many bytes a message as the web dialect."""

SERVERS: Final[tuple[type[Contestant], ...]] = (Parley, ParleyWeb, InspIrcd, NgIrcd)
OURS: Final[tuple[type[Parley], ...]] = (Parley, ParleyWeb)
