"""Saving a claim in one statement: lock, compare, keep what another person wrote, write."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Runs as whoever calls it, so under row-level security. Each statement sees what was committed while it waited for the
# lock of the draft; a filing takes the same lock. Outcomes: saved; same (nothing to write); changed (somebody saved
# since `p_based_on` was read); filed.
SAVE_CLAIM = """
CREATE FUNCTION app.save_claim(
  p_id uuid, p_host uuid, p_leaf text, p_based_on integer, p_entries jsonb, p_remark text, p_person uuid, p_name text
) RETURNS TABLE (outcome text, entries jsonb, remark text, version integer, updated_name text, updated_at timestamptz)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  tenant uuid := app.tenant_id();
  standing text;
  held claims;
  found_as text := 'saved';
BEGIN
  INSERT INTO self_assessments (tenant_id, id, host_id) VALUES (tenant, p_id, p_host) ON CONFLICT DO NOTHING;
  SELECT state INTO standing FROM self_assessments WHERE tenant_id = tenant AND id = p_id FOR UPDATE;
  SELECT * INTO held FROM claims WHERE tenant_id = tenant AND self_assessment_id = p_id AND leaf = p_leaf FOR UPDATE;
  IF standing = 'filed' THEN
    found_as := 'filed';
  ELSIF held.version IS NULL THEN
    INSERT INTO claims (tenant_id, self_assessment_id, leaf, entries, remark, version, updated_by, updated_name, updated_at)
    VALUES (tenant, p_id, p_leaf, p_entries, p_remark, 1, p_person, p_name, clock_timestamp()) RETURNING * INTO held;
  ELSIF held.entries = p_entries AND held.remark = p_remark THEN
    found_as := 'same';
  ELSIF held.version <> p_based_on THEN
    found_as := 'changed';
  ELSE
    IF held.updated_by <> p_person THEN
      INSERT INTO replaced_claims (tenant_id, self_assessment_id, leaf, version, entries, remark, updated_name, updated_at)
      VALUES (tenant, p_id, p_leaf, held.version, held.entries, held.remark, held.updated_name, held.updated_at);
    END IF;
    UPDATE claims SET entries = p_entries, remark = p_remark, version = held.version + 1, updated_by = p_person,
                      updated_name = p_name, updated_at = clock_timestamp()
     WHERE tenant_id = tenant AND self_assessment_id = p_id AND leaf = p_leaf RETURNING * INTO held;
  END IF;
  RETURN QUERY SELECT found_as, held.entries, held.remark, held.version, held.updated_name, held.updated_at;
END $$;
"""


def upgrade() -> None:
    op.execute(SAVE_CLAIM)
