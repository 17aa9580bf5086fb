"""What the starter's tasks ask for beside the files: tools to have at hand, and permits for what can hurt."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.production.models import TaskType
from workshop.production.types.models import PermitKind, TaskTypePermit

SAWS, ROUTERS, SANDERS = "Må bruge kap- og rundsav", "Må bruge overfræser", "Må bruge slibemaskine"
DRILLS, STAPLERS = "Må bruge bore- og skruemaskine", "Må bruge klammepistol"
HEAT, MOWERS = "Må bruge varmluftpistol", "Må bruge motoriserede haveredskaber"
SPLITTER, LIFT, VAN = "Må bruge trækløver", "Må bruge donkraft og lift", "Må køre værkstedets bil"
PERMITS = (SAWS, ROUTERS, SANDERS, DRILLS, STAPLERS, HEAT, MOWERS, SPLITTER, LIFT, VAN)

TOOLS: dict[str, tuple[str, ...]] = {
    "gf_design": ("blyant", "lineal", "målebånd"),
    "gf_choose_wood": ("fugtmåler", "målebånd"),
    "gf_measure": ("målebånd", "vinkel", "tømrerblyant"),
    "gf_saw": ("kapsav", "anslag", "målebånd"),
    "gf_drill": ("boremaskine", "bor 4 mm", "boreskabelon"),
    "gf_sand": ("excentersliber", "slibepapir 80, 120 og 180", "støvsuger"),
    "gf_assemble": ("skruemaskine", "tvinger", "vinkel"),
    "gf_assemble_planter": ("skruemaskine", "tvinger", "hæftepistol til dug"),
    "gf_finish": ("pensler", "olie eller maling", "klude"),
    "gf_check": ("målebånd", "vaterpas"),
    "re_assess": ("lommelygte", "målebånd", "kamera"),
    "re_clean": ("spand", "svamp", "brun sæbe"),
    "re_strip": ("varmluftpistol", "skraber", "stålbørste"),
    "re_sand": ("rystepudser", "slibepapir 120 og 180", "støvsuger"),
    "re_repair": ("trælim", "tvinger", "gummihammer"),
    "re_fill": ("spartel", "træspartel"),
    "re_paint": ("pensler", "lakrulle", "afdækningstape"),
    "re_wax": ("fnugfri klude", "voks eller olie"),
    "re_upholster": ("klammepistol", "saks", "skumplade"),
    "pa_sort": ("sækkevogn", "målebånd"),
    "pa_dismantle": ("koben", "hammer", "bajonetsav"),
    "pa_denail": ("knibtang", "hammer", "magnet"),
    "pa_saw": ("kapsav", "målebånd", "vinkel"),
    "pa_sand": ("excentersliber", "slibepapir 60, 80 og 120", "støvsuger"),
    "pa_build_furniture": ("skruemaskine", "tvinger", "målebånd"),
    "pa_build_shelf": ("skruemaskine", "vaterpas", "vinkel"),
    "pa_small": ("dekupørsav", "slibepapir", "trælim"),
    "pa_finish": ("pensler", "olie eller maling", "klude"),
    "pa_kindling": ("kløvejern", "hammer", "net og sække"),
    "ve_bike_check": ("pumpe", "unbrakonøgler"),
    "ve_puncture": ("dækjern", "lappegrej", "pumpe"),
    "ve_brakes_gears": ("unbrakonøgler", "skruetrækkere", "bidetang"),
    "ve_bike_clean": ("børster", "affedter", "kædeolie"),
    "ve_wheels": ("dækjern", "topnøgler", "pumpe"),
    "ve_moped": ("topnøgler", "tændrørsnøgle", "arbejdsstand"),
    "ve_car_clean": ("støvsuger", "svamp", "klude"),
    "ve_car_check": ("dæktryksmåler", "klude"),
    "se_hedge": ("hækkeklipper", "stige", "rive"),
    "se_lawn": ("plæneklipper", "rive"),
    "se_weeding": ("lugejern", "spand"),
    "se_planting": ("spade", "vandkande"),
    "se_leaves": ("rive", "trillebør"),
    "se_snow": ("sneskovl", "kost"),
    "se_grit": ("spand", "skovl"),
    "se_caretaker": ("værktøjskasse", "stige"),
    "lo_load": ("sækkevogn", "spændebånd", "tæpper"),
    "lo_drive": ("navigation", "spændebånd"),
    "lo_print_labels": ("labelprinter",),
    "ca_bread": ("røremaskine", "bageplader"),
    "ca_vegetables": ("grøntsagskniv", "skærebræt"),
}  # fmt: skip

ASKED: dict[str, tuple[str, ...]] = {
    "gf_saw": (SAWS,),
    "pa_saw": (SAWS,),
    "gf_drill": (DRILLS,),
    "gf_sand": (SANDERS,),
    "re_sand": (SANDERS,),
    "pa_sand": (SANDERS,),
    "gf_assemble": (DRILLS,),
    "gf_assemble_planter": (DRILLS,),
    "pa_build_furniture": (DRILLS,),
    "pa_build_shelf": (DRILLS,),
    "re_strip": (HEAT,),
    "re_upholster": (STAPLERS,),
    "pa_kindling": (SPLITTER,),
    "ve_moped": (LIFT,),
    "se_hedge": (MOWERS,),
    "se_lawn": (MOWERS,),
    "lo_drive": (VAN,),
}


def store_tools(session: Session) -> None:
    """Give tasks that say nothing of tools or permits the usual ones; what the workshop has said itself stands."""
    tasks = {task.key: task for task in session.scalars(sa.select(TaskType))}
    known = {each.name: each for each in session.scalars(sa.select(PermitKind))}
    has_permits = set(session.scalars(sa.select(TaskTypePermit.task_type_id)))
    is_first = not known
    for name in PERMITS if is_first else ():
        known[name] = PermitKind(name=name)
        session.add(known[name])
    session.flush()
    for key, task in tasks.items():
        if not task.tools and task.version == 1:
            task.tools = list(TOOLS.get(key, ()))
        if is_first and task.id not in has_permits:
            session.add_all(
                TaskTypePermit(task_type_id=task.id, permit_kind_id=known[name].id) for name in ASKED.get(key, ())
            )
    session.flush()
