#!/usr/bin/env python3
"""Every number in the text of a report stands in its audit.json, rounded. Usage: numbers.py AUDIT.json TEXT (of pdftotext -layout)
Prints the others with their lines; exit status 1 when there are any. Not asked for: page numbers and contents, hashes, dates,
and the round numbers on axes (one significant digit, or quarters, or quarters of a tenth)."""
import json, re, sys

NUMBER = re.compile(r"\d+(?:\.\d+)?")


def numbers_of(node, found):
    if isinstance(node, dict):
        for key, value in node.items():
            found.update(NUMBER.findall(key))
            numbers_of(value, found)
    elif isinstance(node, list):
        for value in node:
            numbers_of(value, found)
    elif isinstance(node, str):
        found.update(NUMBER.findall(node))
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        for x in (abs(node), 100 * abs(node)):
            found.update("%.*f" % (decimals, x) for decimals in range(6))
            found.update(("%.4g" % x, "%.3g" % x))


def on_axis(text):
    digits = text.replace(".", "").strip("0")
    return len(digits) <= 1 or digits in ("25", "75", "125", "10", "100") or (len(digits) == 3 and digits[1:] in ("25", "75"))


def main(audit, text):
    found, odd = set(), 0
    numbers_of(json.load(open(audit, encoding="utf-8")), found)
    for page, content in enumerate(open(text, encoding="utf-8").read().split("\f"), 1):
        if page == 2:  # contents
            continue
        for line in content.split("\n"):
            bare = re.sub(r"\d+ / \d+|and \d+ more in audit|\d{4}-\d{2}-\d{2}|[0-9a-f]{12,}\S*", " ", line).replace(",", "")
            for number in NUMBER.findall(bare):
                if number not in found and not on_axis(number):
                    print("page %d: %s in: %s" % (page, number, " ".join(line.split())))
                    odd = 1
    return odd


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 3 else __doc__)
