"""Suggestions for one person: all open work of the week with reasons in words. Nothing is hidden or chosen."""

from __future__ import annotations

import inspect
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from tests.workshop.tasks.test_week_people import a_day, permit, saw_is_asked_for
from workshop.citizens.models import AttendanceEntry, AttendanceMark, Citizen
from workshop.core import clock, db
from workshop.core.audit import AccessLog
from workshop.production.models import OrderStep, TaskType
from workshop.production.routines import actions as routine_actions
from workshop.production.routines.models import Routine
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import DevelopmentPlan, Goal, GoalKind
from workshop.progression.suggesting import queries
from workshop.progression.suggesting.reasons import Facts, suggestion
from workshop.tasks import regretting
from workshop.tasks.models import Competence, LinkRole, TaskCompetenceLink
from workshop.tasks.week.minding import Minding
from workshop.tasks.week.open_work import OpenWork
from workshop.tasks.wishing import actions as wishing
from workshop.tasks.wishing.queries import WishRow, open_wishes

TUESDAY = date(2026, 11, 24)


def work(**changes: object) -> OpenWork:
    values: dict[str, object] = {
        "kind": "step", "title": "Slib", "day": TUESDAY, "task_type_id": 7, "order_step_id": 3, "visit_id": None,
        "routine_id": None, "needs_people": True, "public_id": "x", "of_what": "Bænk", "start_minute": 600,
        "minutes": 60,
    }  # fmt: skip
    return OpenWork(**(values | changes))


def facts(**changes: object) -> Facts:
    return Facts(**({"name": "Mona", "agreed": {TUESDAY: (540, 240)}} | changes))


def a_wish(**changes: object) -> WishRow:
    values = dict.fromkeys(["task_type_id", "activity_kind_id", "order_step_id", "visit_id", "goal_id"])
    return WishRow(**({"public_id": "w", "text": "Slibe"} | values | changes))


def minds(changed_work: dict[str, object], **changes: object) -> list[str]:
    return suggestion(work(**changed_work), facts(**changes)).mind


# The reasons, in words


@pytest.mark.once
def test_a_goal_a_wish_and_a_permit_speak_for_it() -> None:
    known = facts(goals={7: ["Slibe træ"]}, wishes=[a_wish(task_type_id=7)], minding={7: Minding(has=("Må slibe",))})
    assert suggestion(work(), known).speaks_for == ["Et mål: Slibe træ", "Et ønske: Slibe", "Har tilladelse: må slibe"]
    assert suggestion(work(task_type_id=8), known).speaks_for == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("wish", "is_about"),
    [
        ({"order_step_id": 3}, True),
        ({"order_step_id": 4, "task_type_id": 7}, False),  # this step and no other of its kind
        ({"visit_id": 3}, False),
        ({"task_type_id": 7}, True),
        ({"task_type_id": 8, "activity_kind_id": 5}, False),
        ({"activity_kind_id": 5}, True),
        ({}, False),  # own words alone are read by people
    ],
)
def test_a_wish_is_about_the_step_the_task_or_its_kind(wish: dict[str, int], is_about: bool) -> None:
    found = suggestion(work(), facts(wishes=[a_wish(**wish)], kinds={7: 5}))
    assert bool(found.speaks_for) is is_about


@pytest.mark.once
@pytest.mark.parametrize(
    ("changed", "known", "sentence"),
    [
        ({}, {}, ""),
        ({}, {"agreed": {}}, "Mona kommer ikke"),
        ({}, {"away": frozenset({TUESDAY})}, "Mona er her ikke"),
        ({"start_minute": 480}, {}, "Går ud over den aftalte tid, 9.00–13.00."),
        ({"start_minute": 750}, {}, "Går ud over den aftalte tid"),
        ({"start_minute": None, "minutes": 300}, {}, "Går ud over den aftalte tid"),
        ({"start_minute": None, "minutes": 240}, {}, ""),
        ({"start_minute": 720}, {}, ""),  # it ends as the day does
        ({"day": None, "minutes": 300}, {}, "Tager tit længere"),
        ({"day": None, "minutes": 300}, {"agreed": {}}, ""),
        ({}, {"busy": {TUESDAY: [(600, 0, "Frokost")]}}, "Har allerede Frokost kl. 10.00."),
        ({}, {"busy": {TUESDAY: [(630, 30, "Frokost")]}}, "Har allerede Frokost kl. 10.30."),  # it begins meanwhile
        ({}, {"busy": {TUESDAY: [(585, 30, "Frokost")]}}, "Har allerede Frokost kl. 9.45."),  # it goes on meanwhile
        ({}, {"busy": {TUESDAY: [(660, 30, "Frokost"), (570, 30, "Fej")]}}, ""),  # they only meet
        ({}, {"busy": {TUESDAY: [(None, 30, "Fej")]}}, ""),
        ({}, {"said_no": frozenset({("step", 3)})}, "Mona har sagt nej tak til den."),
        ({"kind": "visit", "order_step_id": None, "visit_id": 3}, {"said_no": frozenset({("step", 3)})}, ""),
        ({}, {"minding": {7: Minding(("Må save",), (), ("Tunge løft",))}}, "Mangler tilladelse: må save."),
        ({}, {"minding": {7: Minding((), (), ("Tunge løft", "Støv"))}}, "Opgaven har: tunge løft, støv."),
    ],
)
def test_what_to_mind_is_said_in_words(changed: dict[str, object], known: dict[str, object], sentence: str) -> None:
    said = minds(changed, **known)
    assert bool(said) is bool(sentence)
    assert sentence in " ".join(said)


@pytest.mark.once
def test_nothing_here_counts_weighs_or_takes_two_people() -> None:
    """No score, no order of merit, no route for two (domain D3): the reasons are sentences."""
    kinds = {name: field.type for name, field in Facts.__dataclass_fields__.items()}
    assert not {name for name, kind in kinds.items() if kind in ("int", "float")}
    assert list(inspect.signature(queries.known).parameters)[2] == "citizen"


# The page


def page_of(browser: FlaskClient, house, day: date | None = None) -> str:
    answer = browser.get(f"/personale/borgere/{house.mona}/forslag?dag={day or a_day()}")
    assert answer.status_code == 200, answer.text
    return answer.text


def split(page: str) -> tuple[str, str]:
    first, _heading, second = page.partition("Andet arbejde i ugen</h2>")
    return first.partition("Noget taler for</h2>")[2], second


@pytest.fixture
def goal(house) -> None:
    """Mona wants to learn what the step of the bench shows."""
    with db.transaction() as session:
        step = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one()
        anchors = {f"anchor_{level}": "Som det er." for level in range(1, 5)}
        competence = Competence(key="slibe", group="tr", name="Slibe træ", i_can="Jeg kan slibe.", **anchors)
        plan = DevelopmentPlan(citizen_id=house.monas_id, started_on=date(2026, 9, 1))
        session.add_all([competence, plan])
        session.flush()
        session.add(
            TaskCompetenceLink(
                task_type_id=step.task_type_id, competence_id=competence.id, role=LinkRole.CORE,
                valid_from=TaskCompetenceLink.FROM_THE_START,
            )
        )  # fmt: skip
        session.add(
            Goal(
                plan_id=plan.id, kind=GoalKind.COMPETENCE, title="Slibe en bænk selv", competence_id=competence.id,
                target_level=3, state=GoalState.IN_PROGRESS, started_on=date(2026, 9, 1),
            )
        )  # fmt: skip


@pytest.fixture
def contact(house, app: Flask) -> FlaskClient:
    """Mona's contact person at the desk, who plans the work as well."""
    with db.transaction() as session:
        mail = session.scalar(sa.text("SELECT s.email FROM staff s JOIN contact_person c ON c.staff_id = s.account_id "
                                      "WHERE c.citizen_id = :who").bindparams(who=house.monas_id))  # fmt: skip
    return people.at_desk(app, mail)


def test_a_goal_speaks_for_its_work_and_the_rest_stays_in_sight(contact: FlaskClient, house, goal: None) -> None:
    with db.transaction() as session:
        factories.production_order(session, title="Fuglekasser", steps=1, now=clock.now())
    spoken_for, others = split(page_of(contact, house))
    assert "Bænk til haven" in spoken_for
    assert "Et mål: Slibe en bænk selv" in spoken_for
    assert "Fuglekasser" in others
    with db.transaction() as session:
        session.execute(sa.update(Goal).values(state=GoalState.STOPPED))
    spoken_for, others = split(page_of(contact, house))
    assert "Bænk til haven" in others, "a goal that is stopped speaks for nothing"


def test_a_colleague_sees_no_goals_before_they_give_a_reason(lone: FlaskClient, house, goal: None) -> None:
    page = page_of(lone, house)
    assert "Slibe en bænk selv" not in page
    assert "Åbn mappen med en grund" in page
    lone.post(f"/personale/borgere/{house.mona}/grund", data={"reason": "Vikar i dag"})
    assert "Et mål: Slibe en bænk selv" in page_of(lone, house)
    with db.reading() as session:
        newest = session.scalars(sa.select(AccessLog).order_by(AccessLog.id.desc()).limit(1)).one()
    assert (newest.deed, newest.people, newest.reason) == ("read", [house.mona], "Vikar i dag")


def test_wishes_permits_hours_and_days_away_are_said(lone: FlaskClient, house) -> None:
    kind = saw_is_asked_for(house, of_step=True)
    with db.transaction() as session:
        step = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one()
        wishing.wish(session, house.monas_id, task_type_id=step.task_type_id, now=clock.now())
    page = page_of(lone, house)
    assert "Et ønske:" in page
    assert "Mangler tilladelse: må bruge kap- og rundsav." in page
    permit(house, kind)
    page = page_of(lone, house)
    assert "Har tilladelse: må bruge kap- og rundsav" in page
    assert "Mangler tilladelse" not in page


def test_what_the_person_has_or_said_no_to_is_told_apart(lone: FlaskClient, house) -> None:
    day = a_day()
    with db.transaction() as session:
        mona = session.get_one(Citizen, house.monas_id)
        step = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one()
        given = people.assignment(session, mona, step=step, day=day, now=clock.now())
        number = given.id
    page = page_of(lone, house, day)
    assert f"trin={house.step}" not in page
    assert "Står i ugen" in page
    with db.transaction() as session:
        regretting.decline(session, session.get_one(type(given), number), clock.now())
    page = page_of(lone, house, day)
    assert f"trin={house.step}" in page
    assert "Mona har sagt nej tak til den." in page


def test_a_day_away_is_minded_at_what_lies_on_it(lone: FlaskClient, house) -> None:
    day = a_day()
    with db.transaction() as session:
        yusuf = session.get_one(Citizen, house.yusufs_id)
        step = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one()
        people.assignment(session, yusuf, step=step, day=day, now=clock.now())
        session.add(AttendanceEntry(citizen_id=house.monas_id, day=day, mark=AttendanceMark.AGREED_AWAY))
    page = page_of(lone, house, day)
    assert "Mona er her ikke" in page
    assert "En anden har den også" in page
    assert "Yusuf" not in page, "a page of one person names no other"


def test_the_suggestion_leads_to_the_form_filled_in(lone: FlaskClient, house) -> None:
    day = a_day()
    page = page_of(lone, house, day)
    assert f"/personale/uge/ny?trin={house.step}&amp;hvem={house.mona}&amp;dag=" in page


def test_only_whoever_plans_this_persons_work_opens_it(app: Flask, house) -> None:
    address = f"/personale/borgere/{house.mona}/forslag"
    assert people.at_desk(app, house.away).get(address).status_code == 404
    assert people.at_desk(app, house.seller).get(address).status_code == 403
    with db.transaction() as session:
        karin = factories.staff(session, name="Karin", roles=["manager"], now=clock.now()).email
    assert people.at_desk(app, karin).get(address).status_code == 403
    assert people.at_tablet(app, house.tablet_key, house.mona).get(address).status_code in (303, 403)


@pytest.mark.parametrize("day", ["", "i går", "2020-01-06", "9999-12-31"])
def test_a_day_no_plan_reaches_shows_this_week(lone: FlaskClient, house, day: str) -> None:
    number = clock.local_day(clock.now()).isocalendar().week
    assert f"Uge {number}." in lone.get(f"/personale/borgere/{house.mona}/forslag?dag={day}").text


def test_staff_end_a_wish_that_came_true(app: Flask, lone: FlaskClient, house) -> None:
    with db.transaction() as session:
        made = wishing.wish(session, house.monas_id, own_words="Noget med cykler", now=clock.now()).public_id
        yusufs = wishing.wish(session, house.yusufs_id, own_words="Male", now=clock.now()).public_id
    here = f"/personale/borgere/{house.mona}"
    assert f'action="{here}/oensker/{made}/slut' in page_of(lone, house)
    for nobodys in (yusufs, "x" * 22):
        assert lone.post(f"{here}/oensker/{nobodys}/slut").status_code == 404
    assert people.at_desk(app, house.away).post(f"{here}/oensker/{made}/slut").status_code == 404
    assert people.at_desk(app, house.seller).post(f"{here}/oensker/{made}/slut").status_code == 403
    for _press in range(2):
        done = lone.post(f"{here}/oensker/{made}/slut?dag={a_day()}", follow_redirects=True).text
    assert "Ønsket er slut." in done
    assert "Noget med cykler" not in done
    with db.reading() as session:
        assert open_wishes(session, [house.monas_id, house.yusufs_id]).keys() == {house.yusufs_id}
        deeds = session.execute(sa.select(AccessLog.deed, AccessLog.people))
        assert ("write", [house.mona]) in [tuple(row) for row in deeds]


def test_what_takes_an_hour_is_in_the_way_for_the_whole_hour(lone: FlaskClient, house) -> None:
    day, by = a_day(), clock.now()
    with db.transaction() as session:
        mona = session.get_one(Citizen, house.monas_id)
        task = session.scalars(sa.select(TaskType).where(TaskType.key == house.task_key)).one()
        task.typical_minutes = 60
        people.assignment(session, mona, task=task, title="Feje", day=day, now=by).start_minute = 570
        every_day = (0, 1, 2, 3, 4, 5, 6)
        plan = routine_actions.Plan("Luk porten", task.id, mona.department_id, every_day, 1, day, start_minute=600)
        routine_actions.add(session, plan, once="r" * 22, by_staff_id=None)
    assert "Har allerede Feje kl. 9.30." in page_of(lone, house)
    with db.transaction() as session:  # the control: an hour later they only meet
        session.execute(sa.update(Routine).values(start_minute=630))
    page = page_of(lone, house)
    assert "Luk porten" in page
    assert "Har allerede Feje" not in page


def test_the_questions_do_not_grow_with_the_work(lone: FlaskClient, house) -> None:
    page_of(lone, house)
    with counted() as few:
        page_of(lone, house)
    with db.transaction() as session:
        for number in range(6):
            factories.production_order(session, title=f"Bænk {number}", steps=2, now=clock.now())
        mona = session.get_one(Citizen, house.monas_id)
        for ahead in range(3):
            task = session.scalars(sa.select(TaskType).limit(1)).one()
            people.assignment(session, mona, task=task, day=a_day() + timedelta(days=ahead), now=clock.now())
    with counted() as many:
        page_of(lone, house)
    assert len(many) == len(few)
