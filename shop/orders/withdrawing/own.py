"""From the page of one's own order: change one's mind about chosen lines, and complain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from shop.orders.letterhead import Letterhead
from shop.orders.models import CustomerKind, Order, OrderState
from shop.orders.nudge import nudge
from shop.orders.queries import LineRow, OrderPage
from shop.orders.views import own, unknown
from shop.orders.web import private
from shop.orders.withdrawing import actions, complaining, deadlines, photos, queries
from shop.orders.withdrawing.blueprint import blueprint
from shop.orders.withdrawing.forms import ComplaintForm, OwnConfirmForm, new_once
from workshop.core import clock, db
from workshop.core.access import public
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.photo_store import Unreachable
from workshop.core.web import settings
from workshop.products.photos import serving

MAY_WITHDRAW = frozenset({OrderState.SECURED, OrderState.HANDED_OVER, OrderState.CLOSED, OrderState.NEEDS_ATTENTION})


class Choice(NamedTuple):
    """A line on the page: how many of it may be chosen (none: made to measure, or given back), and how many are."""

    line: LineRow
    most: int
    chosen: str
    problem: str = ""


@blueprint.get("/ordre/<public_id>/fortryd")
@public
def choose(public_id: str) -> Response:
    """Which lines, and how many of each."""
    found = own(public_id)
    if found is None or not may_withdraw(found):
        return unknown()
    choices = _choices(found, {})
    left = [choice for choice in choices if choice.most]
    if len(left) == 1 and left[0].most == 1:  # there is only that to choose
        choices = _choices(found, {f"antal-{left[0].line.id}": "1"})
    return _choose_page(found, choices, 200)


@blueprint.post("/ordre/<public_id>/fortryd")
@public
def look_at_own(public_id: str) -> Response:
    """What was chosen, once more, and one button."""
    found = own(public_id)
    if found is None or not may_withdraw(found):
        return unknown()
    choices = _choices(found, request.form)
    if request.form.get("ret"):
        return _choose_page(found, choices, 200)
    chosen = _chosen(choices)
    if not chosen or any(choice.problem for choice in choices):
        return _choose_page(found, choices, 422, "" if chosen else _("Vælg mindst én ting, du vil fortryde."))
    html = render_template(
        "withdrawing/own_look.html",
        found=found,
        order=found.order,
        choices=[each for each in choices if chosen.get(each.line.id)],
        once=new_once(),
    )
    return private(make_response(html))


@blueprint.post("/ordre/<public_id>/fortryd/bekraeft")
@public
def confirm_own(public_id: str) -> Response:
    """The button "Bekræft fortrydelse"."""
    found = own(public_id)
    if found is None or not may_withdraw(found):
        return unknown()
    form, chosen = OwnConfirmForm.posted(), _numbers(found, request.form)
    if not form.validate() or chosen is None:
        return _choose_page(found, _choices(found, request.form), 422, _("Se valget igennem, og prøv igen."))
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        withdrawal = actions.declare(
            session,
            once=str(form.once.data),
            name=found.order.customer_name,
            email=found.order.customer_email,
            order_number=found.order.number,
            lines_text="",
            line_quantities=chosen,
            head=head,
            now=now,
            own_order=public_id,
        )
        receipt_id = withdrawal.public_id
    nudge(receipt_id, now)
    return private(redirect(url_for("withdrawing.own_receipt", public_id=public_id, receipt_id=receipt_id), 303))


@blueprint.get("/ordre/<public_id>/fortryd/<receipt_id>")
@public
def own_receipt(public_id: str, receipt_id: str) -> Response:
    """What was declared, and when."""
    found = own(public_id)
    with db.reading() as session:
        row = queries.withdrawal(session, receipt_id)
        has_mail = queries.has_receipt(session, receipt_id)
    if found is None or row is None or row.order_public_id != public_id:
        return unknown()
    url = url_for("orders.page", public_id=public_id)
    return private(
        make_response(render_template("withdrawing/receipt.html", row=row, has_mail=has_mail, order_url=url))
    )


@blueprint.get("/ordre/<public_id>/reklamation")
@public
def ask_complaint(public_id: str) -> Response:
    """Ask what is wrong."""
    found = own(public_id)
    if found is None or not may_complain(found):
        return unknown()
    form = ComplaintForm()
    form.once.data = new_once()
    return _complaint_page(found, form, 200)


@blueprint.post("/ordre/<public_id>/reklamation")
@public
def complain(public_id: str) -> Response:
    """Keep what was written, and say by mail that we have it."""
    found = own(public_id)
    if found is None or not may_complain(found):
        return unknown()
    try:
        form = ComplaintForm.posted()
    except RequestEntityTooLarge:
        form = ComplaintForm(data={"once": new_once()})
        form.billeder.errors = [_("Billederne fylder for meget tilsammen. Vælg færre, og skriv teksten igen.")]
        return _complaint_page(found, form, 413)
    if not form.validate():
        return _complaint_page(found, form, 422)
    try:
        _keep(public_id, form, now := clock.now())
    except photos.NoPhoto as no:
        form.billeder.errors = [no.sentence]
        return _complaint_page(found, form, 422)
    except Refusal as no:
        return _complaint_page(found, form, 409, no.sentence)
    except Unreachable:
        form.billeder.errors = [_("Billederne kan ikke gemmes lige nu. Send uden billeder, eller prøv igen om lidt.")]
        return _complaint_page(found, form, 503)
    nudge(public_id, now)
    return private(redirect(f"{url_for('orders.page', public_id=public_id)}#reklamation", 303))


def _keep(public_id: str, form: ComplaintForm, now: datetime) -> None:
    """One block for the complaint, its photos and its receipt; the same form a second time changes nothing."""
    head = Letterhead.of(settings())
    with photos.stored(form.billeder.data or (), serving.store()) as kept, db.transaction() as session:
        complaining.complain(
            session, public_id, once=str(form.once.data), text=str(form.tekst.data), kept=kept, head=head, now=now
        )


def may_withdraw(found: OrderPage) -> bool:
    """Whether there is an agreement a consumer may withdraw from; whether it is too late is said on the page itself."""
    return found.order.state in MAY_WITHDRAW and found.order.customer_kind is CustomerKind.PRIVATE


def may_complain(found: OrderPage) -> bool:
    """Whether it is handed over, and the two years are not over."""
    try:
        complaining.refuse_unless_in_time(found.order.handed_over_at, clock.local_day(clock.now()))
    except Refusal:
        return False
    return True


def deadline(session: Session, found: OrderPage) -> date | None:
    """The last day to withdraw; None before hand-over."""
    return queries.deadline_of(session, session.get_one(Order, found.order.id))


def _choices(found: OrderPage, typed: Mapping[str, str]) -> list[Choice]:
    with db.reading() as session:
        waiting = queries.waiting_pieces(session, found.order.id)
    made = []
    for line in found.lines:
        left = line.quantity - line.returned - waiting.get(line.id, 0)
        most = 0 if line.own_length_cm is not None else left
        written = typed.get(f"antal-{line.id}", "").strip()
        is_number = written.isascii() and written.isdecimal() and len(written) < 6
        is_fine = not written or (is_number and int(written) <= most)
        problem = "" if is_fine else _("Skriv et antal mellem 0 og %(most)s.", most=most)
        made.append(Choice(line, most, written, problem))
    return made


def _numbers(found: OrderPage, typed: Mapping[str, str]) -> dict[int, int] | None:
    """Order line id -> pieces as they were sent, whatever is still there to choose; None for what is no number."""
    sent = {line.id: typed.get(f"antal-{line.id}", "0") or "0" for line in found.lines}
    if not all(text.isascii() and text.isdecimal() and len(text) < 6 for text in sent.values()):
        return None
    return {line_id: int(text) for line_id, text in sent.items() if int(text)}


def _chosen(choices: list[Choice]) -> dict[int, int]:
    return {each.line.id: int(each.chosen) for each in choices if each.chosen and not each.problem and int(each.chosen)}


def _choose_page(found: OrderPage, choices: list[Choice], status: int, sentence: str = "") -> Response:
    with db.reading() as session:
        last_on = deadline(session, found)
    is_over = not deadlines.is_in_time(clock.local_day(clock.now()), last_on)
    html = render_template(
        "withdrawing/own_choose.html",
        found=found,
        order=found.order,
        choices=choices,
        last_on=last_on,
        is_over=is_over,
        sentence=sentence,
    )
    return private(make_response(html, status))


def _complaint_page(found: OrderPage, form: ComplaintForm, status: int, sentence: str = "") -> Response:
    html = render_template(
        "withdrawing/complain.html",
        found=found,
        order=found.order,
        form=form,
        sentence=sentence,
        most_photos=photos.MOST_PHOTOS,
    )
    return private(make_response(html, status))
