"""What is told in confidence, who looks after whom while somebody is away, and who looked at whose page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from shop.demo.people import AKSEL, MONA, Person
from shop.demo.stage import GARDEN, WOOD, Stage
from workshop.accounts.people import inviting
from workshop.citizens.delegating import actions as delegating
from workshop.core import audit
from workshop.core.access import Actor, Role
from workshop.core.mail import OutboxMail
from workshop.sealed import actions as sealed
from workshop.sealed.models import SealedKind
from workshop.setup import actions as setup
from workshop.setup.actions import Details

# Whose, what it is, the words for the caseload, the line for whoever plans the work, and what a task may not ask.
# Functional, and made up.
TOLD: tuple[tuple[str, SealedKind, str, str, tuple[str, ...]], ...] = (
    (
        AKSEL, SealedKind.ACCOMMODATION,
        "Aksel skifter mellem at sidde og stå. Efter en halv time med tunge løft skal han have en anden opgave.",
        "Højst en halv time med løft ad gangen. Skift mellem at sidde og stå.", ("lifting_heavy",),
    ),
    (
        MONA, SealedKind.ACCOMMODATION,
        "Mona arbejder bedst, når der er ro omkring hende. Larm fra maskiner i mere end et kvarter tærer på dagen.",
        "Stil arbejdet i det stille rum, eller giv høreværn.", ("noise",),
    ),
    (
        AKSEL, SealedKind.AID, "En høj stol med ryg ved bænken. Med den står han ikke så længe.",
        "Brug den høje stol.", (),
    ),
)  # fmt: skip
NOTE = "Mona vil gerne selv fortælle holdet, hvorfor hun går tidligt om onsdagen. Vi taler om det igen på fredag."
LOOKED_BACK = 45  # working days


def lay_the_floor(stage: Stage, citizens: Sequence[Person]) -> None:
    """Fill what the trust of the house rests on, in the order it happened."""
    by_name = {person.name: person for person in citizens}
    _say_who_we_are(stage)
    _look_at_pages(stage, citizens)
    _tell_in_confidence(stage, by_name)
    _look_after_each_other(stage, by_name)
    inviting.invite(
        stage.session, name="Nanna", email="nanna@vaerksted.example", roles=[Role.WORKSHOP],
        department_ids=[stage.departments[WOOD]], by=stage.staff_id("admin"), now=stage.now,
        base_url=stage.settings.base_url, secret_key=stage.settings.secret_key,
    )  # fmt: skip
    # Long since sent; otherwise the first sweep would write it out as a mail of today.
    stage.session.execute(sa.update(OutboxMail).where(OutboxMail.sent_at.is_(None)).values(sent_at=OutboxMail.due_at))


def _say_who_we_are(stage: Stage) -> None:
    who = stage.settings.identity
    values = {name: getattr(who, name) for name in Details.__dataclass_fields__}
    details = Details(**{**values, "cvr": "".join(filter(str.isdigit, who.cvr))})
    setup.say_who_we_are(
        stage.session, details, after=0, now=stage.at(stage.workday(250), 9 * 60), by_staff_id=stage.staff_id("admin")
    )


def _tell_in_confidence(stage: Stage, by_name: dict[str, Person]) -> None:
    lone = stage.staff["lone"]
    for name, kind, text, line, spared in TOLD:
        person = by_name[name]
        sealed.write_accommodation(
            stage.session, person.citizen, kind=kind, text=text, line=line, from_on=person.started_on, by=lone,
            spared=spared, master_keys=stage.settings.master_keys, now=stage.now,
        )  # fmt: skip
    sealed.write_note(
        stage.session, by_name[MONA].citizen, text=NOTE, by=lone, master_keys=stage.settings.master_keys, now=stage.now
    )


def _look_after_each_other(stage: Stage, by_name: dict[str, Person]) -> None:
    """Lone goes on a course next week; Mette looks after her caseload, and Mona lets her notes follow."""
    monday = stage.today + timedelta(days=7 - stage.today.weekday())
    made = delegating.delegate(
        stage.session, from_staff_id=stage.staff_id("lone"), to_staff_id=stage.staff_id("mette"),
        from_on=monday, until_on=monday + timedelta(days=4), by=stage.staff["karin"], now=stage.now,
    )  # fmt: skip
    delegating.hear_yes(stage.session, by_name[MONA].citizen, made.public_id, by=stage.staff["lone"], now=stage.now)


def _look_at_pages(stage: Stage, citizens: Sequence[Person]) -> None:
    """The log of the last weeks: lists in the morning, files of one's own, now and then another's with its reason."""
    days = [stage.workday(back) for back in range(LOOKED_BACK, 0, -1)]
    for day in days:
        for key, department in (("lone", WOOD), ("bjarne", GARDEN), ("mette", WOOD)):
            here = [person for person in citizens if person.planned.department == department]
            _morning(stage, day, stage.staff[key], here)
        if day.weekday() == 2:
            _with_a_reason(stage, day, citizens)


def _morning(stage: Stage, day: date, actor: Actor, here: Sequence[Person]) -> None:
    ids = [person.citizen.public_id for person in here]
    audit.record(actor, "list", ids, stage.at(day, 8 * 60 + 5))
    mine = [person for person in here if stage.staff[person.planned.contact] is actor] or here
    seen = stage.chance.choice(mine).citizen.public_id
    audit.record(actor, "read", [seen], stage.at(day, 8 * 60 + 20))


def _with_a_reason(stage: Stage, day: date, citizens: Sequence[Person]) -> None:
    karin = stage.staff["karin"]
    seen = [stage.chance.choice(citizens).citizen.public_id]
    why = "Statusmøde med kommunen"
    audit.record(karin, "reason", seen, stage.at(day, 13 * 60), reason=why)
    audit.record(karin, "read", seen, stage.at(day, 13 * 60), reason=why)
