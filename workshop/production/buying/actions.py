"""A line of the purchase list is wanted, ordered, and then received or dropped; each step counts once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.buying import queries
from workshop.production.models import MaterialCause, PurchaseFor, PurchaseLine, PurchaseState
from workshop.production.stores import actions as stores
from workshop.production.stores import amounts, ledger
from workshop.production.stores.ledger import Why
from workshop.products.models import Material


class Overtaken(Refusal):
    """The line has changed since the page was opened."""


@dataclass(frozen=True)
class Wanted:
    """What somebody wants bought: a material of ours, or anything in words."""

    material: Material | None
    text: str
    quantity: Decimal
    unit: str = ""
    supplier: str = ""
    expected_on: date | None = None
    order_id: int | None = None


def want(
    session: Session,
    wanted: Wanted,
    *,
    once: str,
    now: datetime,
    by_staff_id: int | None,
    for_what: PurchaseFor = PurchaseFor.WORKSHOP,
) -> bool:
    """Put a line on the list. `once` is the word of the form and becomes the line's id; False when it is there.

    Raises Refusal for nothing at all, no amount, or half a piece of what is counted.
    """
    unit = wanted.material.unit if wanted.material else clean(wanted.unit)
    words = clean(wanted.text) or (wanted.material.name if wanted.material else "")
    if not words:
        raise Refusal(_("Skriv, hvad der skal købes, eller vælg et materiale."))
    if wanted.quantity <= 0:
        raise Refusal(_("Skriv, hvor meget det er."))
    amounts.must_fit(wanted.quantity, unit)
    line = PurchaseLine(
        public_id=once,
        material_id=wanted.material.id if wanted.material else None,
        text=words[:200],
        quantity=wanted.quantity,
        unit=unit[:20],
        supplier=clean(wanted.supplier)[:100],
        for_what=for_what,
        expected_on=wanted.expected_on,
        order_id=wanted.order_id,
        created_at=now,
        by_staff_id=by_staff_id,
    )
    try:
        with session.begin_nested():
            session.add(line)
    except IntegrityError:
        return False  # the first tap of the same button was quicker
    return True


def want_missing(session: Session, keys: Collection[str], *, now: datetime, by_staff_id: int | None) -> int:
    """Put what is missing of these materials on the list, as it is missing now; how many lines that became.

    What is on the list already is not missing any more, so a second tap adds nothing.
    """
    chosen = [row for row in queries.suggestions(session) if row.key in keys]
    for row in sorted(chosen, key=lambda row: row.material_id):
        ledger.wait_for(session, row.material_id)  # two taps pass one by one
    missing = [row for row in queries.suggestions(session) if row.key in keys]
    session.add_all(
        PurchaseLine(
            material_id=row.material_id,
            text=row.name,
            quantity=row.lacks,
            unit=row.unit,
            supplier=row.supplier,
            created_at=now,
            by_staff_id=by_staff_id,
        )
        for row in missing
    )
    session.flush()
    return len(missing)


def edit(session: Session, line: PurchaseLine, *, seen: str, wanted: Wanted, for_what: PurchaseFor) -> None:
    """Change a line that is not ended. `seen` is the mark of what the editor saw.

    Raises Overtaken when somebody else has changed it since.
    """
    _must_be_open(line)
    if mark_of(line) != seen:
        raise Overtaken(_("En anden har rettet linjen imens. Se den igen, og gem det, der skal stå."))
    if wanted.quantity <= 0:
        raise Refusal(_("Skriv, hvor meget det er."))
    amounts.must_fit(wanted.quantity, line.unit)
    line.quantity = wanted.quantity
    line.supplier, line.expected_on, line.for_what = clean(wanted.supplier)[:100], wanted.expected_on, for_what
    session.flush()


def order(session: Session, public_ids: Sequence[str], *, expected_on: date | None) -> int:
    """These lines have been ordered, and should come on a day; how many. Those ordered before are left as they are."""
    changes: dict[str, object] = {"state": PurchaseState.ORDERED}
    if expected_on is not None:
        changes["expected_on"] = expected_on
    ordered = session.scalars(
        sa.update(PurchaseLine)
        .where(PurchaseLine.public_id.in_(public_ids), PurchaseLine.state == PurchaseState.WANTED)
        .values(changes)
        .returning(PurchaseLine.id),
        execution_options={"synchronize_session": False},
    ).all()
    session.expire_all()
    return len(ordered)


def receive(
    session: Session, line: PurchaseLine, amount: Decimal, *, seen: Decimal, now: datetime, by_staff_id: int | None
) -> PurchaseLine | None:
    """So much of a line has come; a material goes into the stock. The rest of it (a line of its own) is still expected.

    `line` is locked; `seen` is how much the page said was expected, so a second tap finds that it has come.
    Gives what is still expected, None when all of it came. Raises Refusal when the line is ended, Overtaken when
    some of it came meanwhile.
    """
    _must_be_open(line)
    if line.quantity != seen:
        now_expected = amounts.text(line.quantity, line.unit)
        raise Overtaken(_("Noget af det er kommet imens. Der ventes nu %(rest)s.", rest=now_expected))
    if amount <= 0:
        raise Refusal(_("Skriv, hvor meget der er kommet."))
    amounts.must_fit(amount, line.unit)
    rest = _split(session, line, line.quantity - amount) if amount < line.quantity else None
    line.quantity = amount
    line.state, line.ended_at = PurchaseState.RECEIVED, now
    session.flush()
    if line.material_id is not None:
        why = Why(MaterialCause.BOUGHT, now, by_staff_id, line.order_id, note=line.supplier, reference=_reference(line))
        stores.put_in(session, session.get_one(Material, line.material_id), amount, why)
    return rest


def drop(session: Session, line: PurchaseLine, *, now: datetime) -> None:
    """It is not bought after all; a second time changes nothing."""
    if line.state is PurchaseState.DROPPED:
        return
    _must_be_open(line)
    line.state, line.ended_at = PurchaseState.DROPPED, now
    session.flush()


def mark_of(line: PurchaseLine) -> str:
    """A mark that is another whenever what can be edited is."""
    day = line.expected_on.isoformat() if line.expected_on else ""
    return "|".join((amounts.text(line.quantity), line.supplier, line.for_what.value, day, line.state.value))


def _split(session: Session, line: PurchaseLine, rest: Decimal) -> PurchaseLine:
    """What is still expected keeps its day, its supplier and where it stands."""
    made = PurchaseLine(
        material_id=line.material_id,
        text=line.text,
        quantity=rest,
        unit=line.unit,
        supplier=line.supplier,
        for_what=line.for_what,
        expected_on=line.expected_on,
        state=line.state,
        order_id=line.order_id,
        created_at=line.created_at,
        by_staff_id=line.by_staff_id,
    )
    session.add(made)
    return made


def _reference(line: PurchaseLine) -> str:
    return f"purchase:{line.public_id}"


def _must_be_open(line: PurchaseLine) -> None:
    if line.state is PurchaseState.RECEIVED:
        raise Refusal(_("Det er kommet og lagt på lager."))
    if line.state is PurchaseState.DROPPED:
        raise Refusal(_("Linjen er droppet. Skriv en ny, hvis det skal købes alligevel."))
