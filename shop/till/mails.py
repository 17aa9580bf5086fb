"""The receipt of a sale at the door."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from shop.orders.contract import margin_text
from shop.till.models import TillSale
from shop.till.words import sold_text
from workshop.core import mail
from workshop.core.config import Identity
from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.products.models import VatScheme


def taken_back(session: Session, sale: TillSale, seller: Identity, now: datetime) -> None:
    """Whoever has a receipt in their mail is told that it holds no more; once for a sale."""
    body = (
        _("Salget på kvittering %(number)s er fortrudt, og kvitteringen gælder ikke mere.", number=sale.number),
        _(
            "%(total)s bliver givet tilbage: %(means)s. Skriv eller ring til os, hvis du ikke har fået dem.",
            total=kr(sale.total_ore),
            means=sale.means.label,
        ),
        f"{seller.name}, {seller.address}, {seller.postcode} {seller.town}\n"
        + _("CVR %(cvr)s · %(email)s · %(phone)s", cvr=seller.cvr, email=seller.email, phone=seller.phone),
    )
    mail.queue(
        session,
        key=f"till-undone-{sale.public_id}",
        recipient=sale.receipt_email,
        subject=_("Kvittering %(number)s gælder ikke mere", number=sale.number),
        body="\n\n".join(body),
        now=now,
    )


def receipt(session: Session, sale: TillSale, seller: Identity, now: datetime) -> None:
    """Written with the sale, sent once."""
    rows = [
        _("%(title)s: %(num)s × %(price)s", title=line.title, num=line.quantity, price=kr(line.unit_price_ore))
        for line in sale.lines
    ]
    rows.append(_("I alt: %(total)s", total=kr(sale.total_ore)))
    if sale.vat_ore:
        rows.append(_("Heraf moms: %(vat)s", vat=kr(sale.vat_ore)))
    rows.append(_("Betalt med: %(means)s", means=sale.means.label))
    if any(line.vat_scheme is VatScheme.MARGIN for line in sale.lines):
        rows.append(margin_text())
    body = (
        _("Tak, fordi du handlede hos os."),
        _("Kvittering %(number)s, %(when)s", number=sale.number, when=sold_text(sale.sold_at)),
        "\n".join(rows),
        _("Du har 2 års reklamationsret efter købeloven. Gem kvitteringen."),
        f"{seller.name}, {seller.address}, {seller.postcode} {seller.town}\n"
        + _("CVR %(cvr)s · %(email)s · %(phone)s", cvr=seller.cvr, email=seller.email, phone=seller.phone),
    )
    mail.queue(
        session,
        key=f"till-{sale.public_id}",
        recipient=sale.receipt_email,
        subject=_("Kvittering %(number)s fra %(name)s", number=sale.number, name=seller.name),
        body="\n\n".join(body),
        now=now,
    )
