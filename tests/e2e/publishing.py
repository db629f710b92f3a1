"""From the first run to the released version, and that anybody can compute it again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.standing import Standing
from tests.e2e.visitor import Visitor


def compute(organiser: Visitor, cycle_id: str, *, again: bool = False) -> None:
    page = organiser.goes(f"/cycles/{cycle_id}/results")
    organiser.presses("重新计算" if again else "计算结果")
    if page.locator("dialog[open]").count():
        organiser.agrees("计算")
    page.wait_for_url("**/runs/*")  # shows how far it is, and leads on by itself
    page.wait_for_url("**/results")


def look_at(organiser: Visitor, centre: str) -> None:
    """The ranking, and one sheet down to its lines."""
    page = organiser.page
    organiser.looks("ranking")
    page.get_by_role("link", name=centre).click()
    page.get_by_text("从基础分到总分").first.wait_for()
    page.get_by_role("cell", name="第九条(一)").first.wait_for()
    organiser.looks("sheet")


def release(approver: Visitor, cycle_id: str) -> None:
    page = approver.goes(f"/cycles/{cycle_id}/results")
    approver.presses("确认结果")
    approver.agrees("确认")
    page.get_by_label("发布说明").fill("经领导小组会议审定")
    approver.looks("release")
    page.get_by_role("button", name="发布", exact=True).click()
    approver.agrees("发布")
    approver.sees("已发布第 1 版")
    approver.goes(f"/cycles/{cycle_id}/releases")
    approver.looks("releases")


def follow_up(organiser: Visitor, cycle_id: str) -> None:
    """What the regulation lets follow is done by one document."""
    page = organiser.goes(f"/followups?cycle={cycle_id}")
    page.get_by_role("checkbox", name="全选").check()
    organiser.looks("followups")
    organiser.presses("办理所选")
    page.get_by_label("办理结果或不办的理由").fill("书面通报各区县，对优秀单位全市通报表扬")
    page.get_by_label("文号").fill("蓉政服〔2026〕46 号")
    organiser.looks("settlement")
    organiser.presses("登记")
    organiser.sees("项的办理结果")
    page = organiser.goes(f"/followups?cycle={cycle_id}&only=done")
    page.get_by_role("link", name="书面通报各区（市）县政府").click()
    organiser.looks("followup")


def computed_again_is_the_same(standing: Standing, cycle_id: str, folder: Path, line: bytes) -> None:
    _kaohe(standing, "export", cycle_id, "--release", "1", "--out", str(folder))
    again = _kaohe(standing, "score", str(folder / "facts.json"), "--format", "json")
    assert again == (folder / "result.json").read_bytes()
    assert line in again


def _kaohe(standing: Standing, *arguments: str) -> bytes:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KAOHE_")}
    settings = {"KAOHE_DATABASE_URL": standing.app_url, "KAOHE_HOME": str(standing.home)}
    command = [str(Path(sys.executable).with_name("kaohe")), *arguments]
    return subprocess.run(command, env=environment | settings, check=True, capture_output=True).stdout
