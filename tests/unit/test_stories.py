"""The demo's stories read well and between them play every shipped scheme."""

from __future__ import annotations

from datetime import date

from kaohe.clock import pretending
from kaohe.demo import circles, months, stories, tenants
from kaohe.plugins import registry


def _told() -> list[stories.Story]:
    return [stories.read(path) for path in sorted(tenants.folder().glob("*/played/*.yaml"))]


def test_every_shipped_scheme_has_a_finished_cycle() -> None:
    played = {story.scheme for story in _told()} | {circles.SCHEME, months.SCHEME}
    assert played == set(registry().schemes)


def test_periods_of_a_story_are_those_that_are_over() -> None:
    scheme = registry().schemes["ecommerce-targets"]
    with pretending(date(2026, 5, 4)):
        assert stories.period_of(scheme, "half-1").text == "2025-H1"
        assert stories.period_of(scheme, "year-2").text == "2024"


def test_what_a_story_says_exists_in_its_scheme() -> None:
    for story in _told():
        leaves = registry().schemes[story.scheme].leaves
        for told in story.cycles:
            codes = {code for one in told.subjects.values() for code in (*one.claims, *one.found)}
            codes |= {*told.usual, *(seen.leaf for seen in told.records), *(often.leaf for often in told.often)}
            assert codes <= set(leaves), story.scheme
