"""Changing the kinds of tasks and goods: said anew, no longer used, or taken away while nothing knows them yet."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean, search_key
from workshop.production.models import (
    CutPart,
    Demand,
    RouteStep,
    StockTarget,
    TaskStep,
    TaskType,
    TaskTypeDemand,
)
from workshop.production.types.models import PermitKind, TaskTypePermit, TaskTypePicture
from workshop.products import catalogue
from workshop.products.models import ProductMaterial, ProductType

MOST_STEPS = 30
LONGEST_KEY = 40


class EditedMeanwhile(Refusal):
    """Somebody else saved it first; the page shows both, and nothing is written."""


@dataclass(frozen=True)
class TaskFacts:
    """What a kind of task says: `values` are its own columns, the rest hangs on it."""

    values: Mapping[str, Any]
    steps: Sequence[str] = ()
    demand_keys: Collection[str] = ()
    permit_ids: Collection[int] = field(default_factory=tuple)
    new_permit: str = ""


def add_task(session: Session, facts: TaskFacts) -> TaskType:
    """One more kind of task. Raises Refusal without a name, or with one that is there already."""
    _check_name(session, TaskType, facts.values["name"], None)
    task = TaskType(key=_new_key(session, facts.values["name"]), **facts.values)
    session.add(task)
    session.flush()
    _hang_on(session, task.id, facts)
    return task


def edit_task(session: Session, task: TaskType, facts: TaskFacts, *, version: int) -> None:
    """Say a kind of task anew; orders that are open follow, for their steps only point at it.

    Raises EditedMeanwhile when it is not the version seen, Refusal for no name or one that another has.
    """
    _check_name(session, TaskType, facts.values["name"], task.id)
    _save(session, task, version, facts.values)
    _hang_on(session, task.id, facts)


def remove_task(session: Session, task: TaskType) -> None:
    """Take a kind of task away that nothing knows. Raises Refusal when something does; then it can be retired."""
    parts = (TaskStep, TaskTypeDemand, TaskTypePermit, TaskTypePicture)
    owned = [sa.delete(part).where(part.task_type_id == task.id) for part in parts]
    sentence = _("“%(name)s” er i brug og kan ikke slettes. Slå “Kan vælges” fra i stedet.", name=task.name)
    _remove(session, task, owned, sentence)


def add_good(session: Session, values: Mapping[str, Any], route: Sequence[int]) -> ProductType:
    """One more kind of goods, and the tasks it is made in. Raises Refusal for a number or name in use."""
    taken = session.scalar(sa.select(ProductType.id).where(ProductType.sku == values["sku"]))
    if taken is not None:
        raise Refusal(_("Varenummeret %(sku)s findes allerede. Vælg et andet.", sku=values["sku"]))
    _check_name(session, ProductType, values["name"], None)
    kind = ProductType(**values)
    session.add(kind)
    session.flush()
    _route(session, kind.id, route)
    return kind


def edit_good(
    session: Session, kind: ProductType, values: Mapping[str, Any], route: Sequence[int], *, version: int
) -> None:
    """Say a kind of goods anew. Orders keep their steps, and things that are made keep their words and prices.

    Raises EditedMeanwhile when it is not the version seen, Refusal for a name that another has.
    """
    _check_name(session, ProductType, values["name"], kind.id)
    _save(session, kind, version, values)
    catalogue.house_changed(session)
    _route(session, kind.id, route)


def remove_good(session: Session, kind: ProductType) -> None:
    """Take a kind of goods away that nothing knows. Raises Refusal when something does; then it can be retired."""
    parts = (RouteStep, CutPart, StockTarget, ProductMaterial)
    owned = [sa.delete(part).where(part.product_type_id == kind.id) for part in parts]
    sentence = _("“%(name)s” er i brug og kan ikke slettes. Slå “Kan vælges” fra i stedet.", name=kind.name)
    _remove(session, kind, owned, sentence)
    catalogue.house_changed(session)


def _check_name(session: Session, model: type[TaskType] | type[ProductType], name: str, own_id: int | None) -> None:
    if not clean(name):
        raise Refusal(_("Skriv et navn."))
    same = sa.select(model.id).where(model.name == name, model.id != (own_id or 0))
    if session.scalar(same.limit(1)) is not None:
        raise Refusal(_("Der er allerede en, der hedder “%(name)s”.", name=name))


def _new_key(session: Session, name: str) -> str:
    """A key out of the name, with a number where it is taken."""
    stem = re.sub(r"[^a-z0-9]+", "_", search_key(name)).strip("_")[: LONGEST_KEY - 4] or "opgave"
    taken = set(session.scalars(sa.select(TaskType.key).where(TaskType.key.startswith(stem, autoescape=True))))
    return next(key for key in (stem, *(f"{stem}_{each}" for each in range(2, 1_000))) if key not in taken)


def _save(session: Session, row: db.Base, version: int, values: Mapping[str, Any]) -> None:
    """One conditional UPDATE of a row as it was seen."""
    model: Any = type(row)
    this: Any = row
    saved = session.scalar(
        sa.update(model)
        .where(model.id == this.id, model.version == version)
        .values(version=model.version + 1, **values)
        .returning(model.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(row)
    if saved is None:
        raise EditedMeanwhile(_("En anden har rettet den imens. Se på begge dele, og gem det, der skal gælde."))


def _hang_on(session: Session, task_id: int, facts: TaskFacts) -> None:
    """Steps, demands and permits as they are said now; the caller holds the row of the task."""
    for part in (TaskStep, TaskTypeDemand, TaskTypePermit):
        session.execute(sa.delete(part).where(part.task_type_id == task_id))
    session.add_all(
        TaskStep(task_type_id=task_id, position=place, text=text[:300])
        for place, text in enumerate(facts.steps[:MOST_STEPS], 1)
    )
    demands = session.scalars(sa.select(Demand.id).where(Demand.key.in_(facts.demand_keys)))
    session.add_all(TaskTypeDemand(task_type_id=task_id, demand_id=each) for each in demands)
    permits = set(session.scalars(sa.select(PermitKind.id).where(PermitKind.id.in_(facts.permit_ids))))
    if name := clean(facts.new_permit)[:100]:
        permits.add(_permit(session, name).id)
    session.add_all(TaskTypePermit(task_type_id=task_id, permit_kind_id=each) for each in permits)
    session.flush()


def _permit(session: Session, name: str) -> PermitKind:
    """The permit of that name, made when there is none."""
    found = session.scalar(sa.select(PermitKind).where(PermitKind.name == name))
    if found is None:
        found = PermitKind(name=name)
        session.add(found)
        session.flush()
    return found


def _route(session: Session, kind_id: int, task_ids: Sequence[int]) -> None:
    session.execute(sa.delete(RouteStep).where(RouteStep.product_type_id == kind_id))
    session.add_all(
        RouteStep(product_type_id=kind_id, position=place, task_type_id=each) for place, each in enumerate(task_ids, 1)
    )
    session.flush()


def _remove(session: Session, row: db.Base, owned: Sequence[sa.Delete], sentence: str) -> None:
    """The database itself knows who points at a row: it refuses, and then nothing is gone."""
    model: Any = type(row)
    this: Any = row
    try:
        with session.begin_nested():
            for statement in owned:
                session.execute(statement, execution_options={"synchronize_session": False})
            session.execute(
                sa.delete(model).where(model.id == this.id), execution_options={"synchronize_session": False}
            )
    except IntegrityError as error:
        raise Refusal(sentence) from error
    session.expunge(row)
