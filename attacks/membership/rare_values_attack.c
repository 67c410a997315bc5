/* Rare values: which of the record's values that no row of P has are in S; a log-likelihood ratio (rare_values.h).
 *
 * Knows: S and P. Guess: a value that nobody else is known to have and that the candidate holds came from the record. Baseline:
 * how often S holds such values of strangers, told from P. Reference: this project. */
#include "attacks/membership/attack_list.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    return view->rare_values[plant][target];
}

const struct membership_attack membership_rare_values = {
    .name = "rare_values",
    .family = "value",
    .knows = "the candidate and other real rows",
    .guess = "which of the record's values that no other known real row has are in the candidate",
    .score = score,
};
