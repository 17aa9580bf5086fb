"""When a member of staff stops: who takes over their citizens, and the account is closed in the same stroke."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.accounts.models import Staff
from workshop.accounts.people import actions, handing, queries
from workshop.accounts.people.forms import HandOverForm
from workshop.accounts.people.handing import Held
from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _, ngettext

blueprint = Blueprint("leaving", __name__, url_prefix="/personale/medarbejdere")


@blueprint.get("/<public_id>/luk")
@needs("account:manage", sudo=True)
def close(public_id: str) -> Response:
    """Ask once, and who takes over what would be left."""
    return _close_page(public_id, "", 200)


@blueprint.post("/<public_id>/luk")
@needs("account:manage", sudo=True)
def close_post(public_id: str) -> Response:
    """Hand over what somebody had, and close their account, in one stroke."""
    return _ended(public_id, is_closing=True)


@blueprint.post("/<public_id>/overdrag")
@needs("account:manage", sudo=True)
def hand_over(public_id: str) -> Response:
    """Hand over and leave the account as it is: before a role or a department is taken away."""
    return _ended(public_id, is_closing=False)


def _ended(public_id: str, *, is_closing: bool) -> Response:
    """Hand over, and close if that was asked for; the page comes back when somebody is missing or a rule says no."""
    person, now = access.require_actor(), clock.now()
    with db.reading() as session:
        staff = queries.staff(session, public_id)
        held, forms = _hand_over_forms(session, staff, posted=True)
    if False in [form.validate() for form in forms.values()]:  # each says what is missing
        return _close_page(public_id, "", 422, forms=forms)
    try:
        with db.transaction() as session:
            staff = queries.staff(session, public_id)
            takers = {each.department_id: queries.staff(session, forms[each.key].taker.data) for each in held}
            moved = actions.hand_over(session, staff, takers, by=person.account_id, now=now)
            if moved:
                audit.record(person, "hand over", moved, now)
            if is_closing:
                actions.close(session, staff, by=person.account_id, now=now)
            name = staff.name
    except Refusal as refusal:
        return _close_page(public_id, refusal.sentence, 409, forms=forms)
    said = ngettext(
        "%(num)s borger har fået en ny kontaktperson.", "%(num)s borgere har fået en ny kontaktperson.", len(moved)
    )
    flash(_("%(name)s har ikke adgang mere.", name=name) if is_closing else said)
    return redirect(url_for("people.person", public_id=public_id), 303)


def _hand_over_forms(session: Session, staff: Staff, *, posted: bool) -> tuple[list[Held], dict[str, Any]]:
    held = handing.caseloads().held(session, staff.account_id)
    takers = queries.takers(session, held, staff.account_id)
    forms = {each.key: HandOverForm.of_department(each.key, takers[each.department_id], posted=posted) for each in held}
    return held, forms


def _close_page(public_id: str, said: str, status: int, *, forms: dict[str, Any] | None = None) -> Response:
    with db.reading() as session:
        row = queries.one(session, public_id)
        held, fresh = _hand_over_forms(session, queries.staff(session, public_id), posted=False)
    html = render_template(
        "accounts/people/close.html", person=row, held=held, forms={**fresh, **(forms or {})}, said=said
    )
    return make_response(html, status)
