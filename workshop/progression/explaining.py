"""The indication in words: why it says what it says, and how far the next step is."""

from datetime import date

from babel.dates import format_date

from workshop.core.i18n import _, language, ngettext
from workshop.progression.indication import Basis, Indication, MicroStep, count_days
from workshop.progression.levels import level_name


def explain(indication: Indication) -> str:
    """Why the indication says what it says, with how much it stands on; the records are linked beside it.

    Source: domain D2 "Explain". It never says that somebody cannot.
    """
    if indication.is_foundation:
        return _("Grundfasen er ikke slut. Der vises ingen niveauer endnu.")
    if not indication.has_evidence:
        return _not_seen_lately(indication)
    reason = _("%(level)s: %(seen)s", level=level_name(indication.level), seen=_what_was_seen(indication))
    sentences = [f"{reason}."]
    if indication.basis is Basis.THIN:
        sentences.append(_("For lidt til at sige mere endnu."))
    sentences.append(_("Grundlag: %(basis)s", basis=indication.basis.label))
    return " ".join(sentences)


def micro_step_text(step: MicroStep) -> str:
    """How far the next level is: "2 af 3 gange set på næste trin", or "4 af 4 gange, mangler én dag"."""
    seen = min(step.rows_seen, step.rows_needed)
    if step.lacks_only_days:
        return ngettext(
            "%(seen)s af %(needed)s gange, mangler én dag",
            "%(seen)s af %(needed)s gange, mangler %(num)s dage",
            step.days_missing,
            seen=seen,
            needed=step.rows_needed,
        )
    return ngettext(
        "%(seen)s af %(num)s gang set på næste trin",
        "%(seen)s af %(num)s gange set på næste trin",
        step.rows_needed,
        seen=seen,
    )


def freshness_text(indication: Indication) -> str | None:
    """A gentle word when it is long ago: "Bør ses igen", "Tidligere vist, senest set ..."; None when it is not."""
    if indication.last_seen is None or not indication.is_stale:
        return None
    if indication.is_past:
        return _("Tidligere vist, senest set den %(day)s", day=_day(indication.last_seen))
    return _("Bør ses igen. Senest set den %(day)s", day=_day(indication.last_seen))


def adopted_hint(indication: Indication, adopted_level: int) -> str | None:
    """What to say when the newest records show more support than the level agreed on; None when they do not."""
    if not indication.shows_more_support_than(adopted_level):
        return None
    return _("De seneste viser mere støtte end det aftalte. Tal sammen. Niveauet ændres ikke af sig selv.")


def _not_seen_lately(indication: Indication) -> str:
    if indication.last_seen is None:
        return _("Ikke set endnu: ingen bekræftede registreringer tæller med endnu. Grundlag: tyndt")
    return _(
        "Ingen registreringer det seneste år. Tidligere vist, senest set den %(day)s. Grundlag: tyndt",
        day=_day(indication.last_seen),
    )


def _what_was_seen(indication: Indication) -> str:
    """The rows that show the level, counted, and the least that each of them shows."""
    rows = indication.rows_at(indication.level)
    days = ngettext("%(num)s dag", "%(num)s dage", count_days(rows))
    if indication.level == 1 and indication.basis is Basis.THIN:
        return ngettext("%(num)s registrering på %(days)s", "%(num)s registreringer på %(days)s", len(rows), days=days)
    values = {"rows": len(rows), "used": len(indication.used), "days": days}
    if indication.level <= 1:
        return _("%(rows)s af de nyeste %(used)s registreringer på %(days)s viser, at arbejdet er begyndt", **values)
    if indication.level == 2:
        return _(
            "%(rows)s af de nyeste %(used)s registreringer på %(days)s viser arbejde med støtte eller mere på egen "
            "hånd, kvalitet der kan bruges",
            **values,
        )
    return _(
        "%(rows)s af de nyeste %(used)s registreringer på %(days)s viser arbejde alene eller med huskekort, "
        "kvalitet i orden",
        **values,
    )


def _day(day: date) -> str:
    """A day with its year, whatever year it is now."""
    return format_date(day, "long", locale=language())
