"""What is wanted of an order beside its kind of goods: its own measures and the options that were chosen, in words."""

from __future__ import annotations

from collections.abc import Mapping

from workshop.core.i18n import _
from workshop.production import numbering
from workshop.production.models import ProductionOrder
from workshop.products import made_to_order


def wanted_words(
    options: Mapping[str, str], length_cm: int | None, width_cm: int | None = None, height_cm: int | None = None
) -> str:
    """`længde 163 cm (eget mål), farve sort`; nothing where all is as usual. How pieces are numbered is no wish.

    An own measure goes before the same measure chosen from the list, as it does in the cut list.
    """
    own = dict(zip(made_to_order.MEASURES, (length_cm, width_cm, height_cm), strict=True))
    chosen = {name: value for name, value in numbering.own_options(options).items() if own.get(name) is None}
    words = [made_to_order.choice_text({}, length_cm)]
    words += [_("bredde %(cm)s cm (eget mål)", cm=width_cm)] if width_cm is not None else []
    words += [_("højde %(cm)s cm (eget mål)", cm=height_cm)] if height_cm is not None else []
    return ", ".join(filter(None, [*words, made_to_order.choice_text(chosen, None)]))


def wanted_of(order: ProductionOrder) -> str:
    """The same of an order."""
    return wanted_words(order.options, order.length_cm, order.width_cm, order.height_cm)
