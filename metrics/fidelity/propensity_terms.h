/* The terms of a propensity model of two tables: intercept, main effects, products of two of them.
 *
 * Main effects: a number scaled by train (missing: 0 and an indicator), one 0/1 term a level but train's most frequent one, one
 * for levels that train lacks, one for missing. Products: of terms of two columns, indicators left out, levels only where
 * PAIR_ROWS training rows have both. When they are too many, those whose terms correlate most in train take part: chosen
 * without a look at the subject. */
#ifndef ASSAY_METRICS_FIDELITY_PROPENSITY_TERMS_H
#define ASSAY_METRICS_FIDELITY_PROPENSITY_TERMS_H

#include "metrics/measure.h"
#include "numeric/logit.h"

#define PROPENSITY_ROWS  10000 /* more rows of a table: a seeded sample of as many */
#define PROPENSITY_TERMS 150   /* at most, and at most rows/10; levels leave half of them to products */

struct propensity_product {
    uint32_t a, b; /* main terms */
};

struct propensity_terms {
    const struct measure_task *task;
    size_t rows, count[2];      /* rows taken of both, of reference and of subject */
    const struct table **table; /* per row */
    uint32_t *row;
    uint8_t *label;             /* 1: subject */
    size_t columns;             /* measured */
    const size_t *column;       /* schema column */
    uint32_t *number;           /* per measured quantity: its term */
    uint32_t **level_term;      /* per measured column of levels: code -> term; PROPENSITY_NONE: the reference */
    uint32_t *unseen, *missing; /* per measured column: terms, or PROPENSITY_NONE */
    uint32_t *owner;            /* per main term: measured column; the intercept: PROPENSITY_NONE */
    double *mean, *scale;       /* per measured column */
    size_t main;                /* main terms, intercept included */
    size_t level_terms, levels; /* levels with a term of their own, and how many there would be */
    struct propensity_product *product;
    size_t products, possible; /* that take part, that there are */
    double *x;                 /* rows x (main + products), each row as its terms, main, then products; NULL where too many */
};

#define PROPENSITY_NONE UINT32_MAX

/* Everything from `arena`. ERROR_UNMEASURABLE: no measured column. */
int propensity_terms_make(const struct measure_task *task, struct arena *arena, struct propensity_terms *terms,
                          struct error *error);

/* More terms than so many rows can tell anything of: no model is fitted. */
static inline bool propensity_too_many(const struct propensity_terms *terms)
{
    return terms->main > terms->rows / 4;
}

static inline const double *propensity_row(const struct propensity_terms *terms, size_t row)
{
    return terms->x + row * (terms->main + terms->products);
}

#endif
