"""Jurisdictions and their tree; people, sessions, memberships, invitations; who enters a transaction."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The names of government bodies are public, so everybody may read this table; only the body itself is written to.
JURISDICTIONS = """
CREATE TABLE jurisdictions (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{1,60}$'),
  name text NOT NULL,
  tier text NOT NULL CHECK (tier IN ('province', 'city', 'county', 'township', 'other')),
  division_code text NOT NULL DEFAULT '',
  sort_key text NOT NULL DEFAULT '',
  valid_from date NOT NULL DEFAULT current_date,
  valid_to date,
  created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE jurisdictions ENABLE ROW LEVEL SECURITY;
ALTER TABLE jurisdictions FORCE ROW LEVEL SECURITY;
CREATE POLICY anyone_reads ON jurisdictions FOR SELECT USING (true);
CREATE POLICY own_insert ON jurisdictions FOR INSERT WITH CHECK (id = (SELECT app.tenant_id()));
CREATE POLICY own_update ON jurisdictions FOR UPDATE
  USING (id = (SELECT app.tenant_id())) WITH CHECK (id = (SELECT app.tenant_id()));
GRANT SELECT, INSERT, UPDATE ON jurisdictions TO kaohe_app;

-- Former names: renaming never rewrites the past.
CREATE TABLE jurisdiction_names (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  valid_from date NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (tenant_id, valid_from)
);

-- The closure of the tree as each jurisdiction sees it: depth 0 itself, above 0 below it, below 0 above it.
CREATE TABLE jurisdiction_links (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  jurisdiction_id uuid NOT NULL REFERENCES jurisdictions (id),
  parent_id uuid,
  depth integer NOT NULL,
  valid_from date NOT NULL DEFAULT current_date,
  valid_to date CHECK (valid_to IS NULL OR valid_to >= valid_from),
  PRIMARY KEY (tenant_id, jurisdiction_id, valid_from)
);
"""

PEOPLE = """
CREATE TABLE people (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  login text NOT NULL UNIQUE,
  name text NOT NULL,
  phone text NOT NULL DEFAULT '',
  password_hash text,
  must_change_password boolean NOT NULL DEFAULT false,
  locale text NOT NULL DEFAULT 'zh',
  created_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz
);
CREATE TABLE sessions (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  person_id uuid NOT NULL REFERENCES people (id),
  tenant_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoked_reason text,
  address text NOT NULL DEFAULT '',
  agent text NOT NULL DEFAULT ''
);
CREATE INDEX ix_sessions_person_id ON sessions (person_id);
CREATE TABLE refresh_tokens (
  hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions (id),
  issued_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz
);
CREATE INDEX ix_refresh_tokens_session_id ON refresh_tokens (session_id);
CREATE TABLE login_attempts (
  key text PRIMARY KEY,
  failures integer NOT NULL,
  window_started_at timestamptz NOT NULL,
  blocked_until timestamptz
);
GRANT SELECT, INSERT, UPDATE ON people, sessions, refresh_tokens, login_attempts TO kaohe_app;
GRANT DELETE ON refresh_tokens, login_attempts TO kaohe_app;

CREATE TABLE memberships (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  person_id uuid NOT NULL REFERENCES people (id),
  role text NOT NULL CHECK (role IN ('operator', 'admin', 'organiser', 'inspector', 'assessor', 'reporter',
                                     'lead', 'approver', 'auditor', 'staff')),
  subject_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX uq_memberships_person_role ON memberships
  (tenant_id, person_id, role, coalesce(subject_id, '00000000-0000-0000-0000-000000000000')) WHERE ended_at IS NULL;
CREATE INDEX ix_memberships_person_id ON memberships (person_id);

CREATE TABLE invitations (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  token_hash bytea NOT NULL,
  login text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  subject_id uuid,
  invited_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX uq_invitations_token_hash ON invitations (tenant_id, token_hash);
"""

# The first statement of every transaction. With a login session it also answers who that is and what they may do,
# so that a revoked session or role stops at the very next request and costs no query of its own.
ENTER = """
CREATE FUNCTION app.enter(p_tenant uuid, p_person uuid, p_session uuid, p_read_only boolean)
RETURNS TABLE (person_id uuid, login text, name text, locale text, must_change_password boolean,
               jurisdiction text, tier text, roles jsonb, jurisdictions jsonb, inbox_unread integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('app.tenant_id', coalesce(p_tenant::text, ''), true),
          set_config('app.person_id', coalesce(p_person::text, ''), true);
  IF p_read_only THEN
    PERFORM set_config('transaction_read_only', 'on', true);
  END IF;
  IF p_session IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT p.id, p.login, p.name, p.locale, p.must_change_password, j.name, j.tier,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(m.role, m.subject_id)), '[]')
       FROM memberships m WHERE m.tenant_id = p_tenant AND m.person_id = p.id AND m.ended_at IS NULL),
    (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(o.id, o.name)), '[]')
       FROM memberships m JOIN jurisdictions o ON o.id = m.tenant_id
      WHERE m.person_id = p.id AND m.ended_at IS NULL),
    0
  FROM sessions s JOIN people p ON p.id = s.person_id LEFT JOIN jurisdictions j ON j.id = p_tenant
  WHERE s.id = p_session AND p.id = p_person AND s.revoked_at IS NULL AND s.expires_at > now()
    AND p.disabled_at IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION app.enter TO kaohe_app;
"""


def upgrade() -> None:
    op.execute(JURISDICTIONS)
    op.execute(PEOPLE)
    for table, options in (
        ("jurisdiction_names", {"grants": "SELECT, INSERT"}),
        ("jurisdiction_links", {"grants": "SELECT, INSERT, UPDATE"}),
        ("memberships", {"person": "person_id", "grants": "SELECT, INSERT, UPDATE"}),
        ("invitations", {"grants": "SELECT, INSERT, UPDATE"}),
    ):
        for statement in protect(table, **options):
            op.execute(statement)
    op.execute(ENTER)
