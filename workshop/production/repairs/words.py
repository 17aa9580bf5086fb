"""What came in, in the workshop's own words. Pure."""

from __future__ import annotations

from workshop.core.i18n import _
from workshop.production.repairs.models import JobKind, PhotoPhase, Whose

VEHICLES = frozenset({JobKind.BICYCLE, JobKind.MOPED, JobKind.CAR})
# The usual way, to begin with; the steps are changed freely on the order. What has none is one piece of work.
USUAL_STEPS: dict[JobKind, tuple[str, ...]] = {
    JobKind.FURNITURE: ("re_assess", "re_clean", "re_repair", "re_sand", "re_wax", "gf_check"),
    JobKind.BICYCLE: ("ve_bike_check", "ve_bike_clean", "ve_wheels", "ve_brakes_gears"),
    JobKind.MOPED: ("ve_moped",),
    JobKind.CAR: ("ve_car_check", "ve_car_clean"),
    JobKind.OTHER: (),
}
# Where it stands in the shop once it is ours and has its number.
CATEGORIES: dict[JobKind, str] = {
    JobKind.FURNITURE: "restaurerede-møbler",
    JobKind.BICYCLE: "istandsatte-cykler",
}
PIKTOS: dict[JobKind, str] = {
    JobKind.FURNITURE: "armchair-brush",
    JobKind.BICYCLE: "bicycle",
    JobKind.MOPED: "noegle",
    JobKind.CAR: "bil",
    JobKind.OTHER: "kasse",
}


def kind_name(kind: JobKind) -> str:
    """What came in."""
    return {
        JobKind.FURNITURE: _("Møbel"),
        JobKind.BICYCLE: _("Cykel"),
        JobKind.MOPED: _("Knallert"),
        JobKind.CAR: _("Bil"),
        JobKind.OTHER: _("Noget andet"),
    }[kind]


def whose_name(whose: Whose) -> str:
    """Whose it is."""
    return {
        Whose.CUSTOMER: _("En kundes. Den skal tilbage."),
        Whose.BOUGHT: _("Vores. Vi har købt den."),
        Whose.DONATED: _("Vores. Vi har fået den."),
    }[whose]


def whose_short(whose: Whose) -> str:
    """Whose it is, in a word or two."""
    return {Whose.CUSTOMER: _("Kundens"), Whose.BOUGHT: _("Købt"), Whose.DONATED: _("Foræret")}[whose]


def phase_name(phase: PhotoPhase) -> str:
    """When a photo was taken."""
    return {PhotoPhase.BEFORE: _("Før"), PhotoPhase.AFTER: _("Efter")}[phase]


def printed(number: int) -> str:
    """The number as it stands on slips, cards and mails."""
    return f"R-{number}"


def code_text(code: str) -> str:
    """The code in two halves, so that it is read aloud right."""
    return f"{code[:3]}-{code[3:]}"
