"""The way in for the first administrator: an address printed on the machine, good until somebody can sign in."""

from __future__ import annotations

import hmac
from pathlib import Path

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.core import db, mail
from workshop.core.config import Settings
from workshop.core.i18n import _

PLACE = "/opsaetning"
_LABEL = "setup"


def is_open(session: Session) -> bool:
    """Whether nobody can sign in yet. From the first account on it never opens again, not even when that one closes."""
    return session.scalar(sa.select(Staff.account_id).limit(1)) is None


def is_open_now() -> bool:
    """The same, for the sign-in page: it says where the address stands, never what it is."""
    with db.reading() as session:
        return is_open(session)


def fits(settings: Settings, token: str) -> bool:
    """Whether this is the secret of the address; how long the answer takes says nothing."""
    return hmac.compare_digest(mail.secret_of(settings.secret_key, _LABEL).encode(), token.encode())


def address(settings: Settings) -> str:
    """The address itself. Whoever can read the machine's secret could make it too, so it is no secret there."""
    return f"{settings.base_url}{PLACE}/{mail.secret_of(settings.secret_key, _LABEL)}"


def is_passed(settings: Settings) -> bool:
    """Whether this installation has its first administrator, asked where no app runs."""
    return _stands(settings) is False


def announcement(settings: Settings) -> list[str]:
    """What to print where the program is started; nothing for a workshop that has its first administrator.

    A database that is away or has no tables yet is not this door's business.
    """
    if not _stands(settings):
        return []
    where = address(settings)
    return [
        _("Værkstedet er ikke sat op endnu. Åbn adressen på en telefon eller computer:"),
        where,
        *_drawn(where),
        _("Den virker, til den første administrator er oprettet, og kun én gang."),
    ]


def _stands(settings: Settings) -> bool | None:
    """Whether the door is open; None when the database cannot say."""
    if (
        settings.database_url.startswith("sqlite")
        and not Path(settings.database_url.removeprefix("sqlite:///")).exists()
    ):
        return None  # asking would make the file
    database = db.Database(settings.database_url)
    try:
        with Session(database.reader) as session:
            return is_open(session)
    except sqlalchemy.exc.SQLAlchemyError:
        return None
    finally:
        database.close()


def _drawn(text: str) -> list[str]:
    """The address as a code for a phone's camera, in half blocks of text: dark on light, as cameras want it."""
    import qrcode  # draws with PIL, which takes long to load

    code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(text)
    code.make(fit=True)
    rows = [*code.get_matrix(), [False] * len(code.get_matrix())]
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    return [
        "".join(blocks[upper, lower] for upper, lower in zip(rows[at], rows[at + 1], strict=True))
        for at in range(0, len(rows) - 1, 2)
    ]
