"""Materials come, change their cost and go; a thing remembers what its own cost when they went into it."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, ngettext
from workshop.core.text import clean, slug
from workshop.products.actions import EditedMeanwhile
from workshop.products.materials import queries
from workshop.products.models import Item, ItemMaterial, Material, Origin

LONGEST_KEY = 60
NEW = "nyt"  # the address of the form for a new one, so no key


class UnitStands(Refusal):
    """Amounts are written in the unit a material has, so it cannot become another."""


def add_material(session: Session, *, name: str, unit: str, unit_cost_ore: int, origin: Origin) -> Material:
    """A new material. Its key is made of its name and never changes, whatever it is called later.

    `unit_cost_ore` is without VAT. Raises Refusal for a name another material has.
    """
    _free_name(session, clean(name))
    made = Material(
        key=_free_key(session, name), name=clean(name), unit=clean(unit), unit_cost_ore=unit_cost_ore, origin=origin
    )
    session.add(made)
    try:
        session.flush()
    except IntegrityError as taken:  # two people added the same one in the same moment
        raise Refusal(_("Der er allerede et materiale med det navn.")) from taken
    return made


def edit_material(
    session: Session, material: Material, *, seen: str, name: str, unit: str, unit_cost_ore: int, origin: Origin
) -> None:
    """Change a material. Things keep what theirs cost when they were made. `seen` is the mark of what the editor saw.

    Raises EditedMeanwhile when somebody else has changed it since, Refusal for a name another material has, and
    UnitStands for another unit where amounts are written in the one it has: 60 m would be 60 pieces.
    """
    wanted = (clean(name), clean(unit), unit_cost_ore, origin)
    if (material.name, material.unit, material.unit_cost_ore, material.origin) == wanted:
        return
    if mark_of(material) != seen:
        raise EditedMeanwhile(_("En anden har rettet materialet imens. Se begge, og gem det, der skal stå."))
    if wanted[0] != material.name:
        _free_name(session, wanted[0])
    if wanted[1] != material.unit and _is_named(session, material):
        raise UnitStands(
            _(
                "Der er skrevet mængder i %(unit)s, så enheden kan ikke ændres. Opret et nyt materiale i stedet.",
                unit=material.unit,
            )
        )
    material.name, material.unit, material.unit_cost_ore, material.origin = wanted
    session.flush()


def remove_material(session: Session, material: Material) -> None:
    """Take a material away for good.

    Raises Refusal when anything is made of it: then its key has to stay.
    """
    used = queries.times_used(session, material.id)
    if used:
        raise Refusal(
            ngettext(
                "Det bruges %(num)s sted, så det kan ikke fjernes.",
                "Det bruges %(num)s steder, så det kan ikke fjernes.",
                used,
            )
        )
    try:
        with session.begin_nested():
            session.delete(material)
    except IntegrityError as named:  # slices above this one keep stock of it, and write it on orders and lists
        raise Refusal(_("Det står på et lager, en ordre eller en liste, så det kan ikke fjernes.")) from named


def put_in(session: Session, item: Item, material: Material, quantity: Decimal) -> ItemMaterial:
    """Say that this much of a material went into one piece, at what a unit costs now. Said again, it replaces."""
    if quantity <= 0:
        raise Refusal(_("Skriv, hvor meget der er brugt."))
    line = session.get(ItemMaterial, (item.id, material.id))
    if line is None:
        line = ItemMaterial(item_id=item.id, material_id=material.id, quantity=quantity, unit_cost_ore=0)
        session.add(line)
    line.quantity, line.unit_cost_ore = quantity, material.unit_cost_ore
    session.flush()
    return line


def take_out(session: Session, item: Item, material: Material) -> None:
    """Say that a material did not go into a thing after all."""
    line = session.get(ItemMaterial, (item.id, material.id))
    if line is None:
        raise NotHere
    session.delete(line)
    session.flush()


def mark_of(material: Material) -> str:
    """A mark that is another whenever anything about the material is."""
    said = "\n".join((material.name, material.unit, str(material.unit_cost_ore), material.origin.value))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _is_named(session: Session, material: Material) -> bool:
    """Whether anything points at a material. Slices above this one do too, so the database is asked, not they."""
    try:
        with session.begin_nested() as attempt:
            session.execute(
                sa.delete(Material).where(Material.id == material.id), execution_options={"synchronize_session": False}
            )
            attempt.rollback()
    except IntegrityError:
        return True
    return False


def _free_name(session: Session, name: str) -> None:
    if session.scalar(sa.select(Material.id).where(Material.name == name)) is not None:
        raise Refusal(_("Der er allerede et materiale med det navn."))


def _free_key(session: Session, name: str) -> str:
    """A key out of the name, with a number after it when another has it."""
    stem = slug(name).replace("-", "_")[: LONGEST_KEY - 4]
    taken = {NEW, *session.scalars(sa.select(Material.key).where(Material.key.startswith(stem, autoescape=True)))}
    tries = (stem, *(f"{stem}_{number}" for number in range(2, 1000)))
    return next(key for key in tries if key not in taken)
