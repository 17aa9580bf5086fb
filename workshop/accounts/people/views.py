"""The staff of the workshop, for whoever administers: the list, inviting, and one person's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.accounts import queries as accounts
from workshop.accounts.factors import state as factors
from workshop.accounts.models import Staff
from workshop.accounts.people import actions, handing, inviting, queries
from workshop.accounts.people.forms import DepartmentsForm, InviteForm, NameForm, RolesForm
from workshop.accounts.people.words import STAFF_ROLES, change_sentence, role_name, role_names, role_sentence
from workshop.core import access, clock, db, identity, mail, web
from workshop.core.access import Role, needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry

blueprint = Blueprint("people", __name__, url_prefix="/personale/medarbejdere")
MENU = (MenuEntry("admin", lazy("Medarbejdere"), "people.everyone", "person", "account:manage", order=20),)


@blueprint.get("")
@needs("account:manage")
def everyone() -> Response:
    """Who works here, who is invited, and whose account is closed."""
    with db.reading() as session:
        rows = queries.everyone(session)
        waiting = queries.invitations(session)
        is_stuck = bool(waiting) and mail.is_stuck(session, clock.now())
    html = render_template(
        "accounts/people/everyone.html",
        people=[row for row in rows if row.is_active],
        closed=[row for row in rows if not row.is_active],
        waiting=waiting,
        is_stuck=is_stuck,
        now=clock.now(),
        roles=_role_words(),
        role_name=role_name,
        role_names=role_names,
    )
    return make_response(html)


@blueprint.get("/inviter")
@needs("account:manage", sudo=True)
def invite() -> Response:
    """The form for somebody new."""
    return _invite_page(None, "", 200)


@blueprint.post("/inviter")
@needs("account:manage", sudo=True)
def invite_post() -> Response:
    """Send an invitation."""
    with db.reading() as session:
        departments = accounts.departments(session)
    form = InviteForm.of_house(departments, posted=True)
    if not form.validate():
        return _invite_page(form, "", 422)
    settings = web.settings()
    try:
        with db.transaction() as session:
            inviting.invite(
                session,
                name=form.name.data,
                email=form.email.data,
                roles=[Role(each) for each in form.roles.data],
                department_ids=[each.id for each in departments if each.key in form.departments.data],
                by=access.require_actor().account_id,
                now=clock.now(),
                base_url=settings.base_url,
                secret_key=settings.secret_key,
            )
    except Refusal as refusal:
        return _invite_page(form, refusal.sentence, 409)
    flash(_("Invitationen er på vej til %(mail)s.", mail=form.email.data))
    return redirect(url_for("people.everyone"), 303)


@blueprint.post("/invitationer/<public_id>/igen")
@needs("account:manage", sudo=True)
def invite_again(public_id: str) -> Response:
    """Send a new link; the one before works no more."""
    settings = web.settings()
    with db.transaction() as session:
        invitation = queries.invitation(session, public_id)
        made = inviting.invite_again(
            session,
            invitation,
            by=access.require_actor().account_id,
            now=clock.now(),
            base_url=settings.base_url,
            secret_key=settings.secret_key,
        )
        address = made.email
    flash(_("Et nyt link er på vej til %(mail)s. Det gamle virker ikke mere.", mail=address))
    return redirect(url_for("people.everyone"), 303)


@blueprint.post("/invitationer/<public_id>/traek-tilbage")
@needs("account:manage")
def withdraw(public_id: str) -> Response:
    """Take an invitation back."""
    with db.transaction() as session:
        invitation = queries.invitation(session, public_id)
        inviting.withdraw(session, invitation, clock.now())
        name = invitation.name
    flash(_("Invitationen til %(name)s er trukket tilbage. Linket virker ikke mere.", name=name))
    return redirect(url_for("people.everyone"), 303)


@blueprint.get("/<public_id>")
@needs("account:manage")
def person(public_id: str) -> Response:
    """One member of staff: who, what they may do, where, and what was changed."""
    return _page(public_id, {}, "", 200)


@blueprint.post("/<public_id>/navn")
@needs("account:manage", sudo=True)  # a forgotten password goes to the address
def rename(public_id: str) -> Response:
    """Another name or mail address."""
    form = NameForm.posted()
    return _change(
        public_id,
        {"name": form},
        lambda session, staff, by: actions.rename(
            session, staff, name=form.name.data, email=form.email.data, seen=form.seen.data, by=by, now=clock.now()
        ),
    )


@blueprint.post("/<public_id>/roller")
@needs("account:manage", sudo=True)
def set_roles(public_id: str) -> Response:
    """What somebody may do."""
    form = RolesForm.of_house((), posted=True)
    return _change(
        public_id,
        {"roles": form},
        lambda session, staff, by: actions.set_roles(
            session, staff, [Role(each) for each in form.roles.data], seen=form.seen.data, by=by, now=clock.now()
        ),
    )


@blueprint.post("/<public_id>/afdelinger")
@needs("account:manage", sudo=True)
def set_departments(public_id: str) -> Response:
    """Where somebody works, and so whom they see."""
    with db.reading() as session:
        departments = accounts.departments(session)
    ids = {each.key: each.id for each in departments}
    form = DepartmentsForm.of_house(departments, posted=True)
    return _change(
        public_id,
        {"departments": form},
        lambda session, staff, by: actions.set_departments(
            session,
            staff,
            [ids[each] for each in form.departments.data],
            seen=form.seen.data,
            by=by,
            now=clock.now(),
        ),
    )


@blueprint.post("/<public_id>/aaben")
@needs("account:manage", sudo=True)
def reopen(public_id: str) -> Response:
    """Somebody is back."""
    return _change(public_id, {}, lambda session, staff, by: actions.reopen(session, staff, by=by, now=clock.now()))


@blueprint.post("/<public_id>/totrin")
@needs("account:manage", sudo=True)
def reset_factors(public_id: str) -> Response:
    """Take away a second factor that is lost: the person sets up a new one when they sign in next."""

    def reset(session: Session, staff: Staff, by: int) -> None:
        factors.reset(session, staff.account_id, by, clock.now())
        actions.note_reset(session, staff, by=by, now=clock.now())

    return _change(public_id, {}, reset)


def _change(public_id: str, forms: dict[str, Any], deed: Callable[[Session, Staff, int], None]) -> Response:
    """One change to one person, and back to their page: with what was typed when it was wrong or refused."""
    if not all(form.validate() for form in forms.values()):
        return _page(public_id, forms, "", 422)
    try:
        with db.transaction() as session:
            deed(session, queries.staff(session, public_id), access.require_actor().account_id)
    except Refusal as refusal:
        if isinstance(refusal, actions.Changed):
            for form in forms.values():
                form.seen.data = None  # the page fills in what stands now
        return _page(public_id, forms, refusal.sentence, 409, needs_taker=isinstance(refusal, actions.CaseloadHeld))
    flash(_("Gemt."))
    return redirect(url_for("people.person", public_id=public_id), 303)


def _page(public_id: str, forms: dict[str, Any], said: str, status: int, *, needs_taker: bool = False) -> Response:
    with db.reading() as session:
        row = queries.one(session, public_id)
        staff = queries.staff(session, public_id)
        departments = accounts.departments(session)
        works_in = actions.departments_of(session, staff)
        lines = queries.history(session, row.account_id)
        held = handing.caseloads().held(session, row.account_id)
    keys = [each.key for each in departments if each.id in works_in]
    shown = {
        "name": forms.get("name") or NameForm(name=row.name, email=row.email),
        "roles": forms.get("roles") or RolesForm.of_house((), posted=False, roles=[role.value for role in row.roles]),
        "departments": forms.get("departments")
        or DepartmentsForm.of_house(departments, posted=False, departments=keys),
    }
    if "departments" in forms:
        forms["departments"].departments.choices = [(each.key, each.name) for each in departments]
    now_seen = (actions.seen_name(staff), actions.seen_roles(row.roles), actions.seen_departments(works_in))
    for form, seen in zip(shown.values(), now_seen, strict=True):
        form.seen.data = form.seen.data or seen
    html = render_template(
        "accounts/people/person.html",
        person=row,
        forms=shown,
        wrong=next((form for form in forms.values() if form.errors), None),
        said=said,
        held=held,
        needs_taker=needs_taker,
        lines=[(each.at, each.by, change_sentence(each.deed, each.before, each.after)) for each in lines],
        roles=_role_words(),
        role_name=role_name,
    )
    return make_response(html, status)


def _invite_page(form: Any, said: str, status: int) -> Response:
    with db.reading() as session:
        has_name = identity.is_told(session)
        if form is None:
            form = InviteForm.of_house(accounts.departments(session), posted=False)
    html = render_template("accounts/people/invite.html", form=form, said=said, roles=_role_words(), has_name=has_name)
    return make_response(html, status)


def _role_words() -> list[tuple[Role, str, str]]:
    return [(role, role_name(role), role_sentence(role)) for role in STAFF_ROLES]
