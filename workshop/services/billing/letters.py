"""What a customer hears from us about money. Each mail carries its cause's key, so it goes once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock, db, mail
from workshop.core.i18n import _
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans, kr
from workshop.services.billing import actions, queries, words
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.door import Head
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace

RECEIPTS_BACK = actions.LOOKS_BACK


def due(session: Session, charge: ServiceCharge, head: Head, now: datetime) -> None:
    """What is to be paid, and the link to pay it by. Sent again it is a mail of its own."""
    place = queries.customer_of(session, charge)
    body = [
        _("Vi har været hos dig: %(text)s.", text=charge.text)
        if charge.visit_id is not None
        else _("Nu kan du betale for %(text)s.", text=charge.text),
        _amount(charge),
        _("Betal her: %(link)s", link=head.link_in_mail("charge", charge.public_id)),
        _("Du kan også betale med MobilePay eller kontant, næste gang vi ses. Så sig det bare."),
        _("Er der noget, der ikke passer, så skriv eller ring, før du betaler."),
    ]
    _send(
        session, charge, place, head, f"due-{charge.version}", _("Til betaling: %(text)s", text=charge.text), body, now
    )


def paid(session: Session, charge: ServiceCharge, head: Head, now: datetime) -> None:
    """The receipt."""
    place = queries.customer_of(session, charge)
    body = [
        _("Tak for din betaling. Her er din kvittering."),
        "\n".join(
            line
            for line in (
                _("Nummer: %(number)s", number=charge.number),
                _("For: %(text)s", text=charge.text),
                _(
                    "Sted: %(street)s, %(postcode)s %(town)s",
                    street=place.street,
                    postcode=place.postcode,
                    town=place.town,
                ),
                _("Jeres reference: %(reference)s", reference=place.customer_reference)
                if place.customer_reference
                else "",
                _amount(charge),
                _("Betalt %(day)s, %(how)s.", day=_day(charge.paid_at or now), how=words.means_text(charge.paid_means)),
            )
            if line
        ),
        _seller(head),
    ]
    _send(session, charge, place, head, "paid", _("Kvittering %(number)s", number=charge.number), body, now)


def cancelled(session: Session, charge: ServiceCharge, head: Head, now: datetime, *, is_paid_back: bool) -> None:
    """It is not to be paid, or comes back; said only to somebody who has heard of it."""
    if charge.told_at is None and not is_paid_back:
        return
    place = queries.customer_of(session, charge)
    body = [
        _("Du skal ikke betale for %(text)s.", text=charge.text)
        if not is_paid_back
        else _("Du får %(amount)s tilbage for %(text)s.", text=charge.text, amount=kr(charge.amount_ore)),
        charge.why,
    ]
    if is_paid_back and charge.paid_means is PayMeans.CARD:
        body.append(_("Pengene går tilbage til det kort, du betalte med. Det tager nogle dage."))
    subject = _("Du får pengene tilbage") if is_paid_back else _("Du skal ikke betale %(number)s", number=charge.number)
    _send(session, charge, place, head, "cancelled", subject, body, now)


def paid_twice(session: Session, charge: ServiceCharge, head: Head, now: datetime, *, payment_key: str) -> None:
    """Money came that was not due any more; it goes back by itself."""
    place = queries.customer_of(session, charge)
    body = [
        _("Vi fik en betaling på %(amount)s for %(text)s.", amount=kr(charge.amount_ore), text=charge.text),
        _("Det var betalt i forvejen.") if charge.state is ChargeState.PAID else _("Det skulle ikke betales mere."),
        _("Pengene går tilbage til dit kort af sig selv. Det tager nogle dage. Du skal ikke gøre noget."),
    ]
    _send(session, charge, place, head, f"twice-{payment_key}", _("Du får pengene tilbage"), body, now)


def tell_all(head: Head, now: datetime) -> int:
    """The sweep: everybody who owes something and has not heard is sent the link, and a receipt is never forgotten."""
    with db.reading() as session:
        waiting = session.scalars(
            _with_email().where(ServiceCharge.state == ChargeState.DUE, ServiceCharge.told_at.is_(None))
        ).all()
        unthanked = session.scalars(
            _with_email().where(
                ServiceCharge.state == ChargeState.PAID,
                ServiceCharge.amount_ore > 0,
                ServiceCharge.paid_at >= now - RECEIPTS_BACK,
                ~sa.exists().where(OutboxMail.key == sa.literal("charge-paid:").concat(ServiceCharge.public_id)),
            )
        ).all()
    for public_id in waiting:
        with db.transaction() as session:
            charge = queries.by_public_id(session, public_id, is_locked=True)
            if charge is not None and charge.state is ChargeState.DUE and charge.told_at is None:
                actions.told(session, charge, now, version=charge.version)
                due(session, charge, head, now)
    for public_id in unthanked:
        with db.transaction() as session:
            charge = queries.by_public_id(session, public_id, is_locked=True)
            if charge is not None and charge.state is ChargeState.PAID:
                paid(session, charge, head, now)
    return len(waiting) + len(unthanked)


def _with_email() -> sa.Select[str]:
    return (
        sa.select(ServiceCharge.public_id)
        .join(ServiceJob, ServiceJob.id == ServiceCharge.job_id)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(ServicePlace.customer_email != "")
        .order_by(ServiceCharge.id)
    )


def _amount(charge: ServiceCharge) -> str:
    if charge.vat_ore:
        return _("Beløb: %(amount)s, heraf moms %(vat)s", amount=kr(charge.amount_ore), vat=kr(charge.vat_ore))
    return _("Beløb: %(amount)s Der er ikke moms i prisen.", amount=kr(charge.amount_ore))


def _day(moment: datetime) -> str:
    return clock.day_text(clock.local_day(moment))


def _seller(head: Head) -> str:
    who = head.identity
    cvr = _("CVR %(number)s", number=who.cvr)
    return f"{who.name}, {who.address}, {who.postcode} {who.town}. {cvr}."


def _send(
    session: Session,
    charge: ServiceCharge,
    place: ServicePlace,
    head: Head,
    cause: str,
    subject: str,
    body: Iterable[str],
    now: datetime,
) -> None:
    """Into the outbox, when there is an address; without one staff ring."""
    if not place.customer_email:
        return
    greeting = _("Hej %(name)s", name=place.customer_name)
    mail.queue(
        session,
        key=f"charge-{cause}:{charge.public_id}",
        recipient=place.customer_email,
        subject=subject[:200],
        body="\n\n".join((greeting, *body, head.goodbye())),
        now=now,
    )
