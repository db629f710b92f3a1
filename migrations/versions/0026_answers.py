"""An answer to a question about evidence brings files."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FILES = """
-- The host's own copies.
CREATE TABLE evidence_request_files (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  request_id uuid NOT NULL,
  evidence_id uuid NOT NULL,
  party_id uuid NOT NULL,
  name text NOT NULL,
  size bigint NOT NULL,
  sha256 text NOT NULL,
  PRIMARY KEY (tenant_id, request_id, evidence_id),
  FOREIGN KEY (tenant_id, request_id) REFERENCES evidence_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX ix_evidence_request_files_party_id ON evidence_request_files (party_id, request_id);
CREATE INDEX ix_evidence_request_files_evidence_id ON evidence_request_files (tenant_id, evidence_id);
"""


def upgrade() -> None:
    op.execute(FILES)
    for statement in protect("evidence_request_files", party="party_id", grants="SELECT, INSERT"):
        op.execute(statement)
