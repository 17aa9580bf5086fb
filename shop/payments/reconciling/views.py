"""The desk's page about Stripe's books and ours: whether they fit, and what to look at when they do not."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shop.payments.gateway import PaymentUnavailable
from shop.payments.models import FindingKind
from shop.payments.reconciling import actions, queries
from shop.payments.reconciling.house import House
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.core.web import MenuEntry

blueprint = Blueprint("reconciling", __name__, url_prefix="/personale/ordrer/afstemning")
KINDS = {
    FindingKind.MONEY_WITHOUT_ORDER: lazy("Penge uden ordre"),
    FindingKind.ORDER_WITHOUT_MONEY: lazy("Ordre uden penge"),
    FindingKind.AMOUNT_DIFFERS: lazy("Beløbet er et andet"),
    FindingKind.STATE_DIFFERS: lazy("Ikke lige langt"),
}


def _open() -> int:
    with db.reading() as session:
        return queries.count_open(session)


MENU = (MenuEntry("orders", lazy("Afstemning"), "reconciling.page", "tal", "order:refund", order=60, count=_open),)


@blueprint.get("/")
@needs("order:refund")
def page() -> str:
    """What does not fit, or that everything does."""
    with db.reading() as session:
        found, settled = queries.open_findings(session), queries.settled_findings(session)
        known = _house().standings(session, {each.reference for each in (*found, *settled) if each.reference}, None)
        newest = queries.newest(session)
    return render_template(
        "payments/reconciling.html", found=found, settled=settled, known=known, newest=newest, kinds=KINDS,
        days=actions.DAYS,
    )  # fmt: skip


@blueprint.post("/")
@needs("order:refund")
def compare() -> Response:
    """Look now instead of tonight."""
    try:
        came_to = actions.compare(_house(), clock.now())
    except PaymentUnavailable as trouble:
        raise Refusal(_("Stripe svarer ikke lige nu. Prøv igen om lidt.")) from trouble
    text = ngettext("Vi har set på %(num)s betaling.", "Vi har set på %(num)s betalinger.", came_to.payments_seen)
    if came_to.caught_up:
        behind = ngettext(
            "%(num)s havde vi ikke hørt om; den er bragt i orden.",
            "%(num)s havde vi ikke hørt om; de er bragt i orden.",
            came_to.caught_up,
        )
        text = f"{text} {behind}"
    flash(text)
    return redirect(url_for("reconciling.page"), 303)


@blueprint.post("/<public_id>/i-orden")
@needs("order:refund")
def put_aside(public_id: str) -> Response:
    """Somebody has looked, and it is in order."""
    person = access.require_actor()
    with db.transaction() as session:
        actions.put_aside(session, public_id, now=clock.now(), by_staff_id=person.account_id)
    flash(_("Lagt til side."))
    return redirect(url_for("reconciling.page"), 303)


def _house() -> House:
    house: House = current_app.extensions["reconciling"]
    return house
