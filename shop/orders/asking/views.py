"""Questions and wishes: two small forms for anybody, and a list for staff.

What a visitor is told never depends on what we know of the address they wrote.
"""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.orders.asking import actions, mails, queries
from shop.orders.asking.actions import About
from shop.orders.asking.forms import AnswerForm, AskForm, WishForm
from shop.orders.asking.queries import Subject
from shop.orders.letterhead import Letterhead
from shop.orders.web import private
from shop.orders.withdrawing.forms import new_once
from workshop.core import access, clock, db
from workshop.core.access import needs, public
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry, settings
from workshop.products.sections import category_name, things_of

blueprint = Blueprint("asking", __name__)
THIS, ANY = "den", "alle"  # the very product, or anything of its kind


def _open_questions() -> int:
    with db.reading() as session:
        return queries.count_open(session)


MENU = (MenuEntry("orders", lazy("Spørgsmål"), "asking.desk", "brev", "order:read", order=50, count=_open_questions),)


@blueprint.get("/spoerg")
@public
def ask() -> Response:
    """A question about a thing, a product, or nothing in particular."""
    with db.reading() as session:
        subject = _subject(session)
    return _ask_page(AskForm(once=new_once()), subject, 200)


@blueprint.post("/spoerg")
@public
def send() -> Response:
    """Send the question."""
    form = AskForm.posted()
    with db.reading() as session:
        subject = _subject(session)
    if not form.validate():
        return _ask_page(form, subject, 422)
    try:
        with db.transaction() as session:
            actions.ask(
                session,
                About(subject.item_id, None if subject.item_id else subject.product_type_id) if subject else About(),
                once=str(form.once.data),
                name=str(form.navn.data),
                email=str(form.mail.data),
                text=str(form.besked.data),
                head=Letterhead.of(settings()),
                now=clock.now(),
            )
    except Refusal as no:
        return _ask_page(form, subject, 409, no.sentence)
    return private(redirect(url_for("asking.asked"), 303))


@blueprint.get("/spoerg/tak")
@public
def asked() -> Response:
    """We have it."""
    return private(make_response(render_template("asking/done.html", is_wish=False)))


@blueprint.get("/sig-til")
@public
def wish() -> Response:
    """Be told when there is one like it again."""
    with db.reading() as session:
        subject, form = _subject(session), WishForm()
        _offer(session, form, subject)
    if form.hvad is not None:  # there is no such question where no thing is named
        form.hvad.data = THIS if subject and subject.product else ANY
    return _wish_page(form, subject, 200)


@blueprint.post("/sig-til")
@public
def want() -> Response:
    """Write it down; the address is asked whether it is so."""
    form = WishForm.posted()
    with db.reading() as session:
        subject = _subject(session)
        _offer(session, form, subject)
    if not form.validate():
        return _wish_page(form, subject, 422)
    is_product = subject is not None and bool(subject.product) and form.hvad.data == THIS
    try:
        with db.transaction() as session:
            actions.wish(
                session,
                email=str(form.mail.data),
                category=subject.category if subject else str(form.slags.data),
                product_type_id=subject.product_type_id if subject and is_product else None,
                head=Letterhead.of(settings()),
                now=clock.now(),
            )
    except Refusal as no:
        return _wish_page(form, subject, 409, no.sentence)
    return private(redirect(url_for("asking.wished"), 303))


@blueprint.get("/sig-til/tak")
@public
def wished() -> Response:
    """Look in your mail."""
    return private(make_response(render_template("asking/done.html", is_wish=True)))


@blueprint.get("/sig-til/<public_id>/<token>")
@public
def link(public_id: str, token: str) -> Response:
    """Where the mail's link leads: one button. Programs that open links in mails change nothing by it."""
    with db.reading() as session:
        found = queries.wish_by_link(session, public_id, token)
        if found is None:
            raise NotHere
        html = render_template("asking/link.html", wish=found, what=mails.what_of(session, found))
    return private(make_response(html))


@blueprint.post("/sig-til/<public_id>/<token>")
@public
def decide(public_id: str, token: str) -> Response:
    """Yes, or no more."""
    with db.transaction() as session:
        if request.form.get("svar") == "stop":
            actions.end(session, public_id, token, now=clock.now())
        else:
            actions.confirm(session, public_id, token, now=clock.now())
    return private(redirect(url_for("asking.link", public_id=public_id, token=token), 303))


@blueprint.get("/personale/ordrer/spoergsmaal")
@needs("order:read")
def desk() -> Response:
    """Questions that wait, what was answered, and what people wait for."""
    with db.reading() as session:
        html = render_template(
            "asking/desk.html",
            waiting=queries.open_questions(session),
            answered=queries.answered(session),
            wished=queries.wished_for(session),
            category_name=category_name,
        )
    return make_response(html)


@blueprint.get("/personale/ordrer/spoergsmaal/<public_id>")
@needs("order:read")
def question(public_id: str) -> Response:
    """One question, and its answer."""
    return _question_page(public_id, AnswerForm(), 200)


@blueprint.post("/personale/ordrer/spoergsmaal/<public_id>")
@needs("order:handle")
def answer(public_id: str) -> Response:
    """Answer by mail."""
    form = AnswerForm.posted()
    if not form.validate():
        return _question_page(public_id, form, 422)
    try:
        with db.transaction() as session:
            actions.answer(
                session,
                public_id,
                str(form.svar.data),
                head=Letterhead.of(settings()),
                now=clock.now(),
                by_staff_id=access.require_actor().account_id,
            )
    except Refusal as no:
        return _question_page(public_id, form, 409, no.sentence)
    flash(_("Svaret er sendt."))
    return redirect(url_for("asking.desk"), 303)


def _subject(session: Session) -> Subject | None:
    """What the address names. Raises NotHere for a thing or product that nobody outside has seen."""
    number, sku = request.args.get("vare", ""), request.args.get("type", "")
    if not number and not sku:
        return None
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    found = queries.subject(session, number=int(number) if is_number else None, sku=sku[:40])
    if found is None:
        raise NotHere
    return found


def _offer(session: Session, form: WishForm, subject: Subject | None) -> None:
    """Only what can be chosen here: a kind where nothing is named, else this product or anything of its kind."""
    if subject is None:
        form.slags.choices = [(each, category_name(each)) for each in queries.categories(session)]
        form.slags.data = form.slags.data or request.args.get("slags", "")
    else:
        del form.slags
    if subject is None or not subject.product:
        del form.hvad
        return
    form.hvad.choices = [
        (THIS, _("Kun “%(product)s”", product=subject.product)),
        (ANY, _("Alle %(things)s", things=things_of(subject.category))),
    ]


def _ask_page(form: AskForm, subject: Subject | None, status: int, sentence: str | None = None) -> Response:
    html = render_template("asking/ask.html", form=form, subject=subject, sentence=sentence)
    return private(make_response(html, status))


def _wish_page(form: WishForm, subject: Subject | None, status: int, sentence: str | None = None) -> Response:
    html = render_template("asking/wish.html", form=form, subject=subject, sentence=sentence)
    return private(make_response(html, status))


def _question_page(public_id: str, form: AnswerForm, status: int, sentence: str | None = None) -> Response:
    with db.reading() as session:
        found = queries.question(session, public_id)
    if found is None:
        raise NotHere
    may_answer = access.require_actor().may("order:handle")
    html = render_template("asking/question.html", question=found, form=form, may_answer=may_answer, sentence=sentence)
    return make_response(html, status)
