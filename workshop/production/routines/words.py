"""How a routine is told: when it comes, and how a day of it stands."""

from __future__ import annotations

from collections.abc import Collection

from workshop.core.i18n import _, ngettext

WORKDAYS = frozenset(range(5))


def weekday_names() -> tuple[str, ...]:
    """The days of the week, Monday first."""
    return (_("mandag"), _("tirsdag"), _("onsdag"), _("torsdag"), _("fredag"), _("lørdag"), _("søndag"))


def clock_of(minute: int | None) -> str:
    """`9.30` of minutes after midnight; nothing where there is no time."""
    return "" if minute is None else f"{minute // 60}.{minute % 60:02d}"


def rhythm(weekdays: Collection[int], every_weeks: int) -> str:
    """`hver mandag og torsdag`, `alle hverdage`, `hver 2. uge: fredag`."""
    names = weekday_names()
    days = [names[each] for each in sorted(weekdays)]
    listed = days[0] if len(days) == 1 else _("%(some)s og %(last)s", some=", ".join(days[:-1]), last=days[-1])
    if set(weekdays) == WORKDAYS:
        listed = _("alle hverdage")
    elif every_weeks == 1:
        listed = _("hver %(days)s", days=listed)
    if every_weeks == 1:
        return listed
    return ngettext("hver %(num)s. uge: %(days)s", "hver %(num)s. uge: %(days)s", every_weeks, days=listed)
