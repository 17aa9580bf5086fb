"""The shop as a process of its own: it serves customers, and has no way to anything behind them.

What is served is named, not what is hidden: a page nobody thought of is a page that is not there.
"""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from workshop.core import access
from workshop.core.access import Actor

FOR_CUSTOMERS = frozenset({"public", "webhook"})  # kinds of marks
# What the workshop's own slices have for customers: built files, approved photos, the logo, what was handed in.
OF_THE_WORKSHOP = frozenset({"healthz", "preferences", "static", "photos.photo", "setup.logo"})
SLICES_OF_THE_WORKSHOP = frozenset({"handed_in"})


class Nobody:
    """Who asks in this process. It looks at no session and no tablet: it could not read them."""

    def actor(self) -> Actor | None:
        """No member of staff and no citizen is known here."""
        return None

    def half_actor(self) -> Actor | None:
        """Nor whoever has typed a password."""
        return None

    def proved_at(self) -> datetime | None:
        """Nobody has proved anything."""
        return None

    def device_id(self) -> int | None:
        """Nor is a tablet."""
        return None


def install(app: Flask) -> None:
    """Let this process serve the shop and nothing else; everything else is a page that is not there."""
    app.extensions["identify"] = Nobody()
    app.extensions["served"] = frozenset(name for name in app.view_functions if is_served(app, name))


def is_served(app: Flask, endpoint: str) -> bool:
    """Whether an endpoint is for customers."""
    mark = access.mark_of(app, endpoint)
    if mark is None or mark.kind not in FOR_CUSTOMERS:
        return False
    if app.view_functions[endpoint].__module__.startswith("shop."):
        return True
    return endpoint in OF_THE_WORKSHOP or endpoint.partition(".")[0] in SLICES_OF_THE_WORKSHOP
