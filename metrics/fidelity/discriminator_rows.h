/* The rows a discriminator learns from: two tables pooled, as features, cut into folds.
 *
 * Features: every measured column, the target among them. Quantities are scaled by the training table (those constant there
 * by their size); cells missing in either table get an indicator. Levels are train's, one more for all that train lacks and one
 * for missing, so that nothing only one table has goes unseen.
 *
 * Folds: rows in random order, each to the fold with the fewest rows of its table. Rows equal in every cell stay together when
 * there are at most SPREAD of them in both tables: a copied row and its original would otherwise be on either side of the cut,
 * and the learner, who has seen one as real, would call the other real: an AUC below ½ that means nothing. Contents that more
 * rows share are a property of coarse data and are spread like any others. */
#ifndef ASSAY_METRICS_FIDELITY_DISCRIMINATOR_ROWS_H
#define ASSAY_METRICS_FIDELITY_DISCRIMINATOR_ROWS_H

#include "metrics/measure.h"
#include "models/design.h"

#define DISCRIMINATOR_FOLDS   5
#define DISCRIMINATOR_REPEATS 5     /* at most: */
#define DISCRIMINATOR_ENOUGH  5000  /* both tables' rows; fewer are cut into folds so often that they make up as many */
#define DISCRIMINATOR_ROWS    25000 /* more rows of a table: a seeded sample of as many */

struct discriminator_rows {
    struct design design; /* reference rows, then subject rows */
    size_t *columns;      /* schema column of each input: quantities, then factors */
    uint8_t *label;       /* 1: a row of the subject */
    size_t repeats;
    uint8_t *fold[DISCRIMINATOR_REPEATS];
    size_t used[2]; /* rows of reference and subject */
    bool same;      /* both tables, as a whole, hold the same rows as often */
};

/* Everything is from `arena`. ERROR_UNMEASURABLE: no measured column. */
int discriminator_rows_make(const struct measure_task *task, struct arena *arena, struct discriminator_rows *pooled,
                            struct error *error);

#endif
