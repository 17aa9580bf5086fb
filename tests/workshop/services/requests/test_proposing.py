"""A proposal is the request with a price: the estimate to the øre. What cannot stand is said field by field."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session
from support import garden

from tests.workshop.services.requests import rig
from tests.workshop.services.requests.rig import TODAY, proposed
from workshop.core import db
from workshop.services.prices.queries import travel
from workshop.services.prices.rules import Model, reckon
from workshop.services.requests.models import Billing, PriceBasis, Recurrence
from workshop.services.requests.proposing import Terms, problems, proposal, wish_of


@pytest.fixture
def session(app: object) -> Any:
    assert app
    with db.transaction() as opened:
        yield opened


def wrong(terms: Terms) -> set[str]:
    return {name for name, _sentence in problems(terms, TODAY)}


def test_the_total_is_the_estimate_to_the_ore_whatever_was_asked(session: Session) -> None:
    dice = random.Random(20261122)
    kind, near = garden.kind(session), garden.place(session)
    cost = travel(session, near.postcode)
    asked = garden.request(session, of=kind, at=near)
    for _each in range(2_000):
        asked.units = Decimal(dice.randint(1, 99_999)) / 100
        asked.height_cm = dice.choice([None, 100, 180, 181, 250, 251])
        asked.sides, asked.wants_waste = dice.choice([1, 2]), dice.random() < 0.5
        asked.estimate_ore = reckon(Model.of(kind), wish_of(asked, cost)).total_ore
        terms = proposal(kind, asked, cost, today=TODAY)
        assert terms.total_ore == asked.estimate_ore == sum(line.amount_ore for line in terms.lines)


def test_what_the_customer_saw_stands_after_prices_were_raised(session: Session) -> None:
    kind = garden.kind(session)
    asked = garden.request(session, of=kind, estimate_ore=100_000)
    terms = proposed(session, asked)
    assert terms.total_ore == 100_000
    assert "overslag" in terms.lines[-1].text


def test_the_first_weekday_of_the_wished_week_is_the_day(session: Session) -> None:
    asked = garden.request(session, of=rig.all_year(session), wishes=["2026-W50", "2026-W52"])
    terms = proposed(session, asked)
    assert terms.first_on == date(2026, 12, 7)
    assert terms.valid_until == date(2026, 12, 6)  # the customer answers before we come
    assert not wrong(terms)


def test_without_a_wish_the_day_is_found_together_and_the_quote_holds_two_weeks(session: Session) -> None:
    terms = proposed(session, garden.request(session))
    assert terms.first_on is None
    assert terms.valid_until == date(2026, 12, 8)
    assert not wrong(terms)


def test_a_hedge_twice_a_year_gets_midsummer_and_autumn(session: Session) -> None:
    asked = garden.request(session, wants_recurrence=Recurrence.YEARLY)
    terms = proposed(session, asked)
    assert terms.recurrence is Recurrence.YEARLY
    assert terms.year_days == ("06-24", "09-15")
    assert terms.first_on is not None
    assert terms.days(date(2027, 12, 31))
    assert not wrong(terms)


def test_a_lawn_in_season_keeps_to_its_weekday(session: Session) -> None:
    lawn = garden.kind(
        session,
        key="lawn_mowing",
        name="Græsslåning",
        unit="m2",
        recurrence="fortnightly",
        season_from="04-01",
        season_to="10-31",
    )
    terms = proposed(session, garden.request(session, of=lawn, wants_recurrence=Recurrence.WEEKS))
    assert (terms.recurrence, terms.every) == (Recurrence.WEEKS, 2)
    first, second = terms.days(date(2027, 12, 31))[:2]
    assert first >= date(2027, 4, 1)
    assert (second - first).days == 14
    assert first.weekday() == second.weekday() == terms.weekday


def test_snow_has_a_depth_a_turn_and_a_time(session: Session) -> None:
    snow = garden.kind(
        session, key="snow_clearing", name="Snerydning", unit="m2", recurrence="on_snow",
        season_from="11-01", season_to="03-31",
    )  # fmt: skip
    terms = proposed(session, garden.request(session, of=snow, wants_recurrence=Recurrence.ON_SNOW))
    assert (terms.trigger_cm, terms.priority, terms.clear_by_minute) == (3, 2, 420)
    assert terms.days(date(2027, 12, 31)) == []
    assert not wrong(terms)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("text", {"text": " "}),
        ("lines", {"lines": ()}),
        ("units", {"units": Decimal(0)}),
        ("unit_price_ore", {"basis": PriceBasis.PER_UNIT, "unit_price_ore": None}),
        ("billing", {"billing": Billing.MONTHLY}),
        ("valid_until", {"valid_until": date(2026, 11, 23)}),
        ("valid_until", {"valid_until": date(2028, 1, 1)}),
        ("valid_until", {"first_on": date(2026, 12, 8)}),
        ("first_on", {"first_on": date(2026, 11, 23)}),
        ("first_on", {"recurrence": Recurrence.WEEKS}),
        ("ends_on", {"ends_on": date(2027, 1, 1)}),
        ("from_minute", {"from_minute": 720, "to_minute": 720}),
        ("visit_minutes", {"visit_minutes": 5}),
        ("crew", {"crew": 0}),
        ("every", {"recurrence": Recurrence.WEEKS, "first_on": date(2027, 1, 4), "every": 0}),
        ("year_days", {"recurrence": Recurrence.YEARLY, "first_on": date(2027, 1, 4)}),
        ("trigger_cm", {"recurrence": Recurrence.ON_SNOW, "first_on": date(2027, 1, 4)}),
        ("priority", {"recurrence": Recurrence.ON_SNOW, "first_on": date(2027, 1, 4)}),
        ("clear_by_minute", {"recurrence": Recurrence.ON_SNOW, "first_on": date(2027, 1, 4)}),
        (
            "first_on",
            {
                "recurrence": Recurrence.YEARLY,
                "first_on": date(2027, 1, 4),
                "year_days": ("02-01",),
                "season_from": "06-01",
                "season_to": "08-01",
            },
        ),
    ],
)
def test_what_cannot_stand_is_said_at_its_field(session: Session, field: str, changes: dict[str, Any]) -> None:
    terms = proposed(session, garden.request(session))
    assert not wrong(terms)  # the control
    assert field in wrong(replace(terms, **changes))
