"""T11: a text is a text on every label, list, calendar, page and mail, never a command. All of it: `make soak`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from flask import Flask

from tests import test_fuzz
from tests.support import actors, commanding, injection, label_streams, papers
from tests.support.injection import Canary
from workshop.core import access, db, mail
from workshop.core.config import Settings
from workshop.core.mail import Attachment

pytestmark = pytest.mark.once  # what is asked of the answers does not depend on the database
SEED = int(os.environ.get("TRUST_SEED", "20261122"))
EACH = 20  # a twentieth
TAG = '"><x-canary onload=a>zq900k'


@pytest.fixture
def filled(demo: Flask) -> Flask:
    return demo


@pytest.fixture
def canary() -> Iterator[Canary]:
    with injection.listening() as found:
        yield found


@pytest.fixture
def some(canary: Canary) -> Iterator[dict[str, str]]:
    """Every twentieth text, by its word. The folder's name is short: the shortest column has to hold it all."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "secret.txt"
        file.write_text(injection.SECRET)
        every = commanding.texts(SEED, canary.address, file)
        yield {commanding.word(number): every[number] for number in range(SEED % EACH, len(every), EACH)}


def test_every_file_shows_a_text_and_obeys_none(
    filled: Flask, settings: Settings, canary: Canary, some: dict[str, str]
) -> None:
    given = papers.papers(filled, settings)
    before = {paper.endpoint: paper.client.get(paper.address).data for paper in given}
    wrong = []
    for word, text in some.items():
        with db.transaction() as session:
            assert injection.plant(session, text) > 500
        for paper in given:
            wrong += [(paper.endpoint, text, fault) for fault in papers.wrong_with(paper, word, before[paper.endpoint])]
    assert wrong == [], f"seed {SEED}"
    assert canary.asked == []


def test_every_file_the_house_gives_out_is_among_them(filled: Flask, settings: Settings) -> None:
    rules = [rule for rule in filled.url_map.iter_rules() if "GET" in (rule.methods or ())]
    files = {rule.endpoint for rule in rules if rule.rule.endswith(papers.ENDINGS)}
    tried = {paper.endpoint for paper in papers.papers(filled, settings)}
    assert files - papers.WITHOUT - papers.PICTURES == tried


def test_a_label_printer_gets_pictures_and_nothing_else(some: dict[str, str], canary: Canary) -> None:
    assert {text: found for text in some.values() if (found := label_streams.wrong_with(text))} == {}
    assert canary.asked == []


def test_a_mail_has_our_headers_and_one_reader(
    app: Flask, settings: Settings, now: datetime, some: dict[str, str]
) -> None:
    entry = Attachment("tid.ics", "text/calendar", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    with db.transaction() as session:
        for word, text in some.items():
            words = {"key": word, "recipient": "a@kunde.example", "subject": f"Om {text}", "body": text}
            mail.queue(session, **words, now=now, attachment=entry)
    assert mail.send_due(settings, now) == len(some)
    files = [path.read_bytes() for path in settings.mails_dir.glob("*.eml")]
    words = [next(word for word in some if word.encode() in body) for body in files]
    wrong = [papers.wrong_with_mail(body, word) for body, word in zip(files, words, strict=True)]
    assert [each for each in wrong if each] == [], f"seed {SEED}"


def test_no_page_takes_a_text_for_a_tag(filled: Flask, settings: Settings) -> None:
    places = [(method, address) for _name, method, address in test_fuzz.addresses(filled) if method == "GET"]
    clients = [actors.desk(filled), actors.tablet(filled, "Mona", settings).client, actors.browser(filled)]
    with db.transaction() as session:
        assert injection.plant(session, TAG) > 500
    shown, wrong = 0, []
    for client in clients:
        for _method, address in places:
            answer = client.get(address)
            if answer.mimetype == "text/html":
                shown += "zq900k" in answer.text
                wrong += [address] if "<x-canary" in answer.text else []
    assert wrong == []
    assert shown > 100


# The controls: without them, a search that finds nothing would pass everything.


def test_a_formula_a_command_and_a_header_would_be_seen(tmp_path: Path) -> None:
    assert papers.of_csv(b"a;b\r\n=1+zq001k;x\r\n", "zq001k") == ["cell '=1+zq001k'"]
    book = openpyxl.Workbook()
    book.active.append(["=1+1", "zq001k"])
    book.save(tmp_path / "x.xlsx")
    book.close()
    assert papers.of_sheet((tmp_path / "x.xlsx").read_bytes(), "zq001k") == ["cell A1"]
    assert label_streams.wrong_with_zpl(label_streams.stream(label_streams.zebra(), "x") + b"~JA") != []
    planted = b"To: a@b.example\r\nSubject: zq001k\r\nBcc: c@evil.example\r\n\r\nx"
    assert papers.wrong_with_mail(planted, "zq001k") == ["header 'Bcc'"]
    alarm = "BEGIN:VEVENT\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\n"
    assert papers.of_calendar(alarm, "x", "BEGIN:VEVENT\r\nEND:VEVENT\r\n") == ["lines of its own"]
    assert injection.actions_in(b"1 0 obj <</Type /Action /S /URI>> endobj") == {b"/URI": 1}


@pytest.mark.plants
def test_a_page_that_shows_a_tag_would_be_seen(app: Flask) -> None:
    app.add_url_rule("/planted", "planted", access.public(lambda: f"<p>{TAG}</p>"))
    assert "<x-canary" in actors.browser(app).get("/planted").text


def test_there_are_five_hundred_and_each_holds_its_word(tmp_path: Path) -> None:
    every = commanding.texts(SEED, "http://127.0.0.1:9/canary", tmp_path / "secret.txt")
    assert len(every) == len(set(every)) == commanding.HOW_MANY
    assert all(commanding.word(number) in text for number, text in enumerate(every))
