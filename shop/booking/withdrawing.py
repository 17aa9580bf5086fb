"""Staff's page about a withdrawal from help in a garden: what was had, what we propose, and one button."""

from __future__ import annotations

import re
from decimal import Decimal

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from shop.booking import undoing
from shop.booking.undoing import Case
from shop.orders.letterhead import Letterhead
from shop.orders.nudge import nudge
from shop.orders.withdrawing.models import WithdrawalState
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.forms import BaseForm
from workshop.core.i18n import _, lazy
from workshop.core.money import kr
from workshop.core.web import settings
from workshop.services.billing import words as bills
from workshop.services.jobs import words as job_words
from workshop.services.prices.rules import amount_text, share_of
from workshop.services.requests import words

blueprint = Blueprint("garden_withdrawals", __name__, url_prefix="/personale/ordrer/fortrydelser")
SETTLE = "afgoer"
_PERCENT = re.compile(r"(?:100(?:[,.]0)?|[0-9]{1,2}(?:[,.][0-9])?)\s*%?", re.ASCII)


class SettleForm(BaseForm):
    """How much of the work was done, and a word to the customer."""

    procent = StringField(lazy("Så meget er gjort"))
    hvorfor = TextAreaField(
        lazy("Skriv til kunden, hvordan I er kommet frem til det"),
        [Length(max=500, message=lazy("Teksten er for lang. Skriv højst 500 tegn."))],
    )

    def validate_procent(self, field: StringField) -> None:
        """Between nothing and all of it."""
        if not _PERCENT.fullmatch((field.data or "").strip()):
            raise ValidationError(_("Skriv en del mellem 0 og 100 procent, for eksempel 40 eller 33,3."))

    @property
    def permille(self) -> int:
        """Thousandths, once it is validated."""
        return int(Decimal((self.procent.data or "0").strip(" %").replace(",", ".")) * 10)


@blueprint.get("/<public_id>/aftale")
@needs("order:read")
def one(public_id: str) -> Response:
    """What was had and what we propose."""
    with db.reading() as session:
        found = _found(undoing.case(session, public_id))
        form = SettleForm(
            data={
                "procent": _percent(found.proposal.permille),
                "hvorfor": found.proposal.why if found.proposal.permille else "",
            }
        )
        return _page(found, form, found.proposal.permille, 200)


@blueprint.post("/<public_id>/aftale")
@needs("order:refund")
def settle(public_id: str) -> Response:
    """Reckon once more, or undo the agreement."""
    form, now = SettleForm.posted(), clock.now()
    with db.reading() as session:
        found = _found(undoing.case(session, public_id))
        if not form.validate():
            return _page(found, form, None, 422)
        if request.form.get("trin") != SETTLE:
            return _page(found, form, form.permille, 200)
    try:
        with db.transaction() as session:
            job_id = undoing.settle(
                session,
                public_id,
                permille=form.permille,
                why=form.hvorfor.data or "",
                head=Letterhead.of(settings()),
                now=now,
                by_staff_id=access.require_actor().account_id,
            )
    except Refusal as no:
        with db.reading() as session:
            return _page(_found(undoing.case(session, public_id)), form, form.permille, 409, said=no.sentence)
    nudge(job_id, now)
    flash(_("Aftalen er ophævet. Kunden får en mail."))
    return redirect(url_for("withdrawing.one", public_id=public_id), 303)


def _found(case: Case | None) -> Case:
    if case is None:
        raise NotHere
    return case


def _page(found: Case, form: SettleForm, permille: int | None, status: int, *, said: str = "") -> Response:
    html = render_template(
        "withdrawing/service.html",
        found=found,
        row=found.withdrawal,
        job=found.job,
        place=found.place,
        proposal=found.proposal,
        form=form,
        said=said,
        amount=None if permille is None else kr(share_of(found.job.total_ore, permille)),
        words=words,
        job_words=job_words,
        bills=bills,
        waits=found.withdrawal.state is WithdrawalState.RECEIVED,
        may_settle=access.require_actor().may("order:refund"),
        declared_on=clock.local_day(found.withdrawal.received_at),
    )
    return make_response(html, status)


def _percent(permille: int) -> str:
    return amount_text(Decimal(permille) / 10)
