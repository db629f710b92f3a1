"""Enabled schemes and their parameters; imports waiting for a yes; who administers what stands below."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import APP_ROLE, protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# granted_by: the jurisdiction above that gave the scheme (it may read the row); NULL where nobody stands above.
# What was granted can be granted on, whether it is enabled here or not.
SCHEMES = """
CREATE TABLE enabled_schemes (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  scheme_id text NOT NULL,
  granted_by uuid,
  granted_at timestamptz NOT NULL DEFAULT now(),
  enabled boolean NOT NULL DEFAULT true,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, scheme_id)
);
CREATE INDEX ix_enabled_schemes_granted_by ON enabled_schemes (granted_by);

-- overrides: only what differs from the scheme's defaults, numbers as text. Versions are never changed.
CREATE TABLE parameter_versions (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  scheme_id text NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  valid_from date NOT NULL,
  overrides jsonb NOT NULL DEFAULT '{}',
  reason text NOT NULL,
  made_by text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, scheme_id, number),
  FOREIGN KEY (tenant_id, scheme_id) REFERENCES enabled_schemes (tenant_id, scheme_id)
);
"""

IMPORTS = """
CREATE TABLE subject_imports (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  person_id uuid NOT NULL,
  kind text NOT NULL,
  file_name text NOT NULL,
  sha256 text NOT NULL,
  rows jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  applied_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
"""

# Runs with the caller's rights: steps into each jurisdiction below the caller's own, one after the other, and back.
BELOW = """
CREATE FUNCTION app.administrators_below(p_ids uuid[])
RETURNS TABLE (jurisdiction_id uuid, administrators text[], invited text[], former_names jsonb)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  home uuid := app.tenant_id();
  below uuid;
  allowed uuid[];
BEGIN
  SELECT coalesce(array_agg(l.jurisdiction_id), '{}') INTO allowed
    FROM jurisdiction_links l WHERE l.tenant_id = home AND l.depth >= 0 AND l.jurisdiction_id = ANY (p_ids);
  FOREACH below IN ARRAY allowed LOOP
    PERFORM set_config('app.tenant_id', below::text, true);
    RETURN QUERY SELECT below,
      (SELECT coalesce(array_agg(DISTINCT p.name ORDER BY p.name), '{}') FROM memberships m JOIN people p ON p.id = m.person_id
        WHERE m.tenant_id = below AND m.role = 'admin' AND m.ended_at IS NULL AND p.disabled_at IS NULL),
      (SELECT coalesce(array_agg(DISTINCT i.name ORDER BY i.name), '{}') FROM invitations i
        WHERE i.tenant_id = below AND i.role = 'admin' AND i.used_at IS NULL AND i.revoked_at IS NULL
          AND i.expires_at > now()),
      (SELECT jsonb_agg(jsonb_build_array(n.valid_from, n.name) ORDER BY n.valid_from) FROM jurisdiction_names n
        WHERE n.tenant_id = below);
  END LOOP;
  PERFORM set_config('app.tenant_id', home::text, true);
END $$;
"""


def upgrade() -> None:
    op.execute(SCHEMES)
    op.execute(IMPORTS)
    for table, options in (
        ("enabled_schemes", {"party": "granted_by", "grants": "SELECT, INSERT, UPDATE"}),
        ("parameter_versions", {"grants": "SELECT, INSERT"}),
        ("subject_imports", {}),
    ):
        for statement in protect(table, **options):
            op.execute(statement)
    op.execute(BELOW)
    op.execute(f"GRANT EXECUTE ON FUNCTION app.administrators_below TO {APP_ROLE}")
