"""The second step of staff: a code app, codes on paper, half a sign-in that opens nothing, and proof once more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories, people

from tests.workshop.accounts import rig
from tests.workshop.accounts.rig import CODE, HOME, MASTER_KEYS, SEED
from workshop.accounts import actions, factors, queries
from workshop.accounts.factors import codes, passkeys, state, steps, totp
from workshop.accounts.models import Challenge, LoginSession, Passkey, RecoveryCode, SignInFailure, TotpSeed
from workshop.core import clock, db, vault
from workshop.core.access import Role
from workshop.core.errors import NotHere, Refusal
from workshop.core.mail import OutboxMail

HALF_MINUTE = timedelta(seconds=30)


def test_a_code_holds_in_its_own_half_minute_and_in_the_ones_beside_it(now: datetime) -> None:
    code = totp.code_at(SEED, now)
    assert [totp.step_of(SEED, code, now + HALF_MINUTE * away) is not None for away in range(-3, 4)] == [
        False, False, True, True, True, False, False
    ]  # fmt: skip


def test_a_code_opens_once_and_none_from_before_it_opens_afterwards(session: Session, now: datetime) -> None:
    staff = factories.staff(session)
    rig.give_app(session, staff.account_id, now)
    spend = lambda code, at=now: totp.spend(session, staff.account_id, code, at, master_keys=MASTER_KEYS)  # noqa: E731
    assert spend(totp.code_at(SEED, now))
    assert not spend(totp.code_at(SEED, now)), "the same code a second time"
    assert not spend(totp.code_at(SEED, now - HALF_MINUTE)), "an older one that was seen over a shoulder"
    assert spend(totp.code_at(SEED, now + HALF_MINUTE))


def test_a_seed_is_sealed_and_opens_only_as_its_owners(session: Session, now: datetime) -> None:
    one, other = factories.staff(session), factories.staff(session)
    rig.give_app(session, one.account_id, now)
    sealed = session.get_one(TotpSeed, one.account_id).sealed
    assert SEED not in sealed
    assert vault.open_sealed(MASTER_KEYS, sealed, totp.about(one.account_id)) == SEED
    with pytest.raises(vault.CannotOpen):
        vault.open_sealed(MASTER_KEYS, sealed, totp.about(other.account_id))


def test_a_lost_master_key_closes_the_app_and_not_the_paper(session: Session, now: datetime) -> None:
    staff = factories.staff(session)
    rig.give_app(session, staff.account_id, now)
    paper = codes.new_codes(session, staff.account_id, now)
    assert not totp.spend(session, staff.account_id, totp.code_at(SEED, now), now, master_keys=(bytes(32),))
    assert codes.spend(session, staff.account_id, paper[0], now)


def test_paper_codes_are_ten_long_kept_as_hashes_and_used_once(session: Session, now: datetime) -> None:
    staff, other = factories.staff(session), factories.staff(session)
    made = codes.new_codes(session, staff.account_id, now)
    assert len(set(made)) == 10
    kept = session.scalars(sa.select(RecoveryCode.code_hash)).all()
    assert not any(code in row or code.replace("-", "") in row for code in made for row in kept)
    assert not codes.spend(session, other.account_id, made[0], now), "somebody else's code"
    assert codes.spend(session, staff.account_id, f" {made[0].upper().replace('-', ' ')} ", now), "as it is typed"
    assert not codes.spend(session, staff.account_id, made[0], now)
    again = codes.new_codes(session, staff.account_id, now)
    assert not codes.spend(session, staff.account_id, made[1], now), "new codes put the old ones out of use"
    assert factors.state_of(session, staff.account_id).codes_left == len(again) == 10


def test_half_a_sign_in_opens_the_code_page_and_nothing_else(app: Flask) -> None:
    rig.with_app(roles=tuple(role for role in Role if role is not Role.CITIZEN))
    client = rig.half_in(app)
    for address in ("/personale/", HOME, "/personale/borgere", "/personale/tabletter", "/personale/moebler"):
        answer = client.get(address)
        assert answer.status_code == 303, address
        assert answer.headers["Location"].startswith(CODE), address
    assert client.get(CODE).status_code == 200
    assert client.get(f"{HOME}/opret").headers["Location"].startswith(CODE), "a stolen password adds no step"
    assert client.post(f"{HOME}/app").headers["Location"].startswith(CODE)
    assert client.post(f"{HOME}/noegle/start").status_code == 403
    assert "Lone" not in client.get(CODE).text, "nobody's name before the second step"
    assert client.post("/personale/log-ud").status_code == 303
    assert client.get(CODE).headers["Location"].startswith("/personale/log-ind?")


def test_the_right_code_makes_the_sign_in_whole_with_a_new_token_and_keeps_the_way(app: Flask) -> None:
    staff, _codes = rig.with_app()
    client = people.browser(app)
    asked = client.get("/personale/moebler").headers["Location"]
    answer = client.post(asked, data={"email": staff.email, "password": factories.PASSWORD})
    before = rig.cookie(client)
    answer = client.post(answer.headers["Location"], data={"code": rig.code_now()})
    assert answer.headers["Location"] == "/personale/moebler"
    assert rig.is_in(client)
    assert not rig.is_in(rig.replay(app, before)), "what was known before the second step opens nothing after it"
    with db.reading() as session:
        assert session.scalars(sa.select(LoginSession.second_factor_at)).one() is not None


def test_a_code_that_has_opened_is_refused_in_another_browser(app: Flask) -> None:
    rig.with_app()
    code = rig.code_now()
    assert rig.half_in(app).post(CODE, data={"code": code}).status_code == 303
    answer = rig.half_in(app).post(CODE, data={"code": code})
    assert answer.status_code == 422
    assert "passer ikke" in answer.text


def test_a_paper_code_opens_in_the_same_field(app: Flask) -> None:
    _staff, paper = rig.with_app()
    client = rig.half_in(app)
    assert client.post(CODE, data={"code": paper[0]}).status_code == 303
    assert rig.is_in(client)
    assert rig.half_in(app).post(CODE, data={"code": paper[0]}).status_code == 422


def test_guessing_codes_is_stopped_and_paper_still_opens(app: Flask) -> None:
    _staff, paper = rig.with_app()
    client = rig.half_in(app)
    for _guess in range(5):
        assert client.post(CODE, data={"code": "000000"}).status_code == 422
    stopped = client.post(CODE, data={"code": rig.code_now()})
    assert stopped.status_code == 429
    assert "prøve igen" in stopped.text
    assert 0 < int(stopped.headers["Retry-After"]) <= 15 * 60 + 1
    assert client.post(CODE, data={"code": paper[0]}).status_code == 303, "a way in that others' guesses do not close"


def test_where_everybody_needs_a_second_step_the_first_sign_in_makes_one(app: Flask) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], needs_second_factor=True)
    staff = rig.lone()
    client = rig.half_in(app)
    assert client.get(CODE).headers["Location"].startswith(f"{HOME}/opret")
    assert client.get(f"{HOME}/opret").status_code == 200
    shown = client.get(client.post(f"{HOME}/app").headers["Location"])
    seed = shown.text.split('id="seed">')[1].split("<")[0].replace(" ", "")
    assert len(seed) == 32
    assert 'href="otpauth://totp/' in shown.text, "on the phone with the app there is nothing to scan with"
    wrong = client.post(f"{HOME}/app/kode", data={"code": "000000"})
    assert wrong.status_code == 422
    assert client.get("/personale/").status_code == 303
    before = rig.cookie(client)
    right = {"code": totp.code_at(seed, clock.now())}
    done = client.post(f"{HOME}/app/kode", data=right)
    assert len(rig.paper_codes(done.text)) == 10
    assert "Lone Lund" in done.text, "whose paper it is"
    loaded_anew = client.post(f"{HOME}/app/kode", data=right)
    assert loaded_anew.location == HOME
    assert "lav ti nye" in client.get(HOME).text
    assert rig.is_in(client)
    assert not rig.is_in(rig.replay(app, before))
    assert rig.paper_codes(client.get(HOME).text) == [], "the codes are shown once"
    with db.reading() as session:
        mails = session.scalars(sa.select(OutboxMail).where(OutboxMail.recipient == staff.email)).all()
    assert [mail.subject for mail in mails] == ["Dit log ind er ændret"]
    assert seed not in mails[0].body
    assert client.post(f"{HOME}/app/fjern").status_code == 409, "the last step stays where everybody needs one"


def test_a_new_step_makes_half_of_every_other_sign_in(app: Flask) -> None:
    staff = rig.lone()
    there = people.at_desk(app, staff.email)
    assert rig.is_in(there)
    with db.transaction() as session:
        rig.give_app(session, staff.account_id, clock.now())
    assert there.get(HOME).headers["Location"].startswith(CODE)


def test_removing_the_app_asks_for_proof_ends_other_sign_ins_and_tells(app: Flask) -> None:
    staff, _paper = rig.with_app()
    here, there = rig.all_in(app, staff), rig.all_in(app, staff)
    with db.transaction() as session:
        session.execute(sa.update(LoginSession).values(proved_at=clock.now() - timedelta(hours=1)))
    turned = here.post(f"{HOME}/app/fjern")
    assert turned.headers["Location"].startswith("/personale/bekraeft")
    page = here.get(f"{HOME}/app/fjern").headers["Location"]
    assert here.post(page, data={"password": "forkert kode her", "code": rig.code_now()}).status_code == 422
    assert here.post(page, data={"password": factories.PASSWORD, "code": ""}).status_code == 422
    proved = here.post(page, data={"password": factories.PASSWORD, "code": rig.code_now()})
    assert proved.headers["Location"] == f"{HOME}/app/fjern", "the way back is kept"
    assert here.get(f"{HOME}/app/fjern").status_code == 200
    assert here.post(f"{HOME}/app/fjern").status_code == 303
    assert rig.is_in(here)
    assert not rig.is_in(there)
    with db.reading() as session:
        assert factors.state_of(session, staff.account_id) == factors.Factors(False, [], 0)
        assert "Kodeappen er fjernet" in session.scalars(sa.select(OutboxMail.body)).all()[-1]


def test_proof_lasts_a_quarter_of_an_hour_for_pages_and_half_an_hour_for_forms(app: Flask) -> None:
    staff, _paper = rig.with_app()
    client = rig.all_in(app, staff)

    def proved(minutes: int) -> None:
        with db.transaction() as session:
            session.execute(sa.update(LoginSession).values(proved_at=clock.now() - timedelta(minutes=minutes)))

    proved(14)
    assert client.get(f"{HOME}/app/fjern").status_code == 200
    proved(16)
    assert client.get(f"{HOME}/app/fjern").status_code == 303
    assert len(rig.paper_codes(client.post(f"{HOME}/koder").text)) == 10
    proved(31)
    assert client.post(f"{HOME}/koder").headers["Location"].startswith("/personale/bekraeft")


def test_a_reset_takes_every_step_away_ends_sign_ins_and_names_nobody(app: Flask) -> None:
    staff, _paper = rig.with_app()
    admin = rig.lone(roles=(Role.ADMIN,), email="arne@butik.example")
    client = rig.all_in(app, staff)
    with db.transaction() as session:
        factors.reset(session, staff.account_id, admin.account_id, clock.now())
    assert not rig.is_in(client)
    with db.reading() as session:
        assert not factors.state_of(session, staff.account_id).is_set_up
        body = session.scalars(sa.select(OutboxMail.body)).one()
    assert "nulstillet" in body
    assert "Arne" not in body


def test_a_challenge_is_answered_once_in_time_and_for_its_own_purpose(session: Session, now: datetime) -> None:
    staff, other = factories.staff(session), factories.staff(session)
    place = passkeys.Place.of("https://butik.example")
    assert place == ("butik.example", "https://butik.example")
    spend = passkeys._spend
    asked = passkeys.ask_to_sign(session, place, passkeys.SUDO, staff.account_id, now)["id"]
    assert spend(session, asked, passkeys.SIGN_IN, staff.account_id, now) is None
    assert spend(session, asked, passkeys.SUDO, other.account_id, now) is None
    assert spend(session, asked, passkeys.SUDO, None, now) is None
    assert spend(session, asked, passkeys.SUDO, staff.account_id, now + Challenge.LASTS) is None
    assert spend(session, asked, passkeys.SUDO, staff.account_id, now) is not None
    assert spend(session, asked, passkeys.SUDO, staff.account_id, now) is None


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"id": 1}',
        '{"id": "abc"}',
        "[" * 5000,
        r'{"id": "\u0000"}',
        r'{"id": "\ud800"}',
        '{"id":"a","response":{}}',
    ],
)
def test_nonsense_instead_of_a_passkey_is_no_sign_in(app: Flask, answer: str) -> None:
    client = people.browser(app)
    asked = client.post("/personale/log-ind/noegle/start").get_json()
    assert asked["publicKey"]["userVerification"] == "required"
    sent = client.post("/personale/log-ind/noegle", data={"challenge": asked["id"], "answer": answer})
    assert sent.status_code == 422
    assert not rig.is_in(client)


def test_a_passkey_that_signs_wrongly_is_not_let_in(session: Session, now: datetime) -> None:
    staff = factories.staff(session)
    session.add(Passkey(account_id=staff.account_id, credential_id="abc", public_key="AAAA", name="x", made_at=now))
    session.flush()
    place = passkeys.Place.of("http://localhost")
    asked = passkeys.ask_to_sign(session, place, passkeys.SIGN_IN, None, now)["id"]
    signed = {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"}
    answer = json.dumps({"id": "abc", "rawId": "abc", "type": "public-key", "response": signed})
    assert passkeys.signed_by(session, place, passkeys.SIGN_IN, None, asked, answer, now) is None


def test_somebody_elses_passkey_is_as_missing_as_none(session: Session, now: datetime) -> None:
    one, other = factories.staff(session), factories.staff(session)
    key = Passkey(account_id=one.account_id, credential_id="abc", public_key="AAAA", name="x", made_at=now)
    session.add(key)
    session.flush()
    for public_id in (key.public_id, "nobody"):
        with pytest.raises(NotHere):
            passkeys.remove(session, other.account_id, public_id, is_needed=False)
    with pytest.raises(Refusal):
        passkeys.remove(session, one.account_id, key.public_id, is_needed=True)
    passkeys.remove(session, one.account_id, key.public_id, is_needed=False)
    assert not state.state_of(session, one.account_id).is_set_up


def test_a_wrong_proof_is_counted_even_with_the_right_code(session: Session, now: datetime) -> None:
    staff = factories.staff(session)
    rig.give_app(session, staff.account_id, now)
    login = steps.Login(0, staff.account_id, "network:x", MASTER_KEYS)
    assert steps.prove(session, login, "forkert kode her", totp.code_at(SEED, now), now) is None
    assert session.scalar(sa.select(sa.func.count(SignInFailure.id))) == 2
    assert session.get_one(TotpSeed, staff.account_id).last_step == 0, "a wrong password uses no code up"


def test_half_a_sign_in_ends_after_half_an_hour(session: Session, now: datetime) -> None:
    staff = factories.staff(session)
    rig.give_app(session, staff.account_id, now)
    token = actions.sign_in_staff(session, staff.email, factories.PASSWORD, now) or ""
    found = queries.sign_in_of(session, token, now + timedelta(minutes=30))
    assert found
    assert found.is_half
    assert queries.sign_in_of(session, token, now + timedelta(minutes=31)) is None
