"""The page behind an invitation's link: a form for a name and a password. If the page for browsers was built, the link
shows that page, and the form for browsers without scripts is at `?form`.
"""

import html
import re
from importlib import resources
from typing import Final
from urllib.parse import parse_qs

from msgspec.structs import replace
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from parley.core import commands as c
from parley.core.refusals import refuse
from parley.core.rules import decide
from parley.core.state import Invitation
from parley.core.tokens import hash_token

from . import assets
from .api import Caller
from .api.body import read_body
from .api.ports import Identities
from .api.problems import OWN
from .api.request import Refused, require
from .headers import names_this_server, page_headers
from .links import public_url

FORM_BYTES: Final = 16 * 1024

_IS_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,128}").fullmatch

_PAGE: Final = resources.files(__package__).joinpath("join.html").read_text(encoding="utf-8")
_HEADERS: Final = page_headers(_PAGE, forms=True)


def routes(server: Identities, index: assets.File | None = None) -> list[Route]:
    """Return the routes of invitations' links.

    Args:
        server: the server, as the API sees it.
        index: the page for browsers, if it was built.
    """

    async def show(request: Request) -> Response:
        code = request.path_params["code"]
        if index is not None and _IS_CODE(code) and "form" not in request.query_params:
            return assets.answer(index, request.headers)
        invitation = server.view.invitation(request.path_params["code"], server.now())
        if invitation is None:
            return _gone()
        return _form(invitation, "", "")

    async def take(request: Request) -> Response:
        invitation = server.view.invitation(request.path_params["code"], server.now())
        if invitation is None:
            return _gone()
        address = request.client.host if request.client else ""
        headers, secure = dict(request.headers.raw), request.url.scheme == "https"
        if names_this_server(headers, secure=secure, own=server.own_origin) is False:
            server.origin_refused(headers, address)
            return _form(invitation, "", OWN["origin_foreign"], 403)
        wait = server.throttle(Caller(None, False, None, address, secure))
        if wait > 0:
            return _form(invitation, "", refuse("too_fast", seconds=wait).message, 429)
        try:
            body = await read_body(server, request.receive, FORM_BYTES)
        except Refused as error:
            return _form(invitation, "", error.refusal.message, 408 if error.refusal.code == "body_late" else 413)
        fields = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        name, password = fields.get("name", "").strip(), fields.get("password", "")
        token = server.new_token()
        try:
            await _enter(server, invitation, name, password, hash_token(token))
        except Refused as error:
            return _form(invitation, name, error.refusal.message, 422)
        user = server.view.state.user_named(name)
        if user is not None:
            server.met(user.id, address)
        return _welcome(public_url(request, server.own_origin), name, token, secure=secure)

    return [Route("/join/{code}", show, methods=["GET"]), Route("/join/{code}", take, methods=["POST"])]


async def _enter(server: Identities, invitation: Invitation, name: str, password: str, token: bytes) -> None:
    """Create an account, or, without a password, a guest, if the invitation allows guests.

    Raises:
        Refused: nothing was created.
    """
    command: c.Command
    if not password and not invitation.role:
        command = c.ClaimName(name, token=token, invitation=invitation.code)
    else:
        command = c.Register(name, "", invitation=invitation.code, token=token, label="browser")
        # Hashing a password takes long, so ask the rules first, and do not hash for a command that they refuse.
        require(decide(server.view.state, command, server.now(), server.view.policy))
        command = replace(command, password=require(await server.hash_password(password)))
    require(await server.submit(command))


def _form(invitation: Invitation, name: str, problem: str, status: int = 200) -> Response:
    what = {
        "owner": "You will be the owner of this server.",
        "admin": "You will be an admin of this server.",
    }.get(invitation.role, "Choose a name, and you are in.")
    guest = "" if invitation.role else "Without a password you are a guest: your name is yours for this visit."
    return _page(
        "You are invited",
        f"""<p class="lead">{html.escape(what)}</p>
{f'<p class="problem" role="alert">{html.escape(problem)}</p>' if problem else ""}
<form method="post">
<label>Name <input name="name" required maxlength="32" autocomplete="username" value="{html.escape(name)}"></label>
<label>Password <input name="password" type="password" autocomplete="new-password"
  {"required " if invitation.role else ""}minlength="8" maxlength="256"></label>
<p>{html.escape(guest)}</p>
<button>Come in</button>
</form>""",
        status,
    )


def _gone() -> Response:
    words = html.escape(refuse("invitation_unknown").message)
    return _page("This way is closed", f'<p class="lead">{words}</p>', 404)


def _welcome(url: URL, name: str, token: str, *, secure: bool) -> Response:
    address = f"{url.scheme}://{url.netloc}" if url.scheme == "https" else url.netloc
    response = _page(
        f"Welcome, {name}",
        f"""<p class="lead">You are in.</p>
<p>With Parley's own client:</p>
<pre>parley chat {html.escape(address)} --as {html.escape(name)}</pre>""",
        200,
    )
    response.set_cookie("parley_session", token, httponly=True, samesite="lax", secure=secure)
    return response


def _page(title: str, body: str, status: int) -> Response:
    page = _PAGE.replace("{TITLE}", html.escape(title)).replace("{BODY}", body)
    headers = {**_HEADERS, "Cache-Control": "no-store"}
    if status in (408, 413):
        headers["Connection"] = "close"  # because the rest of the body was not read
    return HTMLResponse(page, status, headers=headers)
