"""What should it cost? A suggestion with its reasons, a step up or down; staff set the price."""

from __future__ import annotations

from collections.abc import Sequence

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.core import clock, db, money
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.products import actions as products
from workshop.products import queries as catalogue
from workshop.products.models import Item, ItemState
from workshop.products.price_help import Advice, price_advice
from workshop.products.pricing import shown_before
from workshop.products.queries import ItemCard
from workshop.tasks.kiosk import begun
from workshop.tasks.kiosk.blueprint import blueprint
from workshop.tasks.kiosk.things import is_here, is_sold, item_here
from workshop.tasks.kiosk.words import definite

LOWEST_ORE = 500
FIRST_ORE = 10_000  # where to begin when nothing like it was ever sold
SHOWN = 3
LONGEST = 10  # of a price that is typed


@blueprint.get("/moebler/<int:number>/pris")
@needs("kiosk:use")
def price(number: int) -> Response:
    """What it costs, or what it could cost. The steps up and down are links: nothing is kept before one says so."""
    typed = request.args.get("kr", "").strip()
    asked, say = _typed(typed) if typed else (_stepped(request.args.get("ore", "")), "")
    return _price_page(number, asked, typed, say, 422 if say else 200)


@blueprint.post("/moebler/<int:number>/pris")
@needs("kiosk:use")
def price_post(number: int) -> Response:
    """Keep the proposal, or that there is none; staff set the price."""
    answer = request.form.get("svar", "")
    asked = _stepped(request.form.get("ore", "")) if answer == "godt" else None
    if answer not in {"godt", "ved_ikke", "fortryd"} or (answer == "godt" and asked is None):
        return _price_page(number, None, "", _("Vælg en pris."), 422)
    with db.transaction() as session:
        item = item_here(session, number)
        if not _can_propose(item):
            raise Refusal(_("Prisen er sat. Kun personalet kan ændre den."))
        products.propose_price(session, item, asked, now=clock.now())
    if answer == "fortryd":
        return redirect(url_for("kiosk.price", number=number), 303)
    return redirect(url_for("kiosk.label" if begun.flow(number) else "kiosk.thing", number=number), 303)


def step_from(ore: int) -> int:
    """How much one step is: 5 kroner for small things, 50 for large ones."""
    return 500 if ore < 5_000 else (1_000 if ore < 20_000 else 5_000)


def _price_page(number: int, asked: int | None, typed: str, say: str, status: int) -> Response:
    with db.reading() as session:
        item = item_here(session, number)
        advice = price_advice(session, item, now=clock.now())
        like = catalogue.similar(session, item.category, except_number=item.number, limit=4 * SHOWN)
    proposed = next((ore for ore in (asked, item.proposed_ore, advice.suggested_ore) if ore is not None), FIRST_ORE)
    return make_response(
        render_template(
            "kiosk/price.html",
            item=item,
            thing=definite(item.category),
            can_propose=_can_propose(item),
            is_here=is_here(item),
            is_sold=is_sold(item),
            before_ore=shown_before(item.before_ore, item.before_until, clock.now()),
            advice=advice,
            like=_among(like, advice),
            ore=proposed,
            lower=max(LOWEST_ORE, proposed - step_from(proposed - 1)),
            higher=min(money.LARGEST_ORE, proposed + step_from(proposed)),
            scale=_scale(advice.low_ore, advice.high_ore, proposed),
            typed=typed,
            say=say,
            flow=begun.flow(number),
        ),
        status,
    )


def _among(like: Sequence[ItemCard], advice: Advice) -> list[ItemCard]:
    """Pictures of things that cost what the words say others cost: large ones beside a small one would mislead."""
    low, high = advice.low_ore, advice.high_ore
    return [
        card
        for card in like
        if card.price_ore is not None and (low is None or high is None or low <= card.price_ore <= high)
    ][:SHOWN]


def _scale(low: int | None, high: int | None, price_ore: int) -> dict[str, int] | None:
    """Where the price lies among the others; None where there are no two others to lie between."""
    if low is None or high is None or low >= high:
        return None
    span = high - low
    ends = {"from": max(0, min(low - span // 2, price_ore)), "to": max(high + span // 2, price_ore)}
    whole = {key: money.half_up(value, 500) * 500 for key, value in ends.items()}
    return {"low": low, "high": high, "price": price_ore, **whole}


def _can_propose(item: Item) -> bool:
    return item.state is ItemState.MADE and item.price_ore is None and item.quantity > 0


def _stepped(text: str) -> int | None:
    """The øre a button sent; None for what no button of ours sends."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST):
        return None
    return int(text) if LOWEST_ORE <= int(text) <= money.LARGEST_ORE else None


def _typed(text: str) -> tuple[int | None, str]:
    """What somebody wrote as a price, and what to say when it is none."""
    try:
        ore = money.parse_kr(text[: LONGEST * 2])
    except ValueError:
        return None, _("Skriv kun tal.")
    if ore < LOWEST_ORE:
        return None, _("Prisen er for lav.")
    return (ore, "") if ore <= money.LARGEST_ORE else (None, _("Prisen er for høj."))
