"""What a password has to be: long, and not what anybody would try first. Any character, no rules of composition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from workshop.accounts.models import StaffPassword
from workshop.core import crypto
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean

SHORTEST = 12
LONGEST = 200
LEFT_AT_LEAST = 6  # so many characters of its own, when the words everybody tries are taken out
SHORTEST_WORD = 4
WORDS = (
    *("adgangskoden", "adgangskode", "kodeord", "password", "passord", "hemmelig", "secret", "login", "letmein"),
    *("værkstedet", "værksted", "vaerkstedet", "vaerksted", "danmark", "helsinge", "computer", "personale"),
    *("medarbejder", "administrator", "admin", "velkommen", "welcome", "sommerfugl", "sommer", "vinter", "efterår"),
    *("fodbold", "football", "baseball", "superman", "princess", "sunshine", "iloveyou", "dragon", "monkey", "master"),
    *("shadow", "skatter", "elsker", "qwerty", "azerty"),
)
RUNS = ("1234567890", "qwertyuiopå", "asdfghjklæø", "zxcvbnm", "abcdefghijklmnopqrstuvwxyzæøå", "1qaz2wsx3edc4rfv")
SHORTEST_RUN = 4
_YEAR = re.compile(r"(19|20)\d\d")
_AGAIN = re.compile(r"(.{1,4}?)\1{2,}")
_BETWEEN = re.compile(r"[\W_]+")


def normal(password: str) -> str:
    """A password in the one spelling that is hashed and compared, whatever keyboard wrote it."""
    return clean(password)


def problem_of(password: str, about: Iterable[str] = ()) -> str:
    """What is wrong with a password, as a sentence; nothing when it will do. `about`: names of the person and place."""
    text = normal(password)
    if len(text) < SHORTEST:
        return _("Adgangskoden er for kort. Brug mindst %(length)s tegn.", length=SHORTEST)
    if len(text) > LONGEST:
        return _("Adgangskoden er for lang. Brug højst %(length)s tegn.", length=LONGEST)
    if len(_own_part(text.casefold(), about)) < LEFT_AT_LEAST:
        return _("Den adgangskode er for nem at gætte. Brug for eksempel fire ord, der ikke hører sammen.")
    return ""


def check(password: str, about: Iterable[str] = ()) -> None:
    """Raises Refusal with the sentence, when it will not do."""
    problem = problem_of(password, about)
    if problem:
        raise Refusal(problem)


def write(session: Session, account_id: int, password: str, now: datetime, *, cheap: bool = False) -> None:
    """Keep the hash of a new password; the old one opens nothing any more. Wrong tries at the old no longer count."""
    kept = crypto.hash_secret(normal(password), cheap=cheap)
    found = session.get(StaffPassword, account_id)
    if found is None:
        session.add(StaffPassword(account_id=account_id, password_hash=kept, changed_at=now))
    else:
        found.password_hash, found.changed_at = kept, now
    session.flush()


def _own_part(text: str, about: Iterable[str]) -> str:
    """What is left of a password without the words, runs, years and repetitions that are tried first."""
    words = {part for each in about for part in _BETWEEN.split(each.casefold()) if len(part) >= SHORTEST_WORD}
    # Longest first, so that a word is taken out before the one inside it.
    for word in sorted({*words, *WORDS}, key=len, reverse=True):
        text = text.replace(word, " ")
    for run in (*RUNS, *(run[::-1] for run in RUNS)):
        text = _without_run(text, run)
    text = _AGAIN.sub(r"\1", _YEAR.sub(" ", text))
    return _BETWEEN.sub("", text)


def _without_run(text: str, run: str) -> str:
    for length in range(len(run), SHORTEST_RUN - 1, -1):
        for start in range(len(run) - length + 1):
            text = text.replace(run[start : start + length], " ")
    return text
