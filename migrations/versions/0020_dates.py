"""A cycle's further dates beside its phases: reports that are handed in, and channels that rate one after the other."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

DATES = r"""
-- `title` {zh, en}: what the scheme calls a report or a channel; phases have their own words.
ALTER TABLE cycle_phases ADD COLUMN title jsonb NOT NULL DEFAULT '{}';
ALTER TABLE cycle_phases DROP CONSTRAINT cycle_phases_phase_check;
ALTER TABLE cycle_phases ADD CONSTRAINT cycle_phases_phase_check
  CHECK (phase IN ('self_assessment', 'grading', 'confirmation') OR phase ~ '^(report|channel):[A-Za-z0-9_-]+$');
"""


def upgrade() -> None:
    op.execute(DATES)
