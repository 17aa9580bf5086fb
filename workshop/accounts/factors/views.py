"""One's own sign-in: second steps, codes on paper, and where one is signed in."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask import session as flask_session
from werkzeug.wrappers import Response

from workshop.accounts import factors, sessions, signing, symbol
from workshop.accounts.factors import asking, codes, passkeys, state, steps, totp
from workshop.accounts.factors.forms import CodeForm, PasskeyForm
from workshop.accounts.factors.steps import Added
from workshop.core import access, clock, db, identity, vault, web
from workshop.core.access import half, needs
from workshop.core.errors import Forbidden, Refusal
from workshop.core.i18n import _

blueprint = Blueprint("security", __name__, url_prefix="/personale/sikkerhed")
log = structlog.get_logger()
WAITING = "new_app"  # where the seed of a code app waits, sealed, until its first code is right
WAITS = timedelta(minutes=20)


@blueprint.get("")
@needs("desk:open")
def overview() -> Response:
    """What one signs in with, and where one is signed in just now."""
    person, now = access.require_actor(), clock.now()
    with db.reading() as session:
        has = factors.state_of(session, person.account_id)
        signed_in = sessions.of_account(session, person.account_id, signing.this_login_id(), now)
    return make_response(
        render_template("accounts/factors/overview.html", has=has, signed_in=signed_in, is_needed=_is_needed())
    )


@blueprint.get("/opret")
@half
def set_up() -> Response:
    """Choose a second step to add."""
    turned = _turned_away()
    if turned is not None:
        return turned
    with db.reading() as session:
        has = factors.state_of(session, access.half_actor().account_id)
    return make_response(
        render_template("accounts/factors/set_up.html", has=has, form=PasskeyForm(), is_half=asking.is_half(), **_on())
    )


@blueprint.post("/app")
@half
def begin_app() -> Response:
    """A new seed for a code app; it waits in this browser, sealed, and holds when its first code is right."""
    turned = _turned_away()
    if turned is not None:
        return turned
    person = access.half_actor()
    text = f"{clock.now().timestamp():.0f}.{totp.new_seed()}"
    keys = web.settings().master_keys
    if not keys:
        raise Refusal(_("Værkstedets nøgle mangler. Bed den, der driver systemet, om at sætte MASTER_KEY."))
    flask_session[WAITING] = vault.seal(keys[0], text, _about(person.account_id))
    return redirect(url_for("security.app", next=request.args.get("next")), 303)


@blueprint.get("/app")
@half
def app() -> Response:
    """The code to scan, the letters to type instead, and a field for the first code."""
    return _turned_away() or _app_page(CodeForm(), 200)


@blueprint.post("/app/kode")
@half
def confirm_app() -> Response:
    """The first code: the app is a second step from now on."""
    turned = _turned_away()
    if turned is not None:
        return turned
    form, now = CodeForm.posted(), clock.now()
    seed = _waiting_seed(now)
    if seed is None:
        return _too_late()
    if not form.validate():
        return _app_page(form, 422)
    with db.transaction() as session:
        added = steps.add_app(session, asking.this_login(), seed, "".join(form.code.data.split()), now)
    if added is None:
        form.code.errors = [_("Koden passer ikke. Se, om telefonens ur går rigtigt, og prøv den næste kode.")]
        return _app_page(form, 422)
    return _added(added, "app")


@blueprint.post("/noegle/start")
@half
def ask_for_passkey() -> Response:
    """What the browser needs to make a passkey."""
    if _turned_away() is not None:
        raise Forbidden
    person, now = access.half_actor(), clock.now()
    with db.transaction() as session:
        name, email = state.names_of(session, person.account_id)
        owner = passkeys.Owner(person.account_id, person.public_id, name, email)
        workshop = identity.current().short_name
        options = passkeys.ask_to_register(session, asking.place(), owner, workshop, now)
    return jsonify(options)


@blueprint.post("/noegle")
@half
def add_passkey() -> Response:
    """Keep the passkey this browser has just made."""
    turned = _turned_away()
    if turned is not None:
        return turned
    form, now, added = PasskeyForm.posted(), clock.now(), None
    if form.validate():
        with db.transaction() as session:
            added = steps.add_passkey(
                session,
                asking.this_login(),
                asking.place(),
                form.challenge.data,
                form.answer.data,
                form.name.data or _("Adgangsnøgle"),
                now,
            )
    if added is None:
        back = url_for("security.set_up", next=request.args.get("next"))
        html = render_template("accounts/factors/passkey_failed.html", back_url=back, is_in=not asking.is_half())
        return make_response(html, 422)
    return _added(added, "passkey")


@blueprint.get("/app/fjern")
@needs("desk:open", sudo=True)
def ask_remove_app() -> Response:
    """Ask before the code app goes."""
    return _question(_("Fjern kodeappen?"), url_for("security.remove_app"))


@blueprint.post("/app/fjern")
@needs("desk:open", sudo=True)
def remove_app() -> Response:
    """The code app opens nothing any more."""
    login, now = asking.this_login(), clock.now()
    with db.transaction() as session:
        totp.remove(session, login.account_id, is_needed=_is_needed())
        steps.changed(session, login, _("Dit log ind er ændret"), _("Kodeappen er fjernet fra dit log ind."), now)
    return _removed("app")


@blueprint.get("/noegle/<public_id>/fjern")
@needs("desk:open", sudo=True)
def ask_remove_passkey(public_id: str) -> Response:
    """Ask before a passkey goes."""
    with db.reading() as session:
        name = passkeys.of_account(session, access.require_actor().account_id, public_id).name
    return _question(
        _("Fjern adgangsnøglen %(name)s?", name=name), url_for("security.remove_passkey", public_id=public_id)
    )


@blueprint.post("/noegle/<public_id>/fjern")
@needs("desk:open", sudo=True)
def remove_passkey(public_id: str) -> Response:
    """The passkey opens nothing any more."""
    login, now = asking.this_login(), clock.now()
    with db.transaction() as session:
        passkeys.remove(session, login.account_id, public_id, is_needed=_is_needed())
        what = _("En adgangsnøgle er fjernet fra dit log ind.")
        steps.changed(session, login, _("Dit log ind er ændret"), what, now)
    return _removed("passkey")


@blueprint.post("/koder")
@needs("desk:open", sudo=True)
def new_codes() -> Response:
    """Ten new codes for paper. They stand in this answer and nowhere else, so there is no redirect."""
    login, now = asking.this_login(), clock.now()
    with db.transaction() as session:
        state.hold(session, login.account_id)
        if not factors.state_of(session, login.account_id).is_set_up:
            raise Refusal(_("Lav først et ekstra trin. Koderne er til den dag, det er væk."))
        made = codes.new_codes(session, login.account_id, now)
        what = _("Du har fået nye koder til papir. De gamle virker ikke mere.")
        steps.changed(session, login, _("Dit log ind er ændret"), what, now)
    log.info("recovery codes", account=access.require_actor().public_id)
    return _codes_page(made, url_for("security.overview"), login.account_id)


@blueprint.post("/steder/<public_id>/luk")
@needs("desk:open")
def end_session(public_id: str) -> Response:
    """End one of one's own sign-ins."""
    with db.transaction() as session:
        sessions.end_one(session, access.require_actor().account_id, public_id, clock.now())
    flash(_("Der er du logget ud nu."))
    return redirect(url_for("security.overview"), 303)


@blueprint.post("/steder/andre/luk")
@needs("desk:open")
def end_others() -> Response:
    """End every other sign-in of one's own."""
    with db.transaction() as session:
        sessions.end_others(session, access.require_actor().account_id, signing.this_login_id(), clock.now())
    flash(_("Du er logget ud alle andre steder."))
    return redirect(url_for("security.overview"), 303)


def _turned_away() -> Response | None:
    """Who may add a second step: with half a sign-in only who has none, with a whole one who has just proved it."""
    if not asking.is_half():
        return None if access.is_proved() else redirect(url_for("proving.proof", next=url_for("security.set_up")), 303)
    with db.reading() as session:
        has = factors.state_of(session, access.half_actor().account_id)
    return redirect(url_for("second_step.code", next=request.args.get("next")), 303) if has.is_set_up else None


def _app_page(form: CodeForm, status: int) -> Response:
    seed = _waiting_seed(clock.now())
    if seed is None:
        return redirect(url_for("security.set_up", next=request.args.get("next")), 303)
    person = access.half_actor()
    with db.reading() as session:
        email = state.names_of(session, person.account_id)[1]
    address = totp.address(seed, name=email, issuer=identity.current().short_name)
    html = render_template(
        "accounts/factors/app.html",
        form=form,
        drawn=symbol.symbol_of(address),
        address=address,
        letters=totp.in_fours(seed),
        **_on(),
    )
    return make_response(html, status)


def _too_late() -> Response:
    """No seed is waiting: it took too long, or the page with the codes was loaded anew."""
    if asking.is_half():
        return redirect(url_for("security.set_up", next=request.args.get("next")), 303)
    flash(_("Se her, hvad du har. Mangler du koderne på papir, så lav ti nye."))
    return redirect(url_for("security.overview"), 303)


def _waiting_seed(now: datetime) -> str | None:
    """The seed this browser is about to prove; None when there is none, or it has waited too long."""
    account_id = access.half_actor().account_id
    try:
        text = vault.open_sealed(web.settings().master_keys, flask_session.get(WAITING, ""), _about(account_id))
    except vault.CannotOpen:
        return None
    made, _dot, seed = text.partition(".")
    return seed if now.timestamp() - int(made) <= WAITS.total_seconds() else None


def _about(account_id: int) -> str:
    return f"new_app:{account_id}"


def _added(added: Added, way: str) -> Response:
    person = access.half_actor()
    log.info("factor added", account=person.public_id, way=way)
    on = asking.way_on() if request.args.get("next") else url_for("security.overview")
    signing.begin(added.token)
    if added.codes:
        return _codes_page(added.codes, on, person.account_id)
    flash(_("Det er klar. Næste gang kan du logge ind med det."))
    return redirect(on, 303)


def _removed(way: str) -> Response:
    log.info("factor removed", account=access.require_actor().public_id, way=way)
    flash(_("Det er fjernet. Du er logget ud alle andre steder."))
    return redirect(url_for("security.overview"), 303)


def _codes_page(made: list[str], way_on: str, account_id: int) -> Response:
    """The codes and whose they are: several people's papers may lie in one drawer."""
    with db.reading() as session:
        name = state.names_of(session, account_id)[0]
        where = identity.as_of(session).name if identity.is_told(session) else request.host
    html = render_template(
        "accounts/factors/codes.html", codes=made, way_on=way_on, name=name, where=where, on=clock.now()
    )
    return make_response(html)


def _question(title: str, action: str) -> Response:
    html = render_template("accounts/factors/remove.html", title=title, action=action)
    return make_response(html)


def _is_needed() -> bool:
    return web.settings().needs_second_factor


def _on() -> dict[str, str | None]:
    """The way on, for the addresses of forms."""
    return {"next": request.args.get("next")}
