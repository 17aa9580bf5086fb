"""A citizen's proofs at the desk: made together with them, taken back, and handed out on paper or as a file."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.citizens.models import Citizen
from workshop.core import access, clock, db, identity, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.text import whose
from workshop.logbook.deeds import EXPORT
from workshop.progression.levels import level_name
from workshop.progression.proofs import actions, checking, paper, queries
from workshop.progression.proofs.credential import Issuer
from workshop.progression.proofs.forms import ProofForm

blueprint = Blueprint("proofs", __name__, url_prefix="/personale/borgere/<public_id>/beviser", cli_group="proof")
checking.add_to(blueprint.cli)


@blueprint.get("")
@needs("citizen:read")
def of(public_id: str) -> Response:
    """What has been proven, and what could be."""
    person = door.enter(access.require_actor(), public_id, clock.now())
    with db.reading() as session:
        rows = queries.proofs_of(session, person.id)
        provable = queries.provable(session, person.id)
    html = render_template(
        "proofs/of.html", citizen=person, rows=rows, provable=provable, level_name=level_name, owner=_owner(person)
    )
    return make_response(html)


@blueprint.get("/nyt/<key>")
@needs("level:adopt")
def new(public_id: str, key: str) -> Response:
    """A form for one proof: what it will say, and a place for what both have seen."""
    person = door.enter(access.require_actor(), public_id, clock.now())
    return _form_page(person, key, ProofForm(), 200)


@blueprint.post("/nyt/<key>")
@needs("level:adopt")
def new_post(public_id: str, key: str) -> Response:
    """Sign what was agreed."""
    now, actor, form = clock.now(), access.require_actor(), ProofForm.posted()
    person = door.enter(actor, public_id, now, deed="write")
    if not form.validate():
        return _form_page(person, key, form, 422)
    try:
        with db.transaction() as session:
            actions.make(
                session,
                person,
                competence_key=key,
                narrative=form.narrative.data or "",
                is_agreed=bool(form.is_agreed.data),
                by_staff_id=actor.account_id,
                issuer=issuer(),
                master_keys=web.settings().master_keys,
                now=now,
            )
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _form_page(person, key, form, 409)
    flash(_("Beviset er lavet."))
    return _to_list(public_id)


@blueprint.post("/<proof_id>/tag-tilbage")
@needs("level:adopt")
def take_back(public_id: str, proof_id: str) -> Response:
    """It holds no more; whoever checks it sees that."""
    now = clock.now()
    person = door.enter(access.require_actor(), public_id, now, deed="write")
    with db.transaction() as session:
        actions.take_back(session, queries.proof_of(session, person.id, proof_id), now)
    flash(_("Beviset er taget tilbage."))
    return _to_list(public_id)


@blueprint.get("/<proof_id>/bevis.pdf")
@needs("citizen:read", sudo=True)
def on_paper(public_id: str, proof_id: str) -> Response:
    """The proof on paper, for its citizen."""
    person, token = _handed_out(public_id, proof_id)
    return as_download(paper.as_pdf(token, person.full_name), "pdf")


@blueprint.get("/<proof_id>/bevis.json")
@needs("citizen:read", sudo=True)
def as_file(public_id: str, proof_id: str) -> Response:
    """The signed file, for its citizen."""
    _person, token = _handed_out(public_id, proof_id)
    return as_download(paper.as_file(token), "json")


def as_download(body: bytes, kind: str) -> Response:
    """A file whose name says nothing of whose it is."""
    answer = make_response(body)
    answer.mimetype = f"application/{kind}"
    way = "inline" if kind == "pdf" else "attachment"
    answer.headers["Content-Disposition"] = f'{way}; filename="bevis.{kind}"'
    return answer


def issuer() -> Issuer:
    """The workshop as proofs name it."""
    house = identity.current()
    return Issuer(web.settings().base_url, house.name, house.email)


def _handed_out(public_id: str, proof_id: str) -> tuple[Citizen, str]:
    person = door.enter(access.require_actor(), public_id, clock.now(), deed=EXPORT)
    with db.reading() as session:
        return person, queries.token_of(session, person.id, proof_id, web.settings().base_url)


def _form_page(person: Citizen, key: str, form: ProofForm, status: int) -> Response:
    with db.reading() as session:
        agreed, competence = queries.newest_agreed(session, person.id, key)
    if not agreed.level:
        raise NotHere
    html = render_template(
        "proofs/new.html",
        citizen=person,
        competence=competence,
        level=level_name(agreed.level),
        anchor=getattr(competence, f"anchor_{agreed.level}"),
        form=form,
        owner=_owner(person),
    )
    return make_response(html, status)


def _owner(person: Citizen) -> str:
    return whose(person.display_name)


def _to_list(public_id: str) -> Response:
    return redirect(url_for("proofs.of", public_id=public_id), 303)
