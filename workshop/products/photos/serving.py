"""A stored photo as an answer, and as the addresses a browser chooses from."""

from __future__ import annotations

import functools
from typing import Protocol

from flask import Response, request
from markupsafe import Markup, escape

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


class Pictured(Shown, Protocol):
    """The same with what stands beside it on a page."""

    @property
    def alt_text(self) -> str:
        """What it shows, in words."""
        ...

    @property
    def has_avif(self) -> bool:
        """Whether it is kept as AVIF too."""
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


def photo_of(photo: Pictured, sizes: str, folder: str = "/foto", *, is_first: bool = False) -> Markup:
    """A photograph in the kinds and sizes it is kept in: the browser takes the best it knows.

    `sizes` says how wide it is shown; `folder` is /foto for everybody, the desk's own for staff. Photos kept before
    AVIF was written have none.
    """

    def source(kind: str) -> str:
        return f'  <source type="image/{kind}" srcset="{srcset(photo, folder, kind)}" sizes="{sizes}">\n'

    loading = 'fetchpriority="high"' if is_first else 'loading="lazy"'
    return Markup(  # noqa: S704 — names, sizes and folders are ours; what a person wrote is escaped
        f"<picture>\n{source('avif') if photo.has_avif else ''}{source('webp')}"
        f'  <img class="art" src="{folder}/{photo.name}-800.jpg" srcset="{srcset(photo, folder, "jpg")}" '
        f'sizes="{sizes}" alt="{escape(photo.alt_text)}" width="{photo.width}" height="{photo.height}" {loading} '
        'decoding="async">\n</picture>'
    )


def srcset(photo: Shown, folder: str, kind: str) -> str:
    """The sizes of a photo with their true widths, for a browser to choose from. `folder`: `/foto` or the desk's."""
    start = f"{folder}/{photo.name}-"
    return ", ".join([f"{start}{size}.{kind} {width}w" for width, size in _sizes(photo.width, photo.height)])


@functools.lru_cache(maxsize=1024)  # most photos come from one camera
def _sizes(width: int, height: int) -> tuple[tuple[int, int], ...]:
    """The true widths there are of a photo so large, each with the size it is kept under."""
    longest, found = max(width, height, 1), dict[int, int]()
    for size in sorted(images.WIDTHS):
        found.setdefault(max(round(width * min(size / longest, 1)), 1), size)
    return tuple(found.items())
