"""A call for help reaches the staff at once, names nobody on a shared screen, and is answered once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from tests.workshop.tasks.rig import count, give
from workshop.citizens.models import Citizen
from workshop.core import db
from workshop.core.audit import AccessLog
from workshop.core.errors import Refusal
from workshop.tasks.helping import actions, queries
from workshop.tasks.helping.models import HelpCall, HelpWish


def call(session: Session, citizen: Citizen, now: datetime) -> HelpCall:
    return actions.ask(session, citizen, HelpWish.HELP, device_id=None, assignment_id=None, now=now)


def test_a_call_reaches_every_desk_page_at_once_and_names_nobody_there(
    house, mona: FlaskClient, lone: FlaskClient
) -> None:
    assert "Nogen har brug for hjælp" not in lone.get("/personale/uge").text
    task = give(house.mona, "Skru stolen")
    asked = mona.post("/vaerksted/hjaelp", data={"hvad": "help", "opgave": task}, follow_redirects=True).text
    assert "Der kommer en om lidt." in asked
    for address in ("/personale/moebler", "/personale/produktion"):
        page = lone.get(address).text
        assert "Nogen har brug for hjælp" in page
        assert "Træhallen 1" in page
        assert '<span class="count">1' in page, "and a number in the menu"
        assert "Mona" not in page, "a screen anybody may see names nobody"
    assert "Mona" not in lone.get("/personale/hjaelp/nu").text
    who = lone.get("/personale/hjaelp").text
    assert all(word in who for word in ("Mona", "Skru stolen", "Træhallen 1"))
    with db.reading() as session:
        seen = session.scalars(sa.select(AccessLog.people).where(AccessLog.endpoint == "helping.calls")).all()
    assert seen == [[house.mona]], "that page is logged as a list of people"


def test_the_one_who_goes_is_told_to_everybody(house, mona: FlaskClient, lone: FlaskClient) -> None:
    mona.post("/vaerksted/hjaelp", data={"hvad": "talk"})
    with db.reading() as session:
        public_id = session.scalar(sa.select(HelpCall.public_id))
    page = lone.post(f"/personale/hjaelp/{public_id}/svar", follow_redirects=True).text
    assert "Lone er på vej" in page
    assert "vil gerne tale med nogen" in page
    assert "Nogen har brug for hjælp" not in lone.get("/personale/uge").text
    assert "Der er en på vej til dig." in mona.get("/vaerksted/hjaelp/nu").text
    assert lone.post(f"/personale/hjaelp/{public_id}/svar").status_code == 303, "a second press of the same person"
    with db.reading() as session:
        assert "help" in set(session.scalars(sa.select(AccessLog.deed)))


def test_the_page_of_calls_hears_of_a_call_that_comes_while_it_is_open(
    house, mona: FlaskClient, lone: FlaskClient
) -> None:
    assert 'data-poll="/personale/hjaelp/nu"' in lone.get("/personale/hjaelp").text
    mona.post("/vaerksted/hjaelp", data={"hvad": "help"})
    with db.reading() as session:
        public_id = session.scalar(sa.select(HelpCall.public_id))
    assert "Nogen har brug for hjælp" in lone.get("/personale/hjaelp/nu").text
    listed = f"/personale/hjaelp/nu?kendt={public_id}"
    assert f'data-poll="{listed}"' in lone.get("/personale/hjaelp").text
    assert "Nogen har brug for hjælp" not in lone.get(listed).text, "it stands on the page already"


def test_whoever_comes_second_is_told_who_goes(app: Flask, house, mona: FlaskClient, lone: FlaskClient) -> None:
    mona.post("/vaerksted/hjaelp", data={"hvad": "help"})
    with db.transaction() as session:
        public_id = session.scalar(sa.select(HelpCall.public_id))
        second_mail = factories.staff(session, name="Ove").email
    lone.post(f"/personale/hjaelp/{public_id}/svar")
    second = people.at_desk(app, second_mail).post(f"/personale/hjaelp/{public_id}/svar", follow_redirects=True)
    assert (second.status_code, "Lone er allerede på vej." in second.text) == (200, True)


def test_another_department_hears_nothing_and_cannot_answer(app: Flask, house, mona: FlaskClient) -> None:
    mona.post("/vaerksted/hjaelp", data={"hvad": "help"})
    with db.reading() as session:
        public_id = session.scalar(sa.select(HelpCall.public_id))
    away, seller = people.at_desk(app, house.away), people.at_desk(app, house.seller)
    assert "Nogen har brug for hjælp" not in away.get("/personale/hjaelp/nu").text
    assert away.post(f"/personale/hjaelp/{public_id}/svar").status_code == 404
    assert seller.get("/personale/hjaelp").status_code == 403
    assert "Nogen har brug for hjælp" not in seller.get("/personale/moebler").text


def test_a_second_press_is_the_same_call_and_it_can_be_taken_back(house, mona: FlaskClient, lone: FlaskClient) -> None:
    for _each in range(2):
        mona.post("/vaerksted/hjaelp", data={"hvad": "help"})
    assert count(HelpCall) == 1
    mona.post("/vaerksted/hjaelp/tilbage")
    assert "Hvad har du brug for?" in mona.get("/vaerksted/hjaelp").text
    assert "Nogen har brug for hjælp" not in lone.get("/personale/hjaelp/nu").text
    mona.post("/vaerksted/hjaelp", data={"hvad": "help"})
    assert count(HelpCall) == 2


def test_before_the_code_one_puts_a_hand_up(app: Flask, house) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    assert "Ræk hånden op." in tablet.get("/vaerksted/hjaelp").text
    assert tablet.post("/vaerksted/hjaelp", data={"hvad": "help"}).status_code == 303
    assert count(HelpCall) == 0


def test_a_task_of_somebody_else_does_not_follow_the_call(house, mona: FlaskClient) -> None:
    task = give(house.yusuf, "Yusufs opgave")
    for typed in (task, "x" * 22, "\x00", "æ"):
        mona.post("/vaerksted/hjaelp", data={"hvad": "help", "opgave": typed})
    with db.reading() as session:
        assert session.scalar(sa.select(HelpCall.assignment_id)) is None


def test_what_nobody_answered_yesterday_calls_nobody_today(session: Session, now: datetime) -> None:
    mona, lone = people.citizen(session), people.actor_of(session, factories.staff(session))
    call(session, mona, now - timedelta(days=1))
    assert queries.open_calls(session, lone, now) == []
    assert queries.own_open_call(session, mona.id, now) is None
    call(session, mona, now)
    assert len(queries.open_calls(session, lone, now)) == 1


def test_asking_by_itself_keeps_no_session_open(house, lone: FlaskClient, mona: FlaskClient) -> None:
    """What a page fetches says so, and that is nobody's doing (the guard itself is tried with the sessions)."""
    fetched = {"Sec-Fetch-Dest": "empty"}
    assert lone.get("/personale/hjaelp/nu", headers=fetched).status_code == 200
    assert mona.get("/vaerksted/hjaelp/nu", headers=fetched).status_code == 200


@pytest.mark.parametrize("is_guarded", [True, False])
def test_of_many_who_go_at_once_one_goes(
    app: Flask, now: datetime, is_guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control answers without the condition: then everybody goes."""
    with db.transaction() as session:
        public_id = call(session, people.citizen(session), now).public_id
        staff = [factories.staff(session, name=f"Nr. {number}").account_id for number in range(4)]
    if not is_guarded:

        def unguarded(session: Session, found: HelpCall, **values: object) -> bool:
            session.execute(sa.update(HelpCall).where(HelpCall.id == found.id).values(values))
            return True

        monkeypatch.setattr(actions, "_ended", unguarded)
    together = Barrier(len(staff))

    def press(staff_id: int) -> bool:
        together.wait()
        try:
            with db.transaction() as session:
                actions.answer(session, public_id, staff_id, now)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(len(staff)) as pool:
        won = sum(pool.map(press, staff))
    assert won == (1 if is_guarded else len(staff))


def test_two_presses_at_once_are_one_call(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        mona_id = people.citizen(session).id
    together = Barrier(4)

    def press(_number: int) -> None:
        together.wait()
        with db.transaction() as session:
            call(session, session.get_one(Citizen, mona_id), now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(4)))
    assert count(HelpCall) == 1
