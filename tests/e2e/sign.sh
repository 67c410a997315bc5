#!/bin/bash
# Signed audits: one byte changed anywhere, a file added, taken out or put in another's place is found; the inputs are compared;
# signatures are reproducible, and minisign and sha256sum read them where they are installed (tests/unit/test_minisign.c holds
# files of minisign's own).
. "$(dirname "$0")/common.sh"
if [ "${SANITIZED:-}" = thread ]; then
    echo 'skipped: it is about what is written, not about threads'
    exit 77
fi
cd "$work" || exit 1

# expect STATUS WORDS ARGUMENTS...: of assay; WORDS must be in what it prints.
expect() {
    local want=$1 words=$2 status
    shift 2
    "$ASSAY" "$@" >stdout 2>stderr
    status=$?
    [ $status = "$want" ] || fail "assay $*: exit status $status instead of $want: $(tail -n 3 stdout stderr)"
    cat stdout stderr | grep -qF -- "$words" || fail "assay $*: does not say '$words': $(tail -n 3 stdout stderr)"
}
tables=(--train "$samples/train.csv" --holdout "$samples/holdout.csv" --synthetic cop="$samples/copula.csv" --synthetic "$samples/cart.csv")
audit() { "$ASSAY" audit "${tables[@]}" --only fidelity.column_shapes --date 2026-01-02 "$@" >stdout 2>stderr; }

# Keys.
expect 0 'not encrypted' keygen key
[ "$(stat -c %a key)" = 600 ] || fail "the secret key can be read by others: $(stat -c %a key)"
cp key kept
expect 2 'is there already' keygen key
rm key.pub
expect 2 'is there already' keygen key
cmp -s key kept || fail 'keygen overwrote a key'
"$ASSAY" keygen other 2>/dev/null && mv other.pub key.pub && rm -f key && mv other key
"$ASSAY" keygen another 2>/dev/null
expect 2 'cannot write' keygen no/such/folder
expect 2 'keygen takes one FILE' keygen

# Signing: the same signature for the same audit; the time is that of --date; the key is read before the work.
audit --sign key --threads 1 --out out || fail "a signed audit: $(cat stderr)"
audit --sign key --threads 2 --out again || fail "a signed audit: $(cat stderr)"
[ ! -s stderr ] || fail "a note without need: $(cat stderr)"
cmp out/audit.json.minisig again/audit.json.minisig || fail 'the signature is not reproducible'
grep -q "^trusted comment: timestamp:$(date -u -d 2026-01-02 +%s)"$'\tfile:audit.json\thashed$' out/audit.json.minisig || fail 'no time of the audit in the comment'
(cd out && sha256sum --quiet -c SHA256SUMS) || fail 'sha256sum does not confirm the list'
[ "$(ls out | grep -v '^SHA256SUMS' | sort)" = "$(cut -c67- out/SHA256SUMS | sort)" ] || fail 'the list is not of all files'
audit --sign key --format json --out few && [ "$(ls few | wc -l)" = 5 ] || fail "--format json, signed: $(ls few)"
expect 0 'as it was signed' verify few --key key.pub
audit --sign nokey --out none && fail 'a key that is not there is passed over'
audit --sign key.pub --out none && fail 'a public key signs'
[ ! -e none ] && grep -q "no secret key" stderr || fail "a public key as --sign: $(cat stderr)"
audit --out none && [ ! -e none/SHA256SUMS ] || fail 'an audit without --sign is signed'

chmod 640 key && audit --sign key --format json --out open && chmod 600 key
grep -q "may read or write the secret key 'key' (mode 640)" stderr || fail "a key that others can read: $(cat stderr)"
expect 2 "cannot read the public key '.': Is a directory" verify out --key .

# All is well: with the key, with the inputs, without the key.
expect 0 'as it was signed' verify out --key key.pub
grep -q 'not checked: train, holdout, candidate cop, candidate cart' stdout || fail "what was not checked is not said: $(cat stdout)"
expect 0 'as it was signed' verify out/ --key key.pub "${tables[@]}"
grep -q 'not checked' stdout && fail "all was given, and something not checked: $(cat stdout)"
[ "$(grep -c 'is the file that was audited' stdout)" = 4 ] || fail "inputs: $(cat stdout)"
expect 3 'nothing says who wrote them' verify out

# The inputs.
sed '$ s/.$//' "$samples/train.csv" >short.csv
expect 1 'WRONG  train' verify out --key key.pub --train short.csv
expect 1 'WRONG  candidate cart' verify out --key key.pub --synthetic cart="$samples/copula.csv"
expect 1 'the audit had no such input' verify out --key key.pub --synthetic new="$samples/copula.csv"
expect 1 'the audit had no such input' verify out --key key.pub --reference short.csv
expect 2 'cannot open' verify out --key key.pub --train none.csv

# Usage.
expect 2 'takes one DIR' verify --key key.pub
expect 2 'no directory' verify key --key key.pub
expect 2 'cannot open the public key' verify out --key none.pub
expect 2 'no public key' verify out --key key
expect 1 'missing' verify none --key key.pub
expect 1 'missing' verify none

# Who signed.
expect 1 'another key' verify out --key another.pub
audit --sign another --out forged
expect 1 'another key' verify forged --key key.pub
{ sed -n 1p key.pub; sed -n 2p another.pub; } >mixed.pub
expect 1 'another key' verify out --key mixed.pub

# tampered NAME COMMAND...: in a fresh copy; with the key and without it.
tampered() {
    local name=$1
    shift
    rm -rf copy && cp -a out copy
    (cd copy && "$@") || fail "$name: could not be done"
    expect 1 'WRONG' verify copy --key key.pub
    case $name in *signature*) ;; *) expect 1 'WRONG' verify copy ;; esac
}
for file in $(ls out); do
    tampered "$file of SHA256SUMS.minisig's signature taken out" rm "$file"
    tampered "$file: a link" sh -c "mv $file ../aside && ln -s ../aside $file"
done
tampered 'a file added' touch extra
tampered 'a hidden file added' touch .hidden
tampered 'a folder added' mkdir folder
tampered 'a file renamed' mv summary.md summary2.md
tampered 'the two signatures swapped' sh -c 'mv audit.json.minisig x && mv SHA256SUMS.minisig audit.json.minisig && mv x SHA256SUMS.minisig'
tampered 'all signatures of another run' sh -c 'cp ../few/SHA256SUMS* .'
tampered 'all signatures of another key' sh -c 'cp ../forged/*.minisig .'
tampered 'a pipe' sh -c 'rm report.pdf && mkfifo report.pdf'
tampered 'the list calls on other folders, no signature' sh -c 'echo "$(sha256sum ../key | cut -c-64)  ../key" >>SHA256SUMS'

# One byte of anything: every byte of what is small, 40 of what is large, one bit each.
export ASSAY
rm -rf copy && cp -a out copy
python3 - <<'PY' || fail 'a changed byte goes unnoticed'
import os, subprocess
missed = 0
for name in sorted(os.listdir('out')):
    path = 'copy/' + name
    good = open('out/' + name, 'rb').read()
    step = 1 if len(good) < 800 and name.endswith('.minisig') else max(1, len(good) // 40)
    for at in range(0, len(good), step):
        with open(path, 'wb') as f:
            f.write(good[:at] + bytes([good[at] ^ (1 << at % 8)]) + good[at + 1:])
        status = subprocess.run([os.environ['ASSAY'], 'verify', 'copy', '--key', 'key.pub'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        if status != 1:
            missed += 1
            print(name, 'byte', at, 'changed: exit status', status)
    open(path, 'wb').write(good)
    open(path, 'ab').write(b'\n')
    if subprocess.run([os.environ['ASSAY'], 'verify', 'copy', '--key', 'key.pub'], stdout=subprocess.DEVNULL).returncode != 1:
        missed += 1
        print(name, 'a line more goes unnoticed')
    open(path, 'wb').write(good)
raise SystemExit(missed > 0)
PY
expect 0 'as it was signed' verify copy --key key.pub

# An encrypted key (its password in the environment), and minisign itself.
cat >sealed.key <<'KEY'
untrusted comment: minisign encrypted secret key
RWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AAAgAAAAAAAAAAAEAAAAAPUYLA99cX4tSnbv7X1qdupDs7PB3DhLe8AqeCtFXO6/3L9Orwg9QYbVL0n2rPoHLpuQpN23KBpZ0AmW2GGM0lck+EDOULfiRuJ1exhAjpLiKX/F8UD4+KYHCKldXSHsTEwuQmBixUUw=
KEY
printf 'untrusted comment: minisign public key 405CD9E34C8DF1C8\nRWTI8Y1M49lcQAowYGIy+hPVqKLmUuuHhAgf+UvdjpAnZYkm08DbD6+L\n' >sealed.pub
audit --sign sealed.key --out sealed && fail 'an encrypted key without its password signs'
grep -q ASSAY_KEY_PASSWORD stderr || fail "an encrypted key: $(cat stderr)"
ASSAY_KEY_PASSWORD='correct horse' audit --sign sealed.key --out sealed || fail "an encrypted key: $(cat stderr)"
expect 0 'signed with key 405CD9E34C8DF1C8' verify sealed --key sealed.pub
if command -v minisign >/dev/null; then
    minisign -Vm out/audit.json -p key.pub >/dev/null && minisign -Vm out/SHA256SUMS -p key.pub >/dev/null || fail 'minisign does not confirm our signatures'
    (cd none && sha256sum ./* | sed 's/\.\///' >../sums && mv ../sums SHA256SUMS && minisign -S -s ../key -m audit.json >/dev/null &&
        sha256sum audit.json.minisig >>SHA256SUMS && minisign -S -s ../key -m SHA256SUMS >/dev/null)
    expect 0 'as it was signed' verify none --key key.pub
fi

finish
