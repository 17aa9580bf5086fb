"""Pages of the shop that are alike for many visitors are made once and kept until something on them changes.

All that a page depends on goes into its tag: the address, the catalogue's mark, who the workshop is, what the visitor
has chosen, the day, and the program itself. The tag is the ETag too, so a visitor who has the page already is answered
without making it.
A thing that is held, sold or given a new price changes the mark in the same block, so it shows at once everywhere.

A before-price may be shown until a moment, and no mark changes then. So the tag also says until when its page holds:
the earliest such moment of all that the page shows. From then on neither we nor a visitor's browser use that page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from os import walk
from pathlib import Path
from typing import NamedTuple

from flask import Flask, current_app, g, request, session
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.orders.house.models import ClosedDay, OpeningSlot, ShopText, Terms
from shop.storefront import frame
from workshop.core import clock, db, i18n, identity
from workshop.core.config import ROOT, Settings
from workshop.products import catalogue
from workshop.services.models import DeliveryPrice

# What stands on public pages beside things and products: whoever changes it makes every kept page an old one.
catalogue.watch(OpeningSlot, ClosedDay, ShopText, Terms, DeliveryPrice)

MOST_PAGES = 300  # of about 20 kB
EXTENSION = "kept_pages"
Render = Callable[[Session], str | Response]
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Page(NamedTuple):
    """A finished page, and the moment from which it must not be shown any more, if there is one."""

    body: bytes
    until: datetime | None = None


class Keep:
    """The finished pages of one process, of one state of the catalogue."""

    def __init__(self, release: str) -> None:
        self.release = release
        self._mark: str | None = None
        self._pages: dict[str, Page] = {}

    def get(self, tag: str, now: datetime) -> Page | None:
        """The page with this tag, if it is here and may still be shown."""
        page = self._pages.get(tag)
        return page if page is not None and (page.until is None or now < page.until) else None

    def put(self, mark: str, tag: str, page: Page) -> None:
        """Keep a page. With another mark it begins anew, for nothing old is asked for again; so it does when full."""
        if mark != self._mark or len(self._pages) >= MOST_PAGES:
            self._mark, self._pages = mark, {}
        self._pages[tag] = page

    def forget(self) -> None:
        """Let go of every page, so that the next one is made from the database: for tests and measurements."""
        self._pages = {}


def install(app: Flask, settings: Settings) -> None:
    """Give the app its keep."""
    app.extensions[EXTENSION] = Keep(_release(settings))


def answer(
    render: Render, in_basket: Callable[[], int], *, is_kept: bool = True, mimetype: str = "text/html"
) -> Response:
    """The page that `render` makes, from the keep where it can be; a redirect from `render` is passed on.

    `in_basket` counts what the visitor has put aside, which stands at the top of every page. A page that hardly two
    visitors ask for alike, such as a search, is not kept, or it would crowd out the others; browsers may keep it.
    """
    keep: Keep = current_app.extensions[EXTENSION]
    with _reading() as reading:
        mark = ".".join(g.marks) if any(g.marks) else None
        has_message = "_flashes" in session  # it is for one visitor, once
        if mark is None or has_message:
            return _unmarked(render(reading), "no-store" if has_message else "no-cache", mimetype)
        now = clock.now()
        tag = _tag(keep.release, mark, in_basket(), now)
        held = next((sent for sent in request.if_none_match.as_set(include_weak=True) if _holds(sent, tag, now)), None)
        if held is not None:
            return _with_tag(Response(status=304), held)
        page = keep.get(tag, now)
        if page is None:
            g.page_until = None
            made = render(reading)
            if isinstance(made, Response):
                return made
            page = Page(made.encode(), g.page_until)
            if is_kept:
                keep.put(mark, tag, page)
    return _with_tag(Response(page.body, mimetype=mimetype), _until(tag, page.until))


@contextmanager
def _reading() -> Iterator[Session]:
    """What a page is read from. Whatever is shown after it, such as an error, asks the database for nothing."""
    with db.reading() as reading:
        # The marks are read before anything else, so what is kept under them may be newer, never older.
        g.reading, g.marks = reading, catalogue.marks(reading)
        try:
            yield reading
        finally:
            del g.reading


def holds_until(moment: datetime) -> None:
    """Say that the page being made shows something that may be shown until this moment only; the earliest counts."""
    known: datetime | None = g.get("page_until")
    g.page_until = moment if known is None else min(known, moment)


def _until(tag: str, until: datetime | None) -> str:
    return tag if until is None else f"{tag}-{(until - _EPOCH) // _TICK}"


def _holds(sent: str | None, tag: str, now: datetime) -> bool:
    """Whether what a browser has is the page with this tag, and may still be shown."""
    same, _dash, until = (sent or "").partition("-")  # an empty tag is read as None
    if same != tag:
        return False
    return not until or (until.isascii() and until.isdecimal() and (now - _EPOCH) // _TICK < int(until[:20]))


def _tag(release: str, mark: str, in_basket: int, now: datetime) -> str:
    """What the page depends on, in short."""
    look = (*frame.look(), i18n.language())
    where = (request.root_path, request.path, request.query_string)  # a page is alike under all names we answer to
    facts = (release, mark, identity.version(), where, look, clock.local_day(now).toordinal(), in_basket)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def _with_tag(response: Response, tag: str) -> Response:
    """It may be kept by the browser, which asks again each time; a cookie may make it another page."""
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Cookie"
    return response


def _unmarked(made: str | Response, caching: str, mimetype: str) -> Response:
    if isinstance(made, Response):
        return made
    response = Response(made, mimetype=mimetype)
    response.headers["Cache-Control"] = caching
    response.headers["Vary"] = "Cookie"
    response.add_etag()
    return response.make_conditional(request)


def _release(settings: Settings) -> str:
    """Another one for another version of the program, of the built files, or of its address."""
    facts = [settings.base_url]
    facts += [f"{path}:{path.stat().st_mtime_ns}:{path.stat().st_size}" for path in sorted(_files(settings))]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _files(settings: Settings) -> Iterator[Path]:
    for part in ("templates", "shop", "workshop"):
        for folder, _folders, names in walk(ROOT / part):
            yield from (Path(folder, name) for name in names if name.endswith((".html", ".py", ".po")))
    manifest = settings.build_dir / "manifest.json"
    if manifest.exists():
        yield manifest
