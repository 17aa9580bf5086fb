"""What staff write to somebody who asked."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import Length

from workshop.core.forms import one_page_of_text, required
from workshop.core.i18n import lazy
from workshop.production.forms import SeenForm


class AskBackForm(SeenForm):
    """What we have to know before we can say a price."""

    text = TextAreaField(
        lazy("Hvad vil du vide?"), [required(lazy("Skriv, hvad du vil spørge om.")), one_page_of_text]
    )  # fmt: skip


class RefuseForm(SeenForm):
    """Why we cannot help this time."""

    why = TextAreaField(
        lazy("Hvorfor kan vi ikke?"),
        [
            required(lazy("Skriv, hvorfor. Kunden får teksten i en mail.")),
            Length(max=300, message=lazy("Teksten er for lang. Skriv højst 300 tegn.")),
        ],
    )
