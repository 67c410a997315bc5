#!/usr/bin/env python3
"""Sums up the audits of tools/calibrate.sh as Markdown: verdicts by candidate, and gates of the honest candidates one by one."""
import collections
import json
import sys

verdicts = collections.defaultdict(collections.Counter)
broken = collections.defaultdict(collections.Counter)
honest = collections.defaultdict(list)
for path in sys.argv[1:]:
    with open(path) as file:
        audit = json.load(file)
    for candidate in audit["candidates"]:
        name = candidate["name"]
        verdicts[name][candidate["verdict"]] += 1
        seen = set()
        for gate in candidate["gates"]:
            what = gate.get("measure") or gate.get("dimension") or "trust"
            if gate["result"] != "pass" and (gate["result"], what) not in seen:
                seen.add((gate["result"], what))
                broken[name][(gate["result"], what)] += 1
            if name == "honest":
                honest[what + " " + gate["rule"]].append(gate)

print("| candidate | audits | pass | undecided | fail | gates failed (audits) | gates undecided (audits) |")
print("|---|---|---|---|---|---|---|")
for name in sorted(verdicts, key=lambda n: (n != "honest", n)):
    count = verdicts[name]
    named = lambda result: ", ".join(f"{m} ({k})" for (r, m), k in broken[name].most_common() if r == result) or "-"
    print(f"| {name} | {sum(count.values())} | {count['pass']} | {count['undecided']} | {count['fail']} "
          f"| {named('fail')} | {named('undecided')} |")

print("\nThe honest candidates, gate by gate: the end of the interval that decides, over all audits.\n")
print("| gate | pass | undecided | fail | decisive end: median | nearest the bound |")
print("|---|---|---|---|---|---|")
for rule, gates in sorted(honest.items()):
    count = collections.Counter(gate["result"] for gate in gates)
    upper = "<=" in rule
    single = rule.split()[-3]  # hi, lo or value
    ends = sorted((gate["lo"] if single == "lo" else gate["hi"] if single == "hi" else gate["value"])
                  for gate in gates if gate["hi"] is not None)
    if ends:
        median, worst = f"{ends[len(ends) // 2]:.3g}", f"{ends[-1] if upper else ends[0]:.3g}"
    else:
        median = worst = "-"
    print(f"| {rule.replace(' ', ': ', 1)} | {count['pass']} | {count['undecided']} | {count['fail']} | {median} | {worst} |")
