"""Groups stand in the order of their ids: by their names the third circle (第三圈层) comes before the second."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("participations", "followups"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN group_id text NOT NULL DEFAULT ''")
