"""Giving money back, line by line: never above what was paid, each piece once, each øre of VAT once.

The order is locked first, so two refunds of one order wait for each other. What may not be passed stands in the
database too: `returned` of a line, `refunded_ore` of a payment, the form's word of a refund.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import actions as orders
from shop.orders import ending, story, totals
from shop.orders.letterhead import Letterhead
from shop.orders.making import actions as making
from shop.orders.models import CancelCause, Order, OrderLine, OrderState
from shop.orders.withdrawing import actions, books, mails
from shop.orders.withdrawing.books import Books, LineLeft, RefundChoice
from shop.orders.withdrawing.models import Refund, RefundLine, Withdrawal
from shop.payments.actions import due_key, owe_part_back
from shop.payments.models import Deed, PaymentDue, PaymentState
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.money import PayMeans, kr
from workshop.products import actions as products
from workshop.products import returning


def refund(
    session: Session,
    order: Order,
    *,
    once: str,
    lines: Sequence[RefundChoice],
    delivery_ore: int,
    means: PayMeans | None,
    reason: str,
    withdrawal_id: int | None,
    head: Letterhead,
    now: datetime,
    by_staff_id: int | None,
) -> Refund:
    """Give money back for lines of an order. `once` is the form's word: the same form again is the same refund.

    To a card it goes by itself (`means` is None then); what was paid at the desk is given back by `means`.
    Raises Refusal for more than is left of a line, of the delivery or of what was paid, and when nothing was paid yet.
    """
    order = orders.load(session, order.public_id)
    before = session.scalar(sa.select(Refund).where(Refund.once == once))
    if before is not None:
        if before.order_id != order.id:
            raise Refusal(_("Siden er for gammel. Åbn den igen."))
        return before
    book = books.read(session, order)
    chosen = [choice for choice in lines if choice.quantity or choice.amount_ore]
    amount = sum(choice.amount_ore for choice in chosen) + delivery_ore
    _check(book, chosen, delivery_ore, amount)
    if book.payment is None and means is None:
        raise Refusal(_("Vælg, hvordan pengene bliver betalt tilbage."))
    made = Refund(
        once=once,
        order_id=order.id,
        withdrawal_id=withdrawal_id,
        amount_ore=amount,
        delivery_ore=delivery_ore,
        vat_ore=books.vat_given_back(book, chosen, delivery_ore),
        means=None if book.payment is not None else means,
        reason=reason,
        at=now,
        by_staff_id=by_staff_id,
    )
    session.add(made)
    session.flush()
    for choice in chosen:
        _give_back(session, order, made, choice, now, by_staff_id)
    if book.payment is not None:
        owe_part_back(session, book.payment, amount, now, cause=made.public_id)
    _tell(session, book, made, chosen, head, now)
    _close_when_all_is_back(session, order, now)
    if withdrawal_id is not None:
        declared = session.scalar(sa.select(Withdrawal.public_id).where(Withdrawal.id == withdrawal_id))
        note = _("%(amount)s betalt tilbage.", amount=kr(amount))
        actions.settle(session, declared or "", note=note, now=now, by_staff_id=by_staff_id)
    return made


def _check(book: Books, chosen: Sequence[RefundChoice], delivery_ore: int, amount: int) -> None:
    """Raises Refusal."""
    if amount <= 0:
        raise Refusal(_("Skriv, hvor meget der skal betales tilbage."))
    if not book.paid_ore:
        raise Refusal(_("Der er ikke taget nogen penge endnu. Annullér ordren, eller tag varen ud af den."))
    for choice in chosen:
        left = book.line(choice.order_line_id)
        if left is None or choice.quantity < 0 or choice.amount_ore < 0:
            raise Refusal(_("Siden er for gammel. Åbn den igen."))
        if choice.quantity > left.pieces:
            raise Refusal(_("%(title)s: så mange er der ikke tilbage at give penge for.", title=left.line.title))
        if choice.amount_ore > left.left_ore:
            most = kr(left.left_ore)
            raise Refusal(_("%(title)s: der kan højst betales %(most)s tilbage.", title=left.line.title, most=most))
    if not 0 <= delivery_ore <= book.delivery_left_ore:
        raise Refusal(_("Der kan højst betales %(most)s tilbage for levering.", most=kr(book.delivery_left_ore)))
    if amount > book.free_ore:
        raise Refusal(_("Der kan højst betales %(most)s tilbage i alt.", most=kr(book.free_ore)))


def _give_back(
    session: Session, order: Order, made: Refund, choice: RefundChoice, now: datetime, by_staff_id: int | None
) -> None:
    session.add(
        RefundLine(
            refund_id=made.id,
            order_line_id=choice.order_line_id,
            quantity=choice.quantity,
            amount_ore=choice.amount_ore,
            is_restocked=choice.is_restocked and choice.quantity > 0,
        )
    )
    session.flush()
    if choice.quantity:
        _come_back(
            session, order, choice.order_line_id, choice.quantity, choice.is_restocked, now=now, by_staff_id=by_staff_id
        )


def _come_back(
    session: Session,
    order: Order,
    order_line_id: int,
    quantity: int,
    is_restocked: bool,
    *,
    now: datetime,
    by_staff_id: int | None,
) -> None:
    """Count pieces of a line as given back, and put the things where staff said. Raises Refusal."""
    counted = session.execute(
        sa.update(OrderLine)
        .where(OrderLine.id == order_line_id, OrderLine.returned + quantity <= OrderLine.quantity)
        .values(returned=OrderLine.returned + quantity)
        .execution_options(synchronize_session=False)
        .returning(OrderLine.id)
    )
    if counted.scalar_one_or_none() is None:
        raise Refusal(_("Så mange er der ikke tilbage af den."))
    line = next(line for line in order.lines if line.id == order_line_id)
    session.refresh(line, ["returned"])
    things = [(line.item_id, quantity)] if line.item_id is not None else making.give_back(session, order, line, now)
    for item_id, pieces in things:
        if is_restocked:
            products.return_to_stock(session, item_id, pieces, reference=order.number, now=now)
        else:
            returning.take_aside(session, item_id, pieces, reference=order.number, now=now, by_staff_id=by_staff_id)


def _tell(
    session: Session, book: Books, made: Refund, chosen: Sequence[RefundChoice], head: Letterhead, now: datetime
) -> None:
    titles = {left.line.id: left.line.title for left in book.lines}
    parts = [(titles[choice.order_line_id], choice.quantity, choice.amount_ore) for choice in chosen]
    what = "; ".join(title for title, _pieces, _ore in parts) or _("levering")
    text = _("%(amount)s betales tilbage: %(what)s.", amount=kr(made.amount_ore), what=what)
    story.tell(session, book.order, text, now, by_staff_id=made.by_staff_id)
    mails.refunded(session, book.order, made, parts, head, now)


def _close_when_all_is_back(session: Session, order: Order, now: datetime) -> None:
    """An order the customer has nothing of any more is over; before hand-over it is as if it had been called off."""
    if all(line.returned == line.quantity for line in order.lines):
        if order.handed_over_at is not None:
            order.state = OrderState.CLOSED
            order.ended_at = order.ended_at or now
        elif order.state in orders.OPEN:
            ending.mark_cancelled(session, order, CancelCause.CUSTOMER, now)
            order.attention = ""
    session.flush()


def take_off(
    session: Session,
    public_id: str,
    *,
    pieces: Sequence[tuple[int, int]],
    withdrawal: str | None,
    head: Letterhead,
    now: datetime,
    by_staff_id: int | None,
) -> None:
    """Take lines (order line id, pieces) off an order before hand-over, while nothing has been taken for it.

    The rest costs less, and only that is captured or paid. Taking off all of it cancels the order. What is taken off is
    for sale again: it never left the house; what nobody has begun to make is not made. Raises Refusal once money was
    taken, or it was handed over.
    """
    order = orders.load(session, public_id)
    book = books.read(session, order)
    if order.state is not OrderState.SECURED or order.handed_over_at is not None or book.paid_ore:
        raise Refusal(_("Det kan kun tages ud, mens ordren venter, og der ikke er taget nogen penge."))
    chosen = [(left, count) for left, count in _left(book, pieces) if count]
    if not chosen:
        raise Refusal(_("Vælg mindst én ting."))
    if all(left.pieces == dict(pieces).get(left.line.id, 0) for left in book.lines):
        orders.cancel(session, public_id, cause=CancelCause.CUSTOMER, head=head, now=now, by_staff_id=by_staff_id)
    else:
        _shrink(session, order, chosen, head, now, by_staff_id)
    if withdrawal is not None:
        actions.settle(session, withdrawal, note=_("Taget ud af ordren."), now=now, by_staff_id=by_staff_id)


def _left(book: Books, pieces: Sequence[tuple[int, int]]) -> list[tuple[LineLeft, int]]:
    """The lines and how many of each. Raises Refusal."""
    found = []
    for line_id, count in pieces:
        left = book.line(line_id)
        if left is None or not 0 <= count <= left.pieces:
            raise Refusal(_("Så mange er der ikke på ordren. Se antallet efter."))
        found.append((left, count))
    return found


def _shrink(
    session: Session,
    order: Order,
    chosen: Sequence[tuple[LineLeft, int]],
    head: Letterhead,
    now: datetime,
    by_staff_id: int | None,
) -> None:
    for left, count in sorted(chosen, key=lambda pair: pair[0].line.item_id or 0):
        _come_back(session, order, left.line.id, count, True, now=now, by_staff_id=by_staff_id)
    rest = [(line.unit_price_ore * (line.quantity - line.returned), line.vat_scheme) for line in order.lines]
    delivery = totals.main_scheme((line.unit_price_ore * line.quantity, line.vat_scheme) for line in order.lines)
    order.total_ore = sum(amount for amount, _scheme in rest) + order.delivery_ore
    order.vat_ore = books.vat_of([*rest, (order.delivery_ore, delivery)])
    parts = [(left.line.title, count) for left, count in chosen]
    what = "; ".join(title for title, _count in parts)
    text = _("Taget ud: %(what)s. Resten koster %(total)s", what=what, total=kr(order.total_ore))
    story.tell(session, order, text, now, by_staff_id=by_staff_id)
    mails.taken_off(session, order, parts, head, now)


def try_again(session: Session, refund_id: str, *, now: datetime) -> str:
    """Ask Stripe once more for a refund it said no to; the order's public id. Nothing while it is on its way or done.

    Raises NotHere, Refusal when there is not that much left by now.
    """
    found = session.execute(
        sa.select(Order.public_id, Refund.amount_ore)
        .join(Order, Order.id == Refund.order_id)
        .where(Refund.public_id == refund_id)
    ).one_or_none()
    if found is None:
        raise NotHere
    order = orders.load(session, found.public_id)
    payment = books.read(session, order).payment
    if payment is None or payment.state is not PaymentState.CAPTURED:
        raise Refusal(_("Pengene blev ikke taget på et kort."))
    key = due_key(payment, Deed.REFUND, refund_id)
    tries = session.scalars(
        sa.select(PaymentDue).where(PaymentDue.key.startswith(key, autoescape=True)).order_by(PaymentDue.id)
    ).all()
    if tries and tries[-1].done_at is not None and tries[-1].problem:
        owe_part_back(session, payment, found.amount_ore, now, cause=f"{refund_id}-{len(tries)}")
        order.attention = ""
        if order.state is OrderState.NEEDS_ATTENTION:
            order.state = OrderState.CLOSED if order.ended_at else OrderState.HANDED_OVER
        story.tell(session, order, _("Tilbagebetalingen er sendt til Stripe igen."), now)
    return order.public_id
