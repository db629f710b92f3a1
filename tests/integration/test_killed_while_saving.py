"""kill -9 of the server and of the database in the middle of saves: nothing acknowledged is lost, no retry counts twice."""

from __future__ import annotations

import re
import secrets
import tempfile
import threading
from pathlib import Path
from time import sleep

import httpx
import pytest
from sqlalchemy import text

from kaohe.db import embedded, migrate
from kaohe.db.embedded import EmbeddedServer
from kaohe.db.session import Database
from kaohe.identity.models import Role
from tests.factories.process import Process, entered_by_others, kill_database, wait_until
from tests.factories.submissions import LEADERSHIP, Opened, open_self_assessment
from tests.factories.world import PASSWORD, Somebody, make_world

pytestmark = pytest.mark.anyio


class Reporter(threading.Thread):
    """Saves one indicator again and again, each time upon the version acknowledged last, as autosave does.

    A save without an answer is sent again with its key. Were an acknowledged one lost, or a retry counted twice, the
    next one would be based on a version that is not there, and be refused.
    """

    def __init__(self, url: str, who: Somebody, path: str) -> None:
        super().__init__()
        self.url, self._path = url, path
        self.acknowledged: list[int] = []
        self.retries = 0
        self.refused = ""
        self.done = False
        self._client = httpx.Client(timeout=180)
        self._client.post(f"{url}/login", data={"login": who.login, "password": PASSWORD, "next": "/"})
        found = re.search(r'name="csrf_token" value="(\w+)"', self._client.get(f"{url}{path}").text)
        assert found is not None
        self._csrf = found[1]

    def run(self) -> None:
        while not self.done and not self.refused:
            self._save(secrets.token_hex(16))

    def _save(self, key: str) -> None:
        version = len(self.acknowledged)
        data = {"version": str(version), "e0.amount": "3", "remark": f"第 {version + 1} 次"}
        headers = {"X-CSRF-Token": self._csrf, "Idempotency-Key": key, "X-Autosave": "1", "Accept": "application/json"}
        while True:
            try:
                answer = self._client.post(f"{self.url}{self._path}", data=data, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 200:
                self.acknowledged.append(answer.json()["version"])
                return
            if answer is not None and answer.status_code < 500:
                self.refused = f"{answer.status_code} {answer.text[:300]}"
                return
            self.retries += 1
            sleep(0.02)


async def opened(url: str) -> Opened:
    database = Database(url, pool_size=2)
    made = await open_self_assessment(database, await make_world(database))
    await database.close()
    return made


async def held(url: str, work: Opened) -> tuple[int, str]:
    database = Database(url, pool_size=2)
    async with database.tenant(work.world.county.id, read_only=True) as session:
        row = (await session.execute(text("SELECT version, remark FROM claims"))).one()
    await database.close()
    return row.version, row.remark


def more(reporter: Reporter, count: int) -> None:
    before = len(reporter.acknowledged)
    wait_until(lambda: reporter.refused or len(reporter.acknowledged) >= before + count)
    assert reporter.refused == ""


async def test_no_acknowledged_save_is_lost_and_no_retry_counts_twice() -> None:
    with tempfile.TemporaryDirectory(prefix="kaohe-killed-") as folder:
        home = entered_by_others(folder)
        with embedded.start(home) as server:
            migrate.upgrade(server.owner_url)
            work = await opened(server.app_url)
            reporter = killed_again_and_again(home, server, work)
        with embedded.start(home) as repaired:
            process = Process(home, repaired.app_url)
            process.start()
            reporter.url = process.url
            more(reporter, 20)
            reporter.done = True
            reporter.join()
            process.stop()
            assert reporter.retries > 0
            assert reporter.acknowledged == list(range(1, len(reporter.acknowledged) + 1))
            last = len(reporter.acknowledged)
            assert await held(repaired.app_url, work) == (last, f"第 {last} 次")


def killed_again_and_again(home: Path, server: EmbeddedServer, work: Opened) -> Reporter:
    """The server three times, then the database and the server together; the reporter goes on meanwhile."""
    process = Process(home, server.app_url)
    process.start()
    reporter = Reporter(process.url, work.world.county[Role.REPORTER], work.path(work.county, LEADERSHIP))
    reporter.start()
    for _time in range(3):
        more(reporter, 10)
        process.kill()
        process.start()
    more(reporter, 10)
    kill_database(home)
    process.kill()
    process.stop()
    return reporter
