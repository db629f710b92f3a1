"""A report that is handed in has a number, words, several files and a digest; the participation knows which are in."""

from __future__ import annotations

from alembic import op

from kaohe.db.rls import protect

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CONTENTS = """
-- {key of the report: the day on which it was first handed in}
ALTER TABLE participations ADD COLUMN reports jsonb NOT NULL DEFAULT '{}';

-- '' for what was handed in before there were numbers
ALTER TABLE filed_reports ADD COLUMN number text NOT NULL DEFAULT '';
ALTER TABLE filed_reports ADD COLUMN body text NOT NULL DEFAULT '';
ALTER TABLE filed_reports ADD COLUMN digest text NOT NULL DEFAULT '';

CREATE TABLE filed_report_files (
  tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
  report_id uuid NOT NULL,
  evidence_id uuid NOT NULL,
  party_id uuid NOT NULL,
  name text NOT NULL,
  size bigint NOT NULL,
  sha256 text NOT NULL,
  PRIMARY KEY (tenant_id, report_id, evidence_id),
  FOREIGN KEY (tenant_id, report_id) REFERENCES filed_reports (tenant_id, id),
  FOREIGN KEY (tenant_id, evidence_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX ix_filed_report_files_party_id ON filed_report_files (party_id, report_id);
CREATE INDEX ix_filed_report_files_evidence_id ON filed_report_files (tenant_id, evidence_id);
"""

# Of every jurisdiction at once, which only the owner of the tables can do, and only while they are not forced.
MOVE = (
    "ALTER TABLE participations NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE filed_reports NO FORCE ROW LEVEL SECURITY",
    """INSERT INTO filed_report_files (tenant_id, report_id, evidence_id, party_id, name, size, sha256)
       SELECT tenant_id, id, evidence_id, party_id, name, size, sha256 FROM filed_reports""",
    """UPDATE participations SET reports = held.days
         FROM (SELECT tenant_id, participation_id, jsonb_object_agg(report, first_day) AS days
                 FROM (SELECT tenant_id, participation_id, report,
                              to_char(min(filed_at) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') AS first_day
                         FROM filed_reports GROUP BY tenant_id, participation_id, report) AS one
                GROUP BY tenant_id, participation_id) AS held
        WHERE participations.tenant_id = held.tenant_id AND participations.id = held.participation_id""",
    "ALTER TABLE participations FORCE ROW LEVEL SECURITY",
    "ALTER TABLE filed_reports FORCE ROW LEVEL SECURITY",
    """ALTER TABLE filed_reports DROP COLUMN evidence_id, DROP COLUMN name, DROP COLUMN size, DROP COLUMN sha256""",
)


def upgrade() -> None:
    op.execute(CONTENTS)
    for statement in MOVE:
        op.execute(statement)
    for statement in protect("filed_report_files", party="party_id", grants="SELECT, INSERT"):
        op.execute(statement)
