"""What is typed about citizens at the desk."""

from __future__ import annotations

from wtforms import HiddenField, RadioField
from wtforms.validators import Optional

from workshop.citizens.attendance import AttendanceMark
from workshop.core.forms import BaseForm
from workshop.core.i18n import lazy


class MarkForm(BaseForm):
    """What was seen of one person on a day; nothing chosen is nothing written.

    `shown` is what stood on the page: an answer nobody touched writes nothing over what a colleague wrote meanwhile.
    """

    shown = HiddenField()
    mark = RadioField(lazy("Fremmøde"), [Optional()], choices=[each.value for each in AttendanceMark])
