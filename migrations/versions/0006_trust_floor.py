"""The trust floor: second factors, invitations, phones, sealed texts, a chained log, copies, who the workshop is."""

import hashlib
import json
import secrets

import sqlalchemy as sa
from alembic import op

from workshop.core.db import UtcDateTime

revision = "0006_trust_floor"
down_revision = "0005_garden_service"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("chain_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_access_log_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log_head")),
        info={"zone": "S"},
    )
    op.create_table(
        "backup_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_run")),
        sa.UniqueConstraint("slot", name=op.f("uq_backup_run_slot")),
        info={"zone": "W"},
    )
    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("challenge", sa.String(length=120), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_challenge_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_challenge_public_id")),
        info={"zone": "S"},
    )
    with op.batch_alter_table("challenge") as batch_op:
        batch_op.create_index(batch_op.f("ix_challenge_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
        info={"zone": "S"},
    )
    with op.batch_alter_table("recovery_code") as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_account_id"), ["account_id"], unique=False)

    op.create_table(
        "totp_seed",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(length=300), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_totp_seed_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_totp_seed")),
        info={"zone": "S"},
    )
    op.create_table(
        "accommodation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("accommodation", "aid", name="sealedkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("sealed_text", sa.Text(), nullable=False),
        sa.Column("sealed_line", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_accommodation_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_accommodation_citizen_id_citizen")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["accommodation.id"], name=op.f("fk_accommodation_replaces_id_accommodation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accommodation_public_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_accommodation_replaces_id")),
        info={"zone": "S"},
    )
    with op.batch_alter_table("accommodation") as batch_op:
        batch_op.create_index(batch_op.f("ix_accommodation_citizen_id"), ["citizen_id"], unique=False)

    op.create_table(
        "account_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.Column("deed", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["staff.account_id"], name=op.f("fk_account_change_account_id_staff")),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_account_change_by_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_change")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("account_change") as batch_op:
        batch_op.create_index(batch_op.f("ix_account_change_account_id"), ["account_id"], unique=False)

    op.create_table(
        "caseload_delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("from_staff_id", sa.Integer(), nullable=False),
        sa.Column("to_staff_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("from_staff_id <> to_staff_id", name=op.f("ck_caseload_delegation_two_people")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_caseload_delegation_days")),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_caseload_delegation_by_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["from_staff_id"], ["staff.account_id"], name=op.f("fk_caseload_delegation_from_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["to_staff_id"], ["staff.account_id"], name=op.f("fk_caseload_delegation_to_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload_delegation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_caseload_delegation_public_id")),
        info={"zone": "D"},
    )
    with op.batch_alter_table("caseload_delegation") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_caseload_delegation_to_staff_id_until_on"), ["to_staff_id", "until_on"], unique=False
        )

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("department_ids", sa.JSON(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_invitation_by_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        info={"zone": "W"},
    )
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_email"), ["email"], unique=False)

    op.create_table(
        "log_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("drawn_of", sa.Integer(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_log_sample_by_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_sample")),
        sa.UniqueConstraint("month", name=op.f("uq_log_sample_month")),
        sa.UniqueConstraint("public_id", name=op.f("uq_log_sample_public_id")),
        info={"zone": "S"},
    )
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["staff.account_id"], name=op.f("fk_password_reset_account_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
        info={"zone": "S"},
    )
    with op.batch_alter_table("password_reset") as batch_op:
        batch_op.create_index(batch_op.f("ix_password_reset_account_id"), ["account_id"], unique=False)

    op.create_table(
        "person_key",
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("sealed_key", sa.String(length=300), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("destroyed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(sealed_key = '') = (destroyed_at IS NOT NULL)", name=op.f("ck_person_key_gone")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_person_key_citizen_id_citizen")),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_person_key")),
        info={"zone": "S"},
    )
    op.create_table(
        "phone_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_phone_ticket_account_id_account")),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_phone_ticket_by_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_ticket")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_phone_ticket_token_hash")),
        info={"zone": "S"},
    )
    with op.batch_alter_table("phone_ticket") as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_ticket_account_id"), ["account_id"], unique=False)

    op.create_table(
        "sealed_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.account_id"], name=op.f("fk_sealed_note_by_staff_id_staff")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_sealed_note_citizen_id_citizen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_note")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sealed_note_public_id")),
        info={"zone": "S"},
    )
    with op.batch_alter_table("sealed_note") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sealed_note_citizen_id_by_staff_id"), ["citizen_id", "by_staff_id"], unique=False
        )

    op.create_table(
        "workshop_version",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=4), nullable=False),
        sa.Column("town", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("cvr", sa.String(length=8), nullable=False),
        sa.Column("logo", sa.String(length=60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_workshop_version_by_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_workshop_version")),
        info={"zone": "W"},
    )
    op.create_table(
        "log_sample_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_fine", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["log_sample.id"], name=op.f("fk_log_sample_row_sample_id_log_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_sample_row")),
        sa.UniqueConstraint("sample_id", "position", name=op.f("uq_log_sample_row_sample_id_position")),
        info={"zone": "S"},
    )
    with op.batch_alter_table("log_sample_row") as batch_op:
        batch_op.create_index(batch_op.f("ix_log_sample_row_sample_id"), ["sample_id"], unique=False)

    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id_account")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_passkey_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_passkey_public_id")),
        info={"zone": "S"},
    )
    with op.batch_alter_table("passkey") as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_account_id"), ["account_id"], unique=False)

    op.create_table(
        "sealed_notes_yes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_staff_id"], ["staff.account_id"], name=op.f("fk_sealed_notes_yes_by_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_sealed_notes_yes_citizen_id_citizen")),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["caseload_delegation.id"],
            name=op.f("fk_sealed_notes_yes_delegation_id_caseload_delegation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_notes_yes")),
        sa.UniqueConstraint("delegation_id", "citizen_id", name=op.f("uq_sealed_notes_yes_delegation_id_citizen_id")),
        info={"zone": "D"},
    )
    with op.batch_alter_table("sealed_notes_yes") as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_notes_yes_citizen_id"), ["citizen_id"], unique=False)

    with op.batch_alter_table("access_log") as batch_op:
        # A row past its deletion date no longer says who; every other row does.
        batch_op.alter_column("account_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("salt", sa.String(length=44), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("payload_hash", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("chain_hash", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("delete_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("emptied_at", UtcDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_access_log_delete_on"), ["delete_on"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_access_log_position"), ["position"])
        batch_op.create_check_constraint(
            batch_op.f("ck_access_log_who"), "account_id IS NOT NULL OR emptied_at IS NOT NULL"
        )

    with op.batch_alter_table("account") as batch_op:
        batch_op.add_column(sa.Column("closed_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("device") as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum("tablet", "phone", name="devicekind", native_enum=False, create_constraint=True, length=40),
                nullable=False,
                server_default="tablet",
            )
        )
        batch_op.add_column(sa.Column("owner_account_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("seen_at", UtcDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_device_owner_account_id"), ["owner_account_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_device_owner_account_id_account"), "account", ["owner_account_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_device_owner"), "(kind = 'phone') = (owner_account_id IS NOT NULL)"
        )

    with op.batch_alter_table("login_session") as batch_op:
        batch_op.add_column(sa.Column("public_id", sa.String(length=30), nullable=False, server_default=_random_word()))
        batch_op.add_column(sa.Column("browser", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("second_factor_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("proved_at", UtcDateTime(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_login_session_public_id"), ["public_id"])

    _chain_the_log()


def _random_word() -> sa.TextClause:
    # A session that is there, and one that the version before this writes, needs an id too: 120 random bits.
    if op.get_bind().dialect.name == "sqlite":
        return sa.text("(lower(hex(randomblob(15))))")
    return sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 30)")


def _chain_the_log() -> None:
    """Give what stands in the log its place in the chain, in the order it was written."""
    bind, previous, position = op.get_bind(), "0" * 64, 0
    log = sa.table(
        "access_log",
        sa.column("id"),
        sa.column("at", UtcDateTime),
        sa.column("account_id"),
        sa.column("deed"),
        sa.column("people", sa.JSON),
        sa.column("reason"),
        sa.column("endpoint"),
        sa.column("position"),
        sa.column("salt"),
        sa.column("payload_hash"),
        sa.column("chain_hash"),
    )
    for row in bind.execute(sa.select(log).order_by(log.c.id)).all():
        position += 1
        salt = secrets.token_hex(16)
        said = [row.at.isoformat(), row.account_id, row.deed, row.people, row.reason, row.endpoint]
        payload = hashlib.sha256(f"{salt}\n{json.dumps(said, ensure_ascii=False)}".encode()).hexdigest()
        previous = hashlib.sha256(f"{position}\n{previous}\n{payload}".encode()).hexdigest()
        placed = {"position": position, "salt": salt, "payload_hash": payload, "chain_hash": previous}
        bind.execute(sa.update(log).where(log.c.id == row.id).values(placed))
    head = sa.table("access_log_head", sa.column("id"), sa.column("position"), sa.column("chain_hash"))
    bind.execute(sa.insert(head).values(id=1, position=position, chain_hash=previous))


def downgrade() -> None:
    with op.batch_alter_table("login_session") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_login_session_public_id"), type_="unique")
        batch_op.drop_column("proved_at")
        batch_op.drop_column("second_factor_at")
        batch_op.drop_column("browser")
        batch_op.drop_column("public_id")

    with op.batch_alter_table("device") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_device_owner"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_device_devicekind"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_device_owner_account_id_account"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_device_owner_account_id"))
        batch_op.drop_column("seen_at")
        batch_op.drop_column("owner_account_id")
        batch_op.drop_column("kind")

    with op.batch_alter_table("account") as batch_op:
        batch_op.drop_column("closed_at")

    op.execute(
        "DELETE FROM access_log WHERE account_id IS NULL"
    )  # emptied rows: the version before has no word for them
    with op.batch_alter_table("access_log") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_access_log_who"), type_="check")
        batch_op.alter_column("account_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_constraint(batch_op.f("uq_access_log_position"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_access_log_delete_on"))
        batch_op.drop_column("emptied_at")
        batch_op.drop_column("delete_on")
        batch_op.drop_column("chain_hash")
        batch_op.drop_column("payload_hash")
        batch_op.drop_column("salt")
        batch_op.drop_column("position")

    with op.batch_alter_table("sealed_notes_yes") as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_notes_yes_citizen_id"))

    op.drop_table("sealed_notes_yes")
    with op.batch_alter_table("passkey") as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_account_id"))

    op.drop_table("passkey")
    with op.batch_alter_table("log_sample_row") as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_sample_row_sample_id"))

    op.drop_table("log_sample_row")
    op.drop_table("workshop_version")
    with op.batch_alter_table("sealed_note") as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_note_citizen_id_by_staff_id"))

    op.drop_table("sealed_note")
    with op.batch_alter_table("phone_ticket") as batch_op:
        batch_op.drop_index(batch_op.f("ix_phone_ticket_account_id"))

    op.drop_table("phone_ticket")
    op.drop_table("person_key")
    with op.batch_alter_table("password_reset") as batch_op:
        batch_op.drop_index(batch_op.f("ix_password_reset_account_id"))

    op.drop_table("password_reset")
    op.drop_table("log_sample")
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_email"))

    op.drop_table("invitation")
    with op.batch_alter_table("caseload_delegation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_caseload_delegation_to_staff_id_until_on"))

    op.drop_table("caseload_delegation")
    with op.batch_alter_table("account_change") as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_change_account_id"))

    op.drop_table("account_change")
    with op.batch_alter_table("accommodation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_accommodation_citizen_id"))

    op.drop_table("accommodation")
    op.drop_table("totp_seed")
    with op.batch_alter_table("recovery_code") as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_account_id"))

    op.drop_table("recovery_code")
    with op.batch_alter_table("challenge") as batch_op:
        batch_op.drop_index(batch_op.f("ix_challenge_expires_at"))

    op.drop_table("challenge")
    op.drop_table("backup_run")
    op.drop_table("access_log_head")
