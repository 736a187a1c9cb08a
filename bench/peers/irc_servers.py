"""InspIRCd and ngIRCd from the system's packages, as child processes.

In their configuration, limits of the message rate, of queues and of connections per address are lifted, and DNS and
ident look-ups are off. All else is as by default.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench.dialects import Dialect, Irc
from bench.peers.contestant import Contestant, program

INSPIRCD = """\
<server name="irc.bench.example" description="bench" network="bench">
<admin name="bench" nick="bench" email="bench@bench.example">
<bind address="127.0.0.1" port="{port}" type="clients">
<path configdir="{folder}" datadir="{folder}" logdir="{folder}" runtimedir="{folder}">
<connect name="main" allow="*" timeout="300" pingfreq="1h" hardsendq="1G" softsendq="512M" recvq="64M"
         threshold="1000000" commandrate="1000000000" fakelag="no" localmax="100000" globalmax="100000"
         maxconnwarn="no" resolvehostnames="no" useident="no" limit="100000" maxchans="100000">
<options defaultmodes="t">
<performance softlimit="100000" somaxconn="4096">
"""

NGIRCD = """\
[Global]
    Name = irc.bench.example
    Info = bench
    Listen = 127.0.0.1
    Ports = {port}
    MotdPhrase = "bench"
    ServerUID = {user}
    ServerGID = {group}
[Limits]
    MaxConnections = 0
    MaxConnectionsIP = 0
    MaxJoins = 0
    MaxNickLength = 20
    MaxPenaltyTime = 0
    PingTimeout = 3600
    PongTimeout = 3600
[Options]
    DNS = no
    Ident = no
    PAM = no
"""


class InspIrcd(Contestant):
    name = "inspircd"
    about = "InspIRCd (C++), stores nothing"
    at_once = 1000  # many in parallel, as it completes registrations only once a second

    def speak(self) -> Dialect:
        return Irc()

    def command(self) -> Sequence[str | Path]:
        path = program("inspircd")
        config = self.folder / "inspircd.conf"
        config.write_text(INSPIRCD.format(port=self.port, folder=self.folder))
        as_root = ["--runasroot"] if os.geteuid() == 0 else []
        return [path, "--config", config, "--nofork", "--nolog", "--nopid", *as_root]

    def version(self) -> str:
        return first_line([program("inspircd"), "--version"])


class NgIrcd(Contestant):
    name = "ngircd"
    about = "ngIRCd (C), stores nothing"
    at_once = storm = 8  # its listen queue holds ten; further connections wait for TCP to retry

    def speak(self) -> Dialect:
        return Irc()

    def command(self) -> Sequence[str | Path]:
        path = program("ngircd")
        user, group = unprivileged()
        config = self.folder / "ngircd.conf"
        config.write_text(NGIRCD.format(port=self.port, user=user, group=group))
        return [path, "--nodaemon", "--config", config]

    def version(self) -> str:
        return first_line([program("ngircd"), "--version"])


def unprivileged() -> tuple[str, str]:
    """Return the user and the group to which the server switches: `nobody` if we are root, else the present ones."""
    me = os.geteuid()
    who = pwd.getpwnam("nobody") if me == 0 else pwd.getpwuid(me)
    return str(who.pw_uid), str(who.pw_gid)


def first_line(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    return (done.stdout or done.stderr).strip().splitlines()[0] if done.stdout or done.stderr else ""
