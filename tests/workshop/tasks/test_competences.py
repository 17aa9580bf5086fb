"""The words of competences and what tasks show of them are said anew forward in time; what stood, stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.production.models import TaskType
from workshop.tasks.competences import actions, queries
from workshop.tasks.competences.actions import Said
from workshop.tasks.models import Competence, CompetenceVersion, LinkRole, TaskCompetenceLink

PAGE = "/personale/kompetencer"
WORDS = {
    "name": "Save træ", "i_can": "Jeg kan save.", "anchor_1": "Saver med en anden.", "anchor_2": "Saver med råd.",
    "anchor_3": "Saver selv.", "anchor_4": "Viser andre.",
}  # fmt: skip


def today() -> date:
    """Asked anew each time: a round of tests may go over midnight."""
    return clock.local_day(clock.now())


@pytest.fixture
def sawing(house) -> str:
    """Sawing, shown at the core of sweeping since the start; order is shown beside it."""
    with db.transaction() as session:
        task = session.scalars(sa.select(TaskType).where(TaskType.key == house.task_key)).one()
        for key, role in (("sawing", LinkRole.CORE), ("tidiness", LinkRole.CONTRIBUTING)):
            words = WORDS | ({} if key == "sawing" else {"name": "Rydde op"})
            made = Competence(key=key, group="faglig", **words)
            session.add(made)
            session.flush()
            session.add(
                TaskCompetenceLink(
                    task_type_id=task.id, competence_id=made.id, role=role, valid_from=TaskCompetenceLink.FROM_THE_START
                )
            )
    return "sawing"


def said(session, house, what: Said | None, *, key: str = "sawing", ahead: int = 0, why: str = "Vi så på det") -> None:
    task = session.scalars(sa.select(TaskType).where(TaskType.key == house.task_key)).one()
    competence = session.scalars(sa.select(Competence).where(Competence.key == key)).one()
    staff = session.scalars(sa.select(factories.Staff.account_id).where(factories.Staff.email == house.lone)).one()
    on = today() + timedelta(days=ahead)
    actions.link(session, task, competence, what, from_on=on, why=why, by_staff_id=staff, now=clock.now())


def shown_on(session, day: date, key: str = "sawing") -> list[tuple[LinkRole, int]]:
    rows = session.execute(
        sa.select(TaskCompetenceLink.role, TaskCompetenceLink.usual_need)
        .join(Competence, Competence.id == TaskCompetenceLink.competence_id)
        .where(queries.valid_on(day), Competence.key == key)
    )
    return [tuple(row) for row in rows]


def test_a_link_said_anew_holds_from_its_day_and_the_past_stays(house, sawing: str) -> None:
    with db.transaction() as session:
        later = today() + timedelta(days=5)
        said(session, house, Said(LinkRole.CORE, 3), ahead=5)
        assert shown_on(session, date(2026, 1, 1)) == [(LinkRole.CORE, 2)]
        assert shown_on(session, later - timedelta(days=1)) == [(LinkRole.CORE, 2)]
        assert shown_on(session, later) == [(LinkRole.CORE, 3)]
        said(session, house, Said(LinkRole.CORE, 4), ahead=5, why="Mere endnu")
        assert shown_on(session, later) == [(LinkRole.CORE, 4)]
        row = session.scalars(sa.select(TaskCompetenceLink).where(TaskCompetenceLink.valid_from == later)).one()
        assert row.why == "Vi så på det / Mere endnu"
        with pytest.raises(Refusal, match="venter allerede"):
            said(session, house, Said(LinkRole.CORE, 1))


def test_a_link_ends_and_begins_again_without_a_day_of_both(house, sawing: str) -> None:
    with db.transaction() as session:
        said(session, house, None, key="tidiness")
        assert shown_on(session, today(), "tidiness") == []
        assert shown_on(session, today() - timedelta(days=1), "tidiness") == [(LinkRole.CONTRIBUTING, 2)]
        with pytest.raises(Refusal, match="viser ikke"):
            said(session, house, None, key="tidiness")
        said(session, house, Said(LinkRole.CORE, 1), key="tidiness")
        assert shown_on(session, today(), "tidiness") == [(LinkRole.CORE, 1)]
        said(session, house, None, key="tidiness", why="Alligevel ikke")
        assert shown_on(session, today(), "tidiness") == []
        said(session, house, Said(LinkRole.CORE, 1), key="tidiness")
        assert shown_on(session, today(), "tidiness") == [(LinkRole.CORE, 1)]


@pytest.mark.parametrize(
    ("what", "changes", "words"),
    [
        (None, {}, "mindst én kompetence som kerne"),
        (Said(LinkRole.CONTRIBUTING, 2), {}, "mindst én kompetence som kerne"),
        (Said(LinkRole.CORE, 2), {}, "står der allerede"),
        (Said(LinkRole.CORE, 3), {"why": ""}, "hvorfor"),
        (Said(LinkRole.CORE, 3), {"ahead": -1}, "i dag eller en senere dag"),
    ],
)
def test_what_cannot_be_said_changes_nothing(house, sawing: str, what, changes, words: str) -> None:
    with db.transaction() as session:
        with pytest.raises(Refusal, match=words):
            said(session, house, what, **changes)
        session.expire_all()
        assert shown_on(session, today()) == [(LinkRole.CORE, 2)]
        assert session.scalar(sa.select(sa.func.count(TaskCompetenceLink.id))) == 2


def form(**changes: str) -> dict[str, str]:
    return WORDS | {"group": "faglig", "is_used": "y", "version": "1", "why": "Lettere at forstå"} | changes


def test_the_words_are_versions_and_the_first_ones_stay(lone: FlaskClient, sawing: str) -> None:
    assert lone.post(f"{PAGE}/sawing", data=form(anchor_3="Saver og måler selv.")).status_code == 303
    with db.reading() as session:
        kept = session.scalars(sa.select(CompetenceVersion).order_by(CompetenceVersion.version)).all()
        assert [(each.version, each.anchor_3, each.by_staff_id is None) for each in kept] == [
            (1, "Saver selv.", True),
            (2, "Saver og måler selv.", False),
        ]
    page = lone.get(f"{PAGE}/sawing").text
    assert all(each in page for each in ("Saver selv.", "Saver og måler selv.", "Lettere at forstå", "Lone"))


def test_two_who_write_the_same_competence_see_both(lone: FlaskClient, sawing: str) -> None:
    assert lone.post(f"{PAGE}/sawing", data=form(i_can="Jeg kan save lige.")).status_code == 303
    late = lone.post(f"{PAGE}/sawing", data=form(i_can="Jeg kan save skråt."))
    assert late.status_code == 409
    assert "Jeg kan save lige." in late.text
    assert "Jeg kan save skråt." in late.text
    assert lone.post(f"{PAGE}/sawing", data=form(i_can="Jeg kan save skråt.", version="2")).status_code == 303


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Skriv et navn."),
        ({"anchor_2": ""}, "Skriv, hvad man ser"),
        ({"anchor_1": "x" * 301}, "højst 300 tegn"),
        ({"i_can": "Jeg kan save skævt.", "why": ""}, "hvorfor ordene"),
        ({"name": "Rydde op"}, "Der er allerede en"),
    ],
)
def test_bad_words_come_back_with_what_was_typed(lone: FlaskClient, sawing: str, changes, words: str) -> None:
    answer = lone.post(f"{PAGE}/sawing", data=form(anchor_4="Viser mange andre.") | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Viser mange andre." in answer.text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(CompetenceVersion.id))) == 0


def test_saving_the_same_words_writes_nothing(lone: FlaskClient, sawing: str) -> None:
    assert lone.post(f"{PAGE}/sawing", data=form(why="")).status_code == 303
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(CompetenceVersion.id))) == 0


def test_a_new_competence_gets_its_tasks_at_the_desk(lone: FlaskClient, house, sawing: str) -> None:
    answer = lone.post(f"{PAGE}/ny", data=form(name="Tegne i hånden"))
    assert answer.location.endswith("/tegne_i_haanden")
    assert "Ingen opgave viser den endnu." in lone.get(answer.location).text
    link = {
        "task": house.task_key, "role": "contributing", "usual_need": "1", "from_on": today().isoformat(),
        "why": "Det er med hver gang",
    }  # fmt: skip
    assert lone.post(f"{answer.location}/opgaver/ny", data=link).status_code == 303
    page = lone.get(answer.location).text
    assert "Fej gulvet" in page
    assert "Er begyndt er nok" in page
    one = f"{answer.location}/opgaver/{house.task_key}"
    assert lone.get(one).status_code == 200
    assert lone.post(one, data=link | {"usual_need": "3"}).status_code == 303
    assert lone.post(one, data=link | {"usual_need": "3"}).status_code == 422
    assert lone.post(one, data=link | {"usual_need": "7"}).status_code == 422
    assert lone.post(f"{one}/slut", data={"slut-from_on": today().isoformat(), "slut-why": ""}).status_code == 422
    assert lone.post(f"{one}/slut", data={"slut-from_on": today().isoformat(), "slut-why": "Nej"}).status_code == 303
    assert "Ingen opgave viser den endnu." in lone.get(answer.location).text
    assert lone.get(f"{PAGE}/opgave/{house.task_key}").status_code == 200


def test_the_picture_shows_tasks_by_kind_of_work(lone: FlaskClient, sawing: str) -> None:
    page = lone.get(PAGE).text
    assert "1 som kerne, 0 som del" in page
    assert "Ingen opgave har den som kerne" in page, "tidiness is only ever beside"
    with counted() as few:
        lone.get(PAGE)
    with db.transaction() as session:
        task = session.scalars(sa.select(TaskType)).first()
        for number in range(10):
            made = Competence(key=f"c{number}", group="social", **WORDS | {"name": f"C{number}"})
            session.add(made)
            session.flush()
            session.add(
                TaskCompetenceLink(task_type_id=task.id, competence_id=made.id, role=LinkRole.CORE, valid_from=today())
            )
    with counted() as many:
        lone.get(PAGE)
    assert len(many) == len(few)


def test_only_those_who_work_with_people_may_open_it(house, sawing: str, app: Flask, mona: FlaskClient) -> None:
    seller = people.at_desk(app, house.seller)
    assert seller.get(PAGE).status_code == 403
    assert mona.get(PAGE).status_code in (302, 303, 403, 404)
    assert seller.post(f"{PAGE}/sawing", data=form()).status_code == 403
