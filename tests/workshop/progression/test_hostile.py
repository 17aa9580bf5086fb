"""One's own pages, cards, copies and proofs, tried by everybody they are not for."""

import json

import pypdfium2
import pytest
import sqlalchemy as sa
from support import factories, people

from tests.workshop.progression import records
from tests.workshop.progression.mine import on_phone, pdf_text
from tests.workshop.progression.proofs import rig
from tests.workshop.progression.scene import Scene, browser, colleague, kiosk
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.progression import goals, plans
from workshop.progression.models import Goal, GoalKind, SubGoal
from workshop.tasks.models import TaskRecord
from workshop.tasks.remarks import actions as remarks
from workshop.tasks.wishing import actions as wishing
from workshop.tasks.wishing.models import TaskWish

CANARY = "KANARIE Fuldnavnsen"
ODD = ("\x00", "a\x00b", "\u202eevil", "æ" * 100_000, "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}")


@pytest.fixture
def other(scene: Scene) -> dict[str, str]:
    """Yusuf's goal, step, wish, record and proof."""
    with db.transaction() as session:
        mona = session.get_one(Citizen, scene.mona)
        yusuf = people.citizen(
            session, name="Yusuf", full_name=f"Yusuf {CANARY}", started_on=records.back(80, scene.now)
        )
        assert yusuf.department_id == mona.department_id
        plan = plans.write(
            session, citizen_id=yusuf.id, where_i_am=CANARY, where_i_want_to_be="", interests="", strengths="",
            by_account_id=scene.lone, now=scene.now,
        )  # fmt: skip
        goal = goals.set_goal(
            session, plan=plan, kind=GoalKind.OWN_WORDS, title=CANARY, competence_id=None, target_level=None,
            now=scene.now, by_staff_id=None,
        )  # fmt: skip
        step = goals.add_step(session, goal=goal, title=CANARY, by_staff_id=None, now=scene.now)
        wish = wishing.wish(session, yusuf.id, own_words=CANARY, now=scene.now)
        return {"goal": goal.public_id, "step": step.public_id, "wish": wish.public_id, "who": yusuf.public_id}


def own_addresses(other: dict[str, str], record: str, proof: str) -> list[tuple[str, str, dict[str, str]]]:
    goal = f"/vaerksted/min-plan/maal/{other['goal']}"
    return [
        ("GET", goal, {}),
        ("POST", goal, {"words": "Mit nu"}),
        ("POST", f"{goal}/hvor", {"state": "stopped"}),
        ("POST", f"{goal}/skridt", {"step": "Mit nu"}),
        ("POST", f"{goal}/skridt/{other['step']}", {"state": "stopped"}),
        ("GET", f"{goal}/proev", {}),
        ("POST", f"/vaerksted/oensker/{other['wish']}/vaek", {}),
        ("POST", "/vaerksted/oensker", {"own_words": "Prøve", "goal": other["goal"]}),
        ("GET", f"/vaerksted/mit-arbejde/{record}", {}),
        ("POST", f"/vaerksted/mit-arbejde/{record}", {"text": "Mit nu"}),
        ("POST", f"/vaerksted/mit-arbejde/{record}/vaek", {}),
        ("POST", f"/vaerksted/noget-andet/{record}/fortryd", {}),
        ("GET", f"/vaerksted/mine-beviser/{proof}/bevis.pdf", {}),
        ("GET", f"/vaerksted/mine-beviser/{proof}/bevis.json", {}),
    ]


@pytest.mark.parametrize("where", ["tablet", "phone"])
def test_the_ids_of_somebody_else_are_nothing_at_ones_own_pages(app, client, scene, other, where):
    """Mona sends Yusuf's ids; and, as the control, her own record is there."""
    with db.transaction() as session:
        yusuf = session.scalars(sa.select(Citizen).where(Citizen.public_id == other["who"])).one()
        task = factories.task_type(session)
        by = session.get_one(people.Staff, scene.lone)
        done = records.confirmed(session, [records.marks(yusuf)], task=task, on=records.back(2, scene.now), by=by)
        theirs, shows = done.public_id, records.competence(session, name="Male", key="male_selv")
        records.agreed(session, yusuf, shows, 2, by=by, now=scene.now)
        own = session.scalars(sa.select(TaskRecord.public_id).where(TaskRecord.public_id != theirs).limit(1)).one()
        yusufs_id = yusuf.id
    hers, key, scene.mona, scene.key = scene.mona, scene.key, yusufs_id, "male_selv"
    proof = rig.make(scene).public_id
    scene.mona, scene.key = hers, key
    mona = kiosk(client, scene) if where == "tablet" else on_phone(app, scene)
    for method, address, sent in own_addresses(other, theirs, proof):
        answer = mona.open(address, method=method, data=sent)
        assert answer.status_code == 404, (method, address)
        assert CANARY not in answer.text
    assert mona.get(f"/vaerksted/mit-arbejde/{own}").status_code == 200, "the control"
    with db.reading() as session:
        goal = session.scalars(sa.select(Goal).where(Goal.public_id == other["goal"])).one()
        assert (goal.title, goal.state.is_open) == (CANARY, True)
        assert session.scalars(sa.select(SubGoal).where(SubGoal.goal_id == goal.id)).one().state.is_open
        assert session.scalars(sa.select(TaskWish).where(TaskWish.public_id == other["wish"])).one().ended_at is None


def test_nobody_but_the_caseload_makes_a_copy_and_only_after_their_password(app, client, scene):
    address = f"{scene.address}/kopi"
    for roles, at in (((Role.WORKSHOP, Role.CONSULTANT), None), ((Role.MANAGER,), None), ((Role.WORKSHOP,), "metal")):
        at_desk = colleague(browser(app), roles=roles, at=at)
        for kind in ("", ".pdf", ".json"):
            answer = at_desk.get(address + kind)
            assert answer.status_code in {303, 404}, (roles, kind)
            assert not answer.is_json
            assert answer.mimetype == "text/html"


@pytest.mark.parametrize("role", [Role.SALES, Role.AUDITOR, Role.ADMIN])
def test_roles_without_people_open_no_page_about_one(app, client, scene, role):
    colleague(client, roles=[role])
    for tail in ("/kopi", "/kopi.pdf", "/kopi.json", "/kompetencekort", "/kompetencekort.pdf", "/beviser", "/vaerktoej",
                 "/forslag", f"/beviser/nyt/{scene.key}"):  # fmt: skip
        assert client.get(scene.address + tail).status_code == 403, tail


def test_files_say_nothing_in_their_names_and_no_browser_keeps_them(app, scene):
    proof = rig.make(scene).public_id
    mona = on_phone(app, scene)
    for address in (
        "/vaerksted/mit-kort.pdf",
        "/vaerksted/alt-om-mig.pdf",
        "/vaerksted/alt-om-mig.json",
        f"/vaerksted/mine-beviser/{proof}/bevis.pdf",
        f"/vaerksted/mine-beviser/{proof}/bevis.json",
    ):
        answer = mona.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "no-store"
        named = answer.headers["Content-Disposition"].casefold()
        assert "mona" not in named
        assert scene.id.casefold() not in named
        if answer.mimetype == "application/pdf":
            document = pypdfium2.PdfDocument(answer.data)
            assert "Mona" not in json.dumps(document.get_metadata_dict()), address
            document.close()


def test_what_the_world_may_read_names_nobody_and_leaves_no_cookie(app, client, scene, desk):
    made = rig.make(scene)
    desk.post(f"{scene.address}/beviser/{made.public_id}/tag-tilbage")
    for reader in (app.test_client(), desk):
        for address in ("/.well-known/jwks.json", "/beviser/tilbagetaget.json"):
            answer = reader.get(address)
            assert answer.status_code == 200
            assert "Mona" not in answer.text
            assert "Prøvesen" not in json.dumps(answer.json, ensure_ascii=False)
            assert scene.id not in answer.text
            assert "d" not in answer.json.get("keys", [{}])[0], "a private half"
            assert "public" not in answer.headers["Cache-Control"] or "Set-Cookie" not in answer.headers
    assert client.get("/beviser/tilbagetaget.json").json["revokedCredentials"], "the control"


def test_a_proof_says_no_name_and_no_note(app, scene):
    made = rig.make(scene)
    mona = on_phone(app, scene)
    file = mona.get(f"/vaerksted/mine-beviser/{made.public_id}/bevis.json").text
    for word in ("Mona", "Prøvesen", "Gik selv i gang", "Slibe en hel bænk", scene.id, "Lone"):
        assert word not in file, word
    assert "Mona" in pdf_text(mona.get(f"/vaerksted/mine-beviser/{made.public_id}/bevis.pdf").data), "the control"


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_texts_in_ones_own_forms_break_nothing_and_run_nothing(app, client, scene, odd):
    mona = kiosk(client, scene)
    goal = f"/vaerksted/min-plan/maal/{scene.goal}"
    for address, names in (
        ("/vaerksted/min-plan/ord", ("where_i_am", "where_i_want_to_be", "interests", "strengths", "version")),
        ("/vaerksted/min-plan/maal", ("words", "about")),
        (goal, ("words", "version")),
        (f"{goal}/hvor", ("state",)),
        (f"{goal}/skridt", ("step",)),
        ("/vaerksted/oensker", ("what", "goal", "own_words")),
        ("/vaerksted/oensker", ("own_words",)),
        ("/vaerksted/mit-kort", ("on", "own_words", "shows_work")),
        ("/vaerksted/hjaelp", ("hvad", "opgave")),
        ("/vaerksted/min-skaerm", ("is_large", "reads_aloud")),
        ("/vaerksted/sprog", ("sprog",)),
        ("/vaerksted/noget-andet/lavet/sawing", ("once", "felt")),
    ):
        for sent in (dict.fromkeys(names, odd), {}):
            answer = mona.post(address, data=sent)
            assert answer.status_code in {303, 404, 409, 422}, (address, sent.keys())
            assert "<script>alert" not in answer.text
    for page in ("/vaerksted/min-plan", "/vaerksted/oensker", "/vaerksted/mit-kort", goal):
        shown = mona.get(page)
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text


def test_an_expelled_phone_has_nothing_more(app, scene):
    """The control for all that is open on a phone: signed out, each address leads to the code and shows nothing."""
    mona = on_phone(app, scene)
    mona.post("/vaerksted/ud")
    for address in ("/vaerksted/alt-om-mig.json", "/vaerksted/mit-kort.pdf", "/vaerksted/min-plan"):
        answer = mona.get(address)
        assert answer.status_code == 303
        assert "Mona" not in answer.text


def test_what_a_colleague_in_the_work_says_is_not_on_this_page(desk, scene):
    with db.transaction() as session:
        by = session.get_one(people.Staff, scene.lone)
        mona = session.get_one(Citizen, scene.mona)
        yusuf = people.citizen(session, name="Yusuf", started_on=records.back(80, scene.now))
        shared = records.confirmed(
            session, [records.marks(mona), records.marks(yusuf)], task=factories.task_type(session),
            on=records.back(1, scene.now), by=by,
        )  # fmt: skip
        for who, text in ((mona, "Monas egne ord"), (yusuf, CANARY)):
            remarks.remark(
                session, record=shared, citizen_id=who.id, text=text, by_account_id=who.account_id, now=clock.now()
            )
    page = desk.get(scene.address).text
    assert "Monas egne ord" in page, "the control"
    assert CANARY not in page
