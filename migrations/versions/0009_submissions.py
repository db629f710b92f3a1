"""Self-assessments, the party's alone, and filings, the host's copy of what was handed in."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# self_assessments.id is the id of the participation (a row of the host's, so no key may refer to it).
DRAFTS = """
CREATE TABLE self_assessments (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL,
  host_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'filed')),
  return_reason text NOT NULL DEFAULT '',
  returned_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE claims (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  self_assessment_id uuid NOT NULL,
  leaf text NOT NULL,
  entries jsonb NOT NULL DEFAULT '[]',
  remark text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  updated_by uuid NOT NULL,
  updated_name text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, self_assessment_id, leaf),
  FOREIGN KEY (tenant_id, self_assessment_id) REFERENCES self_assessments (tenant_id, id)
);

-- What one person wrote and another replaced.
CREATE TABLE replaced_claims (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  self_assessment_id uuid NOT NULL,
  leaf text NOT NULL,
  version integer NOT NULL,
  entries jsonb NOT NULL,
  remark text NOT NULL,
  updated_name text NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, self_assessment_id, leaf, version),
  FOREIGN KEY (tenant_id, self_assessment_id, leaf) REFERENCES claims (tenant_id, self_assessment_id, leaf)
);

CREATE TABLE claim_evidence (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  self_assessment_id uuid NOT NULL,
  leaf text NOT NULL,
  slot text NOT NULL,
  evidence_id uuid NOT NULL,
  added_by uuid NOT NULL,
  added_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, self_assessment_id, leaf, slot, evidence_id),
  FOREIGN KEY (tenant_id, self_assessment_id) REFERENCES self_assessments (tenant_id, id),
  FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
"""

FILINGS = """
CREATE TABLE filing_numbers (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  year integer NOT NULL,
  last integer NOT NULL,
  PRIMARY KEY (tenant_id, year)
);

CREATE TABLE filings (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  participation_id uuid NOT NULL,
  party_id uuid NOT NULL,
  number text NOT NULL,
  content jsonb NOT NULL,
  digest text NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'withdrawn', 'returned')),
  filed_by uuid NOT NULL,
  filed_name text NOT NULL,
  filed_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  ended_name text,
  ended_reason text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, participation_id) REFERENCES participations (tenant_id, id),
  CHECK ((state = 'open') = (ended_at IS NULL))
);
-- However often somebody clicks: one filing stands.
CREATE UNIQUE INDEX uq_filings_open ON filings (tenant_id, participation_id) WHERE state = 'open';
CREATE INDEX ix_filings_participation_id ON filings (tenant_id, participation_id, filed_at DESC);
CREATE INDEX ix_filings_party_id ON filings (party_id, participation_id);

CREATE TABLE filing_evidence (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  filing_id uuid NOT NULL,
  leaf text NOT NULL,
  slot text NOT NULL,
  evidence_id uuid NOT NULL,
  party_id uuid NOT NULL,
  sha256 text NOT NULL,
  name text NOT NULL,
  size bigint NOT NULL,
  media_type text NOT NULL,
  PRIMARY KEY (tenant_id, filing_id, leaf, slot, evidence_id),
  FOREIGN KEY (tenant_id, filing_id) REFERENCES filings (tenant_id, id),
  FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX ix_filing_evidence_evidence_id ON filing_evidence (tenant_id, evidence_id);
"""
# A filing's content cannot be changed by anybody: only its end is written, once.
ENDING = "SELECT, INSERT, UPDATE (state, ended_at, ended_name, ended_reason)"


def upgrade() -> None:
    op.execute(DRAFTS)
    op.execute(FILINGS)
    parties = {"filings": "party_id", "filing_evidence": "party_id"}
    grants = {"filings": ENDING, "filing_evidence": "SELECT, INSERT", "replaced_claims": "SELECT, INSERT"}
    for table in (
        "self_assessments", "claims", "replaced_claims", "claim_evidence", "filing_numbers", "filings", "filing_evidence",
    ):  # fmt: skip
        for statement in protect(
            table, party=parties.get(table), grants=grants.get(table, "SELECT, INSERT, UPDATE, DELETE")
        ):
            op.execute(statement)
