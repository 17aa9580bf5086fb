"""Changing one's mind: declared by anybody, matched with its order later, settled or refused by staff. Twice is once.

A declaration is kept and answered without looking whether the order exists, so nobody can learn that from it. A sweep
finds the order afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.orders import actions as orders
from shop.orders import story
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, Order, OrderState
from shop.orders.withdrawing import books, deadlines, mails, queries, services
from shop.orders.withdrawing.models import Withdrawal, WithdrawalLine, WithdrawalState
from workshop.core import clock, db
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _

MOST_RECEIPTS = 5  # for one mail address in RECEIPTS_WITHIN; what is declared beyond them is kept all the same
RECEIPTS_WITHIN = timedelta(hours=1)
OPEN = frozenset({OrderState.PLACED, OrderState.SECURED, OrderState.NEEDS_ATTENTION})


def declare(
    session: Session,
    *,
    once: str,
    name: str,
    email: str,
    order_number: str,
    lines_text: str,
    line_quantities: Mapping[int, int],
    head: Letterhead,
    now: datetime,
    own_order: str | None = None,
) -> Withdrawal:
    """Keep what somebody declared, and write its receipt. The same form, or the same words within the hour, is once.

    `own_order` is the public id of an order this browser was let in to; its lines may be chosen (`line_quantities`,
    order line id -> pieces). Without it nothing is looked up. Raises Refusal for a line that cannot be withdrawn from.
    """
    address = email.strip().lower()
    order = orders.load(session, own_order) if own_order is not None else None  # locked: a double press waits here
    before = _declared_before(session, once, name, address, order_number, lines_text, now, is_own=order is not None)
    if before is not None:
        return before
    has_receipt = queries.receipts_since(session, address, now - RECEIPTS_WITHIN) < MOST_RECEIPTS
    withdrawal = Withdrawal(
        once=once,
        name=name,
        email=address,
        order_number=order.number if order else order_number,
        lines_text=_chosen_text(session, order, line_quantities, now) if order else lines_text,
        received_at=now,
    )
    try:
        with session.begin_nested():
            session.add(withdrawal)
            session.flush()
    except IntegrityError:  # the same form, pressed twice at once: the first one is kept
        return session.scalars(sa.select(Withdrawal).where(Withdrawal.once == once)).one()
    if order is not None:
        session.add_all(
            WithdrawalLine(withdrawal_id=withdrawal.id, order_line_id=line, quantity=count)
            for line, count in line_quantities.items()
        )
        _belongs_to(session, withdrawal, order, now)
    if has_receipt:
        mails.withdrawal_received(session, withdrawal, head, now)
    return withdrawal


def _declared_before(
    session: Session,
    once: str,
    name: str,
    address: str,
    order_number: str,
    lines_text: str,
    now: datetime,
    *,
    is_own: bool,
) -> Withdrawal | None:
    same_form = session.scalar(sa.select(Withdrawal).where(Withdrawal.once == once))
    if same_form is not None or is_own:
        return same_form
    return session.scalar(
        sa.select(Withdrawal)
        .where(
            Withdrawal.received_at > now - RECEIPTS_WITHIN,
            Withdrawal.email == address,
            Withdrawal.name == name,
            Withdrawal.order_number == order_number,
            Withdrawal.lines_text == lines_text,
        )
        .limit(1)
    )


def _chosen_text(session: Session, order: Order, chosen: Mapping[int, int], now: datetime) -> str:
    """The chosen lines in words. Raises Refusal."""
    if not chosen:
        raise Refusal(_("Vælg mindst én ting."))
    deadline = queries.deadline_of(session, order)
    if not deadlines.is_in_time(clock.local_day(now), deadline):
        raise Refusal(_("Fristen for at fortryde er gået. Er der noget galt med varen, så brug reklamation."))
    texts = []
    book, waiting = books.read(session, order), queries.waiting_pieces(session, order.id)
    for line_id, count in chosen.items():
        left = book.line(line_id)
        if left is None or not 1 <= count <= left.pieces - waiting.get(line_id, 0):
            raise Refusal(_("Så mange er der ikke på ordren. Se antallet efter."))
        if left.is_made_to_measure:
            raise Refusal(_("Det, der er lavet efter dit eget mål, kan ikke fortrydes."))
        texts.append(f"{left.line.title}{f' × {count}' if count > 1 else ''}")
    return "; ".join(texts)


def match_waiting(now: datetime) -> int:
    """Find what was declared without signing in, orders and jobs: number and mail address have to fit. How many."""
    with db.reading() as session:
        found = queries.unmatched(session)
    for withdrawal_id, public_id in found:
        with db.transaction() as session:
            order = orders.load(session, public_id)
            withdrawal = _locked_by_id(session, withdrawal_id)
            if withdrawal.order_id is None and withdrawal.state is WithdrawalState.RECEIVED:
                _belongs_to(session, withdrawal, order, now)
    return len(found) + services.match_waiting()


def attach(session: Session, public_id: str, order_number: str, *, now: datetime) -> None:
    """Staff say which order or job a declaration is about. Raises Refusal when there is none, or it is settled."""
    of_service = queries.service_number(order_number)
    if of_service is not None:
        services.attach(session, _waiting(session, public_id), of_service)
        return
    found = queries.by_number(session, order_number)
    if found is None:
        raise Refusal(_("Der er ingen ordre med det nummer."))
    former = session.scalar(
        sa.select(Order.public_id)
        .join(Withdrawal, Withdrawal.order_id == Order.id)
        .where(Withdrawal.public_id == public_id)
    )
    locked = {each: orders.load(session, each) for each in sorted({found, former or found})}
    order, withdrawal = locked[found], _waiting(session, public_id)
    if withdrawal.order_id == order.id:
        return
    if former is not None:
        _was_of_another(session, locked[former], now)
    session.execute(sa.delete(WithdrawalLine).where(WithdrawalLine.withdrawal_id == withdrawal.id))
    services.let_go(session, withdrawal)
    _belongs_to(session, withdrawal, order, now)


def _was_of_another(session: Session, former: Order, now: datetime) -> None:
    """Staff took the wrong order for the one it is about: nothing of it waits any more."""
    story.tell(session, former, _("Fortrydelsen hørte til en anden ordre."), now)
    if former.attention == waiting_text():
        former.attention = ""


def _belongs_to(session: Session, withdrawal: Withdrawal, order: Order, now: datetime) -> None:
    """Tie a declaration to a locked order, and tell staff who look at the order."""
    withdrawal.order_id = order.id
    withdrawal.deadline_on = queries.deadline_of(session, order)
    story.tell(session, order, _("Kunden har fortrudt: %(what)s.", what=withdrawal.lines_text or _("hele ordren")), now)
    if order.state in OPEN and not order.attention:
        order.attention = waiting_text()
    session.flush()


def waiting_text() -> str:
    """What stands on an order that should not be handed over before its withdrawal is settled."""
    return _("Kunden har fortrudt. Afgør det under Fortrydelser, før noget udleveres.")


def refuse(
    session: Session, public_id: str, *, reason: str, head: Letterhead, now: datetime, by_staff_id: int | None
) -> None:
    """Say no, with the reason, by mail. Raises Refusal once it was settled otherwise."""
    withdrawal = _ended(session, public_id, WithdrawalState.REFUSED, reason, now, by_staff_id)
    if withdrawal is not None:
        mails.withdrawal_refused(session, withdrawal, reason, head, now)


def settle(session: Session, public_id: str, *, note: str, now: datetime, by_staff_id: int | None) -> None:
    """Write that a declaration is settled; what was done about it is in the order. Raises Refusal if it was refused."""
    _ended(session, public_id, WithdrawalState.SETTLED, note, now, by_staff_id)


def call_off(session: Session, public_id: str, *, head: Letterhead, now: datetime, by_staff_id: int | None) -> str:
    """Settle by ending the whole order before hand-over: reserved money is let go. The order's public id.

    Raises Refusal when it has been handed over, or belongs to no order yet.
    """
    order = _order_of(session, public_id)
    orders.cancel(session, order.public_id, cause=CancelCause.CUSTOMER, head=head, now=now, by_staff_id=by_staff_id)
    settle(session, public_id, note=_("Ordren er annulleret."), now=now, by_staff_id=by_staff_id)
    return order.public_id


def _order_of(session: Session, public_id: str) -> Order:
    """The locked order of a declaration. Locks go payment, order, and then the declaration."""
    found = session.scalar(
        sa.select(Order.public_id)
        .join(Withdrawal, Withdrawal.order_id == Order.id)
        .where(Withdrawal.public_id == public_id)
    )
    if found is None:
        raise Refusal(_("Find først ordren, som det drejer sig om."))
    return orders.load(session, found)


def _ended(
    session: Session,
    public_id: str,
    state: WithdrawalState,
    note: str,
    now: datetime,
    by_staff_id: int | None,
) -> Withdrawal | None:
    """The declaration, ended just now; None when it had ended the same way before."""
    has_order = session.scalar(sa.select(Withdrawal.order_id).where(Withdrawal.public_id == public_id)) is not None
    order = _order_of(session, public_id) if has_order else None
    ended = session.execute(
        sa.update(Withdrawal)
        .where(Withdrawal.public_id == public_id, Withdrawal.state == WithdrawalState.RECEIVED)
        .values(state=state, note=note[:300], ended_at=now, by_staff_id=by_staff_id)
        .execution_options(synchronize_session=False)
        .returning(Withdrawal.id)
    ).scalar_one_or_none()
    withdrawal = session.scalar(
        sa.select(Withdrawal).where(Withdrawal.public_id == public_id).execution_options(populate_existing=True)
    )
    if withdrawal is None:
        raise NotHere
    if ended is None and withdrawal.state is not state:
        raise Refusal(_("Fortrydelsen er allerede afgjort."))
    if ended is None:
        return None
    services.let_go(session, withdrawal)
    if order is not None:
        order.attention = "" if order.attention == waiting_text() else order.attention
        story.tell(session, order, _said(state, note), now, by_staff_id=by_staff_id)
    return withdrawal


def _said(state: WithdrawalState, note: str) -> str:
    if state is WithdrawalState.REFUSED:
        return _("Fortrydelsen er afvist: %(why)s", why=note)
    return _("Fortrydelsen er afgjort. %(note)s", note=note).strip()


def _waiting(session: Session, public_id: str) -> Withdrawal:
    """A declaration that waits for us, locked. Raises NotHere, Refusal."""
    withdrawal = session.scalar(
        sa.select(Withdrawal)
        .where(Withdrawal.public_id == public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if withdrawal is None:
        raise NotHere
    if withdrawal.state is not WithdrawalState.RECEIVED:
        raise Refusal(_("Fortrydelsen er allerede afgjort."))
    return withdrawal


def _locked_by_id(session: Session, withdrawal_id: int) -> Withdrawal:
    return session.get_one(Withdrawal, withdrawal_id, with_for_update=True, populate_existing=True)
