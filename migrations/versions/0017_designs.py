"""Drafts of a jurisdiction's own schemes, drawn up in the browser, and spreadsheets read into them."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

DESIGNS = """
-- `saves` counts up with each save. `published`: the version that was last published from here, '' for none.
CREATE TABLE designs (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  scheme_id text NOT NULL CHECK (scheme_id <> ''),
  scheme_version text NOT NULL,
  title text NOT NULL,
  text text NOT NULL CHECK (length(text) <= 1000000),
  saves integer NOT NULL DEFAULT 1,
  published text NOT NULL DEFAULT '',
  made_by_name text NOT NULL,
  saved_by_name text NOT NULL,
  saved_at timestamptz NOT NULL DEFAULT now(),
  made_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, scheme_id)
);
CREATE TABLE design_imports (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  design_id uuid NOT NULL,
  file_name text NOT NULL,
  rows jsonb NOT NULL,
  put_in_by text NOT NULL,
  put_in_at timestamptz NOT NULL DEFAULT now(),
  applied_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, design_id) REFERENCES designs (tenant_id, id) ON DELETE CASCADE
);
"""


def upgrade() -> None:
    op.execute(DESIGNS)
    for table in ("designs", "design_imports"):
        for statement in protect(table):
            op.execute(statement)
