"""A city's year: its notice, and what the counties that it reaches claim and attach."""

from __future__ import annotations

import pytest

from tests.e2e import announcing, self_assessing
from tests.e2e.conftest import SignIn

pytestmark = pytest.mark.browser
JINJIANG, QINGYANG = "锦江区政务服务中心", "青羊区政务服务中心"


def test_cycle_is_announced_and_assessed_by_the_counties(sign_in: SignIn) -> None:
    with sign_in("rc.organiser") as organiser:
        announcing.announce(organiser, (JINJIANG, QINGYANG))
    with sign_in("qingyang.reporter") as reporter:
        announcing.receive(reporter)
    with sign_in("jinjiang.reporter") as reporter:
        announcing.receive(reporter)
        base = self_assessing.opens(reporter)
        reporter.looks("task-list")
        self_assessing.claim_leadership(reporter, base)
        self_assessing.upload(reporter)
        with sign_in("jinjiang.lead") as lead:
            address = f"{base}/claims/circle.bonus.streamline"
            self_assessing.difference_is_shown(reporter.page, lead.page, address)
