"""`parley.server.net.http` relies on names of uvicorn that are not public. If uvicorn changes any of them, these tests
fail and name them. The upper bound in pyproject.toml excludes versions that nobody has tested.
"""

import inspect
from typing import Final

import pytest
import uvicorn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

WHERE: Final = f"net/http.py relies on it, and in uvicorn {uvicorn.__version__}"

SIGNATURES: Final = {
    "__init__": ["self", "config", "server_state", "app_state", "_loop"],
    "connection_made": ["self", "transport"],
    "connection_lost": ["self", "exc"],
    "data_received": ["self", "data"],
    "on_message_begin": ["self"],
    "on_headers_complete": ["self"],
    "on_message_complete": ["self"],
    "on_response_complete": ["self"],
    "timeout_keep_alive_handler": ["self"],
    "pause_writing": ["self"],
    "resume_writing": ["self"],
    "handle_websocket_upgrade": ["self"],
    "shutdown": ["self"],
    "_get_upgrade": ["self"],
    "_start_asgi_task": ["self", "cycle", "app"],
    "_should_upgrade_to_ws": ["self"],
    "_unsupported_upgrade_warning": ["self"],
}
"""The methods of uvicorn's protocol that are overridden or called, with their parameters."""

ATTRIBUTES: Final = (
    "app",
    "app_state",
    "client",
    "connections",
    "cycle",
    "flow",
    "headers",
    "loop",
    "parser",
    "scheme",
    "timeout_keep_alive",
    "timeout_keep_alive_task",
)
ATTRIBUTES_OF_A_REQUEST: Final = ("scope", "url")
"""These attributes exist after a request has begun."""


def protocol() -> HttpToolsProtocol:
    config = uvicorn.Config(lambda scope: None, ws="none", http="httptools", lifespan="off", log_config=None)
    config.load()
    return HttpToolsProtocol(config, ServerState(), {})


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_method_is_there_with_its_parameters(name: str) -> None:
    method = getattr(HttpToolsProtocol, name, None)
    assert method is not None, f"{WHERE}: HttpToolsProtocol.{name} is gone"
    found = list(inspect.signature(method).parameters)
    assert found == SIGNATURES[name], f"{WHERE}: HttpToolsProtocol.{name} takes {found} and took {SIGNATURES[name]}"


async def test_an_attribute_is_there() -> None:
    made = protocol()
    for name in ATTRIBUTES:
        assert hasattr(made, name), f"{WHERE}: HttpToolsProtocol has no attribute {name}"
    source = inspect.getsource(HttpToolsProtocol)
    for name in ATTRIBUTES_OF_A_REQUEST:
        assert f"self.{name} = " in source, f"{WHERE}: HttpToolsProtocol sets no {name}"


def test_a_cycle_and_the_state_have_their_attributes() -> None:
    source = inspect.getsource(RequestResponseCycle)
    for name in (
        "disconnected",
        "flow",
        "keep_alive",
        "message_event",
        "on_response",
        "response_complete",
        "response_started",
        "scope",
        "transport",
    ):
        assert f"self.{name} = " in source, f"{WHERE}: RequestResponseCycle sets no {name}"
    assert hasattr(ServerState(), "tasks"), f"{WHERE}: ServerState has no tasks"
    assert inspect.iscoroutinefunction(FlowControl.drain), f"{WHERE}: FlowControl has no drain"
    assert "self.write_paused = " in inspect.getsource(FlowControl), f"{WHERE}: FlowControl sets no write_paused"
    assert STATUS_LINE[200] == b"HTTP/1.1 200 OK\r\n", f"{WHERE}: STATUS_LINE is not what it was"


def test_the_loaded_application_can_be_replaced_for_a_request() -> None:
    source = inspect.getsource(HttpToolsProtocol.on_headers_complete)
    assert "app = self.app" in source, f"{WHERE}: on_headers_complete does not take the application from self.app"
