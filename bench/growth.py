"""The same pages with ten jurisdictions in the database and with ten thousand, each with people, subjects, a cycle, messages."""

from __future__ import annotations

import asyncio
import statistics
from contextlib import ExitStack

import psycopg

from bench import pages, servers
from bench.load import Page, ask
from bench.report import Row, show
from bench.servers import Base

TENANTS = 10_000
SECONDS = 1.5
ROUNDS = 9

# As the superuser, whom no policy binds. `many` numbers the new ones; everything hangs on their ids.
_MANY = f"""
CREATE TEMPORARY TABLE many AS
  SELECT n, uuidv7() AS id, uuidv7() AS person, uuidv7() AS cycle, uuidv7() AS message FROM generate_series(1, {TENANTS}) n;
INSERT INTO jurisdictions (id, slug, name, tier, division_code) SELECT id, 'many-' || n, '第' || n || '县', 'county', '' FROM many;
INSERT INTO people (id, login, name, password_hash) SELECT person, 'many-' || n, '第' || n || '人', '' FROM many;
INSERT INTO memberships (tenant_id, person_id, role) SELECT id, person, 'organiser' FROM many;
INSERT INTO subjects (tenant_id, code, kind, name) SELECT id, 'w' || s, 'window', '窗口' || s FROM many, generate_series(1, 10) s;
INSERT INTO cycles (tenant_id, id, title, scheme_id, scheme_version, scheme_hash, period, period_start, period_end, state,
                    created_by)
  SELECT id, cycle, '三月', 'window-staff', '1', '', '2026-03', '2026-03-01', '2026-03-31', 'issued', person FROM many;
INSERT INTO participations (tenant_id, cycle_id, subject_id, party_id, subject_code, subject_name, subject_kind)
  SELECT many.id, cycle, s.id, many.id, s.code, s.name, s.kind FROM many JOIN subjects s ON s.tenant_id = many.id;
INSERT INTO messages (tenant_id, id, kind, title, body) SELECT id, message, 'notice', '告知', '' FROM many;
INSERT INTO deliveries (tenant_id, message_id, person_id) SELECT id, message, person FROM many ON CONFLICT DO NOTHING;
"""


def run() -> None:
    with ExitStack() as stack:
        few, many = (stack.enter_context(servers.base()) for _ in range(2))
        for of in (few, many):
            asyncio.run(pages.make(of))
        _fill(many)
        for of in (few, many):
            _settle(of)
        served = [(stack.enter_context(servers.kaohe(of)).url, pages.readers(of.home)) for of in (few, many)]
        rows = [_row(name, [(url, found.of(name)) for url, found in served]) for name in pages.KINDS[:-1]]
    show(f"规模：10 个辖区与 {TENANTS + 10:,} 个辖区", rows)


def _row(name: str, sides: list[tuple[str, list[Page]]]) -> Row:
    for url, asked in sides:
        ask(url, asked, 1, 2)
    pairs = [[ask(url, asked, 1, SECONDS).quantile(0.5) for url, asked in sides] for _ in range(ROUNDS)]
    few, many = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(after / before for before, after in pairs)
    return Row(name, f"p50 {many:.1f} ms", f"p50 {few:.1f} ms", f"{ratio:.2f} ×", "≤ 1.1 ×", ratio <= 1.1)


def _fill(of: Base) -> None:
    with psycopg.connect(of.server.superuser_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # no triggers: the rows are made to fit
        for statement in filter(str.strip, _MANY.split(";")):
            connection.execute(statement.encode())


def _settle(of: Base) -> None:
    """Statistics of what is there now, in both."""
    with psycopg.connect(of.server.superuser_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
