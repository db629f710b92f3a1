"""Grading: ratings of one assessor, findings shared by all, questions to the party, reusable reasons."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

GRADING = """
-- What one assessor gives for one judged leaf in one channel. Frozen with the assignment.
CREATE TABLE ratings (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  assignment_id uuid NOT NULL,
  participation_id uuid NOT NULL,
  leaf text NOT NULL,
  entry jsonb NOT NULL,
  reason text NOT NULL DEFAULT '',
  saved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, assignment_id, leaf),
  FOREIGN KEY (tenant_id, assignment_id) REFERENCES assignments (tenant_id, id),
  FOREIGN KEY (tenant_id, participation_id) REFERENCES participations (tenant_id, id)
);
CREATE INDEX ix_ratings_participation_id ON ratings (tenant_id, participation_id, leaf);

-- What the assessors together found under one leaf that is counted once. `entries` may be empty: looked at, nothing.
CREATE TABLE findings (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  participation_id uuid NOT NULL,
  leaf text NOT NULL,
  entries jsonb NOT NULL,
  reason text NOT NULL DEFAULT '',
  adopted boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  saved_by uuid NOT NULL,
  saved_by_name text NOT NULL,
  saved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, participation_id, leaf),
  FOREIGN KEY (tenant_id, participation_id) REFERENCES participations (tenant_id, id)
);

-- Every version that was ever saved.
CREATE TABLE finding_versions (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  finding_id uuid NOT NULL,
  version integer NOT NULL,
  entries jsonb NOT NULL,
  reason text NOT NULL,
  saved_by uuid NOT NULL,
  saved_by_name text NOT NULL,
  saved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, finding_id, version),
  FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id)
);

-- A question of an assessor to the party, and its answer.
CREATE TABLE evidence_requests (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  participation_id uuid NOT NULL,
  party_id uuid NOT NULL,
  leaf text NOT NULL,
  leaf_title text NOT NULL,
  subject_name text NOT NULL,
  question text NOT NULL,
  due date NOT NULL,
  asked_by uuid NOT NULL,
  asked_by_name text NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT now(),
  answer text,
  answered_by_name text,
  answered_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, participation_id) REFERENCES participations (tenant_id, id)
);
CREATE INDEX ix_evidence_requests_participation_id ON evidence_requests (tenant_id, participation_id, leaf);
CREATE INDEX ix_evidence_requests_party_id ON evidence_requests (party_id);

CREATE TABLE saved_reasons (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  person_id uuid NOT NULL,
  words text NOT NULL,
  used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, person_id, words)
);
"""


def upgrade() -> None:
    op.execute(GRADING)
    for table, options in (
        ("ratings", {"grants": "SELECT, INSERT, UPDATE"}),
        ("findings", {"grants": "SELECT, INSERT, UPDATE"}),
        ("finding_versions", {"grants": "SELECT, INSERT"}),
        ("evidence_requests", {"party": "party_id", "grants": "SELECT, INSERT, UPDATE"}),
        ("saved_reasons", {"grants": "SELECT, INSERT, UPDATE, DELETE"}),
    ):
        for statement in protect(table, **options):
            op.execute(statement)
