"""What roles are called and what they open, and the history of an account as plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workshop.core.access import Role
from workshop.core.i18n import _

STAFF_ROLES = (Role.WORKSHOP, Role.CONSULTANT, Role.SALES, Role.MANAGER, Role.AUDITOR, Role.ADMIN)
CARRIERS = frozenset({Role.WORKSHOP, Role.CONSULTANT})  # who can be a citizen's contact person


def role_name(role: Role) -> str:
    """The role in one word."""
    return {
        Role.WORKSHOP: _("Værkstedsleder"),
        Role.CONSULTANT: _("Jobkonsulent"),
        Role.SALES: _("Butik og salg"),
        Role.MANAGER: _("Leder"),
        Role.AUDITOR: _("Kontrol"),
        Role.ADMIN: _("Administrator"),
        Role.CITIZEN: _("Borger"),
    }[role]


def role_sentence(role: Role) -> str:
    """What the role opens, in one sentence."""
    return {
        Role.WORKSHOP: _(
            "Planlægger arbejdet, bekræfter opgaver og kan være kontaktperson for borgere i sine afdelinger."
        ),
        Role.CONSULTANT: _("Følger sine borgere, skriver planer og kan oprette nye borgere i sine afdelinger."),
        Role.SALES: _("Passer butik, priser, ordrer og kasse. Ser ingen borgere."),
        Role.MANAGER: _("Ser overblik og tal, opretter borgere og fordeler dem, når nogen er væk."),
        Role.AUDITOR: _("Læser loggen over, hvem der har set hvad. Ser intet andet."),
        Role.ADMIN: _("Styrer medarbejdere, tabletter og indstillinger. Ser ingen borgere."),
        Role.CITIZEN: _("Arbejder i værkstedet."),
    }[role]


def role_names(values: Iterable[str]) -> str:
    """Roles as a list of words, in the order of the house: `Jobkonsulent, Leder`."""
    given = set(values)
    return ", ".join(role_name(role) for role in STAFF_ROLES if role.value in given)


def change_sentence(deed: str, before: Sequence[str], after: Sequence[str]) -> str:
    """One line of an account's history: what was changed, from what to what."""
    was, became = ", ".join(before), ", ".join(after)
    if deed == "roles":
        nothing = _("ingen")
        was, became = role_names(before) or nothing, role_names(after) or nothing
        return _("Roller rettet fra %(was)s til %(became)s.", was=was, became=became)
    if deed == "departments":
        nothing = _("ingen")
        return _("Afdelinger rettet fra %(was)s til %(became)s.", was=was or nothing, became=became or nothing)
    if deed == "named":
        return _("Navn rettet fra %(was)s til %(became)s.", was=was, became=became)
    if deed == "mail":
        return _("E-mail rettet fra %(was)s til %(became)s.", was=was, became=became)
    if deed == "handed over":
        return _("Var kontaktperson for %(num)s. Nu er det %(name)s.", num=was, name=became)
    plain = {
        "invited": _("Inviteret. Kontoen blev oprettet."),
        "closed": _("Kontoen blev lukket."),
        "opened": _("Kontoen blev åbnet igen."),
        "factors reset": _("Det ekstra trin ved log ind blev nulstillet."),
    }
    return plain.get(deed, deed)
