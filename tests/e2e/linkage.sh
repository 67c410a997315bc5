#!/bin/bash
# Linkability and inference through the command line: columns with spaces, hyphens and quotes in their names give the same numbers, named on
# the command line or not. A text column may be a secret. Without a holdout neither is measurable. A copy of train has risk 1, the
# holdout as candidate has none. Findings and details name columns and no value. Any number of threads gives the same bytes.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }

mkdir "$work/plain" "$work/odd"
for name in train holdout cart; do
    python3 - "$samples/$name.csv" "$work" "$name" <<'PY'
import csv, sys
path, work, name = sys.argv[1:]
rows = list(csv.reader(open(path, newline="")))[:401]
rows = [rows[0] + ["note"]] + [r + [f"{name} person {i} wrote this, and more, {i * 7919 % 401}"] for i, r in enumerate(rows[1:])]
def write(folder, rows):
    csv.writer(open(f"{work}/{folder}/{name}.csv", "w", newline=""), lineterminator="\n").writerows(rows)
write("plain", rows)
write("odd", [[f"{c} - 'x' \"{i}\" & `y` == 1" for i, c in enumerate(rows[0])]] + rows[1:])
PY
done

# audit FOLDER OUT SECRETS QUASI OPTION...
audit() {
    local folder=$work/$1 out=$work/$2
    "$ASSAY" audit --train "$folder/train.csv" --synthetic "$folder/cart.csv" --synthetic copy="$folder/train.csv" \
        --synthetic fresh="$work/$1/holdout.csv" --secret "$3" ${4:+--quasi "$4"} \
        --only privacy.linkability,privacy.inference --format json --out "$out" "${@:5}" >"$work/table" 2>"$work/messages"
    [ $? -le 3 ] || fail "$out: $(cat "$work/messages")"
}
odd() { python3 -c 'import sys
names = "sex,age,origin,region,education,marital_status,employment,employment_since,income,existing_loans,debt_ratio,balance,credit_score,long_term_illness,approved,note".split(",")
print(",".join(f"{c} - \x27x\x27 \"{names.index(c)}\" & `y` == 1" for c in sys.argv[1].split(",")))' "$1"; }
secrets=income,employment_since,long_term_illness,note
known=age,balance,credit_score,region,sex,education
audit plain plain-out $secrets '' --holdout "$work/plain/holdout.csv"
audit odd odd-out "$(odd $secrets)" '' --holdout "$work/odd/holdout.csv"
audit plain plain-quasi $secrets $known --holdout "$work/plain/holdout.csv"
audit odd odd-quasi "$(odd $secrets)" "$(odd $known)" --holdout "$work/odd/holdout.csv"
audit plain threads $secrets '' --holdout "$work/plain/holdout.csv" --threads 3
audit plain alone $secrets ''
cmp "$work/plain-out/audit.json" "$work/threads/audit.json" || fail 'other numbers with three threads'
python3 - "$work" <<'PY' || fail 'linkage'
import json, re, sys
def measures(out):
    audit = json.load(open(f"{sys.argv[1]}/{out}/audit.json"))
    return {(c["name"], m["id"]): m for c in audit["candidates"] for m in c["measures"]}
def numbers(x):
    if isinstance(x, dict):
        return {k: numbers(v) for k, v in x.items() if not isinstance(v, str)}
    return [numbers(v) for v in x if not isinstance(v, str)] if isinstance(x, list) else x
def all_numbers(m):
    return m["value"], m["interval"]["lo"], m["interval"]["hi"], m["n"], m["honest"], m["controls"], numbers(m["details"])
bad = []
for suffix in ("-out", "-quasi"):
    plain, odd = measures("plain" + suffix), measures("odd" + suffix)
    for key, m in plain.items():
        if m["status"] != "ok" or m["n"] < 300:
            bad.append(f"{key}: {m['status']}, n {m.get('n')}")
        if all_numbers(odd[key]) != all_numbers(m):
            bad.append(f"{key} with odd names: {all_numbers(odd[key])} instead of {all_numbers(m)}")
        if key[0] == "copy" and (m["value"] < .95 or m["interval"]["lo"] < .9):
            bad.append(f"{key}: {m['value']}")
        if key[0] == "fresh" and m["interval"]["lo"] > 0:
            bad.append(f"{key}: lower end {m['interval']['lo']}")
        if re.search(r"person \d|wrote", json.dumps(m)):
            bad.append(f"{key} tells a value")
    details = plain["copy", "privacy.inference"]["details"]
    if [s["column"] for s in details["secrets"]] != ["employment_since", "income", "long_term_illness", "note"] or details["not_attacked"]:
        bad.append(f"secrets {details['secrets']}, not attacked {details['not_attacked']}")
    for key, m in measures("alone").items():
        if m["status"] != "not_measurable" or "holdout" not in m["reason"]:
            bad.append(f"{key} without a holdout: {m['status']}")
link = plain["copy", "privacy.linkability"]["details"]
if sorted(link["known_to_one"] + link["known_to_other"]) != ["age", "balance", "credit_score", "education", "region", "sex"]:
    bad.append(f"halves {link}")
print("\n".join(bad))
sys.exit(bool(bad))
PY
finish
