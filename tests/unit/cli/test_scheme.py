"""`kaohe scheme` and `kaohe simulate`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run

SCHEME = "src/kaohe_street_cleaning/scheme.yaml"
CASES = "src/kaohe_street_cleaning/cases/example.yaml"


@pytest.fixture
def plugin(run: Run, tmp_path: Path) -> Path:
    assert run("scheme", "new", "street-cleaning").status == 0
    return tmp_path / "street-cleaning"


def change(plugin: Path, old: str, new: str, file: str = SCHEME) -> None:
    path = plugin / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_new_plugin_passes_its_cases_and_checks(run: Run, plugin: Path) -> None:
    assert run("scheme", "test", plugin).status == 0
    checked = run("scheme", "check", plugin)
    assert (checked.status, checked.out) == (0, b"")
    assert checked.err == ["street-cleaning：3 项指标，5 个算例，0 条警告，0 条提示，0 条已承认"]


def test_new_plugin_passes_its_own_tests(plugin: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=plugin, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_new_refuses_bad_names_and_what_is_there(run: Run, plugin: Path) -> None:
    assert run("scheme", "new", "Street_Cleaning").status == 2
    again = run("scheme", "new", "street-cleaning")
    assert (again.status, again.err) == (1, ["street-cleaning 已经存在，换一个名字或文件夹"])


def test_failing_case_shows_expected_and_found(run: Run, plugin: Path) -> None:
    change(plugin, "amount: 2", "amount: 1")

    done = run("scheme", "test", plugin)

    assert done.status == 1
    assert "超时三次扣 6 分" in done.text
    assert done.text.index("a.total") < done.text.index("应为 94") < done.text.index("实得 97.00")
    assert "5 个算例，2 个不成立" in done.text


def test_cases_can_be_chosen(run: Run, plugin: Path) -> None:
    assert "1 个算例，0 个不成立" in run("scheme", "test", plugin, "-k", "上限").text
    assert run("scheme", "test", plugin, "-k", "没有这样的").status == 1


def test_check_names_file_line_and_mend(run: Run, plugin: Path) -> None:
    change(plugin, "caps: {month: bonus_cap}", "caps: {month: 5}")

    done = run("scheme", "check", plugin)

    assert done.status == 1
    place = f"{plugin / 'src/kaohe_street_cleaning/scheme.yaml'}:14"
    assert done.text.splitlines() == [
        f"{place}: 警告 parameter-unused（没用到的参数）参数 bonus_cap 没有用到；改法：在公式里用它，或删去"
    ]


def test_acknowledged_warning_is_told_with_its_reason(run: Run, plugin: Path) -> None:
    change(plugin, "caps: {month: bonus_cap}", "caps: {month: 5}")
    change(plugin, "periods:", "acknowledged: [{check: parameter-unused, at: bonus_cap, reason: 留给下一版}]\nperiods:")

    done = run("scheme", "check", plugin)

    assert done.status == 0
    assert "已承认 parameter-unused" in done.text
    assert "理由：留给下一版" in done.text


def test_scheme_that_does_not_load_is_told(run: Run, plugin: Path) -> None:
    change(plugin, "rule: deduct-from-full", "rule: deduct-from-ful")

    done = run("scheme", "check", plugin)

    assert done.status == 1
    assert done.err == [
        f"{plugin / SCHEME}:22: indicators[0].rule：没有「deduct-from-ful」这一项，是不是「deduct-from-full」？"
    ]


def test_broken_case_file_is_told(run: Run, plugin: Path) -> None:
    (plugin / CASES).write_text("cases: [", "utf-8")

    done = run("scheme", "test", plugin)

    assert done.status == 1
    assert "cases" in done.err[0]


def test_shipped_town_department_is_told_as_a_remark(run: Run) -> None:
    folder = Path(__file__).parents[3] / "plugins" / "district_circles"

    done = run("scheme", "check", folder)

    assert done.status == 0
    assert "「town.bonus」下列各项上限合计 26，高于每年上限 20" in done.text


def test_diff_tells_in_words(run: Run, plugin: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = (plugin / SCHEME).read_text("utf-8")
    text = text.replace("default: 5,", "default: 8,").replace("amount: 2", "amount: 2.5")
    text = text.replace('version: "1"', 'version: "2"')
    other.write_text(
        "\n".join(line for line in text.splitlines() if "月度先进" not in line and "honours:" not in line), "utf-8"
    )

    done = run("scheme", "diff", plugin, other)

    assert done.status == 1
    assert done.text.splitlines() == [
        "版本由 1 改为 2",
        "参数 bonus_cap「每月加分上限」：默认由 5 改为 8",
        "指标 work.late「办理超时」：每次分值由 2 改为 2.5",
        "删去荣誉 月度先进",
    ]


def test_diff_of_the_same_is_quiet(run: Run) -> None:
    done = run("scheme", "diff", "class-conduct", "class-conduct@1")
    assert (done.status, done.text) == (0, "两个版本相同\n")


def test_diff_of_what_is_nowhere_is_a_wrong_call(run: Run) -> None:
    assert run("scheme", "diff", "class-conduct", "nowhere").status == 2


FACTS = """
scheme: service-hall
period: 2012
subjects: [{id: h1, kind: hall}, {id: h2, kind: hall}, {id: h3, kind: hall}]
records:
  - {subject: h1, leaf: hall.bonus.award_group, date: 2012-05-05, level: ministry}
  - {subject: h2, leaf: hall.publicity.reports, date: 2012-05-05, rating: 4}
  - {subject: h3, leaf: hall.publicity.reports, date: 2012-05-05, rating: 3}
"""


def test_simulate_tells_who_rises_and_falls(run: Run) -> None:
    done = run(
        "simulate", "-", "--set", "bonus_cap=2", "--set", "honour_count=1", "--format", "json", stdin=FACTS.encode()
    )

    assert (done.status, done.err) == (0, [])
    told = json.loads(done.out)
    assert told["tally"] == {"rise": 2, "fall": 1, "totals": 1, "grades": 0, "honours": 2}
    first, second, third = told["moves"]
    assert (first["rank_before"], first["rank_after"], first["total_after"]) == (1, 3, "2.00")
    assert (second["rank_before"], second["rank_after"], second["honours_lost"]) == (2, 1, [])
    assert third["honours_lost"] == first["honours_lost"] == ["年度表彰"]
    assert told["before"]["digest"] != told["after"]["digest"]


def test_simulate_shows_people_what_changes(run: Run) -> None:
    text = run("simulate", "-", "--set", "bonus_cap=2", stdin=FACTS.encode()).text

    assert "bonus_cap：None → 2" not in text
    assert "bonus_cap：不限 → 2" in text
    assert "↓2" in text
    assert "3 个考核对象：2 个上升，1 个下降" in text.replace("\n", "")


def test_simulate_with_another_version_of_the_scheme(run: Run, plugin: Path, tmp_path: Path) -> None:
    facts = "scheme: class-conduct\nperiod: 2026-03\nsubjects: [{id: c1, kind: class}]\n"
    facts += "records: [{subject: c1, leaf: class.hygiene.litter, date: 2026-03-04}]\n"
    shipped = Path(__file__).parents[3] / "plugins/class_conduct/src/kaohe_class_conduct/scheme.yaml"
    (tmp_path / "strict.yaml").write_text(shipped.read_text("utf-8").replace("amount: 2,", "amount: 3,"), "utf-8")

    done = run("simulate", "-", "--scheme", "strict.yaml", "--format", "json", stdin=facts.encode())

    (move,) = json.loads(done.out)["moves"]
    assert (move["total_before"], move["total_after"]) == ("398.00", "397.00")
    assert run("simulate", "-", "--scheme", plugin, stdin=facts.encode()).status == 1


def test_simulate_refuses_what_score_refuses(run: Run) -> None:
    done = run("simulate", "-", "--set", "bonus_cap=-2", stdin=FACTS.encode())

    assert (done.status, done.out) == (1, b"")
    assert done.err == ["parameters.bonus_cap: -2 is outside 0 to 100 (service-hall)"]


def test_simulate_lists_the_foremost_of_many_and_all_when_asked(run: Run) -> None:
    halls = [f"h{n:02}" for n in range(1, 61)]
    facts = "scheme: service-hall\nperiod: 2012\nsubjects:\n"
    facts += "".join(f"  - {{id: {one}, kind: hall, name: 大厅{one}}}\n" for one in halls) + "records:\n"
    facts += "".join(
        f"  - {{subject: {one}, leaf: hall.bonus.award_group, date: 2012-05-05, level: ministry}}\n"
        for one in halls[:-1]
    )
    text, every = (
        run("simulate", "-", "--set", "bonus_cap=2", *more, stdin=facts.encode()).text for more in ((), ("--all",))
    )

    assert sum(f"大厅{one}" in text for one in halls) == 40
    assert "另有 19 个有变化，没有列出（--all 列出全部）" in text
    assert all(f"大厅{one}" in every for one in halls)
    assert "没有列出" not in every
