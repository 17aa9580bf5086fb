"""The packing list and the delivery list of a day: pages to work from, and PDFs to print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, Response, render_template, request, url_for

from shop.orders.models import Fulfilment
from shop.orders.packing import pdf, queries
from shop.orders.packing.queries import DayCount, Parcel
from shop.orders.packing.words import size_name, titles
from shop.orders.pickup import hours_text
from workshop.core import clock, db
from workshop.core.access import needs
from workshop.core.i18n import lazy
from workshop.core.web import MenuEntry, settings

blueprint = Blueprint("packing", __name__, url_prefix="/personale/ordrer")
MENU = (
    MenuEntry("orders", lazy("Pakkeliste"), "packing.packing", "pakke", "order:read", order=30),
    MenuEntry("orders", lazy("Levering"), "packing.delivery", "bil", "order:read", order=40),
)


@blueprint.get("/pakkeliste")
@needs("order:read")
def packing() -> str:
    """What to pack for a day, by the time it is fetched."""
    return _page(is_delivery=False)


@blueprint.get("/pakkeliste.pdf")
@needs("order:read")
def packing_paper() -> Response:
    """The same on paper."""
    return _paper(is_delivery=False)


@blueprint.get("/levering")
@needs("order:read")
def delivery() -> str:
    """What to bring on a day, by postcode."""
    return _page(is_delivery=True)


@blueprint.get("/levering.pdf")
@needs("order:read")
def delivery_paper() -> Response:
    """The same on paper."""
    return _paper(is_delivery=True)


def _read(is_delivery: bool) -> tuple[date, list[DayCount], list[Parcel]]:
    kind = Fulfilment.DELIVERY if is_delivery else None
    with db.reading() as session:
        days = queries.days(session, kind)
        day = _asked_day(days)
        return day, days, queries.parcels(session, day, kind)


def _asked_day(days: Sequence[DayCount]) -> date:
    """The day that was asked for; else the next one with something on it, today among them."""
    today = clock.local_day(clock.now())
    to_come = (each.day for each in days if each.day >= today)
    return clock.day_of(request.args.get("dag", "")) or next(to_come, days[-1].day if days else today)


def _page(*, is_delivery: bool) -> str:
    day, days, parcels = _read(is_delivery)
    return render_template(
        "orders/packing.html",
        title=titles(day)[is_delivery],
        day=day,
        days=days,
        parcels=parcels,
        is_delivery=is_delivery,
        page=f"packing.{'delivery' if is_delivery else 'packing'}",
        paper=f"packing.{'delivery' if is_delivery else 'packing'}_paper",
        today=clock.local_day(clock.now()),
        hours_text=hours_text,
        size_name=size_name,
    )


def _paper(*, is_delivery: bool) -> Response:
    day, _days, parcels = _read(is_delivery)

    def address_of(parcel: Parcel) -> str:
        return settings().base_url + url_for("orders.desk_order", public_id=parcel.order.public_id)

    body = pdf.render_list(day, parcels, is_delivery=is_delivery, address_of=address_of)
    response = Response(body, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{pdf.file_name(day, is_delivery=is_delivery)}"'
    return response
