"""A time to fetch as a calendar entry that any phone can take in. Source: RFC 5545."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from shop.orders.letterhead import Letterhead
from shop.orders.models import Fulfilment, Order
from shop.orders.pickup import Slot
from workshop.core.i18n import _
from workshop.core.mail import Attachment

NAME, KIND = "tid.ics", "text/calendar"
_LONGEST = 75  # octets of a line, its end not counted
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def attachment(order: Order, head: Letterhead, now: datetime) -> Attachment:
    """The order's time. It keeps its name when the time is moved, so the calendar moves the entry it has."""
    slot = Slot(order.pickup_on, order.pickup_from_minute, order.pickup_to_minute)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Vaerksted//Butik//DA",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:order-{order.public_id}@{urlsplit(head.base_url).hostname}",
        f"SEQUENCE:{order.version}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(slot.begins)}",
        f"DTEND:{_utc(slot.ends)}",
        f"SUMMARY:{_escaped(_summary(order, head))}",
        f"LOCATION:{_escaped(_place(order, head))}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return Attachment(NAME, KIND, "".join(f"{_folded(line)}\r\n" for line in lines))


def _summary(order: Order, head: Letterhead) -> str:
    if order.fulfilment is Fulfilment.DELIVERY:
        return _("%(shop)s kommer med ordre %(number)s", shop=head.identity.short_name, number=order.number)
    return _("Hent ordre %(number)s", number=order.number)


def _place(order: Order, head: Letterhead) -> str:
    if order.fulfilment is Fulfilment.DELIVERY:
        return f"{order.street}, {order.postcode} {order.town}"
    who = head.identity
    return f"{who.name}, {who.address}, {who.postcode} {who.town}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> str:
    """A long line goes on in the next after a space; a letter is never cut in two."""
    parts, size = [""], 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _LONGEST:
            parts.append(" ")
            size = 1
        parts[-1] += sign
        size += octets
    return "\r\n".join(parts)
