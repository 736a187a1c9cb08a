"""A throttle against password guessing that does not lock the owner out."""

import ipaddress
from collections import OrderedDict
from functools import lru_cache
from itertools import islice
from typing import Final, Generic, NamedTuple, TypeVar

from .text import NAME_CHARS, fold

KEPT: Final = 10_000
_LOOKED_AT: Final = 16

_Pair = tuple[str, str]
_Key = TypeVar("_Key", str, _Pair)


class Pace(NamedTuple):
    """The delays after failed attempts.

    Attributes:
        free: how many failures cause no delay.
        first: the delay after the next failure, in seconds; each further failure doubles it.
        most: the longest delay, in seconds. Each such period without failures forgets one failure.
    """

    free: int
    first: float
    most: float

    def delay(self, failures: int) -> float:
        """Return the seconds between the last of this many failures and the next attempt."""
        if failures < self.free:
            return 0.0
        return min(self.most, self.first * 2.0 ** min(failures - self.free, 64))


# One account from one unknown address: after 5 failures 1 s, 2 s, 4 s, ... 1 h.
STRANGE: Final = Pace(free=5, first=1.0, most=3_600.0)
# One account, from all unknown addresses together. It forgets faster than one address may fail: it takes a dozen
# addresses to keep the owner from signing in from a new address.
ACCOUNT: Final = Pace(free=20, first=1.0, most=300.0)
# One address, over all accounts that do not know it. A school may be one address.
ADDRESS: Final = Pace(free=40, first=1.0, most=60.0)
# One account from an address that it has signed in from.
KNOWN: Final = Pace(free=10, first=1.0, most=300.0)


class Throttle:
    """Says when a sign-in may be tried. Each failure slows down the account, the address, and the pair of the two.

    An attempt from an address that the account has signed in from (a *known* address) has a delay of its own, which
    failures from other addresses, or with other accounts from this address, do not affect. From unknown addresses an
    account can be tried at most about 40 times in the first hour and 12 times in each further one, whatever their
    number.

    `wait` counts the attempt, so parallel attempts get no more guesses than successive ones. After it, call one of
    `succeeded`, `failed` and `withdrawn`. An attempt that has to wait is not counted.

    Names that don't exist are throttled like accounts, so that a delay reveals nothing. Names are compared folded, IPv6
    addresses by their /64, the smallest network of one customer (RFC 6177). Times are in seconds, of any one monotonic
    clock.

    Memory is bounded: each of the four tables keeps at most `kept` entries. Of the oldest few, the one with the fewest
    failures is dropped first, so a flood of names does not erase what is known about the account under attack.
    """

    __slots__ = ("_accounts", "_addresses", "_known", "_pairs")

    def __init__(self, kept: int = KEPT) -> None:
        self._known = _Failures[_Pair](KNOWN, kept)
        self._pairs = _Failures[_Pair](STRANGE, kept)
        self._accounts = _Failures[str](ACCOUNT, kept)
        self._addresses = _Failures[str](ADDRESS, kept)

    def wait(self, account: str, address: str, now: float) -> float:
        """Count an attempt and return 0, or count nothing and return the seconds until an attempt is allowed.

        Args:
            account: the name, whether it exists or not.
            address: the client's IP address; any other text counts as an address of its own.
            now: the time.
        """
        account, network = pair = _pair(account, address)
        if pair in self._known:
            wait = self._known.wait(pair, now)
            if not wait:
                self._known.add(pair, now)
            return wait
        wait = max(self._pairs.wait(pair, now), self._accounts.wait(account, now), self._addresses.wait(network, now))
        if not wait:
            self._pairs.add(pair, now)
            self._accounts.add(account, now)
        return wait

    def failed(self, account: str, address: str, now: float) -> None:
        """Report a wrong password or an unknown name."""
        pair = _pair(account, address)
        # For the address, count failures only, not attempts in progress: a whole class may sign in at once from one
        # address.
        if pair not in self._known:
            self._addresses.add(pair[1], now)

    def succeeded(self, account: str, address: str) -> None:
        """Report a sign-in: the address becomes known to the account, and the account's failures from it are forgotten.

        Failures from other addresses stay: an attacker gains nothing when the owner signs in.
        """
        pair = _pair(account, address)
        if pair not in self._known:
            self._accounts.take_back(pair[0])
            self._pairs.forget(pair)
        self._known.forget(pair)
        self._known.remember(pair)

    def met(self, account: str, address: str) -> None:
        """Report that a session of the account is used at this address, which makes it known, also after a restart."""
        self._known.remember(_pair(account, address))

    def withdrawn(self, account: str, address: str) -> None:
        """Report that the attempt was not made, e.g. because the server was too busy to check the password."""
        pair = _pair(account, address)
        if pair in self._known:
            self._known.take_back(pair)
        else:
            self._pairs.take_back(pair)
            self._accounts.take_back(pair[0])

    def __len__(self) -> int:
        """Return the number of entries in all tables."""
        return len(self._pairs) + len(self._known) + len(self._accounts) + len(self._addresses)


class _Failures(Generic[_Key]):
    """The number of failures and the time of the last one, by key."""

    __slots__ = ("_kept", "_pace", "_records")

    def __init__(self, pace: Pace, kept: int) -> None:
        self._pace = pace
        self._kept = kept
        self._records: OrderedDict[_Key, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, key: _Key) -> bool:
        return key in self._records

    def wait(self, key: _Key, now: float) -> float:
        failures, last = self._now(key, now)
        wait = self._pace.delay(failures) - (now - last)
        # Tolerance: a client that waits as long as it was told must get through, even on a clock that ran for years.
        return wait if wait > 1e-6 else 0.0

    def add(self, key: _Key, now: float) -> None:
        failures, _ = self._now(key, now)
        self._put(key, failures + 1, now)

    def take_back(self, key: _Key) -> None:
        failures, last = self._records.get(key, (0, 0.0))
        if failures:
            self._put(key, failures - 1, last)

    def remember(self, key: _Key) -> None:
        failures, last = self._records.get(key, (0, 0.0))
        self._put(key, failures, last)

    def forget(self, key: _Key) -> None:
        self._records.pop(key, None)

    def _now(self, key: _Key, now: float) -> tuple[int, float]:
        failures, last = self._records.get(key, (0, now))
        return max(0, failures - int((now - last) / self._pace.most)), last

    def _put(self, key: _Key, failures: int, last: float) -> None:
        self._records[key] = (failures, last)
        self._records.move_to_end(key)
        if len(self._records) > self._kept:
            oldest = islice(self._records.items(), min(_LOOKED_AT, self._kept))
            del self._records[min(oldest, key=lambda item: item[1][0])[0]]


def _pair(account: str, address: str) -> _Pair:
    return fold(account[: 2 * NAME_CHARS]), _network(address)


@lru_cache(maxsize=4_096)
def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> 64:x}::/64"
