"""Messages, to whom they were delivered, receipts; unread messages counted as a transaction is entered."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# A message is written once and delivered to each person: unread ones are then one short index scan per request.
INBOX = """
CREATE TABLE messages (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  kind text NOT NULL,
  title text NOT NULL,
  body text NOT NULL DEFAULT '',
  link text NOT NULL DEFAULT '',
  roles text[] NOT NULL DEFAULT '{}',
  person_id uuid,
  subject_id uuid,
  due date,
  asks_receipt boolean NOT NULL DEFAULT false,
  receipt_at timestamptz,
  receipt_by uuid,
  receipt_name text,
  about_type text,
  about_id uuid,
  sender_id uuid,
  sender_name text NOT NULL DEFAULT '',
  sender_tenant_id uuid,
  sent_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CHECK ((about_type IS NULL) = (about_id IS NULL))
);
CREATE INDEX ix_messages_about_id ON messages (tenant_id, about_id);
CREATE INDEX ix_messages_receipt ON messages (tenant_id, id) WHERE asks_receipt AND receipt_at IS NULL;
CREATE INDEX ix_messages_due ON messages (tenant_id, due) WHERE due IS NOT NULL;

CREATE TABLE deliveries (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  person_id uuid NOT NULL,
  message_id uuid NOT NULL,
  read_at timestamptz,
  PRIMARY KEY (tenant_id, person_id, message_id),
  FOREIGN KEY (tenant_id, message_id) REFERENCES messages (tenant_id, id)
);
CREATE INDEX ix_deliveries_message_id ON deliveries (tenant_id, message_id);
CREATE INDEX ix_deliveries_unread ON deliveries (tenant_id, person_id) WHERE read_at IS NULL;
"""

# Who gets a role later also gets what still waits for somebody in that role: a county whose people are invited after
# the notice went out must not miss it.
LATE_COMERS = """
CREATE FUNCTION app.deliver_what_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deliveries (tenant_id, person_id, message_id)
  SELECT m.tenant_id, NEW.person_id, m.id FROM messages m
   WHERE m.tenant_id = NEW.tenant_id AND NEW.role = ANY (m.roles) AND m.subject_id IS NOT DISTINCT FROM NEW.subject_id
     AND ((m.asks_receipt AND m.receipt_at IS NULL) OR m.due >= current_date)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER deliver_what_waits AFTER INSERT ON memberships
  FOR EACH ROW EXECUTE FUNCTION app.deliver_what_waits();
"""

# As in 0002, with the unread messages: counted up to 100, which is all the page shows (99+).
ENTER = """
CREATE OR REPLACE FUNCTION app.enter(p_tenant uuid, p_person uuid, p_session uuid, p_read_only boolean)
RETURNS TABLE (person_id uuid, login text, name text, locale text, must_change_password boolean,
               jurisdiction text, tier text, roles jsonb, jurisdictions jsonb, inbox_unread integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('app.tenant_id', coalesce(p_tenant::text, ''), true),
          set_config('app.person_id', coalesce(p_person::text, ''), true);
  IF p_read_only THEN
    PERFORM set_config('transaction_read_only', 'on', true);
  END IF;
  IF p_session IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT p.id, p.login, p.name, p.locale, p.must_change_password, j.name, j.tier,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(m.role, m.subject_id)), '[]')
       FROM memberships m WHERE m.tenant_id = p_tenant AND m.person_id = p.id AND m.ended_at IS NULL),
    (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(o.id, o.name)), '[]')
       FROM memberships m JOIN jurisdictions o ON o.id = m.tenant_id
      WHERE m.person_id = p.id AND m.ended_at IS NULL),
    CASE WHEN p_tenant IS NULL THEN 0 ELSE (
      SELECT count(*)::integer FROM (
        SELECT 1 FROM deliveries d
         WHERE d.tenant_id = p_tenant AND d.person_id = p.id AND d.read_at IS NULL LIMIT 100) unread) END
  FROM sessions s JOIN people p ON p.id = s.person_id LEFT JOIN jurisdictions j ON j.id = p_tenant
  WHERE s.id = p_session AND p.id = p_person AND s.revoked_at IS NULL AND s.expires_at > now()
    AND p.disabled_at IS NULL;
END $$;
"""


def upgrade() -> None:
    op.execute(INBOX)
    for table, grants in (("messages", "SELECT, INSERT, UPDATE"), ("deliveries", "SELECT, INSERT, UPDATE")):
        for statement in protect(table, grants=grants):
            op.execute(statement)
    op.execute(LATE_COMERS)
    op.execute(ENTER)
