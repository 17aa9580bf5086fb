"""Loads a catalogue: every file is read and checked first, then all of it is stored, or none of it.

The files say how it should be: a row that differs is changed to what its file says. Loading twice changes nothing. A
kind of task or goods that somebody has edited in the workshop stays as it was edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _, ngettext
from workshop.starter import goods, help_outside, talks, tools, work
from workshop.starter.reading import Problem, read_catalogue
from workshop.starter.storing import Counts

CATALOGUE = Path(__file__).parent / "catalogue"
FILES = (*work.FILES, *goods.FILES, *help_outside.FILES, *talks.FILES)
MOST_TOLD = 20


class BadCatalogue(Refusal):
    """Something is wrong with the files, and nothing was loaded; `problems` names all of it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        told = [problem.sentence for problem in self.problems[:MOST_TOLD]]
        if len(self.problems) > MOST_TOLD:
            told.append(_("Og %(num)s mere.", num=len(self.problems) - MOST_TOLD))
        opening = ngettext(
            "Kataloget er ikke indlæst. Der er %(num)s fejl:",
            "Kataloget er ikke indlæst. Der er %(num)s fejl:",
            len(self.problems),
        )
        super().__init__("\n".join([opening, *told]))


@dataclass(frozen=True)
class Loaded:
    """What loading did, by the name of the file."""

    counts: dict[str, Counts]

    @property
    def is_unchanged(self) -> bool:
        """Whether everything stood there already."""
        return not any(count.new or count.changed or count.removed for count in self.counts.values())

    def lines(self) -> list[str]:
        """What happened to each file, to be printed."""
        return [
            f"{name}: {count.new} new, {count.changed} changed, {count.unchanged} unchanged, {count.removed} removed"
            + (f", {count.kept} kept as edited here" if count.kept else "")
            for name, count in self.counts.items()
        ]


def load(session: Session, folder: Path = CATALOGUE) -> Loaded:
    """Bring the catalogue in `folder` into the database.

    Raises BadCatalogue, before anything is written, when any file has a fault.
    """
    catalogue, problems = read_catalogue(folder, FILES)
    if problems:
        raise BadCatalogue(problems)
    loaded = Loaded(
        {
            **work.store_work(session, catalogue),
            **goods.store_goods(session, catalogue),
            **help_outside.store_services(session, catalogue),
            **talks.store_talks(session, catalogue),
        }
    )
    tools.store_tools(session)
    return loaded
