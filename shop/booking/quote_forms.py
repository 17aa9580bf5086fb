"""What a customer answers to a quote. Nothing is ticked for them."""

from __future__ import annotations

from wtforms import BooleanField, Field, HiddenField, TextAreaField
from wtforms.validators import Length, Regexp, ValidationError

from shop.orders.withdrawing.forms import ONCE
from workshop.core.forms import BaseForm, one_page_of_text, required
from workshop.core.i18n import _, lazy


def _is_ticked(_form: BaseForm, field: Field) -> None:
    if not field.data:
        raise ValidationError(_("Sæt kryds ved, at du har læst betingelserne."))


class YesForm(BaseForm):
    """The two consents, each by itself, and the terms."""

    begynd = BooleanField(lazy("I må gerne begynde, før de 14 dage er gået."))
    slutter = BooleanField(lazy("Når arbejdet er gjort, kan jeg ikke længere fortryde."))
    betingelser = BooleanField(lazy("Jeg har læst betingelserne."), [_is_ticked])

    def check(self, *, needs_consent: bool) -> bool:
        """Whether it can be sent; the consents are asked for only where the work begins early."""
        is_fine: bool = self.validate()
        if needs_consent:
            for field, sentence in (
                (self.begynd, _("Sæt kryds, hvis vi må begynde. Ellers ring, så finder vi en senere dag.")),
                (self.slutter, _("Sæt kryds, når du har læst det. Ellers ring, så finder vi en senere dag.")),
            ):
                if not field.data:
                    field.errors = [sentence]
                    is_fine = False
        return is_fine


class NoForm(BaseForm):
    """No thanks; a reason only if they like."""

    hvorfor = TextAreaField(
        lazy("Vil du fortælle hvorfor?"),
        [Length(max=300, message=lazy("Teksten er for lang. Skriv højst 300 tegn."))],
    )


class QuestionForm(BaseForm):
    """Something to ask before an answer."""

    once = HiddenField(validators=[Regexp(rf"{ONCE.pattern}\Z", message=lazy("Siden er for gammel. Åbn den igen."))])
    besked = TextAreaField(lazy("Dit spørgsmål"), [required(lazy("Skriv dit spørgsmål.")), one_page_of_text])
