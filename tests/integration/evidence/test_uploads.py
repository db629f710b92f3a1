"""The tus protocol, and what becomes of a file."""

from __future__ import annotations

import base64
import hashlib
from uuid import UUID

import pytest
from sqlalchemy import text

from kaohe.db.session import Database
from kaohe.evidence import service
from kaohe.identity.models import Role
from kaohe.web.context import App
from tests.factories import files, uploads
from tests.factories.browser import Browser
from tests.factories.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def reporter(browser: Browser, world: World) -> Browser:
    return await browser.as_(world.county[Role.REPORTER])


async def test_options_tell_version_extensions_and_limit(browser: Browser) -> None:
    headers = (await browser.request("OPTIONS", "/api/uploads")).headers
    assert headers["tus-version"] == "1.0.0"
    assert headers["tus-extension"] == "creation,termination,expiration,checksum"
    assert headers["tus-max-size"] == str(200 * 1024 * 1024)


async def test_file_arrives_in_pieces_and_is_stored_under_its_digest(
    reporter: Browser, kaohe: App, world: World
) -> None:
    content = files.pdf("分段", 3_000_000)
    place = (await uploads.begin(reporter, "自查报告.pdf", len(content))).headers["location"]
    first = await uploads.send(reporter, place, 0, content[:1_000_000])
    assert (first.status_code, first.headers["upload-offset"]) == (204, "1000000")
    assert (await uploads.ask(reporter, place)).headers["upload-offset"] == "1000000"
    last = await uploads.send(reporter, place, 1_000_000, content[1_000_000:])
    digest = hashlib.sha256(content).hexdigest()
    assert (last.status_code, last.headers["x-content-sha256"], last.headers["x-media-type"]) == (
        204,
        digest,
        "application/pdf",
    )
    path = kaohe.settings.home / "evidence" / "blobs" / str(world.county.id) / digest[:2] / digest
    assert path.read_bytes() == content
    result = (await reporter.get(place)).json()["evidence"]
    assert (result["name"], result["size"], result["sha256"]) == ("自查报告.pdf", len(content), digest)


async def test_wrong_offset_is_a_conflict_and_changes_nothing(reporter: Browser) -> None:
    place = (await uploads.begin(reporter, "甲.pdf", 100)).headers["location"]
    await uploads.send(reporter, place, 0, b"%PDF-1.4\n")
    assert (await uploads.send(reporter, place, 5, b"x")).status_code == 409
    assert (await uploads.ask(reporter, place)).headers["upload-offset"] == "9"


async def test_more_than_announced_is_cut_off(reporter: Browser) -> None:
    place = (await uploads.begin(reporter, "甲.pdf", 10)).headers["location"]
    assert (await uploads.send(reporter, place, 0, b"x" * 11)).status_code == 413
    assert (await uploads.ask(reporter, place)).headers["upload-offset"] == "0"


async def test_too_large_is_refused_before_a_byte_is_sent(reporter: Browser) -> None:
    answer = await uploads.begin(reporter, "会议录像.mp4", 300 * 1024 * 1024)
    assert (answer.status_code, answer.json()["detail"]) == (413, "「会议录像.mp4」有 300 MB，单个文件最多 200 MB。")
    assert answer.headers["tus-resumable"] == "1.0.0"


async def test_empty_file_is_refused(reporter: Browser) -> None:
    answer = await uploads.begin(reporter, "空.pdf", 0)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:kaohe:file-refused")


async def test_renamed_program_is_refused_and_its_upload_is_gone(reporter: Browser) -> None:
    begun = await uploads.begin(reporter, "总结.pdf", len(files.EXE))
    answer = await uploads.send(reporter, begun.headers["location"], 0, files.EXE)
    assert (answer.status_code, answer.json()["detail"]) == (422, "「总结.pdf」：内容是可执行程序，不接收。")
    assert (await uploads.ask(reporter, begun.headers["location"])).status_code == 404


async def test_checksum_that_does_not_fit_discards_the_piece(reporter: Browser) -> None:
    content = files.pdf("校验")
    place = (await uploads.begin(reporter, "校验.pdf", len(content))).headers["location"]
    await uploads.send(reporter, place, 0, content[:20])
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    right = base64.b64encode(hashlib.sha256(content[20:]).digest()).decode()
    assert (
        await uploads.send(reporter, place, 20, content[20:], **{"Upload-Checksum": f"sha256 {wrong}"})
    ).status_code == 460
    assert (await uploads.ask(reporter, place)).headers["upload-offset"] == "20"
    last = await uploads.send(reporter, place, 20, content[20:], **{"Upload-Checksum": f"sha256 {right}"})
    assert last.headers["x-content-sha256"] == hashlib.sha256(content).hexdigest()


async def test_protocol_mistakes_are_told(reporter: Browser) -> None:
    place = (await uploads.begin(reporter, "甲.pdf", 10)).headers["location"]
    assert (await uploads.send(reporter, place, 0, b"x", **{"Tus-Resumable": "0.2.2"})).status_code == 412
    assert (await uploads.send(reporter, place, 0, b"x", **{"Content-Type": "text/plain"})).status_code == 415
    for length in ("zehn", "-1", "9" * 5000):
        assert (await uploads.begin(reporter, "甲.pdf", 10, **{"Upload-Length": length})).status_code == 422


async def test_creation_repeated_with_its_key_makes_one_upload(reporter: Browser) -> None:
    first = await uploads.begin(reporter, "甲.pdf", 10, **{"Idempotency-Key": "upload-once"})
    again = await uploads.begin(reporter, "甲.pdf", 10, **{"Idempotency-Key": "upload-once"})
    assert first.headers["location"] == again.headers["location"]


async def test_dropped_upload_is_gone(reporter: Browser, kaohe: App, world: World) -> None:
    place = (await uploads.begin(reporter, "甲.pdf", 10)).headers["location"]
    staged = kaohe.settings.home / "evidence" / "uploads" / str(world.county.id) / place.rpartition("/")[2]
    assert staged.exists()
    assert (await reporter.request("DELETE", place, headers=uploads.TUS)).status_code == 204
    assert (await uploads.ask(reporter, place)).status_code == 404
    assert not staged.exists()


async def test_upload_belongs_to_the_person_who_began_it(reporter: Browser, browser: Browser, world: World) -> None:
    place = (await uploads.begin(reporter, "甲.pdf", 10)).headers["location"]
    assert (await uploads.ask(reporter, place)).status_code == 200
    for other in (world.county[Role.LEAD], world.sibling[Role.REPORTER], world.city[Role.ORGANISER]):
        await browser.as_(other)
        assert (await uploads.ask(browser, place)).status_code == 404
        assert (await uploads.send(browser, place, 0, b"x")).status_code == 404
        assert (await browser.request("DELETE", place, headers=uploads.TUS)).status_code == 404


async def test_same_file_again_lies_once_and_is_found_by_its_digest(
    reporter: Browser, database: Database, world: World
) -> None:
    content = files.png((1, 2, 3))
    first = await uploads.stored(reporter, "截图.png", content)
    assert await uploads.stored(reporter, "截图.png", content) == first
    renamed = await uploads.stored(reporter, "门头照片.png", content)
    assert renamed != first
    digest = hashlib.sha256(content).hexdigest()
    found = (await reporter.get("/api/evidence", params={"sha256": digest})).json()
    assert {row["evidence_id"] for row in found} == {first, renamed}
    async with database.tenant(world.county.id, read_only=True) as session:
        count = await session.execute(text("SELECT count(*) FROM blobs WHERE sha256 = :d"), {"d": digest})
    assert count.scalar_one() == 1


async def test_digest_of_anothers_file_tells_nothing(reporter: Browser, browser: Browser, world: World) -> None:
    content = files.png((9, 9, 9))
    await uploads.stored(reporter, "内部.png", content)
    asked = {"sha256": hashlib.sha256(content).hexdigest()}
    assert len((await reporter.get("/api/evidence", params=asked)).json()) == 1
    for other in (world.sibling[Role.REPORTER], world.city[Role.ORGANISER], world.county[Role.ORGANISER]):
        await browser.as_(other)
        assert (await browser.get("/api/evidence", params=asked)).json() == []


async def test_whole_file_whose_last_answer_was_lost_is_finished_by_asking(
    reporter: Browser, kaohe: App, world: World
) -> None:
    content = files.pdf("断在最后")
    place = (await uploads.begin(reporter, "断.pdf", len(content))).headers["location"]
    staged = kaohe.settings.home / "evidence" / "uploads" / str(world.county.id) / place.rpartition("/")[2]
    staged.write_bytes(content)  # as after a kill between the last byte and the entry
    answer = await uploads.ask(reporter, place)
    assert answer.headers["x-content-sha256"] == hashlib.sha256(content).hexdigest()
    again = await uploads.ask(reporter, place)
    assert (again.headers["x-evidence-id"], again.headers["upload-offset"]) == (
        answer.headers["x-evidence-id"],
        str(len(content)),
    )


async def test_expired_upload_is_gone_and_swept(
    reporter: Browser, kaohe: App, database: Database, world: World
) -> None:
    place = (await uploads.begin(reporter, "旧.pdf", 10)).headers["location"]
    upload_id = UUID(place.rpartition("/")[2])
    staged = kaohe.settings.home / "evidence" / "uploads" / str(world.county.id) / str(upload_id)
    async with database.tenant(world.county.id) as session:
        await session.execute(text("UPDATE uploads SET expires_at = now() WHERE id = :i"), {"i": upload_id})
    assert (await uploads.ask(reporter, place)).status_code == 404
    assert staged.exists()
    async with database.tenant(world.county.id) as session:
        assert await service.sweep_uploads(kaohe.settings, session) == 1
    assert not staged.exists()


async def test_roles_without_the_permission_cannot_upload(browser: Browser, world: World) -> None:
    await browser.as_(world.county[Role.STAFF])
    assert (await uploads.begin(browser, "甲.pdf", 10)).status_code == 403
