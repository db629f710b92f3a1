"""English pages: the frame and every fixed text follow the reader; names, data and what is sent to others stay Chinese."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from kaohe import i18n
from kaohe.catalogue.service import installed, installed_scheme
from kaohe.clock import pretending, today
from kaohe.cycles.models import Participation
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.inbox.models import Message
from tests.factories import files
from tests.factories.browser import Browser
from tests.factories.cycles import CIRCLES, add_centres, issued_cycle, rows
from tests.factories.world import World

pytestmark = pytest.mark.anyio

FRAME = {"title", "nav", "h1", "h2", "th", "label", "button", "summary"}
EMPTY = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Frame(HTMLParser):
    """The Chinese within headings, navigation and controls; what says that it is Chinese (`lang`) is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.chinese: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            self.open.append((tag, (dict(attrs).get("lang") or "").startswith("zh")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        framing = any(tag in FRAME for tag, _chinese in self.open)
        if framing and not any(chinese for _tag, chinese in self.open) and re.search("[\u4e00-\u9fff]", data):
            self.chinese.append(data.strip())


def chinese_in_frame(page: str, *names: str) -> list[str]:
    """`names`: data of the test's world, longest first."""
    for name in names:
        page = page.replace(name, "…")
    frame = Frame()
    frame.feed(page)
    return frame.chinese


@pytest.fixture
async def english(browser: Browser) -> AsyncIterator[Browser]:
    browser.http.cookies.set("kaohe_locale", "en")
    yield browser
    i18n.locale.set("zh")  # in process the page's language would outlive it


async def test_the_places_of_every_role_are_in_english(
    database: Database, fresh_world: World, english: Browser
) -> None:
    await add_centres(database, fresh_world)
    await issued_cycle(database, fresh_world.city, CIRCLES)
    cities = [fresh_world.city, fresh_world.county, fresh_world.sibling, fresh_world.township]
    names = [f"{city.name}政务中心" for city in cities] + [city.name for city in cities]
    regulations = [scheme.regulation for scheme in installed().values()]
    found = set()
    for who in fresh_world.city.people.values():
        await english.as_(who)
        home = await english.get("/")
        assert '<html lang="en"' in home.text
        places = re.findall(r'href="(/[a-z/-]*)"', home.text.split("<nav", 1)[1].split("</nav>", 1)[0])
        for path in ["/", "/inbox", "/account/password", "/account/sessions", "/search?q=x", *places]:
            page = await english.get(path)
            assert (path, page.status_code) == (path, 200)
            said = chinese_in_frame(page.text, *regulations, f"{today().year}考核", *names)
            found.update((path, text) for text in said)
    assert found == set()


async def test_who_is_not_logged_in_reads_english_too(english: Browser) -> None:
    page = await english.get("/login")
    assert "Log in" in page.text
    assert chinese_in_frame(page.text) == []


async def test_an_error_page_is_in_english(world: World, english: Browser) -> None:
    await english.as_(world.city[Role.ORGANISER])
    page = await english.get("/cycles/00000000-0000-0000-0000-000000000000")
    assert page.status_code == 404
    assert "It may have been deleted" in page.text
    assert chinese_in_frame(page.text, world.city.name) == []


async def test_a_scheme_s_titles_are_in_english_where_it_has_them(
    database: Database, fresh_world: World, english: Browser
) -> None:
    await add_centres(database, fresh_world)
    await english.as_(fresh_world.city[Role.ORGANISER])
    page = (await english.get(f"/schemes/{CIRCLES}")).text
    assert installed_scheme(CIRCLES).title.en in page
    assert installed_scheme(CIRCLES).nodes[0].title.en in page


async def test_a_reminder_sent_from_an_english_page_is_chinese(
    database: Database, fresh_world: World, english: Browser
) -> None:
    await add_centres(database, fresh_world)
    cycle = await issued_cycle(database, fresh_world.city, CIRCLES)
    await english.as_(fresh_world.city[Role.ORGANISER])
    with pretending(today() + timedelta(days=10)):
        assert (await english.post(f"/cycles/{cycle}/reminders")).status_code in {200, 303}
    await english.as_(fresh_world.county[Role.REPORTER])
    inbox = (await english.get("/inbox")).text
    assert f"催办：{today().year}考核的自评和报告已逾期" in inbox
    assert "Messages" in inbox


async def test_a_report_handed_in_from_an_english_page_is_told_in_chinese(
    database: Database, fresh_world: World, english: Browser
) -> None:
    await add_centres(database, fresh_world)
    await issued_cycle(database, fresh_world.city, CIRCLES)
    [[participation]] = await rows(database, fresh_world.county, Participation.id)
    await english.as_(fresh_world.county[Role.LEAD])
    answer = await english.post(
        f"/self-assessments/{participation}/reports", {"report": "report:self-check"},
        files=[("files", ("report.pdf", files.pdf(), "application/pdf"))],
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    told = [row for row in await rows(database, fresh_world.city, Message.title, Message.body) if "报告" in row.title]
    assert [(row.title, row.body[:3]) for row in told] == [(f"{fresh_world.county.name}政务中心交了自查报告", "编号 ")]
