"""The wall: nothing of a citizen reaches a public page, label, PDF, picture or mail.

Unique markers are planted in every text that belongs to people; then everything the public can reach is searched.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from shop.models import Base
from workshop.core import db, images, photo_store
from workshop.core.config import Settings
from workshop.core.mail import OutboxMail
from workshop.labels import printing
from workshop.products.models import Item, ItemState
from workshop.products.photos import actions as photographing

MARKER = "Kanariefugl"
LINK = re.compile(r"""(?:href|src|srcset|action)=["']([^"'#]+)["']""")
KEPT_AS_IT_IS = {"picture", "language", "key", "public_id"}  # chosen from lists or random; they name nobody


@pytest.fixture
def filled(demo: Flask) -> Flask:
    with db.transaction() as session:
        plant(session)
    return demo


def plant(session: Session) -> int:
    """Put a marker of its own into every free text of zone D; how many were planted."""
    planted = 0
    for table in Base.metadata.tables.values():
        if table.info["zone"] != "D" or table.name in {"competence", "programme_type", "question"}:
            continue
        for column in table.columns:
            if isinstance(column.type, sa.Enum) or not isinstance(column.type, sa.String) or column.foreign_keys:
                continue
            if column.name in KEPT_AS_IT_IS or column.name.endswith("_hash"):
                continue
            planted += 1
            session.execute(sa.update(table).values({column.name: f"{MARKER}{planted:03d}"}))
    return planted


def crawl(client: FlaskClient) -> Iterator[tuple[str, bytes, str]]:
    """Every address a visitor can reach by following links from the front page: (address, body, headers)."""
    waiting, seen = ["/"], {"/"}
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        yield address, answer.data, str(answer.headers)
        links = LINK.findall(answer.text) if answer.mimetype == "text/html" else []
        if answer.status_code in {301, 302, 303, 308}:
            links.append(answer.headers["Location"].removeprefix("http://localhost"))
        for link in (part.split(" ")[0] for found in links for part in found.split(", ")):
            path = link.removeprefix("http://localhost").replace("&amp;", "&")
            if (
                path.startswith("/")
                and not path.startswith(("//", "/static", "/personale", "/vaerksted"))
                and path not in seen
            ):
                seen.add(path)
                waiting.append(path)


def telling(address: str, body: bytes, headers: str) -> bool:
    return MARKER.encode() in body or MARKER in address or MARKER in headers


def test_no_public_page_tells_of_a_citizen(filled: Flask, client: FlaskClient) -> None:
    with db.reading() as session:
        for item in session.scalars(sa.select(Item)):
            assert MARKER not in client.get(f"/q/{item.qr_token}", follow_redirects=True).text
    visited = list(crawl(client))
    assert len(visited) > 40
    assert [address for address, body, headers in visited if telling(address, body, headers)] == []


def test_no_label_and_no_mail_tells_of_a_citizen(filled: Flask, settings: Settings, now: datetime) -> None:
    with db.reading() as session:
        items = session.scalars(sa.select(Item).where(Item.state == ItemState.FOR_SALE).limit(3)).all()
        assert items
        for item in items:
            body = printing.pdf_of_item(session, item, now=now)
            text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body))
            assert str(item.number) in text
            assert MARKER not in text
            assert MARKER.encode() not in body
        mails = session.scalars(sa.select(OutboxMail)).all()
        assert mails
        assert [mail.subject for mail in mails if MARKER in mail.subject + mail.body + mail.recipient] == []


def test_no_photo_keeps_what_the_camera_wrote_into_it(filled: Flask, client: FlaskClient, now: datetime) -> None:
    exif = Image.Exif()
    exif[0x013B] = MARKER  # Artist
    body = io.BytesIO()
    Image.new("RGB", (900, 600), "tan").save(body, "JPEG", exif=exif)
    assert MARKER.encode() in body.getvalue()
    body.seek(0)
    kept = images.store(body, photo_store.of(filled.extensions["settings"]))
    with db.transaction() as session:
        item = session.scalars(sa.select(Item).where(Item.state == ItemState.FOR_SALE).limit(1)).one()
        photographing.add_photo(session, item, kept, alt_text="", now=now, by_staff_id=None)
    for file in filled.extensions["settings"].photos_dir.iterdir():
        assert MARKER.encode() not in file.read_bytes()


def test_a_marker_planted_on_the_public_side_is_found(filled: Flask, client: FlaskClient) -> None:
    """The search itself is tried: without this, an empty crawl would pass."""
    with db.transaction() as session:
        item = session.scalars(sa.select(Item).where(Item.state == ItemState.FOR_SALE).limit(1)).one()
        item.title = f"Bænk af {MARKER}"
    assert any(telling(*visited) for visited in crawl(client))


def test_markers_were_planted_in_all_that_people_are_written_down_with(filled: Flask) -> None:
    with db.transaction() as session:
        assert plant(session) >= 12
