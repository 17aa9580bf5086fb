"""A word of its own in everything that is written about one citizen, and in every secret; and where they may be met."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import test_fuzz, test_routes
from tests.support import actors, factories, people
from tests.support.addresses import parts
from workshop.accounts.factors import totp
from workshop.accounts.models import Department, Staff
from workshop.citizens import caseload
from workshop.citizens.models import Citizen, ContactPerson
from workshop.core import access, clock, db
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.progression.models import AdoptedLevel, DevelopmentPlan, Goal
from workshop.sealed import actions as sealed
from workshop.sealed.models import SealedKind
from workshop.tasks.models import Assignment, Participation, TaskRecord

WHO = "Aksel"
STAFF_MAIL = "kanariemail@butik.example"
SEED_LETTERS = re.compile(r"\b[A-Z2-7]{32}\b")
# Who may meet which word on a page of theirs, written by hand from the rules (domain D1 and D3).
# The contact person has Aksel in their caseload; the neighbour works in his department and gave a reason.
NEAR = {"contact person", "neighbour"}
MAY_MEET: dict[str, set[str]] = {
    "full name": NEAR | {"manager"},
    "kaldenavn": NEAR | {"manager", "himself"},
    "goal": NEAR | {"manager", "himself"},
    "own words": NEAR | {"manager", "himself"},
    "plan": NEAR | {"manager", "himself"},
    "level note": NEAR | {"manager"},
    "task": NEAR | {"manager", "himself"},  # the week's board, which managers read
    "observation": NEAR | {"manager", "himself"},
    "accommodation": {"contact person", "himself"},
    "accommodation line": {"contact person", "neighbour", "himself"},
    "sealed note": {"contact person"},
    "reason": {"himself", "auditor", "manager", "neighbour", "contact person"},  # who hands it over on paper
    "staff mail": {"admin"},
    "password": set(),
    "tablet key": set(),
    "seed": set(),
    "recovery code": set(),
}


def word(what: str) -> str:
    """The word planted for a kind of text: letters alone, so that nothing escapes or folds it."""
    return "Kanarie" + what.title().replace(" ", "") + "Fugl"


@dataclass
class Scene:
    """The words by what they are planted in, and the browsers of whoever might meet them."""

    words: dict[str, str]
    clients: dict[str, FlaskClient]
    citizen: str
    ids: dict[str, str] = field(default_factory=dict)


def planted(app: Flask, settings: Settings) -> Scene:
    """The filled demo with a word in every text about Aksel, and everybody signed in."""
    now = clock.now()
    words = {what: word(what) for what in MAY_MEET if MAY_MEET[what]} | {"password": factories.PASSWORD}
    words["staff mail"] = STAFF_MAIL
    with db.transaction() as session:
        aksel = session.scalars(sa.select(Citizen).where(Citizen.display_name == WHO)).one()
        here = session.get_one(Department, aksel.department_id)
        other = session.scalars(sa.select(Department).where(Department.id != here.id).limit(1)).one()
        contact = factories.staff(session, name="Kontakt", email=STAFF_MAIL, departments=[here], now=now)
        admin = session.scalars(sa.select(Staff.account_id).limit(1)).one()
        caseload.take_over(session, aksel, contact.account_id, clock.local_day(now), admin, now)
        _write(session, aksel, words)
        public_id, here_id, other_id = aksel.public_id, here.id, other.id
    clients = {
        "contact person": actors.at_desk(app, STAFF_MAIL),
        "neighbour": actors.at_desk(app, actors.hired("nabo", [Role.WORKSHOP], [here_id])),
        "another department": actors.at_desk(app, actors.hired("anden", [Role.WORKSHOP, Role.CONSULTANT], [other_id])),
        "sales": actors.desk(app, Role.SALES),
        "auditor": actors.desk(app, Role.AUDITOR),
        "admin": actors.desk(app, Role.ADMIN),
        "manager": actors.desk(app, Role.MANAGER),
        "anonymous": actors.browser(app),
        "another citizen": actors.tablet(app, "Mona", settings).client,
    }
    with db.transaction() as session:
        _seal(session, contact_mail=STAFF_MAIL, words=words, settings=settings, now=now)
    himself = actors.tablet(app, WHO, settings)
    words["tablet key"] = himself.key
    answer = clients["neighbour"].post(f"/personale/borgere/{public_id}/grund", data={"reason": words["reason"]})
    assert answer.status_code == 303, answer.text
    with db.transaction() as session:
        _name(session, public_id, words)
    words |= second_step(clients["admin"])
    return Scene(words, clients | {"himself": himself.client}, public_id)


def _write(session: Session, aksel: Citizen, words: Mapping[str, str]) -> None:
    """The texts that lie open in the database, each in every row about Aksel."""
    of_plan = sa.select(DevelopmentPlan.id).where(DevelopmentPlan.citizen_id == aksel.id)
    of_records = sa.select(Participation.record_id).where(Participation.citizen_id == aksel.id)
    for model, where, values in (
        (DevelopmentPlan, DevelopmentPlan.citizen_id == aksel.id, {"where_i_am": "plan", "where_i_want_to_be": "plan"}),
        (Goal, Goal.plan_id.in_(of_plan), {"title": "goal", "own_words": "own words"}),
        (AdoptedLevel, AdoptedLevel.citizen_id == aksel.id, {"own_words": "own words", "note": "level note"}),
        (Assignment, Assignment.citizen_id == aksel.id, {"title": "task"}),
        (Participation, Participation.citizen_id == aksel.id, {"observation": "observation"}),
        (TaskRecord, TaskRecord.id.in_(of_records), {"title": "task"}),
    ):
        written: dict[str, Any] = {column: words[what] for column, what in values.items()}
        session.execute(sa.update(model).where(where).values(written))


def _seal(session: Session, *, contact_mail: str, words: Mapping[str, str], settings: Settings, now: datetime) -> None:
    contact = session.scalars(sa.select(Staff).where(Staff.email == contact_mail)).one()
    by = people.actor_of(session, contact, now=now)
    aksel = session.scalars(
        sa.select(Citizen)
        .join(ContactPerson, ContactPerson.citizen_id == Citizen.id)
        .where(ContactPerson.staff_id == contact.account_id)
    ).one()
    sealed.write_accommodation(
        session,
        aksel,
        kind=SealedKind.ACCOMMODATION,
        text=words["accommodation"],
        line=words["accommodation line"],
        from_on=clock.local_day(now),
        by=by,
        master_keys=settings.master_keys,
        now=now,
    )
    sealed.write_note(session, aksel, text=words["sealed note"], by=by, master_keys=settings.master_keys, now=now)


def _name(session: Session, public_id: str, words: Mapping[str, str]) -> None:
    """His names, last of all: until now he was looked up by them."""
    full, kaldenavn = words["full name"], words["kaldenavn"]
    values = {"full_name": full, "display_name": kaldenavn, "sort_name": full.lower()}
    session.execute(sa.update(Citizen).where(Citizen.public_id == public_id).values(values))


def second_step(client: FlaskClient) -> dict[str, str]:
    """Give somebody a code app: the seed and a recovery code, as their own page shows them once."""
    client.post("/personale/sikkerhed/app")
    page = client.get("/personale/sikkerhed/app").text
    seed = re.sub(r"\s", "", SEED_LETTERS.findall(re.sub(r"(?<=[A-Z2-7]{4}) (?=[A-Z2-7]{4})", "", page))[0])
    code = totp.code_at(seed, clock.now())
    shown = client.post("/personale/sikkerhed/app/kode", data={"code": code}, follow_redirects=True).text
    codes = re.findall(r"<li><b>([^<]+)</b>", shown)
    assert codes, "the page with the recovery codes"
    return {"seed": seed, "recovery code": codes[0]}


def pages(app: Flask, citizen: str) -> list[tuple[str, str]]:
    """(what the address needs, the address) of every page and file, about Aksel where it is about somebody."""
    values, found = test_fuzz.real_values(), []
    urls = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        needs = test_routes.EXPECTED.get(test_routes.key_of(rule))
        if "GET" not in (rule.methods or ()) or needs is None:
            continue
        blueprint = rule.endpoint.partition(".")[0]
        given = dict(values.get(blueprint, [{}])[0]) if values.get(blueprint) else {}
        if rule.rule.startswith(("/personale/borgere/", "/vaerksted/kode/")):
            given["public_id"] = citizen
        found.append((needs, urls.build(rule.endpoint, parts(rule, {**given}), method="GET")))
    return found


def met(text: str, words: Mapping[str, str], ignoring: Iterable[str] = ()) -> set[str]:
    """Which of the words stand in a text."""
    return {what for what, each in words.items() if each in text} - set(ignoring)


def is_open_to(role: Role | None, needs: str) -> bool:
    """Whether a page with this mark is worth asking for."""
    return needs in {"public", "half", "tablet"} or (role is not None and needs in access.GRANTS[role])
