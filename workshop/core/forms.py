"""The shape of input. Forms know no database; what they refuse comes back with what was typed (422)."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from wtforms import Field, FileField, Form, IntegerField, MultipleFileField, SelectField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import Input, Select, TextArea, TextInput
from wtforms.widgets.core import clean_key

from workshop.core import money
from workshop.core.i18n import FormMessages, _
from workshop.core.text import clean

DANISH_DIGITS = 8


def attributes(**values: Any) -> Markup:
    """The attributes of a tag, as WTForms writes them; its own way puts each together out of a pattern."""
    texts = []
    for key, value in sorted(values.items()):
        name = clean_key(key)
        if value is True:
            texts.append(name)
        elif value is not False:
            texts.append(f'{name}="{escape(value)}"')
    return Markup(" ".join(texts))  # noqa: S704 — the values are escaped, the names are our own


for _widget in (Input, TextArea, Select):
    _widget.html_params = staticmethod(attributes)  # where the library lets a widget say how it is done


class Choices(Select):
    """A list to choose from, whose options are written like that too."""

    @classmethod
    def render_option(cls, choice: Any, **more: Any) -> Markup:
        """One option."""
        about = {"value": choice.value, **(choice.render_kw or {}), **more}
        if choice.selected:
            about["selected"] = True
        text = escape(choice.label or choice.value)
        return Markup(f"<option {attributes(**about)}>{text}</option>")  # noqa: S704 — both are escaped


class BaseForm(Form):
    """A form whose messages are Danish and whose text is cleaned before anything looks at it."""

    class Meta:
        """WTForms asks here where its messages come from."""

        def get_translations(self, form: Form) -> FormMessages:
            """Our own catalogue; the library ships no Danish."""
            return FormMessages()

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Clean every text field: one spelling, nothing invisible."""
            bound: Field = unbound_field.bind(form=form, **options)
            if isinstance(bound, StringField) and not isinstance(bound, MoneyField):
                bound.filters = (*bound.filters, lambda text: clean(text) if isinstance(text, str) else text)
            return bound

    @classmethod
    def posted(cls, **kwargs: Any) -> Any:
        """The form filled with what this request carries."""
        combined: MultiDict[str, Any] = request.form
        if request.files:
            combined = combined.copy()
            for name, file in request.files.items(multi=True):
                combined.add(name, file)
        form = cls(combined, **kwargs)
        for field in form:
            # A text that was not sent at all is an empty one: nothing behind the form has to think of both.
            is_text = type(field).process_formdata is StringField.process_formdata
            if is_text and field.data is None:
                field.data = ""
        return form


class MoneyField(StringField):
    """An amount in kroner; `data` is whole øre, or None when nothing was written."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return money.kr(int(self.data)).replace(f"{money.NO_BREAK}kr.", "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Øre out of what was typed; raises ValueError with the sentence to show."""
        self.data: Any = None
        if valuelist and valuelist[0].strip():
            self.data = money.parse_kr(valuelist[0])


class NumberField(IntegerField):
    """A whole number a person could mean; one with more digits than any here is refused before it is compared."""

    LONGEST = 9

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The number; raises ValueError with the library's own sentence for what is none."""
        if valuelist and len(valuelist[0].strip()) > self.LONGEST:
            self.data: Any = None
            raise ValueError(self.gettext("Not a valid integer value."))
        super().process_formdata(valuelist)


class PublicIdField(SelectField):
    """A choice among rows, by public id. `data` is empty when nothing is chosen."""

    widget = Choices()

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=True, choices=[], **kwargs)


def required(message: str) -> Any:
    """A validator that asks for a value with a sentence of its own."""

    def check(_form: Form, field: Field) -> None:
        is_empty = field.data is None or (isinstance(field.data, str) and not field.data.strip())
        # A money field that could not be read has already said why.
        if is_empty and not field.errors:
            raise ValidationError(message)

    check.field_flags = {"required": True}  # type: ignore[attr-defined]  # WTForms reads this attribute
    return check


def one_page_of_text(_form: Form, field: Field) -> None:
    """Refuse text longer than a page; a pasted book is a mistake."""
    if field.data and len(field.data) > 4_000:
        raise ValidationError(_("Teksten er for lang. Skriv højst 4.000 tegn."))


def a_mail_address(_form: Form, field: Field) -> None:
    """An address a mail can be sent to, or nothing; whether it exists is not asked of anybody."""
    if not field.data:
        return
    from email_validator import EmailNotValidError, validate_email  # brings the tables of every alphabet with it

    try:
        validate_email(field.data, check_deliverability=False)
    except EmailNotValidError as problem:
        raise ValidationError(_("Mailadressen ser ikke rigtig ud. Skriv den som navn@eksempel.dk.")) from problem


def a_phone(_form: Form, field: Field) -> None:
    """A number that can be rung, or nothing: eight Danish digits, or a foreign one behind its country code."""
    if not field.data:
        return
    digits = re.sub(r"^00(?=[0-9]{7})", "+", re.sub(r"[\s().-]", "", field.data))
    if digits.startswith("+") and not digits.startswith("+45"):
        if not re.fullmatch(r"\+[0-9]{7,15}", digits):
            raise ValidationError(_("Nummeret ser ikke rigtigt ud. Skriv det med landekode, for eksempel +46 …"))
        return
    digits = digits.removeprefix("+45")
    if not digits.isdecimal() or not digits.isascii():
        raise ValidationError(_("Skriv telefonnummeret med tal. 8 cifre."))
    if len(digits) == DANISH_DIGITS - 1:
        raise ValidationError(_("Nummeret mangler et ciffer. Skriv 8 cifre."))
    if len(digits) != DANISH_DIGITS:
        raise ValidationError(_("Nummeret skal have 8 cifre."))


class PhotoField(FileField):
    """An uploaded picture; `data` is the upload or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the upload only when a file was really chosen."""
        self.data = next((value for value in valuelist if getattr(value, "filename", "")), None)


class PhotosField(MultipleFileField):
    """Several uploaded pictures; `data` is those that were really chosen."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Browsers send an empty file where none was chosen."""
        self.data: Any = [each for each in valuelist if getattr(each, "filename", "")]
