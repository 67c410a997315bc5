#!/bin/bash
# Every bad input ends with exit status 2, one message that says where and what to do, and nothing left at --out.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

good=good.csv
{
    echo 'age,sex,y'
    for i in $(seq 1 60); do echo "$((20 + i)),$([ $((i % 2)) = 0 ] && echo f || echo m),$((i % 3 == 0))"; done
} >$good
cp $good other.csv

# expect NAME STATUS 'words the message must hold; separated by ;' ARGUMENTS…
expect() {
    local name=$1 want=$2 words=$3 word status lines
    shift 3
    rm -rf out
    timeout 120 "$ASSAY" "$@" >stdout 2>stderr </dev/null
    status=$?
    [ "$status" = "$want" ] || fail "$name: exit status $status, expected $want: $(head -c 300 stderr)"
    lines=$(wc -l <stderr)
    [ "$want" != 2 ] || [ "$lines" = 1 ] || fail "$name: $lines lines on stderr instead of one: $(head -c 400 stderr)"
    [ ! -s stdout ] || [ "$want" != 2 ] || fail "$name: something on stdout"
    [ ! -e out ] || [ "$want" != 2 ] || fail "$name: --out was left behind"
    [ -z "$(find . -name '*.part-*' -o -name '*.old-*')" ] || fail "$name: a temporary was left behind"
    IFS=';'
    for word in $words; do
        grep -qF -- "$word" stderr || fail "$name: the message does not say '$word': $(head -c 300 stderr)"
    done
    unset IFS
}

# candidate NAME 'words': the file x.csv as the candidate of a good train.
candidate() {
    expect "$1" 2 "$2" audit --train $good --synthetic x.csv --out out
}
train() {
    expect "$1" 2 "$2" audit --train x.csv --synthetic $good --out out
}

rm -f x.csv
train 'missing file' 'x.csv'
: >x.csv
train 'empty file' 'x.csv;empty'
echo 'age,sex,y' >x.csv
train 'header only' 'x.csv;row'
printf 'age,sex,y\n1,f,0\n2,m\n' >x.csv
candidate 'ragged row' 'x.csv;row 3'
printf 'age,sex,age\n1,f,0\n2,m,1\n' >x.csv
train 'duplicate column' 'x.csv;age'
printf 'age,,y\n1,f,0\n2,m,1\n' >x.csv
train 'empty column name' 'x.csv;column 2'
printf 'age,y\n1,0\n2,1\n' >x.csv
candidate 'column lacking' 'x.csv;sex'
sed 's/^2[0-9],/young,/' $good >x.csv
candidate 'another type' 'x.csv;age;row'
printf 'age,sex,y\n1,f,0\n2,m\0,1\n' >x.csv
candidate 'NUL byte' 'x.csv;NUL'
printf 'age,sex,y\n1,f,0\n2,m\xff\xfe,1\n' >x.csv
candidate 'invalid UTF-8' 'x.csv;UTF-8'
printf 'age,sex,y\n1,f,0\n1e999,m,1\n' >x.csv
candidate 'number out of range' 'x.csv;row 3;age;9x999'
printf 'age,sex,y\n1,f,0\n1e200,m,1\n' >x.csv
candidate 'number too large to square' 'x.csv;row 3;age;9x999'
{ echo 'age;sex;y' && for i in $(seq 40); do echo "$i,5;f;$((i % 2))"; done; } >x.csv
candidate 'decimal commas' "x.csv;row 2;age;'9,9';comma"
train 'decimal commas in train' "x.csv;row 2;age;'9,9';comma"
printf 'age,sex,y\n1,f,0\n2,"m,1\n' >x.csv
candidate 'unclosed quote' 'x.csv;quote'
printf 'age,sex,y\n1,f,0\n"2\n\033[31m",m,1\n' >x.csv
candidate 'line break and terminal control in a cell' 'x.csv;row 3;age;'"'"'9\n\x1b[99x'"'"
rm -f x.csv && mkdir x.csv
candidate 'a directory' 'x.csv;directory'
rmdir x.csv

expect 'unknown target' 2 "--target;sx;'sex'" audit --train $good --synthetic other.csv --target sx --out out
expect 'unknown sensitive' 2 '--sensitive;gender' audit --train $good --synthetic other.csv --sensitive gender --out out
expect 'unknown secret' 2 '--secret;gender' audit --train $good --synthetic other.csv --secret gender --out out
sed 's/,[01]$/,1/' $good >x.csv
expect 'constant target' 2 "target;'y';single value;x.csv" audit --train x.csv --synthetic other.csv --target y --out out
expect 'no train' 2 '--train' audit --synthetic other.csv --out out
expect 'no candidate' 2 '--synthetic' audit --train $good --out out
sed 's/^2/3/' $good >fresh.csv
expect 'holdout that is train' 2 '--train;--holdout;same table' audit --train $good --holdout other.csv --synthetic fresh.csv --out out
expect 'reference that is train' 2 '--train;--reference;same table' audit --train $good --reference other.csv --synthetic fresh.csv --out out
expect 'unknown option' 2 '--holdot;--holdout' audit --train $good --synthetic other.csv --holdot x --out out
expect 'unknown measure' 2 '--only;fidelity.shape' audit --train $good --synthetic other.csv --only fidelity.shape --out out
expect 'unknown format' 2 '--format;docx' audit --train $good --synthetic other.csv --format docx --out out
expect 'bad date' 2 '--date' audit --train $good --synthetic other.csv --date yesterday --out out
expect 'a day that is none' 2 '--date;2026-02-31' audit --train $good --synthetic other.csv --date 2026-02-31 --out out
expect 'no file behind the name' 2 "--synthetic;'other='" audit --train $good --synthetic other= --out out
expect 'a name that is not UTF-8' 2 'name;UTF-8' audit --train $good --synthetic $'\xff=other.csv' --out out
expect 'a name of two lines' 2 'name;two\nlines' audit --train $good --synthetic $'two\nlines=other.csv' --out out
expect 'sensitive and ignored' 2 "'sex';sensitive;ignored" audit --train $good --synthetic other.csv --sensitive sex --ignore sex --out out
expect 'a date with signs' 2 '--date' audit --train $good --synthetic other.csv --date 2026-+1-+1 --out out
SOURCE_DATE_EPOCH=soon expect 'an epoch that is no number' 2 'SOURCE_DATE_EPOCH' audit --train $good --synthetic other.csv --out out
SOURCE_DATE_EPOCH=999999999999999 expect 'an epoch beyond the calendar' 2 'SOURCE_DATE_EPOCH' audit --train $good --synthetic other.csv --out out
expect 'two candidates of one name' 2 "other" audit --train $good --synthetic other.csv --synthetic other.csv --out out
expect 'too little memory' 2 '--memory' audit --train $good --synthetic other.csv --memory 1M --out out

# policies
policy() {
    printf '%s' "$3" >p.json
    expect "$1" 2 "$2" audit --train $good --synthetic other.csv --policy p.json --out out
}
policy 'policy that does not parse' 'p.json;line 1' '{"weights": '
policy 'policy with a duplicate key' 'p.json;k' '{"k": 1, "k": 2}'
policy 'policy with an unknown key' 'p.json;wieghts' '{"wieghts": {}}'
policy 'negative weight' 'p.json;privacy' '{"weights": {"privacy": -1}}'
policy 'weight whose sum would overflow' 'p.json;privacy.copies;from 0 to 1e+06' '{"measure_weights": {"privacy.copies": 1e308, "privacy.identity": 1e308}}'
policy 'alpha without end' 'p.json;alpha;from 0 to 1e+06' '{"alpha": 1e308}'
policy 'k beyond its range' 'p.json;from 1 to 1000000' '{"k": 1e9}'
policy 'gate on an unknown measure' 'p.json;privacy.nothing' '{"gates": [{"measure": "privacy.nothing", "op": "<=", "bound": 1}]}'
expect 'policy without end' 2 '/dev/zero;larger than' audit --train $good --synthetic other.csv --policy /dev/zero --out out
expect 'no such policy' 2 'nosuch;balanced' audit --train $good --synthetic other.csv --policy nosuch --out out

# --out
echo keep >file
rm -rf out
"$ASSAY" audit --train $good --synthetic other.csv --out file >stdout 2>stderr
[ $? = 2 ] && [ "$(cat file)" = keep ] || fail '--out that is a file: not refused, or overwritten'
mkdir full && echo keep >full/mine
"$ASSAY" audit --train $good --synthetic other.csv --out full >stdout 2>stderr
[ $? = 2 ] && [ "$(ls full)" = mine ] || fail '--out with other files in it: not refused, or touched'
# An earlier output is replaced, by several at once too, but never together with a file of the user's.
for seed in 1 2 3; do
    "$ASSAY" audit --train $good --synthetic other.csv --only fidelity.column_shapes --seed $seed --out twice >stdout 2>stderr.$seed &
done
wait
cat stderr.[123] >stderr
[ ! -s stderr ] && [ -s twice/audit.json ] && [ -z "$(ls -d twice.* 2>/dev/null)" ] || fail "three audits into one --out: $(cat stderr)"
echo keep >twice/mine
expect 'a file of the user among the output' 2 "twice;'mine'" audit --train $good --synthetic other.csv --out twice
[ "$(cat twice/mine)" = keep ] || fail 'a file of the user was removed'
expect 'unwritable --out' 2 '/proc/none' audit --train $good --synthetic other.csv --out /proc/none/out
if [ -w /dev/full ]; then
    "$ASSAY" audit --train $good --synthetic other.csv --only fidelity.column_shapes --evidence /dev/full --out out >stdout 2>stderr
    [ $? = 2 ] || fail 'a full disk: wrong exit status'
fi

mkdir -p small
if mount -t tmpfs -o size=48k tmpfs small 2>/dev/null; then
    "$ASSAY" audit --train $good --synthetic other.csv --target y --out small/out >stdout 2>stderr
    status=$?
    left=$(ls -A small)
    umount small
    [ $status = 2 ] && grep -q 'No space left' stderr || fail "a full disk: exit status $status, $(head -c 200 stderr)"
    [ -z "$left" ] || fail "a full disk: '$left' was left behind"
fi

# parameters
audit="audit --train $good --synthetic other.csv --target y"
expect 'a parameter that is none' 2 'has the parameters k, mixture' $audit --set privacy.reconstruction.q=4
expect 'a parameter without parameters' 2 'fidelity.energy has no parameters' $audit --set fidelity.energy.k=4
expect 'a measure that is none' 2 'names no measure' $audit --set privacy.nonsense.k=3
expect 'a parameter out of range' 2 'k goes from 2 to 4' $audit --set privacy.reconstruction.k=9
expect 'a parameter without number' 2 "'x' is no number" $audit --set privacy.reconstruction.k=x
expect 'a parameter without value' 2 'MEASURE.PARAMETER=VALUE' $audit --set privacy.reconstruction.k
expect 'a parameter set twice' 2 'set before' $audit --set privacy.reconstruction.k=2,privacy.reconstruction.k=3
expect 'a claim as a parameter' 2 'claimed-epsilon' $audit --set privacy.epsilon.delta=.1

# finished audits
echo '{"format": "other"}' >x.json
expect 'not an audit' 2 'x.json' gate x.json --policy balanced
expect 'not JSON' 2 'good.csv' report good.csv --out r.pdf

# More than ulimit -f allows is a full disk.
rm -rf out
(ulimit -f 8 && exec "$ASSAY" audit --train $good --synthetic other.csv --target y --out out >stdout 2>stderr)
[ $? = 2 ] && grep -q 'File too large' stderr || fail "ulimit -f: $(cat stderr)"
[ ! -e out ] && [ -z "$(find . -name '*.part-*')" ] || fail 'ulimit -f: something was left behind'

# Stopped in mid-run: 130, nothing half-written.
for i in $(seq 1 400); do sed 1d $good; done >body
{ head -1 $good; cat body; } >big.csv
sed 's/^2/3/' big.csv >held.csv
for signal in INT TERM HUP; do
    rm -rf out
    "$ASSAY" audit --train big.csv --holdout held.csv --synthetic c=big.csv --target y --sensitive sex --out out >stdout 2>stderr &
    pid=$!
    sleep 0.5
    kill -$signal $pid
    wait $pid
    status=$?
    [ "$status" = 130 ] || fail "SIG$signal: exit status $status"
    [ ! -e out ] && [ -z "$(find . -name '*.part-*')" ] || fail "SIG$signal: something was left behind"
done

finish
