"""A throttle for guesses at passwords that does not lock the owner out."""

import ipaddress
from collections import OrderedDict
from itertools import islice
from typing import Final, Generic, NamedTuple, TypeVar

from .text import NAME_CHARS, fold

KEPT: Final = 10_000
_LOOKED_AT: Final = 16

_Pair = tuple[str, str]
_Key = TypeVar("_Key", str, _Pair)


class Pace(NamedTuple):
    """How fast something may fail.

    Attributes:
        free: failures without a delay.
        first: the delay after those, in seconds; it doubles with each further failure.
        most: the longest delay, in seconds; and one failure is forgotten for each such time without any.
    """

    free: int
    first: float
    most: float

    def delay(self, failures: int) -> float:
        """Return the seconds from the last failure, after so many, to the next attempt."""
        if failures < self.free:
            return 0.0
        return min(self.most, self.first * 2.0 ** min(failures - self.free, 64))


# From a strange address: after 5 failures 1 s, 2 s, 4 s, ... 1 h.
STRANGE: Final = Pace(free=5, first=1.0, most=3_600.0)
# An account, from all strange addresses together. It forgets faster than one address may fail: it takes a dozen
# addresses to keep the owner from signing in from a new one.
ACCOUNT: Final = Pace(free=20, first=1.0, most=300.0)
# An address, with whatever accounts it is strange to. A school may be one address.
ADDRESS: Final = Pace(free=40, first=1.0, most=60.0)
# From an address the account has signed in from.
KNOWN: Final = Pace(free=10, first=1.0, most=300.0)


class Throttle:
    """Says when a sign-in may be tried: slower with each failure, for an account, an address, and the two together.

    An attempt from an address that the account has signed in from (a *known* one) has a pace of its own: no number of
    failures elsewhere, or with other accounts from there, delays it. From strange addresses an account is tried at most
    about 40 times in an hour and 12 times in each further one, however many addresses there are.

    An attempt counts from `wait` on, so that many at once get no more guesses than one after another; then one of
    `succeeded`, `failed` and `withdrawn` has to follow. What has to wait counts for nothing.

    Names that nobody has are throttled as accounts are, so that a delay tells nothing. Names are compared folded, IPv6
    addresses by their /64, the least that one customer has (RFC 6177). Times are in seconds, of any one clock that
    never goes back.

    Memory is bounded: of each kind, `kept` are remembered. Of the oldest few, what has failed least is forgotten first,
    so that a flood of names does not wash away what is known of the one that is attacked.
    """

    __slots__ = ("_accounts", "_addresses", "_known", "_pairs")

    def __init__(self, kept: int = KEPT) -> None:
        self._known = _Failures[_Pair](KNOWN, kept)
        self._pairs = _Failures[_Pair](STRANGE, kept)
        self._accounts = _Failures[str](ACCOUNT, kept)
        self._addresses = _Failures[str](ADDRESS, kept)

    def wait(self, account: str, address: str, now: float) -> float:
        """Return 0 and count an attempt, or, with nothing counted, the seconds until one may be made.

        Args:
            account: the name that is tried, whether it exists or not.
            address: the client's IP address; other text counts as an address of its own.
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
        """The password was wrong, or the name is nobody's."""
        pair = _pair(account, address)
        # An address counts what has failed, not what is under way: a class may sign in at once.
        if pair not in self._known:
            self._addresses.add(pair[1], now)

    def succeeded(self, account: str, address: str) -> None:
        """The account has signed in: from now on the address is known to it, and its failures from there are forgotten.

        Failures from elsewhere are not: that the owner comes and goes gives an attacker nothing.
        """
        pair = _pair(account, address)
        if pair not in self._known:
            self._accounts.take_back(pair[0])
            self._pairs.forget(pair)
        self._known.forget(pair)
        self._known.remember(pair)

    def met(self, account: str, address: str) -> None:
        """A session of the account goes on at this address: it is known to it, also after a restart."""
        self._known.remember(_pair(account, address))

    def withdrawn(self, account: str, address: str) -> None:
        """The attempt was not made after all, e.g. because the server was too busy to check the password."""
        pair = _pair(account, address)
        if pair in self._known:
            self._known.take_back(pair)
        else:
            self._pairs.take_back(pair)
            self._accounts.take_back(pair[0])

    def __len__(self) -> int:
        """Return how many records are kept."""
        return len(self._pairs) + len(self._known) + len(self._accounts) + len(self._addresses)


class _Failures(Generic[_Key]):
    """How often and when something failed last, by what it is."""

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
        # A hair of slack: who waits as long as was said must get through, even after years on one clock.
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
