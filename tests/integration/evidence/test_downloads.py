"""Who gets a file, and how it is handed out."""

from __future__ import annotations

import hashlib

import pytest

from kaohe.db.session import Database
from kaohe.identity.models import Role
from tests.factories import files, uploads
from tests.factories.browser import Browser
from tests.factories.world import World, make_person

pytestmark = pytest.mark.anyio
CONTENT = files.pdf("下载", 700_000)


@pytest.fixture
async def address(browser: Browser, world: World) -> str:
    await browser.as_(world.county[Role.REPORTER])
    return "/evidence/" + await uploads.stored(browser, "自查 报告（终稿）.pdf", CONTENT)


async def test_download_is_whole_and_an_attachment_with_its_name(browser: Browser, address: str) -> None:
    answer = await browser.get(address)
    assert answer.content == CONTENT
    assert answer.headers["content-disposition"] == (
        'attachment; filename="__ ______.pdf"; '
        "filename*=UTF-8''%E8%87%AA%E6%9F%A5%20%E6%8A%A5%E5%91%8A%EF%BC%88%E7%BB%88%E7%A8%BF%EF%BC%89.pdf"
    )
    assert answer.headers["content-type"].startswith("application/pdf")
    assert (answer.headers["x-content-type-options"], answer.headers["content-length"]) == (
        "nosniff",
        str(len(CONTENT)),
    )
    assert answer.headers["etag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'


async def test_head_tells_the_same_without_the_file(browser: Browser, address: str) -> None:
    answer = await browser.request("HEAD", address)
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, str(len(CONTENT)), b"")


async def test_unchanged_file_is_not_sent_again(browser: Browser, address: str) -> None:
    etag = (await browser.get(address)).headers["etag"]
    answer = await browser.get(address, headers={"If-None-Match": f'"other", W/{etag}'})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=699000-", 699_000, None), ("bytes=-5", -5, None), ("bytes=10-99999999", 10, None)],
)
async def test_range_is_cut_out(browser: Browser, address: str, asked: str, start: int, end: int | None) -> None:
    answer = await browser.get(address, headers={"Range": asked})
    expected = CONTENT[start:end]
    first = start if start >= 0 else len(CONTENT) + start
    assert (answer.status_code, answer.content) == (206, expected)
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{len(CONTENT)}"


async def test_range_beyond_the_end_is_refused_and_stale_condition_gives_the_whole(
    browser: Browser, address: str
) -> None:
    beyond = await browser.get(address, headers={"Range": f"bytes={len(CONTENT)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(CONTENT)}")
    stale = await browser.get(address, headers={"Range": "bytes=0-9", "If-Range": '"old"'})
    assert (stale.status_code, len(stale.content)) == (200, len(CONTENT))


async def test_inline_only_where_asked_and_of_a_harmless_kind(browser: Browser, world: World, address: str) -> None:
    assert (await browser.get(address + "?inline=1")).headers["content-disposition"].startswith("inline;")
    page = await uploads.stored(browser, "包.zip", files.zipped(**{"页.html": b"<script>"}))
    answer = await browser.get(f"/evidence/{page}?inline=1")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


async def test_view_page_shows_the_digest(browser: Browser, address: str) -> None:
    answer = await browser.get(address + "/view")
    assert hashlib.sha256(CONTENT).hexdigest() in answer.text
    assert f'src="{address}?inline=1"' in answer.text


async def test_draft_is_the_partys_alone(browser: Browser, world: World, address: str) -> None:
    assert (await browser.get(address)).status_code == 200
    await browser.as_(world.county[Role.LEAD])
    assert (await browser.get(address)).status_code == 200
    others = [
        world.county[Role.ORGANISER], world.county[Role.INSPECTOR], world.county[Role.ASSESSOR], world.county[Role.AUDITOR],
        world.city[Role.ORGANISER], world.city[Role.REPORTER], world.sibling[Role.REPORTER], world.township[Role.REPORTER],
        world.stranger[Role.ORGANISER],
    ]  # fmt: skip
    for other in others:
        await browser.as_(other)
        assert [(await browser.get(address + end)).status_code for end in ("", "/view")] == [404, 404], other.name


async def test_inspectors_photo_is_the_offices(browser: Browser, world: World) -> None:
    await browser.as_(world.county[Role.INSPECTOR])
    photo = "/evidence/" + await uploads.stored(browser, "现场.jpg", files.JPEG)
    statuses = {}
    for role in (Role.ORGANISER, Role.APPROVER, Role.REPORTER, Role.STAFF):
        await browser.as_(world.county[role])
        statuses[role] = (await browser.get(photo)).status_code
    assert statuses == {Role.ORGANISER: 200, Role.APPROVER: 200, Role.REPORTER: 404, Role.STAFF: 404}


async def test_unit_sees_its_own_files_only(browser: Browser, database: Database, fresh_world: World) -> None:
    from sqlalchemy import text

    async with database.tenant(fresh_world.county.id) as session:
        rows = await session.execute(
            text(
                "INSERT INTO subjects (code, kind, name) VALUES ('w1', 'window', '一窗'), ('w2', 'window', '二窗') RETURNING id"
            )
        )
        first, second = rows.scalars().all()  # fmt: skip
    people = [
        await make_person(
            database, fresh_world.county.id, role, tag=f"{number}-{fresh_world.county.slug}", subject_id=unit
        )
        for number, (role, unit) in enumerate([(Role.REPORTER, first), (Role.LEAD, first), (Role.REPORTER, second)])
    ]
    await browser.as_(people[0])
    address = "/evidence/" + await uploads.stored(browser, "一窗台账.pdf", files.pdf("一窗"))
    statuses = []
    for person in people:
        await browser.as_(person)
        statuses.append((await browser.get(address)).status_code)
    assert statuses == [200, 200, 404]
