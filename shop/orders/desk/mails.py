"""What the customer hears when the desk has sorted something out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from shop.orders.house import queries as house
from shop.orders.letterhead import Letterhead
from shop.orders.models import Fulfilment, Order
from shop.orders.pickup import hours_text
from workshop.core import clock, mail
from workshop.core.i18n import _
from workshop.core.money import kr


def pay_at_pickup(session: Session, order: Order, head: Letterhead, now: datetime) -> None:
    """The reservation on the card is over: nothing was taken, and the order is paid when it is handed over."""
    if not order.customer_email:  # ordered on the phone, so the phone is how they are told
        return
    day, hours = clock.day_text(order.pickup_on), hours_text(order.pickup_from_minute, order.pickup_to_minute)
    if order.fulfilment is Fulfilment.DELIVERY:
        how = _("Du betaler %(total)s, når vi kommer med den.", total=kr(order.total_ore))
        when = _("Vi kommer %(day)s kl. %(hours)s.", day=day, hours=hours)
    else:
        until = clock.day_and_clock(house.calendar(session).kept_until(order.pickup_on))
        how = _("Du betaler %(total)s, når du henter.", total=kr(order.total_ore))
        when = _("Din tid er %(day)s kl. %(hours)s. Vi holder den til %(until)s.", day=day, hours=hours, until=until)
    body = (
        _("Kære %(name)s", name=order.customer_name),
        _("Reservationen på dit kort er udløbet, så vi har ikke trukket nogen penge. Ordren er stadig din."),
        how,
        when,
        _("Din ordre: %(link)s", link=head.order_link_in_mail(order.public_id)),
        _("Venlig hilsen\n%(name)s\n%(phone)s", name=head.identity.name, phone=head.identity.phone),
    )
    mail.queue(
        session,
        key=f"order-pay-at-pickup-{order.public_id}",
        recipient=order.customer_email,
        subject=_("Ordre %(number)s betales, når du får den", number=order.number),
        body="\n\n".join(body),
        now=now,
    )
