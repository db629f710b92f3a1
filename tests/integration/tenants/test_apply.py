"""Jurisdictions from files: created, updated, the same twice, and every mistake by file and line."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from kaohe.catalogue import service as catalogue
from kaohe.db.session import Database, Scope
from kaohe.demo import tenants as demo
from kaohe.errors import Invalid
from kaohe.identity.models import Membership, Person
from kaohe.jurisdictions.models import Jurisdiction
from kaohe.subjects.models import Subject
from kaohe.tenants.applying import Outcome, apply
from kaohe.tenants.files import read_folders

pytestmark = pytest.mark.anyio

CITY = """
slug: {tag}
name: 甲市
tier: city
valid_from: 2020-01-01
schemes:
  - id: window-staff
    parameters: {{bonus_cap: 8}}
    valid_from: 2026-01-01
    reason: 会议纪要
people:
  - {{login: {tag}.admin, name: 王芳, roles: [admin, {{lead: w1}}]}}
  - {{login: {tag}.staff, name: 李强, roles: [staff]}}
subjects:
  - {{code: s1, kind: staff, name: 李强, parent: w1, person: {tag}.staff, attributes: {{weight: 0.50}}}}
  - {{code: w1, kind: window, name: 税务窗口}}
below:
  - {{slug: {tag}-below, name: 乙县, tier: county, schemes: [{{id: window-staff}}]}}
"""


class Files:
    def __init__(self, folder: Path) -> None:
        self.tag = f"t{secrets.token_hex(4)}"
        self.folder = folder / self.tag
        self.folder.mkdir()
        self.text = CITY.format(tag=self.tag)

    def write(self, text: str | None = None) -> Path:
        (self.folder / "jurisdiction.yaml").write_text(text or self.text, encoding="utf-8")
        return self.folder


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


async def run(database: Database, folder: Path, *, dry: bool = False) -> Outcome:
    async with database.session(Scope()) as session:
        outcome = await apply(session, read_folders(folder))
        if not dry:
            await session.commit()
    return outcome


async def tenant_id(database: Database, slug: str):  # type: ignore[no-untyped-def]
    async with database.system() as session:
        return (await session.execute(select(Jurisdiction.id).where(Jurisdiction.slug == slug))).scalar_one_or_none()


async def test_files_become_jurisdictions_once(database: Database, files: Files) -> None:
    first = await run(database, files.write())
    assert (len(first.links), first.changes != []) == (2, True)
    assert (await run(database, files.folder)).changes == []
    city = await tenant_id(database, files.tag)
    async with database.tenant(city, read_only=True) as session:
        held = (await session.execute(select(Subject).where(Subject.code == "s1"))).scalar_one()
        window = (await session.execute(select(Subject.id).where(Subject.code == "w1"))).scalar_one()
        roles = (await session.execute(select(Membership.role, Membership.subject_id).order_by(Membership.role))).all()
        parameters = await catalogue.current_parameters(session, "window-staff")
    assert (held.parent_id, held.attributes) == (window, {"weight": "0.5"})
    assert [tuple(each) for each in roles] == [("admin", None), ("lead", window), ("staff", None)]
    assert (parameters.number, parameters.overrides) == (1, {"bonus_cap": "8"})
    async with database.tenant(await tenant_id(database, f"{files.tag}-below"), read_only=True) as session:
        assert await catalogue.granted(session) == {"window-staff": True}


async def test_dry_run_writes_nothing(database: Database, files: Files) -> None:
    outcome = await run(database, files.write(), dry=True)
    assert outcome.changes != []
    assert await tenant_id(database, files.tag) is None


async def test_change_in_the_files_changes_only_that(database: Database, files: Files) -> None:
    await run(database, files.write())
    changed = files.text.replace("weight: 0.50", "weight: 0.8").replace("bonus_cap: 8", "bonus_cap: 9")
    outcome = await run(database, files.write(changed))
    assert [(change.sign, change.what, change.after) for change in outcome.changes] == [
        ("~", "参数", "bonus_cap=9"), ("~", "对象", "attributes=weight=0.8"),
    ]  # fmt: skip


async def test_people_get_links_and_no_password(database: Database, files: Files) -> None:
    await run(database, files.write())
    async with database.system() as session:
        hashes = (
            (await session.execute(select(Person.password_hash).where(Person.login.startswith(files.tag))))
            .scalars()
            .all()
        )
    assert list(hashes) == [None, None]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("tier: city", "tier: state", 4, "「state」不在可选值中"),
        ("name: 甲市", "nmae: 甲市", 3, "不认识「nmae」，可用的有：slug、name"),
        ("id: window-staff\n    p", "id: no-such\n    p", 7, "没有安装方案「no-such」"),
        ("bonus_cap: 8", "bonus_cap: 800", 8, "800"),
        ("roles: [admin,", "roles: [boss,", 12, "没有角色「boss」"),
        ("lead: w1", "lead: w9", 12, "没有编号为「w9」的对象"),
        ("parent: w1", "parent: w9", 15, "没有编号为「w9」的对象"),
        ("weight: 0.50", "weight: 5", 15, "「5」应在 0 至 1 之间"),
        ("weight: 0.50", "wieght: 5", 15, "没有属性「wieght」，可用的有：weight、post"),
        ("kind: window", "kind: windows", 16, "「windows」不是已启用方案的对象类别"),
        ("name: 税务窗口", 'name: ""', 16, "不能为空"),
        ("name: 税务窗口", "name: 12", 16, "应为文字（纯数字要加引号）"),
        ("tier: county", "tier: [", 18, "不是有效的 YAML"),
    ],
)
async def test_mistakes_name_file_line_and_mend(
    database: Database, files: Files, old: str, new: str, line: int, message: str
) -> None:
    assert old in files.text
    with pytest.raises(Invalid) as caught:
        await run(database, files.write(files.text.replace(old, new, 1)))
    told = [problem.message for problem in caught.value.problems]
    assert any(f"jurisdiction.yaml:{line}: " in each and message in each for each in told), told
    assert await tenant_id(database, files.tag) is None


async def test_all_mistakes_are_told_together(database: Database, files: Files) -> None:
    bad = (
        files.text.replace("parent: w1", "parent: w9").replace("[staff]", "[boss]").replace("weight: 0.50", "weight: 5")
    )
    with pytest.raises(Invalid) as caught:
        await run(database, files.write(bad))
    assert len(caught.value.problems) == 3


async def test_county_below_gets_only_what_stands_above(database: Database, files: Files) -> None:
    below = f"below: [{{slug: {files.tag}-town, name: 丙镇, tier: township, schemes: [{{id: district-circles}}]}}]"
    bad = files.text.replace("schemes: [{id: window-staff}]", f"schemes: [{{id: town-department}}], {below}")
    with pytest.raises(Invalid, match="本级不能授予方案「district-circles」"):
        await run(database, files.write(bad))


async def test_demo_has_what_the_main_job_needs(database: Database) -> None:
    await demo.load(database, "a demo password")
    await demo.load(database, "a demo password")
    city, county = await tenant_id(database, "rongcheng"), await tenant_id(database, "rongcheng-dayi")
    async with database.tenant(city, read_only=True) as session:
        circles = text(
            "SELECT attributes->>'circle', count(*) FROM subjects WHERE kind = 'centre' GROUP BY 1 ORDER BY 1"
        )
        assert [tuple(each) for each in await session.execute(circles)] == [("1", 6), ("2", 6), ("3", 8)]
        loaded = text("SELECT count(*) FROM audit_log WHERE action = 'demo.loaded'")
        assert (await session.execute(loaded)).scalar_one() == 1
    async with database.tenant(county, read_only=True) as session:
        query = select(Subject.kind, func.count().label("number")).group_by(Subject.kind)
        counts = {each.kind: each.number for each in await session.execute(query)}
    assert (counts["window"], counts["staff"], counts["township"]) == (12, 60, 2)
