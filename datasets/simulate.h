/* A population with known truth: applicants for a consumer loan at an invented bank.
 *
 * Person number r of seed s is a function of (s, r) alone, so that a table of 1,000 rows is the head of one of 10,000 and any
 * part can be drawn on its own. The columns, in order (docs/simulation.md has the formulas and the reasons):
 *
 *   sex                female, male                  sensitive; independent of everything but the score
 *   age                years, 18 … 80
 *   origin             north, south, east, overseas  sensitive, four levels, one rare; acts on region alone
 *   region             ten levels, the rarest 0.7 %
 *   education          five levels, ordered in meaning
 *   marital_status     five levels, one rare; 2 % missing completely at random
 *   employment         five levels
 *   employment_since   date; missing for all who do not work (structural)
 *   income             whole euro a month, lognormal; 4 % missing completely at random
 *   existing_loans     0, 1, 2, …
 *   debt_ratio         three decimals; missing at random: 30 % of the self-employed, 5 % of the others
 *   balance            cents, may be negative; nearly unique
 *   credit_score       points: 600 + 100·s, s = w·x + noise − 0.2·[female]
 *   long_term_illness  no, yes: the secret; partly predictable
 *   approved           no, yes: the target; logistic in the score and income, with interactions
 *
 * The injected bias: women get 20 points less for equal merit, and nothing else depends on sex. So the mean gap of the score is
 * exactly 20 points, and the parity gap of `approved` is that bias and nothing else. For origin the true gap is zero. */
#ifndef ASSAY_DATASETS_SIMULATE_H
#define ASSAY_DATASETS_SIMULATE_H

#include "datasets/table.h"

enum simulated_column {
    SIMULATED_SEX,
    SIMULATED_AGE,
    SIMULATED_ORIGIN,
    SIMULATED_REGION,
    SIMULATED_EDUCATION,
    SIMULATED_MARITAL_STATUS,
    SIMULATED_EMPLOYMENT,
    SIMULATED_EMPLOYMENT_SINCE,
    SIMULATED_INCOME,
    SIMULATED_EXISTING_LOANS,
    SIMULATED_DEBT_RATIO,
    SIMULATED_BALANCE,
    SIMULATED_CREDIT_SCORE,
    SIMULATED_ILLNESS,
    SIMULATED_APPROVED,
    SIMULATED_COLUMNS
};

/* One person with nothing missing and with the two probabilities that the yes/no columns are drawn with. */
struct simulated_person {
    double value[SIMULATED_COLUMNS]; /* quantities: the value (dates: days since 1970-01-01); levels: the code */
    double p_illness, p_approved;
    unsigned missing; /* bit c: column c is missing in the table */
};

void simulate_person(uint64_t seed, uint64_t row, struct simulated_person *person);

/* Persons 0 … rows−1 of the seed as a table named `name`. *schema NULL: a new schema (free with schema_free) with the roles
 * above and the ranges of this table; otherwise an earlier one is used as it is. The vocabulary is the population's, also where
 * a small table lacks a rare level. Cost: about 1 µs a row. */
int simulate_population(size_t rows, uint64_t seed, const char *name, struct schema **schema, struct table **table,
                        struct error *error);

/* What is known about the population. Where no closed form is given: from 5e7 simulated persons (seeds 1001 … 1050 of 1e6
 * each). */
double simulate_truth(const char *name); /* NaN: unknown name */

#endif
