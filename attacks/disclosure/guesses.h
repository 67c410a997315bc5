/* One secret guessed from the nearest synthetic row: counts of right guesses for members, strangers and random draws.
 *
 * The attacker knows some columns of a person, looks up the nearest synthetic rows that have a value of the secret, all ties
 * included, and guesses the value that most of them have; among equally frequent ones it draws. Ties broken by the order of
 * rows or by the least value would make a guess right or wrong by an accident of the file.
 *
 * A guess g is right for the secret s where
 *   levels, text    they are equal
 *   numbers         |g − s| ≤ tolerance · min(|s|, spread)
 *   dates           |g − s| ≤ tolerance · spread
 * where spread is the distance from train's 5 % to its 95 % quantile (its whole range where they are equal), which one odd
 * value does not move. The published code divides g − s, signed, by g, so that a negative guess or one far below the secret is
 * always right. |s| alone would let any year pass for any other, the spread alone any small income for any other where some
 * are large. A secret of 0 must be guessed exactly.
 *
 * Records whose secret is missing are not attacked: there is nothing to guess. */
#ifndef ASSAY_ATTACKS_DISCLOSURE_GUESSES_H
#define ASSAY_ATTACKS_DISCLOSURE_GUESSES_H

#include "attacks/disclosure/near_rows.h"
#include "attacks/disclosure/risk.h"
#include "core/random.h"

struct guessing {
    /* given */
    size_t column; /* of the secret */
    size_t *known; /* columns without it */
    size_t n_known;

    /* made, in `arena` */
    struct arena *arena;
    struct row_set members; /* attacked */
    bool *right;            /* [members.n] */
    struct risk_counts counts;
    double majority;    /* share of members for whom the candidate's most frequent value is right */
    struct error error; /* code ERROR_UNMEASURABLE: why this secret cannot be attacked */
};

struct guess_options {
    const struct table *train, *strangers, *synthetic;
    size_t attacks;
    double tolerance;
    uint64_t seed;
};

/* Attacks one secret in the calling thread. What cannot be attacked is told in guessing->error with 0 returned. */
int guess_secret(struct guessing *guessing, const struct guess_options *options, struct error *error);

/* The value that most of n ≥ 1 values have (none NaN), drawn among equally frequent ones; sorts the values. */
double most_frequent_value(double *value, size_t n, struct random *random);

/* Whether g is a right guess of s by the rule above. */
struct guess_rule {
    bool quantity, date;
    double spread, tolerance; /* of a quantity */
};
bool guess_is_right(const struct guess_rule *rule, double g, double s);

#endif
