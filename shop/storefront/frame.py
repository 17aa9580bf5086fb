"""What stands around every page of the shop: the sign, the menu and the foot. Each is written once and kept.

They are alike for many visitors and many pages, so a page made anew writes only what is its own.
"""

from __future__ import annotations

import functools
from typing import Any

from flask import current_app, g, render_template, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.storefront import onoffer
from workshop.core import i18n, identity
from workshop.core.web import PREFERENCES, chosen, menu_of

MOST_PARTS = 200  # languages, looks, places in the menu, numbers in baskets; hours that were changed leave some

_MACROS = ("ui/macros.html", "storefront/_parts.html", "ui/photo.html", "ui/pikto.html")


def macros() -> dict[str, Any]:
    """The macros that the shop's templates use. They depend on nobody who asks, so an app loads them once."""
    kept: dict[str, Any] = current_app.extensions.setdefault("shop_macros", {})
    if not kept:
        ui, parts, photo, pikto = (current_app.jinja_env.get_template(name).module for name in _MACROS)
        kept |= {
            "ui": ui,
            "parts": parts,
            "photo_of": vars(photo)["photo_of"],
            "pikto": functools.cache(vars(pikto)["pikto"]),
        }
    return kept


def sign() -> Markup:
    """Who we are, at the top of every page."""
    return _part("layouts/_shop_sign.html", request.root_path)


def menu() -> Markup:
    """The shelves, the search and the basket, as they are on the page shown."""
    entries = menu_of(current_app, "shop")
    counts = tuple(entry.count() for entry in entries if entry.count)
    here = tuple(entry.label for entry in entries if entry.is_current)
    return _part("layouts/_shop_menu.html", request.root_path, here, counts, menu=entries)


def foot() -> Markup:
    """The foot, in the visitor's look."""
    return _part("layouts/_shop_foot.html", opening_hours(), *(chosen(cookie) for cookie in PREFERENCES))


def opening_hours() -> str:
    """When customers can come, for the foot of every page of the shop.

    A page that is not kept, such as a basket or an error, asks the database for nothing and says what was known last.
    """
    session: Session | None = g.get("reading")
    known = onoffer.hours(session) if session is not None else onoffer.hours_known_last()
    return _unbroken(identity.current().opening_hours if known is None else known)


def _unbroken(hours: str) -> str:
    """With `9–14` kept on one line: a browser may break after the dash, unless a word joiner stands there."""
    return hours.replace("–", "–\u2060")


def _part(template: str, *facts: object, **values: object) -> Markup:
    """The part as it is in the visitor's language; `facts` is all else it depends on, `values` what it shows."""
    parts = onoffer.known().parts
    asked = (template, i18n.language(), identity.version(), *facts)
    if asked not in parts:
        if len(parts) >= MOST_PARTS:
            parts.clear()
        parts[asked] = Markup(render_template(template, **values))  # noqa: S704 — a template's own output
    return parts[asked]
