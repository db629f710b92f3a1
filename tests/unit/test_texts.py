"""Every text of code and templates has its English, with the same places to fill in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from scripts import texts

from kaohe import i18n
from kaohe.errors import NotFound

TRANSLATED: list[Message] = [message for message in texts.catalogue() if message.id]


@pytest.fixture
def in_english() -> Iterator[None]:
    token = i18n.locale.set("en")
    yield
    i18n.locale.reset(token)


def test_the_catalogue_holds_exactly_the_texts_in_use_in_the_order_it_is_written() -> None:
    assert [message.id for message in TRANSLATED] == sorted(texts.texts())
    assert list(texts.catalogue().obsolete) == []


def test_every_text_has_an_english_one_that_nobody_guessed() -> None:
    assert [message.id for message in TRANSLATED if not message.string or message.fuzzy] == []
    assert [message.string for message in TRANSLATED if texts.is_chinese(str(message.string))] == []


def test_both_languages_have_the_same_places_to_fill_in() -> None:
    assert [message.id for message in TRANSLATED if places(message.id) != places(message.string)] == []


def places(text: object) -> Counter[str]:
    return Counter(re.findall(r"{[^{}]*}", str(text)))


@pytest.mark.usefixtures("in_english")
def test_a_text_is_said_in_the_language_of_whoever_looks() -> None:
    assert i18n._("登录") == "Log in"
    assert i18n._("没有这条译文") == "没有这条译文"
    assert i18n._("") == ""
    token = i18n.locale.set("zh")
    assert i18n._("登录") == "登录"
    i18n.locale.reset(token)


@pytest.mark.usefixtures("in_english")
def test_an_error_says_what_happened_and_what_next_in_that_language() -> None:
    error = NotFound()
    assert (error.title, error.message) == ("Not found", "Not found")
    assert error.next_step.startswith("It may have been deleted")
    assert NotFound.title == "没有找到"
