"""Sentences: Danish by default, the forms library's too, and a language's direction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
import wtforms
from markupsafe import escape
from wtforms import IntegerField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Length

from shop.app import create_app
from workshop.app import MENU
from workshop.core import i18n
from workshop.core.forms import BaseForm

pytestmark = pytest.mark.once


class Example(BaseForm):
    name = StringField("Navn", [InputRequired(), Length(min=3)])
    count = IntegerField("Antal")


def test_the_forms_library_speaks_danish() -> None:
    form = Example(data={})
    form.process(formdata=None)
    assert not form.validate()
    assert form.name.errors == ["Feltet skal udfyldes."]


def test_every_sentence_of_the_forms_library_is_translated_for_every_language() -> None:
    template = polib.pofile(str(Path(wtforms.__file__).parent / "locale" / "wtforms.pot"))
    for language in i18n.languages():
        catalogue = polib.pofile(str(i18n.CATALOGUES / f"{language}.po"))
        translated = {entry.msgid for entry in catalogue if entry.translated()}
        assert {entry.msgid for entry in template} - translated == set(), language


def test_an_unknown_language_falls_back_to_danish() -> None:
    i18n.use_language("xx")
    assert i18n.language() == "da"
    assert i18n.direction() == "ltr"


def test_values_are_put_into_sentences() -> None:
    assert i18n.ngettext("%(num)s møbel", "%(num)s møbler", 1) == "1 møbel"
    assert i18n.ngettext("%(num)s møbel", "%(num)s møbler", 3) == "3 møbler"


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second language with one sentence in it, for as long as the test lasts."""
    text = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Navn"\nmsgstr "Name"\n'
    (tmp_path / "de.po").write_text(text, encoding="utf-8")
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    _forget_catalogues()
    yield
    monkeypatch.undo()
    _forget_catalogues()
    i18n.use_language("da")


def _forget_catalogues() -> None:
    i18n.languages.cache_clear()
    i18n.translations.cache_clear()


@pytest.mark.usefixtures("german")
def test_what_is_written_beforehand_is_said_in_the_language_of_the_moment() -> None:
    label = i18n.lazy("Navn")
    assert str(label) == "Navn"
    i18n.use_language("de")
    assert str(label) == "Name"
    assert escape(label) == "Name"
    assert str(i18n.lazy("Skriv højst %(most)s tegn.", most=3)) == "Skriv højst 3 tegn."


def test_every_label_of_a_form_and_of_the_menu_waits_for_the_language() -> None:
    assert create_app  # importing it loads every slice, and with them every form
    plain = [f"{form.__name__}.{name}" for form in _forms(BaseForm) for name in _plain_labels(form)]
    assert plain == []
    assert [str(entry.label) for entry in MENU if isinstance(entry.label, str)] == []


def _forms(of: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for form in of.__subclasses__():
        if form.__module__.startswith(("workshop.", "shop.")):
            yield form
        yield from _forms(form)


def _plain_labels(form: type[BaseForm]) -> Iterator[str]:
    for name, field in vars(form).items():
        if isinstance(field, UnboundField) and any(isinstance(given, str) and given for given in field.args[:1]):
            yield name


def test_own_words_are_marked_as_danish_where_they_are() -> None:
    assert i18n.as_written("Jeg er <god>") == "Jeg er &lt;god&gt;"
    i18n.use_language("ar")
    try:
        assert i18n.as_written("Bage kage") == '<bdi lang="da">Bage kage</bdi>'
        assert i18n.as_written("أحب الخشب") == "<bdi>أحب الخشب</bdi>", "their own language is the page's"
        i18n.use_language("en")
        assert i18n.as_written("I like wood") == "<bdi>I like wood</bdi>"
        assert i18n.as_written("Jeg kan lide træ") == '<bdi lang="da">Jeg kan lide træ</bdi>'
    finally:
        i18n.use_language("da")


def test_a_price_runs_its_own_way_on_a_page_that_runs_the_other() -> None:
    assert i18n.isolated("95 kr.") == "95 kr."
    i18n.use_language("ar")
    try:
        assert i18n.isolated("95 kr.") == "\u206695 kr.\u2069"
    finally:
        i18n.use_language("da")
