#!/bin/bash
# docs/gates.md lists every gate of every preset with its bound, and every reason, as the program has them.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }

head -n 401 "$samples/train.csv" >"$work/train.csv"
head -n 401 "$samples/holdout.csv" >"$work/holdout.csv"
head -n 401 "$samples/reserve.csv" >"$work/fresh.csv"
"$ASSAY" audit --train "$work/train.csv" --holdout "$work/holdout.csv" --synthetic "$work/fresh.csv" --schema "$samples/schema.json" \
    --format json --out "$work/audit" >/dev/null 2>"$work/messages"
[ -s "$work/audit/audit.json" ] || fail "no audit: $(cat "$work/messages")"
for preset in balanced privacy-first utility-first fairness-first research; do
    "$ASSAY" gate "$work/audit/audit.json" --policy $preset --out "$work/$preset.json" >/dev/null
done
python3 - "$root/docs/gates.md" "$work" <<'PY' || fail 'docs/gates.md is not what the program does'
import json, re, sys
page = open(sys.argv[1]).read()
rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
header = next(row for row in rows if row[:2] == ["measure", "looks at"])
listed = {(re.sub(r"\[(.*)\]\(.*\)", r"\1", row[0]), row[1]): row for row in rows if len(row) == len(header) and row[1].split()[-1:] in (["<="], [">="])}
wrong = []
for preset in header[2:]:
    policy = json.load(open(f"{sys.argv[2]}/{preset}.json"))["policy"]
    known = {(g["measure"], g["on"] + " " + g["op"]): g for g in policy["gates"]}
    wrong += [f"{preset}: the page has {key}, the program has not" for key in listed.keys() - known.keys()]
    for key, gate in known.items():
        bound = "%.4g" % gate["bound"]
        if key not in listed or listed[key][header.index(preset)] != bound:
            wrong.append(f"{preset}: {key} with bound {bound} is not on the page")
        if gate["reason"] not in page:
            wrong.append(f"{preset}: the reason of {key} is not on the page: {gate['reason']}")
    weights = ", ".join("%g" % policy["weights"][d] for d in ("fidelity", "utility", "fairness", "robustness", "privacy"))
    if f"| `{preset}` | {weights} |" not in page:
        wrong.append(f"{preset}: weights {weights} are not on the page")
print("\n".join(wrong))
sys.exit(bool(wrong))
PY
finish
