"""Words about visits, for pages and for paper."""

from __future__ import annotations

from workshop.core.i18n import _, ngettext
from workshop.services.visits.models import ResourceKind, VisitState


def state_name(state: VisitState) -> str:
    """How far a visit is."""
    names = {
        VisitState.WAITING: _("Skal planlægges"),
        VisitState.PLANNED: _("Planlagt"),
        VisitState.ON_THE_WAY: _("På vej"),
        VisitState.STARTED: _("I gang"),
        VisitState.DONE: _("Færdig"),
        VisitState.CANCELLED: _("Aflyst"),
        VisitState.NOT_DONE: _("Kunne ikke lade sig gøre"),
    }
    return names[state]


def state_badge(state: VisitState) -> str:
    """Which look a state has."""
    looks = {
        VisitState.WAITING: "warn",
        VisitState.ON_THE_WAY: "info",
        VisitState.STARTED: "info",
        VisitState.DONE: "ok",
        VisitState.NOT_DONE: "warn",
    }
    return looks.get(state, "")


def kind_name(kind: ResourceKind) -> str:
    """What can be in one place at a time."""
    return {ResourceKind.TEAM: _("Hold"), ResourceKind.VEHICLE: _("Bil"), ResourceKind.TOOL: _("Maskine")}[kind]


def kinds_name(kind: ResourceKind) -> str:
    """Several of them."""
    return {ResourceKind.TEAM: _("Hold"), ResourceKind.VEHICLE: _("Biler"), ResourceKind.TOOL: _("Maskiner")}[kind]


def hours_text(minutes: int) -> str:
    """`2 timer og 20 minutter`."""
    hours, rest = divmod(minutes, 60)
    said = [ngettext("%(num)s time", "%(num)s timer", hours)] if hours else []
    if rest or not hours:
        said.append(ngettext("%(num)s minut", "%(num)s minutter", rest))
    return _(" og ").join(said)


def short_hours(minutes: int) -> str:
    """`2 t 20 min`, where there is little room."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(num)s min", num=rest)
    return _("%(hours)s t %(minutes)s min", hours=hours, minutes=rest) if rest else _("%(hours)s t", hours=hours)
