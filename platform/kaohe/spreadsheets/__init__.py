"""Spreadsheets as offices have them: .xlsx, .csv in UTF-8 or GB18030, Chinese heads or the names of the code.

    columns = (Column("code", "编号", required=True), Column("active_from", "起始日期", kind="date"))
    table = read_table(data, "名单.xlsx", columns)     # blocking: call it by `anyio.to_thread.run_sync`
    for row in table.rows:
        row.number          # as the office program counts
        row["code"]         # the cell's text, "" when it is empty or the column is not there
        if wrong: table.refuse(row, "code", _("…"))
    if table.problems: …    # FieldProblem(place="名单!B7", message="第 7 行「编号」…"), in the order of the sheet

The head may stand below title lines; a cell merged over several rows counts in each of them (unless
`merged=False`). Numbers come as the shortest text that shows them (`1.10` typed is `1.1`),
dates as ISO text, `true` / `false` for booleans. Cells with an error (`#DIV/0!`) are empty. Nothing is raised for a bad
file: `problems` says what is wrong and `rows` is empty. `template(...)` makes the file to fill in, `write_table(...)` one
with a list.
"""

from kaohe.spreadsheets.reading import read_table as read_table
from kaohe.spreadsheets.table import Column as Column
from kaohe.spreadsheets.table import Row as Row
from kaohe.spreadsheets.table import Table as Table
from kaohe.spreadsheets.table import read_date as read_date
from kaohe.spreadsheets.templates import sheet_name as sheet_name
from kaohe.spreadsheets.templates import template as template
from kaohe.spreadsheets.writing import XLSX as XLSX
from kaohe.spreadsheets.writing import write_table as write_table
