"""`kaohe score`, `schemes`, `explain`: exit status, inputs and outputs."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.unit.cli.conftest import Run

FACTS: dict[str, Any] = {
    "scheme": "window-staff",
    "period": "2026-03",
    "subjects": [{"id": "w1", "kind": "window", "name": "登记窗口"}, {"id": "s1", "kind": "staff", "parent": "w1"}],
    "records": [
        {"subject": "s1", "leaf": "staff.attendance.disobey", "date": "2026-03-04"},
        {"id": "r7", "subject": "s1", "leaf": "staff.discipline.dispute", "date": "2026-03-09", "amount": 4},
        {"subject": "s1", "leaf": "staff.bonus.article", "date": "2026-03-20", "level": "province", "matter": "稿件A"},
    ],
}
YAML = """
scheme: class-conduct
period: 2026-03
subjects: [{id: c1, kind: class}]
records: [{subject: c1, leaf: class.hygiene.litter, date: 2026-03-04, count: 3}]
"""


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(FACTS), "utf-8")
    return path


def sheets(out: bytes) -> dict[str, Any]:
    return {sheet["subject"]: sheet for sheet in json.loads(out)["results"]}


def test_score_json_names_scheme_period_and_digest(run: Run, facts: Path) -> None:
    done = run("score", facts, "--format", "json")

    assert (done.status, done.err) == (0, [])
    told = json.loads(done.out)
    assert list(told) == ["scheme", "version", "period", "digest", "results"]
    assert (told["scheme"], told["period"], told["digest"][:7]) == ("window-staff", "2026-03", "sha256:")
    assert list(sheets(done.out)) == ["s1", "w1"]


def test_score_reads_standard_input(run: Run) -> None:
    done = run("score", "-", "--format", "json", stdin=YAML.encode())

    assert done.status == 0
    assert sheets(done.out)["c1"]["total"] == "394.00"


def test_score_gives_the_same_bytes_for_shuffled_input(run: Run, facts: Path, tmp_path: Path) -> None:
    chance, first = random.Random(7), run("score", facts, "--format", "json").out
    for _ in range(3):
        mixed = {name: FACTS[name] for name in chance.sample(list(FACTS), len(FACTS))}
        mixed |= {name: chance.sample(FACTS[name], len(FACTS[name])) for name in ("subjects", "records")}
        (tmp_path / "mixed.json").write_text(json.dumps(mixed), "utf-8")
        assert run("score", tmp_path / "mixed.json", "--format", "json").out == first


def test_score_gives_the_same_bytes_for_yaml_and_json(run: Run, facts: Path, tmp_path: Path) -> None:
    # every JSON text is YAML too; the comment keeps it from being read as JSON
    (tmp_path / "facts.yaml").write_text("# 同样的事实\n" + facts.read_text("utf-8"), "utf-8")

    assert run("score", "facts.yaml", "--format", "json").out == run("score", facts, "--format", "json").out


def test_setting_overrides_the_file(run: Run, facts: Path) -> None:
    capped = run("score", facts, "--format", "json", "--set", "bonus_cap=0.5")

    assert sheets(capped.out)["s1"]["bonus"] == "0.50"


def test_period_overrides_the_file(run: Run, facts: Path) -> None:
    done = run("score", facts, "--period", "2026-04", "--format", "json")

    assert sheets(done.out)["s1"]["total"] == "100.00"


def test_score_tells_every_error_on_a_line_of_its_own(run: Run, tmp_path: Path) -> None:
    bad = FACTS | {"records": [FACTS["records"][1] | {"amount": 9}, FACTS["records"][0] | {"count": 0}]}
    (tmp_path / "bad.json").write_text(json.dumps(bad), "utf-8")

    done = run("score", "bad.json", "--set", "bonus_cap=-1")

    assert (done.status, done.out) == (1, b"")
    assert done.err == [
        "parameters.bonus_cap: -1 is outside 0 to 100 (window-staff)",
        "records[0].amount: 9 is outside 3 to 5 (window-staff staff.discipline.dispute)",
        "records[1].count: 0 is outside whole numbers from 1 (window-staff staff.attendance.disobey)",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"[1, 2]", "facts: "),
        (b"scheme: [", "line 1: "),
        (b"\xff\xfe\xff", "facts"),
        (b"scheme: nowhere\nperiod: 2026\n", "scheme: nowhere is unknown, expected "),
    ],
)
def test_what_is_no_facts_file_is_refused(run: Run, text: bytes, told: str) -> None:
    done = run("score", "-", stdin=text)

    assert (done.status, done.out) == (1, b"")
    assert done.err[0].startswith(told)


@pytest.mark.parametrize(
    "arguments",
    [("score",), ("score", "absent.yaml"), ("score", "-", "--set", "bonus_cap"), ("score", "-", "--format", "pdf"),
     ("nonsense",), ("schemes", "nowhere"), ("simulate", "-")],
)  # fmt: skip
def test_wrong_call_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, stdin=YAML.encode())

    assert done.status == 2
    assert any(line.startswith("Error") for line in done.err)


def test_score_out_writes_a_file(run: Run, facts: Path, tmp_path: Path) -> None:
    done = run("score", facts, "--format", "json", "--out", "result.json")

    assert (done.status, done.out) == (0, b"")
    assert (tmp_path / "result.json").read_bytes() == run("score", facts, "--format", "json").out


def test_csv_has_a_row_a_subject(run: Run, facts: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("score", facts, "--format", "csv").out.decode("utf-8-sig"))))

    assert [(row["subject"], row["name"]) for row in rows] == [("s1", ""), ("w1", "登记窗口")]
    assert rows[0]["staff.discipline"] == "16.00"


def test_xlsx_has_scores_lines_and_digest(run: Run, facts: Path, tmp_path: Path) -> None:
    run("score", facts, "--format", "xlsx", "--out", "result.xlsx")

    book = CalamineWorkbook.from_path(tmp_path / "result.xlsx")
    assert book.sheet_names == ["得分", "明细", "依据"]
    assert book.get_sheet_by_name("依据").to_python()[-1][1].startswith("sha256:")


def test_table_shows_totals(run: Run) -> None:
    assert "394.00" in run("score", "-", stdin=YAML.encode()).text


def spreadsheet(path: Path, *rows: tuple[object, ...]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("三月")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


HEAD = "scheme: class-conduct\nperiod: 2026-03\n"


def test_records_and_subjects_come_from_spreadsheets(run: Run, tmp_path: Path) -> None:
    (tmp_path / "班级.csv").write_text("编号,类别\nc1,class\n", "utf-8")
    records = spreadsheet(
        tmp_path / "记录.xlsx", ("考核对象", "指标", "日期", "次数"), ("c1", "class.hygiene.litter", "2026-03-04", 3)
    )

    done = run("score", "-", "--subjects", "班级.csv", "--records", records, "--format", "json", stdin=HEAD.encode())

    assert (done.status, done.err) == (0, [])
    assert done.out == run("score", "-", "--format", "json", stdin=YAML.encode()).out


def test_error_of_a_spreadsheet_names_sheet_row_and_column(run: Run, tmp_path: Path) -> None:
    records = spreadsheet(
        tmp_path / "记录.xlsx",
        ("考核对象", "指标", "日期", "次数"),
        ("c1", "class.hygiene.litter", "2026-03-04", 3),
        ("c1", "class.hygiene.litter", "2026-03-05", 0),
        ("c9", "class.hygiene.litter", "2026-03-05", 1),
    )
    subjects = "subjects: [{id: c1, kind: class}]\n"

    done = run("score", "-", "--records", records, stdin=(HEAD + subjects).encode())

    assert done.status == 1
    assert done.err == [
        "三月!D3: 0 is outside whole numbers from 1 (class-conduct class.hygiene.litter)",
        "三月!A4: c9 is unknown, expected one of the subjects (class-conduct class.hygiene.litter)",
    ]


def test_unknown_column_is_told(run: Run, tmp_path: Path) -> None:
    records = spreadsheet(tmp_path / "记录.xlsx", ("考核对象", "指标", "日期", "心情"), ("c1", "x", "2026-03-04", "好"))

    done = run("score", "-", "--records", records, stdin=HEAD.encode())

    assert (done.status, [line.partition("，")[0] for line in done.err]) == (1, ["三月!D1: 不认识的列「心情」"])


def test_schemes_shows_ways_and_registers(run: Run) -> None:
    shown = run("schemes", "information-points").text
    assert [
        words in shown for words in ("流程：信息稿件", "首席代表审签", "登记采用", "info.adopted", "信息员培训")
    ] == [True] * 5


def test_schemes_lists_all_and_shows_one(run: Run) -> None:
    listed = json.loads(run("schemes", "--format", "json").out)
    shown = json.loads(run("schemes", "class-conduct", "--format", "json").out)

    assert [scheme["id"] for scheme in listed] == sorted(scheme["id"] for scheme in listed)
    assert shown in listed
    codes = [node["code"] for node in shown["indicators"]]
    assert codes[:2] == ["class.discipline", "class.discipline.forbidden"]
    assert all(
        node["parent"] is None or codes.index(node["parent"]) < codes.index(node["code"])
        for node in shown["indicators"]
    )
    assert [node["points"] for node in shown["indicators"] if node["parent"] is None] == ["200", "200"]


def test_schemes_shows_the_tree_to_people(run: Run) -> None:
    assert "class.hygiene.litter" in run("schemes", "class-conduct").text


def test_explain_goes_line_by_line(run: Run) -> None:
    done = run("explain", "-", "--subject", "c1", stdin=YAML.encode())

    assert done.status == 0
    assert "394.00" in done.text
    assert "二(2)" in done.text


def test_explain_of_a_stranger_is_a_wrong_call(run: Run) -> None:
    assert run("explain", "-", "--subject", "c7", stdin=YAML.encode()).status == 2
