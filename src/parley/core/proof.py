"""The bytes that prove what was said: the leaf of an event, and the two hashes in it (docs/protocol/proof.md).

These bytes never change: a client keeps hashes for years and compares them with what it is shown. A `fields` argument
is an event as the web protocol shows it: a dict as parsed from JSON, with the fields that this version does not know.
"""

import base64
import hashlib
import re
import struct
from collections.abc import Mapping
from typing import Final, cast

OUTSIDE: Final = frozenset(("seq", "at", "user", "name", "kind", "target", "salt", "sum", "who", "v", "bot", "now"))
"""The fields that are not in `what`. The leaf itself has `seq`, `at`, `user`, `kind` and `target`; `who` has `name`."""

NAMING: Final = frozenset(("renamed", "named", "profile"))
"""The kinds whose text is about a person. It is in `who`."""

NUMBER_MOST: Final = 2**53 - 1
"""The largest absolute value of a number: JSON readers with 64-bit floats hold it exactly (RFC 8259, section 6)."""

LEVELS: Final = 32
"""How many lists and maps may stand inside one another, the outermost counted."""

HASH_BYTES: Final = 32
KIND_BYTES: Final = 255

_BEFORE_LEAF: Final = b"\x00parley\x01"
_BEFORE_WHO: Final = b"\x02"
_BEFORE_WHAT: Final = b"\x03"
_PLAIN: Final = frozenset(("seq", "at", "user", "target", "name", "text", "salt", "bot", "now"))
_SALT: Final = re.compile("[A-Za-z0-9_-]{22}")
# The last character carries 4 bits, so its two lowest bits are 0: one spelling for each hash (RFC 4648, section 3.5).
_TEXT64: Final = re.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_fixed: Final = struct.Struct(">QQQqQB").pack


# Deterministic CBOR (RFC 8949, section 4.2.1)
# --------------------------------------------------------------------------------------------------------------------


def cbor(value: object) -> bytes:
    """Return the deterministic CBOR (RFC 8949, section 4.2.1) of a value as parsed from JSON: a text, an integer of at
    most `NUMBER_MOST` in absolute value, a boolean, a list, or a dict with texts as keys.

    Raises:
        ValueError: the value holds anything else (null, a float, a lone surrogate), or more than `LEVELS` levels.
    """
    return _item(value, LEVELS)


def _item(value: object, levels: int) -> bytes:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        if abs(value) > NUMBER_MOST:
            raise ValueError("A number is too large: its absolute value has to be below 2 to the power of 53.")
        return _head(0x00, value) if value >= 0 else _head(0x20, -1 - value)
    if isinstance(value, list | tuple | dict):
        if not levels:
            raise ValueError(f"There are more than {LEVELS} lists and maps inside one another.")
        if isinstance(value, dict):
            return _head(0xA0, len(value)) + b"".join(_entries(value, levels - 1))
        return _head(0x80, len(value)) + b"".join([_item(each, levels - 1) for each in value])
    raise ValueError("A value is not a text, a whole number, true, false, a list or a map.")


def _entries(value: dict[object, object], levels: int) -> list[bytes]:
    """Return the encoded entries of a map. Sorting them sorts their keys, since no key is the beginning of another."""
    if not all(isinstance(key, str) for key in value):
        raise ValueError("A key of a map is not a text.")
    return sorted([_text(cast("str", key)) + _item(each, levels) for key, each in value.items()])


def _text(value: str) -> bytes:
    spelled = _utf8(value)
    return _head(0x60, len(spelled)) + spelled


def _utf8(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise ValueError("A text contains a lone surrogate, which UTF-8 can't encode.") from None


def _head(major: int, number: int) -> bytes:
    """Return the shortest head of an item (RFC 8949, section 3). `major` is the major type, shifted left by 5 bits."""
    if number < 24:
        return bytes((major + number,))
    if number < 0x100:
        return bytes((major + 24, number))
    if number < 0x10000:
        return bytes((major + 25,)) + number.to_bytes(2, "big")
    if number < 0x100000000:
        return bytes((major + 26,)) + number.to_bytes(4, "big")
    return bytes((major + 27,)) + number.to_bytes(8, "big")


# The hashes
# --------------------------------------------------------------------------------------------------------------------


def who_hash(salt: str, who: Mapping[str, object]) -> bytes:
    """Return `a`: the 32 bytes that commit to whom an event names. `salt` has 22 characters of A-Z a-z 0-9 - _.

    Raises:
        ValueError: the salt is not one, or `who` can't be encoded.
    """
    return _a(salt, cbor(dict(who)))


def sum_hash(a: bytes, what: Mapping[str, object]) -> bytes:
    """Return `c`: the 32 bytes that commit to all that an event says. `a` is the result of `who_hash`.

    Raises:
        ValueError: `a` is not 32 bytes long, or `what` can't be encoded.
    """
    return _c(_checked(a), cbor(dict(what)))


def plain_hashes(salt: str, name: str, text: str) -> tuple[bytes, bytes]:
    """Return `(a, c)` of an event that has a name and a text and no other field in `who` and `what`, such as a message
    without mentions. It is the same as `who_hash(salt, {"name": name})` and `sum_hash(a, {"text": text})`, but faster.

    Raises:
        ValueError: the salt is not one, or the name or the text contains a lone surrogate.
    """
    a = _a(salt, b"\xa1\x64name" + _text(name))
    return a, _c(a, b"\xa1\x64text" + _text(text))


def _a(salt: str, who: bytes) -> bytes:
    if not _SALT.fullmatch(salt):
        raise ValueError("The salt is not 22 characters of A-Z a-z 0-9 - _.")
    return hashlib.sha256(_BEFORE_WHO + salt.encode() + who).digest()


def _c(a: bytes, what: bytes) -> bytes:
    return hashlib.sha256(_BEFORE_WHAT + a + what).digest()


def leaf(room: int, seq: int, at: int, user: int, target: int, kind: str, c: bytes) -> bytes:
    """Return the 32 bytes that commit to an event in its place. `at` is in milliseconds since 1970 UTC; `target` is 0
    if the event has none; `c` is the result of `sum_hash`.

    Raises:
        ValueError: a number is out of range (only `user` may be negative), the kind has more than 255 bytes of UTF-8,
            or `c` is not 32 bytes long.
    """
    if min(room, seq, at, target) < 0 or max(room, seq, at, target, abs(user)) > NUMBER_MOST:
        raise ValueError("A number of the event is out of range.")
    spelled = _utf8(kind)
    if len(spelled) > KIND_BYTES:
        raise ValueError(f"The kind is longer than {KIND_BYTES} bytes.")
    fixed = _fixed(room, seq, at, user, target, len(spelled))
    return hashlib.sha256(_BEFORE_LEAF + fixed + spelled + _checked(c)).digest()


def _checked(hash_: bytes) -> bytes:
    if len(hash_) != HASH_BYTES:
        raise ValueError(f"A hash is not {HASH_BYTES} bytes long.")
    return hash_


# An event as the web protocol shows it
# --------------------------------------------------------------------------------------------------------------------


def parts(fields: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Return `(who, what)`: the names of people in an event, and all its other fields that are not in `OUTSIDE`. Fields
    that this version does not know are in `what`.

    Raises:
        ValueError: `name` or `kind` is not a text, or `about` is not a map.
    """
    what = {name: value for name, value in fields.items() if name not in OUTSIDE}
    who: dict[str, object] = {"name": _string(fields, "name")}
    if "names" in what:
        who["names"] = what.pop("names")
    if "text" in what and _kind(fields) in NAMING:
        who["text"] = what.pop("text")
    if "about" in what:
        about = what["about"]
        if not isinstance(about, dict):
            raise ValueError("`about` is not a map.")
        what["about"] = {name: value for name, value in about.items() if name != "name"}
        if "name" in about:
            who["about"] = about["name"]
    return who, what


def hashes(fields: Mapping[str, object]) -> tuple[bytes | None, bytes]:
    """Return `(a, c)` of an event, which has one of three fields: `salt` in its full form, `who` (that is `a`) if its
    names are erased, `sum` (that is `c`) if all that it says is erased. With `sum`, `a` is None.

    A field that `who` or `sum` stands for is not covered by the hashes, even if the event still has it: a client that
    shows such a field needs another proof of it.

    Raises:
        ValueError: the event can't be hashed by this version. That is no sign of a changed history. Among others, it
            has two of the three fields, with which what was erased could be guessed.
    """
    if "v" in fields:
        raise ValueError("The event's leaf has a version that is not known here.")
    if ("salt" in fields) + ("who" in fields) + ("sum" in fields) != 1:
        raise ValueError("An event has one of `salt`, `who` and `sum`, and this one has none or several.")
    if "sum" in fields:
        return None, from_text64(_string(fields, "sum"))
    if fields.keys() <= _PLAIN and isinstance(text := fields.get("text"), str):
        return plain_hashes(_string(fields, "salt"), _string(fields, "name"), text)
    who, what = parts(fields)
    a = from_text64(_string(fields, "who")) if "who" in fields else who_hash(_string(fields, "salt"), who)
    return a, sum_hash(a, what)


def leaf_of(room: int, fields: Mapping[str, object]) -> bytes:
    """Return the leaf of an event of the room `room`, in its full form or an erased one.

    Raises:
        ValueError: the event can't be hashed by this version. That is no sign of a changed history.
    """
    _, c = hashes(fields)
    seq, at, user = (_number(fields, name) for name in ("seq", "at", "user"))
    target = _number(fields, "target") if "target" in fields else 0
    return leaf(room, seq, at, user, target, _kind(fields), c)


def text64(hash_: bytes) -> str:
    """Return a hash as 43 characters of base64url without padding (RFC 4648, section 5).

    Raises:
        ValueError: the hash is not 32 bytes long.
    """
    return base64.urlsafe_b64encode(_checked(hash_)).decode().rstrip("=")


def from_text64(text: str) -> bytes:
    """Return the 32 bytes that `text64` has written.

    Raises:
        ValueError: the text is not what `text64` writes for any hash.
    """
    if not _TEXT64.fullmatch(text):
        raise ValueError("A hash is not 43 characters of base64url without padding.")
    return base64.urlsafe_b64decode(text + "=")


def _kind(fields: Mapping[str, object]) -> str:
    return _string(fields, "kind") if "kind" in fields else "message"


def _string(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"`{name}` is not a text.")
    return value


def _number(fields: Mapping[str, object], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"`{name}` is not a whole number.")
    return value
