/* Value ratio (1-way): mean over columns of log((c_S(x_j) + ½)/(m + 1)) − log((c_P(x_j) + ½)/(p + 1)), exact values, missing
 * one of them.
 *
 * Knows: S and P. It sees a generator that repeats rare values exactly (an amount, a date), which no distance shows, and
 * misses one that adds noise to every number; distance attacks do the opposite. Reference: this project; the statistic is a
 * naive-Bayes likelihood ratio with Jeffreys counts. */
#include "attacks/membership/attack_list.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    return view->shares_in_candidate[0][plant][target] - view->shares_in_reference[0][target];
}

const struct membership_attack membership_value_ratio = {
    .name = "value_ratio",
    .family = "value",
    .knows = "the candidate and other real rows",
    .guess = "how much oftener the record's single values occur in the candidate than among other real rows",
    .score = score,
};
