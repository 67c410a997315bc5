/* The details of privacy.membership as JSON. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_DETAILS_H
#define ASSAY_ATTACKS_MEMBERSHIP_DETAILS_H

#include "attacks/membership/evaluate.h"
#include "attacks/membership/permutation.h"
#include "attacks/membership/view.h"

/* One attack: name, family, AUC, TPR at low FPR, exposed shares, power, detection limit, ROC of at most 60 points. */
int membership_add_attack(cJSON *attacks, const struct membership_attack *attack, const struct membership_trial *trial,
                          const struct membership_result *result, const struct membership_p *p, const double *score,
                          struct error *error);

/* "power", "power_noisy", "power_values": [[share, power], …] of all attacks together. */
void membership_add_power(cJSON *details, const struct membership_overall *overall);

/* "distances": to the closest candidate row at 5 %, 10 %, … 95 % of members and of non-members. */
int membership_add_distances(cJSON *details, const struct membership_view *view, struct error *error);

/* "combinations": of how many pairs and triples of columns the marginal ratios are means, and how many there are. */
void membership_add_combinations(cJSON *details, const struct membership_view *view);

#endif
