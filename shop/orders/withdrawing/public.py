"""Changing one's mind without signing in: write it, see it once more, confirm it, get a receipt.

The pages never look an order up, so they are the same whether it is there or not.
"""

from __future__ import annotations

from datetime import timedelta

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.orders.letterhead import Letterhead
from shop.orders.nudge import nudge
from shop.orders.web import private
from shop.orders.withdrawing import actions, queries
from shop.orders.withdrawing.blueprint import blueprint
from shop.orders.withdrawing.forms import ConfirmForm, WithdrawForm, new_once
from workshop.core import clock, db
from workshop.core.access import public
from workshop.core.errors import NotHere
from workshop.core.web import settings

FOOTER = (("Din ret", (("Fortryd aftale her", "/fortryd"), ("Find din ordre", "/ordre"))),)
RECEIPT_SHOWN = timedelta(days=1)  # after that the mail is the receipt; the page would outlive its use


@blueprint.get("/fortryd")
@public
def ask() -> Response:
    """The first step: who, which order, and what of it."""
    return _form_page(WithdrawForm(), 200)


@blueprint.post("/fortryd")
@public
def look() -> Response:
    """The second step: what was written, and one button. Or back to the form, to mend it."""
    form = WithdrawForm.posted()
    if request.form.get("ret"):
        return _form_page(form, 200)
    if not form.validate():
        return _form_page(form, 422)
    html = render_template("withdrawing/look.html", form=form, once=new_once())
    return private(make_response(html))


@blueprint.post("/fortryd/bekraeft")
@public
def confirm() -> Response:
    """The button "Bekræft fortrydelse"."""
    form = ConfirmForm.posted()
    if not form.validate():
        return _form_page(form, 422)
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        public_id = actions.declare(
            session,
            once=str(form.once.data),
            name=str(form.navn.data),
            email=str(form.mail.data),
            order_number=str(form.ordre.data),
            lines_text=str(form.hvad.data or ""),
            line_quantities={},
            head=head,
            now=now,
        ).public_id
    nudge(public_id, now)  # its receipt
    return private(redirect(url_for("withdrawing.receipt", public_id=public_id), 303))


@blueprint.get("/fortryd/kvittering/<public_id>")
@public
def receipt(public_id: str) -> Response:
    """What was declared, and when: to keep or print."""
    with db.reading() as session:
        row = queries.withdrawal(session, public_id)
        has_mail = row is not None and queries.has_receipt(session, public_id)
    if row is None or clock.now() > row.received_at + RECEIPT_SHOWN:
        raise NotHere
    html = render_template("withdrawing/receipt.html", row=row, has_mail=has_mail, order_url="")
    return private(make_response(html))


def _form_page(form: WithdrawForm, status: int) -> Response:
    return private(make_response(render_template("withdrawing/ask.html", form=form), status))
