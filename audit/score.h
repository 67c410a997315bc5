/* Anchored scores: 1 where the subject does as well as what is honest on this data, 0 where it does as badly as the control
 * with the fault. */
#ifndef ASSAY_AUDIT_SCORE_H
#define ASSAY_AUDIT_SCORE_H

#include <stdbool.h>

struct anchor_value {
    double value, lo, hi; /* NaN: no interval */
};

struct anchored_score {
    double score, lo, hi; /* in [0, 1]; NaN when it cannot be said */
    bool usable;          /* may take part in the index */
    const char *why_not;  /* static; NULL when usable */
};

/* score = clamp((m − f)/(c − f)). Not usable when its interval is longer than .9 (the score is given nevertheless), when
 * one of the three is missing, when the intervals of c and f overlap, or when
 * the fault scores better than the honest case (higher: larger is better). The ends of the score come from the ends of m. */
struct anchored_score score_anchor(struct anchor_value m, struct anchor_value c, struct anchor_value f, bool higher);

#endif
