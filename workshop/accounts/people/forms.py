"""What is typed about staff: who they are, what they may do, and who takes over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import EmailField, Field, Form, HiddenField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from workshop.accounts.models import Department
from workshop.accounts.people.words import STAFF_ROLES, role_name
from workshop.core.forms import BaseForm, PublicIdField, a_mail_address, required
from workshop.core.i18n import _, lazy


def _some(_form: Form, field: Field) -> None:
    if not field.data:
        raise ValidationError(_("Vælg mindst én."))


class TicksField(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _of_house(form: Any, departments: Sequence[Department]) -> None:
    if "roles" in form:
        form.roles.choices = [(role.value, role_name(role)) for role in STAFF_ROLES]
    if "departments" in form:
        form.departments.choices = [(each.key, each.name) for each in departments]


class NameForm(BaseForm):
    """Name and mail address of a member of staff."""

    seen = HiddenField()
    name = StringField(lazy("Navn"), [required(lazy("Skriv navnet.")), Length(max=100)])
    email = EmailField(lazy("E-mail"), [required(lazy("Skriv mailadressen.")), Length(max=254), a_mail_address])


class RolesForm(BaseForm):
    """What somebody may do."""

    seen = HiddenField()
    roles = TicksField(lazy("Roller"), [_some])

    @classmethod
    def of_house(cls, departments: Sequence[Department], /, *, posted: bool, **kwargs: Any) -> Any:
        """The form with the choices of this workshop, filled by the request or by what stands now."""
        return _filled(cls, departments, posted, kwargs)


class DepartmentsForm(BaseForm):
    """Where somebody works."""

    seen = HiddenField()
    departments = TicksField(lazy("Afdelinger"))

    @classmethod
    def of_house(cls, departments: Sequence[Department], /, *, posted: bool, **kwargs: Any) -> Any:
        """The form with the choices of this workshop, filled by the request or by what stands now."""
        return _filled(cls, departments, posted, kwargs)


class InviteForm(BaseForm):
    """A new member of staff."""

    name = StringField(lazy("Navn"), [required(lazy("Skriv navnet.")), Length(max=100)])
    email = EmailField(lazy("E-mail"), [required(lazy("Skriv mailadressen.")), Length(max=254), a_mail_address])
    roles = TicksField(lazy("Roller"), [_some])
    departments = TicksField(lazy("Afdelinger"))

    @classmethod
    def of_house(cls, departments: Sequence[Department], /, *, posted: bool, **kwargs: Any) -> Any:
        """The form with the choices of this workshop, filled by the request or empty."""
        return _filled(cls, departments, posted, kwargs)


class AcceptForm(BaseForm):
    """The password somebody begins with."""

    password = PasswordField(lazy("Din adgangskode"), [required(lazy("Vælg en adgangskode.")), Length(max=200)])


class HandOverForm(BaseForm):
    """Who takes over the citizens of one department."""

    taker = PublicIdField(lazy("Ny kontaktperson"), validators=[required(lazy("Vælg, hvem der tager over."))])

    @classmethod
    def of_department(cls, key: str, people: Sequence[tuple[str, str]], *, posted: bool) -> Any:
        """The form of one department, with those who could."""
        form = cls.posted(prefix=f"{key}-") if posted else cls(prefix=f"{key}-")
        form.taker.choices = [("", _("Vælg")), *people]
        return form


def _filled(kind: Any, departments: Sequence[Department], posted: bool, kwargs: Mapping[str, Any]) -> Any:
    form = kind.posted(**kwargs) if posted else kind(**kwargs)
    _of_house(form, departments)
    return form
