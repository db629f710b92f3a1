"""What was entered and does not fit the version of the scheme that a cycle follows: set aside 搁置, never lost.

An entry is set aside where its indicator exists only in another version, or where the cycle went over to this version
with that entry out of its range. It stays where it was made, stands on the sheet of its subject, and counts again as
soon as it is changed, or the cycle goes back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.entries import entry_words
from kaohe.catalogue.service import versions_of
from kaohe.i18n import _, official, said
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scoring.facts import Record


class Aside(msgspec.Struct, frozen=True):
    """`print` changes with the entry. `subject`, `name`: about whom. `code`, `title`: the indicator's; `who` entered it;
    `why` it does not fit."""

    id: str
    print: str
    subject: str
    name: str
    code: str
    title: str
    words: str
    who: str
    why: str

    @property
    def key(self) -> tuple[str, str]:
        return self.id, self.print


@official()
def aside_of(leaf: Indicator, scheme: Scheme, record: Record, names: Mapping[str, str], who: str, why: str) -> Aside:
    """`leaf` and `scheme`: by which the entry can be told. `names`: of subjects, by code. In Chinese, since it is kept."""
    values = msgspec.to_builtins(record, builtin_types=())
    return Aside(record.id, fingerprint(record), record.subject, names[record.subject], leaf.code, said(leaf.title),
                 entry_words(leaf, values, scheme=scheme, units=names), who, why)  # fmt: skip


@official()
def no_such_leaf() -> str:
    return _("这一版没有这项指标")


def fingerprint(record: Record) -> str:
    """Of what was entered; by whom and for which day follows from where it stands."""
    entry = msgspec.structs.replace(record, rater=None, date=date.min)
    return hashlib.sha256(msgspec.json.encode(entry, order="deterministic")).hexdigest()[:16]


async def elsewhere(
    session: AsyncSession, scheme: Scheme, codes: Iterable[str]
) -> Mapping[str, tuple[Scheme, Indicator]]:
    """Of indicators that this version lacks: the newest other version that has them."""
    lacking = set(codes) - set(scheme.leaves)
    if not lacking:
        return {}
    found: dict[str, tuple[Scheme, Indicator]] = {}
    for version in await versions_of(session, scheme.id):
        for code in lacking - set(found):
            if code in version.scheme.leaves:
                found[code] = (version.scheme, version.scheme.leaves[code])
    return found


def kept(asides: Iterable[Aside]) -> list[dict[str, Any]]:
    """As they are stored."""
    return [msgspec.to_builtins(each) for each in asides]
