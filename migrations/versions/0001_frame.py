"""The frame: schema `app`, who is asking, audit with its chain, idempotency keys."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import APP_ROLE, protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE SCHEMA IF NOT EXISTS app;
GRANT USAGE ON SCHEMA app TO kaohe_app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Raises instead of answering NULL: a query that forgot its tenant must fail, not return nothing.
CREATE FUNCTION app.tenant_id() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
BEGIN
  IF tenant IS NULL THEN
    RAISE EXCEPTION 'no tenant is set for this transaction' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN tenant;
END $$;

CREATE FUNCTION app.tenant_id_or_null() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;

CREATE FUNCTION app.person_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.person_id', true), '')::uuid $$;
"""

# The audit chain is written by one definer function; the application's role cannot touch the table otherwise.
AUDIT = """
CREATE TABLE audit_heads (
  tenant_id uuid PRIMARY KEY,
  seq bigint NOT NULL,
  hash bytea NOT NULL
);
CREATE TABLE audit_log (
  tenant_id uuid NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  person_id uuid,
  actor text NOT NULL,
  action text NOT NULL,
  object_type text NOT NULL,
  object_id text NOT NULL,
  detail text NOT NULL,
  request_id text NOT NULL,
  prev_hash bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX ix_audit_log_object ON audit_log (tenant_id, object_type, object_id);
CREATE INDEX ix_audit_log_at ON audit_log (tenant_id, at);

CREATE FUNCTION app.audit_text(
  p_tenant uuid, p_seq bigint, p_at timestamptz, p_person uuid, p_actor text, p_action text,
  p_object_type text, p_object_id text, p_detail text, p_request_id text
) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws(chr(31), p_tenant, p_seq, (extract(epoch FROM p_at) * 1000000)::bigint, coalesce(p_person::text, ''),
                   p_actor, p_action, p_object_type, p_object_id, p_detail, p_request_id)
$$;

CREATE FUNCTION app.append_audit(
  p_actor text, p_action text, p_object_type text, p_object_id text, p_detail text, p_request_id text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, app AS $$
DECLARE
  tenant uuid := app.tenant_id();
  person uuid := app.person_id();
  moment timestamptz := clock_timestamp();
  head audit_heads;
  next_seq bigint;
  next_hash bytea;
BEGIN
  INSERT INTO audit_heads VALUES (tenant, 0, ''::bytea) ON CONFLICT DO NOTHING;
  SELECT * INTO head FROM audit_heads WHERE tenant_id = tenant FOR UPDATE;
  next_seq := head.seq + 1;
  next_hash := sha256(head.hash || convert_to(app.audit_text(
    tenant, next_seq, moment, person, p_actor, p_action, p_object_type, p_object_id, p_detail, p_request_id), 'UTF8'));
  INSERT INTO audit_log VALUES (tenant, next_seq, moment, person, p_actor, p_action, p_object_type, p_object_id,
                                p_detail, p_request_id, head.hash, next_hash);
  UPDATE audit_heads SET seq = next_seq, hash = next_hash WHERE tenant_id = tenant;
  RETURN next_seq;
END $$;
GRANT EXECUTE ON FUNCTION app.append_audit TO kaohe_app;
"""

IDEMPOTENCY = """
CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  key text NOT NULL,
  person_id uuid NOT NULL,
  fingerprint bytea NOT NULL,
  status smallint,
  headers jsonb,
  body bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (tenant_id, created_at);
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
    op.execute(AUDIT)
    op.execute(IDEMPOTENCY)
    for table, grants in (
        ("audit_heads", "SELECT"),
        ("audit_log", "SELECT"),
        ("idempotency_keys", "SELECT, INSERT, UPDATE, DELETE"),
    ):
        for statement in protect(table, grants=grants):
            op.execute(statement)
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
