"""Staff change what a service costs, when it is done, and where we come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.core.text import clean
from workshop.products import catalogue
from workshop.services.models import Postcode, ServiceKind, TravelPrice
from workshop.services.prices.forms import Numbers
from workshop.services.prices.queries import PlaceRow

# The shop's map of its pages names what is offered: whoever changes that makes the kept map an old one.
catalogue.watch(ServiceKind)


class EditedMeanwhile(Refusal):
    """Somebody else changed it first; nothing is written."""


@dataclass(frozen=True)
class PlaceSeen:
    """A postcode as it is to stand, and what stood there when the page was shown (empty: nothing)."""

    row: PlaceRow
    seen: str


def change(session: Session, kind: ServiceKind, numbers: Numbers, *, version: int) -> None:
    """Write a service anew. From then on a new load of the catalogue leaves it alone.

    Quotes that are out keep their price. Raises EditedMeanwhile when it is not the version seen.
    """
    done = session.scalar(
        sa.update(ServiceKind)
        .where(ServiceKind.id == kind.id, ServiceKind.version == version)
        .values(version=ServiceKind.version + 1, **numbers.columns)
        .returning(ServiceKind.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(kind)
    if done is None:
        raise EditedMeanwhile(_("En anden har rettet den imens. Se på begge dele, og gem det, der skal gælde."))
    catalogue.house_changed(session)


def set_travel(session: Session, wanted: dict[int, tuple[int, int]]) -> None:
    """Write what travel costs: by zone what stood there and what is to stand. All or none.

    Raises EditedMeanwhile when a price was another one.
    """
    for zone, (seen, price) in wanted.items():
        stands = session.scalar(
            sa.update(TravelPrice)
            .where(TravelPrice.zone == zone, TravelPrice.price_ore == seen)
            .values(price_ore=price)
            .returning(TravelPrice.zone),
            execution_options={"synchronize_session": False},
        )
        if stands is None:
            now = session.scalar(sa.select(TravelPrice.price_ore).where(TravelPrice.zone == zone))
            raise EditedMeanwhile(
                _("En anden har rettet zone %(zone)s imens. Der står nu %(price)s", zone=zone, price=kr(now or 0))
            )


def signature(row: PlaceRow | None) -> str:
    """What stands at a postcode, as a form carries it to see whether it was changed meanwhile."""
    return "" if row is None else f"{row.zone}|{row.latitude_e6}|{row.longitude_e6}|{row.town}"


def put_place(session: Session, place: PlaceSeen) -> None:
    """Add a postcode, or write one anew. Raises EditedMeanwhile when something else stands there."""
    session.execute(sa.select(Postcode.code).where(Postcode.code == place.row.code).with_for_update())
    standing = session.get(Postcode, place.row.code, populate_existing=True)
    if signature(_row(standing)) != place.seen and not (standing is None and place.seen):
        raise EditedMeanwhile(
            _("Postnummeret står der allerede, eller en anden har rettet det. Se efter, og gem igen.")
        )
    _write(session, standing, place.row)
    session.flush()


def remove_place(session: Session, code: str) -> None:
    """We do not come there any more. What was agreed stands; its address has the town written in it."""
    session.execute(sa.delete(Postcode).where(Postcode.code == code))


def import_places(session: Session, rows: Sequence[PlaceRow]) -> tuple[int, int]:
    """Bring in a list of postcodes: how many are new, and how many were changed. What it does not name is left alone.

    Coordinates that the list leaves out are kept.
    """
    standing = {each.code: each for each in session.scalars(sa.select(Postcode).with_for_update())}
    new = changed = 0
    for row in rows:
        found = standing.get(row.code)
        if found is not None and row.latitude_e6 is None:
            row = row._replace(latitude_e6=found.latitude_e6, longitude_e6=found.longitude_e6)
        if found is None:
            new += 1
        elif _row(found) != row:
            changed += 1
        _write(session, found, row)
    session.flush()
    return new, changed


def _row(found: Postcode | None) -> PlaceRow | None:
    if found is None:
        return None
    return PlaceRow(found.code, found.town, found.zone, found.latitude_e6, found.longitude_e6)


def _write(session: Session, found: Postcode | None, row: PlaceRow) -> None:
    if found is None:
        found = Postcode(code=row.code)
        session.add(found)
    found.town, found.zone = clean(row.town), row.zone
    found.latitude_e6, found.longitude_e6 = row.latitude_e6, row.longitude_e6
