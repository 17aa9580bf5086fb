"""A time to fetch as a calendar entry that any phone can take in."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from shop.orders.letterhead import Letterhead
from shop.orders.models import Fulfilment, Order
from shop.orders.pickup import Slot
from workshop.core import ics
from workshop.core.i18n import _
from workshop.core.mail import Attachment

NAME = "tid.ics"


def attachment(order: Order, head: Letterhead, now: datetime, *, is_off: bool = False) -> Attachment:
    """The order's time. It keeps its name when the time is moved, so the calendar moves the entry it has.

    `is_off` is for an order that is called off: the calendar strikes the entry out.
    """
    slot = Slot(order.pickup_on, order.pickup_from_minute, order.pickup_to_minute)
    lines = (
        "BEGIN:VEVENT",
        f"UID:order-{order.public_id}@{urlsplit(head.base_url).hostname}",
        f"SEQUENCE:{order.version}",
        f"DTSTAMP:{ics.utc(now)}",
        f"DTSTART:{ics.utc(slot.begins)}",
        f"DTEND:{ics.utc(slot.ends)}",
        f"SUMMARY:{ics.escaped(_summary(order, head))}",
        f"LOCATION:{ics.escaped(_place(order, head))}",
        *(["STATUS:CANCELLED"] if is_off else []),
        "END:VEVENT",
    )
    return Attachment(NAME, ics.KIND, ics.calendar("Butik", lines))


def _summary(order: Order, head: Letterhead) -> str:
    if order.fulfilment is Fulfilment.DELIVERY:
        return _("%(shop)s kommer med ordre %(number)s", shop=head.identity.short_name, number=order.number)
    return _("Hent ordre %(number)s", number=order.number)


def _place(order: Order, head: Letterhead) -> str:
    if order.fulfilment is Fulfilment.DELIVERY:
        return f"{order.street}, {order.postcode} {order.town}"
    who = head.identity
    return f"{who.name}, {who.address}, {who.postcode} {who.town}"
