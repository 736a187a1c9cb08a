"""Whether a user has the server to themselves."""

from .view import View


def is_alone(view: View, user: int) -> bool:
    """Return whether nobody else is on the server: no other account, bots aside, and no other guest who is connected.

    It looks at users until it finds one, so it costs nothing on a server with people.
    """
    return not any(
        other.id != user and other.role != "bot" and (other.account or view.online(other.id))
        for other in view.state.users.values()
    )
