"""Whether the pieces of an order get a number each, or one number together as a batch.

What staff chose on the order stands; else a kind of goods whose pieces are alike makes a batch.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.production.models import ProductionOrder
from workshop.products.models import ProductType

# Kept among the order's options under a word no kind of goods can use: option names hold no space at the end.
CHOICE, ONE, EACH = "numre ", "ét", "hver"


def own_options(options: Mapping[str, str]) -> dict[str, str]:
    """The options of the product type alone."""
    return {name: value for name, value in options.items() if name != CHOICE}


def chosen(order: ProductionOrder) -> str:
    """What staff chose for this order: ONE, EACH, or nothing."""
    return order.options.get(CHOICE, "")


def is_one_number(session: Session, order: ProductionOrder) -> bool:
    """Whether the pieces become one batch. A thing by itself, and one of a kind, has a number of its own."""
    if order.pieces - order.rejected < 2:
        return False
    if choice := chosen(order):
        return choice == ONE
    kind = session.get(ProductType, order.product_type_id) if order.product_type_id else None
    return kind is not None and not kind.is_unique


def choices() -> list[tuple[str, str]]:
    """What can be chosen on an order."""
    return [
        ("", _("Som varetypen plejer")),
        (ONE, _("Ét nummer til dem alle")),
        (EACH, _("Et nummer til hver")),
    ]
