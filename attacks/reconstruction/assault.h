/* One secret attacked: reconstruction of train's and of the control's records, and the baselines, as tasks of the pool. */
#ifndef ASSAY_ATTACKS_ASSAULT_H
#define ASSAY_ATTACKS_ASSAULT_H

#include "attacks/reconstruction/baselines.h"
#include "attacks/reconstruction/solve.h"
#include "core/pool.h"
#include "numeric/interval.h"

struct outcome {
    struct tally tally;
    double auc; /* two classes: of class 1; more: mean over the classes, one against the rest */
    size_t undetermined, queries, sets, all_sets, unique;
    enum solver solver;
    bool converged;
    double objective, gap, kkt;
    /* Train's records, in the order of known_rows: score of the true class; with options.ranges its range over all optimal
     * solutions, else NULL. */
    double *score, *least, *greatest;
    struct error refused; /* code ERROR_UNMEASURABLE: why these records could not be attacked */
};

struct assault {
    struct secret secret;
    size_t *quasi; /* without the secret */
    size_t n_quasi;
    struct known_rows train, control, synthetic;
    struct outcome attack, strangers; /* train's records; the control's */
    struct baseline majority, classifier, nearest;
    struct arena *arena; /* holds what the tasks share */
};

struct assault_options {
    size_t least_way, way; /* queries fix least_way − 1 to way − 1 quasi-identifiers */
    enum query_answers answers;
    bool compat;          /* as the authors' program: unsupported queries have the answer 0, no weights */
    bool ranges;          /* of the scores */
    size_t exact_records; /* exact L1 up to so many unknowns */
    size_t max_entries;   /* of the query matrix */
    double work;          /* of a least-squares solve: entries x steps */
    double effort;        /* 0 … 1: part of the entries, work and rows that each secret gets */
    uint64_t seed;
};

/* Fills `n` assaults whose secret, quasi and n_quasi are set; subject: the synthetic table. A secret that cannot be attacked
 * stops none of the others: see assault_why_not. */
int assault_run(struct assault *assaults, size_t n, const struct table *train, const struct table *control,
                const struct table *subject, const struct assault_options *options, struct pool *pool, struct error *error);
const char *assault_why_not(const struct assault *assault); /* NULL: it was attacked */

/* What the attack knows about members beyond anything that works on strangers: its accuracy on train's records minus the best
 * of {majority class on train, and on the control's records: reconstruction, classifier, nearest}. */
struct advantage {
    double value, lo, hi;
    const char *against; /* "majority", "reconstruction", "classifier", "nearest" */
};
struct advantage assault_advantage(const struct assault *assault, double level);

#endif
