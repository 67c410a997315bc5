#!/usr/bin/env python3
"""Power curves of the audits of `tools/calibrate.sh graded` as SVG: tools/plot_power.py AUDIT.json... >power.svg

One panel a fault, its size on a logarithmic axis; by size the share of the audits that fail, that do not pass, and in which the most telling
measure alone lies below fresh rows (intervals apart). Whiskers: 95 % (Wilson)."""
import collections
import json
import math
import sys

PANELS = {"leak": "training rows among the rows, %", "bias": "points that a group's share falls", "noise": "labels turned round, %"}
SERIES = (("fails", "#0b5fa5", "", "circle"), ("fails or is undecided", "#b5560a", "6 3", "square"),
          ("the most telling measure is apart", "#555555", "2 3", "diamond"))
WIDTH, HEIGHT, LEFT, TOP, GAP = 250, 190, 52, 50, 28


def wilson(k, n, z=1.96):
    p, a = k / n, z * z / n
    mid, half = (p + a / 2) / (1 + a), z * math.sqrt(p * (1 - p) / n + a / n / 4) / (1 + a)
    return max(mid - half, 0), min(mid + half, 1)


def read(paths):
    audits, counts = collections.Counter(), collections.defaultdict(collections.Counter)
    for path in paths:
        with open(path) as file:
            candidates = json.load(file)["candidates"]
        fresh = {m["id"]: m["score_lo"] for c in candidates if c["name"] == "honest" for m in c["measures"] if m.get("score") is not None}
        for c in candidates:
            audits[c["name"]] += 1
            counts[c["name"]]["fails"] += c["verdict"] == "fail"
            counts[c["name"]]["open"] += c["verdict"] != "pass"
            for m in c["measures"]:
                if m.get("score") is not None and m["id"] in fresh:
                    counts[c["name"]][m["id"]] += m["score_hi"] < fresh[m["id"]]
    return audits, counts


def points(audits, counts, fault):
    """(size, audits, (three counts)) in order of size"""
    found = []
    for name in audits:
        kind, _, size = name.rpartition("_")
        if kind == fault:
            telling = max((k for what, k in counts[name].items() if "." in what), default=0)
            found.append((float(size), audits[name], (counts[name]["fails"], counts[name]["open"], telling)))
    return sorted(found)


def mark(shape, x, y, colour):
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="{colour}"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if shape == "diamond" else ""
    return f'<rect x="{x - 3.2:.1f}" y="{y - 3.2:.1f}" width="6.4" height="6.4" fill="#fff" stroke="{colour}" stroke-width="1.6"{turn}/>'


def panel(left, title, found):
    first, last = math.log(found[0][0]), math.log(found[-1][0])
    at = lambda size: left + 12 + (WIDTH - 24) * (math.log(size) - first) / (last - first)
    up = lambda share: TOP + HEIGHT * (1 - share)
    out = []
    for tick in (0, .25, .5, .75, 1):
        out.append(f'<line x1="{left}" y1="{up(tick):.1f}" x2="{left + WIDTH}" y2="{up(tick):.1f}" stroke="#ddd"/>')
        if left == LEFT:
            out.append(f'<text x="{left - 6}" y="{up(tick) + 4:.1f}" text-anchor="end">{100 * tick:.0f} %</text>')
    for size, _, _ in found:
        out.append(f'<text x="{at(size):.1f}" y="{up(0) + 18:.1f}" text-anchor="middle">{size:g}</text>')
    out.append(f'<text x="{left + WIDTH / 2:.1f}" y="{up(0) + 38:.1f}" text-anchor="middle">{title}</text>')
    for s in (2, 1, 0):
        _, colour, dash, shape = SERIES[s]
        shift = 4 * (s - 1)  # marks of several series at one place stand side by side
        where = [(at(size) + shift, k[s], n) for size, n, k in found]
        line = " ".join(f"{x:.1f},{up(k / n):.1f}" for x, k, n in where)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.6" stroke-dasharray="{dash}"/>')
        for x, k, n in where:
            lo, hi = wilson(k, n)
            out.append(f'<line x1="{x:.1f}" y1="{up(lo):.1f}" x2="{x:.1f}" y2="{up(hi):.1f}" stroke="{colour}" stroke-opacity=".45"/>')
            out.append(mark(shape, x, up(k / n), colour))
    return out


def main(paths):
    audits, counts = read(paths)
    panels = [(title, points(audits, counts, fault)) for fault, title in PANELS.items()]
    width, height = LEFT + len(panels) * (WIDTH + GAP), TOP + HEIGHT + 50
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
           'font-family="Inter, DejaVu Sans, sans-serif" font-size="12" fill="#222">',
           f'<rect width="{width}" height="{height}" fill="#fff"/>']
    x = LEFT
    for name, colour, dash, shape in SERIES:
        out.append(f'<line x1="{x}" y1="20" x2="{x + 34}" y2="20" stroke="{colour}" stroke-width="1.6" stroke-dasharray="{dash}"/>')
        out += [mark(shape, x + 17, 20, colour), f'<text x="{x + 42}" y="24">{name}</text>']
        x += 80 + 7 * len(name)
    for p, (title, found) in enumerate(panels):
        if len(found) > 1:
            out += panel(LEFT + p * (WIDTH + GAP), title, found)
    print("\n".join(out + ["</svg>"]))


if __name__ == "__main__":
    main(sys.argv[1:])
