"""A county in which something of everything stands, so that every address has a real id to be tried with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from kaohe.catalogue.service import installed_scheme
from kaohe.clock import pretending, today
from kaohe.contributions import service as contributions
from kaohe.cycles.agenda import Dates
from kaohe.db.session import Database
from kaohe.demo import cycles as playing
from kaohe.demo.actors import Actor
from kaohe.designs import service as designs
from kaohe.designs import starting
from kaohe.evidence import service as evidence
from kaohe.grading import service as grading
from kaohe.grading.marking import Mark
from kaohe.grading.requests import ask_for_more
from kaohe.grading.task import open_task
from kaohe.identity import invitations
from kaohe.identity.models import Role
from kaohe.inbox.service import send
from kaohe.plugins import registry
from kaohe.records import importing as record_imports
from kaohe.records import service as records
from kaohe.registers import service as registers
from kaohe.rehearsal import queries as rehearsal_queries
from kaohe.rehearsal.service import save
from kaohe.rehearsal.trial import attempt
from kaohe.settings import Settings
from kaohe.subjects import importing
from kaohe.submissions import claims, filing, reports
from kaohe.submissions.work import open_work, slots
from tests.factories import cycles, files
from tests.factories.world import Place, Somebody, World, make_place

SCHEME = "district-circles"

# Where the id of each path parameter is found among the county's rows; `self_assessment_id` is the participation's.
IDS = {
    "cycle_id": "SELECT id FROM cycles WHERE state = 'issued' LIMIT 1",
    "participation_id": "SELECT id FROM participations WHERE party_id = tenant_id LIMIT 1",
    "self_assessment_id": "SELECT id FROM participations WHERE party_id = tenant_id LIMIT 1",
    "subject_id": "SELECT subject_id FROM participations WHERE party_id = tenant_id LIMIT 1",
    "assignment_id": "SELECT id FROM assignments ORDER BY id LIMIT 1",
    "record_id": "SELECT id FROM records LIMIT 1",
    "evidence_id": "SELECT evidence_id FROM filing_evidence LIMIT 1",
    "followup_id": "SELECT id FROM followups ORDER BY id LIMIT 1",
    "release_id": "SELECT id FROM releases LIMIT 1",
    "run_id": "SELECT id FROM runs LIMIT 1",
    "message_id": "SELECT id FROM messages LIMIT 1",
    "upload_id": "SELECT id FROM uploads LIMIT 1",
    "import_id": "SELECT id FROM subject_imports LIMIT 1",
    "record_import_id": "SELECT id FROM record_imports LIMIT 1",
    "invitation_id": "SELECT id FROM invitations LIMIT 1",
    "membership_id": "SELECT id FROM memberships WHERE tenant_id = app.tenant_id() ORDER BY id DESC LIMIT 1",
    "rehearsal_id": "SELECT id FROM rehearsals LIMIT 1",
    "contribution_id": "SELECT id FROM contributions LIMIT 1",
    "design_id": "SELECT id FROM designs LIMIT 1",
    "design_import_id": "SELECT id FROM design_imports LIMIT 1",
    "filed_report_id": "SELECT id FROM filed_reports LIMIT 1",
    "register_entry_id": "SELECT id FROM register_entries LIMIT 1",
    "request_id": "SELECT id FROM evidence_requests LIMIT 1",
}


@dataclass(frozen=True)
class Full:
    """`owner` is the county; `party` a township that takes part in its cycle, `child` one that does not."""

    world: World
    party: Place
    child: Place
    ids: dict[str, UUID]
    leaf: str = "circle.base"

    @property
    def owner(self) -> Place:
        return self.world.county

    @property
    def relations(self) -> dict[str, Place]:
        world = self.world
        return {"parent": world.city, "child": self.child, "sibling": world.sibling, "stranger": world.stranger}


def playing_as(database: Database, somebody: Somebody, place: Place) -> Actor:
    return Actor(database, somebody.id, somebody.name, place.id, place.name, ((somebody.role, None),))


async def make_full(database: Database, world: World, home: Path) -> Full:
    settings = Settings(home=home)
    owner = world.county
    party = await make_place(database, f"{owner.slug}-party", f"{owner.name}参评镇", "township", parent=owner)
    child = await make_place(database, f"{owner.slug}-child", f"{owner.name}旁观镇", "township", parent=owner)
    await cycles.enable(database, owner, SCHEME)
    own = await cycles.add_subject(database, owner, "own", "centre", attributes={"circle": "1"})
    await cycles.add_subject(database, owner, "party", "centre", jurisdiction_id=party.id, attributes={"circle": "1"})
    who = {role: playing_as(database, owner[role], owner) for role in Role}
    day = today()
    with pretending(day - timedelta(days=20)):
        cycle_id = await playing.issue(
            who[Role.ORGANISER], SCHEME, str(day.year), "全套", kinds={"centre": "all"}, on=day - timedelta(days=20),
            dates=[Dates("self_assessment", day - timedelta(days=19), day - timedelta(days=1)),
                   Dates("grading", day, day + timedelta(days=9)),
                   Dates("confirmation", day + timedelta(days=10), day + timedelta(days=12))],
            assessors=[(who[Role.ASSESSOR], "")],
        )  # fmt: skip
    taking_part = {one.subject_code: one for one in await playing.participations(who[Role.ORGANISER], cycle_id)}
    with pretending(day - timedelta(days=5)):
        await _file(settings, who[Role.LEAD], taking_part["own"].id)
    await _grade(database, who[Role.ASSESSOR])
    await _record(settings, who[Role.INSPECTOR], own)
    run_id = await playing.compute(who[Role.ORGANISER], cycle_id)
    await _release(who[Role.APPROVER], cycle_id, run_id)
    await _rehearse(who[Role.APPROVER], cycle_id, run_id)
    await _small_things(database, settings, owner, who)
    await _contribute(database, settings, owner, who)
    return Full(world, party, child, await _ids(database, owner))


async def _contribute(database: Database, settings: Settings, owner: Place, who: dict[Role, Actor]) -> None:
    """Signed, so that everybody of the way sees it and an adoption may be added."""
    await cycles.enable(database, owner, "information-points")
    office = await cycles.add_subject(database, owner, "office", "office", attributes={"monthly_task": "1"})
    async with who[Role.REPORTER].at_work() as session:
        writing = contributions.Writing("稿件", "正文", {})
        made = await contributions.begin(session, who[Role.REPORTER], "information-points", "item", office, writing)
        await contributions.pass_on(settings, session, who[Role.REPORTER], made.id, 1)
    async with who[Role.ORGANISER].at_work() as session:
        scheme = registry().schemes["information-points"]
        register = registers.register_of(scheme, "training")
        await registers.enter(session, who[Role.ORGANISER], scheme, register, office, "某人", today(), None)
    async with who[Role.APPROVER].at_work() as session:
        await contributions.pass_on(settings, session, who[Role.APPROVER], made.id, 2)


async def _file(settings: Settings, lead: Actor, participation_id: UUID) -> None:
    async with lead.at_work() as session:
        work = await open_work(session, lead, participation_id)
        for leaf in work.leaves:
            if leaf.rule == "check":
                await claims.save_claim(session, lead, work, leaf, entries=[{"done": "full"}], remark="", based_on=0)
    async with lead.at_work() as session:
        work = await open_work(session, lead, participation_id)
        leaf = work.leaf("circle.base")

        async def pieces():  # type: ignore[no-untyped-def]
            yield files.pdf()

        content = await evidence.store_pieces(settings, lead.tenant_id, "证明.pdf", pieces())
        kept = await evidence.keep(session, lead, content, "证明.pdf", audience="unit", unit_id=None)
        await claims.attach(session, lead, work, leaf, slots(leaf)[0].name, kept)
    async with lead.at_work() as session:
        work = await open_work(session, lead, participation_id)
        await filing.file_self_assessment(settings, session, lead, work)
    async with lead.at_work() as session:
        work = await open_work(session, lead, participation_id)
        await reports.hand_in(settings, session, lead, work, "report:self-check", [kept])


async def _grade(database: Database, assessor: Actor) -> None:
    async with assessor.at_work() as session:
        first = (await session.execute(text(IDS["assignment_id"]))).scalar_one()
        task = await open_task(session, assessor.id, first, lock=True)
        leaf = task.leaf("circle.base")
        await grading.save_mark(session, task, leaf, Mark([{"done": "full"}], "经核实", False), 0, assessor.name)
        await ask_for_more(session, task, leaf, "请补充说明", today() + timedelta(days=5), assessor.name)


async def _record(settings: Settings, inspector: Actor, subject_id: UUID) -> None:
    async with inspector.at_work() as session:
        draft = await records.draft_of(session, subject_id, SCHEME, "circle.deduct.overdue", today(), {"count": "1"})
        await records.confirm_record(settings, session, inspector, draft)


async def _release(approver: Actor, cycle_id: UUID, run_id: UUID) -> None:
    from kaohe.results import queries
    from kaohe.results import service as results

    async with approver.at_work() as session:
        await results.confirm_run(session, installed_scheme(SCHEME), cycle_id, run_id, approver.name)
    async with approver.at_work() as session:
        cycle = await queries.cycle(session, cycle_id)
        assert cycle is not None
        await results.release_run(session, cycle, run_id, "", approver.id, approver.name, approver.jurisdiction)


async def _rehearse(approver: Actor, cycle_id: UUID, run_id: UUID) -> None:
    async with approver.at_work() as session:
        start = await rehearsal_queries.start(session, cycle_id, run_id)
        assert start is not None
        scheme = installed_scheme(SCHEME)
        tried = attempt(scheme, start.facts, scheme, {"excellent_ratio": "1"})
        await save(session, cycle_id, run_id, "人人优秀", tried, approver.id, approver.name)


async def _small_things(database: Database, settings: Settings, owner: Place, who: dict[Role, Actor]) -> None:
    async with who[Role.ADMIN].at_work() as session:
        await invitations.invite(session, login=f"invited-{owner.slug}", name="受邀人", role=Role.INSPECTOR)
        await importing.keep(session, "centre", "名单.csv", "0" * 64, [], by=who[Role.ADMIN].id)
        await send(session, tenant_id=owner.id, kind="notice", title="告知", person_id=who[Role.AUDITOR].id)
    async with who[Role.ORGANISER].at_work() as session:
        begun = starting.copy_of(installed_scheme(SCHEME), f"own-{owner.slug}-draft", "1", "草稿")
        made = await designs.begin(session, begun.document, by="甲", from_=SCHEME)
        await designs.keep_import(
            session, made.id, "评分表.csv", [{"number": 2, "project": "甲", "points": "5"}], by="甲"
        )
    async with who[Role.INSPECTOR].at_work() as session:
        await record_imports.put_in(session, who[Role.INSPECTOR], SCHEME, "记录.csv", b"subject,leaf,date")
    async with who[Role.REPORTER].at_work() as session:
        await evidence.begin_upload(settings, session, who[Role.REPORTER], name="传.pdf", length=10, target="")


async def _ids(database: Database, owner: Place) -> dict[str, UUID]:
    async with database.tenant(owner.id, read_only=True) as session:
        found = {name: (await session.execute(text(query))).scalar_one() for name, query in IDS.items()}
    return {**found, "jurisdiction_id": owner.id, "session_id": found["membership_id"]}
