#!/bin/sh
# Makes the sample tables anew, byte for byte: datasets/samples/make.sh [FOLDER] (default: this folder). ASSAY names the program.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
assay=${ASSAY:-$here/../../build/assay}

population() { # name seed
    "$assay" generate --method simulate --rows 2500 --seed "$2" --out "$out/$1.csv"
}
candidate() { # name method seed
    "$assay" generate --method "$2" --train "$out/train.csv" --schema "$here/schema.json" --seed "$3" --out "$out/$1.csv"
}

population train 1
population holdout 2
population reserve 3
candidate bootstrap bootstrap 11
candidate independent independent 12
candidate copula copula 13
candidate cart cart 14
candidate leak05 leak05 15
candidate permuted_label permuted-label 16
candidate dropped_group dropped-group 17
