"""Programmes, the questions asked at talks, and the label sheets that lie in the printer."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from workshop.citizens.models import ProgrammeType, Question
from workshop.core.i18n import _
from workshop.labels.models import LabelSheet, Page
from workshop.starter import cells
from workshop.starter.reading import Catalogue, Column, CsvFile, Report
from workshop.starter.storing import Counts, store

_MEETING = re.compile(r"start|monthly|final|half_yearly|need_based|follow_up\*[1-9][0-9]?")
PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210, 297  # A4


def _meetings(cell: str) -> list[str]:
    members = cells.listed()(cell)
    for member in members:
        if not _MEETING.fullmatch(member):
            raise ValueError(_("%(value)s er ikke et mødemønster. Se README.md for dem, der findes.", value=member))
    return members


def _scale(cell: str) -> list[str]:
    members = cells.listed("|")(cell)
    if [member.partition(" ")[0] for member in members] != list("12345"):
        raise ValueError(_("Skalaen skal have fem trin, der begynder med 1 til 5."))
    return members


def _ends_after_it_starts(catalogue: Catalogue, report: Report) -> None:
    for row in catalogue["programme_types"]:
        if row["valid_to"] is not None and row["valid_to"] < row["valid_from"]:
            report.add("programme_types", _("Slutdatoen ligger før startdatoen."), row.line, "valid_to")


def _labels_fit_the_page(catalogue: Catalogue, report: Report) -> None:
    """A pitch is at least a label, a roll has one label, and a sheet's labels lie on the page."""
    for row in catalogue["label_sheets"]:
        if row["pitch_x_mm"] < row["label_w_mm"] or row["pitch_y_mm"] < row["label_h_mm"]:
            report.add("label_sheets", _("Mærkerne ligger oven i hinanden: afstanden er for lille."), row.line)
        if row["roll"] != (row["page"] is Page.ROLL) or (row["roll"] and row["columns"] * row["rows"] != 1):
            report.add("label_sheets", _("En rulle har ét mærke, og kun en rulle er en rulle."), row.line, "roll")
        width = row["margin_left_mm"] + (row["columns"] - 1) * row["pitch_x_mm"] + row["label_w_mm"]
        height = row["margin_top_mm"] + (row["rows"] - 1) * row["pitch_y_mm"] + row["label_h_mm"]
        if not row["roll"] and (width > PAGE_WIDTH_MM * 100 or height > PAGE_HEIGHT_MM * 100):
            report.add("label_sheets", _("Mærkerne kan ikke være på siden."), row.line)


_mm = cells.scaled(100)  # hundredths of a millimetre
FILES = (
    CsvFile(
        "programme_types",
        (
            Column("key", cells.text(ProgrammeType.key)),
            Column("name_da", cells.text(ProgrammeType.name)),
            Column("legal_reference_da", cells.text(ProgrammeType.legal_reference), empty=""),
            Column("weeks", cells.whole(1, 520), empty=None),
            Column("meeting_pattern", _meetings),
            Column("report_template", cells.text(ProgrammeType.report_template)),
            Column("valid_from", cells.day),
            Column("valid_to", cells.day, empty=None),
            Column("plan_name_da", cells.text(ProgrammeType.plan_name)),
        ),
        also=_ends_after_it_starts,
    ),
    CsvFile(
        "questionnaires",
        (
            Column("questionnaire_key", cells.word_of("start", "undervejs", "slut")),
            Column("no", cells.whole(1, 99)),
            Column("voice", cells.word_of("borger", "medarbejder")),
            Column("text_da", cells.text(Question.text)),
            Column("scale", _scale),
            Column("help_da", cells.text(Question.help_text), empty=""),
        ),
        key=("questionnaire_key", "voice", "no"),
    ),
    CsvFile(
        "label_sheets",
        (
            Column("key", cells.text(LabelSheet.key)),
            Column("name", cells.text(LabelSheet.name)),
            Column("vendor_code", cells.text(LabelSheet.vendor_code), empty=""),
            Column("page", cells.one_of(Page)),
            Column("columns", cells.whole(1, 20)),
            Column("rows", cells.whole(1, 60)),
            Column("label_w_mm", cells.scaled(100, least=100)),
            Column("label_h_mm", cells.scaled(100, least=100)),
            Column("margin_top_mm", _mm),
            Column("margin_left_mm", _mm),
            Column("pitch_x_mm", _mm),
            Column("pitch_y_mm", _mm),
            Column("roll", cells.yes_no),
        ),
        also=_labels_fit_the_page,
    ),
)


def store_talks(session: Session, catalogue: Catalogue) -> dict[str, Counts]:
    """Bring programmes, questions and label sheets into the database."""
    return {
        "programme_types": _store_programmes(session, catalogue),
        "questionnaires": _store_questions(session, catalogue),
        "label_sheets": _store_sheets(session, catalogue),
    }


def _store_programmes(session: Session, catalogue: Catalogue) -> Counts:
    rows = [
        {
            "key": row["key"],
            "name": row["name_da"],
            "legal_reference": row["legal_reference_da"],
            "weeks": row["weeks"],
            "meeting_pattern": row["meeting_pattern"],
            "report_template": row["report_template"],
            "valid_from": row["valid_from"],
            "valid_to": row["valid_to"],
            "plan_name": row["plan_name_da"],
        }
        for row in catalogue["programme_types"]
    ]
    return store(session, ProgrammeType, ("key",), rows).counts


def _store_questions(session: Session, catalogue: Catalogue) -> Counts:
    rows = [
        {
            "questionnaire": row["questionnaire_key"],
            "voice": row["voice"],
            "position": row["no"],
            "text": row["text_da"],
            "scale": row["scale"],
            "help_text": row["help_da"],
        }
        for row in catalogue["questionnaires"]
    ]
    return store(session, Question, ("questionnaire", "voice", "position"), rows).counts


def _store_sheets(session: Session, catalogue: Catalogue) -> Counts:
    rows = [
        {
            "key": row["key"],
            "name": row["name"],
            "vendor_code": row["vendor_code"],
            "page": row["page"],
            "columns": row["columns"],
            "rows": row["rows"],
            "label_w": row["label_w_mm"],
            "label_h": row["label_h_mm"],
            "margin_top": row["margin_top_mm"],
            "margin_left": row["margin_left_mm"],
            "pitch_x": row["pitch_x_mm"],
            "pitch_y": row["pitch_y_mm"],
        }
        for row in catalogue["label_sheets"]
    ]
    return store(session, LabelSheet, ("key",), rows).counts
