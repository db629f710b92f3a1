"""A city's year from its notice to its released result, each act by the person whose work it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e import announcing, grading, publishing, self_assessing
from tests.e2e.conftest import SignIn
from tests.e2e.standing import Standing

pytestmark = pytest.mark.browser
JINJIANG, QINGYANG = "锦江区政务服务中心", "青羊区政务服务中心"


def test_year_from_the_notice_to_the_release(sign_in: SignIn, standing: Standing, tmp_path: Path) -> None:
    with sign_in("rc.organiser") as organiser:
        cycle_id = announcing.announce(organiser, (JINJIANG, QINGYANG))
    with sign_in("qingyang.reporter") as reporter:
        announcing.receive(reporter)
    with sign_in("jinjiang.reporter") as reporter, sign_in("jinjiang.lead") as lead:
        announcing.receive(reporter)
        base = self_assessing.opens(reporter)
        reporter.looks("task-list")
        self_assessing.claim_leadership(reporter, base)
        self_assessing.upload(reporter)
        address = f"{base}/claims/circle.bonus.streamline"
        self_assessing.difference_is_shown(reporter.page, lead.page, address)
        self_assessing.claim_all_checks(reporter, base)
        self_assessing.file(lead, base)
        self_assessing.nothing_can_be_changed(reporter, base)
    standing.begin_grading(cycle_id)
    with sign_in("rc.assessor1") as first, sign_in("rc.assessor2") as second:
        addresses = grading.opens(first, JINJIANG), grading.opens(second, JINJIANG)
        grading.meet_on_one_item(first, second, addresses)
        grading.adopt_the_rest(first, addresses[0])
        grading.file(first, addresses[0])
        assert second.goes("/grading").get_by_text(QINGYANG).count() == 0
    with sign_in("rc.organiser") as organiser:
        publishing.compute(organiser, cycle_id)
        publishing.look_at(organiser, JINJIANG)
    with sign_in("jinjiang.lead") as lead:
        assert lead.goes("/results").get_by_text(announcing.TITLE).count() == 0
        with sign_in("rc.approver") as approver:
            publishing.release(approver, cycle_id)
        lead.goes("/results")
        lead.page.get_by_role("link", name=announcing.TITLE).first.click()
        lead.looks("own-result")
    with sign_in("rc.organiser") as organiser:
        publishing.follow_up(organiser, cycle_id)
    publishing.computed_again_is_the_same(standing, cycle_id, tmp_path, b"circle.bonus.leadership")
