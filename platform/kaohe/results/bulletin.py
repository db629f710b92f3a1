"""The draft of a bulletin 通报 as an official document: a title, tables by group, who signs, who gets a copy."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Row
from docx.text.paragraph import Paragraph

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Sizes and margins of official documents: 二号 title, 三号 text, 28 points from line to line.
SONG, FANGSONG, HEI = "宋体", "仿宋", "黑体"
_TITLE, _TEXT, _CELL, _SMALL = Pt(22), Pt(16), Pt(12), Pt(14)
_LINE, _NONE = Pt(28), Pt(0)
_DIGITS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Group:
    """One table under its heading; `heads` are (label, a number), no cell is empty."""

    title: str
    heads: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Paper:
    title: str
    to: str
    opening: Sequence[str]
    groups: Sequence[Group]
    closing: Sequence[str]
    host: str
    day: date
    copies: Sequence[str] = ()


def write(paper: Paper) -> bytes:
    made = docx.Document()
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    made.core_properties.title, made.core_properties.author = paper.title, paper.host
    _line(made, paper.title, SONG, _TITLE, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, after=_LINE)
    _line(made, paper.to, FANGSONG, _TEXT)
    for text in paper.opening:
        _line(made, text, FANGSONG, _TEXT, indent=True)
    for number, group in enumerate(paper.groups, 1):
        heading = f"{chinese(number)}、{group.title}" if len(paper.groups) > 1 else group.title
        _line(made, heading, HEI, _TEXT, indent=True, keep=True)
        _table(made, group)
    for text in paper.closing:
        _line(made, text, FANGSONG, _TEXT, indent=True)
    _line(made, paper.host, FANGSONG, _TEXT, align=WD_ALIGN_PARAGRAPH.RIGHT, before=_LINE, keep=True)
    day = f"{paper.day.year}年{paper.day.month}月{paper.day.day}日"
    _line(made, day, FANGSONG, _TEXT, align=WD_ALIGN_PARAGRAPH.RIGHT, after=_LINE)
    if paper.copies:
        _line(made, f"抄送：{'，'.join(paper.copies)}。", FANGSONG, _SMALL)
    _line(made, f"{paper.host}　　{day}印发", FANGSONG, _SMALL)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def chinese(number: int) -> str:
    """1 to 99 as headings count: 十一, 二十."""
    tens, ones = divmod(number, 10)
    said = "" if not tens else "十" if tens == 1 else _DIGITS[tens - 1] + "十"
    return said + (_DIGITS[ones - 1] if ones else "")


def _line(
    made: Document, text: str, font: str, size: Pt, *, bold: bool = False, align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False, keep: bool = False, before: Pt = _NONE, after: Pt = _NONE,
) -> None:  # fmt: skip
    paragraph = made.add_paragraph()
    _put(paragraph, text, font, size, bold=bold)
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    shape.space_before, shape.space_after, shape.keep_with_next = before, after, keep
    shape.first_line_indent = size * 2 if indent else None
    if align is not None:
        paragraph.alignment = align


def _put(paragraph: Paragraph, text: str, font: str, size: Pt, *, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = size, bold, font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001 (no public way)


def _table(made: Document, group: Group) -> None:
    table = made.add_table(rows=1, cols=len(group.heads))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    head = table.rows[0]
    _fill(head, [label for label, _number in group.heads], [False] * len(group.heads), HEI)
    marked = head._tr.get_or_add_trPr()  # noqa: SLF001 (the head again on each page)
    marked.append(marked.makeelement(qn("w:tblHeader"), {}))
    if not group.rows:
        return
    first = table.add_row()
    _fill(first, group.rows[0], [number for _label, number in group.heads], FANGSONG)
    for texts in group.rows[1:]:  # copies of the first: each built anew takes thirty times as long
        row = deepcopy(first._tr)  # noqa: SLF001
        for place, text in zip(row.iter(qn("w:t")), texts, strict=True):
            place.text = text
        table._tbl.append(row)  # noqa: SLF001


def _fill(row: _Row, texts: Sequence[str], numbers: Sequence[bool], font: str) -> None:
    for cell, text, number in zip(row.cells, texts, numbers, strict=True):
        paragraph = cell.paragraphs[0]
        _put(paragraph, text, font, _CELL)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if number else WD_ALIGN_PARAGRAPH.CENTER
