/* The rows of S and P nearest to a target, with what is planted put in its place. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_NEAREST_H
#define ASSAY_ATTACKS_MEMBERSHIP_NEAREST_H

#include "attacks/membership/attack.h"

/* Distance to the (j + 1)-th nearest row, 0 ≤ j < MEMBERSHIP_NEIGHBOURS; infinite: there are fewer rows. A planted row at
 * distance p moves into the ascending list d: its j-th is then max(d[j − 1], min(p, d[j])). */
double nearest_candidate(const struct membership_view *view, size_t target, enum membership_plant plant, size_t j);
double nearest_reference(const struct membership_view *view, size_t target, size_t j);

/* Mean distance to the k nearest rows, 1 ≤ k ≤ MEMBERSHIP_NEIGHBOURS, or to all of them where there are fewer. */
double nearest_mean(const struct membership_view *view, size_t target, enum membership_plant plant, size_t k);

/* Rows of S with the plant in it. */
size_t planted_rows(const struct membership_view *view, enum membership_plant plant);

#endif
