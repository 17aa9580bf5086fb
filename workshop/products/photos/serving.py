"""A stored photo as an answer, and as the addresses a browser chooses from."""

from __future__ import annotations

from typing import Protocol

from flask import Response, request

from workshop.core import images, photo_store, web
from workshop.core.errors import NotHere
from workshop.core.photo_store import PhotoStore


class Shown(Protocol):
    """What a page knows of a photo: `width` and `height` are those of its largest size."""

    @property
    def name(self) -> str:
        """Its random name."""
        ...

    @property
    def width(self) -> int:
        """In pixels."""
        ...

    @property
    def height(self) -> int:
        """In pixels."""
        ...


def store() -> PhotoStore:
    """The store of the running app."""
    return photo_store.of(web.settings())


def answer(file: str, *, max_age: int | None) -> Response:
    """A photo's file; whoever asks has been let in already. `max_age` in seconds, None for "ask each time".

    A name is written once, so it is its own mark: who has it is told so without a look into the store.
    Raises NotHere when the file is gone.
    """
    if request.if_none_match.contains(file):
        response = Response(status=304)
    else:
        body = store().get(file)
        if body is None:
            raise NotHere
        response = Response(body, mimetype=photo_store.MIME[file.rpartition(".")[2]])
    response.set_etag(file)
    response.headers["Cache-Control"] = "no-cache" if max_age is None else f"public, max-age={max_age}"
    return response


def srcset(photo: Shown, folder: str, kind: str) -> str:
    """The sizes of a photo with their true widths, for a browser to choose from. `folder`: `/foto` or the desk's."""
    found: dict[int, str] = {}
    longest = max(photo.width, photo.height, 1)
    for size in sorted(images.WIDTHS):
        width = max(round(photo.width * min(size / longest, 1)), 1)
        found.setdefault(width, f"{folder}/{photo.name}-{size}.{kind} {width}w")
    return ", ".join(found.values())
