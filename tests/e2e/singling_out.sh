#!/bin/bash
# Singling out does not care what columns are called: with spaces, hyphens and quotes in every name the numbers are the same. Text and id
# columns take no part. Without a holdout it is not measurable. A copy of train has risk 1 in both attacks.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }

# cut NAME FROM: 300 rows; odd/: odd names; more/: a text column that is unique in every row.
mkdir "$work/plain" "$work/odd" "$work/more"
for name in train holdout copula cart; do
    head -n 301 "$samples/$name.csv" >"$work/plain/$name.csv"
    python3 - "$work" "$name" <<'PY'
import csv, sys
work, name = sys.argv[1:]
rows = list(csv.reader(open(f"{work}/plain/{name}.csv", newline="")))
def write(folder, rows):
    csv.writer(open(f"{work}/{folder}/{name}.csv", "w", newline=""), lineterminator="\n").writerows(rows)
write("odd", [[f"{c[:3]} - 'x' \"{i}\" & `y` == 1" for i, c in enumerate(rows[0])]] + rows[1:])
write("more", [rows[0] + ["note"]] + [r + [f"{name} wrote {i} times and more, {i * 7919 % 301}"] for i, r in enumerate(rows[1:])])
PY
done

only=privacy.singling_out.univariate,privacy.singling_out.multivariate
# audit FOLDER OUT OPTION...
audit() {
    local folder=$work/$1 out=$work/$2
    shift 2
    "$ASSAY" audit --train "$folder/train.csv" --synthetic "$folder/copula.csv" --synthetic "$folder/cart.csv" --synthetic copy="$folder/train.csv" \
        --only $only --format json --out "$out" "$@" >"$work/table" 2>"$work/messages"
    [ $? -le 3 ] || fail "$out: $(cat "$work/messages")"
}
for folder in plain odd more; do audit $folder $folder-out --holdout "$work/$folder/holdout.csv"; done
audit plain threads --holdout "$work/plain/holdout.csv" --threads 3
audit plain alone
audit plain published --holdout "$work/plain/holdout.csv" --set privacy.singling_out.multivariate.compat=1,privacy.singling_out.multivariate.attacks=150
cmp "$work/plain-out/audit.json" "$work/threads/audit.json" || fail 'other numbers with three threads'
python3 - "$work" <<'PY' || fail 'singling out'
import json, sys
def measures(out):
    audit = json.load(open(f"{sys.argv[1]}/{out}/audit.json"))
    return {(c["name"], m["id"]): m for c in audit["candidates"] for m in c["measures"]}
plain, odd, more, alone = map(measures, ("plain-out", "odd-out", "more-out", "alone"))
def numbers(m):
    return m["value"], m["interval"]["lo"], m["interval"]["hi"], m["n"], m["honest"], m["controls"], {k: v for k, v in m["details"].items() if k != "columns"}
bad = []
if len(plain) != 6:
    bad.append(f"{len(plain)} results")
for key, m in plain.items():
    if m["status"] != "ok" or m["n"] < 100:
        bad.append(f"{key}: {m['status']}, n {m.get('n')}")
    for what, other in (("odd names", odd), ("a text column", more)):
        if numbers(other[key]) != numbers(m):
            bad.append(f"{key} with {what}: {numbers(other[key])} instead of {numbers(m)}")
    if key[0] == "copy" and (m["value"] < .95 or m["interval"]["lo"] < .5 or m["details"]["p_value"] > .001):
        bad.append(f"{key}: {m['value']}")
    if alone[key]["status"] != "not_measurable" or "holdout" not in alone[key]["reason"]:
        bad.append(f"{key} without a holdout: {alone[key]['status']}")
published = measures("published")  # --set: another formula and number of attempts for that measure, its defaults for the other
for (name, id), m in published.items():
    changed = id.endswith("multivariate")
    if (m["interval"]["method"] != plain[name, id]["interval"]["method"]) != changed or (changed and m["n"] != 150):
        bad.append(f"{name} {id} with --set: {m['interval']['method']}, n {m['n']}")
print("\n".join(bad))
sys.exit(bool(bad))
PY
finish
