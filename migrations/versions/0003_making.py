"""What an order is made of, and from what: sources, cut lists, targets, stock of materials and purchases."""

import sqlalchemy as sa
from alembic import op

from workshop.core.db import UtcDateTime

revision = "0003_making"
down_revision = "0002_labels_and_prices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cut_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_type_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=True),
        sa.Column("per_length", sa.Integer(), nullable=False),
        sa.Column("per_width", sa.Integer(), nullable=False),
        sa.Column("per_height", sa.Integer(), nullable=False),
        sa.Column("plus_mm", sa.Integer(), nullable=False),
        sa.CheckConstraint("pieces >= 1", name=op.f("ck_cut_part_at_least_one_piece")),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_cut_part_material_id_material")),
        sa.ForeignKeyConstraint(
            ["product_type_id"], ["product_type.id"], name=op.f("fk_cut_part_product_type_id_product_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cut_part")),
        sa.UniqueConstraint("product_type_id", "position", name=op.f("uq_cut_part_product_type_id_position")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("cut_part") as batch_op:
        batch_op.create_index(batch_op.f("ix_cut_part_material_id"), ["material_id"], unique=False)

    op.create_table(
        "material_stock",
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("at_least", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("supplier", sa.String(length=100), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_material_stock_quantity_not_negative")),
        sa.CheckConstraint(
            "reserved >= 0 AND reserved <= quantity", name=op.f("ck_material_stock_reserved_within_quantity")
        ),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_material_stock_material_id_material")),
        sa.PrimaryKeyConstraint("material_id", name=op.f("pk_material_stock")),
        info={"zone": "W"},
    )
    op.create_table(
        "stock_target",
        sa.Column("product_type_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.CheckConstraint("at_least >= 1", name=op.f("ck_stock_target_at_least_one")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_stock_target_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["product_type_id"], ["product_type.id"], name=op.f("fk_stock_target_product_type_id_product_type")
        ),
        sa.PrimaryKeyConstraint("product_type_id", name=op.f("pk_stock_target")),
        info={"zone": "W"},
    )
    op.create_table(
        "material_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "bought",
                "donated",
                "reclaimed",
                "used",
                "left_over",
                "counted",
                "scrapped",
                name="materialcause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("photo_name", sa.String(length=40), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_material_movement_by_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_material_movement_material_id_material")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["production_order.id"], name=op.f("fk_material_movement_order_id_production_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_movement")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("material_movement") as batch_op:
        batch_op.create_index(batch_op.f("ix_material_movement_material_id"), ["material_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_material_movement_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_material_movement_reference"), ["reference"], unique=False)

    op.create_table(
        "order_material",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("used", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("left_over", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.CheckConstraint(
            "needed >= 0 AND reserved >= 0 AND used >= 0 AND left_over >= 0",
            name=op.f("ck_order_material_not_negative"),
        ),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_order_material_material_id_material")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["production_order.id"], name=op.f("fk_order_material_order_id_production_order")
        ),
        sa.PrimaryKeyConstraint("order_id", "material_id", name=op.f("pk_order_material")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("order_material") as batch_op:
        batch_op.create_index(batch_op.f("ix_order_material_material_id"), ["material_id"], unique=False)

    op.create_table(
        "order_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt_text", sa.String(length=200), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_order_picture_by_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["production_order.id"], name=op.f("fk_order_picture_order_id_production_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_picture")),
        sa.UniqueConstraint("name", name=op.f("uq_order_picture_name")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("order_picture") as batch_op:
        batch_op.create_index(batch_op.f("ix_order_picture_order_id"), ["order_id"], unique=False)

    op.create_table(
        "purchase_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("supplier", sa.String(length=100), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "wanted",
                "ordered",
                "received",
                "dropped",
                name="purchasestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_line_quantity_positive")),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_purchase_line_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_purchase_line_material_id_material")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["production_order.id"], name=op.f("fk_purchase_line_order_id_production_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_line")),
        sa.UniqueConstraint("public_id", name=op.f("uq_purchase_line_public_id")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("purchase_line") as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_line_material_id"), ["material_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_line_order_id"), ["order_id"], unique=False)

    with op.batch_alter_table("production_order") as batch_op:
        batch_op.add_column(
            sa.Column(
                "source",
                sa.Enum(
                    "shop",
                    "stock",
                    "idea",
                    "other",
                    name="ordersource",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=False,
                server_default="other",
            )
        )
        batch_op.add_column(sa.Column("reference", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("idea", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("options", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("length_cm", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("width_cm", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("height_cm", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reworked", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("rejected", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column(
                "lacking",
                sa.Enum(
                    "people",
                    "material",
                    "decision",
                    name="lacking",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("lacking_note", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_check_constraint(
            batch_op.f("ck_production_order_outcome_within_pieces"),
            "reworked >= 0 AND rejected >= 0 AND rejected <= pieces",
        )

    with op.batch_alter_table("task_type") as batch_op:
        batch_op.add_column(sa.Column("tools", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("task_type") as batch_op:
        batch_op.drop_column("tools")

    with op.batch_alter_table("production_order") as batch_op:
        for name in ("outcome_within_pieces", "lacking", "ordersource"):
            batch_op.drop_constraint(batch_op.f(f"ck_production_order_{name}"), type_="check")
        batch_op.drop_column("version")
        batch_op.drop_column("lacking_note")
        batch_op.drop_column("lacking")
        batch_op.drop_column("rejected")
        batch_op.drop_column("reworked")
        batch_op.drop_column("height_cm")
        batch_op.drop_column("width_cm")
        batch_op.drop_column("length_cm")
        batch_op.drop_column("options")
        batch_op.drop_column("idea")
        batch_op.drop_column("reference")
        batch_op.drop_column("source")

    with op.batch_alter_table("purchase_line") as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchase_line_order_id"))
        batch_op.drop_index(batch_op.f("ix_purchase_line_material_id"))

    op.drop_table("purchase_line")
    with op.batch_alter_table("order_picture") as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_picture_order_id"))

    op.drop_table("order_picture")
    with op.batch_alter_table("order_material") as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_material_material_id"))

    op.drop_table("order_material")
    with op.batch_alter_table("material_movement") as batch_op:
        batch_op.drop_index(batch_op.f("ix_material_movement_reference"))
        batch_op.drop_index(batch_op.f("ix_material_movement_order_id"))
        batch_op.drop_index(batch_op.f("ix_material_movement_material_id"))

    op.drop_table("material_movement")
    op.drop_table("stock_target")
    op.drop_table("material_stock")
    with op.batch_alter_table("cut_part") as batch_op:
        batch_op.drop_index(batch_op.f("ix_cut_part_material_id"))

    op.drop_table("cut_part")
