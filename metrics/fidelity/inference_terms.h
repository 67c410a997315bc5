/* The terms of the regression of the target on all other columns: main effects, laid out on train alone.
 *
 * A quantity gives one term, (x − mean)/sd of train's present values (missing: 0), and a 0/1 term "is missing" where enough
 * rows of train lack it. A column of levels gives one 0/1 term a level but the most frequent one of train (ties: the lower
 * code), the reference; missing is a level. Levels with fewer than `rare` rows in train, and levels that train lacks, share one
 * term "other", or join the reference where even together they are rare in train. rare = max(min_group, 20, 1 % of train's rows
 * that have a target). Columns come in the schema's order until there are max(1, min(250, rows/5)) terms; one that no longer
 * fits is left out whole, as is one that is constant in train.
 *
 * Target: a quantity is (y − mean)/sd of train; classes are 1 for the positive class of a binary target, or for train's most
 * frequent class among several, 0 for all others. Rows without a target take no part. */
#ifndef ASSAY_METRICS_FIDELITY_INFERENCE_TERMS_H
#define ASSAY_METRICS_FIDELITY_INFERENCE_TERMS_H

#include "metrics/measure.h"

#define INFERENCE_NONE UINT32_MAX

enum inference_term_kind { INFERENCE_NUMBER, INFERENCE_MISSING, INFERENCE_LEVEL, INFERENCE_OTHER };

struct inference_term {
    size_t column;
    enum inference_term_kind kind;
    uint32_t level; /* INFERENCE_LEVEL: code, or CODE_MISSING */
};

/* How one column becomes terms; terms are numbered from 1, 0 is the intercept. */
struct inference_column {
    size_t column;
    bool quantity;
    double mean, sd;
    uint32_t number, indicator; /* quantity; indicator may be INFERENCE_NONE */
    uint32_t *of_code;          /* levels: term of each code of train, INFERENCE_NONE for the reference */
    uint32_t codes;             /* of them; greater codes are unseen: `other` */
    uint32_t of_missing, other;
    uint32_t reference; /* code of the reference level or CODE_MISSING */
};

struct inference_terms {
    enum task_kind kind;
    size_t target;
    uint32_t positive;                 /* classes: the code that counts as 1 */
    size_t positive_rows;              /* of train */
    double target_mean, target_sd;     /* quantity */
    size_t rare;                       /* rows in train below which a level is pooled */
    size_t count;                      /* terms without the intercept */
    const struct inference_term *term; /* count of them; term t of the regression is term[t − 1] */
    size_t columns;
    const struct inference_column *column;
    size_t left_out; /* columns that vary in train and found no room or no frequent level */
};

/* An artifact of train. ERROR_UNMEASURABLE: no column gives a term, or the target does not vary in train. */
int inference_terms_get(const struct measure_task *task, const struct inference_terms **terms, struct error *error);

/* The target of a row, NaN where it is missing. */
double inference_target(const struct inference_terms *terms, const struct table *table, size_t row);

/* The non-zero terms of a row in ascending order, the intercept first. Room for 1 + columns. Returns their number. */
size_t inference_row(const struct inference_terms *terms, const struct table *table, size_t row, uint32_t *index,
                     double *value);

/* "age", "age is missing", "city = Paris", "city = other (<20)"; from the arena, NULL when memory is short. */
const char *inference_term_name(const struct inference_terms *terms, const struct schema *schema, size_t term,
                                struct arena *arena);

#endif
