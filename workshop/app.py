"""The workshop as one program: the floor, then each slice's pages. No rules here."""

from __future__ import annotations

from functools import partial

from flask import Flask

from workshop.accounts import signing
from workshop.accounts.factors.proving import blueprint as proving
from workshop.accounts.factors.second_step import blueprint as second_step
from workshop.accounts.factors.views import blueprint as security
from workshop.accounts.people import handing
from workshop.accounts.people.accepting import blueprint as accepting
from workshop.accounts.people.leaving import blueprint as leaving
from workshop.accounts.people.views import MENU as PEOPLE_MENU
from workshop.accounts.people.views import blueprint as people
from workshop.accounts.resets.views import blueprint as resets
from workshop.accounts.sweeping import sweep as forgetting_tries
from workshop.accounts.views import blueprint as accounts
from workshop.backups import runs as copies
from workshop.backups import views as backups
from workshop.citizens import capacity
from workshop.citizens.calendar.views import MENU as CALENDAR_MENU
from workshop.citizens.calendar.views import blueprint as attendance_calendar
from workshop.citizens.comforts.views import blueprint as comforts
from workshop.citizens.delegating.views import MENU as DELEGATING_MENU
from workshop.citizens.delegating.views import blueprint as delegating
from workshop.citizens.enrolling import actions as enrolling_actions
from workshop.citizens.enrolling.editing import blueprint as editing
from workshop.citizens.enrolling.handing import CitizenCaseloads
from workshop.citizens.enrolling.staying import blueprint as stays
from workshop.citizens.enrolling.views import MENU as ENROLLING_MENU
from workshop.citizens.enrolling.views import blueprint as enrolling
from workshop.citizens.opening import blueprint as opening
from workshop.citizens.phones import blueprint as citizen_phones
from workshop.citizens.views import MENU as CITIZENS_MENU
from workshop.citizens.views import blueprint as citizens
from workshop.core import access, audit, mail
from workshop.core.config import Settings
from workshop.core.i18n import lazy
from workshop.core.jobs import Sweep
from workshop.core.web import MenuEntry, configure_logs, new_app
from workshop.labels.designs.views import MENU as DESIGNS_MENU
from workshop.labels.designs.views import blueprint as designs
from workshop.labels.printers import sending
from workshop.labels.printers.views import MENU as PRINTERS_MENU
from workshop.labels.printers.views import blueprint as printers
from workshop.labels.sheets.views import MENU as SHEETS_MENU
from workshop.labels.sheets.views import blueprint as sheets
from workshop.labels.views import MENU as LABELS_MENU
from workshop.labels.views import blueprint as labels
from workshop.logbook import keeping as log_keeping
from workshop.logbook.sample_views import MENU as LOG_SAMPLES_MENU
from workshop.logbook.sample_views import blueprint as log_samples
from workshop.logbook.seen_views import blueprint as seen
from workshop.logbook.views import MENU as LOG_MENU
from workshop.logbook.views import blueprint as logbook
from workshop.production.buying.views import MENU as BUYING_MENU
from workshop.production.buying.views import blueprint as buying
from workshop.production.canteen.views import MENU as CANTEEN_MENU
from workshop.production.canteen.views import blueprint as canteen
from workshop.production.cards.views import blueprint as cards
from workshop.production.parts.views import MENU as PARTS_MENU
from workshop.production.parts.views import blueprint as parts
from workshop.production.pictures.views import blueprint as pictures
from workshop.production.planning.views import blueprint as planning
from workshop.production.repairs import forgetting
from workshop.production.repairs.handing import blueprint as handing_back
from workshop.production.repairs.owner import blueprint as handed_in
from workshop.production.repairs.pictures import blueprint as repair_photos
from workshop.production.repairs.views import MENU as REPAIRS_MENU
from workshop.production.repairs.views import blueprint as repairs
from workshop.production.repairs.work import blueprint as repair_work
from workshop.production.routines.views import MENU as ROUTINES_MENU
from workshop.production.routines.views import blueprint as routines
from workshop.production.steps.views import blueprint as steps
from workshop.production.stores.of_order import blueprint as order_materials
from workshop.production.stores.views import MENU as STORES_MENU
from workshop.production.stores.views import blueprint as stores
from workshop.production.targets.views import MENU as TARGETS_MENU
from workshop.production.targets.views import blueprint as targets
from workshop.production.types.goods import MENU as PRODUCT_TYPES_MENU
from workshop.production.types.goods import blueprint as product_types
from workshop.production.types.tasks import MENU as TASK_TYPES_MENU
from workshop.production.types.tasks import blueprint as task_types
from workshop.production.views import MENU as PRODUCTION_MENU
from workshop.production.views import blueprint as production
from workshop.products import reductions
from workshop.products.adding.views import MENU as ADDING_MENU
from workshop.products.adding.views import blueprint as adding
from workshop.products.codes.views import MENU as CODES_MENU
from workshop.products.codes.views import blueprint as codes
from workshop.products.counting.views import MENU as COUNTING_MENU
from workshop.products.counting.views import blueprint as counting
from workshop.products.house_prices.views import MENU as HOUSE_PRICES_MENU
from workshop.products.house_prices.views import blueprint as house_prices
from workshop.products.importing.views import MENU as IMPORTING_MENU
from workshop.products.importing.views import blueprint as importing
from workshop.products.materials.views import MENU as MATERIALS_MENU
from workshop.products.materials.views import blueprint as materials
from workshop.products.photos import checking
from workshop.products.photos.views import blueprint as photos
from workshop.products.stock.views import blueprint as stock
from workshop.products.vat.views import MENU as VAT_MENU
from workshop.products.vat.views import blueprint as vat
from workshop.products.views import MENU as PRODUCTS_MENU
from workshop.products.views import blueprint as products
from workshop.progression.cards.views import blueprint as citizen_cards
from workshop.progression.copies.views import blueprint as citizen_copies
from workshop.progression.mine.views import blueprint as mine
from workshop.progression.proofs import keys as proof_signing
from workshop.progression.proofs.mine import blueprint as mine_proofs
from workshop.progression.proofs.public import blueprint as proof_keys
from workshop.progression.proofs.views import blueprint as proofs
from workshop.progression.suggesting.views import blueprint as suggesting
from workshop.progression.unserved.views import blueprint as unserved
from workshop.progression.views import blueprint as progression
from workshop.sealed import keys as sealing
from workshop.sealed.views import blueprint as sealed
from workshop.services.door import Head
from workshop.services.jobs import laying
from workshop.services.jobs.of_visit import blueprint as garden_job_visits
from workshop.services.jobs.views import MENU as GARDEN_JOBS_MENU
from workshop.services.jobs.views import blueprint as garden_jobs
from workshop.services.prices.area import MENU as SERVICE_AREA_MENU
from workshop.services.prices.area import blueprint as service_area
from workshop.services.prices.views import MENU as SERVICE_PRICES_MENU
from workshop.services.prices.views import blueprint as service_prices
from workshop.services.requests import forgetting as forgetting_gardens
from workshop.services.requests import quoting
from workshop.services.requests.pictures import blueprint as request_photos
from workshop.services.requests.views import blueprint as garden_requests
from workshop.services.snow import watching as snow_watching
from workshop.services.snow.views import MENU as SNOW_MENU
from workshop.services.snow.views import blueprint as snow
from workshop.services.visits.board import MENU as GARDEN_MENU
from workshop.services.visits.board import blueprint as garden
from workshop.services.visits.pictures import blueprint as garden_photos
from workshop.services.visits.planning import MENU as GARDEN_PLAN_MENU
from workshop.services.visits.planning import blueprint as garden_plan
from workshop.services.visits.resources import MENU as GARDEN_RESOURCES_MENU
from workshop.services.visits.resources import blueprint as garden_resources
from workshop.services.visits.rounds import MENU as GARDEN_ROUND_MENU
from workshop.services.visits.rounds import blueprint as garden_round
from workshop.services.visits.visiting import blueprint as garden_visit
from workshop.setup import steps as setup_steps
from workshop.setup.catalogue import MENU as SETUP_CATALOGUE_MENU
from workshop.setup.catalogue import blueprint as setup_catalogue
from workshop.setup.departments.views import MENU as DEPARTMENTS_MENU
from workshop.setup.departments.views import blueprint as departments
from workshop.setup.rules.views import MENU as RULES_MENU
from workshop.setup.rules.views import blueprint as setup_rules
from workshop.setup.views import MENU as SETUP_MENU
from workshop.setup.views import blueprint as setup
from workshop.setup.workshop import MENU as IDENTITY_MENU
from workshop.setup.workshop import blueprint as setup_workshop
from workshop.tasks.activities.views import blueprint as activities
from workshop.tasks.competences.links import blueprint as competence_links
from workshop.tasks.competences.views import MENU as COMPETENCES_MENU
from workshop.tasks.competences.views import blueprint as competences
from workshop.tasks.garden import actions as visiting_actions
from workshop.tasks.garden.views import blueprint as visiting
from workshop.tasks.helping.views import MENU as HELPING_MENU
from workshop.tasks.helping.views import blueprint as helping
from workshop.tasks.kiosk import begun
from workshop.tasks.kiosk.own_phone import blueprint as own_phone
from workshop.tasks.kiosk.views import blueprint as kiosk
from workshop.tasks.permits.due import MENU as PERMITS_DUE_MENU
from workshop.tasks.permits.due import blueprint as permits_due
from workshop.tasks.permits.kinds import MENU as PERMIT_KINDS_MENU
from workshop.tasks.permits.kinds import blueprint as permit_kinds
from workshop.tasks.permits.views import blueprint as permits
from workshop.tasks.remarks.views import blueprint as remarks
from workshop.tasks.team.rounds import blueprint as team_rounds
from workshop.tasks.team.views import MENU as TEAM_MENU
from workshop.tasks.team.views import blueprint as team
from workshop.tasks.unrecorded.views import blueprint as unrecorded
from workshop.tasks.week.views import MENU as WEEK_MENU
from workshop.tasks.week.views import blueprint as week

BLUEPRINTS = (
    accounts,
    second_step,
    proving,
    security,
    resets,
    citizen_phones,
    comforts,
    own_phone,
    products,
    adding,
    codes,
    counting,
    stock,
    importing,
    photos,
    house_prices,
    materials,
    vat,
    production,
    steps,
    planning,
    pictures,
    repairs,
    repair_work,
    repair_photos,
    handing_back,
    handed_in,
    parts,
    product_types,
    task_types,
    targets,
    cards,
    stores,
    order_materials,
    buying,
    canteen,
    routines,
    garden,
    garden_plan,
    garden_resources,
    garden_round,
    garden_visit,
    garden_photos,
    snow,
    labels,
    printers,
    designs,
    sheets,
    logbook,
    log_samples,
    seen,
    progression,
    unserved,
    mine,
    citizen_cards,
    citizen_copies,
    proofs,
    mine_proofs,
    proof_keys,
    permits,
    permit_kinds,
    permits_due,
    competences,
    competence_links,
    kiosk,
    helping,
    week,
    activities,
    suggesting,
    visiting,
    team,
    team_rounds,
    remarks,
    unrecorded,
    citizens,
    attendance_calendar,
    opening,
    enrolling,
    editing,
    stays,
    people,
    leaving,
    accepting,
    delegating,
    sealed,
    service_prices,
    service_area,
    request_photos,
    garden_requests,
    garden_jobs,
    garden_job_visits,
    setup,
    setup_workshop,
    setup_catalogue,
    departments,
    setup_rules,
    backups.blueprint,
)
MENU = (
    MenuEntry("admin", lazy("Tabletter"), "accounts.tablets", "scan", "device:manage", order=60),
    *LABELS_MENU,
    *PRINTERS_MENU,
    *DESIGNS_MENU,
    *SHEETS_MENU,
    *PRODUCTS_MENU,
    *ADDING_MENU,
    *CODES_MENU,
    *COUNTING_MENU,
    *IMPORTING_MENU,
    *HOUSE_PRICES_MENU,
    *MATERIALS_MENU,
    *VAT_MENU,
    *PRODUCTION_MENU,
    *REPAIRS_MENU,
    *TARGETS_MENU,
    *PARTS_MENU,
    *PRODUCT_TYPES_MENU,
    *TASK_TYPES_MENU,
    *PERMIT_KINDS_MENU,
    *PERMITS_DUE_MENU,
    *STORES_MENU,
    *BUYING_MENU,
    *CANTEEN_MENU,
    *ROUTINES_MENU,
    *GARDEN_MENU,
    *SNOW_MENU,
    *GARDEN_PLAN_MENU,
    *GARDEN_RESOURCES_MENU,
    *GARDEN_ROUND_MENU,
    *WEEK_MENU,
    *HELPING_MENU,
    *TEAM_MENU,
    *CITIZENS_MENU,
    *CALENDAR_MENU,
    *ENROLLING_MENU,
    *COMPETENCES_MENU,
    *PEOPLE_MENU,
    *LOG_MENU,
    *LOG_SAMPLES_MENU,
    *DELEGATING_MENU,
    *GARDEN_JOBS_MENU,
    *SERVICE_PRICES_MENU,
    *SERVICE_AREA_MENU,
    *SETUP_MENU,
    *IDENTITY_MENU,
    *SETUP_CATALOGUE_MENU,
    *DEPARTMENTS_MENU,
    *RULES_MENU,
    *backups.MENU,
)  # fmt: skip


def create_app(settings: Settings) -> Flask:
    """A workshop without a shop."""
    app = assemble(settings)
    access.check_marks(app)
    return app


def assemble(settings: Settings) -> Flask:
    """The workshop's part, for the shop to build on; the marks are checked when everything is in place."""
    configure_logs(settings.mode)
    app = new_app(settings)
    signing.install(app)
    access.install(app, signing.Signing())
    app.extensions["stays_on_tablet"] |= begun.NAMES
    handing.use(CitizenCaseloads())
    sealing.also(proof_signing.SEALED)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions["menu"].extend(MENU)
    setup_steps.install(app)
    app.extensions["sweeps"].append(Sweep("quotes", quoting.lapse))
    app.extensions["sweeps"].append(Sweep("quotes that run out", partial(quoting.remind, Head.of(settings))))
    app.extensions["sweeps"].append(Sweep("mails", lambda now: mail.send_due(settings, now)))
    app.extensions["sweeps"].append(Sweep("labels", sending.send_due))
    app.extensions["sweeps"].append(Sweep("lapsed before-prices", reductions.sweep))
    app.extensions["sweeps"].append(Sweep("capacity", capacity.sweep))
    app.extensions["sweeps"].append(Sweep("stays that ended", enrolling_actions.sweep))
    app.extensions["sweeps"].append(Sweep("snow forecast", snow_watching.sweep(settings)))
    app.extensions["sweeps"].append(Sweep("people on visits", visiting_actions.follow_visits))
    app.extensions["sweeps"].append(Sweep("owners of old repairs", forgetting.sweep))
    app.extensions["sweeps"].append(Sweep("owners of old gardens", forgetting_gardens.sweep))
    app.extensions["sweeps"].append(Sweep("visits ahead", laying.lay_ahead))
    backups.install(app)
    app.extensions["sweeps"].append(Sweep("copies", copies.sweep(settings)))
    audit.keep_for(settings.log_kept_months)
    app.extensions["sweeps"].append(Sweep("end of the log", log_keeping.anchor_sweep(settings)))
    app.extensions["sweeps"].append(Sweep("old rows of the log", log_keeping.emptying_sweep()))
    app.extensions["sweeps"].append(Sweep("samples of the log", log_keeping.draw_samples))
    app.extensions["sweeps"].append(Sweep("old wrong tries", forgetting_tries))
    app.extensions["sweeps"].append(Sweep("photos", lambda now: checking.sweep(settings, now)))
    return app
