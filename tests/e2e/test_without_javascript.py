"""With scripts switched off: a whole step of self-assessment with a file, and a record on a phone."""

from __future__ import annotations

import hashlib

import pytest

from tests.e2e.conftest import SignIn
from tests.e2e.self_assessing import paper
from tests.factories import files

pytestmark = pytest.mark.browser


def test_indicator_is_claimed_with_its_evidence(sign_in: SignIn, claims: dict[str, str]) -> None:
    content = files.pdf("不用脚本")
    with sign_in("xindu.reporter", script=False) as reporter:
        address = claims["新都区政务服务中心"] + "/circle.bonus.leadership"
        page = reporter.goes(address)
        page.locator("[id='e0.amount']").fill("9")
        page.locator("[id='e0.count']").fill("1")
        reporter.presses("保存，填下一项")
        page.locator(".error-summary").get_by_text("5").first.wait_for()
        page.locator("[id='e0.amount']").fill("3")
        page.get_by_label("补充说明").fill("常委会会议纪要 12 号")
        reporter.presses("保存，填下一项")
        page.wait_for_url("**/circle.bonus.streamline")
        page = reporter.goes(address)
        assert page.locator("[id='e0.amount']").input_value() == "3"
        page.locator("input[type=file]").first.set_input_files([paper("会议纪要.pdf", content)])
        reporter.presses("上传")
        listed = page.locator("[data-upload-files] li").filter(has_text="会议纪要.pdf")
        assert listed.locator("[title]").get_attribute("title") == hashlib.sha256(content).hexdigest()


def test_record_is_logged(sign_in: SignIn) -> None:
    with sign_in("dayi.inspector", phone=True, script=False) as inspector:
        page = inspector.goes("/records/new")
        page.get_by_label("按姓名、窗口或编号查找").fill("不动产登记窗口")
        inspector.presses("查找")
        page.locator("#found a").filter(has_text="不动产登记窗口").first.click()
        page.locator("#clauses a").filter(has_text="锦旗").first.click()
        page.get_by_label("说明").fill("企业送锦旗")
        inspector.presses("下一步：核对")
        inspector.sees("企业送锦旗")
        inspector.presses("确认登记")
        inspector.sees("已登记")
        listed = inspector.goes("/records").get_by_role("row").filter(has_text="不动产登记窗口")
        assert listed.filter(has_text="企业送锦旗").count() == 1
