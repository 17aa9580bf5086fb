"""What stands around every page of the shop: the sign, the menu and the foot, and the frame that holds them.

They are alike for many visitors and many pages, so each is written once and kept; the pages that are asked for most
write only what is their own.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from flask import current_app, g, render_template, request, session, template_rendered
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.storefront import onoffer
from workshop.core import i18n, identity
from workshop.core.web import PREFERENCES, MenuEntry, chosen, menu_of

MOST_PARTS = 200  # languages, looks, places in the menu, numbers in baskets; hours that were changed leave some
OWN_BLOCKS = ("title", "head", "main")  # what `page` writes anew; all else on such a page is the frame
_HERE = "<!-- own -->"  # where they go; nobody can write this into a page, for what people write is escaped
_MACROS = ("ui/macros.html", "storefront/_parts.html", "ui/pikto.html")


def macros() -> dict[str, Any]:
    """The macros that the shop's templates use. They depend on nobody who asks, so an app loads them once."""
    kept: dict[str, Any] = current_app.extensions.setdefault("shop_macros", {})
    if not kept:
        ui, parts, pikto = (current_app.jinja_env.get_template(name).module for name in _MACROS)
        kept |= {
            "ui": ui,
            "parts": parts,
            "pikto": functools.cache(vars(pikto)["pikto"]),
        }
    return kept


def page(name: str, **values: Any) -> str:
    """The page of a template with only a title, a head and a main part of its own, put into the kept frame.

    It says what `render_template` says. A message for one visitor stands in the frame, so such a page is written whole.
    """
    if "_flashes" in session:
        return render_template(name, **values)
    template = current_app.jinja_env.get_template(name)
    context = template.new_context({**macros(), **values})
    start, *between = _frame()
    written = [start]
    for block, after in zip(OWN_BLOCKS, between, strict=True):
        written += (*template.blocks[block](context), after)
    template_rendered.send(current_app._get_current_object(), template=template, context=values)  # type: ignore[attr-defined]  # as Flask does
    return "".join(written)


def look() -> tuple[str, ...]:
    """What the visitor has chosen for how pages look."""
    return tuple([chosen(cookie) for cookie in PREFERENCES])


def _frame() -> Sequence[str]:
    """What stands before, between and after the blocks of a page, in the visitor's look."""
    return part("layouts/_shop_frame.html", *_place(), opening_hours(), *look(), here=_HERE).split(_HERE)


def sign() -> Markup:
    """Who we are, at the top of every page."""
    return part("layouts/_shop_sign.html", request.root_path)


def menu() -> Markup:
    """The shelves, the search and the basket, as they are on the page shown."""
    return part("layouts/_shop_menu.html", *_place(), menu=_menu()[0])


def _menu() -> tuple[list[MenuEntry], list[str]]:
    """The shop's ways in their order, and where each leads: the same for everybody, so an app puts it together once."""
    kept: dict[str, tuple[list[MenuEntry], list[str]]] = current_app.extensions.setdefault("shop_menu", {})
    if request.root_path not in kept:
        entries = menu_of(current_app, "shop")
        kept[request.root_path] = entries, [entry.url for entry in entries]
    return kept[request.root_path]


def _place() -> tuple[object, ...]:
    """What the menu depends on: which of its entries the page shown lies at, and how many things are put aside."""
    entries, urls = _menu()
    shown = request.path
    here = tuple(url for url in urls if shown == url or shown.startswith(f"{url}/"))  # as `MenuEntry.is_current` has it
    return request.root_path, here, tuple(entry.count() for entry in entries if entry.count)


def foot() -> Markup:
    """The foot, in the visitor's look."""
    return part("layouts/_shop_foot.html", opening_hours(), *look())


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


def plain_part(template: str, **values: Any) -> Markup:
    """A part that depends on nothing but the values it shows, the language and who the workshop is."""
    return part(template, *values.items(), **values)


def part(template: str, *facts: object, **values: object) -> Markup:
    """The part as it is in the visitor's language; `facts` is all else it depends on, `values` what it shows."""
    parts = onoffer.known().parts
    asked = (template, i18n.language(), identity.version(), *facts)
    found = parts.get(asked)
    if found is None:
        if len(parts) >= MOST_PARTS:
            parts.clear()
        found = parts[asked] = Markup(render_template(template, **values))  # noqa: S704 — a template's own output
    return found
