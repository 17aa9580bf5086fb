"""One citizen with a plan, seen by the people around her, for the tests of pages."""

import re
from datetime import timedelta

import sqlalchemy as sa
from support import factories, people

from tests.workshop.progression import records
from workshop.accounts import actions as accounts
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.audit import AccessLog
from workshop.progression import goals, plans
from workshop.progression.models import GoalKind

PERSON_PAGES = ("", "/plan", "/maal", "/maal/{goal}", "/samtale/{talk}")


class Scene:
    """Lone and her citizen Mona, with records, an agreed level, a goal and an open talk."""

    def __init__(self, session):
        now = clock.now()
        self.now = now
        lone = factories.staff(session, name="Lone", roles=[Role.WORKSHOP, Role.CONSULTANT])
        mona = people.citizen(session, name="Mona", contact=lone, started_on=records.back(80, now))
        task, shows = records.sanding(session)
        for back, written in ((6, "S1Q2"), (5, "S0Q2"), (4, "S1Q2"), (3, "S0Q3")):
            part = [records.marks(mona, written, observation="Gik selv i gang.")]
            records.confirmed(session, part, task=task, on=records.back(back, now), by=lone)
        records.agreed(session, mona, shows, 2, by=lone, now=now - timedelta(days=2))
        plan = plans.write(
            session,
            citizen_id=mona.id,
            where_i_am="Her.",
            where_i_want_to_be="Der.",
            interests="",
            strengths="",
            by_account_id=lone.account_id,
            now=now,
        )
        goal = goals.set_goal(
            session,
            plan=plan,
            kind=GoalKind.COMPETENCE,
            title="Slibe en hel bænk",
            competence_id=shows.id,
            target_level=3,
            now=now - timedelta(days=10),
            by_staff_id=lone.account_id,
        )
        talk = records.talk(session, mona, by=lone, now=now)
        self.lone, self.email = lone.account_id, lone.email
        self.id, self.account, self.mona = mona.public_id, mona.account_id, mona.id
        self.goal, self.talk, self.key = goal.public_id, talk.public_id, shows.key
        self.address = f"/personale/borgere/{self.id}"

    def pages(self):
        return [self.address + each.format(goal=self.goal, talk=self.talk) for each in PERSON_PAGES]


def colleague(client, *, roles=(Role.WORKSHOP, Role.CONSULTANT), at=None):
    with db.transaction() as session:
        departments = [factories.department(session, key=at, name=at)] if at else None
        email = factories.staff(session, name="Per", roles=roles, departments=departments).email
    people.sign_in_staff(client, email)
    return client


def kiosk(client, scene):
    with db.transaction() as session:
        device, key = people.tablet(session)
        token = accounts.sign_in_citizen(
            session, scene.account, people.PIN, device.id, pepper=people.PEPPER, now=clock.now()
        )
    client.set_cookie("tablet", key)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


def log(*deeds):
    with db.reading() as session:
        rows = session.scalars(sa.select(AccessLog).order_by(AccessLog.id)).all()
    return [row for row in rows if not deeds or row.deed in deeds]


def words(answer):
    """What a person reads on the page."""
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.text, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def browser(app):
    made = app.test_client()
    made.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return made
