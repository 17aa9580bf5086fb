"""Saying which parts a product is sawn from."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.cutting import Rule
from workshop.production.models import CutPart
from workshop.products.models import ProductType

MOST_PARTS = 60


class EditedMeanwhile(Refusal):
    """Somebody else changed the part first; the page shows both."""


def mark_of(part: CutPart) -> str:
    """What the editor saw of a part, as text that a form carries."""
    seen = (part.pieces, part.material_id, part.per_length, part.per_width, part.per_height, part.plus_mm, part.name)
    return "|".join(str(each) for each in seen)


def add_part(session: Session, product_type_id: int, rule: Rule, *, material_id: int | None) -> CutPart:
    """One more part, after those there are. Raises Refusal for a part without name, or too many."""
    session.execute(sa.select(ProductType.id).where(ProductType.id == product_type_id).with_for_update())
    of_type = CutPart.product_type_id == product_type_id
    how_many, last = session.execute(sa.select(sa.func.count(), sa.func.max(CutPart.position)).where(of_type)).one()
    if how_many >= MOST_PARTS:
        raise Refusal(_("Der er allerede %(most)s dele. Fjern en, før du lægger en ny til.", most=MOST_PARTS))
    part = CutPart(product_type_id=product_type_id, position=(last or 0) + 1, material_id=material_id)
    _fill(part, rule)
    session.add(part)
    session.flush()
    return part


def edit_part(session: Session, part: CutPart, rule: Rule, *, material_id: int | None, seen: str) -> None:
    """Change a part. Raises EditedMeanwhile when it is not what was seen, Refusal for a part without name."""
    session.refresh(part, with_for_update=True)
    if mark_of(part) != seen:
        raise EditedMeanwhile(_("En anden har rettet delen imens. Se på begge dele, og gem det, der skal gælde."))
    part.material_id = material_id
    _fill(part, rule)
    session.flush()


def remove_part(session: Session, part: CutPart) -> None:
    """Take a part off the product's list; orders are sawn without it from now on."""
    session.delete(part)
    session.flush()


def _fill(part: CutPart, rule: Rule) -> None:
    name = clean(rule.name)[:100]
    if not name:
        raise Refusal(_("Giv delen et navn."))
    if not (rule.per_length or rule.per_width or rule.per_height or rule.plus_mm > 0):
        raise Refusal(_("Skriv, hvor lang delen er: en del af et mål, et antal mm eller begge."))
    part.name, part.pieces, part.plus_mm = name, rule.pieces, rule.plus_mm
    part.per_length, part.per_width, part.per_height = rule.per_length, rule.per_width, rule.per_height
