/* What the three risks that regulators name (singling out, linkability, inference) have in common: an attack's counts in, the
 * residual risk with interval and test out, and the words for it. After Giomi, Boenisch, Wehmeyer, Tasnádi 2023, "A unified
 * framework for quantifying privacy risk in synthetic data" (PoPETs 2023 (2), 312).
 *
 * A, B, C: the attack's share of successes on training records, that of random guesses, and that of the same attack on records
 * the generator never saw. The risk is R = (A − C)/(1 − C), within [0, 1]: of what fails on strangers, the part that succeeds
 * on members because they are members. An exact copy has A = 1 and so R = 1, whatever C < 1.
 *
 * Ours: A and C are plain shares; the interval is MOVER-R, because the published one (Wilson's centres, half-widths by
 * propagation) misses the truth in up to 25 % of cases where C is near 1 and sizes differ, and its errors all lie on one side
 * (docs/calibration.md). Attempts that are not independent widen it through `design`. `compat` gives the published one, which
 * takes all attempts for independent.
 *
 * The test of A > C is Fisher's: under the null training records and strangers may change places given the candidate, which for
 * one attempt a record is his permutation test. An attack where one record may count in many attempts permutes records itself
 * and puts its own p-value in. */
#ifndef ASSAY_ATTACKS_DISCLOSURE_RISK_H
#define ASSAY_ATTACKS_DISCLOSURE_RISK_H

#include "metrics/measure.h"

struct attempts {
    size_t made, successes; /* made: carried out, not asked for */
    double design;          /* Kish's design effect: variance of `successes` over that of independent attempts; 0: 1 */
};

struct risk_counts {
    struct attempts attack, baseline, control; /* control.made = 0: none, C = 0 without error */
};

struct risk {
    struct risk_counts counts;
    double attack, baseline, control; /* shares; compat: Wilson centres */
    double value, lo, hi;             /* of R */
    double p_value;                   /* one-sided, A > C; NaN: no control */
    bool beats_baseline; /* A > B by the one-sided lower end of their excess (error 1 − level); compat: by the centres */
    const char *method;  /* of the interval */
};

/* The parameter that chooses the published formulas; measures list it among their own. */
#define RISK_COMPAT                                                                                                            \
    {                                                                                                                          \
        "compat", "1: the published formulas (Wilson centres, propagated errors)", 0, 0, 1                                     \
    }

/* attack.made and baseline.made must not be 0 (the caller's `not_measurable`). */
struct risk risk_assess(const struct risk_counts *counts, double level, bool compat);

/* attack, baseline, control, risk, lo, hi, n, successes, control_successes, baseline_n, beats_baseline, p_value. */
void risk_describe(const struct risk *risk, cJSON *object);

/* Words of the finding: "WHAT SUCCEEDS in 12.0 % of 2000 attempts on training rows …". */
struct risk_words {
    const char *what;    /* the attack as the subject of a sentence, with a capital: "Singling out by one column" */
    const char *opening; /* NULL; or a clause to take the place of that sentence, without full stop */
    const char *remedy;  /* what mends a proven risk, an imperative sentence */
    /* The attack is sure of a record that was copied, whatever the candidate: where it then does no better than guesses, that
     * is no weakness of the attack but what fresh rows show. */
    bool sees_copies;
};

/* Fills value, interval, n, method, finding, remedy; where the attack is no better than guessing, or never fails on strangers,
 * and proves nothing, also `unreliable`: such a low figure must not pass for safety. Details are the caller's. */
void risk_report(const struct risk *risk, const struct risk_words *words, struct result *result);

#endif
