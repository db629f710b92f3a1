"""Every audited action has a word for the people who read the log."""

from __future__ import annotations

import re

from kaohe.audit.words import action_words
from tests.architecture.sources import modules

CALL = re.compile(r'\b(?:record|audited)\(\s*\w+,\s*"([a-z_]+\.[a-z_]+)"')


def test_every_audited_action_has_a_word() -> None:
    used = {action for path in modules() for action in CALL.findall(path.read_text(encoding="utf-8"))}
    assert len(used) > 40
    assert used - set(action_words()) == set()
