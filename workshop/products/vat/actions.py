"""VAT rules are set ahead and never behind; a thing takes the rule of its origin when that origin is said."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.products import changing
from workshop.products.models import Item, Origin, VatRule, VatScheme
from workshop.products.queries import GONE
from workshop.products.vat import queries


def add_rule(
    session: Session, *, origin: Origin, scheme: VatScheme, valid_from: date, now: datetime, by_staff_id: int | None
) -> VatRule:
    """Say how goods of an origin are sold from a Danish day on.

    Raises Refusal for a day that has been, or one that already has a rule: what was sold under a rule stays so.
    """
    if valid_from < clock.local_day(now):
        raise Refusal(_("En regel kan først gælde fra i dag. Det, der er solgt, bliver ved med at være, som det var."))
    taken = Refusal(
        _("Der er allerede en regel fra den dag. Vælg en anden dag, eller fjern den, hvis den ikke gælder endnu.")
    )
    if session.get(VatRule, (origin, valid_from)) is not None:
        raise taken
    rule = VatRule(origin=origin, valid_from=valid_from, scheme=scheme, by_staff_id=by_staff_id)
    session.add(rule)
    try:
        session.flush()
    except IntegrityError as meanwhile:  # two managers wrote one in the same moment
        raise taken from meanwhile
    return rule


def remove_rule(session: Session, *, origin: Origin, valid_from: date, now: datetime) -> None:
    """Take back a rule that is not in force yet.

    Raises Refusal for one that is, or was: things are sold under it.
    """
    rule = session.get(VatRule, (origin, valid_from))
    if rule is None:
        raise NotHere
    if valid_from <= clock.local_day(now):
        raise Refusal(_("Reglen gælder allerede, så den bliver stående. Lav en ny regel i stedet."))
    session.delete(rule)
    session.flush()


def set_origin(session: Session, item: Item, origin: Origin, *, now: datetime) -> VatScheme:
    """Say where a thing comes from; its VAT scheme follows the rule of the day.

    Raises Refusal for something already sold: its invoice says how.
    """
    scheme = queries.scheme_for(session, origin, clock.local_day(now))
    if not changing.change(session, item.id, Item.state.not_in(GONE), origin=origin, vat_scheme=scheme):
        raise Refusal(_("Den er solgt, så oprindelse og moms kan ikke ændres mere."))
    return scheme
