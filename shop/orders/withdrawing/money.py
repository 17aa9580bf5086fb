"""The page on which staff give money back: per line pieces, øre and whether the thing is for sale again.

The first press only reckons and shows what would happen; the second one does it. A double press is one refund.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from shop.orders import actions as orders
from shop.orders.letterhead import Letterhead
from shop.orders.models import CustomerKind, Order
from shop.orders.nudge import nudge
from shop.orders.withdrawing import books, queries, refunding
from shop.orders.withdrawing.blueprint import blueprint
from shop.orders.withdrawing.books import Books, LineLeft, RefundChoice
from shop.orders.withdrawing.forms import ONCE, new_once
from shop.orders.withdrawing.models import Refund, Withdrawal, WithdrawalState
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.core.money import PayMeans, kr, parse_kr
from workshop.core.text import clean
from workshop.core.web import settings

REASON_LONGEST = 300


@dataclass
class Row:
    """One line of the page, with what was typed and what is wrong with it."""

    left: LineLeft
    pieces: str = ""
    amount: str = ""
    is_restocked: bool = False
    problem: str = ""
    choice: RefundChoice | None = None

    @property
    def name(self) -> int:
        """How the page's fields name the line."""
        return self.left.line.id


@dataclass
class Sheet:
    """The whole page as it was typed."""

    book: Books
    rows: list[Row]
    delivery: str = ""
    delivery_ore: int = 0
    delivery_problem: str = ""
    means: PayMeans | None = None
    reason: str = ""
    once: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def choices(self) -> list[RefundChoice]:
        """What was chosen."""
        return [row.choice for row in self.rows if row.choice is not None]

    @property
    def amount_ore(self) -> int:
        """What it comes to."""
        return sum(choice.amount_ore for choice in self.choices) + self.delivery_ore

    @property
    def vat_ore(self) -> int:
        """Of it."""
        return books.vat_given_back(self.book, self.choices, self.delivery_ore)

    @property
    def is_wrong(self) -> bool:
        """Whether it has to be mended first."""
        return bool(self.problems or self.delivery_problem or any(row.problem for row in self.rows))


@blueprint.get("/personale/ordrer/<public_id>/tilbagebetaling")
@needs("order:refund")
def refund(public_id: str) -> Response:
    """What can be given back of an order; with `?fortrydelse=` what was declared is filled in."""
    with db.reading() as session:
        order = _order(session, public_id)
        declared = _declared(session, order, request.args.get("fortrydelse", ""))
        chosen = queries.chosen_lines(session, declared.public_id) if declared else {}
        sheet = _proposed(books.read(session, order), declared, chosen)
        return _page(session, sheet, declared, 200)


@blueprint.post("/personale/ordrer/<public_id>/tilbagebetaling")
@needs("order:refund")
def give_back(public_id: str) -> Response:
    """Reckon and show it; or, at the second press, do it."""
    with db.reading() as session:
        order = _order(session, public_id)
        if queries.is_refunded(session, order.id, request.form.get("once", "")):  # the same press came before
            return _done(session, order, request.form["once"])
        declared = _declared(session, order, request.form.get("fortrydelse", ""))
        declared_id = declared.id if declared else None
        sheet = _typed(books.read(session, order), request.form)
        if sheet.is_wrong or request.form.get("ret"):
            return _page(session, sheet, declared, 422 if sheet.is_wrong else 200)
        if not request.form.get("betal"):
            return _sure(sheet, declared)
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        refunding.refund(
            session,
            orders.load(session, public_id),
            once=sheet.once,
            lines=sheet.choices,
            delivery_ore=sheet.delivery_ore,
            means=sheet.means,
            reason=sheet.reason,
            withdrawal_id=declared_id,
            head=head,
            now=now,
            by_staff_id=access.require_actor().account_id,
        )
    nudge(public_id, now)
    with db.reading() as session:
        return _done(session, order, sheet.once)


@blueprint.post("/personale/ordrer/tilbagebetalinger/<refund_id>/igen")
@needs("order:refund")
def again(refund_id: str) -> Response:
    """Ask Stripe once more for a refund it said no to."""
    now = clock.now()
    with db.transaction() as session:
        public_id = refunding.try_again(session, refund_id, now=now)
    nudge(public_id, now)
    flash(_("Vi har spurgt Stripe igen."))
    return redirect(url_for("withdrawing.refund", public_id=public_id), 303)


def _done(session: Session, order: Order, once: str) -> Response:
    made = session.scalars(sa.select(Refund).where(Refund.order_id == order.id, Refund.once == once)).one()
    told = _("Kunden får en mail.") if order.customer_email else _("Kunden har ingen mail, så ring.")
    if made.means is None:
        flash(_("Pengene er på vej tilbage. %(told)s", told=told))
    else:  # nothing here moves cash
        words = {"amount": kr(made.amount_ore), "how": _at_desk()[made.means], "told": told}
        flash(_("Skrevet ned. Giv selv kunden %(amount)s %(how)s. %(told)s", **words))
    return redirect(url_for("orders.desk_order", public_id=order.public_id), 303)


def _order(session: Session, public_id: str) -> Order:
    """Raises NotHere."""
    order = session.scalar(sa.select(Order).where(Order.public_id == public_id).options(selectinload(Order.lines)))
    if order is None:
        raise NotHere
    return order


def _declared(session: Session, order: Order, public_id: str) -> Withdrawal | None:
    """The declaration it is about, if it is one of this order that waits."""
    return session.scalar(
        sa.select(Withdrawal).where(
            Withdrawal.public_id == public_id,
            Withdrawal.order_id == order.id,
            Withdrawal.state == WithdrawalState.RECEIVED,
        )
    )


def _proposed(book: Books, declared: Withdrawal | None, chosen: Mapping[int, int]) -> Sheet:
    """Nothing filled in; for a declaration what was chosen, else all that can be withdrawn, and then delivery too.

    Whether a thing is for sale again is never ticked beforehand: somebody has to have looked at it.
    """
    rows = []
    for left in book.lines:
        pieces = chosen.get(left.line.id, 0 if chosen or left.is_made_to_measure else left.pieces) if declared else 0
        rows.append(Row(left, pieces=str(pieces) if pieces else ""))
    is_whole = declared is not None and all(
        left.is_made_to_measure or chosen.get(left.line.id, 0 if chosen else left.pieces) == left.pieces
        for left in book.lines
    )
    delivery = _kroner(book.delivery_left_ore) if is_whole and book.delivery_left_ore else ""
    return Sheet(book, rows, delivery=delivery, means=book.order.paid_means, once=new_once())


def _kroner(ore: int) -> str:
    kroner, rest = divmod(ore, 100)
    return f"{kroner},{rest:02d}" if rest else str(kroner)


def _typed(book: Books, form: Mapping[str, str]) -> Sheet:
    """The page as it came back, reckoned as far as it can be read."""
    rows = [_typed_row(left, form) for left in book.lines]
    sheet = Sheet(
        book,
        rows,
        delivery=form.get("levering", "").strip()[:20],
        reason=clean(form.get("grund", ""))[:REASON_LONGEST],
        once=form.get("once", ""),
    )
    sheet.delivery_ore, sheet.delivery_problem = _amount(sheet.delivery, book.delivery_left_ore)
    known = {means.value: means for means in PayMeans}
    sheet.means = known.get(form.get("hvordan", ""))
    if not ONCE.fullmatch(sheet.once):
        sheet.once = new_once()
        sheet.problems.append(_("Siden er for gammel. Se tallene igennem, og prøv igen."))
    if not sheet.is_wrong and not sheet.amount_ore:
        sheet.problems.append(_("Skriv, hvor mange der kommer tilbage, eller hvor meget der betales."))
    if not sheet.is_wrong and sheet.amount_ore > book.free_ore:
        sheet.problems.append(_("Det er mere, end der er betalt og ikke allerede er givet tilbage."))
    if book.payment is None and book.paid_ore and sheet.means is None:
        sheet.problems.append(_("Vælg, hvordan pengene bliver betalt tilbage."))
    return sheet


def _typed_row(left: LineLeft, form: Mapping[str, str]) -> Row:
    name = left.line.id
    row = Row(
        left,
        pieces=form.get(f"antal-{name}", "").strip()[:20],
        amount=form.get(f"beloeb-{name}", "").strip()[:20],
        is_restocked=form.get(f"lager-{name}") == "ja",
    )
    is_number = row.pieces.isascii() and row.pieces.isdecimal() and len(row.pieces) < 6
    if row.pieces and not (is_number and int(row.pieces) <= left.pieces):
        row.problem = _("Skriv et antal mellem 0 og %(most)s.", most=left.pieces)
        return row
    pieces = int(row.pieces or "0")
    if row.amount:
        ore, row.problem = _amount(row.amount, left.left_ore)
    else:
        ore = min(left.line.unit_price_ore * pieces, left.left_ore)
    if not row.problem and (pieces or ore):
        row.choice = RefundChoice(name, pieces, ore, row.is_restocked and pieces > 0)
    return row


def _amount(text: str, most_ore: int) -> tuple[int, str]:
    """Øre, and what is wrong with it."""
    if not text:
        return 0, ""
    try:
        ore = parse_kr(text)
    except ValueError as problem:
        return 0, str(problem)
    if ore > most_ore:
        return 0, _("Der kan højst betales %(most)s kr. tilbage her.", most=_kroner(most_ore))
    return ore, ""


def _page(session: Session, sheet: Sheet, declared: Withdrawal | None, status: int) -> Response:
    order = sheet.book.order
    html = render_template(
        "withdrawing/refund.html",
        sheet=sheet,
        book=sheet.book,
        order=order,
        declared=declared,
        refunds=queries.refunds_of(session, order.id),
        MEANS=[means for means in PayMeans if means is not PayMeans.INVOICE or _is_billed(order)],
    )
    return make_response(html, status)


def _is_billed(order: Order) -> bool:
    """Whether the money may go back by transfer: who got an invoice, and firms."""
    return order.customer_kind is not CustomerKind.PRIVATE or order.paid_means is PayMeans.INVOICE


def _at_desk() -> dict[PayMeans, str]:
    """How a person gives money back that was paid at the desk."""
    return {
        PayMeans.CASH: _("kontant"),
        PayMeans.MOBILEPAY: _("med MobilePay"),
        PayMeans.CARD: _("på kortet i terminalen"),
        PayMeans.INVOICE: _("ved overførsel"),
    }


def _sure(sheet: Sheet, declared: Withdrawal | None) -> Response:
    html = render_template(
        "withdrawing/refund_sure.html",
        sheet=sheet,
        order=sheet.book.order,
        declared=declared,
        how="" if sheet.book.payment is not None or sheet.means is None else _at_desk()[sheet.means],
        kroner=_kroner,
    )
    return make_response(html)
