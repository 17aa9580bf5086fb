"""What of an order is left to give back: pieces, øre and VAT. Read first, then reckoned with whole øre."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import totals
from shop.orders.models import Order, OrderLine, PayWay
from shop.orders.withdrawing.models import Refund, RefundLine
from shop.payments import queries as payments
from shop.payments.actions import free_to_give_back_ore
from shop.payments.models import Payment
from workshop.core import money
from workshop.products.models import VatScheme


@dataclass(frozen=True)
class RefundChoice:
    """What staff give back of one line. `quantity` counts pieces that came back; none for a price lowered. Øre."""

    order_line_id: int
    quantity: int
    amount_ore: int
    is_restocked: bool = False


@dataclass(frozen=True)
class LineLeft:
    """A line, and what was given back of it. `taken_off` were left out before anything was handed over."""

    line: OrderLine
    refunded_pieces: int
    refunded_ore: int

    @property
    def taken_off(self) -> int:
        """Pieces that came off the order before it was paid for; no money was ever taken for them."""
        return self.line.returned - self.refunded_pieces

    @property
    def bought(self) -> int:
        """Pieces the customer was to pay for."""
        return self.line.quantity - self.taken_off

    @property
    def pieces(self) -> int:
        """Pieces the customer has, or is going to have."""
        return self.line.quantity - self.line.returned

    @property
    def left_ore(self) -> int:
        """What may still be given back of it."""
        return self.line.unit_price_ore * self.bought - self.refunded_ore

    @property
    def is_made_to_measure(self) -> bool:
        """Made for this customer by a length of their own: no right to withdraw, and hard to sell to another."""
        return self.line.own_length_cm is not None


@dataclass(frozen=True)
class Books:
    """An order's lines and money. `payment` is the card's; None when it was or will be paid at the desk."""

    order: Order
    lines: tuple[LineLeft, ...]
    delivery_refunded_ore: int
    payment: Payment | None
    paid_ore: int
    free_ore: int  # paid, and neither given back nor promised

    @property
    def delivery_left_ore(self) -> int:
        """What may still be given back of the delivery."""
        return self.order.delivery_ore - self.delivery_refunded_ore

    @property
    def is_all_back(self) -> bool:
        """Whether the customer has nothing of it any more."""
        return all(left.pieces == 0 for left in self.lines)

    def line(self, order_line_id: int) -> LineLeft | None:
        """One line; None when it is another order's."""
        return next((left for left in self.lines if left.line.id == order_line_id), None)


def read(session: Session, order: Order) -> Books:
    """The books of an order whose lines are loaded; right for as long as the order is locked."""
    pieces, amounts, delivery = _given_back(session, order.id)
    lines = tuple(LineLeft(line, pieces.get(line.id, 0), amounts.get(line.id, 0)) for line in order.lines)
    payment = payments.newest(session, order.public_id)
    if payment is not None and payment.captured_ore:
        free = free_to_give_back_ore(session, payment)
        return Books(order, lines, delivery, payment, payment.captured_ore, free)
    paid = order.total_ore if is_paid_at_desk(order) else 0
    return Books(order, lines, delivery, None, paid, paid - sum(amounts.values()) - delivery)


def is_paid_at_desk(order: Order) -> bool:
    """Whether its money changed hands over the counter, or by invoice."""
    return order.handed_over_at is not None and (order.pay_way is PayWay.AT_PICKUP or order.paid_means is not None)


def _given_back(session: Session, order_id: int) -> tuple[dict[int, int], dict[int, int], int]:
    """Per line pieces and øre, and øre of the delivery."""
    rows = session.execute(
        sa.select(RefundLine.order_line_id, sa.func.sum(RefundLine.quantity), sa.func.sum(RefundLine.amount_ore))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(Refund.order_id == order_id)
        .group_by(RefundLine.order_line_id)
    ).all()
    delivery = session.scalar(sa.select(sa.func.sum(Refund.delivery_ore)).where(Refund.order_id == order_id)) or 0
    return {line: int(count) for line, count, _ore in rows}, {line: int(ore) for line, _count, ore in rows}, delivery


def vat_of(lines: Iterable[tuple[int, VatScheme]]) -> int:
    """The VAT inside these amounts, once per rate (øre)."""
    return sum(money.vat_of_lines((amount, totals.STANDARD_RATES.get(scheme, 0)) for amount, scheme in lines).values())


def vat_given_back(books: Books, choices: Sequence[RefundChoice], delivery_ore: int) -> int:
    """The VAT in a refund: what there was in all that is left, less what there is in the rest (decision 32).

    So the parts always add up to the VAT of the whole, and the last one takes the odd øre.
    """
    chosen = {choice.order_line_id: choice.amount_ore for choice in choices}
    for_delivery = delivery_scheme(books)
    before = [(left.left_ore, left.line.vat_scheme) for left in books.lines]
    after = [(left.left_ore - chosen.get(left.line.id, 0), left.line.vat_scheme) for left in books.lines]
    before.append((books.delivery_left_ore, for_delivery))
    after.append((books.delivery_left_ore - delivery_ore, for_delivery))
    return vat_of(before) - vat_of(after)


def delivery_scheme(books: Books) -> VatScheme:
    """The scheme the order's delivery was sold under: it follows what was ordered, whatever came back since."""
    return totals.main_scheme(
        (left.line.unit_price_ore * left.line.quantity, left.line.vat_scheme) for left in books.lines
    )
