"""What there is to make things of, and what went into them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.text import search_key, sort_key
from workshop.products.models import ItemMaterial, Material, Origin, ProductMaterial

_KEY = re.compile(r"[a-z0-9_]{1,60}")  # anything else is no key, and not every database can be asked about it


class MaterialRow(NamedTuple):
    """A material in the list. The unit cost is øre without VAT; `types` and `things` say how many it is part of."""

    key: str
    name: str
    unit: str
    unit_cost_ore: int
    origin: Origin
    types: int
    things: int


class UsedLine(NamedTuple):
    """What went into a thing: øre a unit, without VAT, as it was then."""

    key: str
    name: str
    unit: str
    quantity: Decimal
    unit_cost_ore: int

    @property
    def amount(self) -> str:
        """The quantity as Danes write it: `2,5`."""
        return (
            f"{self.quantity:f}".rstrip("0").rstrip(".").replace(".", ",")
            if self.quantity % 1
            else f"{self.quantity:.0f}"
        )

    @property
    def cost_ore(self) -> int:
        """What it cost, øre without VAT."""
        return int((self.quantity * self.unit_cost_ore).quantize(Decimal(1), ROUND_HALF_UP))


def materials(session: Session, words: str = "") -> list[MaterialRow]:
    """Every material with all of these words in its name, by name in Danish order."""
    types = sa.select(sa.func.count()).where(ProductMaterial.material_id == Material.id).scalar_subquery()
    things = sa.select(sa.func.count()).where(ItemMaterial.material_id == Material.id).scalar_subquery()
    rows = session.execute(
        sa.select(Material.key, Material.name, Material.unit, Material.unit_cost_ore, Material.origin, types, things)
    )
    wanted = search_key(words).split()
    found = [MaterialRow(*row) for row in rows]
    kept = [row for row in found if all(word in search_key(f"{row.name} {row.key}") for word in wanted)]
    return sorted(kept, key=lambda row: sort_key(row.name))


def material_by_key(session: Session, key: str) -> Material | None:
    """A material by its key."""
    return session.scalar(sa.select(Material).where(Material.key == key)) if _KEY.fullmatch(key) else None


def material_to_change(session: Session, key: str) -> Material | None:
    """A material by its key, locked until the block ends."""
    statement = sa.select(Material).where(Material.key == key).with_for_update()
    return session.scalar(statement) if _KEY.fullmatch(key) else None


def choices(session: Session) -> list[tuple[str, str]]:
    """Every material with its unit, for a form."""
    rows = session.execute(sa.select(Material.key, Material.name, Material.unit))
    ordered = sorted(rows, key=lambda row: sort_key(row.name))
    return [(row.key, f"{row.name} ({row.unit})") for row in ordered]


def used_in(session: Session, item_id: int) -> list[UsedLine]:
    """What went into a thing, by name."""
    rows = session.execute(
        sa.select(Material.key, Material.name, Material.unit, ItemMaterial.quantity, ItemMaterial.unit_cost_ore)
        .join(Material, Material.id == ItemMaterial.material_id)
        .where(ItemMaterial.item_id == item_id)
    )
    return sorted((UsedLine(*row) for row in rows), key=lambda line: sort_key(line.name))


def times_used(session: Session, material_id: int) -> int:
    """How many types and things a material is part of."""
    types = sa.select(sa.func.count()).where(ProductMaterial.material_id == material_id)
    things = sa.select(sa.func.count()).where(ItemMaterial.material_id == material_id)
    return session.scalars(types).one() + session.scalars(things).one()
