"""Flags in the reader's language."""

from __future__ import annotations

from kaohe.i18n import _
from kaohe.scheme import flags


def flag_words(flag: str) -> str:
    return _(flags.flag_words(flag))
