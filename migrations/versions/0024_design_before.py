"""What a draft was before its last save."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE designs ADD COLUMN before text NOT NULL DEFAULT ''")
