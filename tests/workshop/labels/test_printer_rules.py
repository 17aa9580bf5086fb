import sys

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from workshop.labels.printers import rules
from workshop.labels.printers.forms import MmField

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("192.168.1.40", "192.168.1.40:9100"),
        (" 10.0.0.7:6101 ", "10.0.0.7:6101"),
        ("127.0.0.1:9100", "127.0.0.1:9100"),
        ("169.254.3.4", "169.254.3.4:9100"),
        ("zebra", "zebra:9100"),
        ("Zebra-2.local:9101", "zebra-2.local:9101"),
        ("[fd00::7]:9100", "[fd00::7]:9100"),
        ("[::1]", "[::1]:9100"),
    ],
)
def test_a_printer_stands_on_the_net_of_the_house(typed, kept):
    assert rules.address(typed) == kept
    host, port = rules.host_and_port(kept)
    assert port > 0
    assert "[" not in host


@pytest.mark.parametrize(
    "typed",
    [
        "8.8.8.8", "8.8.8.8:9100", "[2001:4860:4860::8888]:9100", "[::ffff:8.8.8.8]", "0.0.0.0:9100", "255.255.255.255",
        "224.0.0.1", "http://10.0.0.1", "10.0.0.1/x", "10.0.0.1:0", "10.0.0.1:70000", "a b", "zebra:port", "-zebra",
        "2130706433", "0x7f000001:9100", "user@zebra", "[zebra]:9100", "", "æ", "zebra..local",
    ],
)  # fmt: skip
def test_an_address_elsewhere_or_none_at_all_is_refused_with_a_sentence(typed):
    with pytest.raises(ValueError, match=r"[.]$"):
        rules.address(typed)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"way": "zpl", "address": "zebra:9100"}, []),
        ({"way": "zpl"}, ["address"]),
        ({"way": "zpl", "address": "zebra:9100", "usual_page": "A4"}, ["sheet"]),
        ({"way": "zpl", "address": "zebra:9100", "density": 72}, ["dots_per_inch"]),
        ({"way": "brother", "address": "ql:9100"}, ["model"]),
        ({"way": "brother", "address": "ql:9100", "model": "QL-820NWB"}, []),
    ],
)
def test_a_printer_nothing_could_be_sent_to_is_not_kept(changes, fields):
    printer = {"way": "browser", "address": "", "model": "", "density": 203, "usual_page": None, **changes}
    assert [field for field, _sentence in rules.problems(**printer)] == fields


def test_what_speaks_to_brother_is_an_extra_and_its_absence_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "brother_ql", None)
    printer = {"way": "brother", "address": "ql:9100", "model": "QL-820NWB", "density": 300, "usual_page": None}
    ((field, sentence),) = rules.problems(**printer)
    assert field == "way"
    assert "tilvalget “brother”" in sentence


@pytest.mark.parametrize(
    ("typed", "hundredths"), [("15", 1500), ("15,4", 1540), ("15.4", 1540), ("0,05 mm", 5), ("14,25mm", 1425), ("0", 0)]
)
def test_measures_are_typed_with_a_comma_or_a_full_stop(typed, hundredths):
    class Measure(Form):
        length = MmField()

    form = Measure(MultiDict({"length": typed}))
    assert form.length.data == hundredths
    assert form.length._value() == typed


@pytest.mark.parametrize("typed", ["-3", "femten", "1,234", "1.000", "٣"])
def test_what_is_no_measure_is_refused(typed):
    class Measure(Form):
        length = MmField()

    form = Measure(MultiDict({"length": typed}))
    assert not form.validate()
    assert "millimeter" in form.length.errors[0]


def test_the_correction_goes_the_other_way_than_the_error():
    assert [float(each) for each in rules.correction_mm(40, -125)] == [-0.4, 1.25]
    assert rules.offset_problem(1000, -1000) is None
    assert "over 10 mm" in (rules.offset_problem(1001, 0) or "")
