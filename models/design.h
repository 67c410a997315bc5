/* What the learners see of a design: the feature layout and the cells of the encoded rows.
 *
 * Features are numbered: first the quantities (scaled numbers), then one 0/1 missing indicator for each quantity that train
 * lacks somewhere, then the levels, column after column. Columns that are constant in train carry no feature.
 * Linear learners read all features; tree learners read quantities (NaN = missing) and levels. */
#ifndef ASSAY_MODELS_DESIGN_H
#define ASSAY_MODELS_DESIGN_H

#include "core/arena.h"
#include "core/error.h"

#include <stddef.h>
#include <stdint.h>

#define FEATURE_NONE UINT32_MAX

struct layout {
    size_t quantities;     /* columns with a number */
    size_t factors;        /* columns with levels */
    size_t features;       /* all of them */
    uint32_t *indicator;   /* per quantity: its missing indicator, or FEATURE_NONE */
    uint32_t *first;       /* per factor: its first feature; first[factors] = features */
    uint8_t *last_missing; /* per factor: 1 when its last level stands for missing cells */
};

struct design {
    struct layout layout;
    size_t rows;
    double *number;  /* rows x quantities, (x − mean)/sd of train; NaN = missing */
    uint32_t *level; /* rows x factors, 0 … first[j+1] − first[j] − 1; FEATURE_NONE: a level that train lacks */
    struct arena *arena;
};

struct encoder;
const struct layout *encoder_layout(const struct encoder *encoder);

int layout_copy(const struct layout *from, struct arena *arena, struct layout *to, struct error *error);

/* A noisy copy: every number gets Gaussian noise of eps standard deviations of train, every level is replaced with probability
 * eps by another level of its column, drawn evenly; missing cells stay missing. The noise of a row depends on (seed, eps step,
 * row) alone. */
int design_perturb(const struct design *design, double eps, uint64_t seed, uint64_t step, struct design **out,
                   struct error *error);

/* A copy in which each cell is missing with probability eps: a number NaN, a level that of missing cells where train has one,
 * else FEATURE_NONE. Whether a cell goes depends on (seed, row, cell) and eps alone, not on step: what is missing under a small
 * eps is missing under a larger one. */
int design_drop(const struct design *design, double eps, uint64_t seed, uint64_t step, struct design **out,
                struct error *error);

/* Rows row[0 … n − 1] of a design, each `copies` times in a row. */
int design_pick(const struct design *design, const uint32_t *row, size_t n, size_t copies, struct design **out,
                struct error *error);
/* The rows of `first`, then those of `second`, a design of the same encoder. */
int design_join(const struct design *first, const struct design *second, struct design **out, struct error *error);

/* The cell of an input (quantities, then factors, see encoder_column) of every row i becomes that of row from[i]. scratch: room
 * for a number a row. */
void design_reorder_input(struct design *design, size_t input, const uint32_t *from, double *scratch);

/* The non-zero features of one row for linear learners, in ascending order. index and value: room for
 * 2·quantities + factors. Returns their number. */
size_t design_sparse_row(const struct design *design, size_t row, uint32_t *index, double *value);

#endif
