"""What the shop's pages show, put together from the catalogue. Rows of columns; the number of queries is fixed."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from shop.orders.making.queries import Offer
from shop.storefront import facts, keeping
from shop.storefront.narrowing import Chip, Group
from workshop.core import clock, i18n, money
from workshop.core.i18n import _
from workshop.products.models import Origin, SizeClass
from workshop.products.queries import ItemCard, ItemPage
from workshop.products.sections import Section

# How wide a picture is shown on a card: browsers choose the file by it before they know the page.
CARD_SIZES = "(min-width: 72rem) 17rem, (min-width: 36rem) 45vw, 92vw"
_SIZES = {
    SizeClass.S: "Let at bære i hånden",
    SizeClass.M: "Kan være i en almindelig bil",
    SizeClass.L: "Kræver trailer",
    SizeClass.XL: "Kræver varevogn og to mennesker",
}
_CONDITIONS = {Origin.BOUGHT: "NewCondition", Origin.RECLAIMED: "NewCondition", Origin.DONATED: "RefurbishedCondition"}


def photo_url(name: str, width: int = 400, kind: str = "webp") -> str:
    """Where an approved photo is served."""
    return f"/foto/{name}-{width}.{kind}"


def picture_url(card: ItemCard, width: int = 400) -> str:
    """The photo of a thing, or the drawing that stands in for it."""
    return photo_url(card.photo_name, width) if card.photo_name else drawing_url(card.drawing)


def drawing_url(name: str) -> str:
    """Where a drawing is served."""
    drawn: str = current_app.jinja_env.globals["art"](name)  # type: ignore[operator]  # set by core.web
    return drawn


def cards(found: Iterable[ItemCard], first: int = 0) -> Markup:
    """Things as the cards of a list, each one link; the pictures of the `first` load at once, the others when near.

    A list is what the shop is asked for most, so the cards are written here and not by a template. All that comes from
    a person is escaped; names of files, numbers and prices are ours.
    """
    language = i18n.language()
    written = [
        card_of(
            card,
            before_text(card) if card.before_ore else "",
            "" if card.photo_name else drawing_url(card.drawing),
            is_first=place < first,
            language=language,
        )
        for place, card in enumerate(found)
    ]
    return Markup("".join(written))  # noqa: S704 — see above


@functools.lru_cache(maxsize=1024)  # after a sale most cards of a list say what they said before
def card_of(card: ItemCard, before: str, drawing: str, *, is_first: bool, language: str) -> str:  # noqa: ARG001 — it is what `_` speaks
    """One card; it depends on nothing but what it is given."""
    price, note = money.kr(card.price_ore or 0), note_of(card)
    if card.is_sold:
        tag = f'<span class="tag tag--s tag--sold">{_("Solgt")}</span>'
    elif before:
        tag = (
            f'<span class="tag"><span class="tag__before">{before}</span>'
            f'<span><span class="visually-hidden">{_("Nu")} </span>{price}</span></span>'
        )
    else:
        tag = f'<span class="tag">{price}</span>'
    badge = f'<span class="badge badge--one">{_("Kun 1 af denne")}</span>' if is_only_one(card) else ""
    return (
        f'<li class="product-card{" product-card--sold" if card.is_sold else ""}">'
        f'<div class="product-card__photo">{_picture(card, drawing, is_first=is_first)}{tag}{badge}</div>'
        f'<div class="product-card__body"><h3><a href="{thing_url(card)}">{escape(card.title)}</a></h3>'
        f"{f'<p>{escape(note)}</p>' if note else ''}</div></li>\n"
    )


def chips(found: Iterable[Chip]) -> Markup:
    """Ways to narrow a list, as its entries."""
    written = []
    for label, url, is_chosen, count in found:
        now = ' aria-current="true"' if is_chosen else ""
        pieces = f' <span class="chip__count">{count}</span>' if count is not None else ""
        written.append(f'<li><a class="chip" href="{escape(url)}"{now}>{escape(label)}{pieces}</a></li>')
    return Markup("".join(written))  # noqa: S704 — all of it is escaped above


def ways(kinds: Iterable[Chip], groups: Iterable[Group], *, is_open: bool) -> Markup:
    """All the ways to narrow a list: the kinds in sight, the others behind a heading."""
    more = [
        Markup('<h2 class="filters__name">{}</h2><ul class="filters">{}</ul>\n').format(label, chips(found))
        for label, found in groups
    ]
    return Markup(
        '<ul class="filters filters--kinds">{}</ul>\n  <details class="fold filters-more"{}><summary>{}</summary>\n'
        "{}  </details>"
    ).format(
        chips(kinds), Markup(" open") if is_open else "", _("Pris, størrelse og rækkefølge"), Markup("").join(more)
    )


def offer_cards(found: Iterable[Offer], first: int = 0) -> Markup:
    """What can be made to order, as the same cards; the pictures of the `first` load at once."""
    written = [
        Markup(
            '<li class="product-card"><div class="product-card__photo"><img class="art" src="{}" alt="" width="400" '
            'height="400"{} decoding="async"><span class="tag">{}</span></div>'
            '<div class="product-card__body"><h3><a href="{}">{}</a></h3><p>{}</p></div></li>\n'
        ).format(
            drawing_url(offer.drawing),
            "" if place < first else Markup(' loading="lazy"'),
            _("Fra %(price)s", price=money.kr(offer.from_price_ore)),
            offer.url,
            offer.title,
            " · ".join(part for part in (_("Laves til dig"), offer.material_text) if part),
        )
        for place, offer in enumerate(found)
    ]
    return Markup("").join(written)


def _picture(card: ItemCard, drawing: str, *, is_first: bool) -> str:
    """A photo in the kinds and sizes there are of it, or the drawing; room is kept for it before it has come."""
    loading = ' fetchpriority="high"' if is_first else ' loading="lazy"'
    rest = f'alt="" width="400" height="400"{loading} decoding="async">'
    name = card.photo_name
    if name is None:
        return f'<img class="art" src="{drawing}" {rest}'
    narrow, wide = _widths(card.photo_width or 1, card.photo_height or 1)
    webp = f'srcset="/foto/{name}-400.webp {narrow}w, /foto/{name}-800.webp {wide}w" sizes="{CARD_SIZES}"'
    image = f'<img class="art" src="/foto/{name}-400.webp" {webp} {rest}'
    if not card.photo_has_avif:
        return image
    avif = f'srcset="/foto/{name}-400.avif {narrow}w, /foto/{name}-800.avif {wide}w" sizes="{CARD_SIZES}"'
    return f'<picture><source type="image/avif" {avif}>{image}</picture>'


@functools.lru_cache(maxsize=1024)  # most pictures come from one camera
def _widths(width: int, height: int) -> tuple[int, int]:
    """The true widths of the two smaller files: their longer side is 400 and 800 pixels."""
    longest = max(width, height)
    narrow = max(round(width * min(400 / longest, 1)), 1)
    return narrow, max(round(width * min(800 / longest, 1)), narrow + 1)


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


def size_text(size: SizeClass) -> str:
    """What it takes to bring a thing home."""
    return _(_SIZES[size])


def structured(page: ItemPage, address: str, picture: str) -> dict[str, Any]:
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
        "material": card.material_text,
        "manufacturer": facts.us(),
        "offers": {
            "@type": "Offer",
            "url": address,
            "price": f"{(card.price_ore or 0) // 100}.{(card.price_ore or 0) % 100:02d}",
            "priceCurrency": "DKK",
            "availability": f"https://schema.org/{found}",
            "itemCondition": f"https://schema.org/{_CONDITIONS[page.origin]}",
            "hasMerchantReturnPolicy": facts.returns(),
            "seller": facts.us(),
        },
    }


def way_there(base_url: str, section: Section | None, title: str) -> dict[str, Any]:
    """The path above the heading, for search engines."""
    steps = [(_("Forside"), f"{base_url}/")]
    if section is not None:
        steps.append((_(section.name), f"{base_url}/butik/{section.key}"))
    listed: list[dict[str, Any]] = [
        {"@type": "ListItem", "position": place, "name": name, "item": url}
        for place, (name, url) in enumerate(steps, 1)
    ]
    listed.append({"@type": "ListItem", "position": len(steps) + 1, "name": title})
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": listed}
