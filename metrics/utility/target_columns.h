/* Every column in turn as the target of models: which ones real rows can predict, and how much of it a subject teaches.
 *
 * Skill puts classes and numbers on one scale, 0 for chance and 1 for no error: 2·AUC − 1 (Somers' D of the score; classes:
 * mean one against the rest), or R². Two cheap learners of different kinds are asked, a linear model and a decision tree; skill
 * is their mean. */
#ifndef ASSAY_METRICS_UTILITY_TARGET_COLUMNS_H
#define ASSAY_METRICS_UTILITY_TARGET_COLUMNS_H

#include "metrics/protocol.h"

extern const char *const target_learners[]; /* names; ends with NULL */

struct target_column {
    size_t column;
    bool classes;
    bool kept;                   /* the lower end of its skill's interval is above 0 */
    const char *reason;          /* why it is no target: NULL where it could be one */
    double skill, lo, deviation; /* of models of real rows on the holdout; deviation: bootstrap standard error */
    struct dataset data;         /* the audit's, with this target and the drawn rows */
    struct artifacts *artifacts; /* encoder, test rows and models of this target */
};

/* An artifact of train and holdout. */
struct target_columns {
    size_t n, tried, kept; /* measured columns; those that could be a target; those that real rows predict */
    double z;              /* half width of an interval in standard errors: intervals hold for all tried columns at once */
    struct table *train, *holdout; /* the drawn rows */
    struct target_column *column;
};

/* rows: the most rows of a table that take part. */
int target_columns_get(const struct measure_task *task, size_t rows, const struct target_columns **columns,
                       struct error *error);

/* Seeded rows of a table, all of them where there are no more than `rows`. The same rows of any two tables as long. */
int target_rows_sample(const struct table *table, size_t rows, uint64_t seed, struct table **out, struct error *error);

/* What is lost on one kept column. */
struct target_gap {
    const struct target_column *of;
    const char *reason; /* the subject teaches nothing: why; tstr is then 0 */
    double trtr, tstr;  /* skill */
    double deviation;   /* bootstrap standard error of trtr − tstr */
    size_t replicates;
    double replicate[PROTOCOL_REPLICATES]; /* of trtr − tstr; none when brief */
};

/* task: the audit's, with the drawn rows as subject and honest_test. ERROR_UNMEASURABLE: the test rows leave it undefined,
 * which happens in the honest case alone. Strings from `arena`. */
int target_gap_get(const struct measure_task *task, const struct target_column *column, bool brief, struct arena *arena,
                   struct target_gap *gap, struct error *error);

#endif
