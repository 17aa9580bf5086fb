"""The tablet in other languages: nothing missing, nothing too long, the same places for values, plurals that count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import polib
import pytest
from babel.messages.plurals import get_plural
from support import sentences

from workshop.core import i18n, reading, tongues

pytestmark = pytest.mark.once
LANGUAGES = [code for code in i18n.languages() if code != i18n.DEFAULT_LANGUAGE]
FOLDERS = ("", i18n.SHIPPED)
PLACE = re.compile(r"%\(\w+\)[sd]|%s")
LATIN = re.compile(r"[A-Za-zÆØÅæøå]{2,}")
OWN_NAMES = {"HT", "IP", "MAC", "MobilePay"}  # what is written like that in every language
LABEL_WORDS = 4  # a text of so few words with no mark at its end stands on a button or a tile
LATIN_SCRIPT = {"en", "pl", "so"}


def catalogue(code: str, folder: str) -> polib.POFile:
    return polib.pofile(str(i18n.CATALOGUES / folder / f"{code}.po"))


def missing(code: str, folder: str, wanted: Mapping[sentences.Sentence, str]) -> list[str]:
    said = {(each.msgid, each.msgid_plural) if each.msgid_plural else each.msgid for each in catalogue(code, folder)
            if each.translated()}  # fmt: skip
    return [f"{code}: {sentence} ({where})" for sentence, where in wanted.items() if sentence not in said]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_sentence_of_the_tablet_is_there(code: str) -> None:
    wanted = sentences.of_the_kiosk()
    assert len(wanted) > 550
    assert missing(code, "", wanted) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_of_the_starter_catalogue_is_there(code: str) -> None:
    wanted = sentences.shipped()
    assert len(wanted) > 900
    assert missing(code, i18n.SHIPPED, wanted) == []


def test_a_sentence_that_is_not_translated_is_named() -> None:
    assert missing("ar", "", {"Plantet sætning": "planted"}) == ["ar: Plantet sætning (planted)"]


def test_english_and_arabic_are_whole() -> None:
    assert {"da", "en", "ar"} <= set(tongues.whole())


def pairs(code: str) -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for each in catalogue(code, folder):
            for said in each.msgstr_plural.values() if each.msgid_plural else [each.msgstr]:
                yield each.msgid_plural or each.msgid, said


def wrong_places(code: str, found: Iterator[tuple[str, str]]) -> list[str]:
    """Values that a translation lacks or makes up. A plural form for exactly one may say the number in a word."""
    return [
        f"{code}: {said}"
        for told, said in found
        if (set(PLACE.findall(said)) ^ set(PLACE.findall(told))) - {"%(num)s"}
        or set(PLACE.findall(said)) - set(PLACE.findall(told))
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_has_the_same_places_for_values(code: str) -> None:
    assert wrong_places(code, pairs(code)) == []


def test_a_lost_place_is_found() -> None:
    assert wrong_places("ar", iter([("Nr. %(number)s", "رقم"), ("Navn", "%(name)s")])) == ["ar: رقم", "ar: %(name)s"]


def test_a_sentence_with_one_value_keeps_it_outside_plurals() -> None:
    lost = [each.msgid for code in LANGUAGES for each in catalogue(code, "") if not each.msgid_plural
            and set(PLACE.findall(each.msgid)) != set(PLACE.findall(each.msgstr))]  # fmt: skip
    assert lost == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_plurals_have_every_form_and_only_a_form_for_one_number_may_leave_it_out(code: str) -> None:
    count = get_plural(code).num_plurals
    form = i18n.translations(code).plural
    numbers = {index: [n for n in range(200) if form(n) == index] for index in range(count)}
    for each in catalogue(code, ""):
        if not each.msgid_plural:
            continue
        assert sorted(each.msgstr_plural) == list(range(count)), each.msgid
        for index, said in each.msgstr_plural.items():
            if "%(num)s" in each.msgid_plural and "%(num)s" not in said:
                assert len(numbers[index]) == 1, f"{said} stands for {numbers[index][:5]}"


def too_long(found: Iterator[tuple[str, str]]) -> list[str]:
    """Labels that grow past the room a button or a tile has."""
    return [
        f"{told}: {said}"
        for told, said in found
        if len(reading.words(told)) <= LABEL_WORDS
        and told[-1:] not in ".!?:"
        and len(PLACE.sub("55", said)) > 1.6 * len(PLACE.sub("55", told)) + 12
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_label_is_too_long_for_its_button(code: str) -> None:
    assert too_long(pairs(code)) == []


def test_a_label_that_is_too_long_is_found() -> None:
    assert too_long(iter([("Gem", "Save everything you have written here now")])) != []


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code not in LATIN_SCRIPT])
def test_no_latin_word_is_left_where_the_letters_are_others(code: str) -> None:
    left = [said for _told, said in pairs(code) if set(LATIN.findall(PLACE.sub("", said))) - OWN_NAMES]
    assert left == []


def test_a_text_the_workshop_wrote_itself_stays_danish_and_says_so() -> None:
    i18n.use_language("ar")
    try:
        assert i18n.marked("Save træ i længde") == "نشر الخشب بالطول المطلوب"
        assert i18n.marked("Vores egen <opgave>") == '<bdi lang="da">Vores egen &lt;opgave&gt;</bdi>'
        assert i18n.with_danish("høreværn") == 'واقي الأذن (<bdi lang="da">høreværn</bdi>)'
        assert i18n.shipped("Vores egen opgave") == "Vores egen opgave"
    finally:
        i18n.use_language("da")
    assert i18n.marked("Vores egen opgave") == "Vores egen opgave"
    assert i18n.with_danish("høreværn") == "høreværn"


@pytest.fixture
def half_a_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two languages of which one lacks a sentence, for as long as the test lasts."""
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tmp_path / "en.po").write_text(head + 'msgid "Navn"\nmsgstr "Name"\n\nmsgid "Hjem"\nmsgstr "Home"\n', "utf-8")
    (tmp_path / "pl.po").write_text(head + 'msgid "Navn"\nmsgstr "Nazwa"\n\nmsgid "Hjem"\nmsgstr ""\n', "utf-8")
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for kept in (i18n.languages, i18n.translations, i18n.is_complete, i18n._words, i18n._said, i18n._shipped):
        kept.cache_clear()


@pytest.mark.usefixtures("half_a_language")
def test_a_language_that_lacks_a_sentence_is_not_whole() -> None:
    assert set(tongues.whole()) == {"da", "en"}
