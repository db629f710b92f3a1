"""Published versions of schemes that a jurisdiction made itself, and copies for those who are assessed by them."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Whoever has to read a version has a row of its own, written once: the maker, whoever was given the scheme, whoever is
# assessed by it. `text` and `number` are null where the version is an installed plugin's. `cases`: YAML like a plugin's.
VERSIONS = """
CREATE TABLE scheme_versions (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  scheme_id text NOT NULL,
  version text NOT NULL,
  number integer CHECK (number > 0),
  text text,
  content_hash text NOT NULL,
  cases text NOT NULL DEFAULT '',
  reason text NOT NULL DEFAULT '',
  published_by text NOT NULL DEFAULT '',
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, scheme_id, version),
  UNIQUE (tenant_id, scheme_id, number),
  CHECK ((text IS NULL) = (number IS NULL))
);
"""


def upgrade() -> None:
    op.execute(VERSIONS)
    for statement in protect("scheme_versions", grants="SELECT, INSERT"):
        op.execute(statement)
