/* Several gates on one candidate: the chance that any of them fails an honest candidate is held at the chance that one
 * interval misses.
 *
 * A gate fails when the bad end of its interval is beyond the bound. With m of them each may do so by chance. p is the chance,
 * under a normal error whose width the interval tells, that a candidate exactly at its bound shows a value so far beyond it:
 * p = 1 − Φ(z · |value − bound|/half-width), with z the interval's own quantile and the half-width of its bad side. Holm's
 * procedure (1979, Scand. J. Statist. 6, 65) then asks of every failing gate p ≤ alpha/(what is left). Gates on one scale of
 * one subject are nested: only the tightest bound that is kept in truth can fail falsely before the others. So what is left
 * counts subjects, not gates, and a subject is done when all its gates have failed: a case of the sequential rejection
 * principle (Goeman and Solari 2010, Ann. Statist. 38, 3782), which needs no independence.
 *
 * Gates that look at a point value or at the good end alone ask for more than "not proven bad": they fail for want of proof, by
 * the policy's own wish, and take no part. */
#ifndef ASSAY_AUDIT_MULTIPLICITY_H
#define ASSAY_AUDIT_MULTIPLICITY_H

#include "audit/evidence.h"

enum ruling_result { RULING_PASS, RULING_FAIL, RULING_UNDECIDED };

struct ruling {
    const struct gate *gate;
    struct evidence evidence;
    enum ruling_result result;
    double p;          /* of a gate that fails by its own interval; else NaN */
    double p_adjusted; /* the least chance of any false failure at which it fails; NaN: not corrected */
    size_t left;       /* subjects that p was held against */
};

/* Gates whose failure is a proof that the bound is broken. */
bool ruling_can_be_proven(const struct gate *gate);

/* Fills p, p_adjusted and left of the failing gates; those whose p_adjusted is above alpha become RULING_UNDECIDED. */
void rulings_correct(struct ruling *rulings, size_t n, double alpha);

#endif
