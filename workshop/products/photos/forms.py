"""What staff type and tick about a photo."""

from __future__ import annotations

from dataclasses import dataclass, field

from wtforms import BooleanField, StringField
from wtforms.validators import AnyOf, Length, ValidationError

from workshop.core.forms import BaseForm, NumberField, PhotoField, required
from workshop.core.i18n import _, lazy

LONGEST_ALT = 200
_short = Length(max=LONGEST_ALT, message=lazy("Teksten er for lang. Skriv højst %(most)s tegn.", most=LONGEST_ALT))


class PhotoForm(BaseForm):
    """A new photo of a thing."""

    photo = PhotoField(lazy("Billede"), [required(lazy("Vælg et billede først."))])
    alt_text = StringField(lazy("Hvad viser billedet?"), [_short])


class AltTextForm(BaseForm):
    """What a photo shows, for those who cannot see it."""

    words = StringField(lazy("Hvad viser billedet?"), [required(lazy("Skriv, hvad billedet viser.")), _short])


class ApprovePhotoForm(BaseForm):
    """What somebody must have looked for before everybody sees a photo."""

    nobody = BooleanField(lazy("Ingen mennesker kan genkendes"))

    def validate_nobody(self, field: BooleanField) -> None:
        """Not ticked is not approved."""
        if not field.data:
            raise ValidationError(_("Se billedet efter, og sæt kryds: ingen mennesker kan genkendes."))


class MoveForm(BaseForm):
    """One place forward or back. `position` is where the page had the photo."""

    way = StringField(validators=[AnyOf(("frem", "tilbage"))])
    position = NumberField(validators=[required(lazy("Siden er for gammel. Åbn den igen."))])


@dataclass
class PhotoForms:
    """The forms of a page with photos. `name` is the photo whose form was refused; empty when it was the new one's."""

    add: PhotoForm = field(default_factory=PhotoForm)
    approve: ApprovePhotoForm = field(default_factory=ApprovePhotoForm)
    alt: AltTextForm = field(default_factory=AltTextForm)
    name: str = ""

    @property
    def refused(self) -> BaseForm | None:
        """The form that has something to put right."""
        return next((form for form in (self.add, self.approve, self.alt) if form.errors), None)
