"""Registers that schemes ask for: who is named by each unit, since when, with what document."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import APP_ROLE, protect

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

REGISTERS = """
-- An entry is never rewritten: it ends (`until`), and another one begins.
CREATE TABLE register_entries (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  scheme_id text NOT NULL,
  register text NOT NULL,
  subject_id uuid NOT NULL,
  who text NOT NULL CHECK (who <> ''),
  since date NOT NULL,
  until date,
  evidence_id uuid,
  entered_by uuid NOT NULL,
  entered_name text NOT NULL,
  entered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id),
  CHECK (until >= since)
);
CREATE INDEX ix_register_entries_register ON register_entries (tenant_id, scheme_id, register, subject_id);
"""


def upgrade() -> None:
    op.execute(REGISTERS)
    for statement in protect("register_entries", grants="SELECT, INSERT"):
        op.execute(statement)
    op.execute(f"GRANT UPDATE (until) ON register_entries TO {APP_ROLE}")
