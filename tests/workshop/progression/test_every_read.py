"""Every page about people leaves a row in the access log with the right ids, and shows nothing where it cannot.

The pages are found by the module of their view, so a new one fails here until somebody says whose ids it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, garden, people
from werkzeug.test import TestResponse

from tests.workshop.progression.scene import Scene, kiosk
from workshop.accounts.models import Account
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.audit import AccessLog
from workshop.production.lead_times.rules import next_workday
from workshop.progression.proofs import actions as proofs
from workshop.progression.proofs.credential import Issuer
from workshop.sealed import actions as sealed
from workshop.sealed.models import SealedKind
from workshop.services.visits.models import Resource, ResourceKind, VisitResource, VisitState
from workshop.tasks.activities import actions as activities
from workshop.tasks.activities.actions import Shape
from workshop.tasks.helping import actions as helping
from workshop.tasks.helping.models import HelpWish
from workshop.tasks.models import TaskRecord
from workshop.tasks.permits import actions as permits

MODULES = ("workshop.citizens", "workshop.sealed", "workshop.progression", "workshop.tasks")
KEYS = (bytes(range(32)),)

# Pages that name nobody but the person at the tablet, or lead on to one that logs.
NAMES_NOBODY = {
    "citizens.attendance_today": "leads on to the day",
    "week.this_week": "leads on to the week",
    "delegating.overview": "counts citizens and names none",
    "enrolling.new": "an empty form: nobody is there yet",
    "comforts.edit": "how the screen looks: large print, contrast, calm",
    "comforts.language": "the languages to choose from",
    "helping.now": "how many wait for help, and not who",
    "team_rounds.choose": "pieces of work, with how many each has",
    "unrecorded.listed": "orders and visits that nobody has told about",
    "unserved.next_week": "counts goals, and names competences",
    "competences.everything": "the catalogue",
    "competences.new": "the catalogue",
    "competences.of_task": "the catalogue",
    "competences.one": "the catalogue",
    "competence_links.new": "the catalogue",
    "competence_links.one": "the catalogue",
    "permit_kinds.everything": "the tools that ask for a permit",
    "permit_kinds.one": "the tools that ask for a permit",
    "own_phone.offer": "a link for one person, before anybody is signed in",
    "proof_keys.jwks": "public keys, for whoever checks a proof",
    "proof_keys.one_key": "one of them",
    "proof_keys.taken_back": "random numbers that say nothing of whose they are",
}
# Files for one's own phone: a tablet that others use refuses them, and their own tests see the row they leave.
OWN_PHONE_ONLY = {
    "mine_proofs.on_paper", "mine_proofs.as_file", "mine.card_paper", "mine.copy_paper", "mine.copy_data"
}  # fmt: skip
ONE_PERSONS_DAY = "kiosk."  # one's own tasks and things at the tablet, behind one's own code


class Everything(Scene):
    """The scene of a citizen's file, with everything else that pages show about her."""

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        today = clock.local_day(self.now)
        lone = session.get_one(factories.Staff, self.lone)
        mona = session.get_one(Citizen, self.mona)
        self.task = people.assignment(session, mona, day=today, now=self.now).public_id
        self.record = session.scalars(sa.select(TaskRecord.public_id)).first()
        team = Resource(kind=ResourceKind.TEAM, name="Hold 1", department_id=factories.department(session).id)
        session.add(team)
        visit = garden.visit(session, day=today + timedelta(days=1), state=VisitState.PLANNED, start_minute=540)
        session.flush()
        session.add(VisitResource(visit_id=visit.id, resource_id=team.id))
        self.visit, self.team = visit.public_id, team.public_id
        actor = people.actor_of(session, lone, now=self.now)
        written = sealed.write_accommodation(
            session, mona, kind=SealedKind.AID, text="En taburet", line="Find taburetten", from_on=today, by=actor,
            master_keys=KEYS, now=self.now,
        )  # fmt: skip
        self.care = written.public_id
        self.proof = proofs.make(
            session, mona, competence_key=self.key, narrative="Sliber bænke.", is_agreed=True, by_staff_id=self.lone,
            issuer=Issuer("http://localhost", "Værkstedet", "hej@butik.example"), master_keys=KEYS, now=self.now,
        ).public_id  # fmt: skip
        kind = factories.task_type(session).activity_kind_id
        wood = Shape("Gåtur", kind, "", next_workday(today), 540, 60)  # the house may be closed tomorrow
        self.together = activities.plan(
            session, wood, department_id=factories.department(session).id, until=None, people=[mona],
            by_staff_id=self.lone, now=self.now,
        )[0].public_id  # fmt: skip
        saw = permits.add_kind(session, "Båndsav")
        self.permit = permits.give(
            session, citizen_id=mona.id, permit_kind_id=saw.id, on_what="",
            given_on=today - timedelta(days=9), see_again_on=today,
            instructed_by_id=self.lone, by_staff_id=self.lone, now=self.now,
        ).public_id  # fmt: skip
        helping.ask(session, mona, HelpWish.HELP, device_id=None, assignment_id=None, now=self.now)
        gone = people.citizen(session, name="Gustav", contact=lone, started_on=today - timedelta(days=90))
        gone.is_active = False
        session.get_one(Account, gone.account_id).closed_at = self.now
        session.flush()
        session.execute(
            sa.text("UPDATE enrolment SET ends_on = :day WHERE citizen_id = :id"),
            {"day": today - timedelta(days=10), "id": gone.id},
        )
        self.gone = gone.public_id

    def addresses(self) -> dict[str, tuple[str, list[str]]]:
        """Where each page is, and whose public ids a read of it is about."""
        here, today = self.address, clock.local_day(self.now)
        week = today.isocalendar()
        mona = [self.id]
        return {
            "citizens.everyone": ("/personale/borgere", mona),
            "citizens.attendance": (f"/personale/borgere/fremmoede/{today}", mona),
            "citizens.code": (f"{here}/kode", mona),
            "citizen_phones.phones": (f"{here}/telefon", mona),
            "editing.page": (f"{here}/ret", mona),
            "stays.end": (f"{here}/slut", mona),
            "stays.resume": (f"/personale/borgere/{self.gone}/fortryd-slut", [self.gone]),
            "stays.again": (f"/personale/borgere/{self.gone}/nyt-forloeb", [self.gone]),
            "stays.earlier": ("/personale/borgere/tidligere", [self.gone]),
            "progression.citizen": (here, mona),
            "progression.plan": (f"{here}/plan", mona),
            "progression.goals.new": (f"{here}/maal", mona),
            "progression.goals.goal": (f"{here}/maal/{self.goal}", mona),
            "progression.talks.talk": (f"{here}/samtale/{self.talk}", mona),
            "progression.what_i_can": ("/vaerksted/det-kan-jeg", mona),
            "proofs.of": (f"{here}/beviser", mona),
            "proofs.new": (f"{here}/beviser/nyt/{self.key}", mona),
            "proofs.on_paper": (f"{here}/beviser/{self.proof}/bevis.pdf", mona),
            "proofs.as_file": (f"{here}/beviser/{self.proof}/bevis.json", mona),
            "mine_proofs.list": ("/vaerksted/mine-beviser", mona),
            "sealed.cares": (f"{here}/hensyn", mona),
            "sealed.new": (f"{here}/hensyn/nyt", mona),
            "sealed.replace": (f"{here}/hensyn/{self.care}", mona),
            "sealed.notes.read": (f"{here}/lukkede-noter", mona),
            "sealed.mine": ("/vaerksted/det-hjaelper-mig", mona),
            "week.week": (f"/personale/uge/{week.year}-{week.week}", mona),
            "week.new": ("/personale/uge/ny", mona),
            "week.task": (f"/personale/uge/opgave/{self.task}", mona),
            "visiting.people": (f"/personale/uge/besoeg/{self.visit}", mona),
            "visiting.team": (f"/personale/uge/hold/{self.team}", mona),
            "team.waiting": ("/personale/hold", mona),
            "team.record": (f"/personale/hold/{self.record}", mona),
            **self.of_the_log(),
        }

    def of_the_log(self) -> dict[str, tuple[str, list[str]]]:
        """The same for the competence log: what helps to plan, what she holds, and her own pages at the tablet."""
        here, own, mona = self.address, "/vaerksted", [self.id]
        round_of = f"/personale/hold/runde/tavle/{self.task}"
        return {
            "activities.new": ("/personale/uge/aktivitet/ny", mona),
            "activities.show": (f"/personale/uge/aktivitet/{self.together}", mona),
            "attendance_calendar.shown": ("/personale/borgere/kalender", mona),
            "citizen_cards.card": (f"{here}/kompetencekort", mona),
            "citizen_cards.card_paper": (f"{here}/kompetencekort.pdf", mona),
            "copies.staff": (f"{here}/kopi", mona),
            "copies.copy_paper": (f"{here}/kopi.pdf", mona),
            "copies.copy_data": (f"{here}/kopi.json", mona),
            "helping.calls": ("/personale/hjaelp", mona),
            "mine.card": (f"{own}/mit-kort", mona),
            "mine.card_shown": (f"{own}/mit-kort/vis", mona),
            "mine.copy": (f"{own}/alt-om-mig", mona),
            "mine.goal": (f"{own}/min-plan/maal/{self.goal}", mona),
            "mine.made": (f"{own}/mit-arbejde", mona),
            "mine.new_goal": (f"{own}/min-plan/maal", mona),
            "mine.plan": (f"{own}/min-plan", mona),
            "mine.record": (f"{own}/mit-arbejde/{self.record}", mona),
            "mine.shown": (f"{own}/det-kan-jeg/{self.key}", mona),
            "mine.try_it": (f"{own}/min-plan/maal/{self.goal}/proev", mona),
            "mine.week_work": (f"{own}/oensker/ugen", mona),
            "mine.wishes": (f"{own}/oensker", mona),
            "mine.words": (f"{own}/min-plan/ord", mona),
            "permits_due.listed": ("/personale/borgere/vaerktoej", mona),
            "permits.again": (f"{here}/vaerktoej/{self.permit}", mona),
            "permits.of": (f"{here}/vaerktoej", mona),
            "remarks.said": (f"/personale/hold/{self.record}/ord/{self.id}", mona),
            "suggesting.of": (f"{here}/forslag", mona),
            "team_rounds.form": (round_of, mona),
            "team_rounds.sheet": (f"{round_of}/ark.pdf", mona),
        }


@pytest.fixture
def scene(app: Flask) -> Everything:
    with db.transaction() as session:
        return Everything(session)


def pages_about_people(app: Flask) -> set[str]:
    """The endpoints of every page whose view lies in a slice about people."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and app.view_functions[rule.endpoint].__module__.startswith(MODULES)
        and not rule.endpoint.startswith(ONE_PERSONS_DAY)
    }


def rows() -> list[tuple[str, list[str]]]:
    with db.reading() as session:
        found = session.execute(sa.select(AccessLog.deed, AccessLog.people).order_by(AccessLog.id))
        return [(deed, list(listed)) for deed, listed in found]


def read(answer: TestResponse) -> str:
    """What stands in an answer; of a paper, that is its bytes as they are."""
    return answer.data.decode("utf-8", "replace")


def visitor(app: Flask, scene: Everything) -> Callable[[str], FlaskClient]:
    """The browser that opens a page: the tablet with Mona at it, or Lone's desk."""
    tablet = kiosk(app.test_client(), scene)
    desk = people.at_desk(app, scene.email)
    return lambda address: tablet if address.startswith("/vaerksted") else desk


@pytest.mark.once
def test_the_list_has_every_page_about_people_and_no_other(app: Flask, scene: Everything) -> None:
    assert pages_about_people(app) - OWN_PHONE_ONLY == scene.addresses().keys() | NAMES_NOBODY.keys()


def test_each_page_leaves_one_row_with_the_ids_it_shows(app: Flask, scene: Everything) -> None:
    by = visitor(app, scene)
    wrong = {}
    for endpoint, (address, expected) in scene.addresses().items():
        before = len(rows())
        answer = by(address).get(address)
        added = rows()[before:]
        is_read = added and {deed for deed, _people in added} <= {"read", "list", "export", "print"}
        ids = sorted({each for _deed, listed in added for each in listed})
        if answer.status_code != 200 or not is_read or ids != expected:
            wrong[endpoint] = (answer.status_code, added)
    assert wrong == {}


def test_where_the_log_cannot_be_written_nothing_is_shown(app: Flask, scene: Everything) -> None:
    by = visitor(app, scene)
    everywhere = scene.addresses().values()
    shown = [address for address, _ids in everywhere if "Mona" in read(by(address).get(address))]
    assert len(shown) > 15, "the control: with a log they are shown"
    with db.transaction() as session:
        session.execute(sa.text("ALTER TABLE access_log RENAME TO lost"))
    app.config["TESTING"] = False
    answers = {address: by(address).get(address) for address, _ids in everywhere}
    with db.transaction() as session:
        session.execute(sa.text("ALTER TABLE lost RENAME TO access_log"))
    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code != 500} == {}
    told = ("Gustav", "taburet", "Slibe en hel bænk", "Kan med støtte")
    assert [address for address, answer in answers.items() if any(each in read(answer) for each in told)] == []
    # At the tablet her own name stands in the head of every page, the one about a fault too.
    desk = [address for address in answers if address.startswith("/personale")]
    assert [address for address in desk if "Mona" in read(answers[address])] == []


@pytest.mark.plants
def test_a_page_that_is_not_on_the_list_is_seen(app: Flask) -> None:
    def planted() -> str:
        return "Mona"

    planted.__module__ = "workshop.citizens.planted"
    planted.__access__ = None  # type: ignore[attr-defined]  # the guard asks; nobody does here
    app.add_url_rule("/planted", "planted", planted)
    assert "planted" in pages_about_people(app)


def test_another_department_leaves_refused_and_meets_the_page_of_nobody(app: Flask, scene: Everything) -> None:
    with db.transaction() as session:
        metal = factories.department(session, key="metal", name="Metal")
        roles = [Role.WORKSHOP, Role.CONSULTANT]
        email = factories.staff(session, name="Mads", roles=roles, departments=[metal]).email
    mads = people.at_desk(app, email)
    for endpoint, (address, ids) in scene.addresses().items():
        owned = [part for part in (*ids, scene.task, scene.record) if f"/{part}" in address]
        if not owned or endpoint.startswith("visiting") or not address.startswith("/personale"):
            continue
        before = len(rows())
        there = mads.get(address)
        missing = mads.get(address.replace(owned[-1], "x" * 22))
        assert (there.status_code, there.data) == (404, missing.data), endpoint
        assert len(there.data) == len(missing.data)
        assert rows()[before:] == [("refused", ids)], endpoint


@pytest.mark.parametrize("malformed", ["x", "%00", "%20", "'%20OR%201=1", "x" * 500, "%F0%9F%90%91", "%ED%A0%80"])
def test_an_odd_id_is_the_same_page_too(app: Flask, scene: Everything, malformed: str) -> None:
    desk = people.at_desk(app, scene.email)
    missing = desk.get(f"/personale/borgere/{'x' * 22}")
    for tail in ("", "/hensyn", "/plan", "/kode", "/lukkede-noter"):
        answer = desk.get(f"/personale/borgere/{malformed}{tail}")
        assert (answer.status_code, answer.data) == (404, missing.data), tail


@pytest.mark.parametrize("role", [Role.SALES, Role.AUDITOR, Role.ADMIN])
def test_those_who_have_nothing_to_do_with_people_open_none_of_it(app: Flask, scene: Everything, role: Role) -> None:
    with db.transaction() as session:
        email = factories.staff(session, name="Nogen", roles=[role]).email
    desk = people.at_desk(app, email)
    for address, _ids in scene.addresses().values():
        if address.startswith("/personale"):
            answer = desk.get(address)
            assert answer.status_code == 403, address
            assert "Mona" not in answer.text


def test_a_try_without_the_role_stands_in_the_log(app: Flask, scene: Everything) -> None:
    with db.transaction() as session:
        email = factories.staff(session, name="Sofie", roles=[Role.SALES]).email
    desk = people.at_desk(app, email)
    address, ids = scene.addresses()["sealed.cares"]
    before = len(rows())
    there, missing = desk.get(address), desk.get(address.replace(ids[0], "x" * 22))
    assert (there.status_code, there.data) == (403, missing.data)
    assert rows()[before:] == [("refused", ids)], "and none about nobody"
    assert desk.post(f"{address}/nyt").status_code == 403
    assert rows()[before:] == [("refused", ids)] * 2


def test_moving_and_taking_off_leave_a_row(app: Flask, scene: Everything) -> None:
    desk = people.at_desk(app, scene.email)
    page = f"/personale/uge/opgave/{scene.task}"
    later = clock.local_day(scene.now) + timedelta(days=1)
    before = len(rows())
    assert desk.post(page, data={"day": later.isoformat(), "time": "10.00"}).status_code == 303
    assert desk.post(f"{page}/tag-af").status_code == 303
    assert rows()[before:] == [("assign", [scene.id])] * 2


def test_attendance_that_is_written_leaves_a_row_with_those_it_is_about(app: Flask, scene: Everything) -> None:
    desk = people.at_desk(app, scene.email)
    page = f"/personale/borgere/fremmoede/{clock.local_day(scene.now)}"
    before = len(rows())
    assert desk.post(page, data={f"{scene.id}-mark": "came"}).status_code == 303
    assert desk.post(page, data={f"{scene.id}-mark": "came"}).status_code == 303, "nothing new is written"
    assert rows()[before:] == [("write", [scene.id])]
