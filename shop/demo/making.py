"""Orders of production: those behind what has been made, and those that are open this week."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from shop.demo.stage import GARDEN, WOOD, Stage
from shop.orders.pickup import SHIPPED
from workshop.production import actions as production
from workshop.production.models import OrderStep, ProductionOrder, StepState
from workshop.products.models import Item, ProductType

BENCH, LAST_STEP = "Havebænk uden ryglæn", "Slibe og olie en havebænk"
PLACES = ("Plads 1", "Plads 2", "Plads 3", "Savrummet", "Malerummet")


class Done(NamedTuple):
    """A finished step, for the records of whoever did it."""

    task_type_id: int
    day: date
    step_id: int
    title: str
    item_id: int | None
    department: str


class Open(NamedTuple):
    """An order under way: how many of its steps are done, whether the next is begun, and when it is due."""

    sku: str
    title: str
    pieces: int
    department: str
    done: int
    is_begun: bool
    due_in: int  # opening days ahead


OPEN_ORDERS: tuple[Open, ...] = (
    Open("HB-01", "Havebænk, 180 cm, til en kunde", 1, WOOD, 3, True, 3),
    Open("RM-01", "Kommode, grøn", 1, WOOD, 2, True, 7),
    Open("PA-01", "Sofamoduler, 2 stk.", 2, WOOD, 1, True, 8),
    Open("RM-02", "Seks stole til forsamlingshuset", 6, WOOD, 0, False, 15),
    Open("BT-03", "Fuglekasser, 10 stk.", 10, WOOD, 2, False, 10),
    Open("HO-01", "Højbed til børnehaven", 1, GARDEN, 1, True, 5),
    Open("PK-03", "Plantekasser med espalier, 4 stk.", 4, GARDEN, 0, False, 12),
)


def make_one(stage: Stage, sku: str, title: str, back: int) -> tuple[Item, list[Done]]:
    """One thing made step by step, a step each working day, the last one `back` working days ago."""
    department = _department_of(sku)
    kind = stage.kinds[sku]
    order = _open(stage, kind, title, 1, department, None, stage.workday(back + 8))
    steps = _steps(stage, order)
    days = [stage.workday(back + len(steps) - place) for place in range(1, len(steps) + 1)]
    # Only the last step goes through the rule, which numbers the thing; the others only need to stand as done.
    for step, day in zip(steps[:-1], days[:-1], strict=True):
        step.state, step.finished_at = StepState.FINISHED, stage.at(day, 12 * 60)
    stage.session.flush()
    items = production.finish_step(
        stage.session, steps[-1].id, base_url=stage.settings.base_url, now=stage.at(days[-1], 12 * 60)
    )
    done = [
        Done(step.task_type_id, day, step.id, step.title, items[0].id, department)
        for step, day in zip(steps, days, strict=True)
    ]
    return items[0], done


def open_orders(stage: Stage) -> tuple[list[Done], int]:
    """What is under way now, and the id of the step that is left of the bench, which nobody has been given."""
    done: list[Done] = []
    for each in OPEN_ORDERS:
        due_on = SHIPPED.opening_day_after(stage.today, each.due_in)
        order = _open(stage, stage.kinds[each.sku], each.title, each.pieces, each.department, due_on, stage.workday(9))
        steps = _steps(stage, order)
        done += _finish(stage, steps[: each.done], each.department)
        if each.is_begun:
            production.start_step(stage.session, steps[each.done].id)
    bench_done, last_step_id = _bench(stage)
    return done + bench_done, last_step_id


def _bench(stage: Stage) -> tuple[list[Done], int]:
    """A bench with one step left: sanding and oiling in one go, so the two usual last steps are skipped."""
    due_on = SHIPPED.opening_day_after(stage.today, 2)
    order = _open(stage, stage.kinds["HB-02"], BENCH, 1, WOOD, due_on, stage.workday(8))
    steps = _steps(stage, order)
    last = production.add_step(
        stage.session, order, task_type_id=stage.tasks["gf_sand"].id, title=LAST_STEP, place=PLACES[2]
    )
    done = _finish(stage, steps[:-2], WOOD)
    for step in steps[-2:]:
        production.skip_step(
            stage.session, step.id, base_url=stage.settings.base_url, now=stage.at(stage.workday(1), 13 * 60)
        )
    return done, last.id


def _open(
    stage: Stage, kind: ProductType, title: str, pieces: int, department: str, due_on: date | None, opened_on: date
) -> ProductionOrder:
    order = production.open_order(
        stage.session,
        product_type_id=kind.id,
        title=title,
        pieces=pieces,
        department_id=stage.departments[department],
        due_on=due_on,
        now=stage.at(opened_on, 8 * 60 + 15),
        by_staff_id=stage.staff_id("lone" if department == WOOD else "bjarne"),
    )
    for step in _steps(stage, order):
        step.place = stage.chance.choice(PLACES) if department == WOOD else "Haveskuret"
    stage.session.flush()
    return order


def _steps(stage: Stage, order: ProductionOrder) -> list[OrderStep]:
    wanted = sa.select(OrderStep).where(OrderStep.order_id == order.id).order_by(OrderStep.position)
    return list(stage.session.scalars(wanted))


def _finish(stage: Stage, steps: list[OrderStep], department: str) -> list[Done]:
    """Steps done on the last working days, one a day; nothing comes out of them yet."""
    done = []
    for place, step in enumerate(steps):
        day = stage.workday(len(steps) - place)
        production.finish_step(stage.session, step.id, base_url=stage.settings.base_url, now=stage.at(day, 12 * 60))
        done.append(Done(step.task_type_id, day, step.id, step.title, None, department))
    return done


def _department_of(sku: str) -> str:
    return GARDEN if sku.startswith(("HO-", "PK-")) else WOOD
