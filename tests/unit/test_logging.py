from __future__ import annotations

import json
import logging as standard
from collections.abc import Iterator

import pytest
import structlog

from kaohe import logging


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = standard.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_own_and_foreign_events_are_one_json_line_with_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("info", "json")
    token = logging.request_id.set("r1")
    structlog.get_logger("kaohe.test").info("归档", count=2)
    standard.getLogger("other").warning("满了 %s", 3)
    standard.getLogger("other").debug("未显示")
    logging.request_id.reset(token)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["level"], line["logger"], line["request_id"]) for line in lines] == [
        ("归档", "info", "kaohe.test", "r1"),
        ("满了 3", "warning", "other", "r1"),
    ]
    assert lines[0]["count"] == 2


def test_exception_is_data_in_the_same_line(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("info", "json")
    try:
        int("坏值")
    except ValueError:
        structlog.get_logger("kaohe.test").exception("失败")
    (line,) = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    assert (line["exception"][0]["exc_type"], "坏值" in line["exception"][0]["exc_value"]) == ("ValueError", True)
