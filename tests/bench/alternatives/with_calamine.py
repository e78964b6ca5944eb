"""Reads every workbook of a folder with python-calamine, checks it and, where an output folder is named, writes it with XlsxWriter."""

import sys
from pathlib import Path

import xlsxwriter
from budget import Budget, files, heading_end, role
from python_calamine import CalamineWorkbook

PLAIN = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
FRAMED = {**PLAIN, "border": 1}
LOOKS = {
    "title": {**PLAIN, "font_size": 16, "bold": True, "align": "center", "text_wrap": True},
    "caption": PLAIN,
    "heading": {**FRAMED, "bold": True, "align": "center", "text_wrap": True},
    "label": {**FRAMED, "align": "left", "text_wrap": True},
    "code": {**FRAMED, "align": "center"},
    "amount": {**FRAMED, "align": "right", "num_format": "0.00;-0.00;;@"},
}


def write(sheets, path):
    with xlsxwriter.Workbook(path) as workbook:
        formats = {role: workbook.add_format(look) for role, look in LOOKS.items()}
        for name, rows, merges in sheets:
            sheet = workbook.add_worksheet(name)
            start = heading_end(rows)
            for (first_row, first_col), (last_row, last_col) in merges:
                value = rows[first_row][first_col] if first_row < len(rows) and first_col < len(rows[first_row]) else None
                look = formats[role(first_row, first_col, value, start)]
                sheet.merge_range(first_row, first_col, last_row, last_col, "", look)
            for row, values in enumerate(rows):
                for col, value in enumerate(values):
                    if value is None or value == "":
                        if start is not None and row > start:
                            sheet.write_blank(row, col, None, formats["amount"])
                    else:
                        sheet.write(row, col, value, formats[role(row, col, value, start)])


def main(folder, output=None):
    findings = 0
    for file in files(folder):
        workbook = CalamineWorkbook.from_path(file)
        read = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
        sheets = [(sheet.name, [[v if v != "" else None for v in row] for row in sheet.to_python(skip_empty_area=False)]) for sheet in read]
        findings += len(Budget(sheets).check())
        if output:
            write([(name, rows, s.merged_cell_ranges or []) for (name, rows), s in zip(sheets, read)], Path(output) / file.name)
    print(findings)


main(*sys.argv[1:])
