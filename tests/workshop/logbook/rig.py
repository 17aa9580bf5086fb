"""What the tests of the log begin with: some staff, some citizens, and rows of the log."""

from __future__ import annotations

from datetime import datetime, timedelta

from support import factories, people

from workshop.core import audit, clock, db
from workshop.core.access import Actor, Role


class House:
    """Lone and her citizens Mona and Aksel; Per of the kitchen; an auditor and a manager."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or clock.now()
        with db.transaction() as session:
            wood = factories.department(session)
            kitchen = factories.department(session, key="koekken", name="Køkken")
            lone = factories.staff(session, name="Lone Holm", roles=[Role.WORKSHOP, Role.CONSULTANT])
            per = factories.staff(session, name="Per Lund", roles=[Role.WORKSHOP], departments=[kitchen])
            inge = factories.staff(session, name="Inge Vagt", roles=[Role.AUDITOR], departments=[])
            karin = factories.staff(session, name="Karin Leder", roles=[Role.MANAGER], departments=[wood])
            agreed = {"started_on": (self.now - timedelta(days=60)).date(), "weekdays": range(7), "now": self.now}
            mona = people.citizen(session, name="Mona", contact=lone, at=wood, **agreed)
            aksel = people.citizen(session, name="Aksel", contact=per, at=kitchen, **agreed)
            _device, self.key = people.tablet(session, at=wood, now=self.now)
            self.mona, self.aksel, self.mona_id = mona.public_id, aksel.public_id, mona.id
            self.emails = {each.name.split()[0].lower(): each.email for each in (lone, per, inge, karin)}
            staff = {"lone": lone, "per": per, "inge": inge, "karin": karin}
            self.actors: dict[str, Actor] = {
                name: people.actor_of(session, each, now=self.now) for name, each in staff.items()
            }

    def log(self, who: str, deed: str, about: list[str], *, ago: timedelta = timedelta(), reason: str = "") -> None:
        """A row of the log, some time ago."""
        audit.record(self.actors[who], deed, about, self.now - ago, reason=reason)
