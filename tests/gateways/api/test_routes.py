"""The table of routes, and the queries of URLs."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.gateways.http.api import schemas
from parley.gateways.http.api.routes import ROUTES
from parley.gateways.http.api.routing import QueryReader, Table, named

TABLE = Table(ROUTES)


def test_each_route_is_found_and_no_other() -> None:
    for route in ROUTES:
        values = [f"value-{number}" for number, _ in enumerate(route.places)]
        path = route.path
        for place, value in zip(route.places, values, strict=True):
            path = path.replace("{" + place + "}", value, 1)
        here, found = TABLE.find(path)
        prepared, places = here[route.method]
        assert prepared.route is route
        assert named(places, found) == dict(zip(route.places, values, strict=True))


def test_literal_parts_of_a_path_come_before_parameters() -> None:
    here, values = TABLE.find("/rooms/lobby/members/me")
    assert (set(here), values) == ({"PUT", "DELETE"}, ["lobby"])
    here, values = TABLE.find("/rooms/lobby/members/@me")
    assert values == ["lobby", "@me"]
    assert here["DELETE"][0].route.path == "/rooms/{room}/members/{user}"


@pytest.mark.parametrize("path", ["/nothing", "/rooms//members", "//rooms", "/rooms/a/b", "/me/password/x", "rooms"])
def test_unknown_paths_have_no_route(path: str) -> None:
    assert TABLE.find(path)[0] == {}


@given(st.text())
def test_no_path_raises(path: str) -> None:
    here, values = TABLE.find(path)
    for _, places in here.values():
        assert len(named(places, values)) == len(set(places))


PAGES = QueryReader(schemas.PageQuery)


def test_a_query_is_read_as_its_type() -> None:
    pairs = [("before", "12"), ("limit", "7"), ("everything", "true")]
    assert PAGES.read(pairs) == schemas.PageQuery(before=12, limit=7, everything=True)
    assert PAGES.read([]) == schemas.PageQuery()
    assert QueryReader(schemas.AuditQuery).read([("before", "1.2.3")]) == schemas.AuditQuery("1.2.3")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", ""),
        ("limit", "1.0"),
        ("limit", "1e2"),
        ("limit", "0x10"),
        ("limit", "１"),
        ("limit", " 1"),
        ("limit", "+1"),
        ("limit", "1_0"),
        ("after", "-1"),
        ("after", str(2**53)),
        ("after", "null"),
        ("everything", "1"),
        ("everything", "True"),
        ("everything", ""),
        ("other", "1"),
    ],
)
def test_invalid_queries_are_refused(name: str, value: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        PAGES.read([(name, value)])


def test_repeated_query_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="`limit` is there twice"):
        PAGES.read([("limit", "1"), ("limit", "2")])


@given(st.lists(st.tuples(st.sampled_from(["before", "after", "limit", "everything", "x"]), st.text())))
def test_any_query_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    try:
        page = PAGES.read(pairs)
    except (ValueError, msgspec.ValidationError):
        return
    assert 1 <= page.limit <= 200
