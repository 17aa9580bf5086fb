"""An alarm proposes, staff confirm: each agreement once, the most important first, where a team is free."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import garden
from support.queries import counted

from tests.workshop.services.snow.fixtures import FIRST, text
from tests.workshop.services.snow.scene import EVENING, NIGHT, agreement, alarm
from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.services.jobs.models import JobPause, JobState
from workshop.services.snow import actions, queries, watching
from workshop.services.snow.limits import window
from workshop.services.snow.models import AlarmState, SnowAlarm
from workshop.services.visits import booking
from workshop.services.visits.models import BookedQuarter, ResourceKind, Visit, VisitState


def visits(session: Session) -> list[Visit]:
    return list(session.scalars(sa.select(Visit).order_by(Visit.id)))


def test_the_proposal_goes_by_priority_then_limit_and_says_why(session: Session) -> None:
    early = agreement(session, priority=2, clear_by_minute=360)
    late = agreement(session, priority=2, clear_by_minute=480)
    first = agreement(session, priority=1, clear_by_minute=600)
    unranked = agreement(session, priority=None, clear_by_minute=None)
    rows = actions.proposal(session, alarm(session))
    assert [row.job_id for row in rows] == [first.id, early.id, late.id, unranked.id]
    assert rows[0].reason == "6 cm, og vi kommer fra 3 cm."
    assert [row.limit_text for row in rows] == [
        "inden kl. 10.00",
        "inden kl. 6.00",
        "inden kl. 8.00",
        "hurtigst muligt",
    ]


def test_those_who_are_not_called_are_shown_with_the_reason(session: Session) -> None:
    deep = agreement(session, trigger_cm=7)
    resting = agreement(session)
    session.add(JobPause(job_id=resting.id, from_on=date(2027, 1, 1), to_on=date(2027, 1, 31), made_at=EVENING))
    agreement(session, ends_on=date(2027, 1, 12))
    agreement(session, starts_on=date(2027, 2, 1))
    agreement(session, state=JobState.ENDED)
    agreement(session, season_from="02-01", season_to="03-31")
    garden.job(session)  # a hedge
    found = alarm(session)
    assert actions.proposal(session, found) == []
    reasons = {row.job_id: row.reason for row in queries.proposal(session, found)}
    assert reasons == {deep.id: "Kommer først fra 7 cm.", resting.id: "Aftalen hviler den dag."}
    for row in queries.proposal(session, found):
        with pytest.raises(Refusal):
            actions.call_out(session, found, [row.job_id], now=EVENING, by_staff_id=None)
    assert visits(session) == []


def test_each_agreement_is_called_once_for_an_alarm_however_often_it_is_confirmed(session: Session) -> None:
    first, second = agreement(session), agreement(session)
    found = alarm(session)
    assert actions.call_out(session, found, [first.id], now=EVENING, by_staff_id=None).visits == 1
    assert actions.call_out(session, found, [first.id], now=EVENING, by_staff_id=None).visits == 0
    assert actions.call_out(session, found, [first.id, second.id], now=EVENING, by_staff_id=None).visits == 1
    assert [visit.occasion for visit in visits(session)] == [f"snow-{found.id}"] * 2
    assert found.state is AlarmState.CALLED_OUT


def test_visits_are_laid_on_teams_in_order_and_never_on_top_of_each_other(session: Session) -> None:
    jobs = [agreement(session, priority=count) for count in range(1, 6)]
    teams = [garden.resource(session) for _each in range(2)]
    van = garden.resource(session, of=ResourceKind.VEHICLE)
    hedge = garden.visit(session)
    booking.book(session, hedge, day=date(2027, 1, 13), start_minute=270, minutes=30, resource_ids=[teams[0].id])
    called = actions.call_out(
        session, alarm(session), [job.id for job in jobs], resource_ids=[each.id for each in teams],
        vehicle_of={teams[1].id: van.id}, now=EVENING, by_staff_id=None,
    )  # fmt: skip
    assert (called.visits, called.planned, called.late) == (5, 5, 0)
    laid = visits(session)[1:]
    assert [visit.start_minute for visit in laid] == [240, 240, 270, 300, 300]
    assert {visit.state for visit in laid} == {VisitState.PLANNED}
    taken = sa.select(BookedQuarter.resource_id, sa.func.count()).group_by(BookedQuarter.resource_id)
    assert dict(iter(session.execute(taken))) == {
        teams[0].id: 6,
        teams[1].id: 6,
        van.id: 6,
    }


def test_too_few_teams_are_told_as_late_before_the_customers_find_out(session: Session) -> None:
    jobs = [agreement(session, visit_minutes=60) for _each in range(5)]
    team = garden.resource(session)
    called = actions.call_out(
        session, alarm(session), [job.id for job in jobs], resource_ids=[team.id], now=EVENING, by_staff_id=None
    )
    assert (called.planned, called.late) == (5, 2)  # 4 to 7 is three hours


def test_without_a_team_the_visits_wait_on_their_day(session: Session) -> None:
    job = agreement(session)
    called = actions.call_out(session, alarm(session), [job.id], now=EVENING, by_staff_id=None)
    (visit,) = visits(session)
    assert (called.visits, called.planned) == (1, 0)
    assert (visit.state, visit.day, visit.from_minute, visit.to_minute) == (
        VisitState.WAITING,
        date(2027, 1, 13),
        240,
        420,
    )


def test_a_customer_still_to_be_cleared_is_not_proposed_again(session: Session) -> None:
    job = agreement(session)
    actions.call_out(session, alarm(session), [job.id], now=EVENING, by_staff_id=None)
    later = alarm(session, cause="hand-2", from_at=NIGHT + timedelta(hours=3))
    (row,) = queries.proposal(session, later)
    assert (row.is_proposed, row.may_be_called) == (False, True)
    (made,) = visits(session)
    made.done_at, made.state = NIGHT, VisitState.DONE
    session.flush()
    assert [each.job_id for each in actions.proposal(session, later)] == [job.id]


def test_an_alarm_is_answered_one_way(session: Session) -> None:
    job = agreement(session)
    found = alarm(session)
    with pytest.raises(Refusal, match="flueben"):
        actions.call_out(session, found, [], now=EVENING, by_staff_id=None)
    actions.dismiss(session, found, now=EVENING, by_staff_id=None)
    with pytest.raises(Refusal, match="lagt til side"):
        actions.call_out(session, found, [job.id], now=EVENING, by_staff_id=None)
    other = alarm(session, cause="hand-2")
    actions.call_out(session, other, [job.id], now=EVENING, by_staff_id=None)
    with pytest.raises(Refusal, match="kaldt ud"):
        actions.dismiss(session, other, now=EVENING, by_staff_id=None)


def test_the_same_form_twice_is_one_alarm(session: Session) -> None:
    assert alarm(session) is alarm(session)
    for depth in (0, 201):
        with pytest.raises(Refusal):
            alarm(session, cause=f"hand-{depth}", depth_cm=depth)


@pytest.mark.parametrize(
    ("hour", "limit", "day", "from_minute", "to_minute"),
    [
        (3, 420, 13, 240, 420),  # in the night: by seven
        (9, 420, 13, 600, 780),  # in the morning, after the limit: as soon as we can
        (21, 420, 14, 240, 420),  # late in the evening: the next morning, begun three hours before
        (21, None, 13, 1320, 1439),
    ],
)
def test_a_limit_is_of_the_morning_it_can_be_kept_in(
    hour: int, limit: int | None, day: int, from_minute: int, to_minute: int
) -> None:
    found = window(datetime(2027, 1, 13, hour, tzinfo=clock.now().tzinfo), limit)
    assert (found.day, found.from_minute, found.to_minute) == (date(2027, 1, day), from_minute, to_minute)


def test_a_forecast_made_anew_is_the_same_alarm_until_it_is_deeper(session: Session) -> None:
    agreement(session)
    night = [0, 0, 0.01, 0.02, 0.04, 0.05]
    first = watching.take_in(session, text(night), FIRST)
    assert first is not None
    assert (first.depth_cm, first.from_at) == (5, FIRST + timedelta(hours=4))
    assert watching.take_in(session, text(night), FIRST) is None
    shifted = text([0, *night], first=FIRST)
    assert watching.take_in(session, shifted, FIRST) is None
    deeper = watching.take_in(session, text([0, 0, 0.02, 0.05, 0.09]), FIRST)
    assert deeper is first
    assert first.depth_cm == 9
    actions.dismiss(session, first, now=FIRST, by_staff_id=None)
    assert watching.take_in(session, text([0, 0, 0.02, 0.05, 0.09]), FIRST) is None
    again = watching.take_in(session, text([0, 0, 0.02, 0.05, 0.14]), FIRST)
    assert again is not None
    assert again.state is AlarmState.PROPOSED


def test_without_anybody_to_clear_no_forecast_is_an_alarm(session: Session) -> None:
    assert watching.take_in(session, text([0, 0.3]), FIRST) is None
    agreement(session, trigger_cm=31)
    assert watching.take_in(session, text([0, 0.3]), FIRST) is None
    assert session.scalar(sa.select(sa.func.count(SnowAlarm.id))) == 0


def test_the_questions_do_not_grow_with_the_agreements(app: Flask) -> None:
    counts = []
    for more in (2, 30):
        with db.transaction() as session:
            for _each in range(more):
                agreement(session)
            found = alarm(session, cause=f"hand-{more}").public_id
        with counted() as sent, db.reading() as session:
            row = queries.alarm_by_public_id(session, found)
            assert row is not None
            queries.proposal(session, row)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 6
