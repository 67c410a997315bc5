/* Proxies that are a share of rows, with the same share of real rows that nobody trained on beside it. */
#ifndef ASSAY_ATTACKS_PROXIES_SHARE_H
#define ASSAY_ATTACKS_PROXIES_SHARE_H

#include "metrics/measure.h"

struct found_share {
    double share;
    size_t n;
    double variance; /* see share_interval */
    double beside;   /* NaN: there are no such rows, or nobody asked */
};

/* The rows beside: strangers, in runs whose details are written; else NULL. */
const struct table *rows_beside(const struct measure_task *task);

/* Wilson's interval of a share of n rows, and in quadrature z² times `variance`: what comes from the choice of the rows of
 * other tables, by the jackknife over them. Within [0, 1]. */
struct interval share_interval(double share, size_t n, double variance, double level);

/* Value, interval, n, method and details ("holdout") of a share. */
int share_result(const struct measure_task *task, const struct found_share *found, struct result *result, struct error *error);

/* " (of the holdout's rows: 1.2 %)", or nothing where there are none. Returns text. */
const char *words_beside(const struct found_share *found, char text[80]);

#endif
