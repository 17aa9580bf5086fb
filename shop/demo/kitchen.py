"""The kitchen and the house: dishes, the menu of some weeks, what comes again, and who has some of it this week."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle
from typing import NamedTuple

from shop.demo.people import EVERY_DAY, Person
from shop.demo.stage import GARDEN, WOOD, Stage, monday_of, workdays
from workshop.core import crypto
from workshop.core.errors import Refusal
from workshop.production.buying import actions as buying
from workshop.production.buying.actions import Wanted
from workshop.production.canteen import actions, ingredients
from workshop.production.canteen.actions import DayPlan
from workshop.production.canteen.models import Meal
from workshop.production.canteen.queries import Heads
from workshop.production.models import PurchaseFor
from workshop.production.routines import actions as routines
from workshop.production.routines.actions import Plan
from workshop.production.routines.models import Routine
from workshop.production.routines.rules import falls_on
from workshop.tasks import actions as tasks

# Name, what it takes for one, how it is made.
DISHES: tuple[tuple[str, str, str], ...] = (
    (
        "Rugbrød med ost",
        "2 skiver rugbrød; 40 g ost; 10 g smør",
        "Med mælk og rug.",
    ),
    (
        "Havregrød med kanel",
        "60 g havregryn; 1,5 dl mælk; 10 g kanelsukker",
        "Med mælk. Lav en lille gryde på vand ved siden af.",
    ),
    (
        "Skyr med mysli og æble",
        "200 g skyr; 40 g mysli; 0,5 æbler",
        "Med mælk og nødder. Sæt en skål uden mysli frem.",
    ),
    (
        "Grovboller",
        "60 g hvedemel; 25 g grahamsmel; 0,6 dl vand; 2 g gær; 2 g salt",
        "Med hvede.\nHæver en time. Bages ved 220 grader i 15 minutter.",
    ),
    (
        "Rugbrød, vores eget",
        "70 g rugmel; 30 g rugkerner; 0,8 dl vand; 15 g surdej; 2 g salt",
        "Med rug og hvede.\nSættes dagen før. Bages ved 180 grader i en time og tre kvarter.",
    ),
    (
        "Kanelsnegle til butikken",
        "70 g hvedemel; 0,4 dl mælk; 20 g smør; 15 g brun farin; 2 g kanel; 3 g gær",
        "Med hvede, mælk og smør. Sælges fire i en pose.",
    ),
    (
        "Frikadeller med kartofler og sovs",
        "120 g hakket gris og kalv; 0,25 stk. æg; 0,3 løg; 15 g hvedemel; 250 g kartofler; 1 dl mælk; 80 g gulerødder",
        "Med hvede, mælk og æg.\nFarsen skal hvile en halv time.",
    ),
    (
        "Grøntsagsfrikadeller",
        "80 g gulerødder; 60 g squash; 30 g havregryn; 0,5 stk. æg; 20 g porre",
        "Uden kød. Med æg og havre.",
    ),
    (
        "Gule ærter med grønt",
        "80 g gule ærter; 100 g gulerødder; 60 g porre; 100 g kartofler; 1 tsk sennep",
        "Uden kød. Med sennep.\nSæt ærterne i blød dagen før.",
    ),
    (
        "Kartoffelsuppe med porre",
        "200 g kartofler; 80 g porre; 0,3 løg; 0,5 dl fløde; 1 skive rugbrød",
        "Uden kød. Med mælk og rug.",
    ),
    (
        "Pasta med linsesovs",
        "90 g pasta; 50 g røde linser; 100 g hakkede tomater; 0,3 løg; 0,5 fed hvidløg",
        "Uden kød. Med hvede.",
    ),
    (
        "Fiskefilet med rugbrød og remoulade",
        "2 stk. fiskefileter; 2 skiver rugbrød; 30 g remoulade; 0,2 citron; 40 g salat",
        "Med fisk, hvede, æg og sennep.",
    ),
    (
        "Råkost",
        "60 g gulerødder; 40 g hvidkål; 0,3 æbler",
        "Ingen kendte allergener.",
    ),
)
# By weekday: breakfast, lunch, baking; and how many eat breakfast and lunch.
MENU: tuple[tuple[str, str, str, int, int, int], ...] = (
    ("Havregrød med kanel", "Kartoffelsuppe med porre", "Grovboller", 9, 14, 24),
    ("Rugbrød med ost", "Frikadeller med kartofler og sovs", "", 11, 17, 0),
    ("Skyr med mysli og æble", "Pasta med linsesovs|Råkost", "Rugbrød, vores eget", 10, 16, 30),
    ("Rugbrød med ost", "Gule ærter med grønt", "", 12, 15, 0),
    ("Havregrød med kanel", "Fiskefilet med rugbrød og remoulade|Råkost", "Kanelsnegle til butikken", 7, 11, 40),
)
NOTES = {1: "Lav otte grøntsagsfrikadeller ved siden af.", 4: "Kanelsneglene skal være klar til butikken kl. 11."}
PLANNED_NEXT_WEEK = 2  # Monday and Tuesday; the rest can be filled as last week with one press
WEEKS_BACK = 3


class Again(NamedTuple):
    """A routine of the demo. Weekdays are written as digits, Monday is 0."""

    task: str
    title: str
    weekdays: str
    clock: int | None
    place: str = ""
    note: str = ""
    every: int = 1
    department: str = WOOD


ROUTINES: tuple[Again, ...] = (
    Again("ca_breakfast", "Gør morgenmad klar", "01234", 8 * 60, "Køkkenet"),
    Again("ca_headcount", "Tæl, hvor mange der spiser", "01234", 9 * 60, "Huset", "Skriv tallet på tavlen før 9.30."),
    Again("ca_dishes", "Opvask efter frokost", "01234", 12 * 60 + 30, "Køkkenet", "Husk filteret i maskinen."),
    Again("ca_clean_kitchen", "Gør køkkenet rent", "24", 13 * 60, "Køkkenet"),
    Again("ca_bread", "Bag rugbrød", "2", 9 * 60, "Køkkenet", "Surdejen sættes om tirsdagen."),
    Again("se_caretaker", "Tøm skrald og sorter pap", "03", 10 * 60, "Gården", department=GARDEN),
    Again("of_vouchers", "Ordn bilag", "2", 10 * 60, "Kontoret", "Dem, der mangler, skrives på en liste."),
    Again("of_lunch", "Frokostordningen: liste og penge", "4", 10 * 60, "Kontoret"),
    Again("of_till", "Tæl kassen op", "4", 14 * 60, "Butikken", "To tæller hver for sig."),
    Again("of_post", "Åbn post og mails", "024", 9 * 60 + 15, "Kontoret"),
    Again("ws_purchase", "Køb ind efter listen", "1", 9 * 60 + 30, "Kontoret"),
    Again("ws_poster", "Opslag på hjemmesiden og til tavlen", "3", None, "Kontoret", every=2),
    Again("ws_site_update", "Se butikkens tekster og billeder efter", "1", None, "Kontoret", every=4),
    Again("ws_display", "Stil varer op i butikken", "03", 9 * 60 + 30, "Butikken", department=GARDEN),
)  # fmt: skip
GIVEN = ("Opvask efter frokost", "Gør morgenmad klar", "Ordn bilag", "Tøm skrald og sorter pap")
LEFT_OUT = "Stil varer op i butikken"
WANTED: tuple[tuple[str, str, str, str, PurchaseFor], ...] = (
    ("opvasketabletter", "1", "pk.", "Købmanden", PurchaseFor.CANTEEN),
    ("kartofler", "4", "kg", "Gårdbutikken", PurchaseFor.CANTEEN),
    ("Printerpapir", "5", "pk.", "Kontorhandlen", PurchaseFor.OFFICE),
    ("Ringbind til bilag", "10", "stk.", "Kontorhandlen", PurchaseFor.OFFICE),
)


def open_the_kitchen(stage: Stage, people: list[Person]) -> None:
    """Everything of the kitchen, the house and the office, and some of its tasks in people's hands."""
    _menu(stage)
    _buy(stage)
    made = {each.title: _begin(stage, each) for each in ROUTINES}
    _what_was_done(stage, made)
    _give(stage, people, made)


def _menu(stage: Stage) -> None:
    ids = {
        name: actions.add_dish(
            stage.session, name=name, note=note, takes=ingredients.parse(takes.replace("; ", "\n"))
        ).id
        for name, takes, note in DISHES
    }
    monday = monday_of(stage.today)
    for day in workdays(monday - timedelta(weeks=WEEKS_BACK), monday + timedelta(days=6 + PLANNED_NEXT_WEEK)):
        breakfast, lunch, baking, *many = MENU[day.weekday()]
        moved = stage.chance.randint(-1, 2)  # nobody counts the same number every week
        chosen = {Meal.BREAKFAST: breakfast, Meal.LUNCH: lunch, Meal.BAKING: baking}
        plan = DayPlan(
            Heads(many[0] + moved, many[1] + moved, many[2]),
            {meal: [ids[name] for name in names.split("|") if name] for meal, names in chosen.items()},
            NOTES.get(day.weekday(), ""),
        )
        actions.plan_day(stage.session, stage.departments[WOOD], day, plan, version=0)


def _buy(stage: Stage) -> None:
    for text, amount, unit, supplier, for_what in WANTED:
        buying.want(
            stage.session,
            Wanted(None, text, Decimal(amount), unit=unit, supplier=supplier),
            once=crypto.new_public_id(),
            now=stage.at(stage.workday(1), 10 * 60),
            by_staff_id=stage.staff_id("mette"),
            for_what=for_what,
        )


def _begin(stage: Stage, again: Again) -> Routine:
    plan = Plan(
        title=again.title,
        task_type_id=stage.tasks[again.task].id,
        department_id=stage.departments[again.department],
        weekdays=tuple(int(each) for each in again.weekdays),
        every_weeks=again.every,
        starts_on=monday_of(stage.today) - timedelta(weeks=WEEKS_BACK),
        start_minute=again.clock,
        place=again.place,
        note=again.note,
    )
    made = routines.add(stage.session, plan, once=crypto.new_public_id(), by_staff_id=stage.staff_id("mette"))
    if made is None:
        raise ValueError(again.title)  # a random word that comes twice
    return made


def _what_was_done(stage: Stage, made: dict[str, Routine]) -> None:
    """The weeks gone by: nearly everything was done, and a thing now and then left out."""
    first, last = monday_of(stage.today) - timedelta(weeks=WEEKS_BACK), stage.today - timedelta(days=1)
    for day in workdays(first, last):
        for routine in made.values():
            if not falls_on(routine, day):
                continue
            if stage.chance.random() < 0.06:
                routines.skip(stage.session, routine, day)
            elif stage.chance.random() < 0.95:
                given = routines.day_to_give(stage.session, routine, day)
                routines.finish_day(stage.session, given.id, now=stage.at(day, 14 * 60))
    left_out = made[LEFT_OUT]
    coming = [day for day in _coming(stage) if falls_on(left_out, day)]
    routines.skip(stage.session, left_out, coming[0])


def _coming(stage: Stage) -> list[date]:
    """The working days from today to the end of next week."""
    return workdays(stage.today, monday_of(stage.today) + timedelta(days=11))


def _give(stage: Stage, people: list[Person], made: dict[str, Routine]) -> None:
    """The first of the days to come are given; the rest waits on the board."""
    here = {key: cycle([each for each in people if each.planned.department == key]) for key in (WOOD, GARDEN)}
    departments = {number: key for key, number in stage.departments.items()}
    for title in GIVEN:
        routine = made[title]
        at = departments[routine.department_id]
        for day in [day for day in _coming(stage) if falls_on(routine, day)][:3]:
            person = next(each for each in here[at] if day.weekday() not in EVERY_DAY or day.weekday() in each.weekdays)
            try:
                tasks.assign(
                    stage.session,
                    citizen=person.citizen,
                    day=day,
                    title=None,
                    order_step_id=None,
                    task_type_id=None,
                    routine_id=routine.id,
                    start_minute=routine.start_minute,
                    now=stage.now,
                    by_staff_id=stage.staff_id("lone" if at == WOOD else "bjarne"),
                )
            except Refusal:
                continue  # their stay ends before that day
