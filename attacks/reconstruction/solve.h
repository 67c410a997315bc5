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
    /* With options.ranges, else NULL: records x classes, the range of the score over the optimal solutions, or, where the
     * effort for it was spent, 0 to 1. Least squares: what records that no query tells apart can trade among each other. */
    double *least, *greatest;
    bool converged;
    /* Proven: the optimum is at most `gap` below the objective. Least squares of several classes: summed over the classes. */
    double objective, gap;
    double kkt; /* least squares: length of the projected gradient relative to its start, the worst class */
};

struct solve_options {
    enum solver solver;
    double work;     /* of a least-squares solve: entries x steps */
    bool ranges;     /* find least and greatest */
    bool unweighted; /* all queries count alike, as in the published attack */
};

/* Arrays in the arena. Two classes are one unknown a record, the share of class 1; with least squares every class of several is
 * solved alone (one against the rest), in at most 400 and at least 20 steps a class, in between so many that entries x steps is
 * about `work` (1e8: 0.3 s). */
int guesses_find(const struct query_set *set, const struct solve_options *options, struct arena *arena, struct guesses *guesses,
                 struct error *error);
/* The same, weighted and without ranges. */
int guesses_solve(const struct query_set *set, enum solver solver, double work, struct arena *arena, struct guesses *guesses,
                  struct error *error);

#endif
