"""What somebody who changes their mind, or complains, hears from us. Each mail goes once, by the key of its cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from shop.orders.letterhead import Letterhead
from shop.orders.mails import let_link_last
from shop.orders.models import Order
from shop.orders.withdrawing import deadlines
from shop.orders.withdrawing.models import Complaint, Refund, Withdrawal
from shop.orders.withdrawing.queries import service_number
from workshop.core import clock, mail
from workshop.core.i18n import _, ngettext
from workshop.core.money import PayMeans, kr


def means_text(means: PayMeans | None) -> str:
    """How money goes back, as a sentence ends."""
    words = {
        None: _("på dit kort. Det kan vare nogle dage, før du ser det"),
        PayMeans.CASH: _("kontant"),
        PayMeans.MOBILEPAY: _("med MobilePay"),
        PayMeans.CARD: _("på dit kort i vores terminal"),
        PayMeans.INVOICE: _("til din konto"),
    }
    return words[means]


def withdrawal_received(session: Session, withdrawal: Withdrawal, head: Letterhead, now: datetime) -> None:
    """The receipt the law asks for: what was declared, with date and time. Received, which is not yet accepted."""
    is_of_service = service_number(withdrawal.order_number) is not None
    by = clock.day_text(deadlines.money_back_by(clock.local_day(withdrawal.received_at)))
    who = head.identity
    body = [
        _("Vi har modtaget din meddelelse om, at du fortryder en aftale."),
        declared_text(withdrawal),
        _("Modtaget %(when)s.", when=clock.day_and_clock(withdrawal.received_at)),
        _(
            "Dette er en kvittering for, at vi har modtaget den. Vi ser på den nu og skriver til dig. "
            "Har du ret til pengene tilbage, får du dem senest %(day)s.",
            day=by,
        )
        + ("" if is_of_service else " " + _("Vi kan vente, til vi har fået varen.")),
    ]
    if not is_of_service:
        body.append(
            _(
                "Har du fået varen, så aflever den senest %(day)s på %(address)s, %(postcode)s %(town)s.",
                day=by,
                address=who.address,
                postcode=who.postcode,
                town=who.town,
            )
        )
    body.append(_("Er det ikke dig, der har skrevet, så ring til os på %(phone)s.", phone=who.phone))
    _send(
        session,
        head,
        key=f"withdrawal-received-{withdrawal.public_id}",
        name=withdrawal.name,
        recipient=withdrawal.email,
        subject=_("Vi har modtaget din fortrydelse"),
        body=body,
        now=now,
    )


def declared_text(withdrawal: Withdrawal) -> str:
    """What was declared, word for word."""
    return "\n".join(
        (
            _("Navn: %(name)s", name=withdrawal.name),
            _("E-mail: %(mail)s", mail=withdrawal.email),
            _("Nummer: %(number)s", number=withdrawal.order_number)
            if service_number(withdrawal.order_number)
            else _("Ordrenummer: %(number)s", number=withdrawal.order_number),
            _("Det drejer sig om: %(what)s", what=withdrawal.lines_text or whole_text(withdrawal.order_number)),
        )
    )


def whole_text(number: str) -> str:
    """What somebody who named no part means."""
    return _("hele aftalen") if service_number(number) else _("hele ordren")


def withdrawal_refused(session: Session, withdrawal: Withdrawal, reason: str, head: Letterhead, now: datetime) -> None:
    """Why we cannot go along with it, and where to complain of that."""
    body = (
        _(
            "Du skrev %(when)s, at du fortryder en aftale. Det kan vi desværre ikke gå med til:",
            when=clock.day_and_clock(withdrawal.received_at),
        ),
        reason,
        declared_text(withdrawal),
        _(
            "Er du ikke enig, så skriv eller ring til os. Du kan også klage til Nævnenes Hus, Toldboden 2, "
            "8800 Viborg, naevneneshus.dk."
        ),
    )
    _send(
        session,
        head,
        key=f"withdrawal-refused-{withdrawal.public_id}",
        name=withdrawal.name,
        recipient=withdrawal.email,
        subject=_("Om din fortrydelse"),
        body=body,
        now=now,
    )


def refunded(
    session: Session,
    order: Order,
    refund: Refund,
    parts: Sequence[tuple[str, int, int]],
    head: Letterhead,
    now: datetime,
) -> None:
    """What is paid back, line by line. `parts` are (title, pieces that came back, øre)."""
    rows = [
        f"- {title}{f' × {pieces}' if pieces > 1 else ''}{'' if pieces else _(' (afslag i prisen)')}: {kr(ore)}"
        for title, pieces, ore in parts
    ]
    if refund.delivery_ore:
        rows.append(_("- Levering: %(amount)s", amount=kr(refund.delivery_ore)))
    rows.append(_("I alt: %(total)s", total=kr(refund.amount_ore)))
    if refund.vat_ore:
        rows.append(_("Heraf moms: %(vat)s", vat=kr(refund.vat_ore)))
    body = [
        _("Vi betaler %(amount)s tilbage %(how)s.", amount=kr(refund.amount_ore), how=means_text(refund.means)),
        "\n".join(rows),
    ]
    if refund.reason:
        body.append(refund.reason)
    body.append(_("Din ordre: %(link)s", link=head.order_link_in_mail(order.public_id)))
    _to_customer(
        session,
        order,
        head,
        f"order-refund-{refund.public_id}",
        _("Du får penge tilbage for ordre %(number)s", number=order.number),
        body,
        now,
    )


def taken_off(
    session: Session, order: Order, parts: Sequence[tuple[str, int]], head: Letterhead, now: datetime
) -> None:
    """Something came off an order that is not handed over yet; `parts` are (title, pieces)."""
    rows = "\n".join(f"- {title}{f' × {pieces}' if pieces > 1 else ''}" for title, pieces in parts)
    body = (
        _("Vi har taget det, du fortrød, ud af din ordre:"),
        rows,
        _("Resten koster nu %(total)s, og du betaler ikke for det, du har fortrudt.", total=kr(order.total_ore)),
        _("Din ordre: %(link)s", link=head.order_link_in_mail(order.public_id)),
    )
    back = sum(line.returned for line in order.lines)
    _to_customer(
        session,
        order,
        head,
        f"order-taken-off-{back}",
        _("Ordre %(number)s er rettet", number=order.number),
        body,
        now,
    )


def new_link(session: Session, order: Order, head: Letterhead, now: datetime) -> None:
    """The link to the order once more; at most one such mail an hour."""
    body = (
        _("Her er linket til din ordre:"),
        head.order_link_in_mail(order.public_id),
        _("Har du ikke bedt om det, skal du ikke gøre noget."),
    )
    subject = _("Link til ordre %(number)s", number=order.number)
    _to_customer(session, order, head, f"order-link-{now:%Y%m%d%H}", subject, body, now)


def complaint_received(
    session: Session, order: Order, complaint: Complaint, pictures: int, head: Letterhead, now: datetime
) -> None:
    """That we have it, what was written, and how many pictures came; they themselves are in no mail."""
    to = head.identity.email
    body = (
        _("Vi har modtaget din reklamation %(when)s og svarer dig så hurtigt, vi kan.", when=clock.day_and_clock(now)),
        _("Du skrev:"),
        complaint.text,
        ngettext("Vi fik også %(num)s billede.", "Vi fik også %(num)s billeder.", pictures)
        if pictures
        else _("Har du et billede af fejlen, så send det som svar på denne mail til %(mail)s.", mail=to),
        _("Din ordre: %(link)s", link=head.order_link_in_mail(order.public_id)),
    )
    subject = _("Vi har modtaget din reklamation")
    _to_customer(session, order, head, f"order-complaint-{complaint.public_id}", subject, body, now)


def complaint_answered(session: Session, order: Order, complaint: Complaint, head: Letterhead, now: datetime) -> None:
    """Our answer, with what was written above it."""
    body = (
        complaint.answer,
        _("Du skrev %(when)s:", when=clock.day_and_clock(complaint.at)),
        complaint.text,
        _(
            "Er du ikke enig, så ring til os på %(phone)s. Du kan også klage til Nævnenes Hus, Toldboden 2, "
            "8800 Viborg, naevneneshus.dk.",
            phone=head.identity.phone,
        ),
    )
    subject = _("Svar på din reklamation, ordre %(number)s", number=order.number)
    _to_customer(session, order, head, f"order-answer-{complaint.public_id}", subject, body, now)


def _to_customer(
    session: Session, order: Order, head: Letterhead, cause: str, subject: str, body: Sequence[str], now: datetime
) -> None:
    """The key ends with the order's id, so that what is due for the order is sent at once.

    Nothing for who ordered on the phone and has no mail.
    """
    if not order.customer_email:
        return
    let_link_last(order, now)
    _send(
        session,
        head,
        key=f"{cause}-{order.public_id}",
        name=order.customer_name,
        recipient=order.customer_email,
        subject=subject,
        body=body,
        now=now,
    )


def _send(
    session: Session,
    head: Letterhead,
    *,
    key: str,
    name: str,
    recipient: str,
    subject: str,
    body: Sequence[str],
    now: datetime,
) -> None:
    greeting = _("Kære %(name)s", name=name)
    goodbye = _("Venlig hilsen\n%(name)s\n%(phone)s", name=head.identity.name, phone=head.identity.phone)
    text = "\n\n".join((greeting, *body, goodbye))
    mail.queue(session, key=key, recipient=recipient, subject=subject, body=text, now=now)
