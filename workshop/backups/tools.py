"""PostgreSQL's own programs for copies. They are never told a password on their command line."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from workshop.core.config import Settings
from workshop.core.i18n import _

_IN_ENVIRONMENT = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "host": "PGHOST"}
PATIENCE_SECONDS = 6 * 3600


class ToolTrouble(Exception):  # noqa: N818 — like the other answers in `errors`
    """A program is missing, or said no; `sentence` is for a person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Tools:
    """Where PostgreSQL's programs lie: a folder, or where the shell finds them."""

    folder: Path | None = None

    @classmethod
    def of(cls, settings: Settings | None) -> Tools:
        """Those the settings name."""
        return cls(settings.postgres_tools if settings else None)

    @property
    def pg_dump(self) -> str:
        """Writes a copy. Raises ToolTrouble."""
        return self._path("pg_dump")

    @property
    def pg_restore(self) -> str:
        """Reads a copy. Raises ToolTrouble."""
        return self._path("pg_restore")

    def _path(self, name: str) -> str:
        found = shutil.which(name, path=str(self.folder) if self.folder else None)
        if found is None:
            raise ToolTrouble(
                _(
                    "Programmet %(name)s mangler. Installér pakken postgresql-client, eller sæt POSTGRES_TOOLS.",
                    name=name,
                )
            )
        return found


def run(command: list[str], url: sa.URL) -> None:
    """Run one of them against a database. Raises ToolTrouble with what it said."""
    ended = subprocess.run(  # noqa: S603 — a program of the settings, no shell
        command, env=environment_of(url), capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip()[-400:]
        raise ToolTrouble(_("%(name)s sagde nej: %(said)s", name=Path(command[0]).name, said=said))


def environment_of(url: sa.URL) -> dict[str, str]:
    """What tells a program which database is meant: nothing of it can be seen in a list of processes."""
    told = {
        "PGHOST": url.host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password is not None else None,
        "PGDATABASE": url.database,
        "PGAPPNAME": "vaerksted copies",
        "LC_ALL": "C",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
    told |= {name: str(url.query[key]) for key, name in _IN_ENVIRONMENT.items() if key in url.query}
    return {name: value for name, value in told.items() if value is not None}
