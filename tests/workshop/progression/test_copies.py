"""A copy of everything about one person: nothing is missing, and nobody else is named."""

import json

import pytest
import sqlalchemy as sa
from support import factories, people

from shop.models import Base
from tests.workshop.progression import records
from tests.workshop.progression.mine import on_phone, pdf_text
from tests.workshop.progression.scene import colleague, kiosk, log
from workshop.citizens.models import Citizen
from workshop.core import clock, db, web
from workshop.core.access import Role
from workshop.progression.copies import parts, words
from workshop.progression.copies.collecting import CARES, LOG, collect, for_machines
from workshop.progression.models import GoalKind
from workshop.sealed import actions as sealed
from workshop.sealed.models import SealedKind
from workshop.tasks.helping.models import HelpCall, HelpWish
from workshop.tasks.permits.models import ToolPermit
from workshop.tasks.remarks import actions as remarks
from workshop.tasks.wishing import actions as wishing

MINE = "/vaerksted/alt-om-mig"
ALSO_READ = {"accommodation", "accommodation_demand", "access_log"}  # not by a question of `parts`
NO_TEXT = {"picture", "language", "sort_name", "public_id", "salt", "key"}


def about_people():
    """Every table in zone D that belongs to one citizen, however far away."""
    tables = {each.name: each for each in Base.metadata.tables.values()}
    found, before = {"citizen"}, set()
    while found != before:
        before = set(found)
        for name, table in tables.items():
            if table.info["zone"] in "DS" and any(key.column.table.name in found for key in table.foreign_keys):
                found.add(name)
    return {name for name in found if tables[name].info["zone"] == "D" or "citizen_id" in tables[name].columns}


@pytest.mark.once
def test_every_table_about_a_person_is_in_the_copy_or_says_why_not():
    covered = {table for part in parts.PARTS for table in part.tables}
    assert about_people() - covered - set(parts.LEFT_OUT) - ALSO_READ == set()
    assert covered <= set(Base.metadata.tables)
    assert set(parts.LEFT_OUT) <= set(Base.metadata.tables)


@pytest.mark.once
def test_a_table_nobody_thought_of_would_be_found():
    covered = {table for part in parts.PARTS for table in part.tables} - {"task_wish"}
    assert about_people() - covered - set(parts.LEFT_OUT) - ALSO_READ == {"task_wish"}


@pytest.mark.once
def test_every_column_has_a_name_on_paper():
    asked = {column.name for part in parts.PARTS for column in part.ask(1).selected_columns}
    assert asked <= set(words.COLUMNS)


@pytest.mark.once
def test_every_text_people_write_about_somebody_is_asked_for():
    """A column of a covered table that holds words and is in no question would be missing from the copy."""
    missing = set()
    for part in parts.PARTS:
        asked = {str(each) for each in part.ask(1).selected_columns}
        for table in (Base.metadata.tables[name] for name in part.tables):
            for column in table.columns:
                is_text = isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum)
                if is_text and column.name not in NO_TEXT and str(column) not in asked:
                    missing.add(str(column))
    assert missing == set()


@pytest.fixture
def filled(app, scene):
    """Mona with something in most parts, beside somebody whose name is nowhere else."""
    with db.transaction() as session:
        now, lone = scene.now, session.get_one(factories.Staff, scene.lone)
        mona = session.get_one(Citizen, scene.mona)
        other = people.citizen(session, name="Zarathustra", contact=lone, started_on=records.back(80, now))
        lone.name = "Lykke Kontaktsen"
        task, _shows = records.sanding(session)
        done = records.confirmed(
            session, [records.marks(mona, observation="Fint syn."), records.marks(other)], task=task,
            on=records.back(1, now), by=lone,
        )  # fmt: skip
        remarks.remark(
            session, record=done, citizen_id=mona.id, text="Sådan var det", by_account_id=mona.account_id, now=now
        )
        wishing.wish(session, mona.id, own_words="Male vinduer", now=now)
        wishing.wish(session, other.id, own_words="Hemmeligt ønske", now=now)
        session.add(HelpCall(citizen_id=mona.id, wish=HelpWish.TALK, asked_at=now))
        kind = parts.PermitKind(name="Kapsav")
        session.add(kind)
        session.flush()
        session.add(
            ToolPermit(
                citizen_id=mona.id, permit_kind_id=kind.id, on_what="Den store", given_on=now.date(),
                instructed_by_id=lone.account_id, written_at=now, by_staff_id=lone.account_id,
            )
        )  # fmt: skip
        actor = people.actor_of(session, lone, now=now)
        sealed.write_accommodation(
            session, mona, kind=SealedKind.ACCOMMODATION, text="Siddende arbejde", line="Kan sidde", from_on=now.date(),
            until_on=None, by=actor, master_keys=keys(app),
            now=now,
        )  # fmt: skip
    return scene


def keys(app):
    with app.app_context():
        return web.settings().master_keys


def test_the_phone_gives_all_of_it_and_names_nobody_else(app, filled):
    kiosk(app.test_client(), filled)
    phone = on_phone(app, filled)
    answer = phone.get(f"{MINE}.json")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == "attachment; filename=kopi.json"
    data = json.loads(answer.data)
    assert data["person"][0]["full_name"] == "Mona Prøvesen"
    assert data["remarks"][0]["text"] == "Sådan var det"
    assert [each["own_words"] for each in data["wishes"]] == ["Male vinduer"]
    assert data["calls"][0]["wish"] == "talk"
    assert data["permits"][0]["on_what"] == "Den store"
    assert data[CARES][0]["text"] == "Siddende arbejde"
    assert data["levels"][0]["level"] == 2
    assert data["goals"][0]["kind"] == GoalKind.COMPETENCE
    assert len(data["records"]) == 5
    paper = phone.get(f"{MINE}.pdf")
    assert (paper.mimetype, paper.headers["Cache-Control"]) == ("application/pdf", "no-store")
    text = pdf_text(paper.data)
    for sentence in ("Mona Prøvesen", "Male vinduer", "Siddende arbejde", "Fint syn.", "Kan med støtte", "Kapsav"):
        assert sentence in text
    for said in (answer.text, text):
        for name in ("Zarathustra", "Lykke", "Kontaktsen", "Hemmeligt"):
            assert name not in said


def test_log_facts_say_what_was_done_and_not_by_whom(app, filled, client):
    people.sign_in_staff(client, filled.email)
    assert client.get(filled.address).status_code == 200
    with db.reading() as session:
        mona = session.get_one(Citizen, filled.mona)
        actor = people_actor(filled)
        found = collect(session, actor, mona, clock.local_day(clock.now()), keys(app))
    told = [row["told"] for row in next(part for part in found if part.key == LOG).rows]
    assert any("har set din side" in sentence for sentence in told)
    assert not any("Lykke" in sentence for sentence in told)


def people_actor(scene):
    with db.transaction() as session:
        return people.actor_of(session, session.get_one(Citizen, scene.mona), now=clock.now())


def test_a_shared_tablet_gives_no_file(client, filled):
    mona = kiosk(client, filled)
    page = mona.get(MINE)
    assert page.status_code == 200
    assert "alt-om-mig.pdf" not in page.text
    for kind in ("pdf", "json"):
        answer = mona.get(f"{MINE}.{kind}")
        assert answer.status_code == 409
        assert "Prøvesen" not in answer.text


def test_staff_of_the_caseload_make_it_and_it_stands_in_the_log(desk, filled):
    assert desk.get(f"{filled.address}/kopi").status_code == 200
    for kind, mimetype in (("pdf", "application/pdf"), ("json", "application/json")):
        answer = desk.get(f"{filled.address}/kopi.{kind}")
        assert (answer.status_code, answer.mimetype) == (200, mimetype)
        assert "mona" not in answer.headers["Content-Disposition"].lower()
    assert [(row.account_id, row.people) for row in log("export")] == [(filled.lone, [filled.id])] * 2


@pytest.mark.parametrize("roles", [(Role.WORKSHOP, Role.CONSULTANT), (Role.MANAGER,), (Role.SALES,)])
def test_nobody_else_makes_it_not_even_with_a_reason(client, filled, roles):
    colleague(client, roles=roles)
    client.post(f"{filled.address}/grund", data={"reason": "Vikar for Lone i dag"})
    for page in ("kopi", "kopi.pdf", "kopi.json"):
        answer = client.get(f"{filled.address}/{page}")
        assert answer.status_code in {403, 404}
        assert "Prøvesen" not in answer.text
    assert log("export") == []


def test_the_file_for_machines_is_plain(app, filled):
    with db.reading() as session:
        mona = session.get_one(Citizen, filled.mona)
        actor = people_actor(filled)
        found = collect(session, actor, mona, clock.local_day(clock.now()), keys(app))
    data = for_machines(found, clock.now())
    assert json.loads(json.dumps(data)) == data
    for part in found:
        for row in part.rows:
            for name, value in row.items():
                assert isinstance(words.said(name, value) if name in words.COLUMNS else "", str)
