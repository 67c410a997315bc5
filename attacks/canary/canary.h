/* Canaries for auditing with one run (Steinke, Nasr, Jagielski 2023, arXiv 2305.08846): records that are made up, each put into
 * the training table or left out by a fair coin that only the auditor knows. Who sees the synthetic table and guesses more
 * coins than an ε-private generator allows has refuted ε, whatever depends on what. */
#ifndef ASSAY_ATTACKS_CANARY_CANARY_H
#define ASSAY_ATTACKS_CANARY_CANARY_H

#include "metrics/measure.h"

/* Canaries and their coins. */
struct canaries {
    struct table *table;
    uint8_t *in; /* [table->rows] */
};

/* n canaries, every column uniform over the domain that the schema was fitted on (levels, range, decimals; generators/dp.h), so
 * that most are unlike any real row; no missing cells but where a column has nothing else; text and id cells empty. Coins and
 * rows come of different streams: neither says anything of the other. ERROR_INPUT: train is empty. */
int canaries_draw(const struct table *train, size_t n, uint64_t seed, struct canaries *canaries, struct error *error);
void canaries_free(struct canaries *canaries);

/* Train with the canaries that are in, after its own rows; `replace`: as many of train's rows, at random, leave. ERROR_INPUT
 * when they are too few. */
int canaries_plant(const struct table *train, const struct canaries *canaries, bool replace, uint64_t seed, struct table **out,
                   struct error *error);

/* The key as JSON {format: "assay-canary-key", version, train: {sha256, rows}, columns, canaries: [{in, cells}]}: numbers and
 * dates as numbers, levels as text, missing cells as null. Reading checks train's sha256, so that a key is not used beside
 * another table; levels that no table read so far has are appended to the schema. */
cJSON *canaries_json(const struct canaries *canaries, const struct input_file *train);
int canaries_read(const char *path, const struct input_file *train, struct schema *schema, struct canaries *canaries,
                  struct error *error);

/* Guesses of one half of the canaries by a rule that was chosen on the other. */
struct canary_guess {
    const char *attack;
    bool both;      /* also the lowest scores are called out */
    size_t m, r, v; /* canaries of the half, guesses, right ones */
    double epsilon; /* one_run_epsilon at half of the error */
};

struct canary_verdict {
    struct canary_guess guess[2];
    size_t best; /* the one with the larger bound, 0 if equal */
};

/* All membership attacks score the canaries from the candidate and from `reference`, rows that the attacker may know. Each half
 * of the canaries (seeded) chooses the rule with the largest bound: an attack, the share of guesses (the highest scores: in),
 * and whether as many of the lowest are called out; the rule guesses the other half. The larger bound holds with error alpha.
 * ERROR_UNMEASURABLE: fewer than CANARY_LEAST canaries, or an attack cannot work on these tables. */
enum { CANARY_LEAST = 20 };
int canaries_check(const struct canaries *canaries, const struct table *candidate, const struct table *reference, uint64_t seed,
                   double delta, double alpha, struct pool *pool, struct canary_verdict *verdict, struct error *error);

#endif
