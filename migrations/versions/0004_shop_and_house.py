"""Things that come in, the kitchen, routines, permits; what is made for a customer, delivery, withdrawal, the till."""

import sqlalchemy as sa
from alembic import op

from workshop.core.db import UtcDateTime

revision = "0004_shop_and_house"
down_revision = "0003_making"
branch_labels = None
depends_on = None

PAY_WAYS_BEFORE = "'card', 'at_pickup'"
PAY_WAYS = f"{PAY_WAYS_BEFORE}, 'prepaid'"
SOURCES_BEFORE = "'shop', 'stock', 'idea', 'other'"
SOURCES = "'shop', 'stock', 'idea', 'repair', 'other'"


def upgrade() -> None:
    op.create_table(
        "dish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dish")),
        sa.UniqueConstraint("name", name=op.f("uq_dish_name")),
        info={"zone": "W"},
    )
    op.create_table(
        "opening_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "fulfilment",
            sa.Enum("pickup", "delivery", name="fulfilment", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440",
            name=op.f("ck_opening_slot_within_a_day"),
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_slot_weekday_of_week")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_slot")),
        sa.UniqueConstraint(
            "fulfilment", "weekday", "from_minute", name=op.f("uq_opening_slot_fulfilment_weekday_from_minute")
        ),
        info={"zone": "W"},
    )
    op.create_table(
        "permit_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit_kind")),
        sa.UniqueConstraint("name", name=op.f("uq_permit_kind_name")),
        info={"zone": "W"},
    )
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("ran_at", UtcDateTime(), nullable=False),
        sa.Column("payments_seen", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("reconciliation") as batch_op:
        batch_op.create_index(batch_op.f("ix_reconciliation_ran_at"), ["ran_at"], unique=False)

    op.create_table(
        "basket_making",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("basket_id", sa.Integer(), nullable=False),
        sa.Column("product_type_id", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("own_length_cm", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_basket_making_at_least_one")),
        sa.ForeignKeyConstraint(
            ["basket_id"], ["basket.id"], name=op.f("fk_basket_making_basket_id_basket"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_type_id"], ["product_type.id"], name=op.f("fk_basket_making_product_type_id_product_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket_making")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("basket_making") as batch_op:
        batch_op.create_index(batch_op.f("ix_basket_making_basket_id"), ["basket_id"], unique=False)

    op.create_table(
        "dish_ingredient",
        sa.Column("dish_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=100), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_dish_ingredient_quantity_positive")),
        sa.ForeignKeyConstraint(["dish_id"], ["dish.id"], name=op.f("fk_dish_ingredient_dish_id_dish")),
        sa.PrimaryKeyConstraint("dish_id", "position", name=op.f("pk_dish_ingredient")),
        info={"zone": "W"},
    )
    op.create_table(
        "meal_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("breakfast_count", sa.Integer(), nullable=False),
        sa.Column("lunch_count", sa.Integer(), nullable=False),
        sa.Column("baking_count", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "breakfast_count >= 0 AND lunch_count >= 0 AND baking_count >= 0", name=op.f("ck_meal_day_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_meal_day_department_id_department")
        ),
        sa.PrimaryKeyConstraint("day", "department_id", name=op.f("pk_meal_day")),
        info={"zone": "W"},
    )
    op.create_table(
        "wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("product_type_id", sa.Integer(), nullable=True),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_type_id"], ["product_type.id"], name=op.f("fk_wish_product_type_id_product_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_wish_link_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_wish_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("wish") as batch_op:
        batch_op.create_index(batch_op.f("ix_wish_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_wish_told_at_confirmed_at"), ["told_at", "confirmed_at"], unique=False)

    op.create_table(
        "closed_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_closed_day_by_staff_id_staff")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closed_day")),
        info={"zone": "W"},
    )
    op.create_table(
        "meal_dish",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column(
            "meal",
            sa.Enum("breakfast", "lunch", "baking", name="meal", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("dish_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["day", "department_id"],
            ["meal_day.day", "meal_day.department_id"],
            name=op.f("fk_meal_dish_day_department_id_meal_day"),
        ),
        sa.ForeignKeyConstraint(["dish_id"], ["dish.id"], name=op.f("fk_meal_dish_dish_id_dish")),
        sa.PrimaryKeyConstraint("day", "department_id", "meal", "dish_id", name=op.f("pk_meal_dish")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("meal_dish") as batch_op:
        batch_op.create_index(batch_op.f("ix_meal_dish_dish_id"), ["dish_id"], unique=False)

    op.create_table(
        "payment_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "money_without_order",
                "order_without_money",
                "amount_differs",
                "state_differs",
                name="findingkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("object_id", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_payment_finding_by_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_finding")),
        sa.UniqueConstraint("kind", "object_id", name=op.f("uq_payment_finding_kind_object_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payment_finding_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("payment_finding") as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_finding_settled_at"), ["settled_at"], unique=False)

    op.create_table(
        "routine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("task_type_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("start_minute", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("every_weeks BETWEEN 1 AND 12", name=op.f("ck_routine_every_weeks_sensible")),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_routine_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_routine_department_id_department")),
        sa.ForeignKeyConstraint(["task_type_id"], ["task_type.id"], name=op.f("fk_routine_task_type_id_task_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routine")),
        sa.UniqueConstraint("public_id", name=op.f("uq_routine_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("routine") as batch_op:
        batch_op.create_index(batch_op.f("ix_routine_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_routine_task_type_id"), ["task_type_id"], unique=False)

    op.create_table(
        "shop_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("product_type_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_shop_question_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_shop_question_item_id_item")),
        sa.ForeignKeyConstraint(
            ["product_type_id"], ["product_type.id"], name=op.f("fk_shop_question_product_type_id_product_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_question")),
        sa.UniqueConstraint("once", name=op.f("uq_shop_question_once")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_question_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("shop_question") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shop_question_answered_at_asked_at"), ["answered_at", "asked_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_shop_question_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_shop_question_item_id"), ["item_id"], unique=False)

    op.create_table(
        "shop_text",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_shop_text_by_staff_id_staff")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_shop_text")),
        info={"zone": "W"},
    )
    op.create_table(
        "task_type_permit",
        sa.Column("task_type_id", sa.Integer(), nullable=False),
        sa.Column("permit_kind_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permit_kind_id"], ["permit_kind.id"], name=op.f("fk_task_type_permit_permit_kind_id_permit_kind")
        ),
        sa.ForeignKeyConstraint(
            ["task_type_id"], ["task_type.id"], name=op.f("fk_task_type_permit_task_type_id_task_type")
        ),
        sa.PrimaryKeyConstraint("task_type_id", "permit_kind_id", name=op.f("pk_task_type_permit")),
        info={"zone": "W"},
    )
    op.create_table(
        "task_type_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_type_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt_text", sa.String(length=200), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_task_type_picture_by_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["task_type_id"], ["task_type.id"], name=op.f("fk_task_type_picture_task_type_id_task_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_type_picture")),
        sa.UniqueConstraint("name", name=op.f("uq_task_type_picture_name")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("task_type_picture") as batch_op:
        batch_op.create_index(batch_op.f("ix_task_type_picture_task_type_id"), ["task_type_id"], unique=False)

    op.create_table(
        "terms",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_terms_by_staff_id_staff")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_terms")),
        info={"zone": "W"},
    )
    op.create_table(
        "till_sale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column(
            "means",
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
            nullable=False,
        ),
        sa.Column("total_ore", sa.Integer(), nullable=False),
        sa.Column("vat_ore", sa.Integer(), nullable=False),
        sa.Column("receipt_email", sa.String(length=254), nullable=False),
        sa.Column("sold_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_till_sale_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["staff.account_id"], name=op.f("fk_till_sale_undone_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_sale")),
        sa.UniqueConstraint("number", name=op.f("uq_till_sale_number")),
        sa.UniqueConstraint("once", name=op.f("uq_till_sale_once")),
        sa.UniqueConstraint("public_id", name=op.f("uq_till_sale_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("till_sale") as batch_op:
        batch_op.create_index(batch_op.f("ix_till_sale_sold_at"), ["sold_at"], unique=False)

    op.create_table(
        "repair_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "furniture",
                "bicycle",
                "moped",
                "car",
                "other",
                name="jobkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "whose",
            sa.Enum(
                "bought", "donated", "customer", name="whose", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "assessed",
                "agreed",
                "done",
                "handed_back",
                "kept",
                "declined",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("marks", sa.String(length=120), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("owner_name", sa.String(length=120), nullable=False),
        sa.Column("owner_email", sa.String(length=254), nullable=False),
        sa.Column("owner_phone", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("quoted_ore", sa.Integer(), nullable=True),
        sa.Column("quote_until", sa.Date(), nullable=True),
        sa.Column("price_ore", sa.Integer(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("test_note", sa.String(length=300), nullable=False),
        sa.Column("tested_at", UtcDateTime(), nullable=True),
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
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("assessed_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "whose != 'customer' OR item_id IS NULL", name=op.f("ck_repair_job_customers_own_is_never_ours")
        ),
        sa.CheckConstraint("price_ore IS NULL OR price_ore >= 0", name=op.f("ck_repair_job_price_not_negative")),
        sa.CheckConstraint("quoted_ore IS NULL OR quoted_ore >= 0", name=op.f("ck_repair_job_quote_not_negative")),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_repair_job_by_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_repair_job_department_id_department")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_repair_job_item_id_item")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["production_order.id"], name=op.f("fk_repair_job_order_id_production_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_job")),
        sa.UniqueConstraint("code", name=op.f("uq_repair_job_code")),
        sa.UniqueConstraint("item_id", name=op.f("uq_repair_job_item_id")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_repair_job_link_hash")),
        sa.UniqueConstraint("number", name=op.f("uq_repair_job_number")),
        sa.UniqueConstraint("order_id", name=op.f("uq_repair_job_order_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_repair_job_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("repair_job") as batch_op:
        batch_op.create_index(batch_op.f("ix_repair_job_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repair_job_state_received_at"), ["state", "received_at"], unique=False)

    op.create_table(
        "routine_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("routine_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due", "done", "skipped", name="routinedaystate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["routine_id"], ["routine.id"], name=op.f("fk_routine_day_routine_id_routine")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routine_day")),
        sa.UniqueConstraint("public_id", name=op.f("uq_routine_day_public_id")),
        sa.UniqueConstraint("routine_id", "day", name=op.f("uq_routine_day_routine_id_day")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("routine_day") as batch_op:
        batch_op.create_index(batch_op.f("ix_routine_day_day"), ["day"], unique=False)

    op.create_table(
        "till_sale_line",
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_ore", sa.Integer(), nullable=False),
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
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_till_sale_line_at_least_one")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_till_sale_line_item_id_item")),
        sa.ForeignKeyConstraint(["sale_id"], ["till_sale.id"], name=op.f("fk_till_sale_line_sale_id_till_sale")),
        sa.PrimaryKeyConstraint("sale_id", "position", name=op.f("pk_till_sale_line")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("till_sale_line") as batch_op:
        batch_op.create_index(batch_op.f("ix_till_sale_line_item_id"), ["item_id"], unique=False)

    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "closed",
                name="complaintstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_complaint_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_complaint_order_id_customer_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("public_id", name=op.f("uq_complaint_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("complaint") as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_state_at"), ["state", "at"], unique=False)

    op.create_table(
        "repair_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=150), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("unit_price_ore", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_repair_part_quantity_positive")),
        sa.CheckConstraint("unit_price_ore >= 0", name=op.f("ck_repair_part_price_not_negative")),
        sa.ForeignKeyConstraint(["job_id"], ["repair_job.id"], name=op.f("fk_repair_part_job_id_repair_job")),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_repair_part_material_id_material")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_part")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("repair_part") as batch_op:
        batch_op.create_index(batch_op.f("ix_repair_part_job_id"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repair_part_material_id"), ["material_id"], unique=False)

    op.create_table(
        "repair_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum("before", "after", name="photophase", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt_text", sa.String(length=200), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_repair_photo_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["job_id"], ["repair_job.id"], name=op.f("fk_repair_photo_job_id_repair_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_photo")),
        sa.UniqueConstraint("name", name=op.f("uq_repair_photo_name")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("repair_photo") as batch_op:
        batch_op.create_index(batch_op.f("ix_repair_photo_job_id"), ["job_id"], unique=False)

    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("order_number", sa.String(length=30), nullable=False),
        sa.Column("lines_text", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "settled",
                "refused",
                name="withdrawalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_withdrawal_by_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_withdrawal_order_id_customer_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("once", name=op.f("uq_withdrawal_once")),
        sa.UniqueConstraint("public_id", name=op.f("uq_withdrawal_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("withdrawal") as batch_op:
        batch_op.create_index(batch_op.f("ix_withdrawal_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_withdrawal_state_received_at"), ["state", "received_at"], unique=False)

    op.create_table(
        "line_item",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_line_item_at_least_one")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_line_item_item_id_item")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_line_item_order_line_id_order_line")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_line_item")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("line_item") as batch_op:
        batch_op.create_index(batch_op.f("ix_line_item_order_line_id"), ["order_line_id"], unique=False)

    op.create_table(
        "line_making",
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("production_order_id", sa.Integer(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_line_making_by_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_line_making_order_line_id_order_line")
        ),
        sa.ForeignKeyConstraint(
            ["production_order_id"],
            ["production_order.id"],
            name=op.f("fk_line_making_production_order_id_production_order"),
        ),
        sa.PrimaryKeyConstraint("order_line_id", name=op.f("pk_line_making")),
        sa.UniqueConstraint("production_order_id", name=op.f("uq_line_making_production_order_id")),
        info={"zone": "W"},
    )
    op.create_table(
        "refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("withdrawal_id", sa.Integer(), nullable=True),
        sa.Column("amount_ore", sa.Integer(), nullable=False),
        sa.Column("delivery_ore", sa.Integer(), nullable=False),
        sa.Column("vat_ore", sa.Integer(), nullable=False),
        sa.Column(
            "means",
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
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_ore > 0", name=op.f("ck_refund_amount_positive")),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_refund_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_refund_order_id_customer_order")),
        sa.ForeignKeyConstraint(["withdrawal_id"], ["withdrawal.id"], name=op.f("fk_refund_withdrawal_id_withdrawal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("once", name=op.f("uq_refund_once")),
        sa.UniqueConstraint("public_id", name=op.f("uq_refund_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("refund") as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_withdrawal_id"), ["withdrawal_id"], unique=False)

    op.create_table(
        "withdrawal_line",
        sa.Column("withdrawal_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_withdrawal_line_at_least_one")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_withdrawal_line_order_line_id_order_line")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"], ["withdrawal.id"], name=op.f("fk_withdrawal_line_withdrawal_id_withdrawal")
        ),
        sa.PrimaryKeyConstraint("withdrawal_id", "order_line_id", name=op.f("pk_withdrawal_line")),
        info={"zone": "W"},
    )
    op.create_table(
        "refund_line",
        sa.Column("refund_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_ore", sa.Integer(), nullable=False),
        sa.Column("is_restocked", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_refund_line_quantity_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_refund_line_order_line_id_order_line")
        ),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_line_refund_id_refund")),
        sa.PrimaryKeyConstraint("refund_id", "order_line_id", name=op.f("pk_refund_line")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("assignment") as batch_op:
        batch_op.add_column(sa.Column("routine_day_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_assignment_routine_day_id"), ["routine_day_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_assignment_routine_day_id_routine_day"), "routine_day", ["routine_day_id"], ["id"]
        )

    with op.batch_alter_table("customer_order") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_customer_order_payway"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_customer_order_payway"), f"pay_way IN ({PAY_WAYS})")
        batch_op.add_column(
            sa.Column(
                "channel",
                sa.Enum("web", "phone", name="channel", native_enum=False, create_constraint=True, length=40),
                nullable=False,
                server_default="web",
            )
        )
        batch_op.add_column(
            sa.Column(
                "customer_kind",
                sa.Enum(
                    "private",
                    "company",
                    "public",
                    name="customerkind",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=False,
                server_default="private",
            )
        )
        batch_op.add_column(sa.Column("company_name", sa.String(length=150), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("cvr", sa.String(length=8), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("gln", sa.String(length=13), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("customer_reference", sa.String(length=80), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column(
                "fulfilment",
                sa.Enum("pickup", "delivery", name="fulfilment", native_enum=False, create_constraint=True, length=40),
                nullable=False,
                server_default="pickup",
            )
        )
        batch_op.add_column(sa.Column("street", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("postcode", sa.String(length=4), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("town", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("delivery_ore", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("terms_version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("has_agreed_prepayment", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("handover_code", sa.String(length=10), nullable=True))
        batch_op.add_column(
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
            )
        )
        batch_op.add_column(sa.Column("packed_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("by_staff_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_customer_order_handover_code"), ["handover_code"])
        batch_op.create_foreign_key(
            batch_op.f("fk_customer_order_terms_version_terms"), "terms", ["terms_version"], ["version"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_customer_order_by_staff_id_staff"), "staff", ["by_staff_id"], ["account_id"]
        )

    with op.batch_alter_table("order_line") as batch_op:
        batch_op.add_column(sa.Column("product_type_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("options", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("own_length_cm", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "size_class",
                sa.Enum("S", "M", "L", "XL", name="sizeclass", native_enum=False, create_constraint=True, length=40),
                nullable=False,
                server_default="M",
            )
        )
        batch_op.add_column(sa.Column("returned", sa.Integer(), nullable=False, server_default="0"))
        batch_op.alter_column("item_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_order_line_product_type_id_product_type"), "product_type", ["product_type_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_order_line_a_thing_or_a_product"), "(item_id IS NULL) != (product_type_id IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_order_line_returned_within_quantity"), "returned >= 0 AND returned <= quantity"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_order_line_stock_is_never_made_to_measure"), "own_length_cm IS NULL OR item_id IS NULL"
        )

    with op.batch_alter_table("order_picture") as batch_op:
        batch_op.add_column(sa.Column("step_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_order_picture_step_id"), ["step_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_order_picture_step_id_order_step"), "order_step", ["step_id"], ["id"]
        )

    with op.batch_alter_table("outbox_mail") as batch_op:
        batch_op.add_column(sa.Column("attachment_name", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("attachment_type", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("attachment", sa.Text(), nullable=False, server_default=""))

    with op.batch_alter_table("product_type") as batch_op:
        batch_op.add_column(sa.Column("is_used", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))

    with op.batch_alter_table("production_order") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_production_order_ordersource"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_production_order_ordersource"), f"source IN ({SOURCES})")
        batch_op.add_column(sa.Column("makes_items", sa.Boolean(), nullable=False, server_default=sa.true()))

    with op.batch_alter_table("purchase_line") as batch_op:
        batch_op.add_column(
            sa.Column(
                "for_what",
                sa.Enum(
                    "workshop",
                    "canteen",
                    "office",
                    name="purchasefor",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=False,
                server_default="workshop",
            )
        )

    with op.batch_alter_table("task_type") as batch_op:
        batch_op.add_column(sa.Column("is_used", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("task_type") as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("is_used")

    with op.batch_alter_table("purchase_line") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_purchase_line_purchasefor"), type_="check")
        batch_op.drop_column("for_what")

    op.execute("UPDATE production_order SET source = 'other' WHERE source = 'repair'")
    with op.batch_alter_table("production_order") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_production_order_ordersource"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_production_order_ordersource"), f"source IN ({SOURCES_BEFORE})")
        batch_op.drop_column("makes_items")

    with op.batch_alter_table("product_type") as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("is_used")

    with op.batch_alter_table("outbox_mail") as batch_op:
        batch_op.drop_column("attachment")
        batch_op.drop_column("attachment_type")
        batch_op.drop_column("attachment_name")

    with op.batch_alter_table("order_picture") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_order_picture_step_id_order_step"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_order_picture_step_id"))
        batch_op.drop_column("step_id")

    op.execute("UPDATE customer_order SET pay_way = 'card' WHERE pay_way = 'prepaid'")
    with op.batch_alter_table("customer_order") as batch_op:
        for name in ("channel", "customerkind", "fulfilment", "paymeans"):
            batch_op.drop_constraint(batch_op.f(f"ck_customer_order_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_customer_order_payway"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_customer_order_payway"), f"pay_way IN ({PAY_WAYS_BEFORE})")
        batch_op.drop_constraint(batch_op.f("fk_customer_order_by_staff_id_staff"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_customer_order_terms_version_terms"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_customer_order_handover_code"), type_="unique")
        batch_op.drop_column("by_staff_id")
        batch_op.drop_column("packed_at")
        batch_op.drop_column("paid_means")
        batch_op.drop_column("handover_code")
        batch_op.drop_column("has_agreed_prepayment")
        batch_op.drop_column("terms_version")
        batch_op.drop_column("delivery_ore")
        batch_op.drop_column("town")
        batch_op.drop_column("postcode")
        batch_op.drop_column("street")
        batch_op.drop_column("fulfilment")
        batch_op.drop_column("customer_reference")
        batch_op.drop_column("gln")
        batch_op.drop_column("cvr")
        batch_op.drop_column("company_name")
        batch_op.drop_column("customer_kind")
        batch_op.drop_column("channel")

    with op.batch_alter_table("assignment") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_assignment_routine_day_id_routine_day"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_assignment_routine_day_id"))
        batch_op.drop_column("routine_day_id")

    op.drop_table("refund_line")
    op.drop_table("withdrawal_line")
    with op.batch_alter_table("refund") as batch_op:
        batch_op.drop_index(batch_op.f("ix_refund_withdrawal_id"))
        batch_op.drop_index(batch_op.f("ix_refund_order_id"))

    op.drop_table("refund")
    op.drop_table("line_making")
    with op.batch_alter_table("line_item") as batch_op:
        batch_op.drop_index(batch_op.f("ix_line_item_order_line_id"))

    op.drop_table("line_item")
    # What was made to order cannot be said without these columns, so the lines go with them.
    op.execute("DELETE FROM order_line WHERE item_id IS NULL")
    with op.batch_alter_table("order_line") as batch_op:
        for name in ("a_thing_or_a_product", "returned_within_quantity", "stock_is_never_made_to_measure", "sizeclass"):
            batch_op.drop_constraint(batch_op.f(f"ck_order_line_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_order_line_product_type_id_product_type"), type_="foreignkey")
        batch_op.alter_column("item_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("returned")
        batch_op.drop_column("size_class")
        batch_op.drop_column("own_length_cm")
        batch_op.drop_column("options")
        batch_op.drop_column("product_type_id")

    with op.batch_alter_table("withdrawal") as batch_op:
        batch_op.drop_index(batch_op.f("ix_withdrawal_state_received_at"))
        batch_op.drop_index(batch_op.f("ix_withdrawal_order_id"))

    op.drop_table("withdrawal")
    with op.batch_alter_table("repair_photo") as batch_op:
        batch_op.drop_index(batch_op.f("ix_repair_photo_job_id"))

    op.drop_table("repair_photo")
    with op.batch_alter_table("repair_part") as batch_op:
        batch_op.drop_index(batch_op.f("ix_repair_part_material_id"))
        batch_op.drop_index(batch_op.f("ix_repair_part_job_id"))

    op.drop_table("repair_part")
    with op.batch_alter_table("complaint") as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_state_at"))
        batch_op.drop_index(batch_op.f("ix_complaint_order_id"))

    op.drop_table("complaint")
    with op.batch_alter_table("till_sale_line") as batch_op:
        batch_op.drop_index(batch_op.f("ix_till_sale_line_item_id"))

    op.drop_table("till_sale_line")
    with op.batch_alter_table("routine_day") as batch_op:
        batch_op.drop_index(batch_op.f("ix_routine_day_day"))

    op.drop_table("routine_day")
    with op.batch_alter_table("repair_job") as batch_op:
        batch_op.drop_index(batch_op.f("ix_repair_job_state_received_at"))
        batch_op.drop_index(batch_op.f("ix_repair_job_department_id"))

    op.drop_table("repair_job")
    with op.batch_alter_table("till_sale") as batch_op:
        batch_op.drop_index(batch_op.f("ix_till_sale_sold_at"))

    op.drop_table("till_sale")
    op.drop_table("terms")
    with op.batch_alter_table("task_type_picture") as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_type_picture_task_type_id"))

    op.drop_table("task_type_picture")
    op.drop_table("task_type_permit")
    op.drop_table("shop_text")
    with op.batch_alter_table("shop_question") as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_question_item_id"))
        batch_op.drop_index(batch_op.f("ix_shop_question_email"))
        batch_op.drop_index(batch_op.f("ix_shop_question_answered_at_asked_at"))

    op.drop_table("shop_question")
    with op.batch_alter_table("routine") as batch_op:
        batch_op.drop_index(batch_op.f("ix_routine_task_type_id"))
        batch_op.drop_index(batch_op.f("ix_routine_department_id"))

    op.drop_table("routine")
    with op.batch_alter_table("payment_finding") as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_finding_settled_at"))

    op.drop_table("payment_finding")
    with op.batch_alter_table("meal_dish") as batch_op:
        batch_op.drop_index(batch_op.f("ix_meal_dish_dish_id"))

    op.drop_table("meal_dish")
    op.drop_table("closed_day")
    with op.batch_alter_table("wish") as batch_op:
        batch_op.drop_index(batch_op.f("ix_wish_told_at_confirmed_at"))
        batch_op.drop_index(batch_op.f("ix_wish_email"))

    op.drop_table("wish")
    op.drop_table("meal_day")
    op.drop_table("dish_ingredient")
    with op.batch_alter_table("basket_making") as batch_op:
        batch_op.drop_index(batch_op.f("ix_basket_making_basket_id"))

    op.drop_table("basket_making")
    with op.batch_alter_table("reconciliation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_reconciliation_ran_at"))

    op.drop_table("reconciliation")
    op.drop_table("permit_kind")
    op.drop_table("opening_slot")
    op.drop_table("dish")
