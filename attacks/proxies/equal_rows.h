/* Which rows of two tables are equal, and in how many rows: for shares of exact matches and their jackknife. */
#ifndef ASSAY_ATTACKS_PROXIES_EQUAL_ROWS_H
#define ASSAY_ATTACKS_PROXIES_EQUAL_ROWS_H

#include "attacks/tables.h"

/* Arrays of a.rows, b.rows: rows of the first table named that equal row i of the other (itself counted). */
struct equal_rows {
    size_t n_a, n_b;
    uint32_t *a_in_a, *a_in_b; /* for each row of a */
    uint32_t *b_in_a, *b_in_b; /* for each row of b */
};

/* Counts of two coded tables with n_a and n_b rows, in the arena. O(rows · columns). */
int equal_rows_count(const struct neighbour_table *a, size_t n_a, const struct neighbour_table *b, size_t n_b,
                     struct arena *arena, struct equal_rows *rows, struct error *error);

/* The same of two tables in all measured columns. */
int equal_rows_of(const struct measure_task *task, const struct table *a, const struct table *b, struct arena *arena,
                  struct equal_rows *rows, struct error *error);

#endif
