"""The demo's shop as its staff have set it: own hours, closed days, a text, terms; and sales at the door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from shop.demo.stage import Stage
from shop.orders.house import actions
from shop.orders.models import Fulfilment
from shop.till import actions as till
from shop.till.basket import Counter
from workshop.core import clock, identity
from workshop.core.money import PayMeans
from workshop.products.models import Item, ItemState

THURSDAY = 3
DOOR = (  # working days ago, minutes after midnight, pieces, paid with, and a cup of coffee
    (2, 610, 2, PayMeans.MOBILEPAY, True),
    (1, 585, 1, PayMeans.CASH, False),
    (1, 790, 1, PayMeans.CARD, True),
    (1, 800, 1, PayMeans.CASH, False),
)
CLOSED = ("Personaledag", "Vi stiller op til julemarked")
ABOUT = "\n\n".join(
    (
        (
            "Vi bygger havemøbler af nyt træ og af paller, der har kørt deres sidste tur. Gamle møbler får et nyt"
            " liv hos os."
        ),
        (
            "Her arbejder mennesker, som er på vej til noget: et job, en uddannelse eller en god hverdag. Vi "
            "lærer hinanden det, vi kan."
        ),
        "Kom forbi og se, hvad der står færdigt. Der er kaffe på kanden.",
    )
)
TERMS = "\n\n".join(
    (
        "Du handler med værkstedet, som står nederst på siden.",
        (
            "PRIS OG BETALING\n"
            "Alle priser er i danske kroner og med moms. Betaler du med kort eller MobilePay, reserverer vi "
            "beløbet og trækker det først, når du får varen. Det, vi laver til dig på bestilling, kan du vælge at"
            " betale med det samme."
        ),
        (
            "FORTRYDELSE\n"
            "Du kan fortryde til og med 14 dage efter den dag, du får varen. Brug linket “Fortryd aftale her” "
            "nederst på hver side. Det, vi laver efter dine egne mål, kan du ikke fortryde."
        ),
        (
            "REKLAMATION\n"
            "Du har 2 års reklamationsret efter købeloven. Bliver vi ikke enige, kan du klage til Nævnenes Hus, "
            "Toldboden 2, 8800 Viborg."
        ),
    )
)


def open_the_shop(stage: Stage) -> None:
    """Before the first order, so that the orders keep the terms they were made under."""
    session, now, by = stage.session, stage.now, stage.staff_id("sanne")
    actions.add_hours(session, fulfilment=Fulfilment.PICKUP, weekday=THURSDAY, from_minute=14 * 60, to_minute=17 * 60)
    today = clock.local_day(now)
    for weeks, text in enumerate(CLOSED, start=2):
        actions.close_day(session, _friday(today + timedelta(weeks=weeks)), text, now=now, by_staff_id=by)
    actions.write_text(session, "om", ABOUT, version=0, now=now, by_staff_id=by)
    first = TERMS.replace(" Det, vi laver efter dine egne mål, kan du ikke fortryde.", "")
    actions.new_terms(session, first, after=0, now=now - timedelta(days=200), by_staff_id=by)
    actions.new_terms(session, TERMS, after=1, now=now - timedelta(days=40), by_staff_id=by)


def sell_at_the_door(stage: Stage, items: Sequence[Item]) -> None:
    """Some small things and coffee, over the last days; one sale was a mistake."""
    by = stage.staff_id("sanne")
    small = [item for item in items if item.state is ItemState.FOR_SALE and item.quantity > 4][: len(DOOR)]
    for place, (item, (back, minute, pieces, means, coffee)) in enumerate(zip(small, DOOR, strict=True)):
        counter = Counter().with_thing(item.number, pieces)
        counter = counter.with_typed("Kaffe", 1_000) if coffee else counter
        sold_at = stage.at(stage.workday(back), minute)
        sale = till.sell(
            stage.session,
            counter,
            once=f"demo-{place}",
            means=means,
            agreed_ore=(item.price_ore or 0) * pieces + (1_000 if coffee else 0),
            receipt_email="",
            seller=identity.current(),
            now=sold_at,
            by_staff_id=by,
        )
        if place == len(DOOR) - 1:
            till.undo(stage.session, sale.public_id, seller=identity.current(), now=sold_at, by_staff_id=by)


def _friday(day: date) -> date:
    return day + timedelta(days=(4 - day.weekday()) % 7)
