"""The kiosk and the competence log: calls for help, wishes, permits, versions of words, cards, proofs, house rules."""

import sqlalchemy as sa
from alembic import op

from workshop.core.db import UtcDateTime

revision = "0007_competence_log"
down_revision = "0006_trust_floor"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(length=60), nullable=False),
        sa.Column("sealed_private", sa.Text(), nullable=False),
        sa.Column("public_jwk", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
        info={"zone": "S"},
    )
    op.create_table(
        "card_left_out",
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("competence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_card_left_out_citizen_id_citizen")),
        sa.ForeignKeyConstraint(
            ["competence_id"], ["competence.id"], name=op.f("fk_card_left_out_competence_id_competence")
        ),
        sa.PrimaryKeyConstraint("citizen_id", "competence_id", name=op.f("pk_card_left_out")),
        info={"zone": "D"},
    )
    op.create_table(
        "comfort",
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("is_large", sa.Boolean(), nullable=False),
        sa.Column("is_high_contrast", sa.Boolean(), nullable=False),
        sa.Column("is_calm", sa.Boolean(), nullable=False),
        sa.Column("reads_aloud", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_comfort_citizen_id_citizen")),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_comfort")),
        info={"zone": "D"},
    )
    op.create_table(
        "competence_card",
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("own_words", sa.String(length=400), nullable=False),
        sa.Column("shows_work", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_competence_card_citizen_id_citizen")),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_competence_card")),
        info={"zone": "D"},
    )
    op.create_table(
        "competence_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competence_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("i_can", sa.String(length=200), nullable=False),
        sa.Column("anchor_1", sa.String(length=300), nullable=False),
        sa.Column("anchor_2", sa.String(length=300), nullable=False),
        sa.Column("anchor_3", sa.String(length=300), nullable=False),
        sa.Column("anchor_4", sa.String(length=300), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_competence_version_by_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["competence_id"], ["competence.id"], name=op.f("fk_competence_version_competence_id_competence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence_version")),
        sa.UniqueConstraint("competence_id", "version", name=op.f("uq_competence_version_competence_id_version")),
        info={"zone": "D"},
    )
    op.create_table(
        "group_activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("series", sa.String(length=30), nullable=False),
        sa.Column("activity_kind_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 600", name=op.f("ck_group_activity_minutes")),
        sa.CheckConstraint("start_minute BETWEEN 0 AND 1439", name=op.f("ck_group_activity_start")),
        sa.ForeignKeyConstraint(
            ["activity_kind_id"], ["activity_kind.id"], name=op.f("fk_group_activity_activity_kind_id_activity_kind")
        ),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_group_activity_by_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_group_activity_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_activity")),
        sa.UniqueConstraint("public_id", name=op.f("uq_group_activity_public_id")),
        info={"zone": "D"},
    )
    with op.batch_alter_table("group_activity") as batch_op:
        batch_op.create_index(batch_op.f("ix_group_activity_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_group_activity_series"), ["series"], unique=False)

    op.create_table(
        "house_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_house_rule_by_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_rule")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("house_rule") as batch_op:
        batch_op.create_index(batch_op.f("ix_house_rule_key_id"), ["key", "id"], unique=False)

    op.create_table(
        "tool_permit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("permit_kind_id", sa.Integer(), nullable=False),
        sa.Column("on_what", sa.String(length=200), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("see_again_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("instructed_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_tool_permit_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_tool_permit_citizen_id_citizen")),
        sa.ForeignKeyConstraint(
            ["instructed_by_id"], ["staff.account_id"], name=op.f("fk_tool_permit_instructed_by_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["permit_kind_id"], ["permit_kind.id"], name=op.f("fk_tool_permit_permit_kind_id_permit_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_permit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_tool_permit_public_id")),
        info={"zone": "D"},
    )
    with op.batch_alter_table("tool_permit") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tool_permit_citizen_id_permit_kind_id"), ["citizen_id", "permit_kind_id"], unique=False
        )

    op.create_table(
        "accommodation_demand",
        sa.Column("accommodation_id", sa.Integer(), nullable=False),
        sa.Column("demand_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accommodation_id"],
            ["accommodation.id"],
            name=op.f("fk_accommodation_demand_accommodation_id_accommodation"),
        ),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_accommodation_demand_demand_id_demand")),
        sa.PrimaryKeyConstraint("accommodation_id", "demand_id", name=op.f("pk_accommodation_demand")),
        info={"zone": "S"},
    )
    op.create_table(
        "group_activity_part",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("took_part", sa.Boolean(), nullable=True),
        sa.Column("said_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["group_activity.id"], name=op.f("fk_group_activity_part_activity_id_group_activity")
        ),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_group_activity_part_by_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_group_activity_part_citizen_id_citizen")),
        sa.PrimaryKeyConstraint("activity_id", "citizen_id", name=op.f("pk_group_activity_part")),
        info={"zone": "D"},
    )
    with op.batch_alter_table("group_activity_part") as batch_op:
        batch_op.create_index(batch_op.f("ix_group_activity_part_citizen_id"), ["citizen_id"], unique=False)

    op.create_table(
        "own_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("competence_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("own_words", sa.String(length=400), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.CheckConstraint("level IS NULL OR level BETWEEN 0 AND 4", name=op.f("ck_own_level_level")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_own_level_citizen_id_citizen")),
        sa.ForeignKeyConstraint(
            ["competence_id"], ["competence.id"], name=op.f("fk_own_level_competence_id_competence")
        ),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_own_level_talk_id_talk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_level")),
        sa.UniqueConstraint("talk_id", "competence_id", name=op.f("uq_own_level_talk_id_competence_id")),
        info={"zone": "D"},
    )
    with op.batch_alter_table("own_level") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_own_level_citizen_id_competence_id_said_on"),
            ["citizen_id", "competence_id", "said_on"],
            unique=False,
        )

    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("where_i_am", sa.Text(), nullable=False),
        sa.Column("where_i_want_to_be", sa.Text(), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_plan_version_by_account_id_account")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["development_plan.id"], name=op.f("fk_plan_version_plan_id_development_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("plan_id", "version", name=op.f("uq_plan_version_plan_id_version")),
        info={"zone": "D"},
    )
    op.create_table(
        "proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("adopted_level_id", sa.Integer(), nullable=False),
        sa.Column("narrative", sa.String(length=400), nullable=False),
        sa.Column("salt", sa.String(length=40), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["adopted_level_id"], ["adopted_level.id"], name=op.f("fk_proof_adopted_level_id_adopted_level")
        ),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_proof_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_proof_citizen_id_citizen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
        sa.UniqueConstraint("public_id", name=op.f("uq_proof_public_id")),
        info={"zone": "D"},
    )
    with op.batch_alter_table("proof") as batch_op:
        batch_op.create_index(batch_op.f("ix_proof_citizen_id"), ["citizen_id"], unique=False)

    op.create_table(
        "sub_goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "not_started",
                "in_progress",
                "well_on_the_way",
                "reached",
                "adjusted",
                "stopped",
                name="goalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_sub_goal_goal_id_goal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sub_goal")),
        sa.UniqueConstraint("goal_id", "position", name=op.f("uq_sub_goal_goal_id_position")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sub_goal_public_id")),
        info={"zone": "D"},
    )
    op.create_table(
        "done_by_staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(order_id IS NULL) <> (visit_id IS NULL)", name=op.f("ck_done_by_staff_one_of_them")),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_done_by_staff_by_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["production_order.id"], name=op.f("fk_done_by_staff_order_id_production_order")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["service_visit.id"], name=op.f("fk_done_by_staff_visit_id_service_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_done_by_staff")),
        sa.UniqueConstraint("order_id", name=op.f("uq_done_by_staff_order_id")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_done_by_staff_visit_id")),
        info={"zone": "D"},
    )
    op.create_table(
        "task_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("task_type_id", sa.Integer(), nullable=True),
        sa.Column("activity_kind_id", sa.Integer(), nullable=True),
        sa.Column("order_step_id", sa.Integer(), nullable=True),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("goal_id", sa.Integer(), nullable=True),
        sa.Column("own_words", sa.String(length=200), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_kind_id"], ["activity_kind.id"], name=op.f("fk_task_wish_activity_kind_id_activity_kind")
        ),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_task_wish_citizen_id_citizen")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_task_wish_goal_id_goal")),
        sa.ForeignKeyConstraint(
            ["order_step_id"], ["order_step.id"], name=op.f("fk_task_wish_order_step_id_order_step")
        ),
        sa.ForeignKeyConstraint(["task_type_id"], ["task_type.id"], name=op.f("fk_task_wish_task_type_id_task_type")),
        sa.ForeignKeyConstraint(["visit_id"], ["service_visit.id"], name=op.f("fk_task_wish_visit_id_service_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_wish")),
        sa.UniqueConstraint("public_id", name=op.f("uq_task_wish_public_id")),
        info={"zone": "D"},
    )
    with op.batch_alter_table("task_wish") as batch_op:
        batch_op.create_index(batch_op.f("ix_task_wish_citizen_id_ended_at"), ["citizen_id", "ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_wish_order_step_id"), ["order_step_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_wish_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "help_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column(
            "wish",
            sa.Enum("help", "talk", name="helpwish", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_help_call_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_help_call_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_help_call_citizen_id_citizen")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_help_call_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_call")),
        sa.UniqueConstraint("public_id", name=op.f("uq_help_call_public_id")),
        info={"zone": "D"},
    )
    with op.batch_alter_table("help_call") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_help_call_answered_at_asked_at"), ["answered_at", "asked_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_help_call_citizen_id"), ["citizen_id"], unique=False)

    op.create_table(
        "record_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_record_remark_by_account_id_account")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_record_remark_citizen_id_citizen")),
        sa.ForeignKeyConstraint(["record_id"], ["task_record.id"], name=op.f("fk_record_remark_record_id_task_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_remark")),
        sa.UniqueConstraint("public_id", name=op.f("uq_record_remark_public_id")),
        info={"zone": "D"},
    )
    with op.batch_alter_table("record_remark") as batch_op:
        batch_op.create_index(batch_op.f("ix_record_remark_citizen_id"), ["citizen_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_remark_record_id"), ["record_id"], unique=False)

    op.create_table(
        "aid_use",
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("accommodation_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accommodation_id"], ["accommodation.id"], name=op.f("fk_aid_use_accommodation_id_accommodation")
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_aid_use_participation_id_participation")
        ),
        sa.PrimaryKeyConstraint("participation_id", "accommodation_id", name=op.f("pk_aid_use")),
        info={"zone": "S"},
    )
    with op.batch_alter_table("aid_use") as batch_op:
        batch_op.create_index(batch_op.f("ix_aid_use_accommodation_id"), ["accommodation_id"], unique=False)

    with op.batch_alter_table("assignment") as batch_op:
        batch_op.add_column(sa.Column("paused_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("paused_seconds", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("declined_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("attendance_entry") as batch_op:
        batch_op.add_column(sa.Column("came_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("competence") as batch_op:
        batch_op.add_column(sa.Column("is_used", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))

    with op.batch_alter_table("development_plan") as batch_op:
        batch_op.add_column(sa.Column("interests", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("strengths", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))

    with op.batch_alter_table("goal") as batch_op:
        batch_op.add_column(sa.Column("target_hours", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_goal_target_hours"), "target_hours IS NULL OR target_hours BETWEEN 1 AND 37"
        )
        batch_op.create_foreign_key(batch_op.f("fk_goal_replaces_id_goal"), "goal", ["replaces_id"], ["id"])

    with op.batch_alter_table("goal_change") as batch_op:
        batch_op.add_column(sa.Column("sub_goal_id", sa.Integer(), nullable=True))
        batch_op.alter_column("by_staff_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_goal_change_sub_goal_id"), ["sub_goal_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_goal_change_sub_goal_id_sub_goal"), "sub_goal", ["sub_goal_id"], ["id"]
        )

    with op.batch_alter_table("goal_example") as batch_op:
        batch_op.add_column(sa.Column("sub_goal_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_goal_example_sub_goal_id_sub_goal"), "sub_goal", ["sub_goal_id"], ["id"]
        )

    with op.batch_alter_table("task_competence_link") as batch_op:
        batch_op.add_column(sa.Column("usual_need", sa.Integer(), nullable=False, server_default="2"))
        batch_op.add_column(sa.Column("why", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("written_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("by_staff_id", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_task_competence_link_usual_need"), "usual_need BETWEEN 0 AND 4")
        batch_op.create_foreign_key(
            batch_op.f("fk_task_competence_link_by_staff_id_staff"), "staff", ["by_staff_id"], ["account_id"]
        )

    with op.batch_alter_table("task_type") as batch_op:
        batch_op.add_column(sa.Column("quality_redo", sa.String(length=400), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("quality_fix", sa.String(length=400), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("quality_better", sa.String(length=400), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("pictogram", sa.String(length=40), nullable=False, server_default=""))

    # What citizens said of themselves stood beside the agreed level; it is a series of its own from here on.
    op.execute(
        "INSERT INTO own_level (talk_id, citizen_id, competence_id, level, own_words, said_on) "
        "SELECT talk_id, citizen_id, competence_id, own_level, own_words, adopted_on FROM adopted_level "
        "WHERE own_level IS NOT NULL"
    )
    # A goal that is over ended on the day of its last change.
    op.execute(
        "UPDATE goal SET ended_on = COALESCE((SELECT DATE(MAX(goal_change.at)) FROM goal_change "
        "WHERE goal_change.goal_id = goal.id), started_on) WHERE state IN ('reached', 'adjusted', 'stopped')"
    )

    with op.batch_alter_table("participation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_participation_citizen_id_record_id"))
        batch_op.create_index(
            "ix_participation_marks",
            ["citizen_id", "record_id", "minutes", "support", "quality", "is_joint"],
            unique=False,
        )
        batch_op.create_index(
            "ix_participation_observed",
            ["citizen_id", "record_id"],
            unique=False,
            sqlite_where=sa.text("observation <> ''"),
            postgresql_where=sa.text("observation <> ''"),
        )


def downgrade() -> None:
    with op.batch_alter_table("participation") as batch_op:
        batch_op.drop_index("ix_participation_observed")
        batch_op.drop_index("ix_participation_marks")
        batch_op.create_index(
            batch_op.f("ix_participation_citizen_id_record_id"), ["citizen_id", "record_id"], unique=False
        )

    # The older shape knows no change of a goal without somebody of the staff.
    op.execute("UPDATE goal_change SET by_staff_id = (SELECT MIN(account_id) FROM staff) WHERE by_staff_id IS NULL")
    with op.batch_alter_table("task_type") as batch_op:
        batch_op.drop_column("pictogram")
        batch_op.drop_column("quality_better")
        batch_op.drop_column("quality_fix")
        batch_op.drop_column("quality_redo")

    with op.batch_alter_table("task_competence_link") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_task_competence_link_by_staff_id_staff"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_task_competence_link_usual_need"), type_="check")
        batch_op.drop_column("by_staff_id")
        batch_op.drop_column("written_at")
        batch_op.drop_column("why")
        batch_op.drop_column("usual_need")

    with op.batch_alter_table("goal_example") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_goal_example_sub_goal_id_sub_goal"), type_="foreignkey")
        batch_op.drop_column("sub_goal_id")

    with op.batch_alter_table("goal_change") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_goal_change_sub_goal_id_sub_goal"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_goal_change_sub_goal_id"))
        batch_op.alter_column("by_staff_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("sub_goal_id")

    with op.batch_alter_table("goal") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_goal_replaces_id_goal"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_goal_target_hours"), type_="check")
        batch_op.drop_column("replaces_id")
        batch_op.drop_column("ended_on")
        batch_op.drop_column("target_hours")

    with op.batch_alter_table("development_plan") as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("strengths")
        batch_op.drop_column("interests")

    with op.batch_alter_table("competence") as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("is_used")

    with op.batch_alter_table("attendance_entry") as batch_op:
        batch_op.drop_column("came_at")

    with op.batch_alter_table("assignment") as batch_op:
        batch_op.drop_column("declined_at")
        batch_op.drop_column("paused_seconds")
        batch_op.drop_column("paused_at")

    with op.batch_alter_table("aid_use") as batch_op:
        batch_op.drop_index(batch_op.f("ix_aid_use_accommodation_id"))

    op.drop_table("aid_use")
    with op.batch_alter_table("record_remark") as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_remark_record_id"))
        batch_op.drop_index(batch_op.f("ix_record_remark_citizen_id"))

    op.drop_table("record_remark")
    with op.batch_alter_table("help_call") as batch_op:
        batch_op.drop_index(batch_op.f("ix_help_call_citizen_id"))
        batch_op.drop_index(batch_op.f("ix_help_call_answered_at_asked_at"))

    op.drop_table("help_call")
    with op.batch_alter_table("task_wish") as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_wish_visit_id"))
        batch_op.drop_index(batch_op.f("ix_task_wish_order_step_id"))
        batch_op.drop_index(batch_op.f("ix_task_wish_citizen_id_ended_at"))

    op.drop_table("task_wish")
    op.drop_table("done_by_staff")
    op.drop_table("sub_goal")
    with op.batch_alter_table("proof") as batch_op:
        batch_op.drop_index(batch_op.f("ix_proof_citizen_id"))

    op.drop_table("proof")
    op.drop_table("plan_version")
    with op.batch_alter_table("own_level") as batch_op:
        batch_op.drop_index(batch_op.f("ix_own_level_citizen_id_competence_id_said_on"))

    op.drop_table("own_level")
    with op.batch_alter_table("group_activity_part") as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_activity_part_citizen_id"))

    op.drop_table("group_activity_part")
    op.drop_table("accommodation_demand")
    with op.batch_alter_table("tool_permit") as batch_op:
        batch_op.drop_index(batch_op.f("ix_tool_permit_citizen_id_permit_kind_id"))

    op.drop_table("tool_permit")
    with op.batch_alter_table("house_rule") as batch_op:
        batch_op.drop_index(batch_op.f("ix_house_rule_key_id"))

    op.drop_table("house_rule")
    with op.batch_alter_table("group_activity") as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_activity_series"))
        batch_op.drop_index(batch_op.f("ix_group_activity_day"))

    op.drop_table("group_activity")
    op.drop_table("competence_version")
    op.drop_table("competence_card")
    op.drop_table("comfort")
    op.drop_table("card_left_out")
    op.drop_table("signing_key")
