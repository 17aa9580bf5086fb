"""What visitors have asked, and what they wait for."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from shop.demo.stage import Stage
from shop.orders.asking import actions
from shop.orders.asking.actions import About
from shop.orders.asking.queries import wish_by_link
from shop.orders.letterhead import Letterhead
from workshop.products.models import Item


class Asked(NamedTuple):
    """A question about the thing with this title (or none), so many working days ago, and what we answered."""

    title: str
    name: str
    email: str
    text: str
    back: int
    answer: str = ""


QUESTIONS = (
    Asked(
        "Liggestol, lærk",
        "Kirsten Eksempel",
        "kirsten@eksempel.example",
        "Kan ryggen ligge helt ned, og passer en almindelig hynde på 60 cm?",
        6,
        "Ja, ryggen kan ligge helt ned. Liggefladen er 60 cm bred, så en almindelig hynde passer.",
    ),
    Asked(
        "Kommode, malet grå",
        "Ole Eksempel",
        "ole@eksempel.example",
        "Hvor dybe er skufferne indvendig? Den skal stå i en smal gang.",
        1,
    ),
    Asked(
        "",
        "Birgit Eksempel",
        "birgit@eksempel.example",
        "Kan I sætte en gammel bænk i stand, hvis jeg kommer med den?",
        0,
    ),
)
# Address, kind, product (or anything of its kind), whether the mail's link was pressed.
WISHES = (
    ("grethe@eksempel.example", "havebænke", "HB-01", True),
    ("poul@eksempel.example", "havebænke", "HB-01", True),
    ("kirsten@eksempel.example", "restaurerede-møbler", None, True),
    ("bent@eksempel.example", "istandsatte-cykler", None, True),
    ("ole@eksempel.example", "højbede", None, False),
)


def ask_and_wish(stage: Stage, items: dict[int, Item]) -> None:
    """Every question with its answer, and every wish."""
    head = Letterhead.of(stage.settings)
    by_title = {item.title: item for item in items.values()}
    for place, asked in enumerate(QUESTIONS):
        _ask(stage, head, asked, by_title.get(asked.title), f"demo-question-{place:08d}")
    for email, category, sku, is_confirmed in WISHES:
        kind = stage.kinds[sku].id if sku else None
        made_at = stage.now - timedelta(hours=3)
        public_id = actions.wish(
            stage.session, email=email, category=category, product_type_id=kind, head=head, now=made_at
        )
        token = actions.token_of(head, public_id) if public_id else ""
        if public_id and is_confirmed and wish_by_link(stage.session, public_id, token):
            actions.confirm(stage.session, public_id, token, now=made_at + timedelta(minutes=4))


def _ask(stage: Stage, head: Letterhead, asked: Asked, item: Item | None, once: str) -> None:
    moment = stage.at(stage.workday(asked.back), 10 * 60 + 20) if asked.back else stage.now - timedelta(hours=1)
    about = About(item.id if item else None)
    public_id = actions.ask(
        stage.session, about, once=once, name=asked.name, email=asked.email, text=asked.text, head=head, now=moment
    )
    if public_id and asked.answer:
        answered_at = stage.at(stage.workday(asked.back - 1), 9 * 60)
        sanne = stage.staff_id("sanne")
        actions.answer(stage.session, public_id, asked.answer, head=head, now=answered_at, by_staff_id=sanne)
