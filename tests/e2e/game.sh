#!/bin/bash
# assay game: the leak of a bootstrap is seen and grows with its rows, independent columns stay at chance, threads change nothing; an
# outside command is played against, finished games are kept and an interrupted run goes on; refusals say what to do.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }
train=$samples/train.csv
key() { json "$1" "a['$2']"; }
play() { # out, options
    local out=$1
    shift
    "$ASSAY" game --train "$train" --secret long_term_illness --records 200 --games 40 --exact 0 --out "$out" "$@" >"$work/text" 2>"$work/err" ||
        fail "game $*: exit status $?: $(cat "$work/err")"
}

# One number of rows, and a curve over several; the curve's last point is what that number alone gives.
play "$work/much.json" --rows 20000 --threads 1
play "$work/again.json" --rows 20000 --threads 3
cmp "$work/much.json" "$work/again.json" || fail 'threads change the game'
grep -q '^ *20000  1.000 (.* to 1.000)' "$work/text" || fail "no table on stdout: $(cat "$work/text")"
grep -q 'chance is 0.500 by construction (Clopper-Pearson)' "$work/text" || fail "stdout: $(cat "$work/text")"
play "$work/chance.json" --rows 100,2000 --method independent
play "$work/curve.json" --generator builtin:bootstrap --rows 20000,100,2000 --threads 1
play "$work/again.json" --rows 100,2000,20000 --threads 2
cmp "$work/curve.json" "$work/again.json" || fail 'threads, the order of --rows or the name of the generator change the game'
json "$work/curve.json" "[p['rows'] for p in a['curve']] == [100, 2000, 20000] and 'rows' not in a and 'accuracy' not in a" | grep -q True || fail 'the curve'
[ "$(json "$work/curve.json" "a['curve'][2]['accuracy']")" = "$(key "$work/much.json" accuracy)" ] || fail 'the last point of the curve'
json "$work/much.json" "a['curve'][0]['accuracy'] == a['accuracy'] >= .95 and a['rows'] == 20000" | grep -q True || fail 'one number of rows'
json "$work/curve.json" "all(p['lo'] <= p['accuracy'] <= p['hi'] and p['accuracy'] >= .5 for p in a['curve']) and a['curve'][0]['accuracy'] <= a['curve'][2]['accuracy']" |
    grep -q True || fail "the curve: $(cat "$work/curve.json")"
json "$work/chance.json" "all(.26 < p['accuracy'] < .74 for p in a['curve'])" | grep -q True || fail "independent columns: $(cat "$work/chance.json")"
# A secret of ten levels, and standard output.
"$ASSAY" game --train "$train" --secret region --records 200 --games 20 --rows 20000 --out - >"$work/region.json" || fail 'a secret of ten levels'
json "$work/region.json" "a['accuracy'] >= .8 and a['secret_classes'] == 6" | grep -q True || fail "a secret of ten levels: $(cat "$work/region.json")"

# Drawn by assay report: the answer, the curve's numbers, the same bytes; no gates, no XML.
"$ASSAY" report "$work/curve.json" --out "$work/curve.md" || fail 'the game is not drawn as Markdown'
grep -q 'bootstrap” gives the secrets of its training records away: 20,000' "$work/curve.md" || fail "curve.md: $(cat "$work/curve.md")"
[ "$(grep -c '^| [0-9]' "$work/curve.md")" = 3 ] || fail "curve.md has not three points: $(cat "$work/curve.md")"
"$ASSAY" report "$work/chance.json" --out "$work/chance.md" && grep -q 'No leak was found in 40 games' "$work/chance.md" || fail "chance.md: $(cat "$work/chance.md")"
for name in curve much; do
    "$ASSAY" report "$work/$name.json" --out "$work/$name.pdf" && "$ASSAY" report "$work/$name.json" --out "$work/twice.pdf" || fail "$name.pdf"
    cmp "$work/$name.pdf" "$work/twice.pdf" || fail "$name.pdf: other bytes the second time"
    if command -v pdftotext >/dev/null; then
        pdftotext "$work/$name.pdf" - | tr '\n' ' ' | grep -q 'Can a secret be read out of the synthetic rows' || fail "$name.pdf: no title"
    fi
done
"$ASSAY" report "$work/curve.json" --out "$work/curve.xml" 2>"$work/err"
[ $? = 2 ] && grep -q 'no gates' "$work/err" || fail "a game as JUnit: $(cat "$work/err")"
sed 's/"curve"/"bend"/' "$work/curve.json" >"$work/bend.json"
"$ASSAY" report "$work/bend.json" --out "$work/bend.pdf" 2>"$work/err"
[ $? = 2 ] && grep -q "no 'curve'" "$work/err" && [ ! -e "$work/bend.pdf" ] || fail "a game without a curve: $(cat "$work/err")"

# An outside command: draws rows with replacement and counts its runs; the mode is the first argument.
mkdir "$work/my tools"
cat >"$work/my tools/gen.py" <<'PY'
import os, random, sys, time
mode, train, rows, seed, out, folder = sys.argv[1:]
count = folder + "/count"  # a file named in the command would be part of what the generator is
with open(count, "a") as f:
    f.write(f"{seed} {rows}\n")
calls = sum(1 for _ in open(count))
header, *lines = open(train).read().splitlines()
random.seed(int(seed))
made = random.choices(lines, k=int(rows))
if mode == "fail":
    print("no module named 'secret-gan'", file=sys.stderr)
    sys.exit(3)
if mode == "hang" or mode == "hang-later" and calls > 3 and not os.path.exists(folder + "/go-on"):
    time.sleep(300)
if mode == "nothing":
    sys.exit(0)
if mode == "short":
    made.pop()
if mode == "column":
    header = header.replace(header.split(",")[0], "other", 1)
if mode == "text":
    at = header.split(",").index("age")
    made[7] = ",".join("young" if i == at else cell for i, cell in enumerate(made[7].split(",")))
if mode == "strange":  # levels that nobody has
    known = [header.split(",").index(name) for name in ("sex", "origin", "region", "education", "marital_status")]
    made = [",".join("?" + c if i in known else c for i, c in enumerate(line.split(","))) for line in made]
if mode == "one-secret":
    at = header.split(",").index("long_term_illness")
    made = [",".join("yes" if i == at else c for i, c in enumerate(line.split(","))) for line in made]
with open(out, "w") as f:
    f.write("\n".join([header] + made) + "\n")
PY
columns=$(head -n 1 "$train")
# outside OUT MODE [OPTION...]: its exit status in $status.
outside() {
    local out=$1 mode=$2
    shift 2
    "$ASSAY" game --train "$train" --schema "$samples/schema.json" --secret long_term_illness --records 100 --games 6 --rows "${rows:-100,1000}" --exact 0 \
        --out "$work/$out.json" --generator "python3 '$work/my tools/gen.py' $mode {train} {rows} {seed} {out} '$work'" "$@" >"$work/$out.text" 2>"$work/$out.err"
    status=$?
}

outside good good --threads 1
[ "$status" = 0 ] || fail "a good generator: $(cat "$work/good.err")"
[ "$(calls)" = 12 ] && [ "$(sort -u "$work/count" | wc -l)" = 12 ] || fail "not twelve runs with seeds of their own: $(cat "$work/count")"
[ "$(stat -c %a "$work/good.json.work")" = 700 ] || fail 'the work folder is open to others'
[ "$(find "$work/good.json.work" -type f | wc -l)" = 6 ] || fail "something else is left in the work folder: $(ls "$work/good.json.work")"
json "$work/good.json" "a['method'] == 'python3' and not a['builtin'] and not a['one_table']" | grep -q True || fail "good.json: $(cat "$work/good.json")"
grep -qF "$work" "$work/good.json" && fail 'the result holds a path'
# Again in the same folder: no run, the same bytes; two threads and another folder: the same bytes; two more games: four runs.
outside again good --work "$work/good.json.work" --threads 2
[ "$(calls)" = 12 ] || fail "finished games were played again: $(calls) runs"
cmp "$work/good.json" "$work/again.json" || fail 'kept games give another result'
grep -q '6 of 6 games were found' "$work/again.err" || fail "kept games are not told of: $(cat "$work/again.err")"
outside two good --threads 2
cmp "$work/good.json" "$work/two.json" || fail 'two threads give another result'
[ "$(calls)" = 24 ] || fail "another folder: $(calls) runs"
outside more good --work "$work/good.json.work" --games 8
[ "$(calls)" = 28 ] || fail "two more games: $(calls) runs"
# The first rows of one table.
outside prefix good --prefix
[ "$(calls)" = 34 ] || fail "--prefix: $(calls) runs"
json "$work/prefix.json" "a['one_table']" | grep -q True || fail 'prefix.json'

# Interrupted in mid-game: 130, the command dies, finished games stay; the same command goes on and gives the bytes of a run without a break.
rm -f "$work/count"
outside whole hang-later --games 1 # one game is two runs: the mode has no part in the result but by the command line
rm -f "$work/count"
command=("$ASSAY" game --train "$train" --schema "$samples/schema.json" --secret long_term_illness --records 100 --games 6 --rows 100,1000 --exact 0 --threads 1
    --out "$work/stopped.json" --work "$work/kept" --generator "python3 '$work/my tools/gen.py' hang-later {train} {rows} {seed} {out} '$work'")
interrupted 4 "$work/stopped.json" "${command[@]}"
[ "$(find "$work/kept" -type f)" = "$(find "$work/kept" -name 'game-*-000000.json')" ] || fail "after the interrupt: $(ls "$work/kept")"
touch "$work/go-on"
"${command[@]}" >/dev/null 2>"$work/stopped.err" || fail "resumed: $(cat "$work/stopped.err")"
[ "$(calls)" = 14 ] || fail "resumed: $(calls) runs, not 4 and 10"
# A changed program under the same command is another generator: played anew.
echo '# changed' >>"$work/my tools/gen.py"
"${command[@]}" >/dev/null 2>"$work/stopped.err" || fail "changed: $(cat "$work/stopped.err")"
[ "$(calls)" = 26 ] || fail "changed: $(calls) runs, not 14 and 12"
sed 's/hang-later/good/' "$work/stopped.json" | cmp - "$work/good.json" || fail 'the resumed run differs from one without a break'
# A built-in generator, killed and resumed.
command=("$ASSAY" game --train "$train" --secret long_term_illness --records 300 --games 60 --rows 100,20000 --exact 0 --out "$work/killed.json" --threads 1)
"${command[@]}" --work "$work/kill" >/dev/null 2>&1 &
game=$!
for _ in $(seq 300); do
    [ "$(find "$work/kill" -name 'game-*.json' 2>/dev/null | wc -l)" -ge 3 ] && break
    sleep .05
done
kill -KILL "$game"
wait "$game" 2>/dev/null
"${command[@]}" --work "$work/kill" >/dev/null 2>"$work/killed.err" || fail "killed and resumed: $(cat "$work/killed.err")"
grep -q 'of 60 games were found' "$work/killed.err" || fail "killed: nothing was kept: $(cat "$work/killed.err")"
mv "$work/killed.json" "$work/resumed.json"
"${command[@]}" >/dev/null
cmp "$work/killed.json" "$work/resumed.json" || fail 'a run that was killed and resumed gives other bytes'

# What a command may do wrong.
wrong() { # MODE MESSAGE OPTION...
    local mode=$1 message=$2 before=$SECONDS
    shift 2
    outside "$mode" "$mode" --threads 1 "$@"
    [ "$status" = 2 ] || fail "$mode: exit status $status: $(cat "$work/$mode.err")"
    grep -qE "game 1 of 6: .*$message" "$work/$mode.err" || fail "$mode: stderr says: $(cat "$work/$mode.err")"
    [ ! -e "$work/$mode.json" ] || fail "$mode: left a result"
    [ -z "$(find "$work/$mode.json.work" -name 'input-*')" ] || fail "$mode: real rows are left in the work folder"
    [ $((SECONDS - before)) -lt 60 ] || fail "$mode took $((SECONDS - before)) s"
}
wrong fail 'exit status 3'
grep -q "no module named 'secret-gan'" "$work/fail.err" || fail "the command's own words are not shown: $(cat "$work/fail.err")"
wrong hang 'after 1 seconds' --generator-timeout 1
wrong nothing 'wrote no file'
wrong short '999 rows, 1000 were asked for'
wrong column "column '${columns%%,*}' of train is missing|column .* of train is missing"
wrong text "'age'"
# Quasi-identifiers that match nobody, a secret that is always the same: a result, at chance.
rows=500 outside strange strange --games 20 --quasi sex,origin,region,education,marital_status
json "$work/strange.json" "a['lo'] < .5 < a['hi'] and a['queries'] == 0 and a['undetermined'] == 1 and a['auc'] == .5" | grep -q True ||
    fail "levels that nobody has: $(cat "$work/strange.err" "$work/strange.json")"
rows=500 outside one-secret one-secret --games 20
json "$work/one-secret.json" "a['lo'] < .5 < a['hi'] and a['queries'] > 100" | grep -q True || fail "one-secret: $(cat "$work/one-secret.err" "$work/one-secret.json")"

refuse() { # words of the message, options
    local words=$1
    shift
    "$ASSAY" game --train "$train" --out "$work/none.json" "$@" >"$work/text" 2>&1
    [ $? = 2 ] || fail "game $*: not refused with 2"
    grep -q -- "$words" "$work/text" || fail "game $*: $(cat "$work/text")"
    [ ! -e "$work/none.json" ] || fail "game $*: left a file"
}
refuse "no column 'illness'" --secret illness
refuse 'must have levels' --secret age
refuse 'is the secret' --secret sex --quasi age,sex
refuse "no column 'salary'" --secret sex --quasi age,salary
refuse 'need at least 2 quasi-identifiers' --secret sex --quasi age --games 1
refuse 'unknown generator' --secret sex --method gan
refuse "did you mean 'bootstrap'" --secret sex --generator bootstrp
refuse 'must name {train} and {out}' --secret sex --generator 'python3 gen.py {train}'
refuse 'drop one of the two' --secret sex --generator cart --method cart
refuse '--prefix is for commands' --secret sex --prefix
refuse '--generator-timeout is for commands' --secret sex --generator-timeout 5
refuse 'records were asked for' --secret sex --records 5000 --games 1
refuse 'no record is unique' --secret sex --quasi approved,marital_status --records 1000 --games 1
refuse "'--secret' is missing" --method bootstrap
for bad in 0 -5 x 1e3 12x 1.5 ' 7' 999999999 99999999999999999999 '100,' ',100' '100,,200'; do
    refuse '--rows' --secret sex --rows "$bad"
done
refuse '100 is given twice' --secret sex --rows 100,1000,100
refuse 'at most 16' --secret sex --rows "$(seq -s, 17)"
refuse 'no folder that can be written to' --secret sex --work "$train"
refuse 'cannot make the folder' --secret sex --work "$work/absent/kept"
cp "$train" "$work/own.csv"
"$ASSAY" game --train "$work/own.csv" --secret sex --out "$work/own.csv" >"$work/text" 2>&1 && fail '--out is --train'
cmp -s "$train" "$work/own.csv" || fail 'the population was overwritten'
awk 'BEGIN { print "a,b,c,s"; for (i = 0; i < 50; i++) print i % 7 "," i % 5 "," i % 3 ",x" }' >"$work/constant.csv"
"$ASSAY" game --train "$work/constant.csv" --secret s --records 20 --games 1 >"$work/text" 2>&1
[ $? = 2 ] && grep -q 'one value in train' "$work/text" || fail "a constant secret: $(cat "$work/text")"
finish
