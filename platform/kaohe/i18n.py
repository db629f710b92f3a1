"""Texts: Chinese is the source language, other languages come from gettext catalogues in `locale/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from kaohe.scheme.model import Scheme
from kaohe.scheme.periods import parse
from kaohe.scheme.titles import Text

LOCALES = ("zh", "en")
LOCALE_FOLDER = Path(__file__).parent / "locale"

locale: ContextVar[str] = ContextVar("locale", default="zh")


@cache
def translations(language: str) -> NullTranslations:
    """Catalogues are compiled in memory at first use, so that no built file can be stale."""
    path = LOCALE_FOLDER / language / "kaohe.po"
    if not path.exists():
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _(text: str) -> str:
    return translations(locale.get()).gettext(text) if text else ""  # "" is the key of a catalogue's header


def said(title: Text) -> str:
    """A title of a scheme, in Chinese where the scheme has no English one."""
    return (title.en if locale.get() == "en" else "") or title.zh


def apart(title: str) -> str:
    """To stand after Chinese characters: with a space before a digit or letter."""
    return f" {title}" if title[:1].isascii() else title


def listed(names: Iterable[object]) -> str:
    """Names one after the other, with the comma of the reader's language."""
    return _("、").join(map(str, names))


_PERIODS = {"week": "{0} 年第 {1} 周", "month": "{0} 年 {1} 月", "quarter": "{0} 年第 {1} 季度", "year": "{0} 年度"}


def period_words(text: str) -> str:
    """2026-10 → 2026 年 10 月."""
    period = parse(text)
    if period.type == "half":
        return _("{0} 年上半年" if text.endswith("1") else "{0} 年下半年").format(text[:4])
    return _(_PERIODS[period.type]).format(text[:4], text[4:].lstrip("-QW0"))


def flag_words(flag: str, scheme: Scheme) -> str:
    return said(scheme.word(flag))


@contextmanager
def official() -> Iterator[None]:
    """What is sent to others, or kept, is said in Chinese, whatever language its author looks at."""
    before = locale.set("zh")
    try:
        yield
    finally:
        locale.reset(before)


def ngettext(one: str, many: str, count: int) -> str:
    return translations(locale.get()).ngettext(one, many, count)
