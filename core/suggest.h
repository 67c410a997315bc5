/* "Did you mean …": the candidate nearest to a mistyped word, by the number of insertions, deletions, replacements and swaps of
 * neighbours (Damerau 1964, the restricted form; O(length²)).
 *
 *     struct suggestion suggestion = suggest_start("--trian");
 *     suggest_offer(&suggestion, "--train");
 *     const char *best = suggest_best(&suggestion);     // "--train"
 */
#ifndef ASSAY_CORE_SUGGEST_H
#define ASSAY_CORE_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *word, *best;
    size_t distance;
};

struct suggestion suggest_start(const char *word);
void suggest_offer(struct suggestion *suggestion, const char *candidate); /* of two equally near ones the first counts */
const char *suggest_best(const struct suggestion *suggestion);            /* NULL when none is near */

/* Words longer than 63 bytes are compared by their first 63. */
size_t suggest_distance(const char *a, const char *b);

#endif
