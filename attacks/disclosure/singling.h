/* Singling out: what the attack with one column and the one with several have in common.
 *
 * Predicates are drawn, numbered attempt by attempt, from a random stream of their own and kept when they match exactly one row
 * of the candidate. Then they are tried on training rows R' and on equally many strangers H' (the larger table is cut at
 * random): success is exactly one row. Where train is larger, a predicate that matches a row of the part of train that was cut
 * off says nothing about R' and is not kept: given that part, R' and H' are still alike if nothing leaked, and a copy still
 * succeeds always.
 *
 * One real row may be singled out by many predicates, so attempts are not independent. Kish's design effect of the k_r
 * predicates that single out row r is Σ k_r²/Σ k_r. The test of A > C takes the rows for exchangeable: row i of R' and row i of
 * H' change places or not, by fair coins; exact for any dependence between predicates. */
#ifndef ASSAY_ATTACKS_DISCLOSURE_SINGLING_H
#define ASSAY_ATTACKS_DISCLOSURE_SINGLING_H

#include "attacks/disclosure/predicates.h"
#include "attacks/disclosure/risk.h"
#include "core/random.h"

enum { SINGLING_HITS = 16 };
enum { SINGLING_ATTACKS, SINGLING_COMPAT, SINGLING_PARAMETERS }; /* both measures' parameters begin with these */

/* One kept predicate and the rows it matches in R' and H', counted up to SINGLING_HITS + 1. */
struct singling_hit {
    size_t train, strangers;
    uint32_t train_row[SINGLING_HITS], strangers_row[SINGLING_HITS]; /* in R' and H' */
};

struct singling {
    const struct measure_task *task;
    const char *id; /* the measure's; names the random streams */
    const struct predicate_index *subject, *train, *strangers, *rest;
    double share;       /* of train that R' is */
    size_t asked;       /* predicates at most */
    size_t n, attempts; /* kept; drawn */
    struct predicate *kept;
    struct singling_hit *hits;
    struct risk_counts counts;
    struct arena *arena;
};

/* Indexes of the tables (artifacts), equal sizes. ERROR_UNMEASURABLE: fewer than 20 real rows on a side, nothing to look at.
 * Close it after a failure too. */
int singling_open(const struct measure_task *task, const char *id, size_t asked, struct singling *singling,
                  struct error *error);
void singling_close(struct singling *singling);

/* Draws the predicate of an attempt; false: this attempt has none. Must depend on the attempt's number alone. */
typedef bool singling_draw(const void *context, uint64_t attempt, struct predicate *predicate);

/* Draws attempts 0 … most − 1 until `asked` different predicates are kept, or until 16,384 attempts in a row brought no new
 * one. subject or rest NULL: not asked whether they match one row, or none. */
int singling_collect(struct singling *singling, singling_draw *draw, const void *context, size_t most, struct error *error);

/* k different numbers below n (all n if k ≥ n), each set with the same chance, in ascending order; returns how many. */
size_t singling_columns(struct random *random, size_t n, size_t k, uint32_t *columns);

/* Tries the kept predicates on R' and H' and fills the counts of attack and control; then those of the baseline: as many
 * predicates of `conditions` random conditions from train's domain (ranges, levels), drawn without a look at any row, on R'. */
int singling_try(struct singling *singling, size_t conditions, struct error *error);

/* The p-value of A > C over 1,999 exchanges of rows: (1 + those with as large a difference)/2000. Predicates that match more
 * than SINGLING_HITS rows of R' and H' together take no part: one half would hold one of them with a chance below 1.3e-4. */
int singling_test(const struct singling *singling, double *p_value, struct error *error);

/* Value, interval, finding, details and evidence of the kept predicates. `attack` names it in the evidence. */
int singling_report(const struct singling *singling, const char *attack, const char *what, struct result *result,
                    struct error *error);

#endif
