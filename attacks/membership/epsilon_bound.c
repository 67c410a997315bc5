#include "attacks/membership/epsilon_bound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/interval.h"
#include "numeric/sort.h"

/* The best threshold of one attack on one half. */
struct choice {
    double bound, threshold;
};

struct choosing {
    const struct epsilon_trial *trial;
    struct choice *choice; /* [attack · 2 + half] */
};

/* Upper Wilson limit of a share x/n at z. */
static double wilson_upper(double x, double n, double z)
{
    const double p = x / n, zz = z * z / n;

    return (p + zz / 2 + z * sqrt(p * (1 - p) / n + zz / n / 4)) / (1 + zz);
}

/* epsilon_lower with Wilson limits, not cut at 0. */
static double rough_bound(const struct rule_counts *counts, double delta, double z)
{
    const double tpr_lo = 1 - wilson_upper((double)(counts->n1 - counts->tp), (double)counts->n1, z);
    const double fpr_hi = wilson_upper((double)counts->fp, (double)counts->n0, z);

    return log(fmax(fmax(tpr_lo - delta, 1e-300) / fpr_hi, fmax(1 - fpr_hi - delta, 1e-300) / (1 - tpr_lo)));
}

static size_t list_half(const struct epsilon_trial *trial, uint8_t half, const double *score, uint32_t *member, double *value)
{
    size_t n = 0;

    for (size_t i = 0; i < trial->n_targets; i++)
        if (trial->half[i] == half) {
            member[n] = i < trial->n_members;
            value[n++] = score[i];
        }
    return n;
}

static struct choice best_threshold(const struct epsilon_trial *trial, const uint32_t *member, const double *value,
                                    const uint32_t *order, size_t n)
{
    const double z = normal_quantile(1 - trial->alpha / 4);
    struct rule_counts counts = {0};
    struct choice best = {-INFINITY, INFINITY};

    for (size_t i = 0; i < n; i++)
        (*(member[i] ? &counts.n1 : &counts.n0))++;
    for (size_t k = n; k-- > 0;) {
        const uint32_t i = order[k];

        (*(member[i] ? &counts.tp : &counts.fp))++;
        if (k > 0 && value[order[k - 1]] == value[i])
            continue;
        const double bound = rough_bound(&counts, trial->delta, z);

        if (bound > best.bound)
            best = (struct choice){bound, value[i]};
    }
    return best;
}

static int choose_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct choosing *choosing = context;
    const struct epsilon_trial *trial = choosing->trial;
    uint32_t *member = calloc(trial->n_targets + 1, sizeof *member), *order = calloc(trial->n_targets + 1, sizeof *order);
    double *value = calloc(trial->n_targets + 1, sizeof *value);
    int status = member && order && value ? 0 : error_memory(error);

    (void)worker;
    if (!status) {
        const size_t n = list_half(trial, (uint8_t)(index % 2), trial->score[index / 2], member, value);

        status = sort_order(value, n, order, error);
        if (!status)
            choosing->choice[index] = best_threshold(trial, member, value, order, n);
    }
    free(member);
    free(order);
    free(value);
    return status;
}

static void count_rule(const struct epsilon_trial *trial, size_t chosen_on, struct epsilon_rule *rule)
{
    const double *score = trial->score[rule->attack];

    for (size_t i = 0; i < trial->n_targets; i++) {
        const bool called = score[i] >= rule->threshold, member = i < trial->n_members;

        if (trial->half[i] == chosen_on)
            continue;
        (*(member ? &rule->counts.n1 : &rule->counts.n0))++;
        if (called)
            (*(member ? &rule->counts.tp : &rule->counts.fp))++;
    }
    rule->epsilon = epsilon_lower(&rule->counts, trial->delta, trial->alpha / 2);
}

int epsilon_audit(const struct epsilon_trial *trial, struct pool *pool, struct epsilon_result *result, struct error *error)
{
    struct choosing choosing = {trial, calloc(2 * trial->n_attacks + 1, sizeof *choosing.choice)};
    int status = choosing.choice ? pool_run(pool, 2 * trial->n_attacks, choose_task, &choosing, error) : error_memory(error);

    *result = (struct epsilon_result){0};
    for (size_t half = 0; half < 2 && !status; half++) {
        struct epsilon_rule *rule = &result->rule[half];
        double best = -INFINITY;

        for (size_t a = 0; a < trial->n_attacks; a++)
            if (choosing.choice[2 * a + half].bound > best) {
                best = choosing.choice[2 * a + half].bound;
                rule->attack = a;
                rule->threshold = choosing.choice[2 * a + half].threshold;
            }
        count_rule(trial, half, rule);
    }
    result->best = result->rule[1].epsilon > result->rule[0].epsilon;
    free(choosing.choice);
    return status;
}
