"""Two browsers at the same moment: one link, and one another's accounts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.support import forking
from workshop.accounts import actions as accounts
from workshop.accounts.models import Account, Invitation, Staff, StaffRole
from workshop.accounts.people import actions, handing, inviting
from workshop.accounts.people.ending import shut
from workshop.citizens.enrolling.handing import CitizenCaseloads
from workshop.core import crypto, db
from workshop.core.access import Role
from workshop.core.errors import Refusal

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PASSWORD = "fire ord uden nogen sammenhæng"
RACERS = 8
PATIENCE_SECONDS = 120.0
THINKING_SECONDS = 1.0  # what passes between looking and writing, in the controls


def race(url: str, deed: Callable[..., None], arguments: list[tuple[Any, ...]]) -> list[str]:
    """Everybody does it at once; `won`, `lost`, or the name of what broke, of each."""
    process = forking.context(__name__)
    gate, answers = process.Barrier(len(arguments)), process.Queue()
    racers = [process.Process(target=_run, args=(url, deed, each, gate, answers)) for each in arguments]
    for racer in racers:
        racer.start()
    said = [str(answers.get(timeout=PATIENCE_SECONDS)) for _racer in racers]
    for racer in racers:
        racer.join(PATIENCE_SECONDS)
    return sorted(said)


def _run(url: str, deed: Callable[..., None], given: tuple[Any, ...], gate: Barrier, answers: Any) -> None:
    db.use(db.Database(url))
    handing.use(CitizenCaseloads())
    gate.wait(PATIENCE_SECONDS)
    try:
        deed(*given)
    except Refusal:
        answers.put("lost")
    except Exception as problem:  # noqa: BLE001 — the race counts whatever went wrong
        answers.put(type(problem).__name__)
    else:
        answers.put("won")
    finally:
        db.database().close()


def accept(token: str) -> None:
    """As the page does."""
    with db.transaction() as session:
        inviting.accept(session, token, PASSWORD, NOW, cheap=True)


def accept_unguarded(token: str) -> None:
    """The control: looks whether the link is spent, and spends it afterwards."""
    with db.reading() as session:
        found = session.scalars(sa.select(Invitation).where(Invitation.token_hash == crypto.token_hash(token))).one()
    if found.used_at is not None:
        raise Refusal("used")
    time.sleep(THINKING_SECONDS)
    with db.transaction() as session:
        session.get_one(Invitation, found.id).used_at = NOW
        accounts.add_staff(
            session,
            name=found.name,
            email=f"{crypto.new_public_id()}@butik.example",
            password=PASSWORD,
            roles=[Role.SALES],
            departments=[],
            now=NOW,
            cheap=True,
        )


def close(account_id: int, by: int) -> None:
    """As the page does."""
    with db.transaction() as session:
        actions.close(session, session.get_one(Staff, account_id), by=by, now=NOW)


def close_unguarded(account_id: int, _by: int) -> None:
    """The control: counts the administrators, and closes one afterwards."""
    with db.reading() as session:
        if _administrators(session) < 2:
            raise Refusal("the last one")
    time.sleep(THINKING_SECONDS)
    with db.transaction() as session:
        shut(session, account_id, NOW)


def _administrators(session: Session) -> int:
    return len(
        session.scalars(
            sa.select(StaffRole.account_id)
            .join(Account, Account.id == StaffRole.account_id)
            .where(StaffRole.role == Role.ADMIN, Account.is_active)
        ).all()
    )
