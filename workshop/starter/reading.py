"""Reads the catalogue's CSV files. Nothing here knows the database: text goes in, checked values or problems come out.

A problem never stops the reading: whoever edits the files wants to hear about all of them at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from workshop.core.i18n import _
from workshop.core.text import clean

MUST = object()  # of a column that may not be empty
MOST_BYTES = 5 * 1024 * 1024


class Problem(NamedTuple):
    """What is wrong, and where: `line` counts from 1 as editors do; a problem of a whole file has no line."""

    file: str
    line: int | None
    column: str
    reason: str

    @property
    def sentence(self) -> str:
        """The problem as a person reads it."""
        if self.line is None:
            return _("%(file)s: %(reason)s", file=self.file, reason=self.reason)
        if not self.column:
            return _("%(file)s, linje %(line)s: %(reason)s", file=self.file, line=self.line, reason=self.reason)
        return _(
            "%(file)s, linje %(line)s, kolonnen %(column)s: %(reason)s",
            file=self.file,
            line=self.line,
            column=self.column,
            reason=self.reason,
        )


@dataclass(frozen=True)
class Column:
    """One column: `read` turns its text into a value or raises ValueError with a sentence.

    `empty` is the value of an empty cell, where one is allowed; `names` is the file whose keys the value, or each
    member of a list, must be. A `late` column stands last and came to the file later: a file may be without the late
    ones, and then says nothing of them.
    """

    name: str
    read: Callable[[str], Any]
    empty: Any = MUST
    names: str = ""
    late: bool = False


@dataclass(frozen=True)
class CsvFile:
    """One file of the catalogue: its columns in order, and the first of them that together name a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("key",)
    also: Callable[[Catalogue, Report], None] | None = None

    @property
    def header(self) -> list[str]:
        """The first line of the file."""
        return [column.name for column in self.columns]

    @property
    def early_header(self) -> list[str]:
        """The first line of a file from before the late columns."""
        return [column.name for column in self.columns if not column.late]


@dataclass(frozen=True)
class Row:
    """A line that was read: its values by column; a cell with a problem is missing, and so is one of no column."""

    line: int
    values: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def said(self, **columns: str) -> dict[str, Any]:
        """The values of late columns under other names, of those the file has."""
        return {name: self.values[column] for name, column in columns.items() if column in self.values}


@dataclass
class Report:
    """The problems found so far."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, file: str, reason: str, line: int | None = None, column: str = "") -> None:
        """Note one problem."""
        self.problems.append(Problem(f"{file}.csv", line, column, reason))


Catalogue = dict[str, list[Row]]


def read_catalogue(folder: Path, files: Sequence[CsvFile]) -> tuple[Catalogue, list[Problem]]:
    """All rows of all files by file name, and everything that is wrong with them."""
    report = Report()
    catalogue: Catalogue = {}
    keys: dict[str, set[str]] = {}
    for file in files:
        lines = list(_lines(folder, file, report))
        # A row with a fault elsewhere still has its key, so that one fault is not told as many.
        keys[file.name] = {cells[file.header.index(file.key[0])] for _line, cells in lines}
        catalogue[file.name] = [_row(file, line, cells, report) for line, cells in lines]
        _check_keys(file, catalogue[file.name], report)
    broken = {problem.file for problem in report.problems if not problem.column}
    whole = {name: known for name, known in keys.items() if f"{name}.csv" not in broken}
    for file in files:
        _check_references(file, catalogue[file.name], whole, report)
    if not report.problems:  # rules across rows may take for granted that every cell is there
        for file in files:
            if file.also is not None:
                file.also(catalogue, report)
    return catalogue, report.problems


def _lines(folder: Path, file: CsvFile, report: Report) -> Iterator[tuple[int, list[str]]]:
    """The lines below the header with the right number of cells, cleaned."""
    text = _text(folder, file, report)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    first, wanted = 1, len(file.header)
    try:
        for cells in reader:
            line, first = first, reader.line_num + 1
            if line == 1:
                if [clean(cell) for cell in cells] not in (file.header, file.early_header):
                    report.add(file.name, _header_reason(file, cells), 1)
                    return
                wanted = len(cells)
            elif len(cells) == wanted:
                yield line, [clean(cell) for cell in cells]
            elif cells:
                reason = _(
                    "Linjen har %(found)s felter og skal have %(wanted)s. Et felt med komma skal stå i anførselstegn.",
                    found=len(cells),
                    wanted=wanted,
                )
                report.add(file.name, reason, line)
    except csv.Error:
        report.add(file.name, _("Anførselstegnene passer ikke sammen. Ret linjen, så hvert felt slutter."), first)
    if first == 1:
        report.add(file.name, _("Filen er tom. Den skal mindst have sin overskriftslinje."))


def _text(folder: Path, file: CsvFile, report: Report) -> str | None:
    path = folder / f"{file.name}.csv"
    try:
        with path.open("rb") as source:
            body = source.read(MOST_BYTES + 1)
    except OSError:
        report.add(file.name, _("Filen mangler eller kan ikke åbnes."))
        return None
    if len(body) > MOST_BYTES:
        report.add(file.name, _("Filen er for stor. Den må højst fylde 5 MB."))
        return None
    try:
        return body.decode("utf-8-sig")  # spreadsheets put a mark in front
    except UnicodeDecodeError as problem:
        line = body.count(b"\n", 0, problem.start) + 1
        report.add(file.name, _("Teksten er ikke UTF-8. Gem filen som CSV i UTF-8."), line)
        return None


def _header_reason(file: CsvFile, cells: list[str]) -> str:
    if len(cells) == 1 and ";" in cells[0]:
        return _("Felterne er delt med semikolon. Gem filen med komma mellem felterne.")
    return _("Overskrifterne skal være: %(header)s.", header=",".join(file.header))


def _row(file: CsvFile, line: int, cells: list[str], report: Report) -> Row:
    values: dict[str, Any] = {}
    for column, cell in zip(file.columns, cells, strict=False):  # a file may be without the late columns
        if cell:
            try:
                values[column.name] = column.read(cell)
            except ValueError as problem:
                report.add(file.name, str(problem), line, column.name)
        elif column.empty is MUST:
            report.add(file.name, _("Feltet er tomt. Det skal udfyldes."), line, column.name)
        else:
            values[column.name] = column.empty
    return Row(line, values)


def _check_keys(file: CsvFile, rows: list[Row], report: Report) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        if not all(column in row.values for column in file.key):
            continue
        key = tuple(row[column] for column in file.key)
        if key in seen:
            reason = _(
                "%(key)s står allerede i linje %(line)s.", key=" / ".join(str(part) for part in key), line=seen[key]
            )
            report.add(file.name, reason, row.line, file.key[0])
        seen.setdefault(key, row.line)


def _check_references(file: CsvFile, rows: list[Row], keys: dict[str, set[str]], report: Report) -> None:
    for column in file.columns:
        # A file with missing lines would make every row that points at it look wrong.
        if column.names not in keys:
            continue
        for row in rows:
            value = row.values.get(column.name)
            for member in value if isinstance(value, list) else [value]:
                if member is not None and str(member) not in keys[column.names]:
                    reason = _("%(value)s findes ikke i %(file)s.csv.", value=member, file=column.names)
                    report.add(file.name, reason, row.line, column.name)
