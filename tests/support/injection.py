"""What texts that are commands would have done: fetched, read, reckoned, begun a line; and how they are planted."""

from __future__ import annotations

import contextlib
import http.server
import re
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.models import Base

SECRET = "the-words-in-the-file-nobody-may-read"
# Columns that people write into, in whichever table. Keys, codes, hashes and names of files are no texts.
TEXTS = {
    "title", "text", "note", "description", "material_text", "measures", "care", "safety", "place", "owner_name",
    "marks", "faults", "plan", "customer_name", "company_name", "customer_reference", "street", "town",
    "access_note", "message", "why", "occasion", "answer", "reason", "lines_text", "observation", "own_words",
    "full_name", "display_name", "short_name", "plain_text", "intro", "supplier", "idea", "lacking_note",
    "attention", "where_i_am", "where_i_want_to_be", "sentence", "quality_ok", "test_note", "help_text",
    "address", "vendor_code", "alt_text", "i_can",
}  # fmt: skip
NAMED = {
    "product_type", "task_type", "material", "department", "dish", "house_price", "label_design", "printer",
    "service_kind", "cut_part", "staff", "activity_kind", "device", "service_resource", "shop_question",
    "withdrawal", "workshop_version", "label_sheet", "demand",
}  # fmt: skip


def plant(session: Session, text: str) -> int:
    """Put a text into every column that people write into; how many rows have it now."""
    planted = 0
    for table in Base.metadata.tables.values():
        columns = [column for column in table.columns if _is_written(table, column)]
        values = {column.name: text[: column.type.length] for column in columns}  # type: ignore[attr-defined]
        if values:
            planted += session.execute(sa.update(table).values(values)).rowcount  # type: ignore[attr-defined]
    return planted


def _is_written(table: sa.Table, column: sa.Column[object]) -> bool:
    if table.info["zone"] == "S" or not isinstance(column.type, sa.String) or isinstance(column.type, sa.Enum):
        return False
    if any(column.name in {each.name for each in key.columns} for key in _keys(table)):
        return False
    return column.name in TEXTS or (column.name == "name" and table.name in NAMED)


def _keys(table: sa.Table) -> Iterator[sa.Index | sa.UniqueConstraint]:
    yield from (index for index in table.indexes if index.unique)
    yield from (each for each in table.constraints if isinstance(each, sa.UniqueConstraint))


@dataclass
class Canary:
    """A server nobody has a reason to ask, and what it was asked."""

    address: str
    asked: list[str] = field(default_factory=list)


@contextlib.contextmanager
def listening() -> Iterator[Canary]:
    """A canary on a port of its own."""
    heard: list[str] = []

    class Heard(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_error(404)

        def log_message(self, *_words: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Heard)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Canary(f"http://127.0.0.1:{server.server_port}/canary", heard)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
ACTIONS = (b"/URI", b"/Launch", b"/JavaScript", b"/JS", b"/EmbeddedFile", b"/SubmitForm", b"/GoToR", b"/OpenAction")


def actions_in(pdf: bytes) -> dict[bytes, int]:
    """How often a PDF does something but lie there, packed parts included."""
    unpacked = [STREAM.sub(b"", pdf)]
    for packed in STREAM.findall(pdf):
        with contextlib.suppress(zlib.error):
            part = zlib.decompress(packed)
            if part.isascii():  # what is not holds the shapes of letters
                unpacked.append(part)
    whole = b"\n".join(unpacked)
    return {name: found for name in ACTIONS if (found := len(re.findall(name + rb"\b", whole)))}
