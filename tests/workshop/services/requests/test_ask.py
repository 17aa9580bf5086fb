"""Asking: what is refused, what is believed, and many at the same moment. The controls leave the guard out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
import sqlalchemy as sa
import sqlalchemy.exc
from flask import Flask
from sqlalchemy.orm import Session
from support import factories, garden

from tests.conftest import NOW
from workshop.core import db
from workshop.core.config import Identity
from workshop.core.errors import Refusal
from workshop.core.mail import OutboxMail
from workshop.core.web import is_busy
from workshop.products.models import NumberSeries
from workshop.services.door import Head
from workshop.services.models import ServiceKind
from workshop.services.requests import actions
from workshop.services.requests.actions import Asked, OutsideArea, PlaceData
from workshop.services.requests.models import Recurrence, ServicePlace, ServiceRequest

HEAD = Head("http://localhost", Identity(), "a secret of the tests, worth nothing at all")
ANE = PlaceData("Ane Eksempel", "ane@example.dk", "20304050", street="Eksempelvej 12", postcode="3210")
HEDGE = Asked(Decimal(30), 200, 2, wants_waste=True)
RACERS, PATIENCE_SECONDS, THINKING_SECONDS = 20, 60.0, 0.02


def ask(
    session: Session,
    *,
    once: str = "once-1",
    kind: ServiceKind | None = None,
    place: PlaceData = ANE,
    asked: Asked = HEDGE,
    **more: object,
) -> ServiceRequest:
    service = kind or garden.kind(session)
    values: dict[str, object] = {"head": HEAD, "now": NOW}
    return actions.ask(session, once=once, kind=service, place=place, asked=asked, **values | more)  # type: ignore[arg-type]  # by name


def mails(session: Session) -> int:
    return session.scalars(sa.select(sa.func.count(OutboxMail.id))).one()


def test_the_numbers_follow_one_another_and_begin_anew_each_year(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        numbers = [ask(session, once=f"once-{each}").number for each in range(3)]
        late = ask(session, once="late", now=NOW.replace(month=12, day=31, hour=23, minute=30))
        numbers.append(late.number)
    # Half past eleven in UTC is the new year on the Danish wall clock.
    assert numbers == ["H2026-0001", "H2026-0002", "H2026-0003", "H2027-0001"]


def test_a_block_that_fails_gives_its_number_back(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        garden.kind(session)

    def fail_midway() -> None:
        with db.transaction() as session:
            ask(session)
            raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        fail_midway()
    with db.transaction() as session:
        assert ask(session).number == "H2026-0001"


def test_outside_the_area_nothing_is_written(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        with pytest.raises(OutsideArea):
            ask(session, place=replace(ANE, postcode="2100"))
        assert session.scalar(sa.select(ServiceRequest.id)) is None
        assert ask(session).number == "H2026-0001"


@pytest.mark.parametrize("units", [Decimal(0), Decimal(-1), Decimal(10_000)])
def test_an_amount_nobody_has_is_refused(app: Flask, units: Decimal) -> None:
    assert app
    with db.transaction() as session, pytest.raises(Refusal, match="Skriv, hvor meget"):
        ask(session, asked=replace(HEDGE, units=units))


def test_a_service_that_is_not_offered_is_refused_kindly(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        hidden = garden.kind(session, is_offered=False)
        with pytest.raises(Refusal, match="Ring til os"):
            ask(session, kind=hidden)


def test_what_the_service_does_not_ask_is_not_kept(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        plain = garden.kind(
            session,
            key="plain",
            name="Lugning",
            height_factor_over_cm=None,
            height_factor_pct=None,
            one_side_pct=None,
            waste_removal_ore=None,
            recurrence="none",
        )
        made = ask(
            session,
            kind=plain,
            asked=replace(
                HEDGE,
                wants_recurrence=Recurrence.ON_SNOW,
                wishes=("2026-W49", "2026-W49", "2026-W54", "uge 49"),
                answers={"Er der strøm i nærheden?": "Ja", "Hvad er din pinkode?": "1234"},
            ),
        )
        assert (made.height_cm, made.sides, made.wants_waste) == (None, None, False)
        assert made.wants_recurrence is Recurrence.NONE
        assert made.wishes == ["2026-W49"]
        assert made.answers == {"Er der strøm i nærheden?": "Ja"}


def test_nobody_gets_a_heap_of_receipts_they_did_not_ask_for(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        for each in range(actions.MOST_RECEIPTS_A_DAY + 3):
            ask(session, once=f"once-{each}")
        assert session.scalars(sa.select(sa.func.count(ServiceRequest.id))).one() == actions.MOST_RECEIPTS_A_DAY + 3
        assert mails(session) == actions.MOST_RECEIPTS_A_DAY
        ask(session, once="tomorrow", now=NOW + timedelta(days=1, minutes=1))
        assert mails(session) == actions.MOST_RECEIPTS_A_DAY + 1


def test_far_too_many_in_an_hour_are_somebodys_program(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        for each in range(actions.MOST_AN_HOUR):
            ask(session, once=f"once-{each}", place=replace(ANE, email=f"a{each}@example.dk"))
        with pytest.raises(Refusal, match="usædvanligt meget"):
            ask(session, once="one-more")
        staff = ask(session, once="by-phone", by_staff_id=_staff(session))
        assert staff.is_by_phone  # whoever is on the phone is no program
        ask(session, once="later", now=NOW + timedelta(hours=1, minutes=1))


def _staff(session: Session) -> int:
    return factories.staff(session).account_id


def together(deeds: list[Callable[[], str]]) -> Counter[str]:
    """Let all of them go at once; how often each outcome came. Whoever finds the database busy presses again."""
    barrier = Barrier(len(deeds))

    def go(deed: Callable[[], str]) -> str:
        barrier.wait(PATIENCE_SECONDS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return deed()
            except sqlalchemy.exc.IntegrityError:
                return "broken"
            except sqlalchemy.exc.OperationalError as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise

    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(pool.map(go, deeds))


def asking(once: str) -> Callable[[], str]:
    def deed() -> str:
        with db.transaction() as session:
            return ask(session, once=once, kind=session.scalars(sa.select(ServiceKind)).one()).number

    return deed


def test_the_same_form_pressed_by_twenty_at_once_is_one_request_and_one_number(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        garden.kind(session)
    assert together([asking("the-same")] * RACERS) == {"H2026-0001": RACERS}
    with db.reading() as session:
        for model in (ServiceRequest, ServicePlace):
            assert session.scalars(sa.select(sa.func.count(model.id))).one() == 1
        assert mails(session) == 1
        assert session.scalars(sa.select(NumberSeries.next_number).where(NumberSeries.key == "service-2026")).one() == 2


def test_twenty_forms_at_once_get_twenty_numbers_without_a_gap(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        garden.kind(session)
    found = together([asking(f"form-{each}") for each in range(RACERS)])
    assert sorted(found) == [f"H2026-{each:04d}" for each in range(1, RACERS + 1)]


def test_counting_first_and_writing_then_loses_requests(app: Flask) -> None:
    """The control: what the tests above would catch."""
    assert app
    with db.transaction() as session:
        of, at = garden.kind(session).id, garden.place(session).id

    def unguarded(once: str) -> Callable[[], str]:
        def deed() -> str:
            with db.reading() as session:
                number = session.scalars(sa.select(sa.func.count(ServiceRequest.id))).one() + 1
            time.sleep(THINKING_SECONDS)
            with db.transaction() as session:
                values = {"units": Decimal(1), "estimate_ore": 1, "created_at": NOW}
                made = ServiceRequest(
                    number=f"H2026-{number:04d}", once=once, service_kind_id=of, place_id=at, **values
                )
                session.add(made)
            return "written"

        return deed

    assert together([unguarded(f"form-{each}") for each in range(RACERS)])["broken"] > 0
