"""The queue of background jobs, as the installed library defines it."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

from kaohe.db.rls import APP_ROLE

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = "procrastinate_workers, procrastinate_jobs, procrastinate_periodic_defers, procrastinate_events"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLES} TO {APP_ROLE}")
    op.execute(
        "GRANT USAGE ON SEQUENCE procrastinate_workers_id_seq, procrastinate_jobs_id_seq,"
        f" procrastinate_periodic_defers_id_seq, procrastinate_events_id_seq TO {APP_ROLE}"
    )
