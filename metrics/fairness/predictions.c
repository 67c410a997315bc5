#include "metrics/fairness/predictions_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/bootstrap.h"
#include "numeric/ranking.h"

enum { PERMUTATIONS = 50 };

const struct predictions_gap_name predictions_gap_names[PREDICTIONS_GAPS] = {
    [GAP_PARITY] = {"demographic_parity_difference", "demographic parity, difference"},
    [GAP_PARITY_RATIO] = {"demographic_parity_ratio", "demographic parity, ratio"},
    [GAP_OPPORTUNITY] = {"equal_opportunity_difference", "equal opportunity (TPR)"},
    [GAP_FPR] = {"fpr_difference", "false positive rate"},
    [GAP_ODDS] = {"equalized_odds_difference", "equalized odds, worst"},
    [GAP_ODDS_MEAN] = {"equalized_odds_difference_mean", "equalized odds, mean"},
    [GAP_ODDS_RATIO] = {"equalized_odds_ratio", "equalized odds, ratio"},
    [GAP_PREDICTIVE] = {"predictive_parity_difference", "predictive parity (PPV)"},
    [GAP_ACCURACY] = {"accuracy_difference", "accuracy"},
    [GAP_WORST_ACCURACY] = {"worst_group_accuracy", "accuracy of the worst group"},
    [GAP_WORST_BALANCED] = {"worst_group_balanced_accuracy", "balanced accuracy of the worst"},
    [GAP_EQUITY_ACCURACY] = {"equity_scaled_accuracy", "equity-scaled accuracy"},
    [GAP_CALIBRATION] = {"calibration_error_difference", "calibration error"},
    [GAP_EQUITY_AUC] = {"equity_scaled_auc", "equity-scaled AUC"},
};

/* Rows in the order of their groups, so that every group is a slice; group `groups` holds those that belong to none. */
struct slices {
    uint8_t *label, *decision;
    double *score;
    uint32_t *group;
    size_t *first; /* groups + 2 */
};

static int slices_new(size_t rows, size_t groups, struct arena *arena, struct slices *slices, struct error *error)
{
    *slices = (struct slices){ARENA_ARRAY(arena, uint8_t, rows + 1), ARENA_ARRAY(arena, uint8_t, rows + 1),
                              ARENA_ARRAY(arena, double, rows + 1), ARENA_ARRAY(arena, uint32_t, rows + 1),
                              ARENA_ARRAY(arena, size_t, groups + 3)};
    return slices->label && slices->decision && slices->score && slices->group && slices->first ? 0 : error_memory(error);
}

/* rows NULL: all. */
static void slices_fill(const struct predictions *p, const uint32_t *group, size_t groups, const uint32_t *rows,
                        struct slices *slices)
{
    memset(slices->first, 0, (groups + 3) * sizeof *slices->first);
    for (size_t i = 0; i < p->n; i++) {
        uint32_t g = group[rows ? rows[i] : i];
        slices->first[(g < groups ? g : groups) + 2]++;
    }
    for (size_t g = 0; g <= groups; g++)
        slices->first[g + 2] += slices->first[g + 1];
    for (size_t i = 0; i < p->n; i++) {
        size_t row = rows ? rows[i] : i, g = group[row] < groups ? group[row] : groups, at = slices->first[g + 1]++;
        slices->label[at] = p->label[row];
        slices->decision[at] = p->decision[row];
        slices->score[at] = p->score ? p->score[row] : NAN;
        slices->group[at] = (uint32_t)g;
    }
}

static int judge_scores(const struct slices *s, size_t from, size_t n, struct predictions_group *group, struct error *error)
{
    double sum = 0;
    group->calibration_error = calibration_error(s->label + from, s->score + from, n);
    for (size_t i = from; i < from + n; i++)
        sum += s->score[i] - s->label[i];
    group->bias = n ? sum / (double)n : NAN;
    return roc_auc(s->score + from, s->label + from, n, &group->auc, error);
}

static int judge_groups(const struct predictions *p, const struct slices *s, size_t groups, struct predictions_group *out,
                        struct group_rates *rates, struct error *error)
{
    int status = 0;
    group_rates_compute(s->label, s->decision, s->group, NULL, p->n, groups, rates);
    for (size_t g = 0; status == 0 && g < groups; g++) {
        out[g] = (struct predictions_group){rates[g], NAN, NAN, NAN};
        if (p->score)
            status = judge_scores(s, s->first[g], s->first[g + 1] - s->first[g], &out[g], error);
    }
    return status;
}

/* What a resample works with; one a thread. */
struct scratch {
    struct slices slices, whole;
    struct predictions_group *results;
    struct group_rates *rates;
    double *values;
    uint32_t *rows, *none;
};

struct resampling {
    const struct predictions *p;
    const struct predictions_column *column;
    struct scratch scratch;
    uint32_t *shuffled; /* groups of the rows, permuted */
};

static int scratch_new(const struct predictions *p, size_t groups, struct arena *arena, struct scratch *scratch,
                       struct error *error)
{
    int status = slices_new(p->n, groups, arena, &scratch->slices, error);
    if (status == 0)
        status = slices_new(p->n, 1, arena, &scratch->whole, error);
    if (status != 0)
        return status;
    scratch->results = ARENA_ARRAY(arena, struct predictions_group, groups + 1);
    scratch->rates = ARENA_ARRAY(arena, struct group_rates, groups + 1);
    scratch->values = ARENA_ARRAY(arena, double, groups + 1);
    scratch->rows = ARENA_ARRAY(arena, uint32_t, p->n + 1);
    scratch->none = ARENA_ARRAY(arena, uint32_t, p->n + 1);
    return scratch->results && scratch->rates && scratch->values && scratch->rows && scratch->none ? 0 : error_memory(error);
}

static int judge_whole(const struct predictions *p, const uint32_t *rows, struct scratch *s, struct predictions_group *whole,
                       struct error *error)
{
    slices_fill(p, s->none, 1, rows, &s->whole);
    return judge_groups(p, &s->whole, 1, whole, s->rates, error);
}

/* Gaps of some rows (NULL: all) from the results of their groups, without the pool; s->results: theirs, then of all rows. */
static int judge_gaps(const struct resampling *r, const uint32_t *rows, struct scratch *s, double *gaps, struct error *error)
{
    struct predictions_group *whole = &s->results[r->column->groups];
    size_t groups = r->column->groups, kept = 0;
    int status = judge_whole(r->p, rows, s, whole, error);
    if (status != 0)
        return status;
    slices_fill(r->p, r->column->group, groups, rows, &s->slices);
    status = judge_groups(r->p, &s->slices, groups, s->results, s->rates, error);
    if (status != 0)
        return status;
    for (size_t g = 0; g < groups; g++)
        if (g != r->column->pool)
            s->rates[kept++] = s->results[g].rates;
    struct fairness_gaps f = fairness_gaps(s->rates, kept);
    const double from_rates[] = {f.demographic_parity_difference, f.demographic_parity_ratio,
                                 f.equal_opportunity_difference,  f.fpr_difference,
                                 f.equalized_odds_difference,     f.equalized_odds_difference_mean,
                                 f.equalized_odds_ratio,          f.predictive_parity_difference,
                                 f.accuracy_difference,           f.worst_accuracy,
                                 f.worst_balanced_accuracy};
    memcpy(gaps, from_rates, sizeof from_rates);
#define VALUES(field)                                                                                                          \
    do {                                                                                                                       \
        kept = 0;                                                                                                              \
        for (size_t g = 0; g < groups; g++)                                                                                    \
            if (g != r->column->pool)                                                                                          \
                s->values[kept++] = s->results[g].field;                                                                       \
    } while (0)
    VALUES(rates.accuracy);
    gaps[GAP_EQUITY_ACCURACY] = equity_scaled(whole->rates.accuracy, s->values, kept);
    VALUES(calibration_error);
    gaps[GAP_CALIBRATION] = range_difference(s->values, kept);
    VALUES(auc);
    gaps[GAP_EQUITY_AUC] = equity_scaled(whole->auc, s->values, kept);
#undef VALUES
    return 0;
}

static int resample(void *context, struct random *random, size_t worker, double *values, struct error *error)
{
    struct resampling *r = context;
    (void)worker;
    bootstrap_rows(random, r->p->n, r->scratch.rows);
    int status = judge_gaps(r, r->scratch.rows, &r->scratch, values, error);
    for (size_t g = 0; status == 0 && g <= r->column->groups; g++)
        prediction_rates_fill(&r->scratch.results[g], values + PREDICTIONS_GAPS + g * PREDICTION_RATES);
    return status;
}

int predictions_overall(const struct predictions *p, struct predictions_group *overall, struct classification_scores *scores,
                        struct error *error)
{
    struct arena *arena = arena_new();
    struct scratch scratch;
    int status = arena ? scratch_new(p, 1, arena, &scratch, error) : error_memory(error);
    if (status == 0)
        status = judge_whole(p, NULL, &scratch, overall, error);
    double *probability = status == 0 ? ARENA_ARRAY(arena, double, 2 * p->n + 1) : NULL;
    uint32_t *label = status == 0 ? ARENA_ARRAY(arena, uint32_t, p->n + 1) : NULL;
    if (status == 0 && (!probability || !label))
        status = error_memory(error);
    for (size_t i = 0; status == 0 && i < p->n; i++) {
        double score = p->score ? p->score[i] : p->decision[i];
        probability[2 * i] = 1 - score;
        probability[2 * i + 1] = score;
        label[i] = p->label[i];
    }
    if (status == 0)
        status = classification_scores(label, probability, p->n, 2, scores, error);
    arena_free(arena);
    return status;
}

/* The gaps when the groups are permuted among the rows. */
static int permute(void *context, struct random *random, size_t worker, double *values, struct error *error)
{
    struct resampling *r = context;
    struct predictions_column shuffled = *r->column;
    const struct resampling other = {.p = r->p, .column = &shuffled};
    (void)worker;
    random_permutation(random, r->p->n, r->scratch.rows);
    for (size_t i = 0; i < r->p->n; i++)
        r->shuffled[i] = r->column->group[r->scratch.rows[i]];
    shuffled.group = r->shuffled;
    return judge_gaps(&other, NULL, &r->scratch, values, error);
}

/* Mean gaps of 50 permutations; those that leave a gap undefined do not count. */
static int find_null(struct resampling *r, uint64_t seed, double null[PREDICTIONS_GAPS], struct error *error)
{
    double drawn[PERMUTATIONS * PREDICTIONS_GAPS];
    int status = bootstrap_run(NULL, seed, "fairness.permutation", PERMUTATIONS, PREDICTIONS_GAPS, permute, r, drawn, error);
    for (size_t gap = 0; status == 0 && gap < PREDICTIONS_GAPS; gap++) {
        size_t defined = 0;
        null[gap] = 0;
        for (size_t b = 0; b < PERMUTATIONS; b++) {
            double value = drawn[b * PREDICTIONS_GAPS + gap];
            null[gap] += isnan(value) ? 0 : value;
            defined += isnan(value) ? 0 : 1;
        }
        null[gap] = defined ? null[gap] / (double)defined : NAN;
    }
    return status;
}

int predictions_column(const struct predictions *p, size_t replicates, uint64_t seed, double level, struct arena *arena,
                       struct predictions_column *column, struct error *error)
{
    struct resampling r = {.p = p, .column = column, .shuffled = ARENA_ARRAY(arena, uint32_t, p->n + 1)};
    size_t width = predictions_width(column);
    struct predictions_group whole;
    double *out = arena_array(arena, replicates + 1, width * sizeof *out);
    column->group_results = ARENA_ARRAY(arena, struct predictions_group, column->groups + 1);
    if (!out || !r.shuffled || !column->group_results)
        return error_memory(error);
    int status = scratch_new(p, column->groups, arena, &r.scratch, error);
    if (status == 0)
        status = judge_gaps(&r, NULL, &r.scratch, column->gaps, error);
    if (status != 0)
        return status;
    whole = r.scratch.results[column->groups];
    memcpy(column->group_results, r.scratch.results, column->groups * sizeof *column->group_results);
    status = bootstrap_run(NULL, seed, "fairness.predictions", replicates, width, resample, &r, out, error);
    if (status == 0)
        status = predictions_intervals(column, &whole, replicates, seed, level, out, error);
    return status == 0 ? find_null(&r, seed, column->null, error) : status;
}
