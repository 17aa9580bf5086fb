"""What the shop's pages show, put together from the catalogue. Rows of columns; the number of queries is fixed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import current_app, url_for

from shop.storefront import keeping
from workshop.core import clock, money
from workshop.core.i18n import _, ngettext
from workshop.products.queries import ItemCard, ItemPage
from workshop.products.sections import Section, category_name

UNDER_ORE = 50_000
PAGE = 24


class Chip(NamedTuple):
    """A way to narrow a list."""

    label: str
    url: str
    is_chosen: bool


class CardFace(NamedTuple):
    """All that a card in a list shows, ready to be written: templates do no work a card."""

    url: str
    picture: str
    title: str
    note: str
    price: str
    before: str
    is_only_one: bool
    is_sold: bool
    is_first: bool


def photo_url(name: str, width: int = 400) -> str:
    """Where an approved photo is served."""
    return f"/foto/{name}-{width}.webp"


def picture_url(card: ItemCard, width: int = 400) -> str:
    """The photo of a thing, or the drawing that stands in for it."""
    if card.photo_name:
        return photo_url(card.photo_name, width)
    drawn: str = current_app.jinja_env.globals["art"](card.drawing)  # type: ignore[operator]  # set by core.web
    return drawn


def faces(found: Iterable[ItemCard], first: int = 0) -> list[CardFace]:
    """Things as the cards of a list; the pictures of the `first` are loaded at once, the others when scrolled to."""
    return [
        CardFace(
            thing_url(card),
            picture_url(card),
            card.title,
            note_of(card),
            money.kr(card.price_ore or 0),
            before_text(card) if card.before_ore else "",
            is_only_one(card),
            card.is_sold,
            place < first,
        )
        for place, card in enumerate(found)
    ]


def before_of(card: ItemCard) -> int | None:
    """The before-price that may be shown now (øre), or None; the page that shows it holds for no longer than that."""
    before_ore = card.before(clock.now())
    if before_ore is not None and card.before_until is not None:
        keeping.holds_until(card.before_until)
    return before_ore


def before_text(card: ItemCard) -> str:
    """`Førpris 1.150 kr.`, or nothing."""
    before_ore = before_of(card)
    return _("Førpris %(price)s", price=money.kr(before_ore)) if before_ore is not None else ""


def thing_url(card: ItemCard) -> str:
    """The page of a thing. Flask's own way of making an address costs more than the rest of a card."""
    return f"/vare/{card.slug}"


def note_of(card: ItemCard) -> str:
    """The line under a thing's name."""
    if card.is_held:
        return _("Reserveret lige nu")
    measures = card.measures.replace(" ", money.NO_BREAK)  # a size is read in one piece
    return " · ".join(part for part in (card.material_text, measures) if part)


def is_only_one(card: ItemCard) -> bool:
    """Whether "Kun 1 af denne" is true."""
    return card.is_one_of_a_kind and card.quantity == 1 and not card.is_sold


def chips(section: Section, counts: Mapping[str, int], chosen: str, is_cheap: bool) -> list[Chip]:
    """The filters of a section; a category without anything for sale is not offered."""
    here = url_for("storefront.category", section=section.key)
    total = sum(counts.get(category, 0) for category in section.categories)
    found = [Chip(_("Alle %(num)s", num=total), here, not chosen and not is_cheap)]
    if len(section.categories) > 1:
        found += [
            Chip(
                f"{category_name(category)} {counts[category]}",
                f"{here}?{urlencode({'slags': category})}",
                chosen == category,
            )
            for category in section.categories
            if counts.get(category)
        ]
    cheap = {"under": UNDER_ORE // 100} | ({"slags": chosen} if chosen else {})
    return [*found, Chip(_("Under 500 kr."), f"{here}?{urlencode(cheap)}", is_cheap)]


def structured(page: ItemPage, address: str, picture: str, seller: str) -> dict[str, Any]:
    """The same facts for search engines. There is no person in it."""
    card = page.card
    found = "InStock" if card.free > 0 and not card.is_sold else "SoldOut"
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": card.title,
        "sku": str(card.number),
        "description": page.description,
        "image": picture,
        "offers": {
            "@type": "Offer",
            "url": address,
            "price": f"{(card.price_ore or 0) // 100}.{(card.price_ore or 0) % 100:02d}",
            "priceCurrency": "DKK",
            "availability": f"https://schema.org/{found}",
            "seller": {"@type": "Organization", "name": seller},
        },
    }


def count_text(count: int) -> str:
    """`Se alle 34 møbler`."""
    return ngettext("Se det ene møbel", "Se alle %(num)s møbler", count)
