"""The forms of a page as a browser would send them: with what stands in them, and the first choice of each list."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class PageForm:
    """Where a form goes, what stands in it, and which of its fields take a file."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[PageForm] = []
        self._here: PageForm | None = None
        self._choice = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = dict(attrs)
        if tag == "form":
            self._here = PageForm(given.get("action") or self.address, (given.get("method") or "get").upper())
            self.found.append(self._here)
        if self._here is None:
            return
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "input" and name:
            self._input(name, value, given)
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and (value or "selected" in given):
            if "selected" in given or not self._here.fields.get(self._choice):
                self._here.fields[self._choice] = value
        elif tag == "textarea":
            self._text = name
            self._here.fields.setdefault(name, "")

    def _input(self, name: str, value: str, given: dict[str, Any]) -> None:
        assert self._here is not None
        kind = given.get("type", "text")
        if kind == "file":
            self._here.files.append(name)
        elif kind in {"radio", "checkbox"}:
            if "checked" in given or (kind == "radio" and name not in self._here.fields):
                self._here.fields[name] = value
        else:
            self._here.fields[name] = value

    def handle_data(self, data: str) -> None:
        if self._text and self._here is not None:
            self._here.fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._here = None
        elif tag == "select":
            self._choice = ""
        elif tag == "textarea":
            self._text = ""


def forms_of(html: str, address: str) -> list[PageForm]:
    """Every form of a page."""
    reader = _Reader(address)
    reader.feed(html)
    return reader.found


def anyway(page: str) -> dict[str, str]:
    """What the button "… alligevel" of a page sends: the sentences that were said and are heard."""
    found = re.search(r'name="videre" value="([^"]*)"', page)
    assert found, "nothing was asked"
    return {"videre": html.unescape(found[1])}
