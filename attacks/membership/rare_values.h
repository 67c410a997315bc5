/* Rare values: those that no row of the reference P has.
 *
 * Model (this project's). A stranger's value of column j that P lacks is in the candidate S with chance q_j. How large that is,
 * P itself tells, since a value that one row of P alone has is rare to the rest of P: q_j = (h + ½)/(r + 1), of r such values
 * S holds h (the leave-one-out of Good's missing mass, with Jeffreys counts). A generator that draws column j from the training
 * rows puts each value of a member into S Poisson(1) times more, so a member's rare value is in S with chance
 * t_j = q_j + (1 − q_j)(1 − 1/e). The score is the log-likelihood ratio of the two, columns taken as independent: the sum over
 * the columns where the target's value is rare of
 *   log(t_j/q_j)                   where S holds it,
 *   log((1 − t_j)/(1 − q_j)) = −1  where not. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_RARE_VALUES_H
#define ASSAY_ATTACKS_MEMBERSHIP_RARE_VALUES_H

#include "attacks/membership/value_codes.h"

struct rare_question {
    const struct value_book *book; /* of all values of targets and P */
    const struct value_codes *targets, *reference, *candidate;
    size_t n_members;
    uint8_t *const *kept; /* [column][member] 1: the noisy copy has the value; NULL: copied and noisy are not wanted */
};

/* plain: [targets]; [members] copied: all of the target's values are in S, noisy: those are that its noisy copy keeps. 0 where
 * no value is rare. O(cells). */
int rare_value_scores(const struct rare_question *question, double *plain, double *copied, double *noisy, struct error *error);

#endif
