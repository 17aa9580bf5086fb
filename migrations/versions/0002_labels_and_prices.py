"""Labels of one's own, printers, before-prices, counts and codes printed ahead."""

import sqlalchemy as sa
from alembic import op

from workshop.core.db import UtcDateTime

revision = "0002_labels_and_prices"
down_revision = "0001_first"
branch_labels = None
depends_on = None

CAUSES_BEFORE = "'made', 'sold', 'returned', 'counted', 'scrapped'"


def upgrade() -> None:
    op.create_table(
        "house_price",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=30), nullable=False),
        sa.Column("price_ore", sa.Integer(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_ore > 0", name=op.f("ck_house_price_price_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_price")),
        sa.UniqueConstraint("name", name=op.f("uq_house_price_name")),
        info={"zone": "W"},
    )
    op.create_table(
        "label_design",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("label_w", sa.Integer(), nullable=False),
        sa.Column("label_h", sa.Integer(), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("qr_dark", sa.Integer(), nullable=False),
        sa.Column("qr_side", sa.String(length=10), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_design")),
        sa.UniqueConstraint("name", name=op.f("uq_label_design_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_label_design_public_id")),
        info={"zone": "W"},
    )
    op.create_table(
        "printer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "way",
            sa.Enum("browser", "zpl", "brother", name="printway", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("model", sa.String(length=30), nullable=False),
        sa.Column("dots_per_inch", sa.Integer(), nullable=False),
        sa.Column("offset_x", sa.Integer(), nullable=False),
        sa.Column("offset_y", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["label_sheet.id"], name=op.f("fk_printer_sheet_id_label_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer")),
        sa.UniqueConstraint("name", name=op.f("uq_printer_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_printer_public_id")),
        info={"zone": "W"},
    )
    op.create_table(
        "item_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("qr_path", sa.Text(), nullable=False),
        sa.Column("qr_side", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("bound_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_item_code_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_code_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_code")),
        sa.UniqueConstraint("number", name=op.f("uq_item_code_number")),
        sa.UniqueConstraint("token", name=op.f("uq_item_code_token")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("item_code") as batch_op:
        batch_op.create_index(batch_op.f("ix_item_code_item_id"), ["item_id"], unique=False)

    op.create_table(
        "item_material",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("unit_cost_ore", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_item_material_quantity_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_material_item_id_item")),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_item_material_material_id_material")),
        sa.PrimaryKeyConstraint("item_id", "material_id", name=op.f("pk_item_material")),
        info={"zone": "W"},
    )
    op.create_table(
        "printer_tray",
        sa.Column("printer_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("next_cell", sa.Integer(), nullable=False),
        sa.CheckConstraint("next_cell >= 1", name=op.f("ck_printer_tray_next_cell_from_one")),
        sa.ForeignKeyConstraint(["printer_id"], ["printer.id"], name=op.f("fk_printer_tray_printer_id_printer")),
        sa.ForeignKeyConstraint(["sheet_id"], ["label_sheet.id"], name=op.f("fk_printer_tray_sheet_id_label_sheet")),
        sa.PrimaryKeyConstraint("printer_id", "sheet_id", name=op.f("pk_printer_tray")),
        info={"zone": "W"},
    )
    op.create_table(
        "stock_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "counted",
                "applied",
                "dropped",
                name="countstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_stock_count_by_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stock_count_public_id")),
        info={"zone": "W"},
    )
    op.create_table(
        "vat_rule",
        sa.Column(
            "origin",
            sa.Enum(
                "bought", "donated", "reclaimed", name="origin", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column(
            "scheme",
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
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_vat_rule_by_staff_id_staff")),
        sa.PrimaryKeyConstraint("origin", "valid_from", name=op.f("pk_vat_rule")),
        info={"zone": "W"},
    )
    op.create_table(
        "print_send",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("trouble", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["print_job.id"], name=op.f("fk_print_send_job_id_print_job")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_print_send")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("print_send") as batch_op:
        batch_op.create_index(batch_op.f("ix_print_send_sent_at_due_at"), ["sent_at", "due_at"], unique=False)

    op.create_table(
        "stock_count_line",
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("pieces >= 0", name=op.f("ck_stock_count_line_pieces_not_negative")),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_line_count_id_stock_count")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stock_count_line_item_id_item")),
        sa.PrimaryKeyConstraint("count_id", "item_id", name=op.f("pk_stock_count_line")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("stock_count_line") as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_count_line_item_id"), ["item_id"], unique=False)

    with op.batch_alter_table("item") as batch_op:
        batch_op.add_column(sa.Column("proposed_ore", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("before_ore", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("before_until", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("house_price_id", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_item_proposal_not_negative"), "proposed_ore IS NULL OR proposed_ore >= 0"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_item_before_is_higher"), "before_ore IS NULL OR before_ore > price_ore"
        )
        batch_op.create_index(batch_op.f("ix_item_house_price_id"), ["house_price_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_item_house_price_id_house_price"), "house_price", ["house_price_id"], ["id"]
        )

    with op.batch_alter_table("item_photo") as batch_op:
        batch_op.add_column(sa.Column("has_avif", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("print_job") as batch_op:
        batch_op.add_column(sa.Column("printer_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("design_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("design", sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f("ix_print_job_printer_id"), ["printer_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_print_job_design_id_label_design"), "label_design", ["design_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_print_job_printer_id_printer"), "printer", ["printer_id"], ["id"])

    with op.batch_alter_table("print_job_item") as batch_op:
        batch_op.add_column(sa.Column("code_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("before_ore", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("is_spoiled", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.alter_column("item_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("price_ore", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_check_constraint(
            batch_op.f("ck_print_job_item_item_or_code"), "(item_id IS NULL) <> (code_id IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_print_job_item_items_have_a_price"), "(item_id IS NULL) = (price_ore IS NULL)"
        )
        batch_op.create_index(batch_op.f("ix_print_job_item_code_id"), ["code_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_print_job_item_code_id_item_code"), "item_code", ["code_id"], ["id"])

    with op.batch_alter_table("task_record") as batch_op:
        batch_op.add_column(sa.Column("print_job_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stock_count_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_task_record_print_job_id_version"), ["print_job_id", "version"]
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_task_record_stock_count_id_version"), ["stock_count_id", "version"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_task_record_print_job_id_print_job"), "print_job", ["print_job_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_task_record_stock_count_id_stock_count"), "stock_count", ["stock_count_id"], ["id"]
        )

    with op.batch_alter_table("stock_movement") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_stock_movement_stockcause"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_stock_movement_stockcause"), f"cause IN ({CAUSES_BEFORE}, 'used', 'imported')"
        )
        batch_op.create_index(batch_op.f("ix_stock_movement_reference"), ["reference"], unique=False)


def downgrade() -> None:
    op.execute("UPDATE stock_movement SET cause = 'counted' WHERE cause IN ('used', 'imported')")
    with op.batch_alter_table("stock_movement") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_stock_movement_stockcause"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_stock_movement_stockcause"), f"cause IN ({CAUSES_BEFORE})")
        batch_op.drop_index(batch_op.f("ix_stock_movement_reference"))

    with op.batch_alter_table("task_record") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_task_record_stock_count_id_stock_count"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_task_record_print_job_id_print_job"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_task_record_stock_count_id_version"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_task_record_print_job_id_version"), type_="unique")
        batch_op.drop_column("stock_count_id")
        batch_op.drop_column("print_job_id")

    op.execute("DELETE FROM print_job_item WHERE item_id IS NULL")
    with op.batch_alter_table("print_job_item") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_print_job_item_item_or_code"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_print_job_item_items_have_a_price"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_print_job_item_code_id_item_code"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_print_job_item_code_id"))
        batch_op.alter_column("price_ore", existing_type=sa.INTEGER(), nullable=False)
        batch_op.alter_column("item_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("is_spoiled")
        batch_op.drop_column("before_ore")
        batch_op.drop_column("code_id")

    with op.batch_alter_table("print_job") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_print_job_printer_id_printer"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_print_job_design_id_label_design"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_print_job_printer_id"))
        batch_op.drop_column("design")
        batch_op.drop_column("design_id")
        batch_op.drop_column("printer_id")

    with op.batch_alter_table("item_photo") as batch_op:
        batch_op.drop_column("has_avif")

    with op.batch_alter_table("item") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_item_proposal_not_negative"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_item_before_is_higher"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_item_house_price_id_house_price"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_item_house_price_id"))
        batch_op.drop_column("house_price_id")
        batch_op.drop_column("before_until")
        batch_op.drop_column("before_ore")
        batch_op.drop_column("proposed_ore")

    with op.batch_alter_table("stock_count_line") as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_count_line_item_id"))

    op.drop_table("stock_count_line")
    with op.batch_alter_table("print_send") as batch_op:
        batch_op.drop_index(batch_op.f("ix_print_send_sent_at_due_at"))

    op.drop_table("print_send")
    op.drop_table("vat_rule")
    op.drop_table("stock_count")
    op.drop_table("printer_tray")
    op.drop_table("item_material")
    with op.batch_alter_table("item_code") as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_code_item_id"))

    op.drop_table("item_code")
    op.drop_table("printer")
    op.drop_table("label_design")
    op.drop_table("house_price")
