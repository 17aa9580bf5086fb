"""The garden service: requests, quotes, agreements, visits, snow, what is due; who gave a repaired thing back."""

import sqlalchemy as sa
from alembic import op

from workshop.core.db import UtcDateTime
from workshop.core.text import slug

revision = "0005_garden_service"
down_revision = "0004_shop_and_house"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_name", sa.String(length=120), nullable=False),
        sa.Column("customer_email", sa.String(length=254), nullable=False),
        sa.Column("customer_phone", sa.String(length=30), nullable=False),
        sa.Column("company_name", sa.String(length=150), nullable=False),
        sa.Column("cvr", sa.String(length=8), nullable=False),
        sa.Column("gln", sa.String(length=13), nullable=False),
        sa.Column("customer_reference", sa.String(length=80), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=4), nullable=False),
        sa.Column("town", sa.String(length=60), nullable=False),
        sa.Column("latitude_e6", sa.Integer(), nullable=True),
        sa.Column("longitude_e6", sa.Integer(), nullable=True),
        sa.Column("access_note", sa.String(length=300), nullable=False),
        sa.Column("forgotten_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_place")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("service_place") as batch_op:
        batch_op.create_index(batch_op.f("ix_service_place_customer_email"), ["customer_email"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_place_postcode"), ["postcode"], unique=False)

    op.create_table(
        "service_resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "team", "vehicle", "tool", name="resourcekind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("equipment", sa.JSON(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_service_resource_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_resource")),
        sa.UniqueConstraint("name", name=op.f("uq_service_resource_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_service_resource_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("service_resource") as batch_op:
        batch_op.create_index(batch_op.f("ix_service_resource_department_id"), ["department_id"], unique=False)

    op.create_table(
        "service_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "quoted",
                "accepted",
                "declined",
                "refused",
                "lapsed",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("service_kind_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("is_by_phone", sa.Boolean(), nullable=False),
        sa.Column("units", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("height_cm", sa.Integer(), nullable=True),
        sa.Column("sides", sa.Integer(), nullable=True),
        sa.Column("wants_waste", sa.Boolean(), nullable=False),
        sa.Column(
            "wants_recurrence",
            sa.Enum(
                "none",
                "weeks",
                "months",
                "yearly",
                "on_snow",
                name="recurrence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("estimate_ore", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("sides IS NULL OR sides IN (1, 2)", name=op.f("ck_service_request_one_side_or_two")),
        sa.CheckConstraint("units > 0", name=op.f("ck_service_request_units_positive")),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_service_request_by_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["service_place.id"], name=op.f("fk_service_request_place_id_service_place")
        ),
        sa.ForeignKeyConstraint(
            ["service_kind_id"], ["service_kind.id"], name=op.f("fk_service_request_service_kind_id_service_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_request")),
        sa.UniqueConstraint("number", name=op.f("uq_service_request_number")),
        sa.UniqueConstraint("once", name=op.f("uq_service_request_once")),
        sa.UniqueConstraint("public_id", name=op.f("uq_service_request_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("service_request") as batch_op:
        batch_op.create_index(batch_op.f("ix_service_request_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_request_state_created_at"), ["state", "created_at"], unique=False)

    op.create_table(
        "snow_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column(
            "source",
            sa.Enum("hand", "forecast", name="alarmsource", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "called_out",
                "dismissed",
                name="alarmstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("depth_cm", sa.Integer(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("depth_cm >= 1", name=op.f("ck_snow_alarm_some_snow")),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_snow_alarm_by_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snow_alarm")),
        sa.UniqueConstraint("cause", name=op.f("uq_snow_alarm_cause")),
        sa.UniqueConstraint("public_id", name=op.f("uq_snow_alarm_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("snow_alarm") as batch_op:
        batch_op.create_index(batch_op.f("ix_snow_alarm_state_raised_at"), ["state", "raised_at"], unique=False)

    op.create_table(
        "team_member",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_team_member_citizen_id_citizen")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["service_resource.id"], name=op.f("fk_team_member_resource_id_service_resource")
        ),
        sa.PrimaryKeyConstraint("resource_id", "citizen_id", name=op.f("pk_team_member")),
        info={"zone": "D"},
    )
    op.create_table(
        "request_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_request.id"], name=op.f("fk_request_photo_request_id_service_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_photo")),
        sa.UniqueConstraint("name", name=op.f("uq_request_photo_name")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("request_photo") as batch_op:
        batch_op.create_index(batch_op.f("ix_request_photo_request_id"), ["request_id"], unique=False)

    op.create_table(
        "service_quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "accepted",
                "declined",
                "replaced",
                "lapsed",
                name="quotestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum("fixed", "per_unit", name="pricebasis", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "billing",
            sa.Enum(
                "per_visit", "monthly", "season", name="billing", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("units", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("unit_price_ore", sa.Integer(), nullable=True),
        sa.Column("total_ore", sa.Integer(), nullable=False),
        sa.Column(
            "vat_scheme",
            sa.Enum(
                "standard",
                "margin",
                "exempt",
                "outside",
                name="vatscheme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("vat_ore", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("visit_minutes", sa.Integer(), nullable=False),
        sa.Column("crew", sa.Integer(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("may_start_early", sa.Boolean(), nullable=False),
        sa.Column("knows_right_ends", sa.Boolean(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.Column(
            "recurrence",
            sa.Enum(
                "none",
                "weeks",
                "months",
                "yearly",
                "on_snow",
                name="recurrence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("nth", sa.Integer(), nullable=True),
        sa.Column("day_of_month", sa.Integer(), nullable=True),
        sa.Column("year_days", sa.JSON(), nullable=False),
        sa.Column("season_from", sa.String(length=5), nullable=True),
        sa.Column("season_to", sa.String(length=5), nullable=True),
        sa.Column("early_days", sa.Integer(), nullable=False),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("trigger_cm", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("clear_by_minute", sa.Integer(), nullable=True),
        sa.CheckConstraint("total_ore >= 0", name=op.f("ck_service_quote_total_not_negative")),
        sa.CheckConstraint("units > 0", name=op.f("ck_service_quote_units_positive")),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_service_quote_by_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_request.id"], name=op.f("fk_service_quote_request_id_service_request")
        ),
        sa.ForeignKeyConstraint(
            ["terms_version"], ["terms.version"], name=op.f("fk_service_quote_terms_version_terms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_quote")),
        sa.UniqueConstraint("public_id", name=op.f("uq_service_quote_public_id")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_service_quote_request_id_number")),
        info={"zone": "W"},
    )
    op.create_table(
        "service_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("service_kind_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active", "ended", "withdrawn", name="jobstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("equipment", sa.JSON(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum("fixed", "per_unit", name="pricebasis", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "billing",
            sa.Enum(
                "per_visit", "monthly", "season", name="billing", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("units", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("unit_price_ore", sa.Integer(), nullable=True),
        sa.Column("total_ore", sa.Integer(), nullable=False),
        sa.Column(
            "vat_scheme",
            sa.Enum(
                "standard",
                "margin",
                "exempt",
                "outside",
                name="vatscheme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("visit_minutes", sa.Integer(), nullable=False),
        sa.Column("crew", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("laid_until", sa.Date(), nullable=True),
        sa.Column("agreed_at", UtcDateTime(), nullable=False),
        sa.Column("may_start_early", sa.Boolean(), nullable=False),
        sa.Column("knows_right_ends", sa.Boolean(), nullable=False),
        sa.Column("withdraw_until", sa.Date(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "recurrence",
            sa.Enum(
                "none",
                "weeks",
                "months",
                "yearly",
                "on_snow",
                name="recurrence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("nth", sa.Integer(), nullable=True),
        sa.Column("day_of_month", sa.Integer(), nullable=True),
        sa.Column("year_days", sa.JSON(), nullable=False),
        sa.Column("season_from", sa.String(length=5), nullable=True),
        sa.Column("season_to", sa.String(length=5), nullable=True),
        sa.Column("early_days", sa.Integer(), nullable=False),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("trigger_cm", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("clear_by_minute", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["service_place.id"], name=op.f("fk_service_job_place_id_service_place")),
        sa.ForeignKeyConstraint(["quote_id"], ["service_quote.id"], name=op.f("fk_service_job_quote_id_service_quote")),
        sa.ForeignKeyConstraint(
            ["service_kind_id"], ["service_kind.id"], name=op.f("fk_service_job_service_kind_id_service_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_job")),
        sa.UniqueConstraint("number", name=op.f("uq_service_job_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_service_job_public_id")),
        sa.UniqueConstraint("quote_id", name=op.f("uq_service_job_quote_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("service_job") as batch_op:
        batch_op.create_index(batch_op.f("ix_service_job_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_job_state_ends_on"), ["state", "ends_on"], unique=False)

    op.create_table(
        "service_quote_line",
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=150), nullable=False),
        sa.Column("amount_ore", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["service_quote.id"], name=op.f("fk_service_quote_line_quote_id_service_quote")
        ),
        sa.PrimaryKeyConstraint("quote_id", "position", name=op.f("pk_service_quote_line")),
        info={"zone": "W"},
    )
    op.create_table(
        "job_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_job_pause_from_before_to")),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_job_pause_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["job_id"], ["service_job.id"], name=op.f("fk_job_pause_job_id_service_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_pause")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_pause_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("job_pause") as batch_op:
        batch_op.create_index(batch_op.f("ix_job_pause_job_id"), ["job_id"], unique=False)

    op.create_table(
        "service_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("original_on", sa.Date(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("start_minute", sa.Integer(), nullable=True),
        sa.Column("is_second_pass", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "planned",
                "on_the_way",
                "started",
                "done",
                "cancelled",
                "not_done",
                name="visitstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_moved", sa.Boolean(), nullable=False),
        sa.Column("snow_alarm_id", sa.Integer(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("on_way_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("units_done", sa.Numeric(precision=9, scale=2), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state != 'done' OR done_at IS NOT NULL", name=op.f("ck_service_visit_done_has_its_time")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_service_visit_minutes_positive")),
        sa.CheckConstraint(
            "start_minute IS NULL OR start_minute BETWEEN 0 AND 1439", name=op.f("ck_service_visit_start_within_a_day")
        ),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_service_visit_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["job_id"], ["service_job.id"], name=op.f("fk_service_visit_job_id_service_job")),
        sa.ForeignKeyConstraint(
            ["snow_alarm_id"], ["snow_alarm.id"], name=op.f("fk_service_visit_snow_alarm_id_snow_alarm")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_visit")),
        sa.UniqueConstraint("job_id", "occasion", name=op.f("uq_service_visit_job_id_occasion")),
        sa.UniqueConstraint("public_id", name=op.f("uq_service_visit_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("service_visit") as batch_op:
        batch_op.create_index(batch_op.f("ix_service_visit_day_state"), ["day", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_visit_snow_alarm_id"), ["snow_alarm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_visit_state_day"), ["state", "day"], unique=False)

    op.create_table(
        "booked_quarter",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["service_resource.id"], name=op.f("fk_booked_quarter_resource_id_service_resource")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["service_visit.id"], name=op.f("fk_booked_quarter_visit_id_service_visit")
        ),
        sa.PrimaryKeyConstraint("resource_id", "starts_at", name=op.f("pk_booked_quarter")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("booked_quarter") as batch_op:
        batch_op.create_index(batch_op.f("ix_booked_quarter_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "service_charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("amount_ore", sa.Integer(), nullable=False),
        sa.Column(
            "vat_scheme",
            sa.Enum(
                "standard",
                "margin",
                "exempt",
                "outside",
                name="vatscheme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("vat_ore", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due", "paid", "cancelled", name="chargestate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        sa.Column(
            "paid_means",
            sa.Enum(
                "cash",
                "mobilepay",
                "card",
                "invoice",
                name="paymeans",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state != 'paid' OR paid_at IS NOT NULL", name=op.f("ck_service_charge_paid_has_its_time")),
        sa.CheckConstraint("amount_ore >= 0", name=op.f("ck_service_charge_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_service_charge_by_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["service_job.id"], name=op.f("fk_service_charge_job_id_service_job")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["service_visit.id"], name=op.f("fk_service_charge_visit_id_service_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_charge")),
        sa.UniqueConstraint("job_id", "cause", name=op.f("uq_service_charge_job_id_cause")),
        sa.UniqueConstraint("number", name=op.f("uq_service_charge_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_service_charge_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("service_charge") as batch_op:
        batch_op.create_index(batch_op.f("ix_service_charge_state_made_at"), ["state", "made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_charge_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "visit_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_visit_material_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["service_visit.id"], name=op.f("fk_visit_material_visit_id_service_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_material")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("visit_material") as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_material_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "visit_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum("before", "after", name="visitphase", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_visit_photo_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["visit_id"], ["service_visit.id"], name=op.f("fk_visit_photo_visit_id_service_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_photo")),
        sa.UniqueConstraint("name", name=op.f("uq_visit_photo_name")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("visit_photo") as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_photo_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "visit_resource",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["service_resource.id"], name=op.f("fk_visit_resource_resource_id_service_resource")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["service_visit.id"], name=op.f("fk_visit_resource_visit_id_service_visit")
        ),
        sa.PrimaryKeyConstraint("visit_id", "resource_id", name=op.f("pk_visit_resource")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("visit_resource") as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_resource_resource_id"), ["resource_id"], unique=False)

    with op.batch_alter_table("assignment") as batch_op:
        batch_op.add_column(sa.Column("visit_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_assignment_visit_id"), ["visit_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_assignment_visit_id_service_visit"), "service_visit", ["visit_id"], ["id"]
        )

    with op.batch_alter_table("customer_order") as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_order_basket_id"), ["basket_id"], unique=False)

    with op.batch_alter_table("item") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_item_state_category_size_class_origin_price_ore_quantity"),
            ["state", "category", "size_class", "origin", "price_ore", "quantity"],
            unique=False,
        )

    with op.batch_alter_table("postcode") as batch_op:
        batch_op.add_column(sa.Column("latitude_e6", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("longitude_e6", sa.Integer(), nullable=True))

    with op.batch_alter_table("repair_job") as batch_op:
        batch_op.add_column(sa.Column("handed_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_repair_job_handed_by_id_staff"), "staff", ["handed_by_id"], ["account_id"]
        )

    with op.batch_alter_table("service_kind") as batch_op:
        batch_op.add_column(sa.Column("slug", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("one_side_pct", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "vat_scheme",
                sa.Enum(
                    "standard",
                    "margin",
                    "exempt",
                    "outside",
                    name="vatscheme",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=False,
                server_default="standard",
            )
        )
        batch_op.add_column(sa.Column("is_offered", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    _give_addresses()
    with op.batch_alter_table("service_kind") as batch_op:
        batch_op.alter_column("slug", existing_type=sa.String(length=60), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_service_kind_slug"), ["slug"])

    with op.batch_alter_table("task_record") as batch_op:
        batch_op.add_column(sa.Column("visit_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_task_record_visit_id"), ["visit_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_task_record_visit_id_service_visit"), "service_visit", ["visit_id"], ["id"]
        )

    with op.batch_alter_table("withdrawal") as batch_op:
        batch_op.add_column(sa.Column("service_job_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_withdrawal_service_job_id"), ["service_job_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_withdrawal_service_job_id_service_job"), "service_job", ["service_job_id"], ["id"]
        )


def _give_addresses() -> None:
    """The word in a service's address, from its name; loading the catalogue says the same."""
    kinds = sa.table(
        "service_kind", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("slug", sa.String)
    )
    bind = op.get_bind()
    for number, name in bind.execute(sa.select(kinds.c.id, kinds.c.name)).all():
        bind.execute(sa.update(kinds).where(kinds.c.id == number).values(slug=slug(name)))


def downgrade() -> None:
    with op.batch_alter_table("withdrawal") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_withdrawal_service_job_id_service_job"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_withdrawal_service_job_id"))
        batch_op.drop_column("service_job_id")

    with op.batch_alter_table("task_record") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_task_record_visit_id_service_visit"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_task_record_visit_id"))
        batch_op.drop_column("visit_id")

    with op.batch_alter_table("service_kind") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_service_kind_slug"), type_="unique")
        batch_op.drop_column("version")
        batch_op.drop_column("is_offered")
        batch_op.drop_constraint(batch_op.f("ck_service_kind_vatscheme"), type_="check")
        batch_op.drop_column("vat_scheme")
        batch_op.drop_column("one_side_pct")
        batch_op.drop_column("slug")

    with op.batch_alter_table("repair_job") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_repair_job_handed_by_id_staff"), type_="foreignkey")
        batch_op.drop_column("handed_by_id")

    with op.batch_alter_table("postcode") as batch_op:
        batch_op.drop_column("longitude_e6")
        batch_op.drop_column("latitude_e6")

    with op.batch_alter_table("item") as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_state_category_size_class_origin_price_ore_quantity"))

    with op.batch_alter_table("customer_order") as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_order_basket_id"))

    with op.batch_alter_table("assignment") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_assignment_visit_id_service_visit"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_assignment_visit_id"))
        batch_op.drop_column("visit_id")

    with op.batch_alter_table("visit_resource") as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_resource_resource_id"))

    op.drop_table("visit_resource")
    with op.batch_alter_table("visit_photo") as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_photo_visit_id"))

    op.drop_table("visit_photo")
    with op.batch_alter_table("visit_material") as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_material_visit_id"))

    op.drop_table("visit_material")
    with op.batch_alter_table("service_charge") as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_charge_visit_id"))
        batch_op.drop_index(batch_op.f("ix_service_charge_state_made_at"))

    op.drop_table("service_charge")
    with op.batch_alter_table("booked_quarter") as batch_op:
        batch_op.drop_index(batch_op.f("ix_booked_quarter_visit_id"))

    op.drop_table("booked_quarter")
    with op.batch_alter_table("service_visit") as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_visit_state_day"))
        batch_op.drop_index(batch_op.f("ix_service_visit_snow_alarm_id"))
        batch_op.drop_index(batch_op.f("ix_service_visit_day_state"))

    op.drop_table("service_visit")
    with op.batch_alter_table("job_pause") as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_pause_job_id"))

    op.drop_table("job_pause")
    op.drop_table("service_quote_line")
    with op.batch_alter_table("service_job") as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_job_state_ends_on"))
        batch_op.drop_index(batch_op.f("ix_service_job_place_id"))

    op.drop_table("service_job")
    op.drop_table("service_quote")
    with op.batch_alter_table("request_photo") as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_photo_request_id"))

    op.drop_table("request_photo")
    op.drop_table("team_member")
    with op.batch_alter_table("snow_alarm") as batch_op:
        batch_op.drop_index(batch_op.f("ix_snow_alarm_state_raised_at"))

    op.drop_table("snow_alarm")
    with op.batch_alter_table("service_request") as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_request_state_created_at"))
        batch_op.drop_index(batch_op.f("ix_service_request_place_id"))

    op.drop_table("service_request")
    with op.batch_alter_table("service_resource") as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_resource_department_id"))

    op.drop_table("service_resource")
    with op.batch_alter_table("service_place") as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_place_postcode"))
        batch_op.drop_index(batch_op.f("ix_service_place_customer_email"))

    op.drop_table("service_place")
