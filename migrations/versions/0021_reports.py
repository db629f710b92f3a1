"""Reports that a regulation asks for before the assessment, as they were handed in."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

REPORTS = """
-- The host's own copy; nobody changes it. Handed in again, it is another row, and the newest stands.
CREATE TABLE filed_reports (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  participation_id uuid NOT NULL,
  party_id uuid NOT NULL,
  report text NOT NULL,
  evidence_id uuid NOT NULL,
  name text NOT NULL,
  size bigint NOT NULL,
  sha256 text NOT NULL,
  filed_by uuid NOT NULL,
  filed_name text NOT NULL,
  filed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, participation_id) REFERENCES participations (tenant_id, id),
  FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX ix_filed_reports_participation_id ON filed_reports (tenant_id, participation_id, report, id DESC);
CREATE INDEX ix_filed_reports_party_id ON filed_reports (party_id, participation_id);
CREATE INDEX ix_filed_reports_evidence_id ON filed_reports (tenant_id, evidence_id);
"""


def upgrade() -> None:
    op.execute(REPORTS)
    for statement in protect("filed_reports", party="party_id", grants="SELECT, INSERT"):
        op.execute(statement)
