/* What an audit says of reconstructed secrets: value and interval, the list of secrets, evidence, words. */
#ifndef ASSAY_ATTACKS_RECONSTRUCTION_DETAILS_H
#define ASSAY_ATTACKS_RECONSTRUCTION_DETAILS_H

#include "attacks/reconstruction/assault.h"
#include "metrics/measure.h"

struct skipped {
    size_t column;
    const char *why;
};

struct findings {
    struct assault *assaults; /* attacked secrets, n >= 1 */
    struct skipped *skipped;  /* columns that were to be attacked and could not be */
    size_t n, n_skipped;
    bool named; /* --secret said which */
    const struct assault_options *options;
};

/* The largest advantage over the secrets counts, at level 1 − alpha/n each. */
int findings_write(const struct measure_task *task, const struct findings *all, struct result *result, struct error *error);

#endif
