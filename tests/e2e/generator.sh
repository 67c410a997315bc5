#!/bin/bash
# --generator: an outside command is run without a shell and trained again and again; what fails says why and loses nothing; finished
# shadows are kept and not trained again, unless the program has changed; the same bytes for any number of threads, on resumption, with and without a work folder.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }

head -n 301 "$samples/train.csv" >"$work/train.csv"
head -n 301 "$samples/holdout.csv" >"$work/holdout.csv"
head -n 301 "$samples/reserve.csv" >"$work/candidate.csv"

# A generator in a folder with a blank in its name. Draws rows with replacement; counts its runs; the mode is the first argument.
mkdir "$work/my tools"
cat >"$work/my tools/gen.py" <<'PY'
import os, random, sys, time
mode, train, rows, seed, out, work = sys.argv[1:]
count = os.path.join(work, "count")
if sys.stdin.read():
    sys.exit("the input is not empty")
with open(count, "a") as f:
    f.write(seed + "\n")
calls = sum(1 for _ in open(count))
header, *lines = open(train).read().splitlines()
random.seed(int(seed))
made = random.choices(lines, k=int(rows))
if mode == "fail" or mode == "fail-later" and calls > 5:
    print("progress: 1 %")
    print("Traceback: no module named 'secret-gan'", file=sys.stderr)
    sys.exit(3)
if mode == "hang" or mode == "hang-later" and calls > 5:
    print("thinking about " + lines[0], flush=True)
    time.sleep(300)
if mode == "nothing":
    sys.exit(0)
if mode == "short":
    made.pop()
if mode == "column":
    header = header.replace(header.split(",")[0], "other", 1)
with open(out, "w") as f:
    f.write("\n".join([header] + made) + "\n")
PY

# run NAME MODE [OPTION...]: an audit; its exit status in $status.
run() {
    local name=$1 mode=$2
    shift 2
    "$ASSAY" audit --train "$work/train.csv" --holdout "$work/holdout.csv" --synthetic "$work/candidate.csv" --schema "$samples/schema.json" \
        --only privacy.shadow,privacy.copies --shadows 8 --format json --out "$work/$name" \
        --generator "python3 '$work/my tools/gen.py' $mode {train} {rows} {seed} {out} $work" "$@" >"$work/$name.table" 2>"$work/$name.err"
    status=$?
}
shadow() { json "$work/$1/audit.json" "measure('candidate', 'privacy.shadow')['$2']"; }

# It succeeds: eight runs with eight seeds; the folder holds eight tables and no real rows.
run good good --threads 1
[ "$status" -le 3 ] || fail "a good generator: exit status $status: $(cat "$work/good.err")"
[ "$(shadow good status)" = ok ] || fail "a good generator: $(shadow good reason): $(cat "$work/good.err")"
[ ! -s "$work/good.err" ] || fail "a good generator: $(cat "$work/good.err")"
[ "$(calls)" = 8 ] && [ "$(sort -u "$work/count" | wc -l)" = 8 ] || fail "not eight runs with seeds of their own: $(cat "$work/count")"
[ "$(find "$work/good.work" -name 'shadow-*.csv' | wc -l)" = 8 ] || fail "work folder: $(ls "$work/good.work")"
[ "$(find "$work/good.work" -type f | wc -l)" = 8 ] || fail "something else is left in the work folder: $(ls "$work/good.work")"
[ "$(stat -c %a "$work/good.work")" = 700 ] || fail "the work folder is open to others"
json "$work/good/run.json" "a['generator_runs'][0]['trained'] == 8 and a['generator_runs'][0]['seconds_of_training'] > 0" | grep -q True ||
    fail "run.json does not tell of eight shadows"
grep -qF "$work" "$work/good/audit.json" && fail 'audit.json holds a path'
[ "$(shadow good details | grep -o "'generator': 'python3'")" ] || fail "the generator's name: $(shadow good details)"

# Again, in the same folder: none is trained, the bytes are the same. Two threads and a folder of its own: the same.
run again good --work "$work/good.work" --threads 2
[ "$(calls)" = 8 ] || fail "finished shadows were trained again: $(calls) runs"
cmp -s "$work/good/audit.json" "$work/again/audit.json" || fail 'kept shadows give another audit'
run two good --threads 2
[ "$(calls)" = 16 ] || fail "another folder: $(calls) runs"
cmp -s "$work/good/audit.json" "$work/two/audit.json" || fail 'two threads give another audit'
# More shadows take up those that are there; other rows do not.
run more good --work "$work/good.work" --shadows 12
[ "$(calls)" = 20 ] || fail "four more shadows: $(calls) runs"
sed -i '$d' "$work/train.csv"
run other good --work "$work/good.work"
[ "$(calls)" = 28 ] || fail "another training table: $(calls) runs"
head -n 301 "$samples/train.csv" >"$work/train.csv"
# A program that has changed under the same command is run again, and found again once it is what it was.
cp "$work/my tools/gen.py" "$work/gen.kept"
echo '# a change' >>"$work/my tools/gen.py"
run changed good --work "$work/good.work"
[ "$(calls)" = 36 ] || fail "a changed program: $(calls) runs"
cp "$work/gen.kept" "$work/my tools/gen.py"
run unchanged good --work "$work/good.work"
[ "$(calls)" = 36 ] || fail "the program as it was: $(calls) runs"
cmp -s "$work/good/audit.json" "$work/unchanged/audit.json" || fail 'the program as it was gives another audit'

# What goes wrong: the measure has failed, the rest of the audit stands, and stderr and run.json say why; audit.json names no cell and no path.
wrong() { # MODE MESSAGE OPTION...
    local mode=$1 message=$2 before=$SECONDS
    shift 2
    rm -f "$work/count"
    run "$mode" "$mode" --threads 1 "$@"
    [ "$status" = 3 ] || fail "$mode: exit status $status: $(cat "$work/$mode.err")"
    [ "$(shadow "$mode" status)" = failed ] || fail "$mode: $(shadow "$mode" status)"
    [ "$(json "$work/$mode/audit.json" "measure('candidate', 'privacy.copies')['status']")" = ok ] || fail "$mode: privacy.copies is lost"
    grep -qE "$message" "$work/$mode.err" || fail "$mode: stderr says: $(cat "$work/$mode.err")"
    json "$work/$mode/run.json" "a['generator_runs'][0]['error']" | grep -qE 'shadow [1-8] of 8: ' || fail "$mode: run.json names no shadow"
    shadow "$mode" reason | grep -q 'run.json says' || fail "$mode: the reason is $(shadow "$mode" reason)"
    grep -qE "$work|secret-gan|output-" "$work/$mode/audit.json" && fail "$mode: audit.json tells of it"
    [ $((SECONDS - before)) -lt 60 ] || fail "$mode took $((SECONDS - before)) s"
    [ -z "$(find "$work/$mode.work" -name 'input-*')" ] || fail "$mode: real rows are left in the work folder"
}
wrong fail 'exit status 3'
grep -q "no module named 'secret-gan'" "$work/fail.err" || fail "the command's own words are not shown: $(cat "$work/fail.err")"
wrong hang 'after 1 seconds' --generator-timeout 1 --synthetic second="$work/candidate.csv"
# Two candidates do not wait for it twice.
[ "$(calls)" = 1 ] || fail "hang: $(calls) runs"
wrong nothing 'wrote no file'
wrong short '149 rows, 150 were asked for'
wrong column "column '.*' of train is missing"

# Five shadows done, then a failure; the next audit trains the other three alone and gives what an audit without a break gives.
rm -f "$work/count"
run fail-later fail-later --threads 1
[ "$(find "$work/fail-later.work" -name 'shadow-*.csv' | wc -l)" = 5 ] || fail "finished shadows are lost: $(ls "$work/fail-later.work")"

# Interrupted in mid-run: 130, the command dies, five shadows stay; the same command goes on from there. (A mode by the number of calls.)
rm -f "$work/count"
command=("$ASSAY" audit --train "$work/train.csv" --holdout "$work/holdout.csv" --synthetic "$work/candidate.csv" --schema "$samples/schema.json"
    --only privacy.shadow,privacy.copies --shadows 8 --format json --out "$work/stopped" --work "$work/kept" --threads 1
    --generator "python3 '$work/my tools/gen.py' hang-later {train} {rows} {seed} {out} $work")
interrupted 6 "$work/stopped" "${command[@]}"
[ "$(find "$work/kept" -type f | wc -l)" = 5 ] || fail "after the interrupt: $(ls "$work/kept")"
echo >"$work/count" # calls are counted from one again: three runs do not reach the sixth
"${command[@]}" >/dev/null 2>"$work/stopped.err"
[ "$(calls)" = 4 ] || fail "resumed: $(($(calls) - 1)) runs, not 3"
cmp -s "$work/stopped/audit.json" "$work/good/audit.json" || fail 'the resumed audit differs from one without a break'

# Bad usage is told before anything is read.
usage() { # MESSAGE OPTION...
    local message=$1
    shift
    "$ASSAY" audit --train /nowhere.csv --synthetic /nowhere.csv --out "$work/usage" "$@" >/dev/null 2>"$work/usage.err"
    [ $? = 2 ] || fail "$*: no usage error"
    grep -qF "$message" "$work/usage.err" || fail "$*: $(cat "$work/usage.err")"
}
usage "did you mean 'bootstrap'" --generator bootstrp
usage 'must name {train} and {out}' --generator 'python3 gen.py {train}'
usage 'a quote is not closed' --generator "gen '{train} {out}"
usage 'must be even' --generator bootstrap --shadows 9
usage 'give --generator with it' --shadows 8
usage 'give --generator with it' --work "$work/kept"
usage 'no folder that can be written to' --generator bootstrap --work "$work/train.csv"
usage 'cannot be made' --generator bootstrap --work "$work/absent/kept"
usage 'a folder of its own' --generator bootstrap --work "$work/usage/"
[ ! -e "$work/usage" ] || fail 'bad usage left an output folder'
"$ASSAY" audit --train "$work/train.csv" --synthetic "$work/candidate.csv" --only privacy.shadow --format json --out "$work/none" >/dev/null
[ "$(shadow none status)" = not_measurable ] || fail "without --generator: $(shadow none status)"

# A built-in generator, in memory and with a work folder: the same bytes.
builtin() { "$ASSAY" audit --train "$work/train.csv" --synthetic "$work/candidate.csv" --schema "$samples/schema.json" --only privacy.shadow --shadows 8 --format json --generator builtin:cart "$@" >/dev/null; }
builtin --out "$work/memory"
builtin --out "$work/folder" --work "$work/cart"
builtin --out "$work/folder2" --work "$work/cart" --threads 2
[ "$(shadow memory status)" = ok ] || fail "a built-in generator: $(shadow memory reason)"
[ "$(find "$work/cart" -type f | wc -l)" = 8 ] || fail "a built-in generator's work folder: $(ls "$work/cart")"
cmp -s "$work/memory/audit.json" "$work/folder/audit.json" || fail 'a work folder changes the audit'
cmp -s "$work/memory/audit.json" "$work/folder2/audit.json" || fail 'a full work folder changes the audit'
finish
