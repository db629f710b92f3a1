"""Who is scored."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SUBJECTS = """
CREATE TABLE subjects (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  code text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  sort_key text NOT NULL DEFAULT '',
  parent_id uuid,
  jurisdiction_id uuid,
  person_id uuid,
  attributes jsonb NOT NULL DEFAULT '{}',
  active_from date,
  active_to date,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, code),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES subjects (tenant_id, id),
  CHECK (active_to IS NULL OR active_from IS NULL OR active_to >= active_from)
);
CREATE INDEX ix_subjects_kind ON subjects (tenant_id, kind, sort_key);
CREATE INDEX ix_subjects_parent_id ON subjects (tenant_id, parent_id);
CREATE INDEX ix_subjects_person_id ON subjects (tenant_id, person_id);
"""


def upgrade() -> None:
    op.execute(SUBJECTS)
    for statement in protect("subjects"):
        op.execute(statement)
