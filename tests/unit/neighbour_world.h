/* Random mixed tables for the neighbour engine, and the definitions of its distances written again, with no code shared. */
#ifndef ASSAY_TESTS_NEIGHBOUR_WORLD_H
#define ASSAY_TESTS_NEIGHBOUR_WORLD_H

#include "core/arena.h"
#include "numeric/neighbours.h"

#define OWNED_COLUMNS 200

struct owned {
    struct neighbour_columns columns;
    struct neighbour_column column[OWNED_COLUMNS];
};

void owned_new(struct owned *table, struct arena *arena, size_t rows, size_t n_columns, const bool *categorical);
double *owned_numbers(struct owned *table, size_t j);
uint32_t *owned_codes(struct owned *table, size_t j);

/* Mixed random rows: few and many levels, a constant and an all-missing column, heavy tails, missing cells, every fifth row a
 * duplicate; `wide` > 1 leaves the first table's range and vocabulary. */
void owned_random(struct owned *table, struct arena *arena, size_t rows, size_t n_columns, uint64_t seed, double wide);
/* Every third of other's first rows becomes a copy of a row of train. */
void owned_copy_some(struct owned *other, const struct owned *train);

/* A table's columns as what the definition is about: numbers, or ranks among train's; and what differences are divided by. */
struct naive {
    enum neighbour_metric metric;
    size_t rows, n_columns;
    bool categorical[OWNED_COLUMNS];
    double *x[OWNED_COLUMNS], divisor[OWNED_COLUMNS], mean[OWNED_COLUMNS]; /* divisor 0: parts are 0 or 1 */
};

void naive_new(struct naive *naive, enum neighbour_metric metric, const struct neighbour_columns *train,
               const struct neighbour_columns *table);
void naive_free(struct naive *naive);
double naive_distance(const struct naive *a, size_t i, const struct naive *b, size_t k);

/* Every `step`-th row's k nearest by selection in (distance, index) order, bit for bit, and the ties. `self`: b is a. */
void expect_nearest(const struct naive *a, const struct naive *b, size_t step, bool self, const struct neighbour_list *list,
                    const char *what);
/* All rows of b as near as every `step`-th row's k-th nearest: no row twice, none too many, none too few. */
void expect_within(const struct naive *a, const struct naive *b, const struct neighbour_table *coded_a,
                   const struct neighbour_table *coded_b, size_t step, const struct neighbour_list *list, const char *what);
/* Every `step`-th row of a and of b. */
void expect_balls(const struct naive *a, const struct naive *b, const double *radius, size_t step,
                  const struct neighbour_balls *balls, const char *what);

#endif
