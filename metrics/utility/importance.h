/* Permutation importance of the columns for one model (Breiman 2001, section 10; Fisher, Rudin, Dominici 2019): how much the
 * score falls when the column's cells are permuted among the test rows. */
#ifndef ASSAY_METRICS_UTILITY_IMPORTANCE_H
#define ASSAY_METRICS_UTILITY_IMPORTANCE_H

#include "metrics/protocol.h"

enum { IMPORTANCE_MOST_ROWS = 4000 }; /* of the test rows: the standard error of an AUC is then under .01 */

struct importance {
    size_t inputs, rows;      /* columns that are features, see encoder_column; test rows used */
    const double *drop;       /* per input */
    const double *replicates; /* protocol->replicates x inputs; NULL when brief */
};

/* An artifact of the model. All models and columns meet the same permutation and the same bootstrap samples. */
int importance_get(const struct measure_task *task, const struct protocol *protocol, const struct trained *trained, bool brief,
                   const struct importance **importance, struct error *error);

#endif
