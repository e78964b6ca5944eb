"""Reads, checks and, where an output folder is named, writes every workbook of a folder with openpyxl."""

import sys
from pathlib import Path

import openpyxl
from budget import Budget, files, heading_end, role
from openpyxl.styles import Alignment, Border, Font, Side

THIN = Side(style="thin")
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTER = Alignment(horizontal="center", vertical="center", wrap_text=True)
LOOKS = {
    "title": (Font(name="宋体", size=16, bold=True), CENTER, None, "General"),
    "caption": (Font(name="宋体", size=10), Alignment(vertical="center"), None, "General"),
    "heading": (Font(name="宋体", size=10, bold=True), CENTER, BORDER, "General"),
    "label": (Font(name="宋体", size=10), Alignment(horizontal="left", vertical="center", wrap_text=True), BORDER, "General"),
    "code": (Font(name="宋体", size=10), CENTER, BORDER, "General"),
    "amount": (Font(name="宋体", size=10), Alignment(horizontal="right", vertical="center"), BORDER, "0.00;-0.00;;@"),
}


def write(sheets, path):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows, merges, widths in sheets:
        sheet = workbook.create_sheet(name)
        start = heading_end(rows)
        for row, values in enumerate(rows):
            for col, value in enumerate(values):
                if value is None and (start is None or row <= start):
                    continue
                cell = sheet.cell(row + 1, col + 1, value)
                font, alignment, border, number = LOOKS[role(row, col, value, start)]
                cell.font, cell.alignment, cell.number_format = font, alignment, number
                if border:
                    cell.border = border
        for area in merges:
            sheet.merge_cells(area)
        for letter, width in widths.items():
            sheet.column_dimensions[letter].width = width
    workbook.save(path)


def main(folder, output=None):
    findings = 0
    for file in files(folder):
        workbook = openpyxl.load_workbook(file, data_only=True)
        sheets = [(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]) for sheet in workbook]
        findings += len(Budget(sheets).check())
        if output:
            merges = [[str(area) for area in sheet.merged_cells.ranges] for sheet in workbook]
            widths = [{k: d.width for k, d in sheet.column_dimensions.items()} for sheet in workbook]
            drawn = [(name, rows, m, w) for (name, rows), m, w in zip(sheets, merges, widths)]
            write(drawn, Path(output) / file.name)
    print(findings)


main(*sys.argv[1:])
