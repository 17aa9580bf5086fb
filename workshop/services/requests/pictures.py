"""The photos customers sent, as staff's pages show them."""

from __future__ import annotations

from flask import Blueprint, Response

from workshop.core import db
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.photo_store import FILE_NAME
from workshop.products.photos import checking, serving
from workshop.services.requests import photos

blueprint = Blueprint("request_photos", __name__, url_prefix="/personale/service")
checking.also_named_by(photos.names)


@blueprint.get("/foto/<file>")
@needs("service:plan")
def photo(file: str) -> Response:
    """A photo of a garden, for those who may see what was asked."""
    parts = FILE_NAME.fullmatch(file)
    if parts is None:
        raise NotHere
    with db.reading() as session:
        if photos.by_name(session, parts["name"]) is None:
            raise NotHere
    return serving.answer(file, max_age=None)
