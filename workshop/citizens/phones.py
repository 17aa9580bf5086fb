"""A citizen's own phone, seen from the desk: a code to scan, shown once, and the phones there are."""

from __future__ import annotations

import structlog
from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.accounts import symbol
from workshop.accounts.models import PhoneTicket
from workshop.accounts.phones import actions
from workshop.citizens import queries
from workshop.core import access, audit, clock, db, web
from workshop.core.access import needs
from workshop.core.i18n import _
from workshop.core.text import whose

blueprint = Blueprint("citizen_phones", __name__, url_prefix="/personale/borgere/<public_id>/telefon")
log = structlog.get_logger()


@blueprint.get("")
@needs("pin:release")
def phones(public_id: str) -> Response:
    """The person's own phones, and a button that makes a ticket for one more."""
    now = clock.now()
    with db.reading() as session:
        citizen = queries.citizen_for(session, access.require_actor(), public_id)
        rows = actions.phones_of(session, citizen.account_id, now)
    audit.record(access.require_actor(), "read", [public_id], now, reason="telefon")
    owner = whose(citizen.display_name)
    html = render_template("accounts/phones/of_citizen.html", citizen=citizen, phones=rows, name=owner)
    return make_response(html)


@blueprint.post("")
@needs("pin:release")
def ticket(public_id: str) -> Response:
    """A ticket for one phone. It stands in this answer and nowhere else, so there is no redirect."""
    person, now = access.require_actor(), clock.now()
    with db.transaction() as session:
        citizen = queries.citizen_for(session, person, public_id)
        name = citizen.display_name
        token = actions.ticket(session, citizen.account_id, person.account_id, now)
        audit.record(person, "phone", [public_id], now)
    # The phone scans what the workshop's own address says, whatever address this page was asked under.
    drawn = symbol.symbol_of(f"{web.settings().base_url}{url_for('own_phone.offer', token=token)}")
    until = now + PhoneTicket.LASTS
    log.info("phone ticket", by=person.public_id)
    html = render_template("accounts/phones/ticket.html", public_id=public_id, name=name, drawn=drawn, until=until)
    return make_response(html)


@blueprint.post("/<phone_id>/luk")
@needs("pin:release")
def revoke(public_id: str, phone_id: str) -> Response:
    """Close a lost phone from here."""
    person, now = access.require_actor(), clock.now()
    with db.transaction() as session:
        citizen = queries.citizen_for(session, person, public_id)
        actions.revoke(session, citizen.account_id, phone_id, now)
        audit.record(person, "phone", [public_id], now)
    flash(_("Telefonen er lukket. Den kan ikke bruges mere."))
    return redirect(url_for("citizen_phones.phones", public_id=public_id), 303)
