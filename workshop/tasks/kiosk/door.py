"""The way in and out: pictures, code, help, and staying there."""

from __future__ import annotations

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.accounts import actions as accounts
from workshop.accounts import signing
from workshop.accounts.actions import TooManyTries
from workshop.citizens import queries as citizens
from workshop.citizens.comforts import looks
from workshop.core import access, clock, db, house_rules, web
from workshop.core.access import needs, public, tablet
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.core.pictures import PICTURES
from workshop.tasks.helping import actions as helping
from workshop.tasks.helping import queries as calls
from workshop.tasks.helping.models import HelpWish
from workshop.tasks.kiosk import own_phone
from workshop.tasks.kiosk import queries as kiosk
from workshop.tasks.kiosk.blueprint import blueprint, this_tablet
from workshop.tasks.kiosk.forms import PinForm


@blueprint.get("/ikke-klar")
@public
def not_ready() -> Response:
    """A tablet, or any other browser, that the workshop has not enrolled, and a phone that was closed."""
    if signing.is_closed_phone():
        return make_response(render_template("accounts/phones/closed.html"))
    return make_response(render_template("kiosk/not_ready.html"))


@blueprint.get("")
@tablet
def who() -> Response:
    """The pictures of those expected today; showing them ends whoever was there before.

    One's own phone shows no pictures: it asks for its owner's code, or goes on when the owner is signed in.
    """
    person = access.actor()
    if signing.own_phone() is not None:
        is_in = person is not None and person.is_citizen
        return redirect(url_for("kiosk.home"), 303) if is_in else own_phone.pin_page("", 200)
    was_somebody = signing.was_somebody()
    if was_somebody:
        signing.end()
    looks.forget()
    with db.reading() as session:
        faces = citizens.expected_today(session, this_tablet().department_id, clock.local_day(clock.now()))
        is_named = house_rules.is_on(session, house_rules.NAMES_ON_TABLET)
        first_names = kiosk.first_names(session, [face.public_id for face in faces]) if is_named else {}
    html = render_template("kiosk/who.html", faces=faces, names=_picture_names(), first_names=first_names)
    answer = looks.plain_for_the_next(make_response(html))
    return _without_traces(answer) if was_somebody else answer


@blueprint.get("/kode/<public_id>")
@tablet
def pin(public_id: str) -> Response:
    """The page for the code of the person behind a picture."""
    _check_shared()
    return _pin_page(public_id, "", 200)


@blueprint.post("/kode/<public_id>")
@tablet
def pin_post(public_id: str) -> Response:
    """The code: in, once more, or help."""
    _check_shared()
    form = PinForm.posted()
    if not form.validate():
        return _pin_page(public_id, _("Prøv igen."), 422)
    here = this_tablet()
    now = clock.now()
    try:
        with db.transaction() as session:
            person = citizens.expected_citizen(session, here.department_id, clock.local_day(now), public_id)
            token = accounts.sign_in_citizen(
                session, person.account_id, form.pin.data, here.id, pepper=web.settings().pin_pepper, now=now
            )
    except TooManyTries:
        _call(public_id)
        return _help_page(public_id, 429)
    if token is None:
        return _pin_page(public_id, _("Prøv igen."), 422)  # help, if that was the last try
    signing.end()
    signing.begin(token)
    looks.somebody_came()
    return redirect(url_for("kiosk.home"), 303)


@blueprint.get("/kode-hjaelp")
@tablet
def pin_help() -> Response:
    """For somebody who is new, and on a phone of one's own: whom to ask."""
    return make_response(render_template("kiosk/pin_help.html", state=""))


@blueprint.get("/kode/<public_id>/hjaelp")
@tablet
def pin_called(public_id: str) -> Response:
    """What the call of somebody without their code has come to."""
    _check_shared()
    return _help_page(public_id, 200)


@blueprint.post("/kode/<public_id>/hjaelp")
@tablet
def pin_call(public_id: str) -> Response:
    """Somebody does not remember the code: staff are told where, and by which picture."""
    _check_shared()
    _call(public_id)
    return redirect(url_for("kiosk.pin_called", public_id=public_id), 303)


@blueprint.post("/her")
@needs("kiosk:use")
def here() -> Response:
    """The person is still there; a press, an upload or an open camera says so."""
    return make_response("", 204)


@blueprint.post("/ud")
@tablet
def sign_out() -> Response:
    """Out; the next person sees the pictures."""
    signing.end()
    return _without_traces(redirect(url_for("kiosk.who"), 303))


def _without_traces(answer: Response) -> Response:
    """Let the browser drop the pages it keeps for Back; what it still has to send lies elsewhere and stays."""
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _check_shared() -> None:
    """Raises NotHere on somebody's own phone: behind its page there is nobody but its owner."""
    if signing.own_phone() is not None:
        raise NotHere


def _picture_names() -> dict[str, str]:
    """What the tablet reads aloud for each picture."""
    return {key: _(label) for key, label in PICTURES.items()}


def _pin_page(public_id: str, say: str, status: int) -> Response:
    now, here = clock.now(), this_tablet()
    with db.reading() as session:
        person = citizens.expected_citizen(session, here.department_id, clock.local_day(now), public_id)
        picture = person.picture
        is_stopped = accounts.pin_is_stopped(session, person.account_id, here.id, now)
    if is_stopped and say:
        _call(public_id)  # that was the last try
    if is_stopped:
        return _help_page(public_id, 429)
    return make_response(render_template("kiosk/pin.html", picture=picture, public_id=public_id, say=say), status)


def _call(public_id: str) -> None:
    """Call for somebody in the name of a picture: whoever cannot get in cannot call from inside."""
    now, here = clock.now(), this_tablet()
    with db.transaction() as session:
        person = citizens.expected_citizen(session, here.department_id, clock.local_day(now), public_id)
        helping.ask(session, person, HelpWish.HELP, device_id=here.id, assignment_id=None, now=now)


def _help_page(public_id: str, status: int) -> Response:
    """Nobody is asked for a code that cannot open anything: somebody comes and helps."""
    now, here = clock.now(), this_tablet()
    with db.reading() as session:
        person = citizens.expected_citizen(session, here.department_id, clock.local_day(now), public_id)
        state = calls.state_of(session, person.id, now)
    return make_response(render_template("kiosk/pin_help.html", state=state, public_id=public_id), status)
