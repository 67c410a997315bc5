/* Columns of a table as the reconstruction attack sees them: small codes, the same code for the same value in all tables.
 *
 * Levels keep their code, missing is a level of its own. Quantities are cut at train's values: one class a value where train
 * has at most `exact` different ones, else at its quantiles ((j/q)-th order statistics, equal edges merged), both ends open;
 * missing is a class of its own. Everything is fitted on train alone; a level that only other tables have matches nobody. */
#ifndef ASSAY_ATTACKS_CODING_H
#define ASSAY_ATTACKS_CODING_H

#include "attacks/reconstruction/queries.h"
#include "datasets/table.h"

#define QUASI_CLASSES  ((size_t)10) /* quantile classes of a quasi-identifier */
#define QUASI_EXACT    ((size_t)20) /* up to so many different values it is not cut */
#define SECRET_CLASSES ((size_t)4)  /* quantile classes of a numeric secret */
#define SECRET_LEVELS  ((size_t)6)  /* classes of a secret with levels: the rarer ones are pooled in the last */

struct coded_column {
    size_t column;
    double *edges; /* quantities: class = number of edges <= value */
    size_t n_edges;
    uint32_t levels; /* codes: 0 … levels − 1; the last is missing, of levels the one before it what the schema lacks */
    bool exact;      /* one code a value of train: not cut at quantiles */
};

struct coding {
    size_t n_columns;
    struct coded_column *columns;
    uint32_t *levels; /* by column: as in columns[].levels */
};

int coding_fit(const struct schema *schema, const size_t *columns, size_t n, struct arena *arena, struct coding *coding,
               struct error *error);
/* The same with up to `exact` values in place of QUASI_EXACT. */
int coding_fit_values(const struct schema *schema, const size_t *columns, size_t n, size_t exact, struct arena *arena,
                      struct coding *coding, struct error *error);
/* The codes of rows pick[0 … n−1] of the table. */
int coding_apply(const struct coding *coding, const struct table *table, const uint32_t *pick, size_t n, struct arena *arena,
                 struct query_table *out, struct error *error);

/* What is to be guessed. */
struct secret {
    size_t column;
    size_t classes;
    double *edges; /* quantities */
    size_t n_edges;
    uint32_t *class_of; /* levels: class of each train level */
    size_t n_levels;
};

/* ERROR_UNMEASURABLE when the column has fewer than two classes in train. Two levels in train: classes 0 and 1 in code order;
 * up to SECRET_LEVELS levels: one class each, most frequent first. A quantity whose least value is so frequent that all
 * quantiles fall on it: that value, and all above it. */
int secret_fit(const struct table *train, size_t column, struct arena *arena, struct secret *secret, struct error *error);
/* Class of a cell; CODE_MISSING where it is missing or a level that train lacks. */
uint32_t secret_class(const struct secret *secret, const struct table *table, size_t row);
/* The rows whose secret is known, and their classes; both with room for all rows. Returns how many. */
size_t secret_known(const struct secret *secret, const struct table *table, uint32_t *pick, uint32_t *class);

#endif
