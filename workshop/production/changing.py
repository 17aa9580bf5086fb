"""How an order and its steps are changed: held by its row, and one conditional UPDATE each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.models import OrderState, OrderStep, ProductionOrder, StepState

DONE = (StepState.FINISHED, StepState.SKIPPED)


class EditedMeanwhile(Refusal):
    """Somebody else changed or ended the order first; the page shows both, and nothing is written."""


def set_state(
    session: Session,
    step_id: int,
    state: StepState,
    condition: sa.ColumnElement[bool],
    finished_at: datetime | None = None,
) -> bool:
    """One conditional UPDATE of a step; whether it took place. A copy in the session is read anew."""
    changed = session.scalar(
        sa.update(OrderStep)
        .where(OrderStep.id == step_id, condition)
        .values(state=state, finished_at=finished_at)
        .returning(OrderStep.id),
        execution_options={"synchronize_session": False},
    )
    forget_steps(session, "state", "finished_at")
    return changed is not None


def close(session: Session, order_id: int, state: OrderState, now: datetime) -> bool:
    """Close an open order. Whether this was the one that did."""
    closed = session.scalar(
        sa.update(ProductionOrder)
        .where(ProductionOrder.id == order_id, ProductionOrder.state == OrderState.OPEN)
        .values(state=state, finished_at=now)
        .returning(ProductionOrder.id),
        execution_options={"synchronize_session": False},
    )
    return closed is not None


def save(session: Session, order: ProductionOrder, version: int, values: dict[str, Any]) -> None:
    """One conditional UPDATE of an open order as it was seen."""
    saved = session.scalar(
        sa.update(ProductionOrder)
        .where(
            ProductionOrder.id == order.id,
            ProductionOrder.state == OrderState.OPEN,
            ProductionOrder.version == version,
        )
        .values(version=ProductionOrder.version + 1, **values)
        .returning(ProductionOrder.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(order)
    if saved is not None:
        return
    if order.state is not OrderState.OPEN:
        raise EditedMeanwhile(_("En anden har lukket ordren imens. Det, du skrev, er ikke gemt."))
    raise EditedMeanwhile(_("En anden har rettet ordren imens. Se på begge dele, og gem det, der skal gælde."))


def forget_steps(session: Session, *names: str) -> None:
    """Let the session read these columns of the steps it holds anew."""
    for loaded in session.identity_map.values():
        if isinstance(loaded, OrderStep):
            session.expire(loaded, names)


def steps_left(session: Session, order_id: int) -> Sequence[int]:
    """The ids of the steps that are not done, in their order."""
    left = sa.select(OrderStep.id).where(OrderStep.order_id == order_id, OrderStep.state.not_in(DONE))
    return session.scalars(left.order_by(OrderStep.position)).all()


def lock(session: Session, order_id: int) -> None:
    """Hold an order until the block ends, whatever its state."""
    session.execute(sa.select(ProductionOrder.id).where(ProductionOrder.id == order_id).with_for_update())


def lock_open(session: Session, order_id: int) -> None:
    """Hold an order until the block ends. Raises Refusal when it is not open any more."""
    is_open = session.scalar(
        sa.select(ProductionOrder.id)
        .where(ProductionOrder.id == order_id, ProductionOrder.state == OrderState.OPEN)
        .with_for_update()
    )
    if is_open is None:
        raise Refusal(_("Ordren er ikke åben mere."))
