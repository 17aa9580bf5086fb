"""The manager's page about who looks after whose citizens, and the line both of them see meanwhile."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.citizens import caseload
from workshop.citizens.caseload import LookingAfter
from workshop.citizens.delegating import actions, queries
from workshop.citizens.delegating.forms import DelegationForm
from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _, lazy
from workshop.core.text import whose
from workshop.core.web import MenuEntry

blueprint = Blueprint("delegating", __name__, url_prefix="/personale/delegering")
MENU = (MenuEntry("people", lazy("Når nogen er væk"), "delegating.overview", "hold", "caseload:delegate", order=60),)


@blueprint.get("")
@needs("caseload:delegate")
def overview() -> Response:
    """Who looks after whose citizens now and later, what is over, and a form for the next."""
    today = clock.local_day(clock.now())
    return _page(DelegationForm(data={"from_on": today, "until_on": today}), 200)


@blueprint.post("")
@needs("caseload:delegate")
def delegate() -> Response:
    """Name a stand-in."""
    person, now = access.require_actor(), clock.now()
    form = DelegationForm.posted()
    with db.reading() as session:
        staff = {each.public_id: each for each in queries.staff_of(session, person.department_ids)}
    if not form.fill(list(staff.values())).validate():
        return _page(form, 422)
    away, stand_in = staff[form.away.data], staff[form.stand_in.data]
    try:
        with db.transaction() as session:
            actions.delegate(
                session,
                from_staff_id=away.account_id,
                to_staff_id=stand_in.account_id,
                from_on=form.from_on.data,
                until_on=form.until_on.data,
                by=person,
                now=now,
            )
            audit.record(person, "delegate", queries.people_of(session, away.account_id), now)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(form, 409)
    day = clock.day_text(form.until_on.data)
    flash(_("%(name)s passer %(whose)s borgere til %(day)s.", name=stand_in.name, whose=whose(away.name), day=day))
    return redirect(url_for("delegating.overview"), 303)


@blueprint.post("/<public_id>/tag-tilbage")
@needs("caseload:delegate")
def take_back(public_id: str) -> Response:
    """End it before its last day."""
    person, now = access.require_actor(), clock.now()
    with db.transaction() as session:
        made = actions.take_back(session, public_id, by=person, now=now)
        audit.record(person, "delegate back", queries.people_of(session, made.from_staff_id), now)
    flash(_("Taget tilbage. Det gælder fra nu."))
    return redirect(url_for("delegating.overview"), 303)


@blueprint.app_template_global("looking_after")
def looking_after() -> list[str]:
    """What whoever is signed in should know: whose citizens they look after, and who looks after theirs."""
    person, today = access.actor(), clock.local_day(clock.now())
    if person is None or not person.may("sealed:read"):
        return []
    with db.reading() as session:
        mine = caseload.delegated_to(session, person.account_id, today)
        theirs = caseload.delegated_from(session, person.account_id, today)
    return [*(_i_look_after(each) for each in mine), *(_looks_after_mine(each) for each in theirs)]


def _i_look_after(each: LookingAfter) -> str:
    day = clock.day_text(each.until_on)
    return _("Du passer %(whose)s borgere til %(day)s.", whose=whose(each.from_name), day=day)


def _looks_after_mine(each: LookingAfter) -> str:
    first, last = clock.day_text(each.from_on), clock.day_text(each.until_on)
    return _("%(name)s passer dine borgere fra %(first)s til %(last)s.", name=each.to_name, first=first, last=last)


def _page(form: DelegationForm, status: int) -> Response:
    person, today = access.require_actor(), clock.local_day(clock.now())
    with db.reading() as session:
        listed = queries.delegations(session, person.department_ids)
        form.fill(queries.staff_of(session, person.department_ids))
    html = render_template(
        "citizens/delegating/overview.html",
        form=form,
        today=today,
        current=[each for each in listed if not each.is_over(today)],
        past=[each for each in listed if each.is_over(today)],
    )
    return make_response(html, status)
