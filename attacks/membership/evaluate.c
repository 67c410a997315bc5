#include "attacks/membership/evaluate.h"

#include <math.h>
#include <stdlib.h>

#include "numeric/interval.h"
#include "numeric/ranking.h"
#include "numeric/sort.h"

const double membership_fpr[MEMBERSHIP_POINTS] = {.001, .01, .1};
const char *const membership_fpr_name[MEMBERSHIP_POINTS] = {"0.001", "0.01", "0.1"};

size_t membership_points_supported(size_t n_nonmembers)
{
    size_t supported = 0;

    for (size_t p = 0; p < MEMBERSHIP_POINTS; p++)
        supported += (double)n_nonmembers * membership_fpr[p] >= 10 - 1e-9;
    return supported;
}

/* Scores of the members and of the non-members of one half, ascending. */
struct half_scores {
    double *member, *nonmember;
    size_t n_members, n_nonmembers;
};

static int half_scores_new(struct half_scores *half, const struct membership_trial *trial, const double *score, uint8_t which,
                           struct error *error)
{
    *half = (struct half_scores){calloc(trial->n_members + 1, sizeof(double)),
                                 calloc(trial->n_targets - trial->n_members + 1, sizeof(double)), 0, 0};
    if (!half->member || !half->nonmember)
        return error_memory(error);
    for (size_t i = 0; i < trial->n_targets; i++) {
        if (trial->half[i] != which)
            continue;
        if (i < trial->n_members)
            half->member[half->n_members++] = score[i];
        else
            half->nonmember[half->n_nonmembers++] = score[i];
    }
    sort_doubles(half->member, half->n_members);
    sort_doubles(half->nonmember, half->n_nonmembers);
    return 0;
}

static void half_scores_free(struct half_scores *half)
{
    free(half->member);
    free(half->nonmember);
}

/* The rule "score above threshold" lets at most fpr of this half's non-members pass. */
static double threshold_at(const struct half_scores *half, double fpr)
{
    size_t allowed = (size_t)floor(fpr * (double)half->n_nonmembers + 1e-9);

    return half->nonmember[half->n_nonmembers - 1 - allowed];
}

/* The threshold with the largest TPR − FPR in this half; among equals the highest. */
static double best_threshold(const struct half_scores *half)
{
    double best = -1, threshold = INFINITY, previous = INFINITY;
    size_t a = half->n_members, b = half->n_nonmembers;

    while (a > 0 || b > 0) {
        double at = fmax(a > 0 ? half->member[a - 1] : -INFINITY, b > 0 ? half->nonmember[b - 1] : -INFINITY);
        double gain = (double)(half->n_members - a) / (double)half->n_members -
                      (double)(half->n_nonmembers - b) / (double)half->n_nonmembers;

        if (previous > at && gain > best) { /* everything above `at` is selected so far */
            best = gain;
            threshold = at;
        }
        previous = at;
        while (a > 0 && half->member[a - 1] >= at)
            a--;
        while (b > 0 && half->nonmember[b - 1] >= at)
            b--;
    }
    return threshold;
}

static void count_points(const struct half_scores half[2], struct membership_result *result)
{
    for (size_t p = 0; p < MEMBERSHIP_POINTS; p++)
        for (size_t tested = 0; tested < 2 && result->point[p].supported; tested++) {
            double threshold = threshold_at(&half[1 - tested], membership_fpr[p]);

            result->point[p].tp[tested] = sorted_above(half[tested].member, half[tested].n_members, threshold);
            result->point[p].fp[tested] = sorted_above(half[tested].nonmember, half[tested].n_nonmembers, threshold);
        }
}

/* Rates over both halves together, as those of the fixed points: halves of an odd number of targets differ in size. */
static double cross_advantage(const struct half_scores half[2])
{
    const size_t members = half[0].n_members + half[1].n_members, others = half[0].n_nonmembers + half[1].n_nonmembers;
    double sum = 0;

    for (size_t tested = 0; tested < 2; tested++) {
        double threshold = best_threshold(&half[1 - tested]);

        sum += (double)sorted_above(half[tested].member, half[tested].n_members, threshold) / (double)members;
        sum -= (double)sorted_above(half[tested].nonmember, half[tested].n_nonmembers, threshold) / (double)others;
    }
    return sum;
}

static double exposed_share(double tpr, double fpr)
{
    return (tpr - fpr) / (1 - fpr);
}

double membership_root(const struct membership_trial *trial)
{
    return trial->root > 0 ? trial->root : -normal_quantile((1 - trial->level) / 2 / (double)trial->rules);
}

/* Rates and bounds of one rule. */
static void judge_point(const struct membership_trial *trial, struct membership_point *point)
{
    size_t n1 = trial->n_members, n0 = trial->n_targets - n1, tp = point->tp[0] + point->tp[1],
           fp = point->fp[0] + point->fp[1];
    double alpha = (1 - trial->level) / 2;
    struct interval interval = interval_clopper_pearson(tp, n1, trial->level);

    point->tpr = (double)tp / (double)n1;
    point->fpr = (double)fp / (double)n0;
    point->tpr_lo = interval.lo;
    point->tpr_hi = interval.hi;
    point->exposed = exposed_share(point->tpr, point->fpr);
    point->lo = exposed_lower_root(tp, n1, fp, n0, membership_root(trial));
    point->hi = exposed_upper(tp, n1, fp, n0, alpha);
}

static int judge_ranking(const struct membership_trial *trial, const double *score, struct membership_result *result,
                         struct error *error)
{
    uint8_t *label = calloc(trial->n_targets + 1, 1);
    struct delong curve;
    struct interval interval;
    int status;

    if (!label)
        return error_memory(error);
    for (size_t i = 0; i < trial->n_members; i++)
        label[i] = 1;
    status = delong(score, label, trial->n_targets, &curve, error);
    free(label);
    if (status)
        return status;
    result->auc = curve.auc;
    interval = delong_interval(&curve, trial->level);
    result->auc_lo = interval.lo;
    result->auc_hi = interval.hi;
    return 0;
}

static void unknown_power(double power[MEMBERSHIP_PLANTS][MEMBERSHIP_SHARES], double limit[MEMBERSHIP_PLANTS])
{
    for (int plant = 0; plant < MEMBERSHIP_PLANTS; plant++) {
        limit[plant] = NAN;
        for (size_t s = 0; s < MEMBERSHIP_SHARES; s++)
            power[plant][s] = NAN;
    }
}

int membership_evaluate(const struct membership_trial *trial, const double *score, struct membership_result *result,
                        struct error *error)
{
    struct half_scores half[2] = {{0}};
    int status = judge_ranking(trial, score, result, error);

    for (uint8_t h = 0; h < 2 && !status; h++)
        status = half_scores_new(&half[h], trial, score, h, error);
    for (size_t p = 0; p < MEMBERSHIP_POINTS; p++)
        result->point[p] = (struct membership_point){
            .supported = p >= MEMBERSHIP_POINTS - membership_points_supported(trial->n_targets - trial->n_members),
            .tpr = NAN,
            .fpr = NAN,
            .tpr_lo = NAN,
            .tpr_hi = NAN,
            .exposed = NAN,
            .lo = NAN,
            .hi = NAN};
    unknown_power(result->power, result->detection_limit);
    if (!status) {
        count_points(half, result);
        result->advantage = cross_advantage(half);
        for (size_t p = 0; p < MEMBERSHIP_POINTS; p++)
            if (result->point[p].supported)
                judge_point(trial, &result->point[p]);
    }
    half_scores_free(&half[0]);
    half_scores_free(&half[1]);
    return status;
}

/* The exposed share of a rule on one half alone. */
static double half_exposed(const struct membership_point *point, size_t half, const size_t members[2],
                           const size_t nonmembers[2])
{
    return exposed_share((double)point->tp[half] / (double)members[half], (double)point->fp[half] / (double)nonmembers[half]);
}

/* Chooses the rule that is best on one half and gives its exposed share on the other. */
static double chosen_share(const struct membership_trial *trial, const struct membership_result *results, size_t n_attacks,
                           size_t on)
{
    size_t members[2] = {0}, nonmembers[2] = {0};
    double best = -INFINITY, share = NAN;

    for (size_t i = 0; i < trial->n_targets; i++)
        (i < trial->n_members ? members : nonmembers)[trial->half[i]]++;
    for (size_t a = 0; a < n_attacks; a++)
        for (size_t p = 0; p < MEMBERSHIP_POINTS; p++) {
            const struct membership_point *point = &results[a].point[p];

            if (point->supported && half_exposed(point, on, members, nonmembers) > best) {
                best = half_exposed(point, on, members, nonmembers);
                share = half_exposed(point, 1 - on, members, nonmembers);
            }
        }
    return share;
}

struct membership_overall membership_combine(const struct membership_trial *trial, const struct membership_result *results,
                                             size_t n_attacks)
{
    struct membership_overall all = {0, -INFINITY, -INFINITY, 0, MEMBERSHIP_POINTS - 1, {{0}}, {0}};

    unknown_power(all.power, all.detection_limit);

    for (size_t a = 0; a < n_attacks; a++) {
        for (size_t p = 0; p < MEMBERSHIP_POINTS; p++) {
            const struct membership_point *point = &results[a].point[p];

            if (!point->supported)
                continue;
            if (point->lo > all.lo) {
                all.lo = point->lo;
                all.attack = a;
                all.point = p;
            }
            all.hi = fmax(all.hi, point->hi);
        }
    }
    all.value = (chosen_share(trial, results, n_attacks, 0) + chosen_share(trial, results, n_attacks, 1)) / 2;
    /* What is proven stands, whichever rule the halves happened to choose. */
    all.lo = fmin(fmax(all.lo, 0), 1);
    all.value = fmin(fmax(all.value, all.lo), 1);
    all.hi = fmin(fmax(all.hi, all.value), 1);
    return all;
}
