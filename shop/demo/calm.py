"""A calm day's other things: who may use which saw, what people wish for, exercise on Wednesdays, their own cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from shop.demo.people import AKSEL, MONA, Person
from shop.demo.stage import WOOD, Stage, monday_of
from workshop.citizens.comforts import actions as comforts
from workshop.citizens.comforts.queries import Liking
from workshop.core import house_rules
from workshop.production.models import ActivityKind, TaskType
from workshop.production.types.models import PermitKind, TaskTypePermit
from workshop.progression import goals, plans, queries
from workshop.progression.cards import actions as cards
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import AdoptedLevel, Goal, GoalKind
from workshop.progression.proofs import actions as proofs
from workshop.progression.proofs.credential import Issuer
from workshop.sealed import aids
from workshop.tasks.activities import actions as activities
from workshop.tasks.activities.actions import Shape
from workshop.tasks.activities.models import GroupActivity, GroupActivityPart
from workshop.tasks.competences import actions as competences
from workshop.tasks.competences.actions import Said
from workshop.tasks.helping import actions as helping
from workshop.tasks.helping.models import HelpWish
from workshop.tasks.models import Competence, LinkRole, Participation, RecordStatus, TaskRecord
from workshop.tasks.permits import actions as permits
from workshop.tasks.remarks import actions as remarks
from workshop.tasks.unrecorded import actions as unrecorded
from workshop.tasks.unrecorded import queries as untold
from workshop.tasks.wishing import actions as wishing

PERMITTED = 0.4  # of those who have worked with what asks for a permit
LEFT_UNTOLD = 2  # finished orders that still ask who did them
EXERCISE_WEEKS = 8
INTERESTS = "Jeg har prøvet at slibe, male og sætte mærker på. Jeg kan bedst lide at slibe."
STRENGTHS = "Jeg er tålmodig og holder orden på bænken."
STEPS = ("Prøve det sammen med Lone", "Gøre det selv på en lille ting", "Gøre det selv på en hel bænk")


def live_a_calm_day(stage: Stage, people: Sequence[Person]) -> None:
    """Fill what the tablet and the log of competences live on, in the order it happened."""
    by_name = {person.name: person for person in people}
    _decide(stage)
    _permit(stage, people)
    _wish(stage, by_name)
    _exercise(stage, people)
    _call(stage, by_name[MONA])
    _say_otherwise(stage, by_name[AKSEL])
    _use_the_chair(stage, by_name[AKSEL])
    for name in (AKSEL, MONA):
        _own_words(stage, by_name[name])
    _own_card(stage, by_name[MONA])
    _tell_who_did_it(stage)
    _better_words(stage)
    comforts.wish(stage.session, by_name["Rosa"].citizen.id, Liking(is_large=True, is_high_contrast=True))


def _decide(stage: Stage) -> None:
    for code in ("en", "ar"):
        house_rules.decide(
            stage.session, house_rules.LANGUAGE + code, house_rules.YES, by_staff_id=stage.staff_id("admin"),
            now=stage.at(stage.workday(200), 9 * 60),
        )  # fmt: skip


def _permit(stage: Stage, people: Sequence[Person]) -> None:
    """Some have been shown how a tool is used; one of the instructions is so old that it should be seen again."""
    asked = stage.session.execute(
        sa.select(PermitKind.id, PermitKind.name, TaskType.name.label("task"))
        .join(TaskTypePermit, TaskTypePermit.permit_kind_id == PermitKind.id)
        .join(TaskType, TaskType.id == TaskTypePermit.task_type_id)
        .order_by(PermitKind.id, TaskType.id)
    ).all()
    first_task = {row.id: row.task for row in reversed(asked)}
    for person in people:
        if len(person.days) < 4:
            continue
        for kind_id, task in sorted(first_task.items()):
            if person.name != AKSEL and stage.chance.random() > PERMITTED:
                continue
            given_on = person.days[2]
            by = stage.staff_id("lone" if person.planned.department == WOOD else "bjarne")
            weeks = 4 if person.name == AKSEL and kind_id == min(first_task) else 26
            permits.give(
                stage.session, citizen_id=person.citizen.id, permit_kind_id=kind_id, on_what=task, given_on=given_on,
                see_again_on=given_on + timedelta(weeks=weeks), instructed_by_id=by, by_staff_id=by,
                now=stage.at(given_on, 14 * 60),
            )  # fmt: skip


def _wish(stage: Stage, by_name: dict[str, Person]) -> None:
    said = (
        (AKSEL, "gf_saw", "Jeg vil gerne prøve at save."), (MONA, "", "Jeg vil gerne være med til at tegne en bænk."),
        ("Viggo", "se_hedge", ""), ("Leila", "", "Noget, hvor jeg kan sidde ned."), ("Yusuf", "gf_measure", ""),
    )  # fmt: skip
    for name, key, words in said:
        wishing.wish(
            stage.session, by_name[name].citizen.id, task_type_id=stage.tasks[key].id if key else None,
            own_words=words, now=stage.at(stage.workday(3), 11 * 60),
        )  # fmt: skip


def _exercise(stage: Stage, people: Sequence[Person]) -> None:
    """Wednesdays at one: the weeks gone by with who took part, and the weeks to come."""
    kind = stage.session.scalars(sa.select(ActivityKind.id).where(ActivityKind.key == "exercise")).one()
    here = [person for person in people if person.planned.department == WOOD and person.name != AKSEL][:8]
    by = stage.staff_id("lone")
    wednesday = monday_of(stage.today) + timedelta(days=2)
    for back in range(4, 0, -1):
        _was_exercise(stage, kind, wednesday - timedelta(weeks=back), here, by)
    first = wednesday if wednesday >= stage.today else wednesday + timedelta(weeks=1)
    activities.plan(
        stage.session, Shape("Motion i hallen", kind, "Hallen ved siden af", first, 13 * 60, 60),
        department_id=stage.departments[WOOD], until=first + timedelta(weeks=EXERCISE_WEEKS),
        people=[person.citizen for person in here], by_staff_id=by, now=stage.now,
    )  # fmt: skip


def _was_exercise(stage: Stage, kind: int, day: date, here: Sequence[Person], by: int) -> None:
    """Plain rows: a day gone by cannot be planned."""
    made = GroupActivity(
        activity_kind_id=kind, department_id=stage.departments[WOOD], title="Motion i hallen",
        place="Hallen ved siden af", day=day, start_minute=13 * 60, minutes=60, by_staff_id=by,
    )  # fmt: skip
    stage.session.add(made)
    stage.session.flush()
    stage.session.add_all(
        GroupActivityPart(
            activity_id=made.id, citizen_id=person.citizen.id, took_part=day in person.days, by_staff_id=by,
            said_at=stage.at(day, 14 * 60 + 10),
        )
        for person in here
        if person.started_on <= day
    )  # fmt: skip


def _call(stage: Stage, person: Person) -> None:
    """Somebody asked yesterday, and Lone went there."""
    asked = stage.at(stage.workday(1), 10 * 60 + 12)
    call = helping.ask(stage.session, person.citizen, HelpWish.HELP, device_id=None, assignment_id=None, now=asked)
    helping.answer(stage.session, call.public_id, stage.staff_id("lone"), asked + timedelta(minutes=2))


def _newest_part(stage: Stage, person: Person) -> tuple[TaskRecord, Participation]:
    """The newest record of a person that staff have confirmed."""
    return tuple(  # type: ignore[return-value]  # a row of exactly these two
        stage.session.execute(
            sa.select(TaskRecord, Participation)
            .join(Participation, Participation.record_id == TaskRecord.id)
            .where(Participation.citizen_id == person.citizen.id, TaskRecord.status == RecordStatus.CONFIRMED)
            .order_by(TaskRecord.done_on.desc(), TaskRecord.id.desc())
            .limit(1)
        ).one()
    )


def _say_otherwise(stage: Stage, person: Person) -> None:
    record, _part = _newest_part(stage, person)
    remarks.remark(
        stage.session, record=record, citizen_id=person.citizen.id, by_account_id=person.citizen.account_id,
        text="Jeg synes, jeg klarede mere af det selv, end der står.", now=stage.now,
    )  # fmt: skip


def _use_the_chair(stage: Stage, person: Person) -> None:
    """Alone with an aid is alone; that it was used is noted where it is sealed."""
    _record, part = _newest_part(stage, person)
    for aid in aids.aids_of(stage.session, [person.citizen.id], stage.today).get(person.citizen.id, []):
        aids.note(stage.session, part.id, [aid.id], stage.now)


def _own_words(stage: Stage, person: Person) -> None:
    """The plan goes on in the person's own words, and the goal gets small steps."""
    plan = queries.plan_of(stage.session, person.citizen.id)
    if plan is None:
        return
    plans.write(
        stage.session, citizen_id=person.citizen.id, where_i_am=plan.where_i_am,
        where_i_want_to_be=plan.where_i_want_to_be, interests=INTERESTS, strengths=STRENGTHS,
        by_account_id=person.citizen.account_id, now=stage.at(stage.workday(2), 12 * 60),
    )  # fmt: skip
    by = stage.staff_id(person.planned.contact)
    goal = stage.session.scalar(
        sa.select(Goal)
        .where(Goal.plan_id == plan.id, Goal.kind == GoalKind.COMPETENCE, Goal.ended_on.is_(None))
        .limit(1)
    )
    if goal is None:
        return
    steps = [
        goals.add_step(stage.session, goal=goal, title=title, by_staff_id=by, now=stage.at(stage.workday(5), 600))
        for title in STEPS
    ]
    goals.change_step(
        stage.session, step=steps[0], state=GoalState.REACHED, own_words="Det gik fint.", by_staff_id=by,
        now=stage.at(stage.workday(2), 13 * 60),
    )  # fmt: skip


def _own_card(stage: Stage, person: Person) -> None:
    """Mona has taken one thing off her card, and takes a signed proof of another along."""
    agreed = stage.session.execute(
        sa.select(Competence.key, AdoptedLevel.level)
        .join(AdoptedLevel, AdoptedLevel.competence_id == Competence.id)
        .where(AdoptedLevel.citizen_id == person.citizen.id)
        .order_by(AdoptedLevel.id)
    ).all()
    newest = {row.key: row.level for row in agreed}
    if not any(newest.values()):
        return
    shown = next(key for key, level in newest.items() if level)
    left_out = [key for key in newest if key != shown][:1]
    cards.edit(
        stage.session, person.citizen.id, own_words="Jeg er god til at holde orden.", shows_work=True,
        left_out=left_out, now=stage.now,
    )  # fmt: skip
    who = stage.settings.identity
    proofs.make(
        stage.session, person.citizen, competence_key=shown, is_agreed=True, by_staff_id=stage.staff_id("lone"),
        narrative="Vist på havebænke og på et bord, som siden er solgt.", now=stage.now,
        issuer=Issuer(stage.settings.base_url, who.name, who.email), master_keys=stage.settings.master_keys,
    )  # fmt: skip


def _tell_who_did_it(stage: Stage) -> None:
    """Employees did some of what is finished; a few still ask."""
    for key in ("lone", "bjarne"):
        actor = stage.staff[key]
        for each in untold.untold(stage.session, actor, stage.now)[LEFT_UNTOLD:]:
            unrecorded.done_by_staff(stage.session, actor, each.kind, each.ident, stage.now)


def _better_words(stage: Stage) -> None:
    """A competence was said more plainly, and a task asks a little less than it did."""
    said = stage.competences["measure_mark"]
    words = {name: getattr(said, name) for name in competences.WORDS}
    competences.edit(
        stage.session, said, {**words, "anchor_3": "Måler, sætter streg og måler selv en gang til."}, is_used=True,
        why="Kortere ord, aftalt på værkstedsmødet.", version=said.version, by_staff_id=stage.staff_id("mette"),
        now=stage.at(stage.workday(20), 15 * 60),
    )  # fmt: skip
    competences.link(
        stage.session, stage.tasks["gf_design"], stage.competences["measure_mark"], Said(LinkRole.CONTRIBUTING, 1),
        from_on=stage.today, why="Tegningen kan laves uden at måle selv.", by_staff_id=stage.staff_id("mette"),
        now=stage.now,
    )  # fmt: skip
