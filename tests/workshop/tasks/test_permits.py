"""A tool permit: who was shown what, when; it reminds, it is ended by people, and nothing of it is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from workshop.core import clock, db
from workshop.core.audit import AccessLog
from workshop.core.errors import Refusal
from workshop.production.models import TaskType
from workshop.production.types.models import PermitKind, TaskTypePermit
from workshop.tasks.permits import actions, queries
from workshop.tasks.permits.models import ToolPermit

KINDS = "/personale/produktion/tilladelser"
DUE = "/personale/borgere/vaerktoej"


def today() -> date:
    """Asked anew each time: a round of tests may go over midnight."""
    return clock.local_day(clock.now())


@pytest.fixture
def saw(house) -> int:
    """The id of the permit for the saw; sweeping asks for it here."""
    with db.transaction() as session:
        kind = PermitKind(name="Må bruge kapsav")
        session.add(kind)
        session.flush()
        task = session.scalars(sa.select(TaskType).where(TaskType.key == house.task_key)).one()
        session.add(TaskTypePermit(task_type_id=task.id, permit_kind_id=kind.id))
        return kind.id


@pytest.fixture
def desk(lone: FlaskClient, house) -> FlaskClient:
    """Lone, who has written why she opens the files of the day."""
    for person in (house.mona, house.yusuf):
        lone.post(f"/personale/borgere/{person}/grund", data={"reason": "Vi skal se på værktøj sammen"})
    return lone


def task_id(session, house) -> int:
    return session.scalars(sa.select(TaskType.id).where(TaskType.key == house.task_key)).one()


def given(session, house, kind_id: int, **changes) -> ToolPermit:
    staff = factories.staff(session, name="Ove").account_id
    values = {
        "citizen_id": house.monas_id, "permit_kind_id": kind_id, "on_what": "Saven ved bænk 2", "given_on": today(),
        "see_again_on": None, "instructed_by_id": staff, "by_staff_id": staff, "now": clock.now(),
    }  # fmt: skip
    return actions.give(session, **values | changes)


def current(session, house, day: date) -> list[queries.PermitLine]:
    return [each for each in queries.history_of(session, house.monas_id, day) if each.counts]


def typed(saw: int, staff: str, **changes: str) -> dict[str, str]:
    return {
        "kind": str(saw), "on_what": "Saven ved bænk 2", "given_on": today().isoformat(), "instructed_by": staff,
        "see_again_on": "",
    } | changes  # fmt: skip


def own_id(house) -> str:
    from_mail = sa.select(factories.Staff.account_id).where(factories.Staff.email == house.lone)
    with db.reading() as session:
        return str(session.scalars(from_mail).one())


def page_of(person: str) -> str:
    return f"/personale/borgere/{person}/vaerktoej"


def test_what_a_task_asks_for_is_missing_until_it_is_given(house, saw: int) -> None:
    with db.transaction() as session:
        task = task_id(session, house)
        assert queries.missing_for(session, house.monas_id, task, today()) == ["Må bruge kapsav"]
        given(session, house, saw)
        assert queries.missing_for(session, house.monas_id, task, today()) == []
        assert queries.missing_for(session, house.monas_id, task, today() - timedelta(days=1)) == ["Må bruge kapsav"]
        assert queries.missing_for(session, house.yusufs_id, task, today()) == ["Må bruge kapsav"], "each has their own"
        session.get_one(PermitKind, saw).is_used = False
        session.flush()
        assert queries.missing_for(session, house.yusufs_id, task, today()) == []


@pytest.mark.parametrize(("days", "is_due"), [(1, False), (0, True), (-30, True)])
def test_past_its_day_it_should_be_seen_again_and_goes_on_counting(house, saw: int, days: int, is_due: bool) -> None:
    with db.transaction() as session:
        shown = today() - timedelta(days=90)
        given(session, house, saw, given_on=shown, see_again_on=today() + timedelta(days=days))
        (row,) = current(session, house, today())
        assert (row.name, row.on_what, row.given_on, row.is_due) == (
            "Må bruge kapsav", "Saven ved bænk 2", shown, is_due,
        )  # fmt: skip
        assert queries.missing_for(session, house.monas_id, task_id(session, house), today()) == []


def test_only_an_end_ends_it_and_it_can_still_be_read(house, saw: int) -> None:
    with db.transaction() as session:
        permit = given(session, house, saw, given_on=today() - timedelta(days=9))
        actions.end(session, permit, day=today())
        assert current(session, house, today()) == []
        assert len(current(session, house, today() - timedelta(days=1))) == 1
        (line,) = queries.history_of(session, house.monas_id, today())
        assert (line.counts, line.ended_on) == (False, today())
        with pytest.raises(Refusal, match="allerede slut"):
            actions.end(session, permit, day=today())


def test_seen_again_ends_the_old_and_begins_a_new(house, saw: int) -> None:
    with db.transaction() as session:
        old = given(session, house, saw, given_on=date(2026, 1, 5), see_again_on=date(2026, 6, 1))
        again = {"on": today(), "see_again_on": None, "instructed_by_id": old.instructed_by_id}
        actions.seen_again(session, old, **again, by_staff_id=old.by_staff_id, now=clock.now())
        assert [each.given_on for each in current(session, house, today())] == [today()]
        assert len(queries.history_of(session, house.monas_id, today())) == 2
        with pytest.raises(Refusal, match="allerede slut"):
            actions.seen_again(session, old, **again, by_staff_id=old.by_staff_id, now=clock.now())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"given_on": 1}, "fremtiden"),
        ({"see_again_on": 0}, "efter den dag"),
        ({"permit_kind_id": 99_999}, "bruges ikke mere"),
    ],
)
def test_days_that_cannot_be_are_refused(house, saw: int, changes: dict, words: str) -> None:
    """A day is given as so many days from today."""
    changes = {key: today() + timedelta(days=each) if key.endswith("_on") else each for key, each in changes.items()}
    with db.transaction() as session:
        with pytest.raises(Refusal, match=words):
            given(session, house, saw, **changes)
        given(session, house, saw)
        with pytest.raises(Refusal, match="allerede"):
            given(session, house, saw)
        given(session, house, saw, on_what="Saven i skuret")


def test_the_same_permit_pressed_twice_is_one(desk: FlaskClient, house, saw: int) -> None:
    form = typed(saw, own_id(house))
    assert [desk.post(page_of(house.mona), data=form).status_code for _press in range(2)] == [303, 303]
    other = desk.post(page_of(house.mona), data=form | {"given_on": (today() - timedelta(days=1)).isoformat()})
    assert (other.status_code, "allerede" in other.text) == (422, True)
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(ToolPermit.id))) == 1


def test_it_is_given_seen_again_and_ended_at_the_desk(desk: FlaskClient, house, saw: int) -> None:
    own = own_id(house)
    assert "Ingen endnu." in desk.get(page_of(house.mona)).text
    answer = desk.post(page_of(house.mona), data=typed(saw, own))
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "Saven ved bænk 2" in page
    assert "Lone" in page
    with db.reading() as session:
        permit = session.scalars(sa.select(ToolPermit.public_id)).one()
    one = f"{page_of(house.mona)}/{permit}"
    assert "Gem, at det er set igen" in desk.get(one).text
    again = {"given_on": today().isoformat(), "instructed_by": own, "see_again_on": ""}
    assert desk.post(one, data=again).status_code == 303
    twice = desk.post(one, data=again)
    assert twice.status_code == 422
    assert "allerede slut" in twice.text
    with db.reading() as session:
        newest = session.scalars(sa.select(ToolPermit.public_id).order_by(ToolPermit.id.desc())).first()
    assert desk.post(f"{page_of(house.mona)}/{newest}/slut").status_code == 303
    assert "Tidligere (2)" in desk.get(page_of(house.mona)).text
    with db.reading() as session:
        rows = session.execute(sa.select(AccessLog.deed, AccessLog.people)).all()
    assert {"read", "write"} <= {deed for deed, people in rows if people == [house.mona]}


def test_what_was_typed_comes_back(desk: FlaskClient, house, saw: int) -> None:
    own = own_id(house)
    for changes in ({"on_what": ""}, {"given_on": "i går"}, {"kind": "9999"}, {"instructed_by": "9999"}):
        answer = desk.post(page_of(house.mona), data=typed(saw, own, see_again_on="2027-05-01") | changes)
        assert answer.status_code == 422, changes
        assert "2027-05-01" in answer.text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(ToolPermit.id))) == 0


def test_nobody_outside_the_department_and_no_other_person_is_behind_the_address(
    house, saw: int, app: Flask, desk: FlaskClient
) -> None:
    with db.transaction() as session:
        permit = given(session, house, saw).public_id
    assert desk.get(f"{page_of(house.yusuf)}/{permit}").status_code == 404
    assert desk.post(f"{page_of(house.yusuf)}/{permit}/slut").status_code == 404
    away = people.at_desk(app, house.away)
    assert away.get(page_of(house.mona)).status_code == 404
    seller = people.at_desk(app, house.seller)
    assert seller.get(page_of(house.mona)).status_code == 403


def test_the_page_asks_the_same_number_of_questions_however_many_there_are(desk: FlaskClient, house, saw: int) -> None:
    with db.transaction() as session:
        given(session, house, saw)
    desk.get(page_of(house.mona))
    with counted() as few:
        desk.get(page_of(house.mona))
    with db.transaction() as session:
        for number in range(12):
            given(session, house, saw, on_what=f"Saven {number}")
    with counted() as many:
        desk.get(page_of(house.mona))
    assert len(many) == len(few)


def test_the_tools_that_ask_for_a_permit_are_kept_at_the_desk(desk: FlaskClient, saw: int) -> None:
    assert "1 slags opgave kræver den" in desk.get(KINDS).text
    assert desk.post(KINDS, data={"name": "Må bruge båndsav", "is_used": "y"}).status_code == 303
    twice = desk.post(KINDS, data={"name": "Må bruge båndsav", "is_used": "y"})
    assert twice.status_code == 422
    assert "Der er allerede en" in twice.text
    assert desk.post(f"{KINDS}/{saw}", data={"name": "Må bruge båndsav"}).status_code == 422
    assert desk.post(f"{KINDS}/{saw}", data={"name": "Må bruge sav"}).status_code == 303
    page = desk.get(KINDS).text
    assert "Må bruge sav" in page
    assert "Bruges ikke mere" in page
    assert desk.get(f"{KINDS}/999999").status_code == 404
    assert desk.post(f"{KINDS}/999999", data={"name": "x"}).status_code == 404


def test_what_should_be_seen_again_is_listed_by_name_for_the_department(desk: FlaskClient, house, saw: int) -> None:
    long_ago = today() - timedelta(days=90)
    with db.transaction() as session:
        late = given(session, house, saw, given_on=long_ago, see_again_on=today() - timedelta(days=9))
        given(session, house, saw, on_what="En anden sav", given_on=long_ago, see_again_on=today() + timedelta(days=31))
        given(
            session,
            house,
            saw,
            citizen_id=house.yusufs_id,
            given_on=long_ago,
            see_again_on=today() - timedelta(days=40),
        )
        late_id = late.public_id
    page = desk.get(DUE).text
    assert page.index("<b>Mona</b>") < page.index("<b>Yusuf</b>"), "by name, whoever is latest"
    assert "En anden sav" not in page, "more than a month away"
    assert f"{page_of(house.mona)}/{late_id}" in page
    with db.reading() as session:
        last = session.scalars(sa.select(AccessLog).order_by(AccessLog.id.desc())).first()
    assert (last.deed, last.people) == ("list", sorted([house.mona, house.yusuf]))
    desk.post(f"{page_of(house.mona)}/{late_id}/slut")
    assert "<b>Mona</b>" not in desk.get(DUE).text


def test_another_department_sees_nobodys_tools(app: Flask, house, saw: int) -> None:
    away, seller = people.at_desk(app, house.away), people.at_desk(app, house.seller)
    with db.transaction() as session:
        given(session, house, saw, given_on=today() - timedelta(days=90), see_again_on=today())
    assert "Intet skal ses igen lige nu" in away.get(DUE).text
    assert seller.get(DUE).status_code == 403
