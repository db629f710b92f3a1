"""What follows from a released result, as work: a row for each consequence and subject, and what was done about it."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

FOLLOWUPS = """
-- The words are those of the scheme when the result was released. subject_id NULL: one for the whole result.
-- The host writes; whom it concerns (party_id: the host itself for its own) reads.
CREATE TABLE followups (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  cycle_id uuid NOT NULL,
  cycle_title text NOT NULL,
  host text NOT NULL,
  release_number int NOT NULL,
  key text NOT NULL,
  position int NOT NULL,
  cause text NOT NULL,
  cause_title jsonb NOT NULL,
  action text NOT NULL,
  title jsonb NOT NULL,
  actor jsonb NOT NULL,
  article text NOT NULL DEFAULT '',
  subject_id uuid,
  subject_name text NOT NULL DEFAULT '',
  group_name text NOT NULL DEFAULT '',
  sort_key text NOT NULL DEFAULT '',
  party_id uuid NOT NULL,
  unit_id uuid,
  person_id uuid,
  state text NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'filed', 'returned', 'done', 'waived', 'withdrawn')),
  follows boolean NOT NULL DEFAULT true,
  due date,
  opened_at timestamptz NOT NULL DEFAULT now(),
  outcome text NOT NULL DEFAULT '',
  settled_on date,
  document text NOT NULL DEFAULT '',
  decided_by text NOT NULL DEFAULT '',
  settled_at timestamptz,
  settled_name text NOT NULL DEFAULT '',
  version int NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  UNIQUE NULLS NOT DISTINCT (tenant_id, cycle_id, key, subject_id),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id),
  FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id),
  CHECK (state NOT IN ('filed', 'returned') OR action = 'rectify'),
  CHECK ((state IN ('done', 'waived')) = (settled_at IS NOT NULL)),
  CHECK (state <> 'waived' OR decided_by <> '')
);
CREATE INDEX ix_followups_to_act ON followups (tenant_id, due) WHERE state IN ('open', 'filed', 'returned');
CREATE INDEX ix_followups_subject_id ON followups (tenant_id, subject_id, cycle_id);
CREATE INDEX ix_followups_party_id ON followups (party_id, subject_id, cycle_id);
"""

ACTS = """
-- Written once. A rectification report is an act like any other, of the party's people.
CREATE TABLE followup_acts (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  followup_id uuid NOT NULL,
  party_id uuid NOT NULL,
  action text NOT NULL
    CHECK (action IN ('due_set', 'filed', 'returned', 'done', 'waived', 'reopened', 'withdrawn', 'resumed', 'kept')),
  note text NOT NULL DEFAULT '',
  due date,
  person_name text NOT NULL DEFAULT '',
  acted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, followup_id) REFERENCES followups (tenant_id, id)
);
CREATE INDEX ix_followup_acts_followup_id ON followup_acts (tenant_id, followup_id, id);
CREATE INDEX ix_followup_acts_party_id ON followup_acts (party_id, followup_id);
-- `evidence_id` is the host's; `origin_id` the party's own file of which it is a copy.
CREATE TABLE followup_evidence (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  act_id uuid NOT NULL,
  evidence_id uuid NOT NULL,
  party_id uuid NOT NULL,
  origin_id uuid,
  name text NOT NULL,
  sha256 text NOT NULL,
  PRIMARY KEY (tenant_id, act_id, evidence_id),
  FOREIGN KEY (tenant_id, act_id) REFERENCES followup_acts (tenant_id, id),
  FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX ix_followup_evidence_party_id ON followup_evidence (party_id, act_id);
CREATE INDEX ix_followup_evidence_evidence_id ON followup_evidence (tenant_id, evidence_id);
"""


def upgrade() -> None:
    op.execute(FOLLOWUPS)
    op.execute(ACTS)
    for statement in (
        *protect("followups", party="party_id", grants="SELECT, INSERT, UPDATE"),
        *protect("followup_acts", party="party_id", grants="SELECT, INSERT"),
        *protect("followup_evidence", party="party_id", grants="SELECT, INSERT"),
    ):
        op.execute(statement)
