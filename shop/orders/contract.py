"""The whole contract as text: what goes into the mail that stays with the customer, and is kept with us unchanged."""

from __future__ import annotations

from collections.abc import Iterable

from shop.orders.house.queries import TermsRow
from shop.orders.letterhead import Letterhead
from shop.orders.models import CustomerKind, Fulfilment, Order, OrderLine, PayWay
from shop.orders.pickup import Calendar, hours_text
from workshop.core import clock
from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.products.models import VatScheme


def contract(order: Order, head: Letterhead, calendar: Calendar, terms: TermsRow | None) -> str:
    """Lines, price, pickup or delivery, payment, right of withdrawal with its form, complaints, terms, seller."""
    parts = [bought(order), _getting(order, head, calendar), _paying(order)]
    if order.customer_kind is CustomerKind.PRIVATE:
        parts += _regretting(order, head)
    else:
        parts.append(_buyer(order))
    parts.append(_complaints(order))
    if terms is not None:
        parts.append(_("HANDELSBETINGELSER (version %(version)s)", version=terms.version) + "\n" + terms.body)
    parts.append(_seller(head))
    return "\n\n".join(parts)


def bought(order: Order) -> str:
    """The receipt: every line, the delivery, the total and the VAT within."""
    rows = [_("DU HAR KØBT (ordre %(number)s)", number=order.number), *_line_texts(order.lines)]
    if order.fulfilment is Fulfilment.DELIVERY:
        rows.append(_("- Levering til %(postcode)s: %(price)s", postcode=order.postcode, price=kr(order.delivery_ore)))
    taken_out = order.total_ore - order.delivery_ore - sum(line.unit_price_ore * line.quantity for line in order.lines)
    if taken_out:  # before it was paid: a contract that is printed later still adds up
        rows.append(_("- Taget ud, før det blev betalt: %(amount)s", amount=kr(taken_out)))
    rows.append(_("I alt: %(total)s", total=kr(order.total_ore)))
    if order.vat_ore:
        rows.append(_("Heraf moms: %(vat)s", vat=kr(order.vat_ore)))
    if any(line.vat_scheme is VatScheme.MARGIN for line in order.lines):
        rows.append(margin_text())
    return "\n".join(rows)


def margin_text() -> str:
    """What has to stand by goods sold under the margin scheme. Source: momsbekendtgørelsen § 116."""
    return _("Fortjenstmargenordning – brugte genstande – køber har ikke fradrag for momsen.")


def _line_texts(lines: Iterable[OrderLine]) -> list[str]:
    return [
        _(
            "- %(title)s: %(quantity)s × %(price)s",
            title=line.title,
            quantity=line.quantity,
            price=kr(line.unit_price_ore),
        )
        for line in lines
    ]


def _getting(order: Order, head: Letterhead, calendar: Calendar) -> str:
    who = head.identity
    when = _(
        "%(day)s kl. %(hours)s.",
        day=clock.day_text(order.pickup_on).capitalize(),
        hours=hours_text(order.pickup_from_minute, order.pickup_to_minute),
    )
    if order.fulfilment is Fulfilment.DELIVERY:
        where = f"{order.street}, {order.postcode} {order.town}"
        return "\n".join((_("VI LEVERER TIL"), where, when, _("Vi ringer, når vi kører.")))
    place = f"{who.name}, {who.address}, {who.postcode} {who.town}"
    hours = _("Åbent: %(open)s.", open=calendar.text)
    return "\n".join(
        (_("HER HENTER DU"), place, f"{when} {hours}", _("Det koster ikke noget at hente. Vi hjælper med at bære ud."))
    )


def _paying(order: Order) -> str:
    is_brought = order.fulfilment is Fulfilment.DELIVERY
    how = {
        PayWay.CARD: _("Beløbet er reserveret på dit kort. Det trækkes først, når du får varen."),
        PayWay.PREPAID: _("Beløbet er trukket på dit kort, fordi varen laves til dig. Det har du sagt ja til."),
        PayWay.AT_PICKUP: _("Du betaler med kort eller kontant, når vi leverer.")
        if is_brought
        else _("Du betaler med kort eller kontant, når du henter. Vi holder varen til to åbningsdage efter din tid."),
    }
    if order.pay_way is PayWay.AT_PICKUP and order.customer_kind is not CustomerKind.PRIVATE:
        return "\n".join((_("BETALING"), how[order.pay_way], _("I kan også få en faktura.")))
    return "\n".join((_("BETALING"), how[order.pay_way]))


def _buyer(order: Order) -> str:
    """Who buys in the name of a company or an authority, with the numbers an invoice needs."""
    rows = [_("KØBER"), order.company_name]
    if order.cvr:
        rows.append(_("CVR %(cvr)s", cvr=order.cvr))
    if order.gln:
        rows.append(_("EAN/GLN %(gln)s", gln=order.gln))
    if order.customer_reference:
        rows.append(_("Jeres reference: %(reference)s", reference=order.customer_reference))
    return "\n".join(rows)


def _regretting(order: Order, head: Letterhead) -> list[str]:
    """The right of withdrawal, and what it does not cover: only what is made to the customer's own measure."""
    to_measure = [line.title for line in order.lines if line.own_length_cm is not None]
    if not to_measure:
        return [_withdrawal(order, head), _standard_form(order, head)]
    no_right = "\n".join(
        (
            _("UDEN FORTRYDELSESRET"),
            *(f"- {title}" for title in to_measure),
            _("Det laves efter dine egne mål, så det kan ikke fortrydes, når du har bestilt."),
        )
    )
    if len(to_measure) == len(order.lines):
        return [no_right]
    return [no_right, _withdrawal(order, head), _standard_form(order, head)]


def _withdrawal(order: Order, head: Letterhead) -> str:
    who = head.identity
    return "\n".join(
        (
            _("FORTRYDELSESRET"),
            _(
                "Du kan fortryde uden at give en grund, til og med 14 dage efter den dag, du får varen. "
                "Falder den sidste dag på en lørdag, en søndag, en helligdag, den 5. juni, den 24. december eller den "
                "31. december, kan du fortryde til og med den næste hverdag."
            ),
            _("Du kan fortryde her: %(address)s", address=f"{head.base_url}/fortryd"),
            _(
                "Du kan også skrive til %(email)s, ringe på %(phone)s eller bruge formularen herunder. "
                "Gør det, før fristen er ude.",
                email=who.email,
                phone=who.phone,
            ),
            _(
                "Aflever varen til os senest 14 dage efter, at du har fortrudt. Du betaler selv for at få den tilbage "
                "til os. Vi betaler hele beløbet tilbage senest 14 dage efter, at du har fortrudt, på samme måde, som "
                "du betalte. Vi kan vente, til vi har fået varen."
            ),
            _fetching(order, head),
            _("Er varen brugt mere end nødvendigt for at se, om den er, som den skal være, kan beløbet blive mindre."),
        )
    )


def _fetching(order: Order, head: Letterhead) -> str:
    """What it costs to bring back what no post takes. Source: forbrugeraftaleloven § 8, stk. 1, nr. 9."""
    if order.fulfilment is Fulfilment.DELIVERY:
        return _(
            "Du kan komme med den selv. Er den for stor til posten, kan vi hente den hos dig for %(price)s, det samme "
            "som leveringen.",
            price=kr(order.delivery_ore),
        )
    return _(
        "Du kan komme med den selv. Er den for stor til posten, kan vi hente den hos dig for det, en levering koster: "
        "%(address)s",
        address=f"{head.base_url}/levering",
    )


def _standard_form(order: Order, head: Letterhead) -> str:
    who = head.identity
    return "\n".join(
        (
            _("STANDARDFORTRYDELSESFORMULAR"),
            _(
                "Til %(name)s, %(address)s, %(postcode)s %(town)s, %(email)s:",
                name=who.name,
                address=who.address,
                postcode=who.postcode,
                town=who.town,
                email=who.email,
            ),
            _("Jeg meddeler herved, at jeg ønsker at fortryde min købsaftale om: ____________________"),
            _("Ordre %(number)s, modtaget den ____________________", number=order.number),
            _("Navn og adresse: ____________________"),
            _("Dato og underskrift (kun hvis formularen sendes på papir): ____________________"),
        )
    )


def _complaints(order: Order) -> str:
    if order.customer_kind is not CustomerKind.PRIVATE:
        return "\n".join((_("REKLAMATION"), _("Er der noget galt, så skriv eller ring til os med det samme.")))
    return "\n".join(
        (
            _("REKLAMATION"),
            _("Du har 2 års reklamationsret efter købeloven. Er der noget galt, så skriv eller ring til os først."),
            _("Bliver vi ikke enige, kan du klage til Nævnenes Hus, Toldboden 2, 8800 Viborg, naevneneshus.dk."),
        )
    )


def _seller(head: Letterhead) -> str:
    who = head.identity
    return "\n".join(
        (
            _("SÆLGER"),
            f"{who.name}, {who.address}, {who.postcode} {who.town}",
            _("CVR %(cvr)s · %(email)s · %(phone)s", cvr=who.cvr, email=who.email, phone=who.phone),
        )
    )
