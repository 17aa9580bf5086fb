"""What is sent to label printers, looked through for anything that is no picture."""

from __future__ import annotations

from typing import Any

from tests.workshop.labels.listening import pictures_in
from tests.workshop.labels.sheets import make_label, make_sheet
from workshop.labels.models import Printer, PrintWay
from workshop.labels.printers import rules, speaking
from workshop.labels.printing import PrintRun

ROLL = "roll_62x29"
LINE = b"\x67\x00\x5a"  # a Brother's word for: a line of 90 bytes follows


def stream(printer: Printer, text: str) -> bytes:
    """A label on which every text is this one, in the words of the printer."""
    label = make_label(title=text, info=(text,), workshop_name=text, price_text=text[:20])
    return b"".join(speaking.labels_for(printer, PrintRun((label,), make_sheet(ROLL))))


def zebra() -> Printer:
    """A printer that speaks ZPL."""
    return Printer(way=PrintWay.ZPL, dots_per_inch=203, offset_x=0, offset_y=0, model="")


def brother() -> Printer | None:
    """A Brother, where the extra that speaks to it is installed."""
    made = Printer(way=PrintWay.BROTHER, model="QL-820NWB", dots_per_inch=300, offset_x=0, offset_y=0)
    return made if rules.has_brother() else None


def wrong_with(text: str) -> list[str]:
    """What else than one picture is sent for a label with this text."""
    wrong = wrong_with_zpl(stream(zebra(), text))
    printer = brother()
    if printer is not None and skeleton(stream(printer, text)) != skeleton(stream(printer, "Bænk")):
        wrong.append("a Brother is told something else than a picture")
    return wrong


def wrong_with_zpl(sent: bytes) -> list[str]:
    """What else than one picture is in a stream of ZPL."""
    try:
        return [] if len(pictures_in(sent)) == 1 else ["not one picture"]
    except AssertionError as problem:
        return [str(problem)]


def skeleton(sent: bytes) -> tuple[Any, ...]:
    """What a Brother is told, without the dots: all before the first line, how many lines, all after the last."""
    first = at = sent.index(LINE)
    while sent[at : at + 3] == LINE:
        at += 93
    return sent[:first], (at - first) // 93, sent[at:]
