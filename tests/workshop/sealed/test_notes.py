"""Sealed notes: one reader, and a second where the citizen said yes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.workshop.sealed import scene
from tests.workshop.sealed.scene import NOTE, House
from workshop.citizens import caseload
from workshop.citizens.delegating import actions as delegating
from workshop.citizens.models import CaseloadDelegation, SealedNotesYes
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.audit import AccessLog
from workshop.core.errors import NotHere
from workshop.sealed.models import SealedNote


@pytest.fixture
def notes(house: House) -> str:
    with db.transaction() as session:
        scene.note(session, house)
    return f"{house.address}/lukkede-noter"


def reads(app: Flask, house: House, name: str, address: str) -> bool:
    answer = house.desk(app, name).get(address)
    assert answer.status_code in {200, 403, 404}
    assert (NOTE in answer.text) is (answer.status_code == 200)
    return answer.status_code == 200


def test_only_the_writer_reads_a_note(app: Flask, house: House, notes: str) -> None:
    assert reads(app, house, "Lone", notes)
    for nobody in ("Per", "Karin", "Adam", "Rita", "Sofie", "Mads"):
        assert not reads(app, house, nobody, notes), nobody


def test_no_page_tells_others_that_there_is_a_note(app: Flask, house: House, notes: str) -> None:
    for name in ("Per", "Karin"):
        desk = house.desk(app, name)
        desk.post(f"{house.address}/grund", data={"reason": "Vikar for Lone i dag"})
        pages = ("/personale/borgere", house.address, f"{house.address}/hensyn", "/personale/delegering")
        for address in pages:
            answer = desk.get(address)
            if address == "/personale/delegering":
                continue  # says that notes do not follow, of nobody's in particular
            assert "lukkede-noter" not in answer.text, address
            assert NOTE not in answer.text
        missing = desk.get(notes)
        assert (missing.status_code, missing.data) == (404, desk.get("/personale/borgere/x/lukkede-noter").data)


def test_the_writer_reads_no_more_when_somebody_else_is_contact_person(app: Flask, house: House, notes: str) -> None:
    with db.transaction() as session:
        caseload.take_over(session, scene.mona_of(session, house), house.ids["Per"], house.today, 1, house.now)
    assert not reads(app, house, "Lone", notes)
    answer = house.desk(app, "Per").get(notes)
    assert answer.status_code == 200, "his own page, with nothing on it"
    assert NOTE not in answer.text
    with db.transaction() as session:
        kept = session.scalars(sa.select(SealedNote)).one()
        lone, per = scene.actor(session, house, "Lone"), scene.actor(session, house, "Per")
        for actor in (lone, per):
            assert caseload.whose_notes(session, actor, kept.citizen_id, house.today) != kept.by_staff_id


def test_notes_follow_a_delegation_only_after_a_yes(app: Flask, house: House, notes: str) -> None:
    with db.transaction() as session:
        delegation = scene.delegated(session, house).public_id
    assert not reads(app, house, "Per", notes)
    per = house.desk(app, "Per")
    assert "Noterne følger kun med, hvis Mona siger ja." in per.get(f"{house.address}/hensyn").text
    assert per.post(f"{notes}/ja/{delegation}").status_code == 303
    assert per.post(f"{notes}/ja/{delegation}").status_code == 303, "twice is once"
    assert reads(app, house, "Per", notes)
    assert "Per hørte det" in per.get(f"{house.address}/hensyn").text
    assert per.post(notes, data={"text": "Mit eget"}).status_code == 404, "a stand-in reads and does not write"
    assert house.desk(app, "Lone").post(f"{notes}/nej/{delegation}").status_code == 303
    assert not reads(app, house, "Per", notes)
    with db.reading() as session:
        deeds = session.scalars(sa.select(AccessLog.deed).where(AccessLog.deed.startswith("notes"))).all()
    assert deeds == ["notes yes", "notes yes", "notes no"]


def test_a_yes_ends_with_its_delegation(app: Flask, house: House, notes: str) -> None:
    with db.transaction() as session:
        made = scene.delegated(session, house)
        lone = scene.actor(session, house, "Lone")
        delegating.hear_yes(session, scene.mona_of(session, house), made.public_id, by=lone, now=house.now)
    assert reads(app, house, "Per", notes)
    with db.transaction() as session:
        session.execute(sa.update(CaseloadDelegation).values(from_on=house.back(9), until_on=house.back(1)))
    assert not reads(app, house, "Per", notes)
    with db.transaction() as session:
        session.execute(sa.update(CaseloadDelegation).values(until_on=house.today))
    assert reads(app, house, "Per", notes), "the last day is a day of it"
    with db.transaction() as session:
        karin = scene.actor(session, house, "Karin")
        made = session.scalars(sa.select(CaseloadDelegation)).one()
        delegating.take_back(session, made.public_id, by=karin, now=house.now)
    assert not reads(app, house, "Per", notes)


def test_the_manager_cannot_say_yes_for_the_citizen(app: Flask, house: House, notes: str) -> None:
    with db.transaction() as session:
        delegation = scene.delegated(session, house).public_id
    assert house.desk(app, "Karin").post(f"{notes}/ja/{delegation}").status_code == 404
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(SealedNotesYes.id))) == 0


def test_a_manager_who_looks_after_the_caseload_cannot_write_the_yes(app: Flask, house: House, notes: str) -> None:
    with db.transaction() as session:
        delegation = scene.delegated(session, house, to="Karin").public_id
    karin = house.desk(app, "Karin")
    assert "Kun kontaktpersonen kan spørge Mona" in karin.get(f"{house.address}/hensyn").text
    assert karin.post(f"{notes}/ja/{delegation}").status_code == 404
    assert not reads(app, house, "Karin", notes)
    assert house.desk(app, "Lone").post(f"{notes}/ja/{delegation}").status_code == 303
    assert reads(app, house, "Karin", notes)


def test_a_yes_for_one_citizen_is_none_for_another(app: Flask, house: House, notes: str) -> None:
    with db.transaction() as session:
        made = scene.delegated(session, house)
        other = scene.people.citizen(
            session, name="Ida", contact=session.get_one(scene.Staff, house.ids["Lone"]), started_on=house.back(20)
        )
        lone = scene.actor(session, house, "Lone")
        delegating.hear_yes(session, other, made.public_id, by=lone, now=house.now)
    assert not reads(app, house, "Per", notes)


def test_every_read_and_try_is_logged(app: Flask, house: House, notes: str) -> None:
    house.desk(app, "Lone").get(notes)
    house.desk(app, "Per").get(notes)
    with db.reading() as session:
        rows = session.execute(
            sa.select(AccessLog.account_id, AccessLog.deed, AccessLog.people).order_by(AccessLog.id)
        ).all()
    assert [tuple(row) for row in rows] == [
        (house.ids["Lone"], "read", [house.mona]),
        (house.ids["Per"], "refused", [house.mona]),
    ]


def test_a_note_is_written_and_never_edited(app: Flask, house: House, notes: str) -> None:
    lone = house.desk(app, "Lone")
    assert lone.post(notes, data={"text": ""}).status_code == 422
    asked = lone.post(notes, data={"text": "Har fået en diagnose"})
    assert (asked.status_code, "Har fået en diagnose" in asked.text) == (422, True)
    assert lone.post(notes, data={"text": "Har fået en diagnose", "gem": "alligevel"}).status_code == 303
    assert "Har fået en diagnose" in lone.get(notes).text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(SealedNote.id))) == 2


def test_somebody_who_is_no_contact_person_writes_none(house: House) -> None:
    for name in ("Per", "Karin", "Adam"):
        with pytest.raises(NotHere), db.transaction() as session:
            scene.note(session, house, by=name)


def test_no_role_opens_notes_by_itself(house: House, notes: str) -> None:
    """The control: with every role there is, and the right department, a note still belongs to its writer."""
    with db.transaction() as session:
        everything = [role for role in Role if role is not Role.CITIZEN]
        boss = scene.people.actor_of(
            session, scene.factories.staff(session, name="Alt", roles=everything), now=clock.now()
        )
        kept = session.scalars(sa.select(SealedNote)).one()
        for day in (house.today, house.today + timedelta(days=30)):
            assert caseload.whose_notes(session, boss, kept.citizen_id, day) is None


def test_a_second_press_writes_no_second_note(app: Flask, house: House) -> None:
    desk, address = house.desk(app, "Lone"), f"{house.address}/lukkede-noter"
    for text in ("Ringer selv", "Ringer selv", "Ringer selv", "Ringer selv i morgen"):
        assert desk.post(address, data={"text": text}).status_code == 303
    with db.transaction() as session:
        assert session.scalar(sa.select(sa.func.count(SealedNote.id))) == 2, "other words are another note"
        session.execute(sa.update(SealedNote).values(written_at=house.now - timedelta(minutes=5)))
    assert desk.post(address, data={"text": "Ringer selv"}).status_code == 303
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(SealedNote.id))) == 3, "the same again later is written again"
