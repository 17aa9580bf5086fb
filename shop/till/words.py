"""Why a thing on the counter cannot be sold, and when one was, in the words of the till."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date

from workshop.core import clock
from workshop.core.i18n import _, language
from workshop.products.models import Item, ItemState
from workshop.products.queries import ItemCard


def why_not(thing: Item | ItemCard, wanted: int) -> str:
    """The sentence for a thing that cannot be sold here; empty for one that can, or that only a web order keeps."""
    number = thing.number
    if thing.state is ItemState.MADE:
        return _("Nr. %(number)s er ikke godkendt til salg endnu. Godkend den først.", number=number)
    if thing.state is ItemState.WITHDRAWN:
        return _("Nr. %(number)s er taget ud af butikken.", number=number)
    if thing.state is not ItemState.FOR_SALE:
        return _("Nr. %(number)s er solgt allerede.", number=number)
    if thing.price_ore is None:
        return _("Nr. %(number)s har ingen pris endnu.", number=number)
    if wanted > thing.quantity:
        return _("Der er kun %(num)s tilbage af nr. %(number)s.", num=thing.quantity, number=number)
    return ""


def is_kept(thing: Item | ItemCard, wanted: int) -> bool:
    """Whether a web order that is being paid for has some of what is wanted here."""
    return thing.state is ItemState.FOR_SALE and thing.free < wanted <= thing.quantity


def sold_text(moment: datetime) -> str:
    """`22. november 2026 kl. 11.09`: a receipt is kept for years, so the year stands there."""
    pattern = "d. MMMM y" if language() == "da" else "d MMMM y"
    day = str(format_date(clock.local_day(moment), pattern, locale=language()))
    return _("%(day)s kl. %(clock)s", day=day, clock=clock.clock_text(moment))
