"""Somebody new: the form, the code that is shown once, and the card it is printed on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.accounts.models import Department
from workshop.citizens import queries as citizens
from workshop.citizens.enrolling import actions, card, queries
from workshop.citizens.enrolling.actions import Facts
from workshop.citizens.enrolling.forms import WORKDAYS, NewForm
from workshop.citizens.models import Citizen
from workshop.core import access, audit, clock, crypto, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.pictures import PICTURES
from workshop.core.web import MenuEntry

blueprint = Blueprint("enrolling", __name__, url_prefix="/personale/borgere")
MENU = (
    MenuEntry("people", lazy("Borgere"), "citizens.everyone", "person", "citizen:read", order=10),
    MenuEntry("people", lazy("Fremmøde"), "citizens.attendance_today", "ja", "record:confirm", order=20),
    MenuEntry("people", lazy("Ny borger"), "enrolling.new", "ny", "citizen:enrol", order=30),
    MenuEntry("people", lazy("Tidligere"), "stays.earlier", "retur", "citizen:enrol", order=50),
)


@blueprint.get("/ny")
@needs("citizen:enrol")
def new() -> Response:
    """The form for somebody new in one department."""
    person = access.require_actor()
    with db.reading() as session:
        departments = queries.departments_of(session, person)
        department = _chosen(departments, request.args.get("afdeling"))
        form = NewForm(once=crypto.new_public_id(), started_on=clock.local_day(clock.now()), days=WORKDAYS)
        return _new_page(session, form, departments, department, "", 200)


@blueprint.post("/ny")
@needs("citizen:enrol")
def new_post() -> Response:
    """Let somebody in. The answer shows the code, once: it stands here and nowhere else, so there is no redirect."""
    person, form = access.require_actor(), NewForm.posted()
    with db.reading() as session:
        departments = queries.departments_of(session, person)
        department = _chosen(departments, form.department.data)
        if department is None:
            return _new_page(session, form, departments, department, "", 422)
        _fill(session, form, department)
        if not form.validate():
            return _new_page(session, form, departments, department, "", 422)
        made = _made_with(session, form)
    if made is not None:
        return _made_before(made)
    try:
        with db.transaction() as session:
            citizen, pin = _begin(session, form, department.id)
            audit.record(person, "new citizen", [citizen.public_id], clock.now())
            note = card.note(session, citizen, pin, person.account_id)
            html = render_template("citizens/enrolling/made.html", citizen=citizen, pin=pin, note=note)
    except Refusal as refusal:
        with db.reading() as session:  # a second press that came while the first was at work is no fault of anybody's
            made = _made_with(session, form)
            if made is None:
                return _new_page(session, form, departments, department, refusal.sentence, 409)
        return _made_before(made)
    return make_response(html)


@blueprint.post("/<public_id>/kode/kort.pdf")
@needs("citizen:read")
def card_pdf(public_id: str) -> Response:
    """The card, for whoever was shown the code just now."""
    person, now = access.require_actor(), clock.now()
    with db.reading() as session:
        citizen = citizens.citizen_for(session, person, public_id)
        pin = card.pin_of_note(session, citizen, request.form.get("note", ""), person.account_id)
    audit.record(person, "export", [public_id], now, reason="kort med kode")
    answer = make_response(card.render(citizen.display_name, citizen.picture, pin))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = 'inline; filename="kort.pdf"'
    return answer


def _begin(session: Session, form: Any, department_id: int) -> tuple[Citizen, str]:
    programme = next(
        each for each in queries.programmes(session, form.started_on.data) if each.key == form.programme.data
    )
    facts = Facts(
        form.full_name.data,
        form.display_name.data,
        form.picture.data,
        form.language.data,
        department_id,
        form.ends_on.data,
    )
    return actions.begin(
        session,
        public_id=form.once.data,
        facts=facts,
        contact=queries.staff_by_public_id(session, form.contact.data),
        programme_type_id=programme.id,
        started_on=form.started_on.data,
        days=form.days.data,
        pepper=web.settings().pin_pepper,
        now=clock.now(),
        cheap=web.settings().cheap_hashes,
    )


def _made_with(session: Session, form: Any) -> Citizen | None:
    """Whoever this very form has let in already."""
    return session.scalar(sa.select(Citizen).where(Citizen.public_id == form.once.data))


def _made_before(citizen: Citizen) -> Response:
    """The form was sent twice: the person is there, and the code was shown the first time."""
    if citizen.department_id not in access.require_actor().department_ids:
        raise NotHere
    flash(_("%(name)s er oprettet. Lav en ny kode, hvis du ikke nåede at se den.", name=citizen.display_name))
    return redirect(url_for("citizens.everyone"), 303)


def _chosen(departments: list[Department], key: str | None) -> Department | None:
    """The department asked for, where it is one's own; the first without asking."""
    if not key:
        return departments[0] if departments else None
    return next((each for each in departments if each.key == key), None)


def _fill(session: Session, form: Any, department: Department) -> None:
    day = form.started_on.data or clock.local_day(clock.now())
    form.programme.choices = [("", _("Vælg")), *((each.key, each.name) for each in queries.programmes(session, day))]
    form.contact.choices = [("", _("Vælg")), *queries.contacts(session, department.id)]
    form.department.data = department.key


def _new_page(
    session: Session, form: Any, departments: list[Department], department: Department | None, said: str, status: int
) -> Response:
    taken: set[str] = set()
    if department is not None:
        _fill(session, form, department)
        taken = queries.taken_pictures(session, department.id)
    html = render_template(
        "citizens/enrolling/new.html",
        form=form,
        departments=departments,
        department=department,
        pictures=PICTURES,
        taken=taken,
        said=said,
    )
    return make_response(html, status)
