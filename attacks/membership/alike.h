/* Are members and strangers rows of one population? */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_ALIKE_H
#define ASSAY_ATTACKS_MEMBERSHIP_ALIKE_H

#include "metrics/measure.h"

/* ERROR_UNMEASURABLE where a measured column tells them apart by itself: the largest difference of a share (of a level, of
 * missing cells, of values up to a point) between train and the strangers is above .1, the most that the gates ask to rule out,
 * by more than chance does once in a million (Dvoretzky-Kiefer-Wolfowitz with Massart's constant). An attack would see such a
 * difference as membership, whatever the candidate. O(rows log rows) a column. */
int membership_check_alike(const struct measure_task *task, const struct table *strangers, struct error *error);

/* ERROR_UNMEASURABLE where the reference (a --reference table) holds rows of train, or of the strangers, more than 2 points
 * beyond what chance does (datasets/row_overlap.h): attacks take what the reference holds for strangers, so they would overlook
 * copies of those rows, or take the other non-members for members. */
int membership_check_reference(const struct measure_task *task, const struct table *strangers, struct error *error);

#endif
