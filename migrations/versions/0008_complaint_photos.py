"""Photos of what is wrong, sent with a complaint."""

import sqlalchemy as sa
from alembic import op

from workshop.core.db import UtcDateTime

revision = "0008_complaint_photos"
down_revision = "0007_competence_log"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_photo_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_photo")),
        sa.UniqueConstraint("name", name=op.f("uq_complaint_photo_name")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("complaint_photo") as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_photo_complaint_id"), ["complaint_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("complaint_photo") as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_photo_complaint_id"))

    op.drop_table("complaint_photo")
