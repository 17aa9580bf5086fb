"""What somebody who asks or waits hears from us. Each mail goes once, by the key of its cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from shop.orders.asking.models import ShopQuestion, Wish
from shop.orders.letterhead import Letterhead
from workshop.core import mail
from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.products.models import ProductType
from workshop.products.queries import cards
from workshop.products.sections import things_of


def label_of(public_id: str) -> str:
    """What the secret of a wish's link is made of."""
    return f"wish-link:{public_id}"


def link_in_mail(head: Letterhead, public_id: str) -> str:
    """The address that confirms a wish and ends it; its secret is put in when the mail is sent."""
    return f"{head.base_url}/sig-til/{public_id}/{mail.place_for_secret(label_of(public_id))}"


def question_received(session: Session, question: ShopQuestion, head: Letterhead, now: datetime) -> None:
    """We have it, and this is what it says."""
    body = (
        _("Kære %(name)s", name=question.name),
        _("Vi har fået dit spørgsmål og svarer på mail så snart vi kan, som regel inden to hverdage."),
        question.text,
        _("Er det ikke dig, der har skrevet, kan du se bort fra denne mail."),
    )
    _send(session, head, f"question-received-{question.public_id}", question.email, _("Dit spørgsmål"), body, now)


def question_answered(session: Session, question: ShopQuestion, head: Letterhead, now: datetime) -> None:
    """What we answer, with what was asked below it."""
    asked = "\n".join(f"> {line}" for line in question.text.splitlines())
    body = (_("Kære %(name)s", name=question.name), question.answer, _("Du spurgte:\n%(asked)s", asked=asked))
    key = f"question-answered-{question.public_id}"
    _send(session, head, key, question.email, _("Svar på dit spørgsmål"), body, now)


def confirm_wish(session: Session, wish: Wish, head: Letterhead, now: datetime) -> None:
    """Ask whether it is really this address that wants to hear from us."""
    body = (
        _("Vil du have besked, når vi har %(what)s til salg?", what=what_of(session, wish)),
        _("Så tryk her, og sig ja:\n%(link)s", link=link_in_mail(head, wish.public_id)),
        _("Du får én mail, når der er en, og ikke andet fra os."),
        _("Har du ikke bedt om det, skal du ikke gøre noget. Så hører du ikke fra os igen."),
    )
    _send(session, head, f"wish-confirm-{wish.public_id}", wish.email, _("Skal vi sige til?"), body, now)


def come_true(session: Session, wish: Wish, item_ids: Sequence[int], head: Letterhead, now: datetime) -> None:
    """There is one. This is the only time we say so."""
    found = sorted(cards(session, item_ids).values(), key=lambda card: -card.number)
    things = [f"{card.title}, {kr(card.price_ore or 0)}\n{head.base_url}/vare/{card.slug}" for card in found]
    body = (
        _("Du bad os sige til, når vi har %(what)s til salg. Nu er der noget:", what=what_of(session, wish)),
        *things,
        _("De fleste ting findes kun i ét eksemplar, så den kan være solgt, når du ser efter."),
        _("Vi skriver ikke mere om det. Vil du høre om den næste, kan du bede om det igen på siden."),
    )
    _send(session, head, f"wish-told-{wish.public_id}", wish.email, _("Nu er der en"), body, now)


def what_of(session: Session, wish: Wish) -> str:
    """What is waited for, as the middle of a sentence: `flere bænke`, or a product by its name."""
    kind = session.get(ProductType, wish.product_type_id) if wish.product_type_id is not None else None
    return f"“{kind.name}”" if kind is not None else _("flere %(things)s", things=things_of(wish.category))


def _send(
    session: Session, head: Letterhead, key: str, recipient: str, subject: str, body: Sequence[str], now: datetime
) -> None:
    goodbye = _("Venlig hilsen\n%(name)s\n%(phone)s", name=head.identity.name, phone=head.identity.phone)
    mail.queue(session, key=key, recipient=recipient, subject=subject, body="\n\n".join((*body, goodbye)), now=now)
