"""Who may open what, written by hand beside the program's own table; and whose things are nobody else's.

`MAY` says which of the people in front of the house hold a permission. It repeats `access.GRANTS` on purpose: a grant
added there by mistake is a difference here. `SCOPED` says for every id in an address whether it is somebody's own.
"""

from __future__ import annotations

from workshop.core.access import Role

EVERYBODY = "everybody"
STAFF = {"workshop", "consultant", "sales", "manager", "auditor", "admin"}
AT_WORK = {"citizen at the tablet", "citizen on their phone"}
STRANGERS = {"anonymous", "customer with a link", "customer with an old link", "closed account", "revoked tablet"}
ACTORS = STAFF | AT_WORK | STRANGERS
WORKS, CONSULTS, SELLS, LEADS = "workshop", "consultant", "sales", "manager"

MAY: dict[str, set[str]] = {
    "public": ACTORS,
    "webhook": ACTORS,  # what is not signed is refused by the view itself
    "half": STAFF,
    "tablet": AT_WORK,
    "kiosk:use": AT_WORK,
    "desk:open": STAFF,
    "item:read": {WORKS, CONSULTS, SELLS, LEADS},
    "item:edit": {WORKS, SELLS},
    "item:price": {WORKS, SELLS},
    "item:approve": {WORKS, SELLS},
    "item:count": {WORKS, SELLS},
    "label:print": {WORKS, SELLS},
    "label:design": {WORKS, SELLS},
    "printer:manage": {WORKS, SELLS},
    "vat:edit": {LEADS},
    "production:read": {WORKS, LEADS},
    "production:edit": {WORKS},
    "repair:handle": {WORKS, SELLS},
    "service:plan": {WORKS, SELLS, LEADS},
    "service:visit": {WORKS, SELLS},
    "service:sell": {SELLS, LEADS},
    "week:read": {WORKS, CONSULTS, LEADS},
    "week:assign": {WORKS},
    "citizen:read": {WORKS, CONSULTS, LEADS},
    "citizen:enrol": {CONSULTS, LEADS},
    "caseload:delegate": {LEADS},
    "record:confirm": {WORKS, CONSULTS},
    "level:adopt": {WORKS, CONSULTS},
    "plan:edit": {WORKS, CONSULTS},
    "pin:release": {WORKS, CONSULTS},
    "sealed:read": {WORKS, CONSULTS, LEADS},
    "log:read": {"auditor"},
    "log:sample": {LEADS},
    "order:read": {SELLS, LEADS},
    "order:handle": {SELLS},
    "order:refund": {SELLS, LEADS},
    "till:sell": {SELLS, LEADS},
    "shop:edit": {SELLS, LEADS},
    "mail:read": {SELLS, LEADS, "admin"},
    "account:manage": {"admin"},
    "device:manage": {"admin"},
    "settings:edit": {"admin"},
}
ROLES = {role.value: role for role in Role if role is not Role.CITIZEN}

# (blueprint, part of the address): whose the thing behind it is. What is not somebody's is the house's own.
CITIZEN, ASSIGNMENT, RECORD = "a citizen", "a task of somebody", "what somebody did"
LINK, SELF = "whoever has its link", "the signed-in person"
OWNED: dict[tuple[str, str], str] = {
    **dict.fromkeys(
        [
            (blueprint, "public_id")
            for blueprint in [
                "citizens",
                "citizen_cards",
                "copies",
                "progression",
                "citizen_phones",
                "editing",
                "enrolling",
                "opening",
                "permits",
                "sealed",
                "seen",
                "stays",
                "suggesting",
            ]
        ],
        CITIZEN,
    ),
    ("progression", "goal_id"): CITIZEN,
    ("progression", "step_id"): CITIZEN,
    ("progression", "talk_id"): CITIZEN,
    ("proofs", "public_id"): CITIZEN,
    ("proofs", "proof_id"): CITIZEN,
    ("mine_proofs", "proof_id"): SELF,
    ("citizen_phones", "phone_id"): CITIZEN,
    ("permits", "permit_id"): CITIZEN,
    ("sealed", "care_id"): CITIZEN,
    ("sealed", "delegation_id"): CITIZEN,
    ("delegating", "public_id"): CITIZEN,
    ("log_samples", "public_id"): CITIZEN,
    ("team", "public_id"): RECORD,
    ("remarks", "public_id"): RECORD,
    ("remarks", "citizen_id"): CITIZEN,
    ("suggesting", "wish_id"): CITIZEN,
    ("helping", "public_id"): CITIZEN,
    ("week", "public_id"): ASSIGNMENT,
    ("kiosk", "public_id"): ASSIGNMENT,
    ("kiosk", "phone_id"): SELF,
    ("mine", "goal_id"): CITIZEN,
    ("mine", "record_id"): CITIZEN,
    ("mine", "step_id"): SELF,
    ("mine", "wish_id"): SELF,
    ("mine", "key"): SELF,
    ("security", "public_id"): SELF,
    **{
        (blueprint, "public_id"): LINK
        for blueprint in [
            "agreement",
            "agreement_calendar",
            "asking",
            "garden_quotes",
            "handed_in",
            "paying",
            "snow_log",
            "accepting",
        ]
    },
    ("orders", "public_id"): LINK,
    ("withdrawing", "public_id"): LINK,
    ("agreement", "visit_id"): LINK,
    ("agreement", "pause_id"): LINK,
    ("agreement", "file"): LINK,
    ("withdrawing", "receipt_id"): LINK,
    ("withdrawing", "file"): LINK,
    **{
        (blueprint, "token"): LINK
        for blueprint in [
            "accepting",
            "agreement",
            "agreement_calendar",
            "asking",
            "garden_quotes",
            "handed_in",
            "orders",
            "own_phone",
            "paying",
            "resets",
            "setup",
        ]
    },
}
# Ids of things that everybody who may open the page shares: goods, orders at the desk, work, the house itself.
SHARED = {
    "accounts", "activities", "adding", "billing", "buying", "canteen", "cards", "citizens", "codes", "counting",
    "competence_links", "competences", "designs", "permit_kinds",
    "garden_job_visits", "garden_jobs", "garden_photos", "garden_plan", "garden_requests", "garden_resources",
    "garden_round", "garden_visit", "garden_withdrawals", "handing_back", "house", "house_prices", "importing",
    "kiosk", "labels", "leaving", "made", "making", "materials", "order_materials", "orders", "parts", "people",
    "phone", "photos", "pictures", "planning", "printers", "product_types", "production", "products",
    "proof_keys", "proofs",
    "quote_answers", "reconciling", "repair_photos", "repair_work", "repairs", "request_photos", "routines",
    "service_area", "service_prices", "services", "services_by_phone", "setup", "setup_departments",
    "setup_workshop", "sheets", "snow", "static", "steps", "stock", "storefront", "stores", "targets", "task_types",
    "team_rounds", "till", "unrecorded", "vat", "visiting", "week", "withdrawing",
}  # fmt: skip
