"""The tree: setting up, renaming, ending; who sees and may do what."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from kaohe.audit.models import AuditEntry
from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.identity.models import Invitation, Role
from kaohe.jurisdictions import service
from tests.factories.browser import Browser
from tests.factories.world import World

pytestmark = pytest.mark.anyio

FORM = {
    "name": "新津县", "tier": "county", "division_code": "510132", "slug": "", "valid_from": "2026-01-01",
    "schemes": "window-staff", "admin_name": "王芳", "admin_login": "wangfang",
}  # fmt: skip


async def test_city_sets_up_a_county_with_its_administrator(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    city = fresh_world.city
    await browser.as_(city[Role.ADMIN])
    answer = await browser.post("/jurisdictions", data=FORM)
    assert answer.status_code == 201
    assert "/invitations/" in answer.text
    async with database.tenant(city.id, read_only=True) as session:
        row = next(each for each in await service.links(session) if each.name == "新津县")
        audited = select(AuditEntry.action).where(AuditEntry.object_id == str(row.id)).order_by(AuditEntry.seq)
        assert list((await session.execute(audited)).scalars()) == ["jurisdiction.created", "scheme.given"]
    assert (row.slug, row.depth, row.parent_id) == (f"{city.slug}-xinjin", 1, city.id)
    async with database.tenant(row.id, read_only=True) as session:
        invited = (await session.execute(select(Invitation.login, Invitation.role))).one()
        schemes = (await session.execute(text("SELECT scheme_id, granted_by FROM enabled_schemes"))).all()
    assert tuple(invited) == ("wangfang", "admin")
    assert [tuple(each) for each in schemes] == [("window-staff", city.id)]


async def test_new_administrator_accepts_and_enters(browser: Browser, fresh_world: World) -> None:
    await browser.as_(fresh_world.city[Role.ADMIN])
    answer = await browser.post("/jurisdictions", data={**FORM, "admin_login": f"new-{fresh_world.city.slug}"})
    path = "/invitations/" + answer.text.partition("/invitations/")[2].partition("<")[0].strip()
    browser.http.cookies.clear()
    assert (await browser.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": ""}, "name"), ({"tier": "province"}, "tier"), ({"slug": "A B"}, "slug"),
        ({"valid_from": "2098-01-01"}, "valid_from"),
        ({"schemes": "no-such"}, "schemes"), ({"admin_login": "王"}, "admin_login"), ({"division_code": "川01"}, "division_code"),
    ],
)  # fmt: skip
async def test_bad_set_up_is_refused_at_its_field(
    browser: Browser, world: World, change: dict[str, str], place: str
) -> None:
    await browser.as_(world.city[Role.ADMIN])
    answer = await browser.post("/jurisdictions", data={**FORM, **change})
    assert answer.status_code == 422
    assert f'href="#{place}"' in answer.text


async def test_county_cannot_give_what_it_was_not_given(browser: Browser, world: World) -> None:
    await browser.as_(world.county[Role.ADMIN])
    answer = await browser.post("/jurisdictions", data={**FORM, "tier": "township"})
    assert answer.status_code == 422
    assert "本级不能授予方案" in answer.text


async def test_only_own_and_lower_jurisdictions_are_there(browser: Browser, world: World) -> None:
    await browser.as_(world.county[Role.ADMIN])
    page = (await browser.get("/jurisdictions")).text
    assert world.township.name in page
    assert world.sibling.name not in page
    seen = [(await browser.get(f"/jurisdictions/{place.id}")).status_code
            for place in (world.county, world.township, world.city, world.sibling, world.stranger)]  # fmt: skip
    assert seen == [200, 200, 404, 404, 404]


@pytest.mark.parametrize("path", ["schemes", "administrators", "names", "end"])
async def test_nothing_can_be_done_to_others(browser: Browser, world: World, path: str) -> None:
    await browser.as_(world.county[Role.ADMIN])
    data = {"schemes": "window-staff", "login": "abc", "admin_name": "甲", "name": "乙", "valid_from": "2026-01-01",
            "last_day": "2026-01-01", "reason": "丙"}  # fmt: skip
    for place in (world.city, world.sibling, world.stranger):
        assert (await browser.post(f"/jurisdictions/{place.id}/{path}", data=data)).status_code == 404


async def test_tree_costs_the_same_queries_for_any_number(browser: Browser, world: World) -> None:
    await browser.as_(world.city[Role.ADMIN])
    page = (await browser.get("/jurisdictions")).text
    assert f"admin@{world.county.slug}" in page
    assert f"admin@{world.township.slug}" in page


async def old_county(database: Database, world: World) -> UUID:
    async with database.tenant(world.city.id) as session:
        return await service.create_jurisdiction(
            session, slug=f"old-{world.city.slug}", name="旧县", tier="county", parent_id=world.city.id,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip


async def test_renaming_keeps_the_former_name_and_is_audited_in_both(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    county_id = await old_county(database, fresh_world)
    await browser.as_(fresh_world.city[Role.ADMIN])
    answer = await browser.post(f"/jurisdictions/{county_id}/names", data={"name": "新区", "valid_from": "2024-07-01"})
    assert answer.status_code == 303
    page = (await browser.get(f"/jurisdictions/{county_id}")).text
    assert "2020-01-01 起</time>旧县" in page
    assert "2024-07-01 起</time>新区" in page
    for tenant_id in (county_id, fresh_world.city.id):
        async with database.tenant(tenant_id, read_only=True) as session:
            query = select(AuditEntry.object_id).where(AuditEntry.action == "jurisdiction.renamed")
            assert list((await session.execute(query)).scalars()) == [str(county_id)]


@pytest.mark.parametrize(
    ("day", "message"), [("2098-01-01", "更名日期不能晚于今天"), ("2019-01-01", "更名日期应晚于现名的起始日期")]
)
async def test_rename_needs_a_day_that_fits(
    browser: Browser, database: Database, fresh_world: World, day: str, message: str
) -> None:
    county_id = await old_county(database, fresh_world)
    await browser.as_(fresh_world.city[Role.ADMIN])
    answer = await browser.post(f"/jurisdictions/{county_id}/names", data={"name": "新区", "valid_from": day})
    assert (answer.status_code, message in answer.text) == (422, True)


async def test_ended_jurisdiction_leaves_every_tree(browser: Browser, database: Database, fresh_world: World) -> None:
    sibling = fresh_world.sibling
    await browser.as_(fresh_world.city[Role.ADMIN])
    yesterday = today() - timedelta(days=1)
    early = await browser.post(
        f"/jurisdictions/{sibling.id}/end", data={"last_day": yesterday.isoformat(), "reason": "并入"}
    )
    assert early.status_code == 422  # set up today
    answer = await browser.post(
        f"/jurisdictions/{sibling.id}/end", data={"last_day": today().isoformat(), "reason": "并入"}
    )
    assert answer.status_code == 303
    async with database.tenant(fresh_world.city.id, read_only=True) as session:
        tomorrow = today() + timedelta(days=1)
        assert sibling.id not in {row.id for row in await service.links(session, on=tomorrow)}
        assert sibling.id in {row.id for row in await service.links(session, on=today())}


async def test_jurisdiction_with_others_below_cannot_end(browser: Browser, world: World) -> None:
    await browser.as_(world.city[Role.ADMIN])
    data = {"last_day": today().isoformat(), "reason": "并入"}
    answer = await browser.post(f"/jurisdictions/{world.county.id}/end", data=data)
    assert (answer.status_code, "下面还有辖区" in answer.text) == (422, True)


def test_slug_is_proposed_from_the_pinyin() -> None:
    assert service.slug_proposal("大邑县", "rongcheng") == "rongcheng-dayi"
    assert service.slug_proposal("蓉城市") == "rongcheng"
