"""Twenty processes at one quote: one job, one contract, and never both a yes and a no."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from flask import Flask
from support import garden

from tests.support import quote_race
from tests.support.quote_race import RACERS
from workshop.core import db
from workshop.core.mail import OutboxMail
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import QuoteState, RequestState, ServiceQuote, ServiceRequest
from workshop.services.visits.models import Visit

FEW = 8


def waiting() -> str:
    with db.transaction() as session:
        asked = garden.request(session, state=RequestState.QUOTED)
        return garden.quote(session, of=asked, valid_until=date(2026, 12, 1)).public_id


def count(model: type[db.Base]) -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_twenty_who_say_yes_at_once_get_one_job_and_one_contract(app: Flask, database_url: str) -> None:
    assert app
    outcomes = quote_race.race(database_url, waiting(), way="yes")
    assert sum(outcomes.values()) == RACERS
    assert len(outcomes) == 1, outcomes  # all of them are shown the same job
    assert (count(ServiceJob), count(Visit), count(OutboxMail)) == (1, 1, 1)
    with db.reading() as session:
        assert session.scalars(sa.select(ServiceJob.public_id)).one() in outcomes


def test_a_yes_and_a_no_never_both_count(app: Flask, database_url: str) -> None:
    assert app
    outcomes = quote_race.race(database_url, waiting(), way="yes and no", racers=FEW)
    with db.reading() as session:
        state = session.scalars(sa.select(ServiceQuote.state)).one()
        asked = session.scalars(sa.select(ServiceRequest.state)).one()
    assert outcomes["refused"] == FEW // 2, outcomes  # those who came with the other answer
    assert (state is QuoteState.ACCEPTED) == (count(ServiceJob) == 1) == (asked is RequestState.ACCEPTED)
    assert (state is QuoteState.DECLINED) == (outcomes["no"] == FEW // 2)


def test_looking_first_and_writing_then_agrees_many_times(app: Flask, database_url: str) -> None:
    """The control: what the tests above would catch."""
    assert app
    outcomes = quote_race.race(database_url, waiting(), way="unguarded", racers=FEW)
    assert outcomes["won"] > 1, outcomes
    assert count(OutboxMail) > 1
