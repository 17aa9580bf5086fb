"""Putting visits into the plan: what is taken, what is asked about, what the customer is told."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
import sqlalchemy.exc
from flask import Flask
from support import factories, garden

from tests.workshop.services.visits import rig
from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.production.models import CapacityDay
from workshop.services.jobs.models import JobPause
from workshop.services.requests.models import Recurrence
from workshop.services.snow.models import AlarmSource, SnowAlarm
from workshop.services.visits import actions, booking, queries, week
from workshop.services.visits.actions import Doubt, Meanwhile, Plan
from workshop.services.visits.models import BookedQuarter, Resource, ResourceKind, Visit, VisitState

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


def taken(session: object, visit: Visit) -> list[str]:
    """The quarters a visit has of its first thing, UTC."""
    found = sa.select(BookedQuarter.starts_at).where(BookedQuarter.visit_id == visit.id).distinct()
    return [f"{each:%d. %H.%M}" for each in sorted(session.scalars(found))]  # type: ignore[attr-defined]


def test_a_visit_takes_the_quarters_it_touches(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.plan(session, garden.visit(session), rig.team(session), start_minute=550, minutes=40)
        assert taken(session, visit) == ["02. 08.00", "02. 08.15", "02. 08.30", "02. 08.45"]  # 9.10 to 9.50 in winter
        assert (visit.state, visit.day, visit.start_minute, visit.minutes) == (VisitState.PLANNED, rig.DAY, 550, 40)


def test_the_key_itself_forbids_a_second_visit_in_a_quarter(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        team = rig.team(session)
        first, second = rig.plan(session, garden.visit(session), team), garden.visit(session)
        begins = session.scalar(sa.select(BookedQuarter.starts_at).where(BookedQuarter.visit_id == first.id).limit(1))
        again = {"resource_id": team.id, "starts_at": begins, "visit_id": second.id}
        with pytest.raises(sqlalchemy.exc.IntegrityError), session.begin_nested():
            session.execute(sa.insert(BookedQuarter), [again])


def test_a_clash_says_what_is_where_and_when(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        team, van = (
            rig.team(session, name="Hækholdet"),
            rig.team(session, of=ResourceKind.VEHICLE, name="Hvid varevogn"),
        )
        rig.plan(session, garden.visit(session), team, van, minutes=120)
        other = garden.visit(session)
        with pytest.raises(booking.Taken) as refused:
            rig.plan(session, other, rig.team(session), van, start_minute=600)
    assert "Hvid varevogn er optaget kl. 9.00–11.00: Hækklipning, Eksempelvej 12." in refused.value.sentence
    assert "Hækholdet" not in refused.value.sentence


def test_a_refused_plan_leaves_everything_as_it_was(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        team = rig.team(session)
        rig.plan(session, garden.visit(session), team)
        other = rig.plan(session, garden.visit(session), team, start_minute=720)
        team_id, other_id = team.id, other.id

    def too_early() -> None:
        with db.transaction() as session:
            rig.plan(session, session.get_one(Visit, other_id), session.get_one(Resource, team_id), start_minute=570)

    with pytest.raises(booking.Taken):
        too_early()
    with db.reading() as session:
        kept = session.get_one(Visit, other_id)
        assert (kept.start_minute, kept.version) == (720, 2)
        assert taken(session, kept)[0] == "02. 11.00"


def test_a_refused_booking_keeps_the_time_the_visit_had(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        team = rig.team(session)
        rig.plan(session, garden.visit(session), team)
        other = rig.plan(session, garden.visit(session), team, start_minute=720)
        needs = {"day": rig.DAY, "minutes": 60, "resource_ids": [team.id]}
        with pytest.raises(booking.Taken):
            booking.book(session, other, start_minute=585, **needs)
        assert taken(session, other) == ["02. 11.00", "02. 11.15", "02. 11.30", "02. 11.45"]


def test_a_visit_can_be_moved_within_its_own_time(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        team = rig.team(session)
        visit = rig.plan(session, garden.visit(session), team, minutes=120)
        rig.plan(session, visit, team, start_minute=570, minutes=120)
        assert len(taken(session, visit)) == 8


def test_what_is_free_again_can_be_taken(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        team = rig.team(session)
        first = rig.plan(session, garden.visit(session), team)
        actions.unplan(session, first, version=first.version, by_staff_id=None)
        assert (first.state, first.start_minute) == (VisitState.WAITING, None)
        rig.plan(session, garden.visit(session), team)


def test_out_of_use_and_without_a_team_are_refused(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit, van = garden.visit(session), rig.team(session, of=ResourceKind.VEHICLE)
        with pytest.raises(Refusal, match="Vælg et hold"):
            rig.plan(session, visit, van)
        with pytest.raises(Refusal, match="Gamle hold er taget ud af brug"):
            rig.plan(session, visit, rig.team(session, name="Gamle hold", is_used=False))


def test_the_missing_hour_is_refused_and_the_doubled_one_is_asked_about(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        team, visit = rig.team(session), garden.visit(session)
        with pytest.raises(Refusal, match="findes ikke"):
            rig.plan(session, visit, team, day=SPRING, start_minute=150)
        with pytest.raises(Refusal, match=r"2\.30 to gange"):
            rig.plan(session, visit, team, day=AUTUMN, start_minute=150)
        rig.plan(session, visit, team, day=AUTUMN, start_minute=150, minutes=30, is_second_pass=False)
        assert taken(session, visit) == ["31. 00.30", "31. 00.45"]
        other = rig.plan(
            session, garden.visit(session), team, day=AUTUMN, start_minute=150, minutes=30, is_second_pass=True
        )
        assert taken(session, other) == ["31. 01.30", "31. 01.45"]  # the same clock, an hour later, and no clash


def test_a_visit_over_the_doubled_hour_lasts_its_true_minutes(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        team = rig.team(session)
        autumn = rig.plan(session, garden.visit(session), team, day=AUTUMN, start_minute=60, minutes=180)
        spring = rig.plan(session, garden.visit(session), team, day=SPRING, start_minute=60, minutes=180)
        assert len(taken(session, autumn)) == len(taken(session, spring)) == 12


@pytest.mark.parametrize(
    ("more", "day", "start_minute", "said"),
    [
        ({}, date(2026, 12, 25), 540, "Det er en helligdag: Juledag."),
        ({}, date(2026, 12, 5), 540, "Det er weekend."),
        ({}, date(2026, 11, 23), 540, "Dagen er gået."),
        ({}, rig.DAY, 780, "Kunden regner med os mellem kl. 9.00 og 12.00."),
        (
            {"season_from": "05-01", "season_to": "09-30"},
            rig.DAY,
            540,
            "uden for sæsonen, som er 1. maj til 30. september",
        ),
        ({"ends_on": date(2026, 12, 1)}, rig.DAY, 540, "Aftalen er slut den dag."),
        ({"recurrence": Recurrence.WEEKS, "late_days": 2}, date(2026, 12, 7), 540, "uden for det, der er aftalt"),
    ],
)
def test_what_speaks_against_a_time_is_asked_about(
    app: Flask, more: dict[str, object], day: date, start_minute: int, said: str
) -> None:
    assert app
    with db.transaction() as session:
        garden.kind(session, season_from=None, season_to=None)
        visit = garden.visit(session, of=garden.job(session, **more))
        team = rig.team(session)
        with pytest.raises(Doubt) as asked:
            rig.plan(session, visit, team, day=day, start_minute=start_minute, is_sure=False)
        assert said in asked.value.sentence
        rig.plan(session, visit, team, day=day, start_minute=start_minute)  # meant so
        assert visit.state is VisitState.PLANNED


def test_nothing_is_asked_where_nothing_speaks_against_it(app: Flask) -> None:
    """The control: a workday within season, window and agreement."""
    assert app
    with db.transaction() as session:
        garden.kind(session, season_from=None, season_to=None)
        visit = garden.visit(session, of=garden.job(session, may_start_early=True))
        session.add(JobPause(job_id=visit.job_id, from_on=date(2027, 1, 1), to_on=date(2027, 1, 9), made_at=rig.NOW))
        rig.plan(session, visit, rig.team(session), is_sure=False)


@pytest.mark.parametrize(
    ("day", "may_start_early", "is_asked"),
    [
        (date(2026, 12, 8), False, True),
        (date(2026, 12, 8), True, False),
        (date(2026, 12, 9), False, False),  # the right to withdraw was over the day before
    ],
)
def test_a_start_that_the_customer_has_not_asked_for_is_asked_about(
    app: Flask, day: date, may_start_early: bool, is_asked: bool
) -> None:
    assert app
    with db.transaction() as session:
        garden.kind(session, season_from=None, season_to=None)
        agreed = garden.job(session, may_start_early=may_start_early, withdraw_until=date(2026, 12, 8))
        visit, team = garden.visit(session, of=agreed, day=None), rig.team(session)
        if not is_asked:
            rig.plan(session, visit, team, day=day, is_sure=False)
            return
        with pytest.raises(Doubt, match=r"ikke bedt os begynde før onsdag den 9\. december"):
            rig.plan(session, visit, team, day=day, is_sure=False)
        rig.plan(session, visit, team, day=day)  # agreed with the customer on the phone
        assert visit.day == day


def test_the_limit_of_snow_stays_however_late_we_come(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        alarm = SnowAlarm(cause="hand-1", source=AlarmSource.HAND, depth_cm=5, from_at=rig.NOW, raised_at=rig.NOW)
        session.add(alarm)
        session.flush()
        visit = garden.visit(session, snow_alarm_id=alarm.id, from_minute=240, to_minute=390)
        rig.plan(session, visit, rig.team(session), start_minute=540)
        assert (visit.start_minute, visit.from_minute, visit.to_minute) == (540, 240, 390)


def test_a_pause_is_asked_about(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = garden.visit(session)
        session.add(JobPause(job_id=visit.job_id, from_on=rig.DAY, to_on=rig.DAY, made_at=rig.NOW))
        session.flush()
        with pytest.raises(Doubt, match="på pause"):
            rig.plan(session, visit, rig.team(session), is_sure=False)


def test_more_work_than_there_are_people_for_is_asked_about(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        garden.kind(session, season_from=None, season_to=None)
        team = rig.team(session)
        session.add(CapacityDay(day=rig.DAY, department_id=team.department_id, team_minutes=360))
        agreed = garden.job(session, crew=3, may_start_early=True)
        rig.plan(session, garden.visit(session, of=agreed), team, is_sure=False)  # 180 of 360
        second = garden.visit(session, of=agreed, occasion="extra-a")
        with pytest.raises(Doubt, match=r"folk til 6 timer den dag, .* planlagt 6 timer og 45 minutter"):
            rig.plan(session, second, team, start_minute=600, minutes=75, is_sure=False)
        rig.plan(session, second, team, start_minute=600, minutes=60, is_sure=False)  # exactly all of it


def test_an_old_version_changes_nothing(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit, team = garden.visit(session), rig.team(session)
        seen = visit.version
        rig.plan(session, visit, team)
        wanted = Plan(rig.DAY, 600, 60, (team.id,))
        with pytest.raises(Meanwhile):
            actions.plan(session, visit, wanted, version=seen, is_sure=True, now=rig.NOW, by_staff_id=None)
        assert visit.start_minute == 540


def test_the_customer_is_told_the_day_once_and_anew_when_it_changes(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        team, visit = rig.team(session), garden.visit(session)
        rig.plan(session, visit, team)
        assert visit.told_at is None
        assert actions.tell(session, visit, head=rig.HEAD, now=rig.NOW)
        assert not actions.tell(session, visit, head=rig.HEAD, now=rig.NOW)
        rig.plan(session, visit, team, start_minute=600)  # another time within the same window: nothing to tell
        assert visit.told_at is not None
        rig.plan(session, visit, team, day=date(2026, 12, 3), start_minute=780)
        assert visit.told_at is None
        assert visit.is_moved
        actions.tell(session, visit, head=rig.HEAD, now=rig.NOW)
        first, second = rig.mails(session, "visit-day:")
        assert first.subject == f"Vi kommer {clock.day_text(rig.DAY)}"
        assert "mellem kl. 9.00 og 12.00" in first.body
        thursday = clock.day_text(date(2026, 12, 3))  # with the year, once that is over
        assert second.subject == f"Ny dag: vi kommer {thursday}"
        assert f"Vi kommer nu {thursday} mellem kl. 13.00 og 16.00." in second.body


def test_the_first_free_time_lies_within_the_window(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        team = rig.team(session)
        first = rig.plan(session, garden.visit(session), team, minutes=75)
        asked = {"but_not": 0}
        assert week.first_free(session, team.id, rig.DAY, 60, (540, 720), **asked) == 615
        assert week.first_free(session, team.id, rig.DAY, 60, (540, 600), **asked) == 540  # none: explained when tried
        assert week.first_free(session, team.id, rig.DAY, 60, (540, 720), but_not=first.id) == 540


def test_visits_of_a_day_are_found_by_department(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.planned(session)
        wood = factories.department(session).id
        garden_id = factories.department(session, key="have").id
        assert [row.facts.id for row in queries.on_day(session, rig.DAY, [garden_id])] == [visit.id]
        assert queries.on_day(session, rig.DAY, [wood]) == []
        assert len(queries.on_day(session, rig.DAY, None)) == 1
