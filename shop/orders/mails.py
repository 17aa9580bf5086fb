"""What the customer hears from us. Each mail is written with its cause and carries the cause's key, so it goes once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from shop.orders import ics
from shop.orders.contract import bought, contract
from shop.orders.house import queries as house
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, CustomerKind, Fulfilment, Order, PayWay
from shop.orders.pickup import Calendar, hours_text
from shop.payments.models import Deed
from workshop.core import clock, mail
from workshop.core.i18n import _
from workshop.core.money import PayMeans, kr

LINK_LASTS_AT_LEAST = timedelta(days=60)  # after every mail: the days to change one's mind, and a month and a half


def ask_to_confirm(session: Session, order: Order, head: Letterhead, until: datetime, now: datetime) -> None:
    """Pay at pickup: the link that makes the order hold."""
    pays = (
        _("Du betaler, når vi kommer.")
        if order.fulfilment is Fulfilment.DELIVERY
        else _("Du betaler, når du henter. Det er gratis at hente.")
    )
    body = (
        _("Tryk på linket inden kl. %(clock)s. Så er det dit:", clock=clock.clock_text(until)),
        head.confirm_link_in_mail(order.public_id),
        _bought(order),
        f"{_when(order)}\n{_where(order, head)}\n{pays}",
        _("Har du ikke bestilt noget, skal du ikke gøre noget. Så sætter vi det til salg igen."),
    )
    _send(session, order, head, "confirm", _("Bekræft din bestilling"), body, now)


def secured(session: Session, order: Order, head: Letterhead, now: datetime) -> None:
    """The order holds: receipt and the whole contract, and the time for the customer's calendar."""
    is_made = any(line.product_type_id is not None for line in order.lines)
    is_brought = order.fulfilment is Fulfilment.DELIVERY
    next_step = (
        _("Tak for din ordre. Vi går i gang med at lave den og skriver, når den er klar.")
        if is_made
        else _("Tak for din ordre. Vi gør den klar nu og skriver, når vi er klar til at levere.")
        if is_brought
        else _("Tak for din ordre. Vi gør den klar nu og skriver, når du kan hente.")
    )
    terms = house.terms(session, order.terms_version) if order.terms_version is not None else None
    thanks = (
        next_step,
        _("Følg ordren her: %(link)s", link=head.order_link_in_mail(order.public_id)),
        contract(order, head, house.calendar(session), terms),
    )
    subject = _("Tak for din ordre %(number)s", number=order.number)
    _send(session, order, head, "secured", subject, thanks, now, attachment=ics.attachment(order, head, now))


def ready(session: Session, order: Order, head: Letterhead, now: datetime) -> None:
    """It can be fetched, or is about to be brought; with the code that gets it out."""
    calendar = house.calendar(session)
    is_brought = order.fulfilment is Fulfilment.DELIVERY
    body = [_("Nu er vi klar til at levere:") if is_brought else _("Nu kan du hente:"), _bought(order), _when(order)]
    body.append(_where(order, head, calendar))
    if order.handover_code:
        body.append(_("Din kode er %(code)s. Vis den, når du får varen.", code=order.handover_code))
    else:
        body.append(_("Vis ordrenummer %(number)s, når du får varen.", number=order.number))
    if order.pay_way is PayWay.AT_PICKUP:
        body.append(
            _("Du betaler %(total)s, når vi leverer.", total=kr(order.total_ore))
            if is_brought
            else _(
                "Du betaler %(total)s, når du henter. Vi holder den til %(until)s.",
                total=kr(order.total_ore),
                until=clock.day_and_clock(calendar.kept_until(order.pickup_on)),
            )
        )
    body.append(_("Din ordre: %(link)s", link=head.order_link_in_mail(order.public_id)))
    subject = (
        _("Vi er klar til at levere ordre %(number)s", number=order.number)
        if is_brought
        else _("Du kan hente ordre %(number)s", number=order.number)
    )
    _send(session, order, head, "ready", subject, body, now)


def handed_over(session: Session, order: Order, head: Letterhead, last_on: date | None, now: datetime) -> None:
    """The receipt of who has the things now: what they cost, how they are paid, how long one may change one's mind.

    `last_on` is the last day to withdraw, None where there is nothing to withdraw from.
    """
    link = _("Din ordre: %(link)s", link=head.order_link_in_mail(order.public_id))
    body = [_("Tak, fordi du handlede hos os. Her er din kvittering."), bought(order), _paid(order)]
    if last_on is not None:
        body.append(
            _(
                "Du kan fortryde til og med %(day)s. Du skal ikke give en grund: %(address)s",
                day=clock.day_text(last_on),
                address=f"{head.base_url}/fortryd",
            )
        )
    if order.customer_kind is CustomerKind.PRIVATE:
        body.append(_("Er der noget galt med det, så skriv det på din ordres side. Du kan reklamere i to år."))
    subject = _("Kvittering for ordre %(number)s", number=order.number)
    _send(session, order, head, "handed", subject, [*body, link], now)


def _paid(order: Order) -> str:
    if order.pay_way is PayWay.CARD:
        return _("Nu bliver beløbet trukket på dit kort.")
    how = {
        PayMeans.CASH: _("Betalt kontant."),
        PayMeans.MOBILEPAY: _("Betalt med MobilePay."),
        PayMeans.CARD: _("Betalt med kort i værkstedet."),
        PayMeans.INVOICE: _("Du betaler på faktura."),
    }
    return how[order.paid_means] if order.paid_means else _("Betalt.")


def moved(session: Session, order: Order, head: Letterhead, now: datetime) -> None:
    """Another time, with a calendar entry that takes the place of the first. It can be moved more than once."""
    body = (
        _("Din ordre har fået en ny tid."),
        f"{_when(order)}\n{_where(order, head, house.calendar(session))}",
        _bought(order),
        _("Din ordre: %(link)s", link=head.order_link_in_mail(order.public_id)),
    )
    subject = _("Ny tid for ordre %(number)s", number=order.number)
    cause = f"moved-{now:%Y%m%d%H%M%S%f}"
    _send(session, order, head, cause, subject, body, now, attachment=ics.attachment(order, head, now))


def cancelled(session: Session, order: Order, head: Letterhead, now: datetime, *, money_back: Deed | None) -> None:
    """The order ended without a sale; `money_back` is what happens with money that was reserved or taken."""
    money = {
        Deed.VOID: _("Vi slipper det beløb, der var reserveret på dit kort. Det kan vare nogle dage, før du ser det."),
        Deed.REFUND: _("Vi betaler pengene tilbage på dit kort. Det kan vare nogle dage, før du ser det."),
    }
    nothing = _("Der er ikke trukket nogen penge.")
    about_money = money.get(money_back, nothing) if money_back else nothing
    body = (why_cancelled(order.cancel_cause), _bought(order), about_money)
    subject = _("Ordre %(number)s er annulleret", number=order.number)
    entry = ics.attachment(order, head, now, is_off=True) if order.secured_at is not None else None
    _send(session, order, head, "cancelled", subject, body, now, attachment=entry)


def let_link_last(order: Order, now: datetime) -> None:
    """A mail that has the link in it is of use for a while, however long ago the order was made."""
    if order.link_expires_at < now + LINK_LASTS_AT_LEAST:
        order.link_expires_at = now + timedelta(days=Order.LINK_LASTS_DAYS)


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
    """What the order still is: a thing that was taken out of it is nothing to come for."""
    left = [(line.title, line.quantity - line.returned) for line in order.lines if line.returned < line.quantity]
    lines = [f"- {title}" + (f" × {pieces}" if pieces > 1 else "") for title, pieces in left]
    return "\n".join([*lines, _("I alt: %(total)s", total=kr(order.total_ore))])


def _when(order: Order) -> str:
    day, hours = clock.day_text(order.pickup_on), hours_text(order.pickup_from_minute, order.pickup_to_minute)
    if order.fulfilment is Fulfilment.DELIVERY:
        return _("Vi kommer %(day)s kl. %(hours)s.", day=day, hours=hours)
    return _("Din tid er %(day)s kl. %(hours)s.", day=day, hours=hours)


def _where(order: Order, head: Letterhead, calendar: Calendar | None = None) -> str:
    """Where we come to, or where the workshop is; with the hours it is open where its calendar is at hand."""
    if order.fulfilment is Fulfilment.DELIVERY:
        return f"{order.street}, {order.postcode} {order.town}"
    who = head.identity
    place = f"{who.name}, {who.address}, {who.postcode} {who.town}."
    return f"{place} {_('Åbent: %(open)s.', open=calendar.text)}" if calendar else place


def _send(
    session: Session,
    order: Order,
    head: Letterhead,
    cause: str,
    subject: str,
    body: list[str] | tuple[str, ...],
    now: datetime,
    *,
    attachment: mail.Attachment | None = None,
) -> None:
    """Write the mail; a customer who ordered on the phone and has no mail address gets none."""
    if not order.customer_email:
        return
    let_link_last(order, now)
    greeting = _("Kære %(name)s", name=order.customer_name)
    goodbye = _("Venlig hilsen\n%(name)s\n%(phone)s", name=head.identity.name, phone=head.identity.phone)
    mail.queue(
        session,
        key=f"order-{cause}-{order.public_id}",
        recipient=order.customer_email,
        subject=subject,
        body="\n\n".join((greeting, *body, goodbye)),
        now=now,
        attachment=attachment,
    )
