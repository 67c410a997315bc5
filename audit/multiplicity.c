#include "audit/multiplicity.h"

#include <math.h>
#include <string.h>

bool ruling_can_be_proven(const struct gate *gate)
{
    return gate->on == GATE_ON_INTERVAL || gate->on == GATE_ON_SCORE || gate->on == (gate->at_most ? GATE_ON_LO : GATE_ON_HI);
}

static bool takes_part(const struct ruling *ruling)
{
    return ruling_can_be_proven(ruling->gate) && !ruling->evidence.missing;
}

static double chance_of(const struct ruling *ruling)
{
    const struct evidence *evidence = &ruling->evidence;
    const double half = ruling->gate->at_most ? evidence->unclipped - evidence->lo : evidence->hi - evidence->unclipped;
    const double z = normal_quantile(1 - (1 - evidence->level) / 2);

    /* Without a width the value is exact. */
    return half > 0 ? normal_upper(z * fabs(evidence->unclipped - ruling->gate->bound) / half) : 0;
}

static bool same_scale(const struct gate *a, const struct gate *b)
{
    return (a->on == GATE_ON_SCORE) == (b->on == GATE_ON_SCORE) && a->at_most == b->at_most &&
           strcmp(a->subject, b->subject) == 0;
}

/* Subjects with a gate that is not rejected (rejected: p_adjusted is known). */
static size_t count_left(const struct ruling *rulings, size_t n)
{
    size_t left = 0;

    for (size_t i = 0; i < n; i++) {
        bool counted = !takes_part(&rulings[i]) || !isnan(rulings[i].p_adjusted);

        for (size_t j = 0; j < i && !counted; j++)
            counted = takes_part(&rulings[j]) && isnan(rulings[j].p_adjusted) && same_scale(rulings[i].gate, rulings[j].gate);
        left += !counted;
    }
    return left;
}

void rulings_correct(struct ruling *rulings, size_t n, double alpha)
{
    double floor_of_p = 0; /* an adjusted p is never below that of a gate with a smaller p */

    for (size_t i = 0; i < n; i++) {
        rulings[i].p_adjusted = NAN;
        rulings[i].p = takes_part(&rulings[i]) && rulings[i].result == RULING_FAIL ? chance_of(&rulings[i]) : NAN;
    }
    for (size_t left = count_left(rulings, n);;) {
        struct ruling *next = NULL;

        for (size_t i = 0; i < n; i++)
            if (!isnan(rulings[i].p) && isnan(rulings[i].p_adjusted) && (!next || rulings[i].p < next->p))
                next = &rulings[i];
        if (!next)
            return;
        floor_of_p = fmax(floor_of_p, fmin(1, next->p * (double)left));
        next->p_adjusted = floor_of_p;
        next->left = left;
        if (floor_of_p > alpha)
            next->result = RULING_UNDECIDED;
        else
            left = count_left(rulings, n);
    }
}
