/* From queries to guesses: the solver of the linear reconstruction attack. */
#ifndef ASSAY_ATTACKS_SOLVE_H
#define ASSAY_ATTACKS_SOLVE_H

#include <stdbool.h>

#include "attacks/reconstruction/queries.h"

enum solver { SOLVER_L1, SOLVER_LEAST_SQUARES };
const char *solver_name(enum solver solver); /* "l1", "box least squares" */

/* L1 where its dense normal matrix is affordable: records x (classes − 1) at most `most` (two classes count once). */
enum solver solver_choose(size_t records, size_t classes, size_t most);

struct guesses {
    enum solver solver;
    size_t records, classes;
    double *score;      /* records x classes; the classes of a record need not add up to 1 with least squares */
    uint32_t *guess;    /* two classes: 1 when score >= 1/2; more: the greatest score, ties to the lower class */
    bool *undetermined; /* L1: the score is not the same in all optimal solutions. Least squares: another record takes part in
                           the same queries and their scores are neither all 0 nor all 1 */
    size_t n_undetermined;
    bool converged;
    double gap; /* L1: duality gap; least squares: KKT residual */
};

/* Arrays in the arena. Two classes are one unknown a record, the share of class 1; with least squares every class of several is
 * solved alone (one against the rest), in at most 400 and at least 20 steps a class, in between so many that entries x steps is
 * about `work` (1e8: 0.3 s). */
int guesses_solve(const struct query_set *set, enum solver solver, double work, struct arena *arena, struct guesses *guesses,
                  struct error *error);

#endif
