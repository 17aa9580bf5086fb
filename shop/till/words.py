"""The words of the till: why a thing cannot be sold, when one was, and what the money of a day was for."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date

from shop.till.daybook import Entry, What
from workshop.core import clock
from workshop.core.i18n import _, language
from workshop.production.repairs.words import printed
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


def undone_text(sold_at: datetime, undone_at: datetime) -> str:
    """What became of a sale that was given back, and when."""
    if clock.local_day(sold_at) == clock.local_day(undone_at):
        return _("Salget er fortrudt kl. %(clock)s.", clock=clock.clock_text(undone_at))
    return _("Salget er taget tilbage %(when)s.", when=sold_text(undone_at))


def entry_text(entry: Entry) -> str:
    """`Ordre 2026-0317 udleveret`: what money over the counter was for."""
    number = printed(int(entry.number)) if entry.what is What.REPAIR else entry.number
    return {
        What.SALE: _("Salg %(number)s"),
        What.SALE_BACK: _("Salg %(number)s givet tilbage"),
        What.ORDER: _("Ordre %(number)s"),
        What.ORDER_BACK: _("Ordre %(number)s givet tilbage"),
        What.REPAIR: _("Reparation %(number)s"),
        What.BILL: _("Regning %(number)s"),
        What.BILL_BACK: _("Regning %(number)s givet tilbage"),
    }[entry.what] % {"number": number}
