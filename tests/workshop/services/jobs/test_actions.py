"""Agreements: visits are laid once, one is moved or cancelled without the others, and an agreement rests and ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import garden

from tests.workshop.services.jobs import rig
from workshop.core.errors import Refusal
from workshop.services.jobs import actions, laying
from workshop.services.jobs.actions import ChangedMeanwhile
from workshop.services.jobs.models import JobPause, JobState
from workshop.services.requests.models import QuoteState, Recurrence, ServiceQuote
from workshop.services.visits import booking
from workshop.services.visits.models import BookedQuarter, VisitState

NOW, TODAY = rig.NOW, rig.TODAY
# Every second Wednesday counted from 17 March, which is before the season.
IN_SEASON = [date(2027, 4, 14) + timedelta(days=14 * step) for step in range(15)]


def test_a_season_that_is_near_is_laid_whole_and_keeps_the_phase_of_the_first_day(session: Session) -> None:
    job = rig.agreed(session)
    assert rig.standing(session, job) == IN_SEASON
    assert {each.occasion for each in rig.visits(session, job)} == {day.isoformat() for day in IN_SEASON}


def test_the_same_quote_agreed_twice_is_one_job(session: Session) -> None:
    job = rig.agreed(session)
    quote = session.get_one(ServiceQuote, job.quote_id)
    assert actions.agree(session, quote, withdraw_until=job.withdraw_until, now=NOW) is job


def test_laying_again_lays_nothing_and_the_next_season_comes_in_its_time(session: Session) -> None:
    job = rig.agreed(session)
    session.commit()
    assert laying.lay(session, job, TODAY) == 0
    assert laying.lay(session, job, date(2027, 12, 1)) == 1  # the next one, so that there is one to see
    assert laying.lay(session, job, date(2028, 1, 10)) == 14
    later = [each for each in rig.standing(session, job) if each.year == 2028]
    assert later[0] == date(2028, 4, 12)
    assert (later[0] - IN_SEASON[0]).days % 14 == 0


def test_a_hedge_that_is_cut_twice_a_year_always_shows_one_visit(session: Session) -> None:
    job = rig.hedge(session)
    assert rig.standing(session, job) == [date(2027, 6, 24)]


def test_one_visit_without_a_day_waits_for_one(session: Session) -> None:
    quote = garden.quote(session, state=QuoteState.ACCEPTED, first_on=None)
    job = actions.agree(session, quote, withdraw_until=date(2027, 3, 15), now=NOW)
    (visit,) = rig.visits(session, job)
    assert (visit.day, visit.original_on, visit.state) == (None, None, VisitState.WAITING)


def test_an_agreement_without_a_first_day_begins_when_the_right_to_withdraw_is_over(session: Session) -> None:
    job = rig.agreed(session, first_on=None, every=1, season_from=None, season_to=None)
    assert job.starts_on == date(2027, 3, 16)
    assert min(rig.standing(session, job)) == date(2027, 3, 17)


def test_moving_one_leaves_every_other_where_it_was(session: Session) -> None:
    job = rig.agreed(session)
    actions.move(
        session, rig.on(session, job, IN_SEASON[3]), IN_SEASON[3] + timedelta(days=1), now=NOW, by_staff_id=None
    )
    expected = sorted({*IN_SEASON} - {IN_SEASON[3]} | {IN_SEASON[3] + timedelta(days=1)})
    assert rig.standing(session, job) == expected
    assert laying.lay(session, job, TODAY) == 0


def test_cancelling_one_leaves_every_other_where_it_was(session: Session) -> None:
    job = rig.agreed(session)
    visit = rig.on(session, job, IN_SEASON[3])
    for _time in range(2):
        actions.cancel(session, visit, why="Vi er på ferie", now=NOW, by_staff_id=None, head=rig.HEAD)
    assert rig.standing(session, job) == [day for day in IN_SEASON if day != IN_SEASON[3]]
    assert len(rig.mails(session)) == 1
    assert laying.lay(session, job, TODAY) == 0


def test_what_a_visit_had_booked_is_let_go_of_when_it_is_moved_or_cancelled(session: Session) -> None:
    job = rig.agreed(session)
    team = garden.resource(session)
    for day, change in zip(IN_SEASON[:2], ("move", "cancel"), strict=True):
        visit = rig.on(session, job, day)
        booking.book(session, visit, day=day, start_minute=540, minutes=120, resource_ids=[team.id])
        visit.state = VisitState.PLANNED
        session.flush()
        if change == "move":
            actions.move(session, visit, day + timedelta(days=1), now=NOW, by_staff_id=None)
            assert (visit.state, visit.start_minute) == (VisitState.WAITING, None)
        else:
            actions.cancel(session, visit, why="", now=NOW, by_staff_id=None)
    assert session.scalar(sa.select(sa.func.count()).select_from(BookedQuarter)) == 0


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (IN_SEASON[3] + timedelta(days=3), "uden for det, vi har aftalt"),
        (IN_SEASON[3] + timedelta(days=2), None),
        (date(2027, 5, 6), "Kristi himmelfartsdag"),
    ],
)
def test_a_customer_moves_within_the_window_to_a_day_we_work(session: Session, day: date, sentence: str | None) -> None:
    job = rig.agreed(
        session, late_days=2, first_on=date(2027, 3, 24) if day.month == 5 and day.day == 6 else date(2027, 3, 17)
    )
    original = date(2027, 5, 5) if day == date(2027, 5, 6) else IN_SEASON[3]
    visit = rig.on(session, job, original)
    if sentence is None:
        actions.move(session, visit, day, now=NOW, by_staff_id=None)
        assert visit.day == day
    else:
        with pytest.raises(Refusal, match=sentence):
            actions.move(session, visit, day, now=NOW, by_staff_id=None)
        assert visit.day == original


def test_a_customer_can_change_until_the_day_before_and_is_asked_to_call_after_that(session: Session) -> None:
    job = rig.agreed(session)
    visit, day = rig.on(session, job, IN_SEASON[0]), IN_SEASON[0]
    with pytest.raises(Refusal, match="Ring til os"):
        actions.move(session, visit, day + timedelta(days=1), now=rig.morning(day), by_staff_id=None)
    with pytest.raises(Refusal, match="Ring til os"):
        actions.cancel(session, visit, why="", now=rig.morning(day), by_staff_id=None)
    actions.move(session, visit, day + timedelta(days=1), now=rig.morning(day - timedelta(days=1)), by_staff_id=None)
    assert visit.day == day + timedelta(days=1)


def test_staff_choose_any_day_and_what_is_odd_about_it_stands(session: Session) -> None:
    job = rig.agreed(session)
    staff = rig.staff_id(session)
    visit = rig.on(session, job, IN_SEASON[3])
    actions.pause(session, job, date(2027, 7, 1), date(2027, 7, 31), now=NOW, by_staff_id=staff)
    actions.move(session, visit, date(2027, 7, 12), now=NOW, by_staff_id=staff)
    assert date(2027, 7, 12) in rig.standing(session, job)


def test_an_old_page_does_not_change_a_visit_again(session: Session) -> None:
    job = rig.agreed(session)
    visit = rig.on(session, job, IN_SEASON[3])
    seen = visit.version
    actions.move(session, visit, IN_SEASON[3] + timedelta(days=1), now=NOW, by_staff_id=None, version=seen)
    with pytest.raises(ChangedMeanwhile):
        actions.move(session, visit, IN_SEASON[3] + timedelta(days=2), now=NOW, by_staff_id=None, version=seen)
    actions.move(session, visit, IN_SEASON[3] + timedelta(days=1), now=NOW, by_staff_id=None, version=seen)
    assert visit.version == seen + 1


def test_a_pause_rests_its_days_and_the_phase_is_kept(session: Session) -> None:
    job = rig.agreed(session)
    for _time in range(2):
        actions.pause(session, job, date(2027, 6, 1), date(2027, 7, 15), now=NOW, by_staff_id=None, head=rig.HEAD)
    resting = [day for day in IN_SEASON if date(2027, 6, 1) <= day <= date(2027, 7, 15)]
    assert len(resting) == 3
    assert rig.standing(session, job) == [day for day in IN_SEASON if day not in resting]
    assert session.scalar(sa.select(sa.func.count()).select_from(JobPause)) == 1
    assert len(rig.mails(session)) == 1


def test_a_visit_somebody_chose_the_day_of_keeps_it_in_a_pause(session: Session) -> None:
    job = rig.agreed(session)
    chosen = IN_SEASON[4] + timedelta(days=1)
    actions.move(session, rig.on(session, job, IN_SEASON[4]), chosen, now=NOW, by_staff_id=None)
    actions.pause(session, job, chosen - timedelta(days=3), chosen + timedelta(days=20), now=NOW, by_staff_id=None)
    assert chosen in rig.standing(session, job)


def test_going_on_brings_back_what_rested_and_not_what_was_cancelled(session: Session) -> None:
    job = rig.agreed(session)
    resting = [day for day in IN_SEASON if date(2027, 6, 1) <= day <= date(2027, 7, 15)]
    actions.cancel(session, rig.on(session, job, resting[0]), why="", now=NOW, by_staff_id=None)
    rest = actions.pause(session, job, date(2027, 6, 1), date(2027, 7, 15), now=NOW, by_staff_id=None)
    actions.resume(session, rest, now=NOW, by_staff_id=None)
    assert rig.standing(session, job) == [day for day in IN_SEASON if day != resting[0]]


def test_going_on_in_the_middle_of_a_pause_brings_back_the_rest_of_it(session: Session) -> None:
    job = rig.agreed(session)
    rest = actions.pause(session, job, date(2027, 6, 1), date(2027, 7, 15), now=NOW, by_staff_id=None)
    actions.resume(session, rest, now=rig.morning(date(2027, 6, 15)), by_staff_id=None)
    assert rest.to_on == date(2027, 6, 15)
    assert rig.standing(session, job) == [day for day in IN_SEASON if day != date(2027, 6, 9)]


def test_days_that_were_never_written_down_because_of_a_pause_come_when_it_ends_early(session: Session) -> None:
    job = rig.agreed(session, every=1, season_from=None, season_to=None)
    rest = actions.pause(session, job, date(2027, 5, 1), date(2027, 12, 31), now=NOW, by_staff_id=None)
    later = date(2027, 6, 1)
    assert laying.lay(session, job, later) == 0
    actions.resume(session, rest, now=rig.morning(later), by_staff_id=None)
    found = [day for day in rig.standing(session, job) if day >= later]
    assert found == [date(2027, 6, 2) + timedelta(days=7 * step) for step in range(12)]


def test_ending_takes_notice_from_a_customer_and_calls_off_what_comes_after(session: Session) -> None:
    job = rig.agreed(session)
    with pytest.raises(Refusal, match="14 dages varsel"):
        actions.end(session, job, TODAY + timedelta(days=13), now=NOW, by_staff_id=None)
    last = date(2027, 6, 30)
    kept, gone = rig.on(session, job, date(2027, 6, 23)), rig.on(session, job, date(2027, 7, 7))
    staff = rig.staff_id(session)
    actions.move(session, kept, date(2027, 7, 2), now=NOW, by_staff_id=staff)
    for _time in range(2):
        actions.end(session, job, last, now=NOW, by_staff_id=None, head=rig.HEAD)
    assert rig.standing(session, job) == [*(day for day in IN_SEASON if day < date(2027, 6, 20)), date(2027, 7, 2)]
    assert gone.state is VisitState.CANCELLED
    assert len(rig.mails(session)) == 1
    assert job.state is JobState.ACTIVE


def test_an_agreement_whose_last_day_is_gone_is_ended_when_nothing_is_open(session: Session) -> None:
    job = rig.agreed(session, ends_on=date(2027, 4, 20))
    assert rig.standing(session, job) == [date(2027, 4, 14)]
    later = rig.morning(date(2027, 4, 21))
    assert laying.end_finished(session, later) == 0
    visit = rig.on(session, job, date(2027, 4, 14))
    visit.state, visit.done_at = VisitState.DONE, later
    session.flush()
    assert laying.end_finished(session, later) == 1
    assert (job.state, job.ended_at) == (JobState.ENDED, later)
    assert laying.end_finished(session, later) == 0


def test_one_visit_that_is_done_ends_its_job_and_one_that_was_not_made_waits(session: Session) -> None:
    quote = garden.quote(session, state=QuoteState.ACCEPTED, first_on=date(2027, 3, 20))
    job = actions.agree(session, quote, withdraw_until=date(2027, 3, 15), now=NOW)
    (visit,) = rig.visits(session, job)
    visit.state = VisitState.NOT_DONE
    session.flush()
    assert laying.end_finished(session, NOW) == 0
    visit.state, visit.done_at = VisitState.DONE, NOW
    session.flush()
    assert laying.end_finished(session, NOW) == 1


def test_withdrawing_calls_everything_off_once(session: Session) -> None:
    job = rig.agreed(session)
    for _time in range(2):
        actions.withdraw(session, job, NOW)
    assert job.state is JobState.WITHDRAWN
    assert rig.standing(session, job) == []
    with pytest.raises(Refusal, match="Aftalen er slut"):
        actions.pause(session, job, date(2027, 6, 1), date(2027, 6, 2), now=NOW, by_staff_id=None)


def test_withdrawing_stops_what_is_under_way_too(session: Session) -> None:
    job = rig.agreed(session)
    driving, working, made, *rest = rig.visits(session, job)
    driving.state, working.state = VisitState.ON_THE_WAY, VisitState.STARTED
    made.state, made.done_at = VisitState.DONE, NOW
    session.flush()
    actions.withdraw(session, job, NOW)
    assert [each.state for each in (driving, working, made)] == [*[VisitState.NOT_DONE] * 2, VisitState.DONE]
    assert {each.state for each in rest} == {VisitState.CANCELLED}
    assert working.why == "Aftalen er fortrudt."


def test_snow_has_no_days_of_its_own(session: Session) -> None:
    job = rig.agreed(session, recurrence=Recurrence.ON_SNOW, season_from="11-01", season_to="03-31", trigger_cm=3)
    assert rig.visits(session, job) == []
    actions.pause(session, job, date(2027, 12, 1), date(2027, 12, 31), now=NOW, by_staff_id=None)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ((date(2027, 6, 2), date(2027, 6, 1)), "før den begynder"),
        ((TODAY, TODAY), "tidligst begynde i morgen"),
        ((date(2027, 6, 1), date(2028, 6, 30)), "højst vare et år"),
    ],
)
def test_a_pause_has_sense(session: Session, days: tuple[date, date], sentence: str) -> None:
    job = rig.agreed(session)
    with pytest.raises(Refusal, match=sentence):
        actions.pause(session, job, *days, now=NOW, by_staff_id=None)
