/* The privacy game of reconstruction (Annamalai, Gadotti, Rocher 2024, section 5; Stadler, Oprisanu, Troncoso 2022).
 *
 * One game: draw `records` rows of the population without replacement; choose a target among those that no other record equals
 * in all quasi-identifiers; overwrite its secret by a fair coin; run the generator on the records; attack; see whether the coin
 * was guessed. The coin depends on nothing, so that no population inference can help: chance is 1/2 by construction, and
 * anything above it is leakage about this very record. A secret with more than two levels gets one of its two most frequent
 * ones, and the guess is the one of the two with the larger score: chance is 1/2 there too. Two games in a row have opposite
 * coins, so that luck with the coins does not pass for a leak.
 *
 * Several numbers of synthetic rows are played in the same games: the same records, target and coin. Built-in generators make
 * one table of the largest number a game, and its first rows serve as the smaller ones: their rows are exchangeable, so that
 * the first m of M rows are distributed like m. An outside command is run once for each number unless `prefix` says that its
 * rows are exchangeable too. */
#ifndef ASSAY_ATTACKS_GAME_H
#define ASSAY_ATTACKS_GAME_H

#include "attacks/reconstruction/solve.h"
#include "core/progress.h"
#include "generators/command.h"

enum { GAME_POINTS = 16 };

struct game_options {
    const struct generator_choice *generator;
    double timeout;      /* seconds, for one run of a command */
    bool prefix;         /* a command's first rows serve as its smaller tables */
    const char *work;    /* folder for finished games, and for the files of a command, which needs one; NULL: none is kept */
    size_t secret;       /* column with two levels or more in the population */
    const size_t *quasi; /* columns */
    size_t n_quasi;
    size_t records;     /* a game's real rows */
    size_t n_rows;      /* 1 … GAME_POINTS */
    const size_t *rows; /* its synthetic rows, ascending, all different */
    size_t way;         /* k: queries fix k − 1 quasi-identifiers and the secret */
    size_t games;
    size_t exact_records; /* exact L1 up to so many records, least squares above */
    uint64_t seed;
    double level;
    struct progress *progress; /* one step a game; NULL: none */
};

/* Of all games with one number of synthetic rows. */
struct game_point {
    size_t rows, right;
    double accuracy, lo, hi;    /* of the target's coin; Clopper-Pearson */
    double auc, auc_lo, auc_hi; /* of the target's score; DeLong */
    double all_accuracy;        /* over all records of all games: population inference included */
    double undetermined;        /* share of games whose target was undetermined */
    double queries;             /* mean number of queries */
};

struct game_result {
    struct game_point point[GAME_POINTS]; /* n_rows of them, in the order of options->rows */
    size_t games, kept;                   /* kept: found in the work folder */
    double unique;                        /* mean share of records that are unique in their quasi-identifiers */
    double majority;                      /* mean share of the records with the most frequent secret */
    size_t classes;                       /* of the secret */
    enum solver solver;
    char tail[PROCESS_TAIL + 1]; /* the last words of a command that failed */
};

/* Games are tasks of the pool; the result is the same for any pool, with and without a work folder (but for `kept`). Errors:
 * too few rows or quasi-identifiers, a secret without two levels, a game without a unique record, a work folder that cannot be
 * written to, a generator that fails; games that were finished before are in the work folder then. */
int game_play(const struct table *population, const struct game_options *options, struct pool *pool, struct game_result *result,
              struct error *error);

#endif
