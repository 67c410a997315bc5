#include <math.h>
#include <string.h>

#include "datasets/simulate.h"

/* error: one Monte Carlo standard error of the value, 0 where it is exact. */
static const struct truth {
    const char *name;
    double value, error;
} truths[] = {
    /* Closed forms. */
    {"share.female", 0.49, 0},
    {"share.south", 0.25, 0},
    {"share.overseas", 0.04, 0},
    {"share.juniper", 0.007, 0}, /* 0.7 · 0.01: nobody's home region */
    {"missing.income", 0.04, 0},
    {"missing.marital_status", 0.02, 0},
    {"gap.credit_score.sex", 20, 0},                  /* mean of men minus mean of women: the bias */
    {"gap.approved.origin", 0, 0},                    /* origin acts on region alone */
    {"corr.sex.age", 0, 0},                           /* sex acts on the score alone */
    {"cramer.origin.region", 0.33975460331784964, 0}, /* Σ p²_or/(p_o p_r) = 1 + 3V² */
    /* By simulation. */
    {"missing.employment_since", 0.185541, 6.0e-5},
    {"missing.debt_ratio", 0.077495, 1.1e-5}, /* 0.05 + 0.25 · share of the self-employed */
    {"mean.age", 45.7833, 0.0018},
    {"mean.income", 2661.86, 0.20},
    {"sd.credit_score", 77.5638, 0.0075},
    {"share.approved", 0.470356, 4.9e-5},
    {"gap.approved.sex", 0.061363, 9.3e-5}, /* rate of men minus rate of women */
    {"auc.approved", 0.840715, 5.9e-5},     /* of the true probability given all columns: no model can be better */
    {"accuracy.approved", 0.758854, 1.6e-5},
    {"share.illness", 0.262592, 2.0e-5},
    {"auc.illness", 0.700426, 8.4e-5},
    {"accuracy.illness", 0.747054, 1.8e-5}, /* the majority class alone: 0.737408 */
    {"corr.age.credit_score", 0.151403, 1.4e-4},
    {"corr.income.credit_score", 0.194109, 1.3e-4},
    {"corr.income.balance", 0.276328, 2.2e-4},
    {"corr.existing_loans.debt_ratio", 0.575697, 1.0e-4},
    {NULL, 0, 0},
};

double simulate_truth(const char *name)
{
    for (const struct truth *truth = truths; truth->name; truth++)
        if (strcmp(truth->name, name) == 0)
            return truth->value;
    return NAN;
}
