from __future__ import annotations

import pytest

from kaohe.identity.devices import device_words

AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
    " Edg/131.0.0.0": "Edge，Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.50"
    ": Safari": "微信，iPhone",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0": "Firefox，Linux",
    "curl/8.5.0": "未知",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_device_is_named_by_browser_and_system(agent: str) -> None:
    assert device_words(agent) == AGENTS[agent]
