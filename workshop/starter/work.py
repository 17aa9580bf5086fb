"""Kinds of work, tasks, what they ask, and what they can show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.production.models import ActivityKind, Demand, TaskStep, TaskType, TaskTypeDemand
from workshop.production.types.pictograms import PICTOGRAMS
from workshop.starter import cells
from workshop.starter.reading import Catalogue, Column, CsvFile, Report
from workshop.starter.storing import Counts, edited_here, ids, store
from workshop.tasks.models import Competence, LinkRole, TaskCompetenceLink

GROUPS = ("faglig", "arbejdsmæssig/personlig", "social", "sproglig", "digital", "fysisk/praktisk")


def numbers_in_a_row(catalogue: Catalogue, report: Report, file: str, owner: str, number: str = "step_no") -> None:
    """Say where the numbers of something's parts are not 1, 2, 3 ... in order."""
    last: defaultdict[str, int] = defaultdict(int)
    for row in catalogue[file]:
        if row[number] != last[row[owner]] + 1:
            reason = _("Numrene for %(owner)s skal være 1, 2, 3 og så videre i rækkefølge.", owner=row[owner])
            report.add(file, reason, row.line, number)
        last[row[owner]] = row[number]


def _steps_in_a_row(catalogue: Catalogue, report: Report) -> None:
    numbers_in_a_row(catalogue, report, "task_steps", "task_key")


def _every_task_shows_something(catalogue: Catalogue, report: Report) -> None:
    """A task without a core competence could never show more than level 2."""
    with_core = {row["task_key"] for row in catalogue["task_competences"] if row["role"] is LinkRole.CORE}
    for row in catalogue["task_types"]:
        if row["key"] not in with_core:
            reason = _("%(key)s har ingen kompetence med rollen core i task_competences.csv.", key=row["key"])
            report.add("task_types", reason, row.line, "key")


FILES = (
    CsvFile(
        "activity_kinds",
        (
            Column("key", cells.text(ActivityKind.key)),
            Column("name_da", cells.text(ActivityKind.name)),
            Column("short_da", cells.text(ActivityKind.short_name)),
            Column("pictogram", cells.text(ActivityKind.pictogram)),
        ),
    ),
    CsvFile(
        "demands",
        (
            Column("key", cells.text(Demand.key)),
            Column("name_da", cells.text(Demand.name)),
            Column("plain_da", cells.text(Demand.plain_text)),
        ),
    ),
    CsvFile(
        "task_types",
        (
            Column("key", cells.text(TaskType.key)),
            Column("activity_kind", cells.text(ActivityKind.key), names="activity_kinds"),
            Column("name_da", cells.text(TaskType.name)),
            Column("plain_da", cells.text(TaskType.plain_text)),
            Column("typical_minutes", cells.whole(1, 600)),
            Column("demands", cells.listed(), empty=[], names="demands"),
            Column("instruction_required", cells.yes_no),
            Column("protective_gear", cells.listed(), empty=[]),
            Column("quality_ok_da", cells.text(TaskType.quality_ok)),
            Column("batchable", cells.yes_no),
            Column("quality_redo_da", cells.text(TaskType.quality_redo), late=True),
            Column("quality_fix_da", cells.text(TaskType.quality_fix), late=True),
            Column("quality_better_da", cells.text(TaskType.quality_better), late=True),
            Column("pictogram", cells.word_of(*PICTOGRAMS), late=True),
        ),
        also=_every_task_shows_something,
    ),
    CsvFile(
        "task_steps",
        (
            Column("task_key", cells.text(TaskType.key), names="task_types"),
            Column("step_no", cells.whole(1, 99)),
            Column("text_da", cells.text(TaskStep.text)),
        ),
        key=("task_key", "step_no"),
        also=_steps_in_a_row,
    ),
    CsvFile(
        "competences",
        (
            Column("key", cells.text(Competence.key)),
            Column("group", cells.word_of(*GROUPS)),
            Column("name_da", cells.text(Competence.name)),
            Column("i_can_da", cells.text(Competence.i_can)),
            Column("anchor_1_da", cells.text(Competence.anchor_1)),
            Column("anchor_2_da", cells.text(Competence.anchor_2)),
            Column("anchor_3_da", cells.text(Competence.anchor_3)),
            Column("anchor_4_da", cells.text(Competence.anchor_4)),
            Column("esco_uri", cells.text(Competence.esco_uri), empty=""),
        ),
    ),
    CsvFile(
        "task_competences",
        (
            Column("task_key", cells.text(TaskType.key), names="task_types"),
            Column("competence_key", cells.text(Competence.key), names="competences"),
            Column("role", cells.one_of(LinkRole)),
            Column("usual_need", cells.whole(0, 4), late=True),
        ),
        key=("task_key", "competence_key"),
    ),
)


def store_work(session: Session, catalogue: Catalogue) -> dict[str, Counts]:
    """Bring kinds of work, tasks and competences into the database."""
    edited = edited_here(session, TaskType.key)
    counts = {
        "activity_kinds": _store_kinds(session, catalogue),
        "demands": _store_demands(session, catalogue),
        "task_types": _store_tasks(session, catalogue, edited),
    }
    tasks = ids(session, TaskType.key)
    counts["task_steps"] = _store_steps(session, catalogue, tasks, edited)
    counts["competences"] = _store_competences(session, catalogue)
    counts["task_competences"] = _store_links(session, catalogue, tasks)
    return counts


def _store_kinds(session: Session, catalogue: Catalogue) -> Counts:
    rows = [
        {
            "key": row["key"],
            "name": row["name_da"],
            "short_name": row["short_da"],
            "pictogram": row["pictogram"],
        }
        for row in catalogue["activity_kinds"]
    ]
    return store(session, ActivityKind, ("key",), rows).counts


def _store_demands(session: Session, catalogue: Catalogue) -> Counts:
    rows = [{"key": row["key"], "name": row["name_da"], "plain_text": row["plain_da"]} for row in catalogue["demands"]]
    return store(session, Demand, ("key",), rows).counts


def _store_tasks(session: Session, catalogue: Catalogue, edited: set[str]) -> Counts:
    kinds, demands = ids(session, ActivityKind.key), ids(session, Demand.key)
    said = [row for row in catalogue["task_types"] if row["key"] not in edited]
    rows = [
        {
            "key": row["key"],
            "activity_kind_id": kinds[row["activity_kind"]],
            "name": row["name_da"],
            "plain_text": row["plain_da"],
            "typical_minutes": row["typical_minutes"],
            "is_instruction_required": row["instruction_required"],
            "protective_gear": row["protective_gear"],
            "quality_ok": row["quality_ok_da"],
            "is_batchable": row["batchable"],
            **row.said(
                quality_redo="quality_redo_da",
                quality_fix="quality_fix_da",
                quality_better="quality_better_da",
                pictogram="pictogram",
            ),
        }
        for row in said
    ]
    stored = store(session, TaskType, ("key",), rows)
    tasks = ids(session, TaskType.key)
    asked = [
        {"task_type_id": tasks[row["key"]], "demand_id": demands[demand]} for row in said for demand in row["demands"]
    ]
    key = ("task_type_id", "demand_id")
    named = [tasks[row["key"]] for row in said]
    parts = store(session, TaskTypeDemand, key, asked, owner="task_type_id", owners=named)
    counts = stored.counts_with_parts({(name,): number for name, number in tasks.items()}, parts)
    return replace(counts, kept=len(catalogue["task_types"]) - len(said))


def _store_steps(session: Session, catalogue: Catalogue, tasks: dict[str, int], edited: set[str]) -> Counts:
    said = [row for row in catalogue["task_steps"] if row["task_key"] not in edited]
    rows = [
        {"task_type_id": tasks[row["task_key"]], "position": row["step_no"], "text": row["text_da"]} for row in said
    ]
    owners = [tasks[row["key"]] for row in catalogue["task_types"] if row["key"] not in edited]
    key = ("task_type_id", "position")
    counts = store(session, TaskStep, key, rows, owner="task_type_id", owners=owners).counts
    return replace(counts, kept=len(catalogue["task_steps"]) - len(said))


def _store_competences(session: Session, catalogue: Catalogue) -> Counts:
    anchors = ("anchor_1", "anchor_2", "anchor_3", "anchor_4")
    edited = edited_here(session, Competence.key)
    said = [row for row in catalogue["competences"] if row["key"] not in edited]
    rows = [
        {
            "key": row["key"],
            "group": row["group"],
            "name": row["name_da"],
            "i_can": row["i_can_da"],
            "esco_uri": row["esco_uri"],
            **{anchor: row[f"{anchor}_da"] for anchor in anchors},
        }
        for row in said
    ]
    counts = store(session, Competence, ("key",), rows).counts
    return replace(counts, kept=len(catalogue["competences"]) - len(said))


def _store_links(session: Session, catalogue: Catalogue, tasks: dict[str, int]) -> Counts:
    """Links as they were from the start. Those the workshop has ended or said anew since stay as they are."""
    competences = ids(session, Competence.key)
    start = TaskCompetenceLink.valid_from == TaskCompetenceLink.FROM_THE_START
    ended = session.execute(
        sa.select(TaskCompetenceLink.task_type_id, TaskCompetenceLink.competence_id).where(
            start, TaskCompetenceLink.valid_to.is_not(None)
        )
    )
    kept = {(task, competence) for task, competence in ended}
    rows = [
        {
            "task_type_id": tasks[row["task_key"]],
            "competence_id": competences[row["competence_key"]],
            "role": row["role"],
            "valid_from": TaskCompetenceLink.FROM_THE_START,
            **row.said(usual_need="usual_need"),
        }
        for row in catalogue["task_competences"]
        if (tasks[row["task_key"]], competences[row["competence_key"]]) not in kept
    ]
    counts = store(session, TaskCompetenceLink, ("task_type_id", "competence_id", "valid_from"), rows).counts
    return replace(counts, kept=len(catalogue["task_competences"]) - len(rows))
