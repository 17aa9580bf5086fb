"""A run of labels in the words of the printer it is for: one piece of bytes for each label."""

from __future__ import annotations

from collections.abc import Iterator

from workshop.labels import pdf
from workshop.labels.models import Printer, PrintWay
from workshop.labels.pdf import PriceLabel
from workshop.labels.printers import brother, rules, zpl
from workshop.labels.printers.picture import Dots, dots_of, moved, sample
from workshop.labels.printing import PrintRun
from workshop.labels.sheet import SheetProduct


def labels_for(printer: Printer, run: PrintRun) -> Iterator[bytes]:
    """The labels of a run one by one, each drawn when it is asked for, so a long run takes no more room than a short.

    Raises Refusal when a label cannot be drawn on that roll.
    """
    if printer.way is PrintWay.BROTHER:
        part = brother.printable(run.sheet)
        for label in run.labels:
            dots = _drawn(label, part, rules.BROTHER_DENSITY, run)
            yield brother.label(_put_right(dots, printer, rules.BROTHER_DENSITY), run.sheet, printer.model)
        return
    for label in run.labels:
        dots = _drawn(label, run.sheet, printer.dots_per_inch, run)
        yield zpl.label(_put_right(dots, printer, printer.dots_per_inch))


def sample_for(printer: Printer, sheet: SheetProduct) -> bytes:
    """One label to measure on, put right as the printer is put right now.

    Raises Refusal when the printer has no such roll.
    """
    part = brother.printable(sheet) if printer.way is PrintWay.BROTHER else sheet
    per_inch = rules.BROTHER_DENSITY if printer.way is PrintWay.BROTHER else printer.dots_per_inch
    width, height = dots_of(round(part.label_w_mm * 100), per_inch), dots_of(round(part.label_h_mm * 100), per_inch)
    drawn = sample(width, height, dots_of(rules.cross_at("roll"), per_inch), thick=dots_of(30, per_inch))
    drawn = _put_right(drawn, printer, per_inch)
    return brother.label(drawn, sheet, printer.model) if printer.way is PrintWay.BROTHER else zpl.label(drawn)


def _drawn(label: PriceLabel, sheet: SheetProduct, per_inch: int, run: PrintRun) -> Dots:
    return Dots(*pdf.raster(label, sheet, per_inch, run.design))


def _put_right(dots: Dots, printer: Printer, per_inch: int) -> Dots:
    return moved(dots, -dots_of(printer.offset_x, per_inch), -dots_of(printer.offset_y, per_inch))
