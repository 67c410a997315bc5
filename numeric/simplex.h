/* A bounded simplex method that starts inside its polytope: the range of single coordinates of
 *
 *     { (u, T u + const) : lo <= all coordinates <= hi },   u in R^columns
 *
 * The caller gives the tableau T (rows x columns) and one feasible point; no first phase is needed, and each call goes on from
 * the vertex where the last one ended. Variables 0 … columns−1 are u, columns … columns+rows−1 the rows. Nonbasic variables
 * may lie strictly inside their range (superbasic) until they are first moved. Dantzig's rule, Bland's while steps have no
 * length, so it ends. A pivot costs rows x columns multiplications. */
#ifndef ASSAY_NUMERIC_SIMPLEX_H
#define ASSAY_NUMERIC_SIMPLEX_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/error.h"

#include <stdint.h>

struct simplex {
    size_t rows, columns;
    double *tableau;                    /* rows x columns: d basic / d nonbasic; overwritten by pivots */
    double *value, *lo, *hi;            /* by variable; bounds may be infinite */
    uint32_t *basic, *nonbasic;         /* variable of a row, of a column */
    size_t *where;                      /* by variable: its column, or columns + its row */
    double *seen_least, *seen_greatest; /* by variable: over all points visited, hence inner bounds of its range */
    double work, budget;                /* multiplications spent and allowed */
};

/* All arrays from `arena`; the caller fills tableau, value, lo, hi, then calls simplex_begin. */
int simplex_new(struct simplex *simplex, size_t rows, size_t columns, double budget, struct arena *arena, struct error *error);
void simplex_begin(struct simplex *simplex);
/* Moves to a point where the variable is greatest (sign 1) or least (sign −1); its value is then in seen_greatest or
 * seen_least. Returns false when the budget ran out before. An unbounded variable stays where it is. */
bool simplex_push(struct simplex *simplex, uint32_t variable, double sign);

#endif
