"""Rehearsals: named sets of parameters on the facts of a run, worked out again whenever they are opened."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REHEARSALS = """
-- `parameters`: what differs from the run's. `summary`: the tally as it was saved, for the list.
CREATE TABLE rehearsals (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  cycle_id uuid NOT NULL,
  run_id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  scheme_version text NOT NULL,
  parameters jsonb NOT NULL,
  summary jsonb NOT NULL,
  saved_by uuid NOT NULL,
  saved_by_name text NOT NULL,
  saved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, cycle_id, name),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id)
);
"""


def upgrade() -> None:
    op.execute(REHEARSALS)
    for statement in protect("rehearsals", grants="SELECT, INSERT, DELETE"):
        op.execute(statement)
