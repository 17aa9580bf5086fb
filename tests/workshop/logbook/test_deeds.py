"""Every deed the house writes into its log has words for those who look after the log."""

import re
from pathlib import Path

import pytest

from workshop.logbook import deeds

pytestmark = pytest.mark.once
HOUSE = Path(deeds.__file__).parents[1]
WRITTEN = re.compile(r'(?:audit\.record\(\s*[^,"]+,\s*|deed=)"([a-z ]+)"')


def written() -> set[str]:
    """The deeds that stand in the source; what happens to the accounts of staff has a list of its own."""
    sources = [path for path in HOUSE.rglob("*.py") if HOUSE / "accounts" / "people" not in path.parents]
    return {deed for path in sources for deed in WRITTEN.findall(path.read_text())}


def test_every_deed_has_words():
    assert written() >= {"read", "list", "write", "assign", "help", "print"}, "the control: they are found"
    assert {deed for deed in written() if deeds.name_of(deed) == deed} == set()


def test_every_deed_can_be_looked_for():
    assert written() <= {deed for deed, _words in deeds.choices()}


def test_a_sheet_with_names_is_told_as_something_printed():
    assert deeds.kind_for_citizen("print", "") == deeds.EXPORT
    assert "har svaret" in deeds.told("help").sentence("Lone")
