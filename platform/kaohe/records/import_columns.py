"""The columns of a spreadsheet of records, by the names of facts files or their Chinese heads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kaohe.catalogue.entries import takes_daily_records
from kaohe.i18n import _, official
from kaohe.scheme.model import Indicator, Scheme
from kaohe.spreadsheets import Column, read_date

ENTRY = ("count", "amount", "level", "value", "target", "rating", "done")
DONE = {"达到": "full", "完成": "full", "部分达到": "partial", "部分完成": "partial", "未达到": "none", "未完成": "none",
        "不适用": "not_applicable"}  # fmt: skip


@official()
def columns(scheme: Scheme) -> tuple[Column, ...]:
    """Those of the scheme's leaves; `fields.x` where a leaf declares further measures.

    Chinese in every language: a file passes from hand to hand.
    """
    leaves = [leaf for leaf in scheme.leaves.values() if takes_daily_records(leaf)]
    taken = {member for leaf in leaves for member in leaf.members}
    levels = {str(level.title) or name: None for leaf in leaves for name, level in leaf.levels.items()}
    fields = {name: str(field.title) or name for leaf in leaves for name, field in leaf.fields.items()}
    wanted = {
        "count": Column("count", _("次数"), note=_("整数，不填按 1 次")),
        "amount": Column(
            "amount", _("分值"), aliases=("扣分", "加分"), note=_("条款给出范围时必填，填每次的分值，不带正负号")
        ),
        "level": Column("level", _("情形"), aliases=("级别", "档次"), note="、".join(levels)),
        "value": Column("value", _("数值"), aliases=("完成值",)),
        "target": Column("target", _("目标值"), aliases=("目标",)),
        "rating": Column("rating", _("评分")),
        "done": Column("done", _("完成情况")),
    }
    return (
        Column("subject", _("对象编号"), aliases=("对象", "编号", "考核对象", "姓名", "工号"), required=True,
               note=_("考核对象的编号；没有重名时也可以写名称")),
        Column("leaf", _("条款编号"), aliases=("条款", "指标", "指标编号"), required=True,
               note=_("条款的编号，如 {code}；也可以写条款的名称").format(code=leaves[0].code if leaves else "")),
        Column("date", _("日期"), aliases=("发生日期",), required=True, note=_("如 2026-03-31")),
        *(column for name, column in wanted.items() if name in taken),
        Column("matter", _("事项"), aliases=("事项名称",)),
        *(Column(f"fields.{name}", title) for name, title in fields.items()),
        Column("note", _("说明"), aliases=("备注", "情况说明")),
    )  # fmt: skip


def example(scheme: Scheme, asked: Iterable[Column]) -> list[str]:
    """One row that is right, for the template."""
    leaves = [leaf for leaf in scheme.leaves.values() if takes_daily_records(leaf)]
    if not leaves:
        return ["" for _column in asked]
    cells = {"subject": "s1", "leaf": leaves[0].code, "date": "2026-03-04", "count": "1"}
    if leaves[0].levels:
        cells["level"] = str(next(iter(leaves[0].levels.values())).title) or next(iter(leaves[0].levels))
    return [cells.get(column.name, "") for column in asked]


def leaf_names(scheme: Scheme, kind: str) -> Mapping[str, Indicator]:
    """By code, and by title where only one leaf of the kind is called so."""
    leaves = [leaf for leaf in scheme.leaves.values() if kind in leaf.kinds and takes_daily_records(leaf)]
    titles = [str(leaf.title) for leaf in leaves]
    named = {str(leaf.title): leaf for leaf in leaves if titles.count(str(leaf.title)) == 1}
    return named | {leaf.code: leaf for leaf in leaves}


def level_of(leaf: Indicator, text: str) -> str:
    """The level's id for its title; anything else as it stands, for the check to refuse."""
    titles = {str(level.title): name for name, level in leaf.levels.items() if str(level.title)}
    return titles.get(text, text)


def measure_of(leaf: Indicator, name: str, text: str, named: Iterable[tuple[str, str]]) -> str:
    """A measure as a form would send it: a date in any usual writing, a choice or a unit by its words."""
    field = leaf.fields.get(name)
    if field and field.type == "date" and (day := read_date(text)):
        return day.isoformat()
    choices = field.choices.items() if field else ()
    words: dict[str, str] = {title: code for code, title in (*choices, *named)}
    return words.get(text, text)
