"""What the customer hears from us. Each mail is written with its cause and carries the cause's key, so it goes once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from shop.orders.contract import contract
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, Order, PayWay
from shop.orders.pickup import hours_text, kept_until
from shop.payments.models import Deed
from workshop.core import clock, mail
from workshop.core.i18n import _
from workshop.core.money import kr


def ask_to_confirm(
    session: Session, order: Order, head: Letterhead, token: str, until: datetime, now: datetime
) -> None:
    """Pay at pickup: the link that makes the order hold."""
    body = (
        _("Tryk på linket inden kl. %(clock)s. Så er det dit:", clock=clock.clock_text(until)),
        head.confirm_link(order.public_id, token),
        _bought(order),
        _("Har du ikke bestilt noget, skal du ikke gøre noget. Så sætter vi det til salg igen."),
    )
    _send(session, order, head, "confirm", _("Bekræft din bestilling"), body, now)


def secured(session: Session, order: Order, head: Letterhead, now: datetime) -> None:
    """The order holds: receipt and the whole contract."""
    thanks = (
        _("Tak for din ordre. Vi gør den klar nu og skriver, når du kan hente."),
        _("Følg ordren her: %(link)s", link=head.order_link(order.public_id)),
        contract(order, head),
    )
    _send(session, order, head, "secured", _("Tak for din ordre %(number)s", number=order.number), thanks, now)


def ready(session: Session, order: Order, head: Letterhead, now: datetime) -> None:
    """It can be fetched."""
    who = head.identity
    body = [
        _("Nu kan du hente:"),
        _bought(order),
        _(
            "Din tid er %(day)s kl. %(hours)s.",
            day=clock.day_text(order.pickup_on),
            hours=hours_text(order.pickup_from_minute, order.pickup_to_minute),
        ),
        f"{who.name}, {who.address}, {who.postcode} {who.town}. {who.opening_hours}.",
        _("Vis ordrenummer %(number)s, når du kommer.", number=order.number),
    ]
    if order.pay_way is PayWay.AT_PICKUP:
        body.append(
            _(
                "Du betaler %(total)s, når du henter. Vi holder den til %(until)s.",
                total=kr(order.total_ore),
                until=clock.day_and_clock(kept_until(order.pickup_on)),
            )
        )
    body.append(_("Din ordre: %(link)s", link=head.order_link(order.public_id)))
    _send(session, order, head, "ready", _("Du kan hente ordre %(number)s", number=order.number), body, now)


def cancelled(session: Session, order: Order, head: Letterhead, now: datetime, *, money_back: Deed | None) -> None:
    """The order ended without a sale; `money_back` is what happens with money that was reserved or taken."""
    money = {
        Deed.VOID: _("Vi slipper det beløb, der var reserveret på dit kort. Det kan vare nogle dage, før du ser det."),
        Deed.REFUND: _("Vi betaler pengene tilbage på dit kort. Det kan vare nogle dage, før du ser det."),
    }
    nothing = _("Der er ikke trukket nogen penge.")
    about_money = money.get(money_back, nothing) if money_back else nothing
    body = (why_cancelled(order.cancel_cause), _bought(order), about_money)
    _send(session, order, head, "cancelled", _("Ordre %(number)s er annulleret", number=order.number), body, now)


def paid_back(session: Session, order: Order, head: Letterhead, amount_ore: int, now: datetime) -> None:
    """Money that was taken goes back after hand-over; `amount_ore` is øre."""
    body = (
        _(
            "Vi betaler %(amount)s tilbage på dit kort. Det kan vare nogle dage, før du ser det.",
            amount=kr(amount_ore),
        ),
        _bought(order),
        _("Din ordre: %(link)s", link=head.order_link(order.public_id)),
    )
    subject = _("Du får pengene tilbage for ordre %(number)s", number=order.number)
    _send(session, order, head, "paid-back", subject, body, now)


def why_cancelled(cause: CancelCause | None) -> str:
    """Why an order ended, as we say it to the customer."""
    why = {
        CancelCause.LAPSED: _("Tiden gik, så vi har sat det til salg igen. Du er velkommen til at bestille på ny."),
        CancelCause.CUSTOMER: _("Du har annulleret ordren."),
        CancelCause.STAFF: _("Vi har desværre måttet annullere ordren. Ring eller skriv, hvis du vil vide mere."),
        CancelCause.REPLACED: _("Du har bestilt på ny i stedet."),
    }
    return why[cause or CancelCause.STAFF]


def _bought(order: Order) -> str:
    lines = [f"- {line.title}" + (f" × {line.quantity}" if line.quantity > 1 else "") for line in order.lines]
    return "\n".join([*lines, _("I alt: %(total)s", total=kr(order.total_ore))])


def _send(
    session: Session,
    order: Order,
    head: Letterhead,
    cause: str,
    subject: str,
    body: list[str] | tuple[str, ...],
    now: datetime,
) -> None:
    greeting = _("Kære %(name)s", name=order.customer_name)
    goodbye = _("Venlig hilsen\n%(name)s\n%(phone)s", name=head.identity.name, phone=head.identity.phone)
    mail.queue(
        session,
        key=f"order-{cause}-{order.public_id}",
        recipient=order.customer_email,
        subject=subject,
        body="\n\n".join((greeting, *body, goodbye)),
        now=now,
    )
