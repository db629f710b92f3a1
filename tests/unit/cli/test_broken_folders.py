"""A plugin's folder that is broken outside its scheme: file, line and mend, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run

INIT, CASES = "src/kaohe_base/__init__.py", "src/kaohe_base/cases/example.yaml"
HEAD = b"scheme: base\nperiod: 2026-03\nsubjects: [{id: a, kind: unit}]\ncases:\n"


@pytest.mark.parametrize(
    ("file", "content", "line", "told"),
    [
        (INIT, b"x = 1\ndef (\n", 2, "不是合法的 Python"),
        (INIT, b"import nothing_here\n", 1, "装载插件时出错"),
        (INIT, b"1 / 0\n", 1, "ZeroDivisionError"),
        (CASES, b"", 1, "一份算例是一张键值表"),
        (CASES, b"- a\n", 1, "一份算例是一张键值表"),
        (CASES, HEAD + b"  - {name: x\n", 5, "不是合法的 YAML"),
        (CASES, "scheme: 中".encode("gbk"), 1, "不是 UTF-8 的文本"),
        (CASES, HEAD + b"  - {name: x}\n", 5, "写上 expect 或 problems"),
        (CASES, HEAD + b"  - {name: x, expects: {}}\n", 5, "不认识「expects」"),
        (CASES, HEAD + b"  - {name: x, expect: [a]}\n", 5, "expect 应按考核对象写"),
        (CASES, HEAD + b"  - {name: x, records: {a: 1}, expect: {a: {total: 1}}}\n", 5, "records 应是一列记录"),
        (CASES, HEAD + b"  - {name: x, problems: 3}\n", 5, "problems 应是一列"),
        (CASES, HEAD + b"  - 3\n", 5, "要有 name"),
    ],
)
def test_broken_folder_is_told_by_file_line_and_mend(
    run: Run, tmp_path: Path, file: str, content: bytes, line: int, told: str
) -> None:
    run("scheme", "new", "base")
    (tmp_path / "base" / file).write_bytes(content)

    for command in ("check", "test"):
        done = run("scheme", command, "base")
        assert done.status == 1
        assert done.err[0].startswith(f"base/{file}:{line}: ")
        assert told in done.err[0]


def test_plugin_that_brings_no_scheme_is_told(run: Run, tmp_path: Path) -> None:
    run("scheme", "new", "base")
    (tmp_path / "base" / INIT).write_bytes(b"x = 1\n")

    done = run("scheme", "check", "base")

    assert done.status == 1
    assert "插件没有交出方案 base 的这一版；在 __init__.py 里写 @hookimpl 的 kaohe_schemes" in done.err[0]
