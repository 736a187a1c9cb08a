"""Incoming webhooks: a POST to a secret URL is a message of its bot in its room (docs/guide/webhooks.md).

`routes` serves the URLs. `translate` makes a request's body into the text of a message. It is pure: `payload` finds the
text or the JSON in the body, a module of `formats` makes a `document` of it, and `render` writes that as Parley's text.
"""

from .routes import routes
from .translate import translate

__all__ = ["routes", "translate"]
