"""Where an order stands, in the workshop's own words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from workshop.core import clock
from workshop.core.i18n import _, ngettext
from workshop.production.models import Lacking, OrderSource
from workshop.production.queries import OrderLine

MOVE_DAYS = 14
SATURDAY = 5


def lacking_name(lacking: Lacking) -> str:
    """What an order waits for."""
    return {
        Lacking.PEOPLE: _("Mangler folk"),
        Lacking.MATERIAL: _("Mangler materialer"),
        Lacking.DECISION: _("Mangler en beslutning"),
    }[lacking]


def lacking_words(order: OrderLine) -> str:
    """What an order waits for, with the note; nothing when it can go on."""
    if order.lacking is None:
        return ""
    name = lacking_name(order.lacking)
    return f"{name}: {order.lacking_note}" if order.lacking_note else name


def source_name(source: OrderSource) -> str:
    """Why something is made."""
    return {
        OrderSource.SHOP: _("Bestilt i butikken"),
        OrderSource.STOCK: _("Til lager"),
        OrderSource.IDEA: _("En idé"),
        OrderSource.REPAIR: _("Kommet ind til istandsættelse"),
        OrderSource.OTHER: _("Andet"),
    }[source]


def sign(order: OrderLine) -> str:
    """The pictogram of an order that is no known kind of goods."""
    return {OrderSource.REPAIR: "armchair-brush", OrderSource.IDEA: "blyant"}.get(order.source, "bor")


def late_words(order: OrderLine, today: date) -> str:
    """How late an order is and why; nothing for one that is not."""
    if order.due_on is None or order.due_on >= today:
        return ""
    late = ngettext("%(num)s dag for sent.", "%(num)s dage for sent.", (today - order.due_on).days)
    return f"{late} {_why(order)}"


def _why(order: OrderLine) -> str:
    if order.lacking is not None:
        return f"{lacking_words(order).rstrip('.')}."
    if not order.is_under_way:
        return _("Ingen er begyndt.")
    current = order.current
    title = current.title if current else ""
    return ngettext(
        "Kun “%(title)s” er tilbage.", "%(num)s trin er tilbage, først “%(title)s”.", order.left, title=title
    )


def by_day(orders: Iterable[OrderLine], today: date) -> list[tuple[str, list[OrderLine]]]:
    """Orders under the day they are due; all that is late stands together, and so does what has no day."""
    found: dict[str, list[OrderLine]] = {}
    for order in orders:
        found.setdefault(day_words(order.due_on, today), []).append(order)
    return list(found.items())


def days_ahead(today: date) -> list[tuple[str, str]]:
    """The working days an order can be moved to by hand, as (ISO date, words); no day at all is the last."""
    coming = [today + timedelta(days=ahead) for ahead in range(MOVE_DAYS)]
    days = [(day.isoformat(), day_words(day, today)) for day in coming if day.weekday() < SATURDAY]
    return [*days, ("", day_words(None, today))]


def day_words(day: date | None, today: date) -> str:
    """The day as a heading of the board."""
    if day is None:
        return _("Uden dag endnu")
    if day < today:
        return _("Skulle være færdig")
    return _("I dag") if day == today else clock.day_text(day)
