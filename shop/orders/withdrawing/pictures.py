"""The photos of complaints, each at two addresses: the desk's, and that of who holds the order."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from sqlalchemy.orm import Session

from shop.orders.views import own
from shop.orders.web import private
from shop.orders.withdrawing import photos
from shop.orders.withdrawing.blueprint import blueprint
from workshop.core import db
from workshop.core.access import needs, public
from workshop.core.errors import NotHere
from workshop.core.photo_store import FILE_NAME
from workshop.products.photos import checking, serving

checking.also_named_by(photos.names)


@blueprint.get("/personale/ordrer/reklamationer/<public_id>/foto/<file>")
@needs("order:read")
def photo(public_id: str, file: str) -> Response:
    """A photo of what is wrong, for those who may read the complaint."""
    return _answer(file, lambda session, name: photos.is_of_complaint(session, name, public_id))


@blueprint.get("/ordre/<public_id>/reklamation/foto/<file>")
@public
def own_photo(public_id: str, file: str) -> Response:
    """The same for the browser that was let in to the order; to all others there is no such photo."""
    found = own(public_id)
    if found is None:
        raise NotHere
    order_id = found.order.id
    return _answer(file, lambda session, name: photos.is_of_order(session, name, order_id))


def _answer(file: str, is_theirs: Callable[[Session, str], bool]) -> Response:
    parts = FILE_NAME.fullmatch(file)
    if parts is None:
        raise NotHere
    with db.reading() as session:
        if not is_theirs(session, parts["name"]):
            raise NotHere
    answer: Response = serving.answer(file, max_age=None)
    private(answer)
    return answer
