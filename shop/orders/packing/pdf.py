"""The packing list and the delivery list on A4, with a code on each order that opens it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from shop.orders.packing.queries import Parcel, Thing
from shop.orders.packing.words import size_name, titles
from shop.orders.pickup import hours_text
from workshop.core import i18n
from workshop.core.i18n import _, ngettext
from workshop.core.money import kr
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset
from workshop.products.qr import make_qr, qr_svg

_SOURCE = Path(__file__).with_name("list.typ")


def render_list(
    day: date, parcels: Sequence[Parcel], *, is_delivery: bool, address_of: Callable[[Parcel], str]
) -> bytes:
    """The list of a day. `address_of` gives the absolute address that a parcel's code leads to; only staff get in."""
    title = titles(day)[is_delivery]
    data: dict[str, Any] = {
        "lang": i18n.language(),
        "title": title,
        "about": ngettext("%(num)s ordre", "%(num)s ordrer", len(parcels)),
        "none": _("Der er ingen ordrer den dag."),
        "code_alt": _("QR-kode, der åbner ordren"),
        "groups": [
            {
                "title": _("Kl. %(hours)s", hours=hours_text(*hours)),
                "parcels": [_parcel(each, is_delivery, address_of) for each in of_slot],
            }
            for hours, of_slot in groupby(
                parcels, key=lambda each: (each.order.pickup_from_minute, each.order.pickup_to_minute)
            )
        ],
    }
    return typeset(_SOURCE, data, "pdf")


def _parcel(parcel: Parcel, is_delivery: bool, address_of: Callable[[Parcel], str]) -> dict[str, Any]:
    order = parcel.order
    code = make_qr(address_of(parcel))
    facts = _where(parcel) if is_delivery else _how(parcel)
    return {
        "title": f"{order.number} · {printable(order.company_name or order.customer_name)}",
        "code": qr_svg(code.path, code.side, _("Koden åbner ordren")),
        "facts": [fact for fact in facts if fact],
        "things": [_thing(thing) for thing in parcel.things],
        "waits": "" if parcel.is_made else _("Noget af den er ikke lavet færdigt endnu."),
        "message": printable(order.message.replace("\n", " ")),
        "is_packed": order.packed_at is not None,
        "packed": _("Pakket"),
    }


def _thing(thing: Thing) -> dict[str, str]:
    number = _("nr. %(number)s", number=thing.number) if thing.number_if_unsaid else ""
    place = printable(thing.place) or (_("ingen plads skrevet") if thing.number else "")
    return {
        "what": f"{thing.quantity} × {printable(thing.title)}",
        "where": " · ".join(part for part in (number, place) if part),
    }


def _how(parcel: Parcel) -> list[str]:
    how = _("Leveres i %(postcode)s %(town)s", postcode=parcel.order.postcode, town=parcel.order.town)
    return [printable(how) if parcel.order.is_delivery else _("Kunden henter"), _to_pay(parcel)]


def _where(parcel: Parcel) -> list[str]:
    order = parcel.order
    return [
        printable(f"{order.street}, {order.postcode} {order.town}"),
        printable(f"{order.customer_name}, {order.customer_phone}"),
        _("Størrelse %(size)s", size=size_name(parcel.size)),
        _to_pay(parcel),
    ]


def _to_pay(parcel: Parcel) -> str:
    if parcel.to_collect_ore:
        return _("Skal betale %(amount)s", amount=kr(parcel.to_collect_ore))
    return _("Der skal ikke betales noget")


def file_name(day: date, *, is_delivery: bool) -> str:
    """What the file is called: `pakkeliste-2026-11-24.pdf`."""
    return f"{'leveringsliste' if is_delivery else 'pakkeliste'}-{day.isoformat()}.pdf"
