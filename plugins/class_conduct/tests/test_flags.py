"""What a case file says less well: properties over weeks and classes."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import kaohe_class_conduct

CLASSES = [{"id": f"c{number}", "kind": "class"} for number in range(1, 5)]


def test_every_deduction_lowers_the_total_until_the_floor(scored: Any) -> None:
    totals = [
        scored(
            kaohe_class_conduct,
            period="2026-03",
            subjects=CLASSES[:1],
            records=[{"subject": "c1", "leaf": "class.discipline.theft", "date": "2026-03-04", "count": count}],
        ).sheets[0].total
        for count in range(18, 24)
    ]  # fmt: skip

    assert totals == [Decimal(220), Decimal(210), *[Decimal(200)] * 4]
    assert all(later <= earlier for earlier, later in pairwise(totals))


def test_flag_is_shared_by_everyone_without_records(scored: Any) -> None:
    result = scored(kaohe_class_conduct, period="2026-W10", subjects=CLASSES, records=[])

    assert {sheet.subject for sheet in result.sheets if "纪律流动红旗" in sheet.honours} == {"c1", "c2", "c3", "c4"}


def test_flag_moves_with_the_week(scored: Any) -> None:
    records = [
        {"subject": "c1", "leaf": "class.hygiene.litter", "date": "2026-03-03"},
        {"subject": "c2", "leaf": "class.hygiene.litter", "date": "2026-03-10"},
    ]

    def holders(period: str) -> list[str]:
        result = scored(kaohe_class_conduct, period=period, subjects=CLASSES[:2], records=records)
        return [sheet.subject for sheet in result.sheets if "卫生流动红旗" in sheet.honours]

    assert [holders("2026-W10"), holders("2026-W11")] == [["c2"], ["c1"]]


def test_unknown_level_is_refused(refused: Any) -> None:
    records = [{"subject": "c1", "leaf": "class.discipline.lights", "date": "2026-03-04", "level": "dim"}]

    assert refused(kaohe_class_conduct, period="2026-03", subjects=CLASSES[:1], records=records) == [
        "records[0].level: dim is not one of on, left (class-conduct class.discipline.lights)"
    ]
