/* Marginal ratio (3-way): as marginal_ratio_2.c, over triples of columns (all of 15 columns, 455 drawn at random of more).
 *
 * Knows: S and P. Between the single values and whole rows: it sees generators that repeat parts of records, also where other
 * parts of the row were changed. Reference: this project. */
#include "attacks/membership/attack_list.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    return view->shares_in_candidate[2][plant][target] - view->shares_in_reference[2][target];
}

const struct membership_attack membership_marginal_ratio_3 = {
    .name = "marginal_ratio_3",
    .family = "value",
    .knows = "the candidate and other real rows",
    .guess = "how much oftener the record's triples of values occur in the candidate than among other real rows",
    .score = score,
};
