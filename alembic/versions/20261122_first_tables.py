"""first tables"""

import sqlalchemy as sa

from alembic import op
from selfcare_app.db import Moment
from selfcare_app.kit import immutable

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breaker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("open_until", Moment(), nullable=False),
        sa.Column("told_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_breaker")),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tax_id", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("contract_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('person', 'organisation')", name=op.f("ck_client_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("external_id", name=op.f("uq_client_external_id")),
    )
    op.create_table(
        "hour_of_codes",
        sa.Column("hour", Moment(), autoincrement=False, nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_hour_of_codes")),
    )
    op.create_table(
        "inbox",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("source", "message_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_received_at"), "inbox", ["received_at"], unique=False)
    op.create_table(
        "journal_head",
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("msisdn", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("params_digest", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("replaced_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    op.create_index("ix_one_time_code_holder", "one_time_code", ["holder_id", "purpose", "created_at"], unique=False)
    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
        sa.UniqueConstraint("actor", "kind", "idempotency_key", name=op.f("uq_operation_actor_kind_idempotency_key")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("dedup_key", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("gateway_id", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('sms', 'ussd', 'email')", name=op.f("ck_outbox_kind")),
        sa.CheckConstraint("state IN ('new', 'claimed', 'sent', 'dead')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_outbox_dedup_key")),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_outbox_recipient"), "outbox", ["recipient"], unique=False)
    op.create_table(
        "passkey_challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("params_digest", sa.String(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenge")),
    )
    op.create_index(op.f("ix_passkey_challenge_expires_at"), "passkey_challenge", ["expires_at"], unique=False)
    op.create_index(op.f("ix_passkey_challenge_holder"), "passkey_challenge", ["holder"], unique=False)
    op.create_table(
        "picture_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_check")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_picture_check_token_digest")),
    )
    op.create_index(op.f("ix_picture_check_expires_at"), "picture_check", ["expires_at"], unique=False)
    op.create_table(
        "pool_number",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("category", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("rests_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_pool_number")),
    )
    op.create_index(
        "ix_pool_number_resting",
        "pool_number",
        ["rests_until"],
        unique=False,
        sqlite_where=sa.text("rests_until IS NOT NULL"),
        postgresql_where=sa.text("rests_until IS NOT NULL"),
    )
    op.create_table(
        "quota",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("resets_at", Moment(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_quota_count")),
        sa.PrimaryKeyConstraint("scope", "subject", name=op.f("pk_quota")),
    )
    op.create_index(op.f("ix_quota_resets_at"), "quota", ["resets_at"], unique=False)
    op.create_table(
        "service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_service_code_valid_from")),
    )
    op.create_index(op.f("ix_service_code"), "service", ["code"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("setup_digest", sa.String(), nullable=False),
        sa.Column("setup_until", Moment(), nullable=True),
        sa.Column("disabled_at", Moment(), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("duties", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_table(
        "tariff_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("settlement", sa.String(), nullable=False),
        sa.Column("plan_class", sa.String(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("package", sa.JSON(), nullable=False),
        sa.Column("benefits", sa.String(), nullable=False),
        sa.Column("open_for_change", sa.Boolean(), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_plan")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_tariff_plan_code_valid_from")),
    )
    op.create_index(op.f("ix_tariff_plan_code"), "tariff_plan", ["code"], unique=False)
    op.create_table(
        "usage_record",
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("record_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("zone", sa.SmallInteger(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("duration_seconds", sa.Integer(), nullable=False),
        sa.Column("bytes_in", sa.BigInteger(), nullable=False),
        sa.Column("bytes_out", sa.BigInteger(), nullable=False),
        sa.Column("charge_units", sa.BigInteger(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("line_no", "started_at", "record_key", name=op.f("pk_usage_record")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("settlement", sa.String(), nullable=False),
        sa.Column("payment_form", sa.String(), nullable=False),
        sa.Column("credit_limit_minor", sa.BigInteger(), nullable=False),
        sa.Column("bill_delivery", sa.String(), nullable=False),
        sa.Column("balance_as_of", Moment(), nullable=True),
        sa.CheckConstraint("settlement IN ('prepaid', 'postpaid')", name=op.f("ck_account_settlement")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_account_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("external_id", name=op.f("uq_account_external_id")),
        sa.UniqueConstraint("number", name=op.f("uq_account_number")),
    )
    op.create_index(op.f("ix_account_client_id"), "account", ["client_id"], unique=False)
    op.create_table(
        "staff_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_device_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_device")),
        sa.UniqueConstraint("token_digest", "staff_id", name=op.f("uq_staff_device_token_digest_staff_id")),
    )
    op.create_index(op.f("ix_staff_device_staff_id"), "staff_device", ["staff_id"], unique=False)
    op.create_table(
        "staff_passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_passkey_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_staff_passkey_credential_id")),
    )
    op.create_index(op.f("ix_staff_passkey_staff_id"), "staff_passkey", ["staff_id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("idle_until", Moment(), nullable=False),
        sa.Column("absolute_until", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_staff_session_token_digest")),
    )
    op.create_index(
        "ix_staff_session_live",
        "staff_session",
        ["staff_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("debits", sa.BigInteger(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("floor_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("debits >= 0 AND credits >= 0", name=op.f("ck_ledger_account_sums")),
        sa.CheckConstraint(
            "floor_minor IS NULL OR credits - debits >= floor_minor", name=op.f("ck_ledger_account_floor")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ledger_account_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("account_id", name=op.f("uq_ledger_account_account_id")),
        sa.UniqueConstraint("kind", "code", "currency", name=op.f("uq_ledger_account_kind_code_currency")),
    )
    op.create_table(
        "line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("msisdn", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("tariff_plan", sa.String(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("ip_address", sa.String(), nullable=False),
        sa.Column("closed_user_group", sa.Boolean(), nullable=False),
        sa.Column("puk1_registration", sa.Boolean(), nullable=False),
        sa.Column("activated_on", sa.Date(), nullable=False),
        sa.Column("sim_changed_at", Moment(), nullable=True),
        sa.Column("number_changed_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "access IN ('open', 'closed_by_subscriber', 'closed_by_organisation', 'closed_by_operator')",
            name=op.f("ck_line_access"),
        ),
        sa.CheckConstraint("audience IN ('mobile', 'home_office')", name=op.f("ck_line_audience")),
        sa.CheckConstraint("kind IN ('phone', 'tablet', 'modem', 'machine')", name=op.f("ck_line_kind")),
        sa.CheckConstraint("state IN ('active', 'paused', 'blocked', 'closed')", name=op.f("ck_line_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_line_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
        sa.UniqueConstraint("external_id", name=op.f("uq_line_external_id")),
        sa.UniqueConstraint("msisdn", name=op.f("uq_line_msisdn")),
        sa.UniqueConstraint("no", name=op.f("uq_line_no")),
    )
    op.create_index(op.f("ix_line_account_id"), "line", ["account_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("paid_at", Moment(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_payment_account_id")),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name=op.f("fk_payment_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("external_id", name=op.f("uq_payment_external_id")),
    )
    op.create_index("ix_payment_account_paid", "payment", ["account_id", "paid_at"], unique=False)
    op.create_table(
        "access_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_access_event_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_event")),
    )
    op.create_index("ix_access_event_at", "access_event", ["at"], unique=False)
    op.create_index("ix_access_event_line", "access_event", ["line_id", "at"], unique=False)
    op.create_table(
        "address_holding",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_address_holding_line_id")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_address_holding")),
    )
    op.create_index(op.f("ix_address_holding_line_id"), "address_holding", ["line_id"], unique=False)
    op.create_index(op.f("ix_address_holding_until"), "address_holding", ["until"], unique=False)
    op.create_table(
        "admission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("msisdn", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("next_path", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_admission_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_admission_token_digest")),
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_alarm_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index("ix_alarm_line", "alarm", ["line_id", "read_at", "at"], unique=False)
    op.create_table(
        "allowance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("promo", sa.Boolean(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("as_of", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_allowance_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance")),
        sa.UniqueConstraint("line_id", "code", "period_from", name=op.f("uq_allowance_line_id_code_period_from")),
    )
    op.create_index(op.f("ix_allowance_line_id"), "allowance", ["line_id"], unique=False)
    op.create_table(
        "credential",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("registered_at", Moment(), nullable=False),
        sa.Column("last_used_at", Moment(), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("locked_at", Moment(), nullable=True),
        sa.Column("cooling_until", Moment(), nullable=True),
        sa.Column("temporary_until", Moment(), nullable=True),
        sa.Column("temporary_used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_credential_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "delegation_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delegate_line_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("sees_calls", sa.Boolean(), nullable=False),
        sa.Column("over", sa.String(), nullable=False),
        sa.Column("over_id", sa.Uuid(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=False),
        sa.CheckConstraint("level IN ('view', 'manage')", name=op.f("ck_delegation_grant_level")),
        sa.CheckConstraint("over IN ('line', 'account', 'client')", name=op.f("ck_delegation_grant_over")),
        sa.CheckConstraint(
            "role IN ('curator', 'administrator', 'supervisor', 'own')", name=op.f("ck_delegation_grant_role")
        ),
        sa.ForeignKeyConstraint(["delegate_line_id"], ["line.id"], name=op.f("fk_delegation_grant_delegate_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_grant")),
    )
    op.create_index(
        op.f("ix_delegation_grant_delegate_line_id"), "delegation_grant", ["delegate_line_id"], unique=False
    )
    op.create_index("ix_delegation_grant_over", "delegation_grant", ["over_id"], unique=False)
    op.create_index(
        "uq_delegation_grant_live",
        "delegation_grant",
        ["delegate_line_id", "over_id", "role"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "email_change",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_email_change_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_email_change")),
    )
    op.create_index(op.f("ix_email_change_expires_at"), "email_change", ["expires_at"], unique=False)
    op.create_table(
        "emergency_code",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_emergency_code_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_emergency_code")),
        sa.UniqueConstraint("mac", name=op.f("uq_emergency_code_mac")),
    )
    op.create_table(
        "guarded_section",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_guarded_section_line_id")),
        sa.PrimaryKeyConstraint("line_id", "section", name=op.f("pk_guarded_section")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("details_digest", sa.String(), nullable=False),
        sa.Column("line_seq", sa.BigInteger(), nullable=False),
        sa.Column("line_hash", sa.String(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_journal_entry_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("line_id", "line_seq", name=op.f("uq_journal_entry_line_id_line_seq")),
        sa.UniqueConstraint("stream", "seq", name=op.f("uq_journal_entry_stream_seq")),
    )
    op.create_index("ix_journal_entry_line", "journal_entry", ["line_id", "at"], unique=False)
    op.create_table(
        "known_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("agent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_known_device_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("token_digest", "line_id", name=op.f("uq_known_device_token_digest_line_id")),
    )
    op.create_index(op.f("ix_known_device_line_id"), "known_device", ["line_id"], unique=False)
    op.create_table(
        "line_guard",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("halted_at", Moment(), nullable=True),
        sa.Column("locked_at", Moment(), nullable=True),
        sa.Column("locked_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_guard_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_line_guard")),
    )
    op.create_table(
        "line_number",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("msisdn", sa.String(), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_number_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_number")),
    )
    op.create_index(op.f("ix_line_number_line_id"), "line_number", ["line_id"], unique=False)
    op.create_index(op.f("ix_line_number_msisdn"), "line_number", ["msisdn"], unique=False)
    op.create_index(
        "uq_line_number_current_line",
        "line_number",
        ["line_id"],
        unique=True,
        sqlite_where=sa.text("valid_until IS NULL"),
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.create_index(
        "uq_line_number_current_msisdn",
        "line_number",
        ["msisdn"],
        unique=True,
        sqlite_where=sa.text("valid_until IS NULL"),
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.create_table(
        "line_service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("connected_at", Moment(), nullable=False),
        sa.Column("disconnected_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_service_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_service")),
        sa.UniqueConstraint("external_id", name=op.f("uq_line_service_external_id")),
    )
    op.create_index(op.f("ix_line_service_line_id"), "line_service", ["line_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("transports", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_passkey_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_line_id"), "passkey", ["line_id"], unique=False)
    op.create_table(
        "recovery_email",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_recovery_email_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_recovery_email")),
    )
    op.create_table(
        "recovery_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_recovery_link_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_link")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_recovery_link_token_digest")),
    )
    op.create_index(op.f("ix_recovery_link_line_id"), "recovery_link", ["line_id"], unique=False)
    op.create_table(
        "recovery_wait",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("ready_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_recovery_wait_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_wait")),
    )
    op.create_index(op.f("ix_recovery_wait_expires_at"), "recovery_wait", ["expires_at"], unique=False)
    op.create_index(op.f("ix_recovery_wait_line_id"), "recovery_wait", ["line_id"], unique=False)
    op.create_table(
        "runa_activation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_runa_activation_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runa_activation")),
    )
    op.create_index("ix_runa_activation_line", "runa_activation", ["line_id", "created_at"], unique=False)
    op.create_table(
        "sim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("iccid", sa.String(), nullable=False),
        sa.Column("pin1", sa.LargeBinary(), nullable=False),
        sa.Column("puk1", sa.LargeBinary(), nullable=False),
        sa.Column("pin2", sa.LargeBinary(), nullable=False),
        sa.Column("puk2", sa.LargeBinary(), nullable=False),
        sa.Column("puk1_mac", sa.String(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_sim_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sim")),
        sa.UniqueConstraint("iccid", name=op.f("uq_sim_iccid")),
    )
    op.create_index(op.f("ix_sim_line_id"), "sim", ["line_id"], unique=False)
    op.create_table(
        "staff_look",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_staff_look_line_id")),
        sa.ForeignKeyConstraint(["session_id"], ["staff_session.id"], name=op.f("fk_staff_look_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_look")),
    )
    op.create_index(op.f("ix_staff_look_session_id"), "staff_look", ["session_id"], unique=False)
    op.create_table(
        "staff_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('grant', 'disable', 'enable')", name=op.f("ck_staff_request_kind")),
        sa.CheckConstraint(
            "outcome IN ('', 'confirmed', 'declined', 'withdrawn')", name=op.f("ck_staff_request_outcome")
        ),
        sa.CheckConstraint("(line_id IS NULL) <> (staff_id IS NULL)", name=op.f("ck_staff_request_about")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_staff_request_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_staff_request_decided_by")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_staff_request_line_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_request_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_request")),
    )
    op.create_index("ix_staff_request_waiting", "staff_request", ["outcome", "expires_at"], unique=False)
    op.create_table(
        "stop_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_stop_link_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_link")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_stop_link_token_digest")),
    )
    op.create_index(op.f("ix_stop_link_expires_at"), "stop_link", ["expires_at"], unique=False)
    op.create_index(op.f("ix_stop_link_line_id"), "stop_link", ["line_id"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("debit_id", sa.Uuid(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_transfer_amount")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_transfer_sides")),
        sa.ForeignKeyConstraint(["credit_id"], ["ledger_account.id"], name=op.f("fk_transfer_credit_id")),
        sa.ForeignKeyConstraint(["debit_id"], ["ledger_account.id"], name=op.f("fk_transfer_debit_id")),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name=op.f("fk_transfer_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("operation_id", "seq", name=op.f("uq_transfer_operation_id_seq")),
    )
    op.create_index("ix_transfer_credit", "transfer", ["credit_id", "created_at", "id"], unique=False)
    op.create_index("ix_transfer_debit", "transfer", ["debit_id", "created_at", "id"], unique=False)
    op.create_table(
        "journal_detail",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_journal_detail_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_journal_detail")),
    )
    op.create_table(
        "web_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("idle_until", Moment(), nullable=False),
        sa.Column("absolute_until", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("previous_digest", sa.String(), nullable=True),
        sa.Column("renewed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["delegation_grant.id"], name=op.f("fk_web_session_grant_id")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_web_session_line_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["line.id"], name=op.f("fk_web_session_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("previous_digest", name=op.f("uq_web_session_previous_digest")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_web_session_token_digest")),
    )
    op.create_index(op.f("ix_web_session_grant_id"), "web_session", ["grant_id"], unique=False)
    op.create_index(op.f("ix_web_session_line_id"), "web_session", ["line_id"], unique=False)
    op.create_index(
        "ix_web_session_live",
        "web_session",
        ["idle_until"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'annulled')", name=op.f("ck_draft_state")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_draft_line_id")),
        sa.ForeignKeyConstraint(["session_id"], ["web_session.id"], name=op.f("fk_draft_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_session_id"), "draft", ["session_id"], unique=False)
    op.create_table(
        "order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("accepted_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('accepted', 'done', 'withdrawn', 'failed')", name=op.f("ck_order_state")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_order_line_id")),
        sa.ForeignKeyConstraint(["session_id"], ["web_session.id"], name=op.f("fk_order_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order")),
        sa.UniqueConstraint("no", name=op.f("uq_order_no")),
    )
    op.create_index("ix_order_due", "order", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_order_line_id"), "order", ["line_id"], unique=False)
    op.create_index(
        "uq_order_open",
        "order",
        ["line_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_table(
        "proof",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("params_digest", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["web_session.id"], name=op.f("fk_proof_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
    )
    op.create_index(op.f("ix_proof_session_id"), "proof", ["session_id"], unique=False)
    op.create_table(
        "number_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("released_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_number_hold_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_number_hold_order_id")),
        sa.ForeignKeyConstraint(["session_id"], ["web_session.id"], name=op.f("fk_number_hold_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_hold")),
    )
    op.create_index("ix_number_hold_expiring", "number_hold", ["released_at", "expires_at"], unique=False)
    op.create_index(op.f("ix_number_hold_line_id"), "number_hold", ["line_id"], unique=False)
    op.create_index(op.f("ix_number_hold_session_id"), "number_hold", ["session_id"], unique=False)
    op.create_index(
        "uq_number_hold_live",
        "number_hold",
        ["number"],
        unique=True,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )

    dialect = op.get_bind().dialect.name
    written_once, kept = ("transfer", "operation", "journal_entry"), ("ledger_account", "journal_head")
    for statement in immutable.statements(dialect, written_once=written_once, kept=kept):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(
        "uq_number_hold_live",
        table_name="number_hold",
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.drop_index(op.f("ix_number_hold_session_id"), table_name="number_hold")
    op.drop_index(op.f("ix_number_hold_line_id"), table_name="number_hold")
    op.drop_index("ix_number_hold_expiring", table_name="number_hold")
    op.drop_table("number_hold")
    op.drop_index(op.f("ix_proof_session_id"), table_name="proof")
    op.drop_table("proof")
    op.drop_index(
        "uq_order_open",
        table_name="order",
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.drop_index(op.f("ix_order_line_id"), table_name="order")
    op.drop_index("ix_order_due", table_name="order")
    op.drop_table("order")
    op.drop_index(op.f("ix_draft_session_id"), table_name="draft")
    op.drop_table("draft")
    op.drop_index(
        "ix_web_session_live",
        table_name="web_session",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_web_session_line_id"), table_name="web_session")
    op.drop_index(op.f("ix_web_session_grant_id"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_table("journal_detail")
    op.drop_index("ix_transfer_debit", table_name="transfer")
    op.drop_index("ix_transfer_credit", table_name="transfer")
    op.drop_table("transfer")
    op.drop_index(op.f("ix_stop_link_line_id"), table_name="stop_link")
    op.drop_index(op.f("ix_stop_link_expires_at"), table_name="stop_link")
    op.drop_table("stop_link")
    op.drop_index("ix_staff_request_waiting", table_name="staff_request")
    op.drop_table("staff_request")
    op.drop_index(op.f("ix_staff_look_session_id"), table_name="staff_look")
    op.drop_table("staff_look")
    op.drop_index(op.f("ix_sim_line_id"), table_name="sim")
    op.drop_table("sim")
    op.drop_index("ix_runa_activation_line", table_name="runa_activation")
    op.drop_table("runa_activation")
    op.drop_index(op.f("ix_recovery_wait_line_id"), table_name="recovery_wait")
    op.drop_index(op.f("ix_recovery_wait_expires_at"), table_name="recovery_wait")
    op.drop_table("recovery_wait")
    op.drop_index(op.f("ix_recovery_link_line_id"), table_name="recovery_link")
    op.drop_table("recovery_link")
    op.drop_table("recovery_email")
    op.drop_index(op.f("ix_passkey_line_id"), table_name="passkey")
    op.drop_table("passkey")
    op.drop_index(op.f("ix_line_service_line_id"), table_name="line_service")
    op.drop_table("line_service")
    op.drop_index(
        "uq_line_number_current_msisdn",
        table_name="line_number",
        sqlite_where=sa.text("valid_until IS NULL"),
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.drop_index(
        "uq_line_number_current_line",
        table_name="line_number",
        sqlite_where=sa.text("valid_until IS NULL"),
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.drop_index(op.f("ix_line_number_msisdn"), table_name="line_number")
    op.drop_index(op.f("ix_line_number_line_id"), table_name="line_number")
    op.drop_table("line_number")
    op.drop_table("line_guard")
    op.drop_index(op.f("ix_known_device_line_id"), table_name="known_device")
    op.drop_table("known_device")
    op.drop_index("ix_journal_entry_line", table_name="journal_entry")
    op.drop_table("journal_entry")
    op.drop_table("guarded_section")
    op.drop_table("emergency_code")
    op.drop_index(op.f("ix_email_change_expires_at"), table_name="email_change")
    op.drop_table("email_change")
    op.drop_index(
        "uq_delegation_grant_live",
        table_name="delegation_grant",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index("ix_delegation_grant_over", table_name="delegation_grant")
    op.drop_index(op.f("ix_delegation_grant_delegate_line_id"), table_name="delegation_grant")
    op.drop_table("delegation_grant")
    op.drop_table("credential")
    op.drop_index(op.f("ix_allowance_line_id"), table_name="allowance")
    op.drop_table("allowance")
    op.drop_index("ix_alarm_line", table_name="alarm")
    op.drop_table("alarm")
    op.drop_table("admission")
    op.drop_index(op.f("ix_address_holding_until"), table_name="address_holding")
    op.drop_index(op.f("ix_address_holding_line_id"), table_name="address_holding")
    op.drop_table("address_holding")
    op.drop_index("ix_access_event_line", table_name="access_event")
    op.drop_index("ix_access_event_at", table_name="access_event")
    op.drop_table("access_event")
    op.drop_index("ix_payment_account_paid", table_name="payment")
    op.drop_table("payment")
    op.drop_index(op.f("ix_line_account_id"), table_name="line")
    op.drop_table("line")
    op.drop_table("ledger_account")
    op.drop_index(
        "ix_staff_session_live",
        table_name="staff_session",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("staff_session")
    op.drop_index(op.f("ix_staff_passkey_staff_id"), table_name="staff_passkey")
    op.drop_table("staff_passkey")
    op.drop_index(op.f("ix_staff_device_staff_id"), table_name="staff_device")
    op.drop_table("staff_device")
    op.drop_index(op.f("ix_account_client_id"), table_name="account")
    op.drop_table("account")
    op.drop_table("usage_record")
    op.drop_index(op.f("ix_tariff_plan_code"), table_name="tariff_plan")
    op.drop_table("tariff_plan")
    op.drop_table("staff")
    op.drop_index(op.f("ix_service_code"), table_name="service")
    op.drop_table("service")
    op.drop_index(op.f("ix_quota_resets_at"), table_name="quota")
    op.drop_table("quota")
    op.drop_index(
        "ix_pool_number_resting",
        table_name="pool_number",
        sqlite_where=sa.text("rests_until IS NOT NULL"),
        postgresql_where=sa.text("rests_until IS NOT NULL"),
    )
    op.drop_table("pool_number")
    op.drop_index(op.f("ix_picture_check_expires_at"), table_name="picture_check")
    op.drop_table("picture_check")
    op.drop_index(op.f("ix_passkey_challenge_holder"), table_name="passkey_challenge")
    op.drop_index(op.f("ix_passkey_challenge_expires_at"), table_name="passkey_challenge")
    op.drop_table("passkey_challenge")
    op.drop_index(op.f("ix_outbox_recipient"), table_name="outbox")
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("operation")
    op.drop_index("ix_one_time_code_holder", table_name="one_time_code")
    op.drop_table("one_time_code")
    op.drop_table("journal_head")
    op.drop_index(op.f("ix_inbox_received_at"), table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("hour_of_codes")
    op.drop_table("client")
    op.drop_table("breaker")
