/* The attacks, one a file. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_ATTACK_LIST_H
#define ASSAY_ATTACKS_MEMBERSHIP_ATTACK_LIST_H

#include "attacks/membership/attack.h"

extern const struct membership_attack membership_exact, membership_dcr, membership_calibrated_dcr, membership_log_ratio,
    membership_nndr, membership_knn_5, membership_knn_20, membership_monte_carlo, membership_dpi, membership_value_ratio,
    membership_marginal_ratio_2, membership_marginal_ratio_3, membership_rare_values, membership_density_ratio,
    membership_discriminator_logistic, membership_discriminator_boosted;

#endif
