"""The demo: jurisdictions of `tenants/` with one password for everybody in them, and finished cycles of every scheme."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass

import uvloop
from sqlalchemy import make_url

from kaohe.db.session import Database
from kaohe.demo import history, tenants
from kaohe.settings import Settings

# Shown by `make demo`. Nobody outside the demo's folders ever gets it.
PASSWORD = "kaohe-demo-2026"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Account:
    """One person to log in as; the names are shown as they are."""

    role: str
    name: str
    jurisdiction: str
    login: str
    password: str


# (role as shown, slug, login): one for each role.
SHOWN = (
    ("市管理员", "rongcheng", "rc.admin"),
    ("市考核办", "rongcheng", "rc.organiser"),
    ("市考核组", "rongcheng", "rc.assessor1"),
    ("市考核组", "rongcheng", "rc.assessor2"),
    ("市领导小组", "rongcheng", "rc.approver"),
    ("市纪检", "rongcheng", "rc.auditor"),
    ("区填报员", "rongcheng-jinjiang", "jinjiang.reporter"),
    ("区负责人", "rongcheng-jinjiang", "jinjiang.lead"),
    ("县管理员", "rongcheng-dayi", "dayi.admin"),
    ("县考核办", "rongcheng-dayi", "dayi.organiser"),
    ("县督查员", "rongcheng-dayi", "dayi.inspector"),
    ("县领导小组", "rongcheng-dayi", "dayi.approver"),
    ("县填报员", "rongcheng-dayi", "dayi.reporter"),
    ("县负责人", "rongcheng-dayi", "dayi.lead"),
    ("窗口负责人", "rongcheng-dayi", "dayi.staff01"),
    ("窗口工作人员", "rongcheng-dayi", "dayi.staff02"),
    ("区考核办", "rongcheng-jinjiang", "jinjiang.organiser"),
    ("互评的单位", "rongcheng-jinjiang", "jinjiang.unit1"),
    ("区考核办", "rongcheng-qingyang", "qingyang.organiser"),
    ("区考核办", "rongcheng-wuhou", "wuhou.organiser"),
    ("区考核办", "rongcheng-gaoxin", "gaoxin.organiser"),
    ("信息考核", "rongcheng-dujiangyan", "dujiangyan.organiser"),
    ("局考核办", "rongcheng-yuanlin", "yuanlin.organiser"),
    ("局领导小组", "rongcheng-yuanlin", "yuanlin.approver"),
    ("另一个市", "linjiang", "lj.organiser"),
    ("学校政教处", "linjiang-shiyan", "shiyan.organiser"),
    ("值周老师", "linjiang-shiyan", "shiyan.inspector"),
)


def load_demo(settings: Settings) -> Sequence[Account]:
    """The database's address is filled in. Adds what is missing; the second time it only looks."""
    gc.freeze()  # the schemes are a large heap that stays: collections need not walk it at each of many steps
    return uvloop.run(_load(settings))


def _unhurried(url: str) -> str:
    """Hundreds of small transactions that need not wait for the disk: what a crash cuts off is made anew."""
    if "pgbouncer=1" in url:
        return url
    return (
        make_url(url).update_query_dict({"options": "-c synchronous_commit=off"}).render_as_string(hide_password=False)
    )


async def _load(settings: Settings) -> Sequence[Account]:
    assert settings.database_url
    database = Database(_unhurried(settings.database_url), pool_size=2)
    try:
        await tenants.load(database, PASSWORD)
        await history.load(database, settings)
        found = await tenants.shown(database, SHOWN)
    finally:
        await database.close()
    return [Account(role, name, jurisdiction, login, PASSWORD) for role, name, jurisdiction, login in found]
