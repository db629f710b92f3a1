"""Contributions on their way, what was done at each step, their files and records."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# `step`: the step of the scheme's way that waits; `waits_for`: the role that acts on it, '' where nobody does.
# `acted`: who acted since it was last sent off; `barred`: who of them may not act, where a step asks for another person.
# `opened_at`: since when the host's offices see it; before that it is the unit's alone. `matter`: what its records call it.
CONTRIBUTIONS = """
CREATE TABLE contribution_numbers (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  year integer NOT NULL,
  last integer NOT NULL,
  PRIMARY KEY (tenant_id, year)
);

CREATE TABLE contributions (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  number integer NOT NULL,
  scheme_id text NOT NULL,
  way text NOT NULL,
  subject_id uuid NOT NULL,
  subject_name text NOT NULL,
  subject_kind text NOT NULL,
  title text NOT NULL CHECK (title <> ''),
  body text NOT NULL DEFAULT '',
  entry jsonb NOT NULL DEFAULT '{}',
  matter text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'waiting', 'returned', 'done', 'withdrawn')),
  step text NOT NULL,
  waits_for text NOT NULL DEFAULT '',
  acted uuid[] NOT NULL DEFAULT '{}',
  barred uuid[] NOT NULL DEFAULT '{}',
  opened_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  author_id uuid NOT NULL,
  author_name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id),
  CHECK ((waits_for = '') = (state IN ('done', 'withdrawn')))
);
CREATE INDEX ix_contributions_waits_for ON contributions (tenant_id, waits_for, changed_at) WHERE waits_for <> '';
CREATE INDEX ix_contributions_subject_id ON contributions (tenant_id, subject_id, number);

CREATE TABLE contribution_acts (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  contribution_id uuid NOT NULL,
  step text NOT NULL,
  title text NOT NULL,
  action text NOT NULL CHECK (action IN ('passed', 'edited', 'returned', 'withdrawn', 'added')),
  note text NOT NULL DEFAULT '',
  before jsonb,
  person_id uuid NOT NULL,
  person_name text NOT NULL,
  acted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, contribution_id) REFERENCES contributions (tenant_id, id),
  CHECK (action NOT IN ('returned', 'withdrawn') OR note <> '')
);
CREATE INDEX ix_contribution_acts_contribution_id ON contribution_acts (tenant_id, contribution_id);

CREATE TABLE contribution_evidence (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  contribution_id uuid NOT NULL,
  evidence_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, contribution_id, evidence_id),
  FOREIGN KEY (tenant_id, contribution_id) REFERENCES contributions (tenant_id, id)
);
CREATE INDEX ix_contribution_evidence_evidence_id ON contribution_evidence (tenant_id, evidence_id);

CREATE TABLE contribution_records (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  record_id uuid NOT NULL,
  contribution_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, record_id),
  FOREIGN KEY (tenant_id, contribution_id) REFERENCES contributions (tenant_id, id),
  FOREIGN KEY (tenant_id, record_id) REFERENCES records (tenant_id, id)
);
CREATE INDEX ix_contribution_records_contribution_id ON contribution_records (tenant_id, contribution_id);
"""


def upgrade() -> None:
    op.execute(CONTRIBUTIONS)
    grants = {
        "contribution_numbers": "SELECT, INSERT, UPDATE",
        "contributions": "SELECT, INSERT, UPDATE",
        "contribution_acts": "SELECT, INSERT",
        "contribution_evidence": "SELECT, INSERT, DELETE",
        "contribution_records": "SELECT, INSERT",
    }
    for table, granted in grants.items():
        for statement in protect(table, grants=granted):
            op.execute(statement)
