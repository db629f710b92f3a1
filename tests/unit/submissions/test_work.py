"""What claims would give, before anybody has found anything."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

from kaohe.plugins import registry
from kaohe.submissions.views import claimed_total
from kaohe.submissions.work import Work
from kaohe.submissions.work_queries import HeldClaim


def work(scheme_id: str, kind: str, claims: dict[str, str]) -> Work:
    """Ratings by leaf."""
    notice = {"period": "2026", "period_end": "2026-12-31", "parameters": {}}
    row = SimpleNamespace(notice=notice, subject_code="u1", subject_kind=kind, subject_name="甲", attributes={})
    held = {
        leaf: HeldClaim(leaf, [{"rating": rating}], "", 1, uuid4(), "某人", datetime.now(UTC))
        for leaf, rating in claims.items()
    }
    return Work(row, registry().scheme(scheme_id), held, ())


def test_ratings_in_the_party_s_own_channel_give_its_total() -> None:
    scheme = registry().scheme("service-eval-weighted")
    made = work("service-eval-weighted", "unit", dict.fromkeys(scheme.leaves, "90"))
    assert (made.points(made.leaf("eval.efficiency.speed")), claimed_total(made)) == (Decimal("9.00"), "90.00 分")


def test_where_only_others_rate_there_is_no_total() -> None:
    assert claimed_total(work("service-eval-roles", "unit", {})) == "—"
