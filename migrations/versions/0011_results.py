"""Results: runs with their sheets, what the approver decided, releases that never change."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RUNS = """
-- One computation of a cycle. `facts` and `result` are the exact bytes that anybody can recompute from.
CREATE TABLE runs (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  cycle_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
  step text NOT NULL DEFAULT '',
  progress integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  problems jsonb NOT NULL DEFAULT '[]',
  problem_count integer NOT NULL DEFAULT 0,
  digest text NOT NULL DEFAULT '',
  subjects integer NOT NULL DEFAULT 0,
  facts bytea,
  result bytea,
  requested_by uuid NOT NULL,
  requested_by_name text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  confirmed_at timestamptz,
  confirmed_by_name text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
CREATE INDEX ix_runs_cycle_id ON runs (tenant_id, cycle_id, id);
CREATE UNIQUE INDEX uq_runs_under_way ON runs (tenant_id, cycle_id) WHERE state IN ('queued', 'running');

-- total to deduction are NULL where a status stands for the score. `payload`: items, lines, awards, missing, remarks,
-- and `sources`, the facts behind each line.
CREATE TABLE sheets (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  run_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  participation_id uuid NOT NULL,
  party_id uuid NOT NULL,
  subject text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  sort_key text NOT NULL DEFAULT '',
  group_id text NOT NULL,
  group_name text NOT NULL,
  total numeric(12, 2),
  base numeric(12, 2),
  bonus numeric(12, 2),
  deduction numeric(12, 2),
  rank integer,
  grade text,
  honours text[] NOT NULL DEFAULT '{}',
  flags text[] NOT NULL DEFAULT '{}',
  incomplete boolean NOT NULL DEFAULT false,
  payload jsonb NOT NULL,
  PRIMARY KEY (tenant_id, run_id, subject_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id),
  FOREIGN KEY (tenant_id, participation_id) REFERENCES participations (tenant_id, id)
);
CREATE INDEX ix_sheets_ranking ON sheets (tenant_id, run_id, group_id, rank);

-- What the approver gives instead of the proposal, beside it.
CREATE TABLE decisions (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  run_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  grade text,
  honours text[] NOT NULL,
  flags text[] NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  decided_by uuid NOT NULL,
  decided_by_name text NOT NULL,
  decided_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, run_id, subject_id),
  FOREIGN KEY (tenant_id, run_id, subject_id) REFERENCES sheets (tenant_id, run_id, subject_id)
);
"""

RELEASES = """
CREATE TABLE releases (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  cycle_id uuid NOT NULL,
  run_id uuid NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  digest text NOT NULL,
  result_sha256 text NOT NULL,
  facts bytea NOT NULL,
  result bytea NOT NULL,
  decisions jsonb NOT NULL,
  note text NOT NULL DEFAULT '',
  released_by uuid NOT NULL,
  released_by_name text NOT NULL,
  released_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, cycle_id, number),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id)
);

-- A copy for each party, with what was confirmed; the party's only view of the result.
CREATE TABLE released_sheets (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  release_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  cycle_id uuid NOT NULL,
  party_id uuid NOT NULL,
  person_id uuid,
  unit_id uuid,
  number integer NOT NULL,
  title text NOT NULL,
  host text NOT NULL,
  scheme_id text NOT NULL,
  scheme_version text NOT NULL,
  period text NOT NULL,
  digest text NOT NULL,
  released_at timestamptz NOT NULL,
  subject text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  sort_key text NOT NULL DEFAULT '',
  group_id text NOT NULL,
  group_name text NOT NULL,
  total numeric(12, 2),
  base numeric(12, 2),
  bonus numeric(12, 2),
  deduction numeric(12, 2),
  rank integer,
  grade text,
  honours text[] NOT NULL,
  flags text[] NOT NULL,
  incomplete boolean NOT NULL,
  payload jsonb NOT NULL,
  PRIMARY KEY (tenant_id, release_id, subject_id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id)
);
CREATE INDEX ix_released_sheets_party_id ON released_sheets (party_id, released_at DESC);
CREATE INDEX ix_released_sheets_person_id ON released_sheets (tenant_id, person_id);

-- The published ranking of a group, for each party outside the host that stands in it.
CREATE TABLE standings (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  release_id uuid NOT NULL,
  group_id text NOT NULL,
  party_id uuid NOT NULL,
  places jsonb NOT NULL,
  PRIMARY KEY (tenant_id, release_id, group_id, party_id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id)
);
"""


def upgrade() -> None:
    op.execute(RUNS)
    op.execute(RELEASES)
    for table, options in (
        ("runs", {"grants": "SELECT, INSERT, UPDATE"}),
        ("sheets", {"grants": "SELECT, INSERT, DELETE"}),
        ("decisions", {"grants": "SELECT, INSERT, UPDATE, DELETE"}),
        ("releases", {"grants": "SELECT, INSERT"}),
        ("released_sheets", {"party": "party_id", "grants": "SELECT, INSERT"}),
        ("standings", {"party": "party_id", "grants": "SELECT, INSERT"}),
    ):
        for statement in protect(table, **options):
            op.execute(statement)
