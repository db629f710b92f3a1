"""Showing who one is: login, throttle, refresh, revocation, first password, invitation."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text, update

from kaohe.db.session import Database, acting_for
from kaohe.errors import NotFound
from kaohe.identity import invitations, people, resetting, service
from kaohe.identity.errors import SessionEnded, TokenReused
from kaohe.identity.models import Person, RefreshToken, Role
from kaohe.identity.tokens import secret_hash
from kaohe.web.context import App
from kaohe.web.cookies import ACCESS, REFRESH
from tests.factories.browser import Browser
from tests.factories.world import PASSWORD, Somebody, World

pytestmark = pytest.mark.anyio
JSON = {"Accept": "application/json"}


async def test_wrong_password_and_unknown_account_get_the_same_answer(browser: Browser, fresh_world: World) -> None:
    wrong = await browser.log_in(fresh_world.city[Role.ADMIN], "not the password")
    unknown = await browser.http.post("/login", data={"login": "nobody-at-all", "password": "x", "next": "/"})
    assert wrong.status_code == unknown.status_code == 401
    assert "登录名或密码不正确" in wrong.text
    assert "登录名或密码不正确" in unknown.text


async def test_account_is_blocked_after_five_failures_even_for_the_right_password(
    browser: Browser, fresh_world: World
) -> None:
    for _ in range(5):
        await browser.log_in(fresh_world.city[Role.AUDITOR], "not the password")
    answer = await browser.log_in(fresh_world.city[Role.AUDITOR])
    assert answer.status_code == 429
    assert "分钟后再试" in answer.text


async def test_attempts_at_once_are_not_let_through_together(browser: Browser, fresh_world: World) -> None:
    who = fresh_world.city[Role.APPROVER]
    answers = await asyncio.gather(*(browser.log_in(who, f"guess {number}") for number in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


async def test_right_password_takes_the_attempts_back(browser: Browser, fresh_world: World) -> None:
    who = fresh_world.city[Role.APPROVER]
    for _round in range(2):
        for number in range(3):
            assert (await browser.log_in(who, f"guess {number}")).status_code == 401
        assert (await browser.log_in(who)).status_code == 303


async def test_next_leads_only_to_an_own_path(browser: Browser, world: World) -> None:
    who = world.city[Role.ORGANISER]
    answer = await browser.http.post(
        "/login", data={"login": who.login, "password": PASSWORD, "next": "//evil.example/x"}
    )
    assert answer.headers["location"] == "/"


async def test_anonymous_page_leads_to_login_and_back(browser: Browser) -> None:
    answer = await browser.get("/people")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fpeople")


async def test_login_leads_back_to_the_very_page_and_from_a_refused_form_to_where_it_stood(browser: Browser) -> None:
    answer = await browser.get("/records/new?subject=s1&leaf=a.b")
    assert answer.headers["location"] == "/login?next=%2Frecords%2Fnew%3Fsubject%3Ds1%26leaf%3Da.b"
    host = str(browser.http.base_url).rstrip("/")
    for referer, onward in ((f"{host}/records/new?leaf=a.b", "/login?next=%2Frecords%2Fnew%3Fleaf%3Da.b"),
                            ("https://evil.example/x", "/login")):  # fmt: skip
        answer = await browser.http.post("/records", data={}, headers={"referer": referer})
        assert answer.status_code == 401
        assert f'href="{onward}" data-lapsed' in answer.text


async def test_expired_access_token_is_renewed_and_the_refresh_token_rotates(
    browser: Browser, kaohe: App, world: World
) -> None:
    who = world.city[Role.ADMIN]
    await browser.as_(who)
    assert browser.token is not None
    before = browser.http.cookies[REFRESH]
    old = kaohe.signer.issue(browser.token, now=datetime.now(UTC) - timedelta(hours=1))
    browser.http.cookies.set(ACCESS, old)
    answer = await browser.get("/people", headers=JSON)
    assert answer.status_code == 200
    assert answer.cookies[REFRESH] != before
    assert answer.cookies[ACCESS] != old


async def test_reused_refresh_token_ends_the_session(database: Database, browser: Browser, world: World) -> None:
    await browser.as_(world.city[Role.ADMIN])
    stolen = browser.http.cookies[REFRESH]
    renewed = await service.refresh(database, stolen)
    async with database.system() as session:
        past = datetime.now(UTC) - timedelta(minutes=5)
        await session.execute(update(RefreshToken).where(RefreshToken.hash == secret_hash(stolen)).values(used_at=past))
    with pytest.raises(TokenReused):
        await service.refresh(database, stolen)
    with pytest.raises(SessionEnded):
        await service.refresh(database, renewed.refresh or "")


async def test_initial_password_must_be_changed_before_anything_else(
    database: Database, browser: Browser, fresh_world: World
) -> None:
    who = fresh_world.city[Role.ADMIN]
    async with database.system() as session:
        await session.execute(update(Person).where(Person.id == who.id).values(must_change_password=True))
    await browser.as_(who)
    assert (await browser.get("/people")).headers["location"] == "/account/password"
    short = await browser.post("/account/password", {"current": PASSWORD, "password": "short", "repeated": "short"})
    assert short.status_code == 422
    assert "至少 10 个字符" in short.text
    new = "four calm words here"
    done = await browser.post("/account/password", {"current": PASSWORD, "password": new, "repeated": new})
    assert done.status_code == 303
    assert (await browser.get("/people")).status_code == 200


async def test_password_change_ends_the_other_sessions(asgi, kaohe: App, fresh_world: World) -> None:  # type: ignore[no-untyped-def]
    who = fresh_world.city[Role.ADMIN]
    here, elsewhere = await Browser(asgi, kaohe).as_(who), await Browser(asgi, kaohe).as_(who)
    new = "four calm words here"
    await here.post("/account/password", {"current": PASSWORD, "password": new, "repeated": new})
    assert (await here.get("/people")).status_code == 200
    assert (await elsewhere.get("/people", headers=JSON)).status_code == 401


async def test_invitation_opens_an_account_once(database: Database, browser: Browser, fresh_world: World) -> None:
    async with database.tenant(fresh_world.city.id) as session:
        made = await invitations.invite(session, login=f"new-{fresh_world.city.slug}", name="王新", role=Role.REPORTER)
    assert "王新" in (await browser.get(made.link_path)).text
    password = {"password": "four calm words here", "repeated": "four calm words here"}
    assert (await browser.http.post(made.link_path, data=password)).headers["location"] == "/login"
    assert (await browser.get(made.link_path)).status_code == 404
    login = {"login": f"new-{fresh_world.city.slug}", "password": password["password"], "next": "/"}
    assert (await browser.http.post("/login", data=login)).status_code == 303


async def test_invitation_of_another_tenant_is_not_found(
    database: Database, browser: Browser, fresh_world: World
) -> None:
    async with database.tenant(fresh_world.city.id) as session:
        made = await invitations.invite(session, login="somebody", name="某人", role=Role.REPORTER)
    secret = made.link_path.partition(".")[2]
    assert (await browser.get(f"/invitations/{fresh_world.stranger.id.hex}.{secret}")).status_code == 404


async def test_ended_role_stops_at_the_next_request(database: Database, browser: Browser, fresh_world: World) -> None:
    who = fresh_world.city[Role.AUDITOR]
    await browser.as_(who)
    assert (await browser.get("/audit")).status_code == 200
    async with database.system() as session, acting_for(session, who.tenant_id):
        await session.execute(text("UPDATE memberships SET ended_at = now() WHERE person_id = :p"), {"p": who.id})
    assert (await browser.get("/audit")).status_code == 403


async def test_switch_changes_the_jurisdiction_and_makes_old_forms_stale(
    database: Database, browser: Browser, fresh_world: World
) -> None:
    who = fresh_world.city[Role.ADMIN]
    async with database.system() as session, acting_for(session, fresh_world.county.id):
        await invitations.grant(session, who.id, Role.ADMIN)
    await browser.as_(who)
    before = browser.csrf
    answer = await browser.post(f"/session/jurisdiction/{fresh_world.county.id}")
    assert answer.status_code == 303
    stale = await browser.post("/people/invitations", {}, headers={"X-CSRF-Token": before, **JSON})
    assert stale.json()["type"] == "urn:kaohe:stale-page"
    assert (await browser.post(f"/session/jurisdiction/{fresh_world.stranger.id}", headers=JSON)).status_code in (
        403,
        404,
    )


async def test_repeated_submission_gets_the_first_answer(browser: Browser, fresh_world: World) -> None:
    await browser.as_(fresh_world.city[Role.ADMIN])
    form = {"name": "李一", "login": f"li-{fresh_world.city.slug}", "role": "inspector", "unit": ""}
    first = await browser.post("/people/invitations", form, headers={"Idempotency-Key": "one-key"})
    second = await browser.post("/people/invitations", form, headers={"Idempotency-Key": "one-key"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.text == first.text
    assert second.headers["idempotency-replayed"] == "true"
    other = await browser.post("/people/invitations", {**form, "name": "李二"}, headers={"Idempotency-Key": "one-key"})
    assert other.status_code == 409


async def role_of(database: Database, who: Somebody) -> UUID:
    async with database.tenant(who.tenant_id, read_only=True) as session:
        return (await people.any_held(session, who.id)).id


async def test_administrator_resets_a_forgotten_password_without_knowing_it(
    asgi: Litestar, kaohe: App, database: Database, fresh_world: World
) -> None:
    admin, who = fresh_world.city[Role.ADMIN], fresh_world.city[Role.LEAD]
    office, lead = await Browser(asgi, kaohe).as_(admin), await Browser(asgi, kaohe).as_(who)
    page = (await office.get("/people")).text
    role = await role_of(database, who)
    assert f"/people/roles/{role}/password-reset" in page
    answer = await office.post(f"/people/roles/{role}/password-reset")
    (link,) = re.findall(r"/invitations/[^<\s]+", answer.text)
    assert "重设密码的链接" in answer.text
    assert (await lead.get("/", headers=JSON)).status_code == 401
    assert "设置新密码" in (await lead.get(link)).text
    again = Browser(asgi, kaohe)
    assert (await again.log_in(who)).status_code == 401
    new = "four calm words here"
    assert (await again.http.post(link, data={"password": new, "repeated": new})).headers["location"] == "/login"
    assert (await again.log_in(who, new)).status_code == 303
    async with database.tenant(who.tenant_id, read_only=True) as session:
        assert [one.role for one in (await people.members(session, search=who.login))[0][0].roles] == [Role.LEAD]


async def test_password_that_opens_another_jurisdiction_too_is_reset_by_the_platform_only(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    who = fresh_world.city[Role.LEAD]
    async with database.tenant(fresh_world.stranger.id) as session:
        await invitations.grant(session, who.id, Role.ASSESSOR)
    await browser.as_(fresh_world.city[Role.ADMIN])
    path = f"/people/roles/{await role_of(database, who)}/password-reset"
    assert (await browser.post(path, headers=JSON)).status_code == 409
    own = f"/people/roles/{await role_of(database, fresh_world.city[Role.ADMIN])}/password-reset"
    assert (await browser.post(own, headers=JSON)).status_code == 409
    made = await resetting.reset(database, who.login)
    assert made.name in (await browser.get(made.link_path)).text
    with pytest.raises(NotFound):
        await resetting.reset(database, "nobody-at-all")
