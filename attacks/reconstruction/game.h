/* The privacy game of reconstruction (Annamalai, Gadotti, Rocher 2024, section 5; Stadler, Oprisanu, Troncoso 2022).
 *
 * One game: draw `records` rows of the population without replacement; choose a target among those that no other record equals
 * in all quasi-identifiers; overwrite its secret by a fair coin; run the generator on the records; attack; see whether the coin
 * was guessed. The coin depends on nothing, so that no population inference can help: chance is 1/2 by construction, and
 * anything above it is leakage about this very record. */
#ifndef ASSAY_ATTACKS_GAME_H
#define ASSAY_ATTACKS_GAME_H

#include "attacks/reconstruction/solve.h"
#include "core/json.h"
#include "generators/generator.h"

struct game_options {
    const struct generator *generator;
    size_t secret;       /* column with two levels in the population */
    const size_t *quasi; /* columns */
    size_t n_quasi;
    size_t records, rows; /* a game's real and synthetic rows */
    size_t way;           /* k: queries fix k − 1 quasi-identifiers and the secret */
    size_t games;
    size_t exact_records; /* exact L1 up to so many records, least squares above */
    uint64_t seed;
    double level;
};

struct game_result {
    size_t games, right;
    double accuracy, lo, hi;    /* of the target's coin; Clopper-Pearson */
    double auc, auc_lo, auc_hi; /* of the target's score; DeLong */
    double all_accuracy;        /* over all records of all games: population inference included */
    double undetermined;        /* share of games whose target was undetermined */
    double unique;              /* mean share of records that are unique in their quasi-identifiers */
    double queries;             /* mean number of queries */
    enum solver solver;
};

/* Games are tasks of the pool; the result is the same for any pool. Errors: too few rows or quasi-identifiers, a secret without
 * two levels, a game without a unique record. */
int game_play(const struct table *population, const struct game_options *options, struct pool *pool, struct game_result *result,
              struct error *error);

#endif
