"""Information items of the running month, each at another step of its way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kaohe.clock import pretending, today
from kaohe.contributions import service
from kaohe.contributions.adding import add_record
from kaohe.contributions.models import Contribution
from kaohe.cycles.agenda import Dates
from kaohe.cycles.models import Cycle
from kaohe.db.session import Database
from kaohe.demo import cycles, tenants
from kaohe.demo.actors import Actor, actor
from kaohe.demo.papers import paper
from kaohe.evidence import service as evidence
from kaohe.identity import invitations
from kaohe.identity.models import Role
from kaohe.scheme.periods import containing
from kaohe.settings import Settings
from kaohe.subjects.models import Subject

SLUG, PREFIX, SCHEME = "rongcheng-dujiangyan", "dujiangyan", "information-points"

# Login (after the prefix), name, role, unit: whom the way needs besides the jurisdiction's own offices.
PEOPLE = (
    ("wenjing", "闻静", Role.REPORTER, "window-01"), ("head01", "聂志强", Role.LEAD, "window-01"),
    ("leader01", "祝建国", Role.LEAD, "window-01"), ("wuxiaolong", "巫小龙", Role.REPORTER, "window-02"),
    ("head02", "景秀兰", Role.LEAD, "window-02"), ("leader02", "祁连山", Role.LEAD, "window-02"),
    ("zhiyan", "支燕", Role.REPORTER, "township-01"), ("town01", "左明远", Role.LEAD, "township-01"),
    ("lewen", "乐文", Role.REPORTER, "office-01"), ("chief", "商伯年", Role.APPROVER, ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """`passed`: who took the steps after the draft; `back`: who then sent it back, and why; `ago` in days."""

    unit: str
    author: str
    title: str
    body: str
    passed: Sequence[str] = ()
    back: tuple[str, str] | None = None
    adopted: Sequence[tuple[str, str]] = ()
    way: str = "item"
    ago: int = 0
    sent: bool = True
    urgent: bool = False


W1, W2, T1 = ("head01", "leader01"), ("head02", "leader02"), ("town01",)
OFFICE = ("organiser", "approver", "organiser")
ITEMS = (
    Item("window-01", "wenjing", "企业开办一件事当天领照", "市场监管窗口把六个环节并成一次申请，本月办结 214 件，平均用时 3.2 小时。",
         (*W1, *OFFICE), adopted=(("city", "市人民政府网站"), ("province", "省政务服务网")), ago=12),
    Item("window-01", "wenjing", "食品经营许可告知承诺办理", "三类低风险食品经营许可改为告知承诺，材料由 9 份减到 4 份。", (*W1, *OFFICE), ago=9),
    Item("window-01", "wenjing", "年报集中服务周走进商圈", "窗口人员在三个商圈设点，现场帮办年报 320 户。", (*W1, "organiser"), ago=5),
    Item("window-01", "wenjing", "个体工商户分型分类培育", "按生存型、成长型、发展型建档 1.1 万户。", ("head01",), ago=1),
    Item("window-02", "wuxiaolong", "社保卡一站式补换", "银行网点和窗口共用系统，补卡当场领取。", (*W2, "organiser", "approver"),
         adopted=(("centre", "政务中心信息专栏"),), ago=8),
    Item("window-02", "wuxiaolong", "高温天气窗口延时服务", "连续三天高温，窗口早晚各延长一小时。", W2, ago=2, urgent=True),
    Item("window-02", "wuxiaolong", "就业困难人员上门认定", "为行动不便的群众上门办理，共 27 人。", back=("head02", "人数与台账不一致，请核实后再送"), ago=3),
    Item("window-02", "wuxiaolong", "退休预审提前三个月", "", sent=False),
    Item("township-01", "zhiyan", "灌口镇便民服务延伸到村", "十二个村设帮办点，代办事项 46 项。", (*T1, *OFFICE),
         adopted=(("city", "市政务简报"),), ago=11),
    Item("township-01", "zhiyan", "防汛期间证明材料容缺受理", "受灾群众先办后补，办结 18 件。", T1, ago=1, urgent=True),
    Item("township-01", "zhiyan", "村级代办员持证上岗", "完成两期培训，62 人通过考试。", ago=0),
    Item("office-01", "lewen", "政务大厅季度满意度分析", "满意度 99.2%，不满意集中在排队和停车。", ("approver", "organiser"), ago=4),
    Item("office-01", "organiser", "关于“一件事”改革进展的简报", "本季度上线 12 件，平均压缩环节 61%。", ("approver", "chief"),
         adopted=(("prefecture", "省中心工作简报"),), way="brief", ago=6),
    Item("office-01", "organiser", "窗口延时服务情况简报", "十八个窗口提供延时服务。", way="brief", ago=0),
)  # fmt: skip


async def load(database: Database, settings: Settings) -> None:
    """Where the jurisdiction counts information."""
    place = await tenants.jurisdiction_id(database, SLUG)
    units = await _units(database, place) if place else {}
    if place is None or not units.keys() >= {item.unit for item in ITEMS}:
        return
    await _invite(database, place, units)
    names = {login for login, *_more in PEOPLE} | {"organiser", "approver"}
    people = {name: await actor(database, f"{PREFIX}.{name}") for name in names}
    cycle = await _issue(people["organiser"])
    for item in sorted(ITEMS, key=lambda each: -each.ago):
        day = max(today() - timedelta(days=item.ago), today().replace(day=1))
        with pretending(day):
            await _play(settings, people, item, units[item.unit])
    await cycles.compute(people["organiser"], cycle)


async def _units(database: Database, place: UUID) -> Mapping[str, UUID]:
    async with database.tenant(place, read_only=True) as session:
        rows = await session.execute(select(Subject.code, Subject.id))
        return {row.code: row.id for row in rows}


async def _invite(database: Database, place: UUID, units: Mapping[str, UUID]) -> None:
    from kaohe.demo import PASSWORD

    for login, name, role, unit in PEOPLE:
        async with database.tenant(place) as session:
            made = await invitations.invite(session, login=f"{PREFIX}.{login}", name=name, role=role,
                                            subject_id=units[unit] if unit else None)  # fmt: skip
            secret = made.link_path.rpartition(".")[2]
            await invitations.accept(session, secret, password=PASSWORD, repeated=PASSWORD)


async def _issue(organiser: Actor) -> UUID:
    """The running month; once."""
    month = containing(today(), "month")
    async with organiser.at_work() as session:
        query = select(Cycle.id).where(Cycle.scheme_id == SCHEME, Cycle.period == month.text)
        held = (await session.execute(query)).scalars().first()
    if held is not None:
        return held
    after = month.end + timedelta(days=1)
    title = f"{month.start.year} 年 {month.start.month} 月信息报送计分"
    kinds = {"window_unit": "all", "township": "all", "office": "all"}
    return await cycles.issue(organiser, SCHEME, month.text, title, kinds=kinds, on=month.start,
                              dates=[Dates("confirmation", after, after + timedelta(days=6))])  # fmt: skip


async def _play(settings: Settings, people: Mapping[str, Actor], item: Item, unit: UUID) -> None:
    author = people[item.author]
    entry: dict[str, Any] = {"fields": {"urgent": True, "event_date": today().isoformat()}} if item.urgent else {}
    async with author.at_work() as session:
        writing = service.Writing(item.title, item.body, entry)
        row = await service.begin(session, author, SCHEME, item.way, unit, writing)
    if item.sent:
        await _pass(settings, author, row)
    for name in item.passed:
        await _pass(settings, people[name], row)
    if item.back:
        name, reason = item.back
        async with people[name].at_work() as session:
            await service.send_back(session, people[name], row.id, await _version(session, row.id), reason)
    for level, outlet in item.adopted:
        await _adopt(settings, people["organiser"], row, level, outlet)


async def _pass(settings: Settings, who: Actor, row: Contribution) -> None:
    async with who.at_work() as session:
        await service.pass_on(settings, session, who, row.id, await _version(session, row.id))


async def _version(session: Any, contribution_id: UUID) -> int:
    query = select(Contribution.version).where(Contribution.id == contribution_id)
    return int((await session.execute(query)).scalar_one())


async def _adopt(settings: Settings, organiser: Actor, row: Contribution, level: str, outlet: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield paper(f"Adopted {row.number} {level}")

    async with organiser.at_work() as session:
        content = await evidence.store_pieces(settings, organiser.tenant_id, "采用证明.pdf", pieces())
        kept = await evidence.keep(session, organiser, content, f"采用证明（{outlet}）.pdf", audience="office")
        entry = {"level": level, "fields": {"outlet": outlet, "editor": "office-02"}}
        await add_record(settings, session, organiser, row.id, "info.adopted", today(), entry, [kept])
