"""How the pages of the tablet look and which language they speak, for whoever is there.

What somebody chooses before the code lies in cookies. It lasts until the pictures are shown to the next person, who
finds the tablet plain. What they choose on their own page follows them to every tablet.
"""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask import session as flask_session
from werkzeug.wrappers import Response

from workshop.accounts import signing
from workshop.citizens.comforts import queries
from workshop.citizens.comforts.queries import PLAIN, Liking
from workshop.core import access, db, i18n, tongues, web

LANGUAGE = "sprog"
CHOSEN_BEFORE_THE_CODE = (LANGUAGE, "tekst", "kontrast")
SOMEBODY = "nogen"  # in the browser's session: somebody has been signed in since the tablet was plain
A_YEAR = 365 * 24 * 60 * 60
OF_THE_TABLET = ("/vaerksted", "/telefon")


def is_here() -> bool:
    """Whether this request is for a page of the tablet or of one's own phone."""
    return request.path.startswith(OF_THE_TABLET)


def use() -> None:
    """Find out how whoever is there wants their pages, and speak their language from here on."""
    if not is_here():
        return
    person = access.actor()
    is_theirs = person is not None and person.is_citizen
    chosen = request.cookies.get(LANGUAGE, "")
    g.liking = PLAIN
    if not is_theirs and not chosen:
        return
    with db.reading() as session:
        if person is not None and is_theirs:
            g.liking = queries.liking_of(session, person.account_id)
        code = chosen_for(is_theirs, chosen) or g.liking.language
        if tongues.is_offered(session, code):
            i18n.use_language(code)


def chosen_for(is_theirs: bool, chosen: str) -> str:
    """The cookie's word. On one's own phone it lasts so long that what is kept about the person counts for more."""
    return "" if is_theirs and signing.own_phone() is not None else chosen


def shown() -> dict[str, Any]:
    """What the tablet's layout is told; other pages of the house keep their own words for it."""
    if not is_here():
        return {"may_choose_language": _may_choose_language}  # an error of the desk can be shown on a tablet
    liked = liking()
    return {
        "text_size": "large" if liked.is_large else _chosen("tekst"),
        "contrast": "high" if liked.is_high_contrast else _chosen("kontrast"),
        "motion": "calm" if liked.is_calm else "",
        "reads_first": liked.reads_aloud,
        "may_choose_language": _may_choose_language,
    }


def liking() -> Liking:
    """How the person of this request wants the tablet."""
    found: Liking = g.get("liking", PLAIN)
    return found


def keep_language(answer: Response, code: str) -> Response:
    """Speak a language from the next page on: on one's own phone for a year, on a tablet until the next person."""
    lasts = A_YEAR if signing.own_phone() is not None else None
    secure = web.settings().is_https
    answer.set_cookie(LANGUAGE, code, max_age=lasts, samesite="Lax", secure=secure, httponly=True)
    return answer


def somebody_came() -> None:
    """A code was right: what is chosen from now on is theirs and goes when they do."""
    flask_session[SOMEBODY] = True


def forget() -> None:
    """The pictures are shown again: this page is plain already, unless a newcomer has just chosen how it should be."""
    g.was_somebody = flask_session.pop(SOMEBODY, None)
    if g.was_somebody:
        g.liking = PLAIN
        i18n.use_language(i18n.DEFAULT_LANGUAGE)


def plain_for_the_next(answer: Response) -> Response:
    """What the one before chose leaves the tablet with them."""
    if g.was_somebody:
        for name in CHOSEN_BEFORE_THE_CODE:
            answer.delete_cookie(name)
    return answer


def _chosen(cookie: str) -> str:
    return "" if g.get("was_somebody") else web.chosen(cookie)


def _may_choose_language() -> bool:
    """Whether the workshop has switched on another language; asked only by pages that offer the choice."""
    if signing.device() is None:
        return False
    if "has_languages" not in g:
        with db.reading() as session:
            g.has_languages = len(tongues.offered(session)) > 1
    found: bool = g.has_languages
    return found
