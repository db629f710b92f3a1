"""Changeovers: a running cycle goes over to another version of its scheme."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# `set_aside`: [{id, print, subject, code, title, words, who, why}] of every entry that does not fit the new version; it
# stays where it was made. `digest`: of the facts as the new version takes them when it was agreed.
CHANGEOVERS = """
CREATE TABLE changeovers (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  cycle_id uuid NOT NULL,
  from_version text NOT NULL,
  from_hash text NOT NULL,
  from_parameters jsonb NOT NULL,
  to_version text NOT NULL,
  to_hash text NOT NULL,
  to_parameters jsonb NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  document text NOT NULL CHECK (document <> ''),
  digest text NOT NULL,
  summary jsonb NOT NULL,
  set_aside jsonb NOT NULL,
  decided_by uuid NOT NULL,
  decided_by_name text NOT NULL,
  decided_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
CREATE INDEX ix_changeovers_cycle_id ON changeovers (tenant_id, cycle_id, id);
"""

# What was computed by the version before stays readable, but is nobody's result any more; `scheme_version` says which
# version that was.
RUNS = """
ALTER TABLE runs DROP CONSTRAINT runs_state_check;
ALTER TABLE runs ADD CONSTRAINT runs_state_check CHECK (state IN ('queued', 'running', 'done', 'failed', 'superseded'));
ALTER TABLE runs ADD COLUMN scheme_version text;
ALTER TABLE runs ADD CONSTRAINT runs_superseded_check CHECK ((state = 'superseded') = (scheme_version IS NOT NULL));
"""


def upgrade() -> None:
    op.execute(CHANGEOVERS)
    op.execute(RUNS)
    for statement in protect("changeovers", grants="SELECT, INSERT"):
        op.execute(statement)
