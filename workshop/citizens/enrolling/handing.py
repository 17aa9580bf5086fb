"""The answer to what accounts ask when a member of staff stops: whose citizens wait for somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department, Staff
from workshop.accounts.people.handing import Held
from workshop.citizens import caseload
from workshop.citizens.models import CaseloadDelegation, Citizen, ContactPerson
from workshop.core import clock


class CitizenCaseloads:
    """Caseloads as the contact persons say."""

    def held(self, session: Session, staff_id: int) -> list[Held]:
        """The departments in which active citizens have this person as contact, now or from a coming day on."""
        rows = session.execute(
            sa.select(Department.id, Department.key, Department.name, sa.func.count(sa.distinct(Citizen.id)))
            .join(Citizen, Citizen.department_id == Department.id)
            .where(Citizen.is_active, Citizen.id.in_(_of_staff(staff_id)))
            .group_by(Department.id, Department.key, Department.name)
            .order_by(Department.name)
        )
        return [Held(*row) for row in rows]

    def hand_over(
        self, session: Session, staff_id: int, takers: Mapping[int, Staff], by: int, now: datetime
    ) -> list[str]:
        """Give them to others, by department id, from today or from the day the stay begins."""
        today = clock.local_day(now)
        rows = session.execute(
            sa.select(Citizen, ContactPerson.from_on)
            .join(ContactPerson, ContactPerson.citizen_id == Citizen.id)
            .where(
                Citizen.is_active,
                Citizen.department_id.in_(takers),
                ContactPerson.staff_id == staff_id,
                ContactPerson.until_on.is_(None),
            )
            .order_by(Citizen.id)
        ).all()
        for citizen, from_on in rows:
            taker = takers[citizen.department_id]
            caseload.take_over(session, citizen, taker.account_id, max(today, from_on), by, now)
        return [citizen.public_id for citizen, _from_on in rows]

    def let_go(self, session: Session, staff_id: int, now: datetime) -> None:
        """Nobody's caseload is looked after by somebody who has stopped, nor theirs by others."""
        session.execute(
            sa.update(CaseloadDelegation)
            .where(
                sa.or_(CaseloadDelegation.from_staff_id == staff_id, CaseloadDelegation.to_staff_id == staff_id),
                CaseloadDelegation.ended_at.is_(None),
            )
            .values(ended_at=now)
        )


def _of_staff(staff_id: int) -> sa.Select[Any]:
    return sa.select(ContactPerson.citizen_id).where(
        ContactPerson.staff_id == staff_id, ContactPerson.until_on.is_(None)
    )
