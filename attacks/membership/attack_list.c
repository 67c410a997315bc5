#include "attacks/membership/attack_list.h"

const struct membership_attack *const membership_attacks[] = {&membership_exact,
                                                              &membership_dcr,
                                                              &membership_calibrated_dcr,
                                                              &membership_log_ratio,
                                                              &membership_nndr,
                                                              &membership_knn_5,
                                                              &membership_knn_20,
                                                              &membership_monte_carlo,
                                                              &membership_dpi,
                                                              &membership_value_ratio,
                                                              &membership_marginal_ratio_2,
                                                              &membership_marginal_ratio_3,
                                                              &membership_rare_values,
                                                              &membership_density_ratio,
                                                              &membership_discriminator_logistic,
                                                              &membership_discriminator_boosted,
                                                              NULL};
