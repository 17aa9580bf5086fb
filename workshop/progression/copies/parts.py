"""What a copy is made of: for each part, the tables it is read from and the question that reads it for one person.

No question joins another person, and none takes two. Names of columns are those of the file for machines; what they are
called on paper stands in `words`. Whoever adds a table about people adds it here, or says why not; a test asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa

from workshop.accounts.models import Department
from workshop.citizens.models import (
    AttendanceEntry,
    Citizen,
    Comfort,
    ContactPerson,
    Enrolment,
    ProgrammeType,
    SealedNotesYes,
    WeekPlanDay,
)
from workshop.core.i18n import lazy
from workshop.production.models import ActivityKind, TaskType
from workshop.production.types.models import PermitKind
from workshop.products.models import Item
from workshop.progression.cards.models import CardLeftOut, CompetenceCard
from workshop.progression.models import (
    AdoptedLevel,
    DevelopmentPlan,
    Goal,
    GoalChange,
    GoalExample,
    OwnLevel,
    PlanVersion,
    SubGoal,
    Talk,
)
from workshop.progression.proofs.models import Proof
from workshop.sealed.models import AidUse
from workshop.services.visits.models import Resource
from workshop.tasks.activities.models import GroupActivity, GroupActivityPart
from workshop.tasks.helping.models import HelpCall
from workshop.tasks.models import Assignment, Competence, Participation, TaskRecord, TeamMember
from workshop.tasks.permits.models import ToolPermit
from workshop.tasks.remarks.models import RecordRemark
from workshop.tasks.wishing.models import TaskWish

Asked: TypeAlias = "sa.Select[*tuple[Any, ...]]"

LEFT_OUT = {
    "finish_ticket": "a key of a tablet for one task, worth nothing once it is used; the task itself is there",
    "sealed_note": "another person's notes about somebody: asked for with the contact person, answered within a month",
    "person_key": "the key that sealed texts are opened with",
}
"""Tables about a person that are not in the copy, and why."""


class Part(NamedTuple):
    """One part of a copy: its name for machines, its title on paper, its tables, and its question for one person."""

    key: str
    title: Any
    tables: frozenset[str]
    ask: Callable[[int], Asked]


def _part(key: str, title: Any, tables: str, ask: Callable[[int], Asked]) -> Part:
    return Part(key, title, frozenset(tables.split()), ask)


def _person(me: int) -> Asked:
    wanted = sa.select(
        Citizen.full_name, Citizen.display_name, Citizen.picture, Citizen.language, Department.name.label("department")
    )
    return wanted.join(Department, Department.id == Citizen.department_id).where(Citizen.id == me)


def _comfort(me: int) -> Asked:
    wanted = sa.select(Comfort.is_large, Comfort.is_high_contrast, Comfort.is_calm, Comfort.reads_aloud)
    return wanted.where(Comfort.citizen_id == me)


def _stays(me: int) -> Asked:
    wanted = sa.select(ProgrammeType.name.label("programme"), Enrolment.started_on, Enrolment.ends_on)
    joined = wanted.join(ProgrammeType, ProgrammeType.id == Enrolment.programme_type_id)
    return joined.where(Enrolment.citizen_id == me).order_by(Enrolment.started_on)


def _contacts(me: int) -> Asked:
    wanted = sa.select(ContactPerson.from_on, ContactPerson.until_on)
    return wanted.where(ContactPerson.citizen_id == me).order_by(ContactPerson.from_on, ContactPerson.id)


def _notes_yes(me: int) -> Asked:
    return sa.select(SealedNotesYes.said_at).where(SealedNotesYes.citizen_id == me).order_by(SealedNotesYes.said_at)


def _week_plan(me: int) -> Asked:
    wanted = sa.select(WeekPlanDay.valid_from, WeekPlanDay.weekday, WeekPlanDay.start_minute, WeekPlanDay.minutes)
    return wanted.where(WeekPlanDay.citizen_id == me).order_by(WeekPlanDay.valid_from, WeekPlanDay.weekday)


def _attendance(me: int) -> Asked:
    wanted = sa.select(AttendanceEntry.day, AttendanceEntry.mark, AttendanceEntry.notice_at, AttendanceEntry.came_at)
    return wanted.where(AttendanceEntry.citizen_id == me).order_by(AttendanceEntry.day)


def _tasks(me: int) -> Asked:
    wanted = sa.select(
        Assignment.day,
        Assignment.start_minute,
        Assignment.title,
        Assignment.state,
        Assignment.started_at,
        Assignment.finished_at,
        Assignment.paused_at,
        Assignment.paused_seconds,
        Assignment.declined_at,
    )
    return wanted.where(Assignment.citizen_id == me).order_by(Assignment.day, Assignment.id)


def _records(me: int) -> Asked:
    wanted = sa.select(
        TaskRecord.done_on,
        TaskRecord.title,
        TaskType.name.label("task"),
        Item.number.label("item_number"),
        TaskRecord.version,
        TaskRecord.status,
        Participation.minutes,
        Participation.support,
        Participation.quality,
        Participation.is_joint,
        Participation.felt,
        Participation.observation,
        TaskRecord.recorded_at,
        TaskRecord.confirmed_at,
        TaskRecord.why,
    )
    joined = (
        wanted.join(Participation, Participation.record_id == TaskRecord.id)
        .join(TaskType, TaskType.id == TaskRecord.task_type_id)
        .outerjoin(Item, Item.id == TaskRecord.item_id)
    )
    return joined.where(Participation.citizen_id == me).order_by(TaskRecord.done_on, TaskRecord.id)


def _aids(me: int) -> Asked:
    wanted = sa.select(TaskRecord.done_on, TaskRecord.title, AidUse.noted_at)
    joined = wanted.join(Participation, Participation.record_id == TaskRecord.id).join(
        AidUse, AidUse.participation_id == Participation.id
    )
    return joined.where(Participation.citizen_id == me).order_by(TaskRecord.done_on, TaskRecord.id)


def _remarks(me: int) -> Asked:
    wanted = sa.select(
        TaskRecord.done_on, TaskRecord.title, RecordRemark.text, RecordRemark.written_at, RecordRemark.withdrawn_at
    )
    joined = wanted.join(RecordRemark, RecordRemark.record_id == TaskRecord.id)
    return joined.where(RecordRemark.citizen_id == me).order_by(RecordRemark.written_at, RecordRemark.id)


def _wishes(me: int) -> Asked:
    wanted = sa.select(
        TaskType.name.label("task"),
        ActivityKind.name.label("kind_of_work"),
        Goal.title.label("goal"),
        TaskWish.own_words,
        TaskWish.made_at,
        TaskWish.ended_at,
    )
    joined = (
        wanted.select_from(TaskWish)
        .outerjoin(TaskType, TaskType.id == TaskWish.task_type_id)
        .outerjoin(ActivityKind, ActivityKind.id == TaskWish.activity_kind_id)
        .outerjoin(Goal, Goal.id == TaskWish.goal_id)
    )
    return joined.where(TaskWish.citizen_id == me).order_by(TaskWish.id)


def _calls(me: int) -> Asked:
    wanted = sa.select(HelpCall.wish, HelpCall.asked_at, HelpCall.answered_at, HelpCall.taken_back_at)
    return wanted.where(HelpCall.citizen_id == me).order_by(HelpCall.asked_at, HelpCall.id)


def _teams(me: int) -> Asked:
    wanted = sa.select(Resource.name.label("team")).join(TeamMember, TeamMember.resource_id == Resource.id)
    return wanted.where(TeamMember.citizen_id == me).order_by(Resource.name)


def _activities(me: int) -> Asked:
    wanted = sa.select(
        GroupActivity.day, GroupActivity.title, GroupActivityPart.took_part, GroupActivityPart.said_at
    ).join(GroupActivityPart, GroupActivityPart.activity_id == GroupActivity.id)
    return wanted.where(GroupActivityPart.citizen_id == me).order_by(GroupActivity.day, GroupActivity.id)


def _permits(me: int) -> Asked:
    wanted = sa.select(
        PermitKind.name.label("permit"),
        ToolPermit.on_what,
        ToolPermit.given_on,
        ToolPermit.see_again_on,
        ToolPermit.ended_on,
        ToolPermit.written_at,
    ).join(PermitKind, PermitKind.id == ToolPermit.permit_kind_id)
    return wanted.where(ToolPermit.citizen_id == me).order_by(ToolPermit.id)


def _plan(me: int) -> Asked:
    plan = DevelopmentPlan
    wanted = sa.select(plan.where_i_am, plan.where_i_want_to_be, plan.interests, plan.strengths, plan.started_on)
    return wanted.where(plan.citizen_id == me)


def _plan_versions(me: int) -> Asked:
    then = PlanVersion
    wanted = sa.select(
        then.version, then.where_i_am, then.where_i_want_to_be, then.interests, then.strengths, then.written_at
    ).join(DevelopmentPlan, DevelopmentPlan.id == then.plan_id)
    return wanted.where(DevelopmentPlan.citizen_id == me).order_by(then.version)


def _goals(me: int) -> Asked:
    wanted = sa.select(
        Goal.title,
        Goal.kind,
        Competence.name.label("competence"),
        Goal.target_level,
        Goal.target_of_ten,
        Goal.target_hours,
        Goal.state,
        Goal.own_words,
        Goal.started_on,
        Goal.ended_on,
    ).outerjoin(Competence, Competence.id == Goal.competence_id)
    return _of_plan(wanted, me).order_by(Goal.id)


def _steps(me: int) -> Asked:
    wanted = sa.select(
        Goal.title.label("goal"), SubGoal.title, SubGoal.state, SubGoal.started_on, SubGoal.ended_on
    ).join(SubGoal, SubGoal.goal_id == Goal.id)
    return _of_plan(wanted, me).order_by(Goal.id, SubGoal.position)


def _changes(me: int) -> Asked:
    wanted = (
        sa.select(
            Goal.title.label("goal"),
            SubGoal.title.label("step"),
            GoalChange.state,
            GoalChange.own_words,
            GoalChange.at.label("written_at"),
        )
        .join(GoalChange, GoalChange.goal_id == Goal.id)
        .outerjoin(SubGoal, SubGoal.id == GoalChange.sub_goal_id)
    )
    return _of_plan(wanted, me).order_by(GoalChange.id)


def _examples(me: int) -> Asked:
    wanted = (
        sa.select(Goal.title.label("goal"), SubGoal.title.label("step"), GoalExample.sentence, GoalExample.seen_on)
        .join(GoalExample, GoalExample.goal_id == Goal.id)
        .outerjoin(SubGoal, SubGoal.id == GoalExample.sub_goal_id)
    )
    return _of_plan(wanted, me).order_by(GoalExample.id)


def _talks(me: int) -> Asked:
    return sa.select(Talk.opened_at, Talk.closed_at).where(Talk.citizen_id == me).order_by(Talk.opened_at, Talk.id)


def _levels(me: int) -> Asked:
    agreed = AdoptedLevel
    wanted = sa.select(
        Competence.name.label("competence"),
        agreed.level,
        agreed.adopted_on,
        agreed.own_level,
        agreed.own_words,
        agreed.note,
        agreed.indicated_level,
    ).join(Competence, Competence.id == agreed.competence_id)
    return wanted.where(agreed.citizen_id == me).order_by(agreed.adopted_on, agreed.id)


def _own_levels(me: int) -> Asked:
    wanted = sa.select(Competence.name.label("competence"), OwnLevel.level, OwnLevel.own_words, OwnLevel.said_on).join(
        Competence, Competence.id == OwnLevel.competence_id
    )
    return wanted.where(OwnLevel.citizen_id == me).order_by(OwnLevel.said_on, OwnLevel.id)


def _card(me: int) -> Asked:
    card = CompetenceCard
    return sa.select(card.own_words, card.shows_work, card.changed_at).where(card.citizen_id == me)


def _off_card(me: int) -> Asked:
    wanted = sa.select(Competence.name.label("competence")).join(
        CardLeftOut, CardLeftOut.competence_id == Competence.id
    )
    return wanted.where(CardLeftOut.citizen_id == me).order_by(Competence.id)


def _proofs(me: int) -> Asked:
    wanted = sa.select(
        Competence.name.label("competence"), Proof.narrative, Proof.agreed_at, Proof.taken_back_at, Proof.signed
    )
    joined = wanted.join(AdoptedLevel, AdoptedLevel.id == Proof.adopted_level_id).join(
        Competence, Competence.id == AdoptedLevel.competence_id
    )
    return joined.where(Proof.citizen_id == me).order_by(Proof.id)


def _of_plan(wanted: Asked, me: int) -> Asked:
    return wanted.join(DevelopmentPlan, DevelopmentPlan.id == Goal.plan_id).where(DevelopmentPlan.citizen_id == me)


PARTS = (
    _part("person", lazy("Om dig"), "citizen", _person),
    _part("comfort", lazy("Sådan vil du have tabletten"), "comfort", _comfort),
    _part("stays", lazy("Dine forløb"), "enrolment", _stays),
    _part("contact_periods", lazy("Tid med kontaktperson"), "contact_person", _contacts),
    _part("yes_to_notes", lazy("Ja til, at en afløser læser noter"), "sealed_notes_yes", _notes_yes),
    _part("week_plan", lazy("Dine aftalte dage"), "week_plan_day", _week_plan),
    _part("attendance", lazy("Fremmøde"), "attendance_entry", _attendance),
    _part("tasks", lazy("Dine opgaver"), "assignment", _tasks),
    _part("records", lazy("Det, der er skrevet om dit arbejde"), "task_record participation", _records),
    _part("aids_used", lazy("Hjælpemidler i arbejdet"), "aid_use", _aids),
    _part("remarks", lazy("Det, du ser anderledes"), "record_remark", _remarks),
    _part("wishes", lazy("Dine ønsker"), "task_wish", _wishes),
    _part("calls", lazy("Gange, du har bedt om hjælp"), "help_call", _calls),
    _part("teams", lazy("Dine hold"), "team_member", _teams),
    _part("activities", lazy("Fælles aktiviteter"), "group_activity_part", _activities),
    _part("permits", lazy("Værktøj, du må bruge"), "tool_permit", _permits),
    _part("plan", lazy("Din plan"), "development_plan", _plan),
    _part("plan_before", lazy("Din plan over tid"), "plan_version", _plan_versions),
    _part("goals", lazy("Dine mål"), "goal", _goals),
    _part("goal_steps", lazy("Små skridt i dine mål"), "sub_goal", _steps),
    _part("goal_changes", lazy("Sådan er det gået med målene"), "goal_change", _changes),
    _part("goal_examples", lazy("Det, vi har set for dine mål"), "goal_example", _examples),
    _part("talks", lazy("Samtaler"), "talk", _talks),
    _part("levels", lazy("Det, vi har aftalt, du kan"), "adopted_level", _levels),
    _part("own_levels", lazy("Det, du selv har sagt, du kan"), "own_level", _own_levels),
    _part("card", lazy("Dit kompetencekort"), "competence_card", _card),
    _part("off_card", lazy("Det, der ikke skal stå på kortet"), "card_left_out", _off_card),
    _part("proofs", lazy("Dine beviser"), "proof", _proofs),
)
