"""What both scripts share: the tables of a budget found by title, their amounts by code and label, and the main identities."""

import re
from pathlib import Path

# The tables of codes: a part of the title, and the columns whose sum is the first one.
TREES = {
    "revenue": ("收入总表", [2, 10]),
    "expenditure": ("支出总表", [2, 3, 4, 5, 6]),
    "gpb_expenditure": ("一般公共预算财政拨款支出表", [2, 3]),
    "fund_expenditure": ("政府性?基金预算财政拨款支出表", [2, 3]),
    "soe_expenditure": ("国有资本经营预算财政拨款支出表", [2, 3]),
    "gpb_basic": ("一般公共预算财政拨款基本支出表", [2, 3]),
}
# The tables of incomes beside classes.
BALANCES = {"balance": "(?<!财政拨款)收支总表", "fiscal_balance": "财政拨款收支总表"}


def hundredths(value):
    """An amount as an exact number of hundredths; a blank counts as zero."""
    if isinstance(value, str):
        value = value.replace(",", "").strip() or 0
    try:
        return round(float(value or 0) * 100)
    except ValueError:
        return 0


def fold(value):
    return re.sub(r"\s", "", str(value)) if value is not None else ""


def amount_of(side, label):
    return next((amount for name, amount in side if name == label), 0)


class Budget:
    """The tables of one workbook, given as (name of the sheet, rows of values), and what is wrong in them."""

    def __init__(self, sheets):
        self.trees, self.balances, self.findings = {}, {}, []
        for sheet, rows in sheets:
            title = next((fold(cell) for row in rows[:3] for cell in row if fold(cell)), "")
            start = next((place for place, row in enumerate(rows) if row and fold(row[0]) == "栏次"), None)
            if start is None:
                continue
            for table, (pattern, _) in TREES.items():
                if re.search(pattern + "$", title):
                    self.trees[table] = (sheet, self.tree(rows, start))
            for table, pattern in BALANCES.items():
                if re.search(pattern + "$", title):
                    self.balances[table] = (sheet, self.balance(rows, start))

    @staticmethod
    def tree(rows, start):
        """The amounts of each row, by its code, or by its label where it has none."""
        found = {}
        for row in rows[start + 1 :]:
            code, label = fold(row[1]), fold(row[2])
            if code.endswith(".0"):
                code = code[:-2]
            if code or label:
                found[code or label] = [hundredths(value) for value in row[3:]]
        return found

    @staticmethod
    def balance(rows, start):
        """The labels on the left and on the right, each with the first amount after it; a label may stand twice."""
        left, right = [], []
        for row in rows[start + 1 :]:
            for side, place in ((left, 1), (right, 3)):
                if fold(row[place]):
                    side.append((fold(row[place]), hundredths(row[place + 1])))
        return left, right

    def hold(self, what, one, other):
        if one != other:
            self.findings.append(f"{what}: {one / 100} != {other / 100}")

    def check(self):
        for table, (sheet, rows) in self.trees.items():
            self.check_tree(sheet, rows, TREES[table][1])
        for sheet, (left, right) in self.balances.values():
            self.check_balance(sheet, left, right)
        self.check_between()
        return self.findings

    def check_tree(self, sheet, rows, parts):
        codes = sorted(code for code in rows if code.isdigit())
        sums = {}
        for code in codes:
            parent = next((code[:length] for length in (5, 3) if length < len(code) and code[:length] in rows), "合计")
            whole = sums.setdefault(parent, [0] * len(rows[code]))
            for place, amount in enumerate(rows[code]):
                whole[place] += amount
        for code, whole in sums.items():
            for place, amount in enumerate(rows.get(code, [])):
                self.hold(f"{sheet} {code} {place}", amount, whole[place])
        for code, amounts in rows.items():
            if code in sums or code in codes:
                first = parts[0] - 1
                rest = amounts[first:] if sheet != "收入总表" else [amounts[1], *amounts[9:]]
                self.hold(f"{sheet} {code}", amounts[0], sum(rest))

    def check_balance(self, sheet, left, right):
        for side, whole, total in ((left, "本年收入合计", "收入总计"), (right, "本年支出合计", "支出总计")):
            labels = [label for label, _ in side]
            if whole in labels:
                place = labels.index(whole)
                self.hold(f"{sheet} {whole}", side[place][1], sum(amount for _, amount in side[:place]))
                carried = sum(amount for label, amount in side[place:] if "结转" in label)
                self.hold(f"{sheet} {total}", amount_of(side, total), side[place][1] + carried)
        self.hold(f"{sheet} 收入总计 支出总计", amount_of(left, "收入总计"), amount_of(right, "支出总计"))

    def check_between(self):
        total = lambda table, place=0: self.trees.get(table, ("", {}))[1].get("合计", [0] * 12)[place]
        _, (left, right) = self.balances.get("balance", ("", ([], [])))
        self.hold("收支总表 收入总表", amount_of(left, "收入总计"), total("revenue"))
        self.hold("收支总表 支出总表", amount_of(right, "支出总计"), total("expenditure"))
        self.hold("基本支出", total("gpb_expenditure", 1), total("gpb_basic"))
        _, rows = self.trees.get("expenditure", ("", {}))
        classes = sum(amounts[0] for code, amounts in rows.items() if code.isdigit() and len(code) == 3)
        self.hold("收支总表 支出功能", amount_of(right, "本年支出合计"), classes)


def role(row, col, value, start):
    """What a cell is, and so how it is drawn."""
    if row == 0:
        return "title"
    if start is None or row < 2:
        return "caption"
    if row <= start:
        return "heading"
    if isinstance(value, (int, float)):
        return "amount" if col else "code"
    return "code" if fold(value).isdigit() else "label"


def heading_end(rows):
    """The last row of the heading of a table."""
    return next((place for place, row in enumerate(rows) if row and fold(row[0]) == "栏次"), None)


def files(folder):
    return sorted(Path(folder).glob("*.xlsx"))
