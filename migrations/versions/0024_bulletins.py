"""Which followups are done in writing: for these a draft of the document is offered."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE followups ADD COLUMN bulletin boolean NOT NULL DEFAULT false")
