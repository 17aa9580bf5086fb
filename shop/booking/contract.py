"""The whole contract about help in a garden as text: it goes into the mail that stays with the customer, unchanged."""

from __future__ import annotations

from datetime import timedelta

from shop.orders.house.queries import TermsRow
from workshop.core import clock
from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.products.models import VatScheme
from workshop.services.door import Head
from workshop.services.jobs.models import ServiceJob
from workshop.services.jobs.rules import NOTICE
from workshop.services.jobs.words import day_with_year
from workshop.services.models import ServiceKind
from workshop.services.requests import letters, words
from workshop.services.requests.models import Recurrence, ServicePlace, ServiceQuote
from workshop.services.requests.proposing import Terms
from workshop.services.requests.quoting import is_private
from workshop.services.visits.times import window_text


def contract(
    job: ServiceJob,
    quote: ServiceQuote,
    terms: Terms,
    kind: ServiceKind,
    place: ServicePlace,
    head: Head,
    house_terms: TermsRow | None,
) -> str:
    """What, where, when, price, payment, consents, right of withdrawal with its form, complaints, terms, seller."""
    parts = [_what(job, place), _when(terms, job), _price(quote, terms, kind), _paying(terms, place)]
    if is_private(place):
        parts += [_consents(job, quote), _withdrawal(job, head), _standard_form(job, place, head)]
    else:
        parts.append(_buyer(place))
    if terms.is_agreement:
        parts.append(_changing(terms))
    parts.append(_complaints(is_consumer=is_private(place)))
    if house_terms is not None:
        parts.append(
            _("HANDELSBETINGELSER (version %(version)s)", version=house_terms.version) + "\n" + house_terms.body
        )
    parts.append(_seller(head))
    return "\n\n".join(part for part in parts if part)


def _what(job: ServiceJob, place: ServicePlace) -> str:
    return "\n".join(
        (
            _("VI HAR AFTALT (%(number)s)", number=job.number),
            job.title,
            job.text,
            _("Hvor: %(where)s", where=words.address(place)),
        )
    )


def _when(terms: Terms, job: ServiceJob) -> str:
    rows = [_("HVORNÅR"), *letters.when(terms)]
    if not terms.is_agreement and terms.first_on is None:
        window = window_text(terms.from_minute, terms.to_minute)
        rows.append(_("Vi skriver, når dagen er fundet. Vi kommer %(window)s.", window=window))
        if job.withdraw_until >= clock.local_day(job.agreed_at):
            soonest = job.withdraw_until + timedelta(days=1)
            rows.append(_("Vi kommer tidligst %(day)s.", day=clock.day_text(soonest)))
    rows.append(_("Du behøver ikke være hjemme. Er vejret imod os, finder vi en ny dag sammen med dig."))
    return "\n".join(rows)


def _price(quote: ServiceQuote, terms: Terms, kind: ServiceKind) -> str:
    rows = [_("PRIS"), *letters.price(terms, kind)]
    if quote.vat_ore:
        rows.append(_("Heraf moms: %(vat)s", vat=kr(quote.vat_ore)))
    elif quote.vat_scheme is VatScheme.EXEMPT:
        rows.append(_("Der er ikke moms på prisen."))
    return "\n".join(rows)


def _paying(terms: Terms, place: ServicePlace) -> str:
    rows = [_("BETALING"), words.paying(terms.billing, is_agreement=terms.is_agreement)]
    if not is_private(place):
        rows.append(_("I kan også få en faktura."))
    return "\n".join(rows)


def _consents(job: ServiceJob, quote: ServiceQuote) -> str:
    """What the customer asked for beside the yes, word for word as it stood, and when."""
    if not job.may_start_early or quote.answered_at is None:
        return ""
    return "\n".join(
        (
            _("DET HAR DU SAGT JA TIL"),
            _("%(when)s satte du kryds ved disse to:", when=clock.day_and_clock(quote.answered_at).capitalize()),
            f"- {start_text()}",
            f"- {ends_text(is_agreement=job.recurrence is not Recurrence.NONE)}",
        )
    )


def start_text() -> str:
    """The first consent. Source: forbrugeraftaleloven § 25."""
    return _("I må gerne begynde, før de 14 dage er gået. Fortryder jeg, betaler jeg for den del, der er gjort.")


def ends_text(*, is_agreement: bool) -> str:
    """The second consent. Source: forbrugeraftaleloven § 18, stk. 2, nr. 2."""
    if is_agreement:
        return _("Når alt det, vi har aftalt, er gjort, kan jeg ikke længere fortryde.")
    return _("Når hele arbejdet er gjort, kan jeg ikke længere fortryde.")


def _withdrawal(job: ServiceJob, head: Head) -> str:
    who = head.identity
    rows = [
        _("FORTRYDELSESRET"),
        _(
            "Du kan fortryde uden at give en grund, i 14 dage fra den dag, aftalen er indgået. "
            "Det vil sige til og med %(day)s.",
            day=clock.day_text(job.withdraw_until),
        ),
        _("Du kan fortryde her: %(address)s", address=f"{head.base_url}/fortryd"),
        _(
            "Du kan også skrive til %(email)s, ringe på %(phone)s eller bruge formularen herunder. "
            "Det er nok, at du sender det, før fristen er ude.",
            email=who.email,
            phone=who.phone,
        ),
    ]
    if job.may_start_early:
        rows.append(
            _(
                "Du har bedt os begynde, før fristen er ude. Fortryder du, når noget er gjort, betaler du for den del, "
                "der er gjort, i forhold til den samlede pris. Er alt gjort, kan du ikke fortryde mere."
            )
        )
    else:
        rows.append(
            _("Vi går ikke i gang, før fristen er ude, medmindre du beder os om det. Så længe koster det ikke noget.")
        )
    rows.append(
        _(
            "Har du betalt mere, end du skal, får du pengene tilbage senest 14 dage efter, at du har fortrudt, "
            "på samme måde, som du betalte."
        )
    )
    return "\n".join(rows)


def _standard_form(job: ServiceJob, place: ServicePlace, head: Head) -> str:
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
            _(
                "Jeg meddeler herved, at jeg ønsker at fortryde min aftale om levering af følgende tjenesteydelse: "
                "%(what)s, %(number)s",
                what=job.title,
                number=job.number,
            ),
            _("Aftalt %(day)s", day=day_with_year(clock.local_day(job.agreed_at))),
            _("Navn og adresse: %(name)s, %(where)s", name=place.customer_name, where=words.address(place)),
            _("Dato og underskrift (kun hvis formularen sendes på papir): ____________________"),
        )
    )


def _changing(terms: Terms) -> str:
    rows = [_("FLYT, PAUSE OG SLUT")]
    if terms.recurrence is not Recurrence.ON_SNOW:
        rows.append(_("Du kan flytte eller aflyse ét besøg til og med dagen før. De andre besøg er, som de var."))
    days = NOTICE.days
    rows.append(
        _(
            "Du kan holde pause, når du vil, og slutte aftalen med %(days)s dages varsel. Det koster ikke noget.",
            days=days,
        )
    )
    if terms.ends_on is not None:
        rows.append(_("Aftalen slutter af sig selv %(day)s.", day=clock.day_text(terms.ends_on)))
    return "\n".join(rows)


def _buyer(place: ServicePlace) -> str:
    """Who orders in the name of a company or an authority, with the numbers an invoice needs."""
    rows = [_("KUNDE"), place.company_name or place.customer_name]
    if place.cvr:
        rows.append(_("CVR %(cvr)s", cvr=place.cvr))
    if place.gln:
        rows.append(_("EAN/GLN %(gln)s", gln=place.gln))
    if place.customer_reference:
        rows.append(_("Jeres reference: %(reference)s", reference=place.customer_reference))
    return "\n".join(rows)


def _complaints(*, is_consumer: bool) -> str:
    rows = [_("ER DER NOGET GALT?")]
    rows.append(_("Skriv eller ring til os så snart du kan, gerne med et billede. Så finder vi en løsning."))
    if is_consumer:
        rows.append(
            _("Bliver vi ikke enige, kan du klage til Nævnenes Hus, Toldboden 2, 8800 Viborg, naevneneshus.dk.")
        )
    return "\n".join(rows)


def _seller(head: Head) -> str:
    who = head.identity
    return "\n".join(
        (
            _("HVEM VI ER"),
            f"{who.name}, {who.address}, {who.postcode} {who.town}",
            _("CVR %(cvr)s · %(email)s · %(phone)s", cvr=who.cvr, email=who.email, phone=who.phone),
        )
    )
