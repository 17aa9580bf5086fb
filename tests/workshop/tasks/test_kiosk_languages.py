"""The tablet in Arabic and English: every page runs the right way and leaves no Danish that does not say so."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support import people

from tests.workshop.tasks.rig import count, give
from workshop.citizens.models import Citizen, Comfort
from workshop.core import clock, db, house_rules, i18n, reading
from workshop.core.house_rules import LANGUAGE, REVIEWED, YES
from workshop.production.models import Demand, TaskStep, TaskType, TaskTypeDemand
from workshop.tasks.kiosk import words
from workshop.tasks.models import Assignment

OF_AN_ITEM = ("", "/navn", "/pris", "/foto", "/maerke", "/videre")
SPOKEN_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title", "data-say", "data-label")
WORD = re.compile(r"[A-Za-zÆØÅæøå]{2,}")
# Names, and what is written like that in every language.
NO_DANISH = {"Mona", "Yusuf", "Lone", "Prøvesen", "Værksted", "Værkstedet", "CVR", "Language", "QR", "DKK", "kr", "nr"}
VOID = {"img", "input", "br", "meta", "link", "hr", "source", "wbr", "area", "base", "col"}


class Words(HTMLParser):
    """What a page says in no language but its own: text and spoken attributes outside what says it is another."""

    def __init__(self) -> None:
        super().__init__()
        self.direction, self.language = "", ""
        self.said: list[str] = []
        self._open: list[tuple[str, bool]] = []  # (tag, whether what is in it says its own language or no words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.direction, self.language = given.get("dir") or "", given.get("lang") or ""
        is_another = "lang" in given and given["lang"] != self.language
        is_apart = (
            self._is_apart() or is_another or tag in {"script", "style", "title" if "svg" in self._tags() else ""}
        )
        if not is_apart:
            self.said += [given[name] or "" for name in SPOKEN_ATTRIBUTES if given.get(name)]
        if tag not in VOID:
            self._open.append((tag, is_apart))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_apart() and data.strip():
            self.said.append(data.strip())

    def _is_apart(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _tags(self) -> list[str]:
        return [tag for tag, _apart in self._open]


def left(page: str) -> list[str]:
    """The texts of an Arabic page that hold a word in Latin letters and do not say that they are Danish."""
    read = Words()
    read.feed(page)
    return [text for text in read.said if set(WORD.findall(text)) - NO_DANISH]


@pytest.fixture
def switched_on(house) -> None:
    """The workshop speaks English and Arabic beside Danish; Arabic has been read through."""
    with db.transaction() as session:
        for key, value in ((LANGUAGE + "en", YES), (LANGUAGE + "ar", YES), (REVIEWED + "ar", "Lone")):
            house_rules.decide(session, key, value, by_staff_id=None, now=clock.now())


@pytest.fixture
def in_arabic(switched_on, mona: FlaskClient) -> FlaskClient:
    """Mona at the tablet, in Arabic."""
    mona.post("/vaerksted/sprog", data={"sprog": "ar"})
    return mona


@pytest.fixture
def sawing(house) -> str:
    """A task out of the starter catalogue with all a card can hold; its public id."""
    public_id = give(house.mona, "Save træ i længde")
    with db.transaction() as session:
        task_id = session.query(Assignment.task_type_id).filter(Assignment.public_id == public_id).scalar()
        task = session.get_one(TaskType, task_id)
        task.name, task.plain_text = "Save træ i længde", "Du saver træet, hvor stregen er. Du bruger sav og anslag."
        task.protective_gear, task.tools, task.is_instruction_required = ["høreværn"], ["kapsav"], True
        task.quality_ok = "Snittet er lige. Længden passer på 2 mm."
        noise = Demand(key="noise", name="Larm", plain_text="Der er larm. Du har høreværn på.")
        session.add_all([noise, TaskStep(task_type_id=task.id, position=1, text="Sav et prøvestykke og mål det.")])
        session.add(TaskStep(task_type_id=task.id, position=2, text="Vores eget trin."))
        session.flush()
        session.add(TaskTypeDemand(task_type_id=task.id, demand_id=noise.id))
    return public_id


def pages(app: Flask) -> list[str]:
    """Every page of the tablet that has an address of its own, whoever built it."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/vaerksted/") and not rule.arguments]
    return sorted(rule.rule for rule in rules if "GET" in (rule.methods or ()))


def test_every_page_in_arabic_runs_right_to_left_and_leaves_no_danish_unmarked(
    app: Flask, in_arabic: FlaskClient, sawing: str
) -> None:
    assert len(pages(app)) > 20
    for path in pages(app):
        answer = in_arabic.get(path)
        if answer.mimetype != "text/html" or answer.status_code == 303:
            continue
        assert "<html" not in answer.text or '<html lang="ar" dir="rtl"' in answer.text, path  # or a part of a page
        assert left(answer.text) == [], path


@pytest.mark.parametrize("part", OF_AN_ITEM)
def test_the_pages_of_a_thing_in_arabic(in_arabic: FlaskClient, bench: int, roll: None, part: str) -> None:
    answer = in_arabic.get(f"/vaerksted/moebler/{bench}{part}", follow_redirects=True)
    assert '<html lang="ar" dir="rtl"' in answer.text
    named_in_a_picture = answer.text.replace('alt="الملصق: Havebænk i lærk', 'alt="')  # what the label itself says
    assert left(named_in_a_picture) == []


def test_a_label_is_danish_whatever_the_tablet_speaks(in_arabic: FlaskClient, bench: int, roll: None) -> None:
    path = f"/vaerksted/moebler/{bench}/maerke.png"
    arabic = in_arabic.get(path)
    assert arabic.status_code == 200
    in_arabic.post("/vaerksted/sprog", data={"sprog": "da"})
    assert in_arabic.get(path).data == arabic.data


def test_the_name_suggested_for_a_thing_is_danish_for_it_goes_into_the_shop() -> None:
    i18n.use_language("ar")
    try:
        assert words.name_of_one("havebænke") == "Bænk"
    finally:
        i18n.use_language("da")


def test_the_work_card_says_what_keeps_safe_in_danish_too(in_arabic: FlaskClient, sawing: str) -> None:
    page = in_arabic.get(f"/vaerksted/opgaver/{sawing}").text
    assert left(page) == []
    assert "نشر الخشب بالطول المطلوب" in page
    assert 'واقي الأذن (<bdi lang="da">høreværn</bdi>)' in page
    assert '<bdi lang="da">Kun når du er vist, hvordan det gøres sikkert.' in page
    assert '<bdi lang="da">Vores eget trin.</bdi>' in page, "what the workshop wrote itself stays Danish and says so"


def test_danish_left_on_an_arabic_page_is_found() -> None:
    head = '<html lang="ar" dir="rtl"><body>'
    assert left(f"{head}<p>Dagens opgaver</p>") == ["Dagens opgaver"]
    assert left(f'{head}<img alt="En bænk">') == ["En bænk"]
    assert left(f'{head}<p>مهام <bdi lang="da">Fej gulvet</bdi> اليوم</p>') == []


def test_the_way_through_a_task_in_arabic(in_arabic: FlaskClient, sawing: str) -> None:
    in_arabic.post(f"/vaerksted/opgaver/{sawing}/start")
    for path in ("/vaerksted/opgaver", f"/vaerksted/opgaver/{sawing}"):
        assert left(in_arabic.get(path).text) == [], path
    done = in_arabic.post(f"/vaerksted/opgaver/{sawing}/faerdig", data={"ticket": ""}, follow_redirects=True)
    assert left(done.text) == []
    assert left(in_arabic.get("/vaerksted/opgaver").text) == []


def test_before_the_code_the_pictures_are_named_in_arabic(app: Flask, house, switched_on: None) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    assert "Language" in tablet.get("/vaerksted").text
    tablet.post("/vaerksted/sprog", data={"sprog": "ar"})
    for path in ("/vaerksted", f"/vaerksted/kode/{house.mona}"):
        page = tablet.get(path).text
        assert 'dir="rtl"' in page, path
        assert left(page) == [], path
    assert "الثعلب" in tablet.get("/vaerksted").text


def test_english_says_the_same_in_english(switched_on: None, mona: FlaskClient, sawing: str) -> None:
    mona.post("/vaerksted/sprog", data={"sprog": "en"})
    page = mona.get("/vaerksted/opgaver").text
    assert '<html lang="en" dir="ltr"' in page
    assert "Saw wood to length" in page
    assert "Today&#39;s tasks" in page


def test_a_language_nobody_switched_on_is_not_offered_and_not_spoken(mona: FlaskClient) -> None:
    assert "العربية" not in mona.get("/vaerksted/sprog").text
    mona.post("/vaerksted/sprog", data={"sprog": "ar"})
    assert '<html lang="da"' in mona.get("/vaerksted/hjem").text
    mona.set_cookie("sprog", "ar")
    assert '<html lang="da"' in mona.get("/vaerksted/hjem").text, "a cookie from before it was switched off"
    mona.set_cookie("sprog", "../x")
    assert mona.get("/vaerksted/hjem").status_code == 200


def test_a_machine_s_draft_says_so_until_somebody_has_read_it(switched_on: None, mona: FlaskClient) -> None:
    mona.post("/vaerksted/sprog", data={"sprog": "en"})
    assert "A machine translated this." in mona.get("/vaerksted/sprog").text
    mona.post("/vaerksted/sprog", data={"sprog": "ar"})
    assert "الترجمة آلية" not in mona.get("/vaerksted/sprog").text


def test_the_tablet_speaks_the_language_the_workshop_speaks_with_a_person(
    app: Flask, house, switched_on: None, yusuf: FlaskClient
) -> None:
    with db.transaction() as session:
        session.get_one(Citizen, house.yusufs_id).language = "ar"
    assert '<html lang="ar"' in yusuf.get("/vaerksted/hjem").text
    yusuf.post("/vaerksted/sprog", data={"sprog": "da"})
    assert '<html lang="da"' in yusuf.get("/vaerksted/hjem").text, "what they choose themselves comes first"


def test_the_language_one_chooses_after_the_code_stays_theirs_until_staff_say_another(
    app: Flask, house, switched_on: None, yusuf: FlaskClient
) -> None:
    yusuf.post("/vaerksted/sprog", data={"sprog": "ar"})
    yusuf.post("/vaerksted/ud")
    assert '<html lang="da"' in yusuf.get("/vaerksted").text, "the pictures are for everybody"
    again = people.at_tablet(app, house.tablet_key, house.yusuf)
    assert '<html lang="ar"' in again.get("/vaerksted/hjem").text
    with db.transaction() as session:
        session.get_one(Citizen, house.yusufs_id).language = "en"
    again = people.at_tablet(app, house.tablet_key, house.yusuf)
    assert '<html lang="en"' in again.get("/vaerksted/hjem").text


def test_a_language_that_is_not_offered_is_not_kept(house, yusuf: FlaskClient) -> None:
    yusuf.post("/vaerksted/sprog", data={"sprog": "ar"})
    with db.reading() as session:
        assert session.get_one(Citizen, house.yusufs_id).language == "da"


def test_what_is_chosen_before_the_code_is_nobody_s_yet(app: Flask, house, switched_on: None) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    tablet.post("/vaerksted/sprog", data={"sprog": "en"})
    tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": people.PIN})
    again = people.at_tablet(app, house.tablet_key, house.mona)
    assert '<html lang="da"' in again.get("/vaerksted/hjem").text


def test_the_next_person_finds_the_tablet_plain(in_arabic: FlaskClient, house) -> None:
    in_arabic.post("/vaerksted/min-skaerm", data={"is_large": "y", "is_high_contrast": "y", "is_calm": "y"})
    own = in_arabic.get("/vaerksted/hjem").text
    assert 'lang="ar" dir="rtl" data-theme="light" data-contrast="high" data-text="large" data-motion="calm"' in own
    in_arabic.set_cookie("tekst", "large")
    plain = '<html lang="da" dir="ltr" data-theme="light">'
    assert plain in in_arabic.get("/vaerksted").text, "the very page of the pictures is plain"
    assert plain in in_arabic.get("/vaerksted").text
    in_arabic.post(f"/vaerksted/kode/{house.yusuf}", data={"pin": people.PIN})
    assert plain in in_arabic.get("/vaerksted/hjem").text


def test_what_a_newcomer_chooses_before_the_code_stays_until_the_next_person(
    app: Flask, house, switched_on: None
) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    tablet.post("/vaerksted/sprog", data={"sprog": "en"})
    assert '<html lang="en"' in tablet.get("/vaerksted").text
    assert '<html lang="en"' in tablet.get("/vaerksted").text, "nobody has been there yet"
    tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": people.PIN})
    assert '<html lang="en"' in tablet.get("/vaerksted/hjem").text
    tablet.post("/vaerksted/ud")
    assert '<html lang="da"' in tablet.get("/vaerksted").text


def test_how_one_likes_it_follows_the_person_to_another_tablet(app: Flask, house, mona: FlaskClient) -> None:
    mona.post("/vaerksted/min-skaerm", data={"is_large": "y", "reads_aloud": "y"})
    again = people.at_tablet(app, house.tablet_key, house.mona)
    page = again.get("/vaerksted/hjem").text
    assert 'data-text="large"' in page
    assert 'class="read-first"' in page
    assert page.count("data-read-aloud") == 1
    again.post("/vaerksted/min-skaerm", data={})
    assert "data-text" not in mona.get("/vaerksted/hjem").text
    assert count(Comfort) == 1


def test_the_desk_and_the_shop_stay_danish_whatever_the_tablet_speaks(in_arabic: FlaskClient) -> None:
    assert '<html lang="da"' in in_arabic.get("/").text


def test_every_page_of_the_tablet_is_easy_danish(app: Flask, mona: FlaskClient, sawing: str) -> None:
    for path in pages(app):
        answer = mona.get(path)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert reading.lix(text_of(answer.text)) <= reading.KIOSK, path


def test_the_work_card_is_easy_danish(mona: FlaskClient, sawing: str) -> None:
    assert reading.lix(text_of(mona.get(f"/vaerksted/opgaver/{sawing}").text)) <= reading.KIOSK


def test_a_hard_page_is_found() -> None:
    hard = "Medarbejderen registrerer arbejdsopgavens gennemførelse umiddelbart efter afslutningen af arbejdsdagen."
    assert reading.lix(text_of(f'<html lang="da"><main><h1>Opgaver</h1><p>{hard}</p></main>')) > reading.KIOSK


def text_of(page: str) -> str:
    """What a page says, each part a sentence of its own."""
    read = Words()
    read.feed(page[max(page.find("<main"), 0) :])
    return " ".join(said if said[-1] in ".!?:;" else f"{said}." for said in read.said)
