#!/usr/bin/env python3
"""Sums up the audits of tools/calibrate.sh as Markdown: verdicts by candidate, which measures tell a candidate from the honest one of the
same audit (their scores' intervals lie apart), and gates of the honest candidates one by one."""
import collections
import json
import sys

verdicts = collections.defaultdict(collections.Counter)
broken = collections.defaultdict(collections.Counter)
honest = collections.defaultdict(list)
apart = collections.defaultdict(collections.Counter)


def scores(candidate):
    return {m["id"]: (m["score_lo"], m["score_hi"]) for m in candidate["measures"] if m.get("score") is not None}


def size(name):  # leak_0.3 before leak_10
    fault, _, grade = name.rpartition("_")
    return (fault, float(grade)) if grade.replace(".", "").isdigit() else (name, 0)


for path in sys.argv[1:]:
    with open(path) as file:
        audit = json.load(file)
    fresh = next((scores(c) for c in audit["candidates"] if c["name"] == "honest"), {})
    for candidate in audit["candidates"]:
        name = candidate["name"]
        verdicts[name][candidate["verdict"]] += 1
        for id, (_, hi) in scores(candidate).items():
            apart[name][id] += id in fresh and hi < fresh[id][0]
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
order = sorted(verdicts, key=lambda n: (n != "honest", size(n)))
for name in order:
    count = verdicts[name]
    named = lambda result: ", ".join(f"{m} ({k})" for (r, m), k in broken[name].most_common() if r == result) or "-"
    print(f"| {name} | {sum(count.values())} | {count['pass']} | {count['undecided']} | {count['fail']} "
          f"| {named('fail')} | {named('undecided')} |")

print("\nMeasures whose score lies below that of the honest candidate, intervals apart: share of the audits.\n")
print("| candidate | measures |")
print("|---|---|")
for name in order[1:]:
    audits = sum(verdicts[name].values())
    told = [f"{id} {100 * count / audits:.0f} %" for id, count in apart[name].most_common(6) if count / audits >= .05]
    print(f"| {name} | {', '.join(told) or '-'} |")

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
