"""What the log's words mean: for those who look after the log, and for the citizen a row is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workshop.core.i18n import _, lazy

LOOKED_IN_LOG = "log"
EXPORT = "export"
PRINT = "print"  # a sheet to fill in by hand, with the names of a team
REFUSED = "refused"
LIST = "list"
SEARCH = "search"
REASON = "reason"
# Somebody had one person's page before them, with a reason where it takes one.
OPENED = frozenset({"read", "write", "edit", "end of stay", "stay goes on", "stay begins again"})
HELPING = frozenset({"kode", "telefon"})  # reasons the house itself writes: nobody was asked why

_NAMES = {
    "read": lazy("Så siden"),
    LIST: lazy("Så en liste"),
    "write": lazy("Skrev på siden"),
    REASON: lazy("Skrev en grund"),
    REFUSED: lazy("Blev afvist"),
    "confirm": lazy("Bekræftede en opgave"),
    "correct": lazy("Rettede en opgave"),
    "void": lazy("Tog en opgave ud"),
    "assign": lazy("Gav en opgave"),
    "help": lazy("Svarede på et kald om hjælp"),
    PRINT: lazy("Skrev et ark til holdet ud"),
    "release": lazy("Låste koden op"),
    "new code": lazy("Lavede en ny kode"),
    "phone": lazy("Hjalp med en telefon"),
    "hand over": lazy("Valgte en ny kontaktperson"),
    "new citizen": lazy("Oprettede en borger"),
    "edit": lazy("Rettede oplysninger"),
    "end of stay": lazy("Afsluttede et forløb"),
    "stay goes on": lazy("Forlængede et forløb"),
    "stay begins again": lazy("Begyndte et nyt forløb"),
    SEARCH: lazy("Søgte"),
    "delegate": lazy("Valgte en afløser"),
    "delegate back": lazy("Tog en afløser af"),
    "notes yes": lazy("Skrev et ja til noter ned"),
    "notes no": lazy("Skrev et nej til noter ned"),
    EXPORT: lazy("Lavede et udtræk"),
    LOOKED_IN_LOG: lazy("Så i loggen"),
}


def name_of(deed: str) -> str:
    """A deed in a word or three; one that is new says its own name."""
    return str(_NAMES.get(deed, deed))


def choices() -> list[tuple[str, str]]:
    """The deeds that can be looked for, as they are kept and as they are said."""
    return [(deed, str(name)) for deed, name in _NAMES.items()]


class Told(NamedTuple):
    """How a deed is told to the citizen: its picture, and the sentence around a first name."""

    picture: str
    sentence: Callable[[str], str]


# Deeds that are one thing to the citizen stand together: a page is opened and written on in one go.
_TOLD = {
    "read": Told("person", lambda name: _("%(name)s har set din side.", name=name)),
    "write": Told("blyant", lambda name: _("%(name)s har skrevet på din side.", name=name)),
    "confirm": Told("ja", lambda name: _("%(name)s har set på dit arbejde.", name=name)),
    "correct": Told("blyant", lambda name: _("%(name)s har rettet en opgave.", name=name)),
    "void": Told("blyant", lambda name: _("%(name)s har rettet en opgave.", name=name)),
    "help": Told("hjaelp", lambda name: _("%(name)s har svaret, da du bad om hjælp.", name=name)),
    "assign": Told("liste", lambda name: _("%(name)s har givet dig en opgave.", name=name)),
    "code": Told("noegle", lambda name: _("%(name)s har hjulpet med din kode.", name=name)),
    "phone": Told("telefon", lambda name: _("%(name)s har hjulpet med din telefon.", name=name)),
    "hand over": Told("hold", lambda name: _("%(name)s har valgt en ny kontaktperson til dig.", name=name)),
    "delegate": Told("hold", lambda name: _("%(name)s har valgt en, der hjælper dig imens.", name=name)),
    "delegate back": Told("hold", lambda name: _("%(name)s har sagt, at din kontaktperson er her.", name=name)),
    "notes yes": Told("ja", lambda name: _("%(name)s har skrevet dit ja ned.", name=name)),
    "notes no": Told("laas", lambda name: _("%(name)s har skrevet dit nej ned.", name=name)),
    "new citizen": Told("person", lambda name: _("%(name)s har skrevet dig ind.", name=name)),
    "edit": Told("blyant", lambda name: _("%(name)s har rettet noget om dig.", name=name)),
    "end of stay": Told("kalender", lambda name: _("%(name)s har skrevet, hvornår du stopper.", name=name)),
    "stay begins again": Told("person", lambda name: _("%(name)s har skrevet dig ind igen.", name=name)),
    "stay goes on": Told("kalender", lambda name: _("%(name)s har skrevet, at du bliver her.", name=name)),
    EXPORT: Told("print", lambda name: _("%(name)s har skrevet noget ud om dig.", name=name)),
    LOOKED_IN_LOG: Told("soeg", lambda _name: _("En, der passer på, så efter, hvem der har set din side.")),
    REFUSED: Told("laas", lambda _name: _("En, der ikke må se din side, prøvede. Det gik ikke.")),
}
_ANYTHING = Told("dokument", lambda name: _("%(name)s har brugt noget om dig.", name=name))


def told(deed: str) -> Told:
    """How the citizen is told of it."""
    return _TOLD.get(deed, _ANYTHING)


def kind_for_citizen(deed: str, reason: str) -> str:
    """Which of the citizen's sentences a row belongs to."""
    if deed in {"release", "new code"} or (deed == "read" and reason == "kode"):
        return "code"
    if deed == "read" and reason == "telefon":
        return "phone"
    return {REASON: "read", SEARCH: LIST, PRINT: EXPORT}.get(deed, deed)
