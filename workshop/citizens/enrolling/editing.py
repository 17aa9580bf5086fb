"""Putting right what stands about somebody: who they are, their contact person, their agreed days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import actions as citizens
from workshop.citizens import door
from workshop.citizens import queries as reads
from workshop.citizens.enrolling import actions, queries
from workshop.citizens.enrolling.actions import Facts
from workshop.citizens.enrolling.forms import ContactForm, DaysForm, EditForm, language_choices, week_words
from workshop.citizens.models import Citizen
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.pictures import PICTURES

blueprint = Blueprint("editing", __name__, url_prefix="/personale/borgere")
blueprint.add_app_template_filter(week_words, "week_words")


@blueprint.get("/<public_id>/ret")
@needs("citizen:enrol")
def page(public_id: str) -> Response:
    """What stands now, ready to be put right."""
    citizen = door.enter(access.require_actor(), public_id, clock.now())
    return _page(citizen, {}, "", 200)


@blueprint.post("/<public_id>/ret")
@needs("citizen:enrol")
def save(public_id: str) -> Response:
    """Name, picture, language, department and last day."""
    person, now, form = access.require_actor(), clock.now(), EditForm.posted()
    citizen = door.enter(person, public_id, now, deed="edit")
    with db.reading() as session:
        _fill_edit(session, form, citizen)
        ids = {each.key: each.id for each in queries.departments_of(session, person)}

    def deed(session: Session, found: Citizen) -> None:
        facts = _typed(form, ids)
        contact = queries.staff_by_public_id(session, form.contact.data) if form.contact.data else None
        actions.change(session, found, facts, seen=form.seen.data, by=person.account_id, now=now, contact=contact)

    return _change(citizen, {"edit": form}, deed)


@blueprint.post("/<public_id>/kontaktperson")
@needs("citizen:enrol")
def contact(public_id: str) -> Response:
    """Another contact person from a day on."""
    person, now, form = access.require_actor(), clock.now(), ContactForm.posted()
    citizen = door.enter(person, public_id, now, deed="edit")
    with db.reading() as session:
        _fill_contact(session, form, citizen)

    def deed(session: Session, found: Citizen) -> None:
        taker = queries.staff_by_public_id(session, form.contact.data)
        actions.change_contact(session, found, taker, from_on=form.from_on.data, by=person.account_id, now=now)

    return _change(citizen, {"contact": form}, deed)


@blueprint.post("/<public_id>/dage")
@needs("citizen:enrol")
def days(public_id: str) -> Response:
    """Other agreed days from a day on; those before stay as they were."""
    form = DaysForm.posted()
    citizen = door.enter(access.require_actor(), public_id, clock.now(), deed="edit")
    return _change(
        citizen,
        {"days": form},
        lambda session, found: citizens.set_week_plan(
            session,
            found,
            valid_from=form.valid_from.data,
            days=form.days.data,
            today=clock.local_day(clock.now()),
        ),
    )


def _change(citizen: Citizen, forms: dict[str, Any], deed: Callable[[Session, Citizen], None]) -> Response:
    """One change, and back to the page: with what was typed when it was wrong or refused."""
    if not all(form.validate() for form in forms.values()):
        return _page(citizen, forms, "", 422)
    try:
        with db.transaction() as session:
            deed(session, reads.citizen_for(session, access.require_actor(), citizen.public_id))
    except Refusal as refusal:
        return _page(citizen, forms, refusal.sentence, 409, has_changed=isinstance(refusal, actions.Changed))
    flash(_("Gemt."))
    return redirect(url_for("editing.page", public_id=citizen.public_id), 303)


def _page(citizen: Citizen, forms: dict[str, Any], said: str, status: int, *, has_changed: bool = False) -> Response:
    person, today = access.require_actor(), clock.local_day(clock.now())
    with db.reading() as session:
        citizen = reads.citizen_for(session, person, citizen.public_id)
        facts = actions.facts_of(session, citizen)
        departments = queries.departments_of(session, person)
        keys = {each.id: each.key for each in departments}
        edit = forms.get("edit") or EditForm(data={**facts._asdict(), "department": keys.get(facts.department_id)})
        contact = forms.get("contact") or ContactForm(from_on=today)
        _fill_edit(session, edit, citizen)
        _fill_contact(session, contact, citizen)
        plan = reads.week_plan(session, citizen.id, today)
        ahead = queries.plans_ahead(session, citizen.id, today)
        stay = queries.newest_stay(session, citizen.id)
        history = queries.contact_history(session, citizen.id)
        taken = queries.taken_pictures(session, citizen.department_id, citizen.id)
        may_undo = not citizen.is_active and queries.is_undoable(session, citizen, clock.now())
    if has_changed or not edit.seen.data:
        edit.seen.data = facts.seen
    names = {each.id: each.name for each in departments}
    html = render_template(
        "citizens/enrolling/edit.html",
        citizen=citizen,
        edit=edit,
        contact=contact,
        days=forms.get("days") or _days_form(plan, ahead, today),
        ahead=ahead,
        wrong=next((form for form in forms.values() if form.errors), None),
        said=said,
        differences=_differences(facts, _typed(edit, {key: id_ for id_, key in keys.items()}), names)
        if has_changed
        else [],
        stay=stay,
        history=history,
        pictures=PICTURES,
        taken=taken,
        may_undo=may_undo,
        today=today,
    )
    return make_response(html, status)


def _days_form(plan: list[reads.PlanRow], ahead: list[queries.PlanAhead], today: date) -> DaysForm:
    """The week as it stands today; for somebody who has not begun yet, the first one to come."""
    if plan or not ahead:
        return DaysForm(valid_from=today, days=plan)
    return DaysForm(valid_from=ahead[0].valid_from, days=ahead[0].days)


def _fill_edit(session: Session, form: Any, citizen: Citizen) -> None:
    departments = queries.departments_of(session, access.require_actor())
    form.department.choices = [(each.key, each.name) for each in departments]
    elsewhere = dict(
        found
        for each in departments
        if each.id != citizen.department_id
        for found in queries.contacts(session, each.id)
    )
    form.contact.choices = [("", _("Den samme som nu")), *elsewhere.items()]


def _fill_contact(session: Session, form: Any, citizen: Citizen) -> None:
    form.contact.choices = [("", _("Vælg")), *queries.contacts(session, citizen.department_id)]


def _typed(form: Any, ids: dict[str, int]) -> Facts:
    return Facts(
        form.full_name.data or "",
        form.display_name.data or "",
        form.picture.data or "",
        form.language.data or "",
        ids.get(form.department.data, 0),
        form.ends_on.data,
    )


def _differences(stored: Facts, typed: Facts, departments: dict[int, str]) -> list[tuple[str, str, str]]:
    """(what, what stands now, what was typed) where the two are not the same."""
    languages = dict(language_choices())

    def words(facts: Facts) -> tuple[str, ...]:
        return (
            facts.full_name,
            facts.display_name,
            PICTURES.get(facts.picture, facts.picture),
            languages.get(facts.language, facts.language),
            departments.get(facts.department_id, ""),
            clock.day_text(facts.ends_on) if facts.ends_on else _("Ingen"),
        )

    names = (_("Fulde navn"), _("Kaldenavn"), _("Billede"), _("Sprog"), _("Afdeling"), _("Sidste dag"))
    rows = zip(names, words(stored), words(typed), strict=True)
    return [(name, was, wanted) for name, was, wanted in rows if was != wanted]
