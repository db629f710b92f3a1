"""Evidence: what was stored (by content), under which name and for whom, and uploads that are on their way."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# audience: 'unit' = the draft of one unit (unit_id; NULL = of the jurisdiction as a party), 'office' = logged by the
# organising side, 'filed' = the copy that a party handed in.
EVIDENCE = """
CREATE TABLE blobs (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint NOT NULL CHECK (size > 0),
  media_type text NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, sha256)
);

CREATE TABLE evidence (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  sha256 text NOT NULL,
  name text NOT NULL,
  audience text NOT NULL CHECK (audience IN ('unit', 'office', 'filed')),
  unit_id uuid,
  uploaded_by uuid NOT NULL,
  uploader_name text NOT NULL,
  uploaded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, sha256) REFERENCES blobs (tenant_id, sha256),
  FOREIGN KEY (tenant_id, unit_id) REFERENCES subjects (tenant_id, id)
);
CREATE INDEX ix_evidence_sha256 ON evidence (tenant_id, sha256);
CREATE INDEX ix_evidence_uploaded_at ON evidence (tenant_id, audience, uploaded_at DESC);

-- The bytes that arrived lie in a file named by the id; its length is the offset. target: where the file goes when whole.
CREATE TABLE uploads (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  person_id uuid NOT NULL,
  name text NOT NULL,
  length bigint NOT NULL CHECK (length > 0),
  target text NOT NULL DEFAULT '',
  audience text NOT NULL CHECK (audience IN ('unit', 'office')),
  unit_id uuid,
  evidence_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX ix_uploads_expires_at ON uploads (tenant_id, expires_at);
CREATE INDEX ix_uploads_person_id ON uploads (tenant_id, person_id);
"""


def upgrade() -> None:
    op.execute(EVIDENCE)
    # What was stored is never changed: a row more is the only way.
    for table, grants in (
        ("blobs", "SELECT, INSERT"),
        ("evidence", "SELECT, INSERT"),
        ("uploads", "SELECT, INSERT, UPDATE, DELETE"),
    ):
        for statement in protect(table, grants=grants):
            op.execute(statement)
