"""Agreements and their visits in the workshop's own words. Pure."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date, get_day_names

from workshop.core.i18n import _, language, ngettext
from workshop.services.jobs.models import JobState
from workshop.services.jobs.rules import Flag, Rule
from workshop.services.prices.seasons import is_all_year
from workshop.services.requests.models import Billing
from workshop.services.visits.models import VisitState
from workshop.services.visits.times import minute_text as minute_text
from workshop.services.visits.times import window_text as window_text

_EXAMPLE_YEAR = 2028  # a leap year, so that 29 February has a name


def rule_text(rule: Rule) -> str:
    """How often we come, in one sentence: `Hver 2. uge om onsdagen, fra 15. april til 31. oktober`."""
    said = _often(rule)
    season = season_text(rule)
    return _("%(often)s, %(season)s", often=said, season=season) if season else said


def season_text(rule: Rule) -> str:
    """`fra 15. april til 31. oktober`; nothing where the year has no season, or it is the whole of it."""
    if not rule.season_from or not rule.season_to or is_all_year(rule.season_from, rule.season_to):
        return ""
    return _("fra %(first)s til %(last)s", first=_day_of_year(rule.season_from), last=_day_of_year(rule.season_to))


def flag_text(flag: Flag, holiday: str = "") -> str:
    """Why staff should look at a visit, and what they can do."""
    if flag is Flag.ON_HOLIDAY:
        return _("Det er en helligdag: %(name)s. Find en anden dag.", name=holiday)
    return {
        Flag.IN_PAUSE: _("Aftalen holder pause den dag. Besøget står, fordi nogen har valgt dagen."),
        Flag.AFTER_END: _("Aftalen er slut den dag. Besøget står, fordi nogen har valgt dagen."),
        Flag.OUT_OF_WINDOW: _("Dagen ligger længere fra den aftalte dag, end vi har aftalt."),
        Flag.OUT_OF_SEASON: _("Dagen ligger uden for sæsonen."),
        Flag.ON_WEEKEND: _("Det er en lørdag eller søndag. Find en hverdag."),
        Flag.MISSING_HOUR: _("Klokkeslættet findes ikke den dag, fordi uret stilles frem. Vælg et andet."),
    }[flag]


def state_name(state: JobState) -> str:
    """How an agreement stands."""
    return {
        JobState.ACTIVE: _("I gang"),
        JobState.ENDED: _("Slut"),
        JobState.WITHDRAWN: _("Fortrudt"),
    }[state]


def visit_state_name(state: VisitState) -> str:
    """How far a visit is."""
    return {
        VisitState.WAITING: _("Skal planlægges"),
        VisitState.PLANNED: _("Planlagt"),
        VisitState.ON_THE_WAY: _("På vej"),
        VisitState.STARTED: _("I gang"),
        VisitState.DONE: _("Gjort"),
        VisitState.CANCELLED: _("Aflyst"),
        VisitState.NOT_DONE: _("Ikke gjort"),
    }[state]


def billing_name(billing: Billing) -> str:
    """What the price is for, after the amount."""
    return {
        Billing.PER_VISIT: _("pr. besøg"),
        Billing.MONTHLY: _("pr. måned"),
        Billing.SEASON: _("pr. sæson"),
    }[billing]


def day_with_year(day: date) -> str:
    """`onsdag den 12. juni 2027`: a year ahead its year belongs to it."""
    if language() != "da":
        return str(format_date(day, "EEEE d MMMM y", locale=language()))
    return str(format_date(day, "EEEE 'den' d. MMMM y", locale="da"))


def _often(rule: Rule) -> str:
    if rule.recurrence == "on_snow":
        return _("Når det sner")
    if rule.recurrence == "weeks":
        weekday = _weekday(rule.starts_on.weekday() if rule.weekday is None else rule.weekday)
        if rule.every == 1:
            return _("Hver uge om %(weekday)sen", weekday=weekday)
        return _("Hver %(number)s. uge om %(weekday)sen", number=rule.every, weekday=weekday)
    if rule.recurrence == "months":
        return _months(rule)
    if rule.recurrence == "yearly":
        days = sorted(rule.year_days or (f"{rule.starts_on:%m-%d}",))
        named = _(" og ").join(_day_of_year(each) for each in days)
        return _("Hvert år den %(days)s", days=named)
    return _("Én gang")


def _months(rule: Rule) -> str:
    how_often = ngettext("hver måned", "hver %(num)s. måned", rule.every)
    if rule.nth is None:
        day = rule.day_of_month or rule.starts_on.day
        return _("Den %(day)s. %(how_often)s", day=day, how_often=how_often)
    weekday = _weekday(rule.starts_on.weekday() if rule.weekday is None else rule.weekday)
    if rule.nth < 0:
        return _("Den sidste %(weekday)s %(how_often)s", weekday=weekday, how_often=how_often)
    return _("Den %(nth)s. %(weekday)s %(how_often)s", nth=rule.nth, weekday=weekday, how_often=how_often)


def _weekday(number: int) -> str:
    return str(get_day_names("wide", locale=language())[number])


def _day_of_year(text: str) -> str:
    day = date.fromisoformat(f"{_EXAMPLE_YEAR}-{text}")
    return str(format_date(day, "d. MMMM" if language() == "da" else "d MMMM", locale=language()))
