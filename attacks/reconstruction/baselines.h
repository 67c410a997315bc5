/* What can be guessed without reconstruction: a classifier trained on the synthetic rows, and the nearest completion.
 *
 * Both know the quasi-identifiers of the records and the synthetic rows, and are judged on train's records and on control
 * records that no generator has seen. Samples are seeded; each judges at most the stated number of records, fewer where many
 * secrets share the effort. */
#ifndef ASSAY_ATTACKS_BASELINES_H
#define ASSAY_ATTACKS_BASELINES_H

#include "attacks/reconstruction/coding.h"

#define CLASSIFIER_TRAINING ((size_t)5000) /* synthetic rows trained on */
#define CLASSIFIER_RECORDS  ((size_t)4000) /* records judged */
#define NEAREST_RECORDS     ((size_t)2000)
/* `most` at effort 1, a part of it below, but not fewer than 500. */
size_t baseline_rows(size_t most, double effort);

/* Rows of a table whose secret is known. */
struct known_rows {
    const struct table *table;
    uint32_t *pick, *class; /* row, class of its secret */
    size_t n;
};
int known_rows_find(const struct secret *secret, const struct table *table, struct arena *arena, struct known_rows *rows,
                    struct error *error);

struct tally {
    size_t n, right;
};
double tally_share(struct tally tally); /* NaN when n = 0 */

struct baseline_task {
    const struct table *fitted;                           /* train: fits the encoder and the distance */
    const struct known_rows *train, *control, *synthetic; /* control NULL: its tallies stay 0 */
    const size_t *quasi;
    size_t n_quasi, classes;
    double effort; /* 0 … 1 */
    uint64_t seed;
};
struct baseline {
    struct tally train, control;
};

/* Always the most frequent class of the synthetic rows. */
struct baseline baseline_majority(const struct baseline_task *task);
/* Boosted trees (models/learner.h) on the synthetic rows; the majority where they have one class only. */
int baseline_classifier(const struct baseline_task *task, struct baseline *baseline, struct error *error);
/* The class whose nearest synthetic row (mean rank distance over the quasi-identifiers) is nearer; ties to the class that more
 * synthetic rows have. */
int baseline_nearest(const struct baseline_task *task, struct baseline *baseline, struct error *error);

#endif
