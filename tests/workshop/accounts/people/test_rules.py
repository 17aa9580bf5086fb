"""The rules about staff: inviting once, changing what is still as it was seen, closing, and who is always left."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories, people
from support.factories import NOW

from workshop.accounts import actions as accounts
from workshop.accounts.models import Account, AccountChange, Device, DeviceKind, Invitation, LoginSession, Staff
from workshop.accounts.people import actions, inviting, words
from workshop.accounts.people.actions import CaseloadHeld, Changed
from workshop.accounts.people.inviting import InvitationState
from workshop.citizens.models import CaseloadDelegation, Citizen, ContactPerson
from workshop.core import db, mail
from workshop.core.access import Role
from workshop.core.errors import NotHere, Refusal
from workshop.core.mail import OutboxMail

SECRET = "a secret of the tests, worth nothing at all"
PASSWORD = "fire ord uden nogen sammenhæng"
WEEK = timedelta(days=7)


def admin(session: Session, name: str = "Asta") -> Staff:
    return factories.staff(session, name=name, roles=[Role.ADMIN])


def invited(
    session: Session, by: Staff, *, email: str = "ny@butik.example", roles: tuple[Role, ...] = (Role.SALES,)
) -> Invitation:
    factories.workshop(session)
    return inviting.invite(
        session,
        name="Nynne",
        email=email,
        roles=roles,
        department_ids=[factories.department(session).id],
        by=by.account_id,
        now=NOW,
        base_url=factories.BASE_URL,
        secret_key=SECRET,
    )


def token(invitation: Invitation) -> str:
    return inviting.token_of(SECRET, invitation.public_id)


def close(session: Session, staff: Staff, by: Staff) -> None:
    actions.close(session, staff, by=by.account_id, now=NOW)


def test_somebody_invited_comes_in_once(session: Session) -> None:
    made = invited(session, admin(session), roles=(Role.SALES, Role.MANAGER))
    staff = inviting.accept(session, token(made), PASSWORD, NOW, cheap=True)
    assert (staff.name, staff.email) == ("Nynne", "ny@butik.example")
    assert actions.roles_of(session, staff) == {Role.SALES, Role.MANAGER}
    assert actions.departments_of(session, staff) == {factories.department(session).id}
    with pytest.raises(Refusal, match="Invitationen er brugt"):
        inviting.accept(session, token(made), PASSWORD, NOW, cheap=True)


def test_the_link_is_nowhere_in_the_database(session: Session) -> None:
    made = invited(session, admin(session))
    kept = session.scalars(sa.select(OutboxMail)).one()
    assert token(made) not in f"{kept.subject}{kept.body}{made.token_hash}{made.public_id}"
    assert token(made) in mail.with_secrets(kept.body, SECRET), "but the reader of the mail gets it"
    assert f"{factories.BASE_URL}/invitation/{made.public_id}/" in kept.body


def test_a_link_with_another_secret_opens_nothing(session: Session) -> None:
    made = invited(session, admin(session))
    with pytest.raises(NotHere):
        inviting.accept(session, inviting.token_of("another secret", made.public_id), PASSWORD, NOW, cheap=True)


@pytest.mark.parametrize(("after", "works"), [(WEEK - timedelta(seconds=1), True), (WEEK, False)])
def test_an_invitation_lasts_a_week(session: Session, after: timedelta, works: bool) -> None:
    made = invited(session, admin(session))
    if works:
        assert inviting.accept(session, token(made), PASSWORD, NOW + after, cheap=True)
        return
    assert inviting.state_of(session, made, NOW + after) is InvitationState.EXPIRED
    with pytest.raises(Refusal, match="for gammel"):
        inviting.accept(session, token(made), PASSWORD, NOW + after, cheap=True)


def test_a_withdrawn_invitation_opens_nothing(session: Session) -> None:
    made = invited(session, admin(session))
    inviting.withdraw(session, made, NOW)
    with pytest.raises(Refusal, match="trukket tilbage"):
        inviting.accept(session, token(made), PASSWORD, NOW, cheap=True)


def test_an_invitation_that_was_used_cannot_be_withdrawn_or_sent_again(session: Session) -> None:
    by = admin(session)
    made = invited(session, by)
    inviting.accept(session, token(made), PASSWORD, NOW, cheap=True)
    with pytest.raises(Refusal, match="Luk kontoen i stedet"):
        inviting.withdraw(session, made, NOW)
    with pytest.raises(Refusal, match="har en konto"):
        inviting.invite_again(session, made, by=by.account_id, now=NOW, base_url=factories.BASE_URL, secret_key=SECRET)


def test_the_newer_link_works_and_the_older_says_so(session: Session) -> None:
    by = admin(session)
    first = invited(session, by)
    second = inviting.invite_again(
        session, first, by=by.account_id, now=NOW + timedelta(hours=1), base_url=factories.BASE_URL, secret_key=SECRET
    )
    with pytest.raises(Refusal, match="nyere invitation"):
        inviting.accept(session, token(first), PASSWORD, NOW + timedelta(hours=2), cheap=True)
    assert inviting.accept(session, token(second), PASSWORD, NOW + timedelta(hours=2), cheap=True).name == "Nynne"


def test_nobody_is_invited_in_a_name_nobody_has_chosen(session: Session) -> None:
    by = admin(session)
    asked = {"by": by.account_id, "now": NOW, "base_url": factories.BASE_URL, "secret_key": SECRET}
    with pytest.raises(Refusal, match="hvem I er"):
        inviting.invite(session, name="Ny", email="ny@butik.example", roles=[Role.SALES], department_ids=[], **asked)
    invited(session, by)
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert "Værket på Havnen" in mail.subject
    assert "Værket på Havnen" in mail.body


def test_nobody_is_invited_twice_at_a_time(session: Session) -> None:
    by = admin(session)
    invited(session, by)
    with pytest.raises(Refusal, match="har ikke svaret endnu"):
        invited(session, by, email=" NY@butik.example ")


def test_staff_are_not_invited_again(session: Session) -> None:
    by = admin(session)
    lone = factories.staff(session, email="lone@butik.example")
    with pytest.raises(Refusal, match="har allerede en konto"):
        invited(session, by, email="lone@butik.example")
    close(session, lone, by)
    with pytest.raises(Refusal, match="Åbn den igen"):
        invited(session, by, email="lone@butik.example")


def test_an_invitation_with_a_short_password_is_not_spent(app: object) -> None:
    with db.transaction() as session:
        made = token(invited(session, admin(session)))
    with pytest.raises(Refusal), db.transaction() as session:
        inviting.accept(session, made, "kort", NOW, cheap=True)
    with db.transaction() as session:
        assert inviting.accept(session, made, PASSWORD, NOW, cheap=True)


def test_whoever_stops_leaves_no_open_invitation(session: Session) -> None:
    by, other = admin(session), admin(session, "Bo")
    made = invited(session, by)
    close(session, by, other)
    with pytest.raises(Refusal, match="trukket tilbage"):
        inviting.accept(session, token(made), PASSWORD, NOW, cheap=True)


def test_nobody_is_invited_without_a_role_or_as_a_citizen(session: Session) -> None:
    by = admin(session)
    for roles in ((), (Role.CITIZEN,)):
        with pytest.raises(Refusal, match="mindst én rolle"):
            invited(session, by, roles=roles)


def test_the_last_administrator_stays(session: Session) -> None:
    asta = admin(session)
    with pytest.raises(Refusal, match="sidste administrator"):
        close(session, asta, asta)
    with pytest.raises(Refusal, match="sidste administrator"):
        actions.set_roles(session, asta, [Role.SALES], seen="admin", by=asta.account_id, now=NOW)
    bo = admin(session, "Bo")
    close(session, bo, asta)
    with pytest.raises(Refusal, match="sidste administrator"):
        close(session, asta, bo)


def test_a_closed_account_does_nothing_from_that_moment(session: Session) -> None:
    asta, lone = admin(session), factories.staff(session, email="lone@butik.example")
    assert accounts.sign_in_staff(session, "lone@butik.example", factories.PASSWORD, NOW)
    close(session, lone, asta)
    ended = session.scalars(sa.select(LoginSession.revoked_at).where(LoginSession.account_id == lone.account_id))
    assert ended.all() == [NOW]
    assert accounts.sign_in_staff(session, "lone@butik.example", factories.PASSWORD, NOW) is None
    actions.reopen(session, lone, by=asta.account_id, now=NOW)
    assert accounts.sign_in_staff(session, "lone@butik.example", factories.PASSWORD, NOW)


def test_own_phones_end_with_the_account(session: Session) -> None:
    asta, lone = admin(session), factories.staff(session)
    device, _key = people.tablet(session)
    device.kind, device.owner_account_id = DeviceKind.PHONE, lone.account_id
    session.flush()
    close(session, lone, asta)
    session.refresh(device)
    assert device.revoked_at == NOW
    assert session.scalar(sa.select(sa.func.count(Device.id)).where(Device.revoked_at.is_(None))) == 0


def test_nobody_is_closed_while_citizens_wait_for_them(session: Session) -> None:
    asta, lone, per = admin(session), factories.staff(session), factories.staff(session, name="Per")
    mona = people.citizen(session, contact=lone)
    with pytest.raises(CaseloadHeld, match="Lone er kontaktperson for 1 borger i Træhallen"):
        close(session, lone, asta)
    at = factories.department(session).id
    assert actions.hand_over(session, lone, {at: per}, by=asta.account_id, now=NOW) == [mona.public_id]
    close(session, lone, asta)
    now = session.scalars(sa.select(ContactPerson).where(ContactPerson.until_on.is_(None))).one()
    assert now.staff_id == per.account_id
    assert session.get_one(Account, lone.account_id).closed_at == NOW


def test_nobody_loses_the_role_or_department_their_citizens_need(session: Session) -> None:
    asta, lone = admin(session), factories.staff(session)
    people.citizen(session, contact=lone)
    at = factories.department(session).id
    with pytest.raises(CaseloadHeld):
        actions.set_roles(session, lone, [Role.SALES], seen="workshop", by=asta.account_id, now=NOW)
    with pytest.raises(CaseloadHeld):
        actions.set_departments(session, lone, [], seen=str(at), by=asta.account_id, now=NOW)
    actions.set_roles(session, lone, [Role.CONSULTANT], seen="workshop", by=asta.account_id, now=NOW)


def test_citizens_are_handed_to_those_who_can_see_them(session: Session) -> None:
    asta, lone = admin(session), factories.staff(session)
    people.citizen(session, contact=lone)
    at = factories.department(session).id
    metal = factories.department(session, key="metal", name="Metal")
    for taker in (factories.staff(session, departments=[metal]), factories.staff(session, roles=[Role.SALES]), lone):
        with pytest.raises(Refusal, match="kan ikke være kontaktperson"):
            actions.hand_over(session, lone, {at: taker}, by=asta.account_id, now=NOW)


def test_delegations_end_with_the_account(session: Session) -> None:
    asta, lone, per = admin(session), factories.staff(session), factories.staff(session)
    session.add(
        CaseloadDelegation(
            from_staff_id=per.account_id,
            to_staff_id=lone.account_id,
            from_on=NOW.date(),
            until_on=NOW.date() + WEEK,
            by_staff_id=asta.account_id,
            made_at=NOW,
        )
    )
    session.flush()
    close(session, lone, asta)
    assert session.scalars(sa.select(CaseloadDelegation.ended_at)).all() == [NOW]


def test_what_somebody_else_changed_meanwhile_is_not_written_over(session: Session) -> None:
    asta, lone = admin(session), factories.staff(session)
    seen, at = actions.seen_name(lone), factories.department(session).id
    actions.rename(session, lone, name="Lone Lund", email=lone.email, seen=seen, by=asta.account_id, now=NOW)
    with pytest.raises(Changed):
        actions.rename(session, lone, name="Lone Hald", email=lone.email, seen=seen, by=asta.account_id, now=NOW)
    actions.set_roles(session, lone, [Role.SALES], seen="workshop", by=asta.account_id, now=NOW)
    with pytest.raises(Changed):
        actions.set_roles(session, lone, [Role.MANAGER], seen="workshop", by=asta.account_id, now=NOW)
    actions.set_departments(session, lone, [], seen=str(at), by=asta.account_id, now=NOW)
    with pytest.raises(Changed):
        actions.set_departments(session, lone, [at], seen=str(at), by=asta.account_id, now=NOW)
    assert session.get_one(Staff, lone.account_id).name == "Lone Lund"


def test_two_of_the_staff_do_not_share_an_address(session: Session) -> None:
    asta, lone = admin(session), factories.staff(session)
    factories.staff(session, email="per@butik.example")
    with pytest.raises(Refusal, match="allerede en medarbejder"):
        actions.rename(
            session,
            lone,
            name="Lone",
            email="PER@butik.example",
            seen=actions.seen_name(lone),
            by=asta.account_id,
            now=NOW,
        )


def test_the_history_is_told_in_plain_sentences(session: Session) -> None:
    asta, lone, per = admin(session), factories.staff(session), factories.staff(session, name="Per")
    people.citizen(session, contact=lone)
    by = asta.account_id
    actions.rename(
        session, lone, name="Lone Lund", email="l@butik.example", seen=actions.seen_name(lone), by=by, now=NOW
    )
    actions.set_roles(session, lone, [Role.CONSULTANT, Role.MANAGER], seen="workshop", by=by, now=NOW)
    actions.hand_over(session, lone, {factories.department(session).id: per}, by=by, now=NOW)
    close(session, lone, asta)
    actions.reopen(session, lone, by=by, now=NOW)
    rows = session.scalars(sa.select(AccountChange).order_by(AccountChange.id)).all()
    said = [words.change_sentence(each.deed, each.before, each.after) for each in rows]
    assert said[0] == "Navn rettet fra Lone til Lone Lund."
    assert said[1].startswith("E-mail rettet fra person")
    assert said[2:] == [
        "Roller rettet fra Værkstedsleder til Jobkonsulent, Leder.",
        "Var kontaktperson for 1 borger. Nu er det Per.",
        "Kontoen blev lukket.",
        "Kontoen blev åbnet igen.",
    ]


def test_a_citizen_who_has_left_keeps_nobody_from_stopping(session: Session) -> None:
    asta, lone = admin(session), factories.staff(session)
    mona = people.citizen(session, contact=lone)
    session.get_one(Citizen, mona.id).is_active = False
    session.flush()
    close(session, lone, asta)
