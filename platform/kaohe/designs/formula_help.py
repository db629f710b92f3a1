"""How formulas are written, for people who do not program: each with what it says."""

from __future__ import annotations

from kaohe.i18n import _

_EXAMPLES = (
    ("count(a.b)", "「a.b」登记的次数；count(a.b, 'year') 为本年以来"),
    ("value(a.b)", "「a.b」填报的数值"),
    ("measure(a.b, 'x')", "「a.b」另外登记的数据 x"),
    ("item(a)", "大项 a 的得分；subtotal 为前面各大项之和"),
    ("peers_rank(a.b)", "在同组里的名次，1 为最好；写 peers_rank(a.b, 'lowest') 时越小越好"),
    ("peers_mean(a.b)", "同组的平均；best、worst 为最高、最低"),
    ("total >= 90 and rank <= 3", "总分和名次，用在等次、荣誉、标记里；rank_from_last 为倒数第几"),
    ("times('红榜')", "以前各月几次得到这个等次、荣誉或标记；in_a_row 为连续几次"),
    ("5 if count(a.b) == 0 else 0", "没有登记得 5 分，有则 0 分"),
    ("min(10, 2 * count(a.b))", "每次 2 分，最多 10 分；max、round(x, 2)、whole（取整）也可用"),
)


def examples() -> list[tuple[str, str]]:
    return [(_(text), _(said)) for text, said in _EXAMPLES]
