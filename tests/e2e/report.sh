#!/bin/bash
# assay report: PDFs that other programs find whole, with embedded fonts, bookmarks and the failing measure in the text; the same
# bytes twice; XML that is well-formed; messages for what cannot be drawn.
set -u
fail=0
complain() { echo "$1"; fail=1; }
for tool in qpdf pdffonts pdftotext pdfinfo; do
    command -v $tool >/dev/null || { echo "$tool is not installed (qpdf, poppler-utils)"; exit 77; }
done
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

# Words of pdftotext -bbox that leave the margins (18 mm, less half a millimetre) or overlap an earlier word of their page.
crowding() {
    awk -F'"' '
        /<page/ { n = 0; page++ }
        /<word/ {
            x0 = $2; y0 = $4; x1 = $6; y1 = $8
            word = $9; sub(/^>/, "", word); sub(/<.*/, "", word)
            if (x0 < 49.6 || x1 > 545.7 || y0 < 36 || y1 > 824) print "page " page ": \"" word "\" leaves the margins"
            for (i = 1; i <= n; i++) {
                w = (x1 < b[i] ? x1 : b[i]) - (x0 > a[i] ? x0 : a[i])
                h = (y1 < d[i] ? y1 : d[i]) - (y0 > c[i] ? y0 : c[i])
                if (w > 1.5 && h > 0.45 * (y1 - y0)) print "page " page ": \"" word "\" overlaps \"" text[i] "\""
            }
            n++; a[n] = x0; b[n] = x1; c[n] = y0; d[n] = y1; text[n] = word
        }' | head -n 5
}

for audit in tests/golden/report/*.json; do
    name=$(basename "$audit" .json) pdf=$folder/$(basename "$audit" .json).pdf
    "$ASSAY" report "$audit" --out "$pdf" || { complain "$name: not drawn"; continue; }
    "$ASSAY" report "$audit" --out "$folder/again.pdf" || complain "$name: not drawn again"
    cmp -s "$pdf" "$folder/again.pdf" || complain "$name: other bytes the second time"
    qpdf --check "$pdf" >"$folder/check" 2>&1 || { complain "$name: qpdf complains"; cat "$folder/check"; }
    loose=$(pdffonts "$pdf" | awk 'NR > 2 && $(NF - 4) != "yes"')
    [ -z "$loose" ] || complain "$name: fonts that are not embedded: $loose"
    pdffonts "$pdf" | awk 'NR > 2 && !/Inter|DejaVu/ { exit 1 }' || complain "$name: a font that is neither Inter nor DejaVu"
    pdfinfo "$pdf" | grep -q 'Tagged: *yes' || complain "$name: not tagged"
    [ "$(stat -c %s "$pdf")" -lt 2000000 ] || complain "$name: over 2 MB"
    for part in "How to read this report" "Methods and limits" "Inputs and reproducibility"; do
        pdftotext "$pdf" - | grep -qF "$part" || complain "$name: no '$part'"
    done
    crowded=$(pdftotext -bbox "$pdf" - | crowding)
    [ -z "$crowded" ] || complain "$name: $crowded"
    pages=$(pdfinfo "$pdf" | awk '/^Pages:/ { print $2 }')
    for ((page = 1; page <= pages; page++)); do
        words=$(pdftotext -f $page -l $page "$pdf" - | wc -w)
        [ "$words" -ge 30 ] || complain "$name: page $page is nearly empty ($words words)"
    done
    "$ASSAY" report "$audit" --out "$folder/$name.xml" || complain "$name: no JUnit file"
    "$ASSAY" report "$audit" --out "$folder/$name.md" || complain "$name: no Markdown"
    if command -v xmllint >/dev/null; then
        xmllint --noout "$folder/$name.xml" || complain "$name: the JUnit file is not well-formed"
    fi
done
pdftotext "$folder/fails.pdf" - | grep -qF 'Recognisable training records' || complain "fails: the failing measure is not named"
pdftotext -f 1 -l 1 "$folder/fails.pdf" - | grep -qF 'must not be released' || complain "fails: page 1 has no verdict"
grep -qF 'must not be released' "$folder/fails.md" || complain "fails: the summary has no verdict"

# A group that another family's attack proves worse off: that family is named beside it.
python3 - tests/golden/report/fails.json >"$folder/group.json" <<'PY'
import json, sys
audit = json.load(open(sys.argv[1]))
group = next(m for m in audit["candidates"][0]["measures"] if m["id"] == "privacy.membership")["details"]["groups"][0]
density = {"family": "density", "auc": 0.7, "lo": 0.6, "hi": 0.8, "rest": {"auc": 0.5}, "worse": True}
group.update(worse=True, worse_by="density", families=[density])
print(json.dumps(audit))
PY
"$ASSAY" report "$folder/group.json" --out "$folder/group.pdf" || complain "a group worse off by another family: not drawn"
pdftotext "$folder/group.pdf" - | grep -qF 'worse off (density)' || complain "a group worse off by another family: not said"

# Fifteen measures of fidelity: the candidates side by side, and each candidate's overview on one page.
pdftotext "$folder/full.pdf" - | grep -qF 'Fidelity, side by side' || complain "full: candidates do not stand side by side"
pdftotext "$folder/full.pdf" - | awk 'BEGIN { RS = "\f" } /worse .* better/' | grep -o 'fidelity\.[a-z_]*' >"$folder/ids"
each=$(sort "$folder/ids" | uniq -c | awk '$1 == 2' | wc -l)
first=$(pdftotext "$folder/full.pdf" - | awk 'BEGIN { RS = "\f" } /worse .* better/ { print; exit }' | grep -c '^fidelity\.')
[ "$each" = 15 ] && [ "$first" = 15 ] || complain "full: $each measures in the overviews of both candidates, $first on the first page"

# Each measure of what models learn has its picture.
pdftotext "$folder/full.pdf" - | tr '\n' ' ' >"$folder/words"
for title in "Can its probabilities be believed?" "What training on synthetic rows costs" "Which kind of model is best?" \
    "Which columns the models lean on" "Would an analyst reach the same conclusions?" "Rare classes" \
    "Adding synthetic to real rows" "Real models on synthetic rows" "Who gets the positive answer" "Does the candidate widen the gap?" \
    "Who is overlooked" "What a yes is worth" "Whose chances are overstated" "Where two columns meet" "Who is in the table" \
    "Do the groups keep their base rates?" "Do other columns give the group away?" "Under growing noise" "With cells missing" \
    "Under attack" "How much hangs on the rows that trained it"; do
    grep -qF "$title" "$folder/words" || complain "full: no picture '$title'"
done

refuse() { # what stderr must say, then the arguments
    local want=$1 status
    shift
    "$ASSAY" report "$@" >"$folder/out" 2>"$folder/err"
    status=$?
    [ $status = 2 ] || complain "report $*: exit status $status, not 2"
    grep -qF -- "$want" "$folder/err" || complain "report $*: stderr lacks '$want': $(cat "$folder/err")"
}
echo '{"candidates": 3}' >"$folder/odd.json"
refuse "no ending that names a format" tests/golden/report/rich.json --out "$folder/report.docx"
refuse "--out" tests/golden/report/rich.json
refuse "no list of 'candidates'" "$folder/odd.json" --out "$folder/x.pdf"
refuse "cannot write" tests/golden/report/rich.json --out "$folder/no/such/x.pdf"
refuse "none.json" "$folder/none.json" --out "$folder/x.pdf"
[ ! -e "$folder/x.pdf" ] || complain "something was written in spite of an error"
exit $fail
