"""Facts as editors and other programs spoil them: read where they can be, else told with place and value."""

from __future__ import annotations

import pytest

from tests.unit.cli.conftest import Run

HEAD = "scheme: class-conduct\nperiod: 2026-03\nsubjects: [{id: c1, kind: class, name: 一班}]\nrecords:\n"
YAML = HEAD + "- {subject: c1, leaf: class.hygiene.litter, date: 2026-03-04, count: 2}\n"
JSON = (
    '{"scheme": "class-conduct", "period": "2026-03", "subjects": [{"id": "c1", "kind": "class"}],'
    ' "records": [{"subject": "c1", "leaf": "class.hygiene.litter", "date": "2026-03-04", "count": 2}]}'
)
EXPECTED = "expected YAML or JSON in UTF-8"


@pytest.mark.parametrize("text", [YAML, JSON])
@pytest.mark.parametrize("spoil", ["bom", "crlf", "blank lines"])
def test_harmless_marks_are_read(run: Run, text: str, spoil: str) -> None:
    data = {"bom": "\ufeff" + text, "crlf": text.replace("\n", "\r\n"), "blank lines": "\n\n" + text}[spoil]
    assert run("score", "-", stdin=data.encode()).status == 0


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e400", "1e999999999", "true", "[]", "2.5"])
@pytest.mark.parametrize("text", [YAML, JSON])
def test_what_is_no_count_is_told_in_a_short_line(run: Run, text: str, value: str) -> None:
    done = run("score", "-", stdin=text.replace("2}", value + "}").encode())

    assert (done.status, len(done.err)) == (1, 1)
    assert done.err[0].startswith("records[0].count: ")
    assert len(done.err[0]) < 400


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "facts: is missing, expected a mapping of scheme, period"),
        (b" \n\n", "facts: is missing, expected a mapping of scheme, period"),
        (b"- a\n", "facts: [a] is not a mapping"),
        (b"[1]", "facts: [1] is not a mapping"),
        (YAML.encode("gb18030"), f"facts: cannot be read: 不是 UTF-8 的文本, {EXPECTED}"),
        (YAML.encode("utf-16"), f"facts: cannot be read: 不是 UTF-8 的文本, {EXPECTED}"),
        (YAML.replace("2}", "2, count: 3}").encode(), f"line 5: cannot be read: 「count」写了两次, {EXPECTED}"),
        (JSON.replace("2}", '2, "count": 3}').encode(), f"facts: cannot be read: 「count」写了两次, {EXPECTED}"),
        (JSON[:-2].encode(), "line 1: cannot be read: "),
        (b"[" * 5000, f"line 1: cannot be read: 层次太深，最多几十层, {EXPECTED}"),
        (JSON.replace("2}", f"{'[' * 500}{']' * 500}}}").encode(), "records[0].count: [[[[[[[[…]]]]]]]] "),
        (b'{"a":' * 500_000, f"facts: cannot be read: 套得太深, {EXPECTED}"),
    ],
)
def test_file_that_is_no_facts_is_told(run: Run, data: bytes, told: str) -> None:
    done = run("score", "-", stdin=data)

    assert (done.status, len(done.err)) == (1, 1)
    assert done.err[0].startswith(told)


def test_members_that_are_no_lists_are_told_together(run: Run) -> None:
    done = run("score", "-", stdin=b"scheme: class-conduct\nperiod: 2026-03\nsubjects: {a: 1}\nrecords: 5\n")

    assert (done.status, done.err) == (1, ["subjects: {a: 1} is not a list", "records: 5 is not a list"])
