"""Inviting a new member of staff: a mail with a link that works once, within a week, until it is taken back.

The link's secret is worked out from the invitation's public id and a key that is not in the database. The database
keeps its hash, and the mail in the outbox has a place for it.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts import actions as accounts
from workshop.accounts.models import Account, AccountChange, Department, Invitation, Staff
from workshop.accounts.people.guarding import hold_administration
from workshop.accounts.people.words import role_names
from workshop.core import clock, crypto, identity, mail
from workshop.core.access import Role
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.text import clean


class InvitationState(StrEnum):
    """What became of an invitation."""

    OPEN = "open"
    USED = "used"
    REPLACED = "replaced"
    REVOKED = "revoked"
    EXPIRED = "expired"


def invite(
    session: Session,
    *,
    name: str,
    email: str,
    roles: Collection[Role],
    department_ids: Collection[int],
    by: int,
    now: datetime,
    base_url: str,
    secret_key: str,
) -> Invitation:
    """Ask somebody in, by mail; `by` is the account of the administrator.

    Raises Refusal when the address belongs to staff, open or closed, or has an invitation that still works, and before
    anybody has said who the workshop is.
    """
    check_we_have_a_name(session)
    address = email.strip().lower()
    hold_administration(session)
    _check_new(session, address, now)
    return _written(
        session,
        name=clean(name),
        address=address,
        roles=sorted(_staff_roles(roles)),
        department_ids=sorted(_departments(session, department_ids)),
        by=by,
        now=now,
        base_url=base_url,
        secret_key=secret_key,
    )


def invite_again(
    session: Session, invitation: Invitation, *, by: int, now: datetime, base_url: str, secret_key: str
) -> Invitation:
    """A new link for the same person; the one before opens nothing any more. Raises Refusal when it was used."""
    check_we_have_a_name(session)
    hold_administration(session)
    session.refresh(invitation)
    if invitation.used_at is not None:
        raise Refusal(_("%(name)s har sagt ja og har en konto.", name=invitation.name))
    invitation.revoked_at = invitation.revoked_at or now
    session.flush()
    _check_new(session, invitation.email, now)
    return _written(
        session,
        name=invitation.name,
        address=invitation.email,
        roles=invitation.roles,
        department_ids=invitation.department_ids,
        by=by,
        now=now,
        base_url=base_url,
        secret_key=secret_key,
    )


def check_we_have_a_name(session: Session) -> None:
    """Raises Refusal while the mail would bear a name nobody has chosen."""
    if not identity.is_told(session):
        raise Refusal(_("Skriv først, hvem I er. Jeres navn står i mailen."))


def withdraw(session: Session, invitation: Invitation, now: datetime) -> None:
    """Take an invitation back. Raises Refusal when somebody came in by it already."""
    taken = session.execute(
        sa.update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(revoked_at=now)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if taken.one_or_none() is None:
        raise Refusal(_("%(name)s har sagt ja og har en konto. Luk kontoen i stedet.", name=invitation.name))


def withdraw_all_of(session: Session, by: int, now: datetime) -> None:
    """Whoever may invite nobody any more leaves no open invitation behind."""
    session.execute(
        sa.update(Invitation)
        .where(Invitation.by_staff_id == by, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def accept(session: Session, token: str, password: str, now: datetime, cheap: bool = False) -> Staff:
    """Somebody comes in by their link, and the link is spent in the same stroke.

    Raises Refusal when it is used, withdrawn or too old, or the password is too short; then it is not spent. Raises
    NotHere for a link we never made.
    """
    kept = crypto.token_hash(token)
    spent = session.scalar(
        sa.update(Invitation)
        .where(
            Invitation.token_hash == kept,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if spent is None:
        raise Refusal(_why_not(session, kept, now))
    invitation = session.get_one(Invitation, spent, populate_existing=True)
    staff = accounts.add_staff(
        session,
        name=invitation.name,
        email=invitation.email,
        password=password,
        roles=[Role(each) for each in invitation.roles],
        departments=_departments(session, invitation.department_ids),
        now=now,
        cheap=cheap,
    )
    session.add(
        AccountChange(
            account_id=staff.account_id,
            at=now,
            by_staff_id=invitation.by_staff_id,
            deed="invited",
            before=[],
            after=list(invitation.roles),
        )
    )
    session.flush()
    return staff


def state_of(session: Session, invitation: Invitation, now: datetime) -> InvitationState:
    """What became of it, for the page behind the link."""
    if invitation.used_at is not None:
        return InvitationState.USED
    if invitation.revoked_at is not None:
        newer = sa.select(Invitation.id).where(
            Invitation.email == invitation.email,
            Invitation.id > invitation.id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        return InvitationState.REVOKED if session.scalar(newer.limit(1)) is None else InvitationState.REPLACED
    return InvitationState.OPEN if invitation.expires_at > now else InvitationState.EXPIRED


def by_link(session: Session, public_id: str, token: str) -> Invitation | None:
    """The invitation of a link, or None when the link is not one of ours."""
    found = session.scalar(sa.select(Invitation).where(Invitation.public_id == public_id))
    kept = found.token_hash if found else crypto.token_hash(public_id)
    matches = hmac.compare_digest(crypto.token_hash(token), kept)
    return found if matches else None


def token_of(secret_key: str, public_id: str) -> str:
    """The secret of an invitation's link: 256 bits, the same each time, kept nowhere."""
    return mail.secret_of(secret_key, _label(public_id))


def _label(public_id: str) -> str:
    return f"invitation:{public_id}"


def _check_new(session: Session, address: str, now: datetime) -> None:
    found = session.execute(
        sa.select(Staff.name, Account.is_active)
        .join(Account, Account.id == Staff.account_id)
        .where(Staff.email == address)
    ).one_or_none()
    if found is not None and not found.is_active:
        raise Refusal(_("%(name)s har en lukket konto med den mailadresse. Åbn den igen i stedet.", name=found.name))
    if found is not None:
        raise Refusal(_("%(name)s har allerede en konto med den mailadresse.", name=found.name))
    waiting = sa.select(Invitation.name).where(
        Invitation.email == address,
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    )
    name = session.scalar(waiting.limit(1))
    if name is not None:
        raise Refusal(_("%(name)s er inviteret og har ikke svaret endnu. Send invitationen igen.", name=name))


def _why_not(session: Session, token_hash: str, now: datetime) -> str:
    invitation = session.scalar(sa.select(Invitation).where(Invitation.token_hash == token_hash))
    if invitation is None:
        raise NotHere
    return {
        InvitationState.USED: _("Invitationen er brugt. Log ind med din e-mail og adgangskode."),
        InvitationState.REPLACED: _("Der er sendt en nyere invitation. Brug linket i den."),
        InvitationState.REVOKED: _("Invitationen er trukket tilbage. Spørg på værkstedet."),
        InvitationState.EXPIRED: _("Invitationen er for gammel. Bed om en ny på værkstedet."),
        InvitationState.OPEN: _("Prøv igen om lidt."),
    }[state_of(session, invitation, now)]


def _written(
    session: Session,
    *,
    name: str,
    address: str,
    roles: list[str],
    department_ids: list[int],
    by: int,
    now: datetime,
    base_url: str,
    secret_key: str,
) -> Invitation:
    public_id = crypto.new_public_id()
    invitation = Invitation(
        public_id=public_id,
        token_hash=crypto.token_hash(token_of(secret_key, public_id)),
        name=name,
        email=address,
        roles=roles,
        department_ids=department_ids,
        by_staff_id=by,
        created_at=now,
        expires_at=now + Invitation.LASTS,
    )
    session.add(invitation)
    session.flush()
    _send(session, invitation, base_url, now)
    return invitation


def _send(session: Session, invitation: Invitation, base_url: str, now: datetime) -> None:
    who = identity.as_of(session)
    inviter = session.scalar(sa.select(Staff.name).where(Staff.account_id == invitation.by_staff_id)) or who.name
    link = f"{base_url}/invitation/{invitation.public_id}/{mail.place_for_secret(_label(invitation.public_id))}"
    body = (
        _("Hej %(name)s", name=invitation.name),
        _(
            "%(inviter)s inviterer dig til %(workshop)s. Du får adgang som: %(roles)s.",
            inviter=inviter,
            workshop=who.name,
            roles=role_names(invitation.roles),
        ),
        _("Vælg din adgangskode her: %(link)s", link=link),
        _("Linket virker én gang, til og med %(day)s.", day=clock.day_text(clock.local_day(invitation.expires_at))),
        _("Kender du os ikke, så slet mailen. Så sker der ikke mere."),
        _("Venlig hilsen\n%(workshop)s", workshop=who.name),
    )
    mail.queue(
        session,
        key=f"invitation:{invitation.public_id}",
        recipient=invitation.email,
        subject=_("Din adgang til %(workshop)s", workshop=who.name),
        body="\n\n".join(body),
        now=now,
    )


def _staff_roles(roles: Collection[Role]) -> set[str]:
    given = {role.value for role in roles if role is not Role.CITIZEN}
    if not given:
        raise Refusal(_("Vælg mindst én rolle. Uden en rolle kan man ikke se noget."))
    return given


def _departments(session: Session, department_ids: Collection[int]) -> set[int]:
    """Those of the departments that are there."""
    return set(session.scalars(sa.select(Department.id).where(Department.id.in_(department_ids))))
