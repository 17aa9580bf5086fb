"""How somebody wants the tablet, as four ticks."""

from __future__ import annotations

from wtforms import BooleanField

from workshop.core.forms import BaseForm
from workshop.core.i18n import lazy


class ComfortForm(BaseForm):
    """Each is on or off; none is asked for."""

    is_large = BooleanField(lazy("Stor skrift"))
    is_high_contrast = BooleanField(lazy("Sort baggrund"))
    is_calm = BooleanField(lazy("Ro på skærmen"))
    reads_aloud = BooleanField(lazy("Læs op for mig"))
