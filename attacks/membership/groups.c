#include "attacks/membership/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/interval.h"
#include "numeric/ranking.h"
#include "numeric/sort.h"

#define LEAST 20 /* members and non-members each of a group that may be called worse off */

/* Scores of those who take part, of one half: ascending. */
struct part {
    double *member, *nonmember;
    double *fixing; /* the non-members by the other half's attack: the threshold for that half */
    size_t n_members, n_nonmembers;
};

static void part_free(struct part *part)
{
    free(part->member);
    free(part->nonmember);
    free(part->fixing);
}

static int part_new(const struct group_sample *sample, uint8_t half, struct part *part, struct error *error)
{
    const struct membership_trial *trial = sample->trial;
    const size_t strangers = trial->n_targets - trial->n_members;

    *part = (struct part){calloc(trial->n_members + 1, sizeof(double)), calloc(strangers + 1, sizeof(double)),
                          calloc(strangers + 1, sizeof(double)), 0, 0};
    if (!part->member || !part->nonmember || !part->fixing)
        return error_memory(error);
    for (size_t i = 0; i < trial->n_targets; i++) {
        if (trial->half[i] != half || sample->inside[i] != sample->side)
            continue;
        if (i < trial->n_members) {
            part->member[part->n_members++] = sample->score[half][i];
        } else {
            part->fixing[part->n_nonmembers] = sample->score[1 - half][i];
            part->nonmember[part->n_nonmembers++] = sample->score[half][i];
        }
    }
    sort_doubles(part->member, part->n_members);
    sort_doubles(part->nonmember, part->n_nonmembers);
    sort_doubles(part->fixing, part->n_nonmembers);
    return 0;
}

static int part_auc(const struct part *part, struct delong *curve, struct error *error)
{
    const size_t n = part->n_members + part->n_nonmembers;
    double *score = calloc(n + 1, sizeof *score);
    uint8_t *label = calloc(n + 1, sizeof *label);
    int status = score && label ? 0 : error_memory(error);

    if (!status) {
        memcpy(score, part->member, part->n_members * sizeof *score);
        memcpy(score + part->n_members, part->nonmember, part->n_nonmembers * sizeof *score);
        memset(label, 1, part->n_members);
        status = delong(score, label, n, curve, error);
    }
    free(score);
    free(label);
    return status;
}

/* Mean over the halves by pairs. */
static int average_auc(const struct part part[2], double level, struct group_worth *worth, struct error *error)
{
    struct delong curve[2], mean = {0, 0, worth->members, worth->nonmembers};
    double pairs[2], sum;
    struct interval interval;

    worth->auc = worth->auc_lo = worth->auc_hi = worth->variance = NAN;
    for (int h = 0; h < 2; h++) {
        int status;

        if (part[h].n_members < 2 || part[h].n_nonmembers < 2)
            return 0;
        status = part_auc(&part[h], &curve[h], error);
        if (status)
            return status;
        pairs[h] = (double)part[h].n_members * (double)part[h].n_nonmembers;
    }
    sum = pairs[0] + pairs[1];
    for (int h = 0; h < 2; h++) {
        mean.auc += pairs[h] / sum * curve[h].auc;
        mean.variance += pairs[h] / sum * (pairs[h] / sum) * curve[h].variance;
    }
    interval = delong_interval(&mean, level);
    worth->auc = mean.auc;
    worth->variance = mean.variance;
    worth->auc_lo = interval.lo;
    worth->auc_hi = interval.hi;
    return 0;
}

/* Rates at false positive rate f: the non-members of one half fix the threshold for the other. */
static void rate_point(double level, const struct part part[2], size_t p, struct group_worth *worth)
{
    struct group_point *point = &worth->point[p];
    struct interval interval;

    *point = (struct group_point){false, 0, 0, NAN, NAN, NAN, NAN, NAN};
    if ((double)worth->nonmembers * membership_fpr[p] < 10 - 1e-9 || worth->members == 0 || part[0].n_nonmembers == 0 ||
        part[1].n_nonmembers == 0)
        return;
    point->supported = true;
    for (int tested = 0; tested < 2; tested++) {
        const struct part *fixes = &part[1 - tested];
        const size_t allowed = (size_t)floor(membership_fpr[p] * (double)fixes->n_nonmembers + 1e-9);
        const double threshold = fixes->fixing[fixes->n_nonmembers - 1 - allowed];

        point->tp += sorted_above(part[tested].member, part[tested].n_members, threshold);
        point->fp += sorted_above(part[tested].nonmember, part[tested].n_nonmembers, threshold);
    }
    interval = interval_clopper_pearson(point->tp, worth->members, level);
    point->tpr = (double)point->tp / (double)worth->members;
    point->fpr = (double)point->fp / (double)worth->nonmembers;
    point->tpr_lo = interval.lo;
    point->tpr_hi = interval.hi;
    point->exposed = (point->tpr - point->fpr) / (1 - point->fpr);
}

int group_evaluate(const struct group_sample *sample, struct group_worth *worth, struct error *error)
{
    struct part part[2] = {{0}};
    int status = part_new(sample, 0, &part[0], error);

    if (!status)
        status = part_new(sample, 1, &part[1], error);
    *worth = (struct group_worth){.members = part[0].n_members + part[1].n_members,
                                  .nonmembers = part[0].n_nonmembers + part[1].n_nonmembers};
    if (!status)
        status = average_auc(part, sample->trial->level, worth, error);
    for (size_t p = 0; p < MEMBERSHIP_POINTS && !status; p++)
        rate_point(sample->trial->level, part, p, worth);
    part_free(&part[0]);
    part_free(&part[1]);
    return status;
}

/* Never below what a score has that knows nothing: few pairs that agree would else look certain. */
static double safe_variance(const struct group_worth *worth)
{
    const double se = auc_null_se(worth->members, worth->nonmembers);

    return fmax(worth->variance, se * se);
}

/* The point, or the next larger rate that both support. */
static size_t common_point(const struct group_worth *group, const struct group_worth *rest, size_t point)
{
    while (point < MEMBERSHIP_POINTS && !(group->point[point].supported && rest->point[point].supported))
        point++;
    return point;
}

struct group_contrast group_compare(const struct group_worth *group, const struct group_worth *rest, size_t point, double alpha)
{
    struct group_contrast contrast = {group->auc - rest->auc, NAN, NAN, NAN, common_point(group, rest, point), false};

    if (group->members < LEAST || group->nonmembers < LEAST || rest->members < LEAST || rest->nonmembers < LEAST)
        return contrast;
    contrast.auc_lo = contrast.auc - normal_quantile(1 - alpha) * sqrt(safe_variance(group) + safe_variance(rest));
    if (contrast.point < MEMBERSHIP_POINTS) {
        const struct group_point *a = &group->point[contrast.point], *b = &rest->point[contrast.point];
        const double below = a->exposed - exposed_lower(a->tp, group->members, a->fp, group->nonmembers, alpha);
        const double above = exposed_upper(b->tp, rest->members, b->fp, rest->nonmembers, alpha) - b->exposed;

        contrast.exposed = a->exposed - b->exposed;
        contrast.exposed_lo = contrast.exposed - sqrt(below * below + above * above);
    }
    contrast.worse = contrast.auc_lo > 0 || contrast.exposed_lo > 0;
    return contrast;
}

/* The attack with the largest exposed share on half `on`. */
static size_t best_on(const struct membership_trial *trial, const struct membership_result *results,
                      const struct membership_attack *const *attacks, size_t n_attacks, const char *family, size_t on)
{
    size_t members = 0, nonmembers = 0, best = SIZE_MAX;
    double most = -INFINITY;

    for (size_t i = 0; i < trial->n_targets; i++) {
        members += i < trial->n_members && trial->half[i] == on;
        nonmembers += i >= trial->n_members && trial->half[i] == on;
    }
    for (size_t a = 0; a < n_attacks; a++) {
        if (family && strcmp(attacks[a]->family, family) != 0)
            continue;
        if (best == SIZE_MAX)
            best = a; /* also where no rate is a number */
        for (size_t p = 0; p < MEMBERSHIP_POINTS; p++) {
            const struct membership_point *point = &results[a].point[p];
            const double fpr = (double)point->fp[on] / (double)nonmembers;
            const double exposed = ((double)point->tp[on] / (double)members - fpr) / (1 - fpr);

            if (point->supported && exposed > most) {
                most = exposed;
                best = a;
            }
        }
    }
    return best;
}

struct group_choice group_choose(const struct membership_trial *trial, const struct membership_result *results,
                                 const struct membership_attack *const *attacks, size_t n_attacks, const char *family)
{
    return (struct group_choice){
        {best_on(trial, results, attacks, n_attacks, family, 1), best_on(trial, results, attacks, n_attacks, family, 0)}};
}
