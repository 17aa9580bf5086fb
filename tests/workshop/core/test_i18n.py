"""Sentences: Danish by default, the forms library's too, and a language's direction."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest
import wtforms
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length

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
