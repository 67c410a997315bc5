/* Marginal ratio (2-way): the mean over pairs of columns of log((c_S(x_i, x_j) + ½)/(m + 1)) − log((c_P(x_i, x_j) + ½)/(p +
 * 1)), exact values.
 *
 * Knows: S and P. It sees a generator that repeats pairs of values too often: trees and marginals fitted too closely, where
 * every single value is common. A planted set of single values moves it where a rare value comes to stand beside a common one.
 * Reference: this project, after the value ratio; the counts are those that marginal-based generators release (McKenna,
 * Miklau, Sheldon 2021, arXiv 2108.04978). */
#include "attacks/membership/attack_list.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    return view->shares_in_candidate[1][plant][target] - view->shares_in_reference[1][target];
}

const struct membership_attack membership_marginal_ratio_2 = {
    .name = "marginal_ratio_2",
    .family = "value",
    .knows = "the candidate and other real rows",
    .guess = "how much oftener the record's pairs of values occur in the candidate than among other real rows",
    .score = score,
};
