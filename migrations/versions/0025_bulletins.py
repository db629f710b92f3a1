"""Which followups are done in writing, so that a draft of the document is offered; reminders stand in the history."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

CHANGES = """
ALTER TABLE followups ADD COLUMN bulletin boolean NOT NULL DEFAULT false;
ALTER TABLE followup_acts DROP CONSTRAINT followup_acts_action_check;
ALTER TABLE followup_acts ADD CONSTRAINT followup_acts_action_check CHECK (action IN
  ('due_set', 'filed', 'returned', 'done', 'waived', 'reopened', 'reminded', 'withdrawn', 'resumed', 'kept'));
"""


def upgrade() -> None:
    op.execute(CHANGES)
