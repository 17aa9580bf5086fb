"""Things that are somebody's, and somebody else who asks for them: for each kind of id a stranger with a thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shop.demo import filling
from shop.orders.models import Order
from tests.support import actors, matrix
from workshop.accounts.models import Department, LoginSession
from workshop.citizens.models import Citizen, ContactPerson
from workshop.core import db, mail
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.production.repairs.models import RepairJob
from workshop.progression.models import DevelopmentPlan, Goal, Talk
from workshop.services.billing.models import ServiceCharge
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServiceQuote, ServiceRequest
from workshop.tasks.models import Assignment, Participation, TaskRecord

MINE, THEIRS = "Mona", "Aksel"
CARING = (Role.WORKSHOP, Role.CONSULTANT, Role.MANAGER)

BY_LINK: dict[str, Any] = {
    "/ordre": Order,
    "/aftale": ServiceJob,
    "/tilbud": ServiceQuote,
    "/regning": ServiceCharge,
    "/forespoergsel": ServiceRequest,
    "/indlevering": RepairJob,
}


@dataclass(frozen=True)
class Stranger:
    """A browser, a thing that is not its own, and what else stands in the address."""

    client: FlaskClient
    thing: str
    own: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Strangers:
    """Whom to ask for what."""

    desk: FlaskClient  # of another department, with every role that cares for citizens
    tablet: FlaskClient
    customer: FlaskClient
    things: dict[str, str]
    links: dict[str, str]

    def of(self, kind: str, rule: str, part: str) -> Stranger | None:
        """Who asks for the thing behind a part of a rule's address; None where no such thing is in the demo."""
        if kind == matrix.LINK:
            return self._by_link(rule, part)
        if kind == matrix.SELF:
            return Stranger(self.tablet if rule.startswith("/vaerksted") else self.desk, self.things["login"])
        client = self.tablet if rule.startswith("/vaerksted") else self.desk
        if part in {"goal_id", "talk_id", "step_id"}:
            own = {"public_id": self.things["a citizen"]}
            if part == "step_id":
                own["goal_id"] = self.things["goal_id"]
            return Stranger(client, self.things.get(part, "x" * 22), own)
        # A tablet shows the people of its own department, so there it is asked for somebody of another.
        thing = self.things.get("elsewhere" if rule.startswith("/vaerksted/kode/") else kind)
        return Stranger(client, thing) if thing and part == "public_id" else None

    def _by_link(self, rule: str, part: str) -> Stranger | None:
        place = "/" + rule.split("/")[1]
        if rule.startswith("/personale") or part != "public_id" or place not in self.links:
            return None
        return Stranger(self.customer, self.links[place])


def fill(app: Flask) -> None:
    """The demo in an app of one's own."""
    filling.fill(app, say=lambda _line: None)


def _citizen(session: Session, name: str) -> Citizen:
    return session.scalars(sa.select(Citizen).where(Citizen.display_name == name)).one()


def _first(session: Session, model: Any) -> str:
    """The oldest one's id: without an order a database gives whichever lies nearest."""
    return str(session.scalars(sa.select(model.public_id).order_by(model.id).limit(1)).one())


def _whose(model: Any) -> Any:
    """The column that says whose a thing is."""
    behind: dict[Any, Any] = {TaskRecord: Participation, Goal: DevelopmentPlan}
    return behind.get(model, model).citizen_id


def strangers(app: Flask, settings: Settings) -> Strangers:
    """Everybody who asks, in the filled demo. Aksel's things are asked for: by another department, by Mona's tablet."""
    with db.reading() as session:
        aksel = _citizen(session, THEIRS)
        other = session.scalars(sa.select(Department.id).where(Department.id != aksel.department_id).limit(1)).one()

        def of_aksel(column: Any, model: Any) -> str:
            wanted = sa.select(column).where(_whose(model) == aksel.id).order_by(model.id).limit(1)
            if model is TaskRecord:
                wanted = wanted.join(Participation, Participation.record_id == TaskRecord.id)
            elif model is Goal:
                wanted = wanted.join(DevelopmentPlan, DevelopmentPlan.id == Goal.plan_id)
            return str(session.scalars(wanted).one())

        mona = _citizen(session, MINE)
        elsewhere = sa.select(Citizen.public_id).where(Citizen.department_id != mona.department_id).limit(1)
        things = {
            "elsewhere": session.scalars(elsewhere).one(),
            matrix.CITIZEN: aksel.public_id,
            matrix.ASSIGNMENT: of_aksel(Assignment.public_id, Assignment),
            matrix.RECORD: of_aksel(TaskRecord.public_id, TaskRecord),
            "record_id": of_aksel(TaskRecord.public_id, TaskRecord),
            "goal_id": of_aksel(Goal.public_id, Goal),
            "talk_id": of_aksel(Talk.public_id, Talk),
            "login": str(session.scalars(sa.select(LoginSession.public_id).limit(1)).first() or "x" * 22),
        }
        links = {place: _first(session, model) for place, model in BY_LINK.items()}
    desk = actors.at_desk(app, actors.hired("fremmed", CARING, [other]))
    return Strangers(desk, actors.tablet(app, MINE, settings).client, _customer(app, settings), things, links)


def _customer(app: Flask, settings: Settings) -> FlaskClient:
    """Somebody with the link to one order: the last, so that the first is somebody else's."""
    client = actors.browser(app)
    with db.reading() as session:
        public_id = session.scalars(sa.select(Order.public_id).order_by(Order.id.desc()).limit(1)).one()
    client.get(f"/ordre/{public_id}/{mail.secret_of(settings.secret_key, f'order-link:{public_id}')}")
    return client


def own_pages(app: Flask, settings: Settings) -> list[tuple[str, int]]:
    """Pages of one's own that are not there; none should be."""
    with db.reading() as session:
        aksel = _citizen(session, THEIRS)
        here = aksel.department_id
        contact = session.scalars(sa.select(ContactPerson.staff_id).where(ContactPerson.citizen_id == aksel.id)).first()
        mona = _citizen(session, MINE)
        task = session.scalars(sa.select(Assignment.public_id).where(Assignment.citizen_id == mona.id)).first()
        order = session.scalars(sa.select(Order.public_id).order_by(Order.id.desc()).limit(1)).one()
    desk = actors.at_desk(app, actors.hired("egen", CARING, [here]))
    asked: list[tuple[FlaskClient, str]] = [
        (desk, f"/personale/borgere/{aksel.public_id}/kode"),
        (desk, "/personale/borgere"),
        (actors.tablet(app, MINE, settings).client, "/vaerksted/hjem"),
        (_customer(app, settings), f"/ordre/{order}"),
    ]
    found = [(page, client.get(page, follow_redirects=True).status_code) for client, page in asked]
    assert contact is not None
    assert task is not None
    return [(page, status) for page, status in found if status != 200]


def name_of(public_id: str) -> str:
    """A citizen's name, for whoever asks: what a view must never do."""
    with db.reading() as session:
        found = session.scalars(sa.select(Citizen.full_name).where(Citizen.public_id == public_id)).first()
    return found or "ikke her"
