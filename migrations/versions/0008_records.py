"""Daily records, their evidence and replies; numbers; imports."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import APP_ROLE, protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# A record is never edited: the application may only note which record reversed it. A reversal is a record of its own.
# `party_id` is the tenant that the subject is (the host itself for its own units); it may read.
# `subject_name` is the name at that time, and all that a party sees of the subject. `copy_id` of a record's evidence is
# the party's copy of the file.
RECORDS = """
CREATE TABLE record_numbers (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  year integer NOT NULL,
  last bigint NOT NULL,
  PRIMARY KEY (tenant_id, year)
);

CREATE TABLE record_imports (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  filename text NOT NULL,
  sha256 text NOT NULL,
  data bytea,
  scheme_id text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'checked', 'refused', 'importing', 'done', 'dropped')),
  step text NOT NULL DEFAULT '',
  rows integer NOT NULL DEFAULT 0,
  preview jsonb NOT NULL DEFAULT '[]',
  problems jsonb NOT NULL DEFAULT '[]',
  problem_count integer NOT NULL DEFAULT 0,
  uploaded_by uuid NOT NULL,
  uploaded_name text NOT NULL,
  uploaded_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE records (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  number bigint NOT NULL,
  scheme_id text NOT NULL,
  subject_id uuid NOT NULL,
  party_id uuid NOT NULL,
  subject_name text NOT NULL,
  leaf text NOT NULL,
  date date NOT NULL,
  count integer CHECK (count >= 1),
  amount numeric,
  level text,
  value numeric,
  target numeric,
  rating numeric,
  done text,
  matter text,
  fields jsonb,
  note text,
  reverses_id uuid,
  reversed_by_id uuid,
  source text NOT NULL CHECK (source IN ('form', 'import', 'reversal')),
  import_id uuid,
  entered_by uuid NOT NULL,
  entered_name text NOT NULL,
  entered_at timestamptz NOT NULL DEFAULT now(),
  reply_until date,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, number),
  CHECK ((source = 'reversal') = (reverses_id IS NOT NULL)),
  CHECK (reverses_id IS NULL OR note <> '')
);
-- What counts: results read these by scheme and dates, a subject's page by subject.
CREATE INDEX ix_records_scheme_id ON records (tenant_id, scheme_id, date);
CREATE INDEX ix_records_subject_id ON records (tenant_id, subject_id, date);
CREATE INDEX ix_records_party_id ON records (party_id, date) WHERE party_id <> tenant_id;
CREATE INDEX ix_records_matter ON records (tenant_id, matter) WHERE matter IS NOT NULL;
CREATE INDEX ix_records_entered_by ON records (tenant_id, entered_by, number) WHERE source = 'form';
CREATE UNIQUE INDEX uq_records_reverses_id ON records (tenant_id, reverses_id) WHERE reverses_id IS NOT NULL;

CREATE TABLE record_evidence (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  record_id uuid NOT NULL,
  evidence_id uuid NOT NULL,
  party_id uuid NOT NULL,
  copy_id uuid,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, record_id, evidence_id),
  FOREIGN KEY (tenant_id, record_id) REFERENCES records (tenant_id, id)
);

CREATE INDEX ix_record_evidence_evidence_id ON record_evidence (tenant_id, evidence_id);
CREATE INDEX ix_record_evidence_copy_id ON record_evidence (party_id, copy_id) WHERE copy_id IS NOT NULL;

CREATE TABLE record_replies (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  record_id uuid NOT NULL,
  party_id uuid NOT NULL,
  text text NOT NULL CHECK (text <> ''),
  person_id uuid NOT NULL,
  person_name text NOT NULL,
  replied_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, record_id) REFERENCES records (tenant_id, id)
);
CREATE INDEX ix_record_replies_record_id ON record_replies (tenant_id, record_id);
"""

# Foreign keys in all but name. An import finds its subjects by a join and has no reversals: a real key would be asked
# for each of its rows, which costs as much as writing them.
SUBJECTS = """
CREATE FUNCTION app.record_has_a_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM subjects s WHERE s.tenant_id = NEW.tenant_id AND s.id = NEW.subject_id FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a record names a subject that is not there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER record_has_a_subject AFTER INSERT ON records
  FOR EACH ROW WHEN (NEW.source <> 'import') EXECUTE FUNCTION app.record_has_a_subject();

CREATE FUNCTION app.reversal_names_a_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM records r WHERE r.tenant_id = NEW.tenant_id AND r.id = NEW.reverses_id
                  AND r.reverses_id IS NULL AND r.reversed_by_id = NEW.id) THEN
    RAISE EXCEPTION 'a reversal names a record that is not there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER reversal_names_a_record AFTER INSERT ON records
  FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION app.reversal_names_a_record();

CREATE FUNCTION app.subject_has_no_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM records r WHERE r.tenant_id = OLD.tenant_id AND r.subject_id = OLD.id) THEN
    RAISE EXCEPTION 'records name this subject' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER subject_has_no_records BEFORE DELETE ON subjects
  FOR EACH ROW EXECUTE FUNCTION app.subject_has_no_records();
"""


def upgrade() -> None:
    op.execute(RECORDS)
    op.execute(SUBJECTS)
    grants = {
        "record_numbers": "SELECT, INSERT, UPDATE",
        "record_imports": "SELECT, INSERT, UPDATE",
        "records": "SELECT, INSERT",
        "record_evidence": "SELECT, INSERT",
        "record_replies": "SELECT, INSERT",
    }
    for table, granted in grants.items():
        party = "party_id" if table in {"records", "record_evidence", "record_replies"} else None
        for statement in protect(table, party=party, grants=granted):
            op.execute(statement)
    op.execute(f"GRANT UPDATE (reversed_by_id) ON records TO {APP_ROLE}")
