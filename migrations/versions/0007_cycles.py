"""Cycles: one scheme, one period, its phases, participants, assessors."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CYCLES = """
CREATE TABLE cycles (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  title text NOT NULL,
  scheme_id text NOT NULL,
  scheme_version text NOT NULL,
  scheme_hash text NOT NULL,
  parameter_version_id uuid,
  parameters jsonb NOT NULL DEFAULT '{}',
  period text NOT NULL,
  period_start date NOT NULL,
  period_end date NOT NULL,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'issued', 'closed')),
  notice text NOT NULL DEFAULT '',
  draft jsonb NOT NULL DEFAULT '{}',
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  issued_at timestamptz,
  closed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ix_cycles_created_at ON cycles (tenant_id, created_at DESC);

-- phase: self_assessment (only where a scheme asks for claims), grading, confirmation
CREATE TABLE cycle_phases (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  cycle_id uuid NOT NULL,
  phase text NOT NULL CHECK (phase IN ('self_assessment', 'grading', 'confirmation')),
  opens_on date NOT NULL,
  closes_on date NOT NULL CHECK (closes_on >= opens_on),
  PRIMARY KEY (tenant_id, cycle_id, phase),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);

-- One subject in one cycle. party_id = the tenant that assesses itself: the host itself for its own units.
-- `notice` is the copy of what was announced (title, scheme, period, parameters, phases): the party's only view of the cycle.
CREATE TABLE participations (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  cycle_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  party_id uuid NOT NULL,
  subject_code text NOT NULL,
  subject_name text NOT NULL,
  subject_kind text NOT NULL,
  group_name text NOT NULL DEFAULT '',
  attributes jsonb NOT NULL DEFAULT '{}',
  notice jsonb NOT NULL DEFAULT '{}',
  self_assessment_opens date,
  self_assessment_closes date,
  filing_state text NOT NULL DEFAULT 'none' CHECK (filing_state IN ('none', 'filed', 'returned', 'withdrawn')),
  filed_at timestamptz,
  receipt_at timestamptz,
  receipt_by text,
  unit_id uuid,
  reminded_at timestamptz,
  confirmed_at timestamptz,
  sort_key text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, cycle_id, subject_id),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id),
  FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id)
);
CREATE INDEX ix_participations_party_id ON participations (party_id, self_assessment_closes);
CREATE INDEX ix_participations_subject_id ON participations (tenant_id, subject_id);

-- `until`: the last day on which this one may still be filed.
CREATE TABLE extensions (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  participation_id uuid NOT NULL,
  party_id uuid NOT NULL,
  until date NOT NULL,
  reason text NOT NULL,
  granted_by uuid NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, participation_id) REFERENCES participations (tenant_id, id)
);

CREATE TABLE assessors (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  cycle_id uuid NOT NULL,
  person_id uuid NOT NULL,
  person_name text NOT NULL,
  channel text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, cycle_id, person_id, channel),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);

-- 回避: this person does not assess this subject in this cycle.
CREATE TABLE recusals (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  cycle_id uuid NOT NULL,
  person_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (tenant_id, cycle_id, person_id, subject_id),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);

-- Made when the notice is issued: every assessor with every participation, less the recusals.
CREATE TABLE assignments (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  cycle_id uuid NOT NULL,
  participation_id uuid NOT NULL,
  person_id uuid NOT NULL,
  channel text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'filed')),
  filed_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, participation_id, person_id, channel),
  FOREIGN KEY (tenant_id, participation_id) REFERENCES participations (tenant_id, id)
);
CREATE INDEX ix_assignments_person_id ON assignments (tenant_id, person_id, state);
CREATE INDEX ix_assignments_cycle_id ON assignments (tenant_id, cycle_id);
"""


def upgrade() -> None:
    op.execute(CYCLES)
    parties = {"participations": "party_id", "extensions": "party_id"}
    for table in (
        "cycles", "cycle_phases", "participations", "extensions", "assessors", "recusals", "assignments",
    ):  # fmt: skip
        for statement in protect(table, party=parties.get(table)):
            op.execute(statement)
