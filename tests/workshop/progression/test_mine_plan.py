"""Min plan and Ønsker: the citizen writes, sets and ends their own goals, and chooses among the week's work."""

import re

import pytest
import sqlalchemy as sa
from support import factories, people
from support.queries import counted

from tests.workshop.progression import records
from tests.workshop.progression.scene import colleague, kiosk, log, words
from workshop.core import clock, db
from workshop.production.models import OrderStep
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import DevelopmentPlan, Goal, GoalChange, GoalKind, PlanVersion, SubGoal
from workshop.tasks.models import Competence, TaskCompetenceLink
from workshop.tasks.wishing.models import TaskWish

PLAN = "/vaerksted/min-plan"
WORDS = {"where_i_am": "Jeg er her.", "where_i_want_to_be": "Jeg vil male.", "interests": "", "strengths": "Ro"}


@pytest.fixture
def mona(client, scene):
    return kiosk(client, scene)


@pytest.fixture
def work(scene):
    """An open order of the week: a step that shows what Mona's goal is about, and one that does not."""
    with db.transaction() as session:
        task = session.scalars(
            sa.select(TaskCompetenceLink.task_type_id).join(Competence).where(Competence.key == scene.key)
        ).one()
        order = factories.production_order(session, title="Bænk til parken", steps=2, at=factories.department(session))
        fitting, other = session.scalars(sa.select(OrderStep).where(OrderStep.order_id == order.id)).all()
        fitting.task_type_id, fitting.title = task, "Slib benene"
        other.task_type_id, other.title = factories.task_type(session, name="Pak bænken").id, "Pak bænken"
        return f"step:{fitting.public_id}", f"step:{other.public_id}"


def every(model):
    with db.reading() as session:
        return session.scalars(sa.select(model).order_by(model.id)).all()


def test_the_plan_shows_words_goals_contact_and_where_to_try(mona, scene, work):
    page = words(mona.get(PLAN))
    for sentence in ("Her.", "Der.", "Slibe en hel bænk", "Det er Lone.", "Slib benene", "Bænk til parken"):
        assert sentence in page
    assert "Pak bænken" not in page
    assert "/vaerksted/mit/set" in mona.get(PLAN).text


def test_a_citizen_without_a_plan_has_a_page_too(client, scene):
    with db.transaction() as session:
        session.execute(sa.delete(GoalChange))
        session.execute(sa.delete(Goal))
        session.execute(sa.delete(PlanVersion))
        session.execute(sa.delete(DevelopmentPlan))
    mona = kiosk(client, scene)
    page = words(mona.get(PLAN))
    assert "Du har ikke et mål endnu." in page
    assert mona.post(f"{PLAN}/maal", data={"words": "Lære at svejse"}).status_code == 303
    assert "Lære at svejse" in words(mona.get(PLAN))


def test_the_citizen_writes_the_plan_and_what_stood_before_is_kept(mona, scene):
    form = mona.get(f"{PLAN}/ord").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', form) or re.search(
        r'value="(\d+)"[^>]*name="version"', form
    )
    sent = {**WORDS, "version": version.group(1)}
    assert mona.post(f"{PLAN}/ord", data=sent).location == PLAN
    (plan,) = every(DevelopmentPlan)
    assert (plan.where_i_am, plan.strengths) == ("Jeg er her.", "Ro")
    versions = every(PlanVersion)
    assert [each.where_i_am for each in versions] == ["Her.", "Jeg er her."]
    assert versions[-1].by_account_id == scene.account
    again = mona.post(f"{PLAN}/ord", data={**WORDS, "where_i_am": "Noget helt tredje", "version": version.group(1)})
    assert again.status_code == 409
    assert "Noget helt tredje" in again.text
    assert "Jeg er her." in again.text


def test_a_plan_too_long_comes_back_with_what_was_typed(mona):
    answer = mona.post(f"{PLAN}/ord", data={**WORDS, "where_i_am": "meget " * 400})
    assert answer.status_code == 422
    assert "Det er for langt." in answer.text
    assert "meget meget" in answer.text


def test_the_citizen_sets_a_goal_in_own_words(mona):
    assert mona.post(f"{PLAN}/maal", data={"words": ""}).status_code == 422
    assert mona.post(f"{PLAN}/maal", data={"words": "Cykle herhen", "about": ""}).status_code == 303
    goal = every(Goal)[-1]
    assert (goal.title, goal.kind, goal.state) == ("Cykle herhen", GoalKind.OWN_WORDS, GoalState.NOT_STARTED)
    assert every(GoalChange)[-1].by_staff_id is None


def test_a_goal_about_something_to_learn_aims_at_doing_it_alone(mona, scene):
    mona.post(f"{PLAN}/maal", data={"words": "Slibe selv", "about": scene.key})
    goal = every(Goal)[-1]
    assert (goal.kind, goal.target_level) == (GoalKind.COMPETENCE, 3)
    assert mona.post(f"{PLAN}/maal", data={"words": "X", "about": "findes ikke"}).status_code == 422


def test_a_fourth_goal_waits_and_keeps_what_was_typed(mona):
    for name in ("Et", "To"):
        assert mona.post(f"{PLAN}/maal", data={"words": name}).status_code == 303
    answer = mona.post(f"{PLAN}/maal", data={"words": "Et mål for meget"})
    assert answer.status_code == 409
    assert "Et mål for meget" in answer.text
    assert len(every(Goal)) == 3


def test_the_citizen_works_with_a_goal_its_words_and_its_steps(mona):
    mona.post(f"{PLAN}/maal", data={"words": "Cykle herhen"})
    goal = every(Goal)[-1]
    here = f"{PLAN}/maal/{goal.public_id}"
    assert mona.post(here, data={"words": "Cykle hele vejen", "version": goal.version}).status_code == 303
    assert every(Goal)[-1].title == "Cykle hele vejen"
    assert mona.post(here, data={"words": "For sent", "version": goal.version}).status_code == 409
    told = mona.post(f"{here}/skridt", data={"step": ""})
    assert told.location == here, "nothing was typed, so the page is asked for and nothing is sent again"
    assert mona.post(f"{here}/skridt", data={"step": "x" * 500}).status_code == 422, "what was typed is kept"
    assert mona.post(f"{here}/skridt", data={"step": "Pumpe cyklen"}).status_code == 303
    (step,) = every(SubGoal)
    assert mona.post(f"{here}/skridt/{step.public_id}", data={"state": "reached"}).status_code == 303
    assert every(SubGoal)[0].state is GoalState.REACHED
    told = mona.post(f"{here}/skridt/{step.public_id}", data={"state": "flyvende"})
    assert told.location == here
    assert "Vælg, hvor du er." in mona.get(here).text
    assert every(SubGoal)[0].state is GoalState.REACHED
    assert mona.post(f"{here}/hvor", data={"state": "reached"}).location == PLAN
    ended = every(Goal)[-1]
    assert (ended.state, ended.ended_on) == (GoalState.REACHED, clock.local_day(clock.now()))
    page = words(mona.get(here))
    assert "Pumpe cyklen" in page
    assert "Hvor er du med det?" not in page


def test_before_a_goal_ends_one_is_asked(mona, scene):
    here = f"{PLAN}/maal/{scene.goal}"
    assert f'href="{here}?slut=stopped"' in mona.get(here).text
    asked = mona.get(f"{here}?slut=stopped")
    assert "Vil du stoppe med målet?" in asked.text
    assert f'action="{here}/hvor"' in asked.text
    assert "Har du nået målet?" not in mona.get(f"{here}?slut=reached").text  # an agreed one is ended together
    assert "Små skridt" in mona.get(f"{here}?slut=vrøvl").text
    mona.post(f"{here}/hvor", data={"state": "stopped"})
    assert "Vil du stoppe" not in mona.get(f"{here}?slut=stopped").text


def test_that_an_agreed_goal_is_reached_is_said_together(mona, scene):
    here = f"{PLAN}/maal/{scene.goal}"
    assert "Jeg har nået det" not in mona.get(here).text.split("Små skridt")[0]
    assert mona.post(f"{here}/hvor", data={"state": "reached"}).location == here
    assert "Vælg, hvor du er." in mona.get(here).text
    assert every(Goal)[0].state.is_open
    assert mona.post(f"{here}/hvor", data={"state": "stopped"}).status_code == 303
    assert every(Goal)[0].state is GoalState.STOPPED


def test_an_agreed_goal_keeps_its_title_beside_the_citizens_words(mona, scene):
    mona.post(f"{PLAN}/maal/{scene.goal}", data={"words": "Jeg vil kunne det hele"})
    goal = every(Goal)[0]
    assert (goal.title, goal.own_words) == ("Slibe en hel bænk", "Jeg vil kunne det hele")


def test_the_citizen_chooses_work_of_the_week_for_a_goal(mona, scene, work):
    fitting, other = work
    page = mona.get(f"{PLAN}/maal/{scene.goal}/proev").text
    assert page.index("Slib benene") < page.index("Andet arbejde i ugen") < page.index("Pak bænken")
    assert mona.post("/vaerksted/oensker", data={"what": fitting, "goal": scene.goal}).location == PLAN
    (wish,) = every(TaskWish)
    goal = every(Goal)[0]
    assert (wish.citizen_id, wish.goal_id, wish.order_step_id is not None) == (scene.mona, goal.id, True)
    assert "Du har ønsket det" in mona.get(PLAN).text
    assert mona.post(f"/vaerksted/oensker/{wish.public_id}/vaek").status_code == 303
    assert "Du har ønsket det" not in mona.get(PLAN).text
    refused = {"what": "step:findes-ikke"}
    assert mona.post("/vaerksted/oensker", data=refused).location == "/vaerksted/oensker"
    assert "Opgaven er lavet." in mona.get("/vaerksted/oensker").text
    kept = mona.post("/vaerksted/oensker", data=refused | {"own_words": "Den vil jeg"})
    assert (kept.status_code, "Den vil jeg" in kept.text) == (409, True)
    assert other


def test_a_wish_in_own_words_and_one_for_a_kind_of_work(mona, scene, work):
    with db.reading() as session:
        kind = session.scalars(sa.select(factories.ActivityKind.key)).first()
    assert mona.post("/vaerksted/oensker", data={"own_words": ""}).status_code == 422
    assert mona.post("/vaerksted/oensker", data={"own_words": "Male et skab"}).status_code == 303
    assert mona.post("/vaerksted/oensker", data={"what": f"kind:{kind}"}).status_code == 303
    assert mona.post("/vaerksted/oensker", data={"what": "kind:findes-ikke"}).status_code == 404
    page = words(mona.get("/vaerksted/oensker"))
    assert "Male et skab" in page
    assert len(every(TaskWish)) == 2


def test_another_persons_goals_steps_and_wishes_are_not_there(mona, app, scene):
    with db.transaction() as session:
        other = people.citizen(session, name="Yusuf", started_on=records.back(80, scene.now))
        session.execute(sa.update(DevelopmentPlan).values(citizen_id=other.id))
        wish = TaskWish(citizen_id=other.id, own_words="Yusufs", made_at=scene.now)
        session.add(wish)
        session.flush()
        wish_id = wish.public_id
    here = f"{PLAN}/maal/{scene.goal}"
    assert mona.get(here).status_code == 404
    assert mona.get(f"{here}/proev").status_code == 404
    for address in (here, f"{here}/hvor", f"{here}/skridt", f"{here}/skridt/{'x' * 22}"):
        answer = mona.post(address, data={"words": "A", "step": "A", "state": "stopped"})
        assert answer.status_code == 404, address
    assert mona.post(f"/vaerksted/oensker/{wish_id}/vaek").status_code == 404
    assert mona.post("/vaerksted/oensker", data={"own_words": "A", "goal": scene.goal}).status_code == 404
    assert every(TaskWish)[0].ended_at is None


def test_every_page_is_in_the_log_and_writing_too(mona, scene):
    before = len(log("read", "write"))
    for page in (PLAN, f"{PLAN}/ord", f"{PLAN}/maal", f"{PLAN}/maal/{scene.goal}", "/vaerksted/oensker"):
        assert mona.get(page).status_code == 200
    mona.post("/vaerksted/oensker", data={"own_words": "Male"})
    rows = log("read", "write")[before:]
    assert [row.deed for row in rows] == ["read"] * 5 + ["write"]
    assert {tuple(row.people) for row in rows} == {(scene.id,)}


def test_staff_have_no_such_pages(app, client, scene):
    colleague(client)
    for page in (PLAN, "/vaerksted/oensker", "/vaerksted/mit-arbejde", "/vaerksted/mit-kort"):
        assert client.get(page).status_code == 403


def test_the_plan_asks_as_often_for_much_as_for_little(mona, scene, work):
    def asked():
        with counted() as seen:
            assert mona.get(PLAN).status_code == 200
        return sum(each.startswith("SELECT") for each in seen)  # that somebody was here is written now and then

    asked()
    few = asked()
    mona.post(f"{PLAN}/maal", data={"words": "Et mål mere", "about": scene.key})
    for number in range(4):
        mona.post(f"{PLAN}/maal/{scene.goal}/skridt", data={"step": f"Skridt {number}"})
        mona.post("/vaerksted/oensker", data={"own_words": f"Ønske {number}"})
    with db.transaction() as session:
        factories.production_order(session, title="En til", steps=3, at=factories.department(session))
    assert asked() == few
