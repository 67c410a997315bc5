#include "attacks/membership/shadow_scores.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "numeric/cholesky.h"

#define RIDGE          10.0
#define DISTANCE_FLOOR 1e-3 /* rank units: nearer than this is the same */
#define LEAST_VARIANCE 1e-6 /* of logarithms */

const struct shadow_attack_words shadow_attack_words[SHADOW_ATTACKS] = {
    {"query_counts", "the candidate and the generator", "how often the record's values occur together, in all combinations"},
    {"lira_counts", "the candidate and the generator", "the mean logarithm of those counts, as a likelihood ratio"},
    {"lira_dcr", "the candidate and the generator", "the distance to the nearest candidate row, as a likelihood ratio"},
    {"dcr", "the candidate", "nearness to the nearest candidate row"},
};

size_t shadow_fold(size_t shadow)
{
    return shadow / 2 % SHADOW_FOLDS;
}

struct shadow_tally shadow_compare(const struct shadow_plan *plan, const double *score, size_t target, size_t fold, size_t skip)
{
    const size_t n = plan->n_shadows, next[2] = {1, 2 * SHADOW_FOLDS - 1}; /* the other one of the pair, the fold's next pair */
    struct shadow_tally tally = {0};

    for (size_t s = 2 * fold; s < n; s += next[s % 2]) {
        if (s / 2 == skip || !plan->in[s * plan->n_targets + target])
            continue;
        for (size_t r = 2 * fold; r < n; r += next[r % 2]) {
            if (r / 2 == skip || plan->in[r * plan->n_targets + target])
                continue;
            tally.wins += score[s] > score[r] ? 1 : score[s] == score[r] ? .5 : 0;
            tally.pairs++;
        }
    }
    return tally;
}

struct shadow_gaussian shadow_gaussian_fit(const double *value, const uint8_t *in, const uint8_t *taught, size_t n)
{
    double sum[2] = {0}, count[2] = {0}, squares = 0;

    for (size_t s = 0; s < n; s++)
        if (taught[s]) {
            sum[in[s]] += value[s];
            count[in[s]]++;
        }
    for (size_t s = 0; s < n; s++)
        if (taught[s]) {
            const double off = value[s] - sum[in[s]] / count[in[s]];

            squares += off * off;
        }
    return (struct shadow_gaussian){sum[1] / fmax(count[1], 1), sum[0] / fmax(count[0], 1),
                                    fmax(squares / fmax(count[0] + count[1] - 2, 1), LEAST_VARIANCE)};
}

double shadow_gaussian_ratio(const struct shadow_gaussian *model, double x)
{
    return (model->in - model->out) / model->variance * (x - (model->in + model->out) / 2);
}

int shadow_ridge(const double *gram, const uint8_t *in, const uint8_t *taught, size_t n, double *score, struct error *error)
{
    struct arena *arena = arena_new();
    size_t *row = arena ? ARENA_ARRAY(arena, size_t, n + 1) : NULL, k = 0;
    double *matrix = arena ? ARENA_ARRAY(arena, double, n *n + 1) : NULL, *mean = arena ? ARENA_ARRAY(arena, double, n) : NULL;
    double *weight = arena ? ARENA_ARRAY(arena, double, n) : NULL, *scratch = arena ? ARENA_ARRAY(arena, double, n) : NULL;
    double grand = 0, trace = 0, label = 0;
    int status = row && matrix && mean && weight && scratch ? 0 : error_memory(error);

    for (size_t s = 0; s < n && !status; s++)
        if (taught[s])
            row[k++] = s;
    for (size_t s = 0; s < n && !status; s++)
        for (size_t j = 0; j < k; j++)
            mean[s] += gram[s * n + row[j]] / (double)k;
    for (size_t j = 0; j < k && !status; j++) {
        grand += mean[row[j]] / (double)k;
        label += (in[row[j]] ? 1 : -1) / (double)k;
    }
    for (size_t i = 0; i < k && !status; i++) {
        for (size_t j = 0; j < k; j++)
            matrix[i * k + j] = gram[row[i] * n + row[j]] - mean[row[i]] - mean[row[j]] + grand;
        trace += matrix[i * k + i];
        weight[i] = (in[row[i]] ? 1 : -1) - label;
    }
    for (size_t i = 0; i < k && !status; i++)
        matrix[i * k + i] += RIDGE * trace / (double)k + 1e-12;
    if (!status) {
        cholesky_factor(matrix, k, scratch);
        cholesky_solve(matrix, k, weight);
    }
    for (size_t s = 0; s < n && !status; s++) {
        score[s] = label;
        for (size_t j = 0; j < k; j++)
            score[s] += weight[j] * (gram[s * n + row[j]] - mean[s] - mean[row[j]] + grand);
    }
    arena_free(arena);
    return status;
}

struct scoring {
    const struct shadow_set *set;
    const struct shadow_view *candidate;
    struct shadow_scores *scores;
    const double *log_count; /* log(1 + c) for c = 0 … the rows of a shadow */
};

/* Features of one target, summed up: inner products of the n tables' logarithmic counts, less their mean over the tables, and
 * each table's mean. */
struct features {
    double *gram, *mean;
};

/* One block of queries: n x 2^low logarithms, centred over the tables. */
static void fill_block(const struct scoring *scoring, const struct query_words *const *words, size_t n, size_t low,
                       uint32_t top, uint32_t *count, double *block)
{
    const size_t width = (size_t)1 << low;

    for (size_t s = 0; s < n; s++) {
        query_block(words[s], low, top, count);
        for (size_t q = 0; q < width; q++)
            block[s * width + q] = scoring->log_count[count[q]];
    }
}

static void centre_block(double *block, size_t n, size_t width, double *mean)
{
    for (size_t s = 0; s < n; s++)
        for (size_t q = 0; q < width; q++)
            mean[s] += block[s * width + q];
    for (size_t q = 0; q < width; q++) {
        double sum = 0;

        for (size_t s = 0; s < n; s++)
            sum += block[s * width + q];
        for (size_t s = 0; s < n; s++)
            block[s * width + q] -= sum / (double)n;
    }
}

static int make_features(const struct scoring *scoring, size_t target, struct arena *arena, struct features *features,
                         struct error *error)
{
    const struct query_space *space = &scoring->set->space;
    const size_t shadows = scoring->set->plan.n_shadows, n = shadows + 1;
    const size_t low = space->bits < QUERY_BLOCK ? space->bits : QUERY_BLOCK, width = (size_t)1 << low;
    const struct query_words **words = ARENA_ARRAY(arena, const struct query_words *, n);
    double *block = ARENA_ARRAY(arena, double, n *width);
    uint32_t *count = ARENA_ARRAY(arena, uint32_t, width);

    *features = (struct features){ARENA_ARRAY(arena, double, n *n), ARENA_ARRAY(arena, double, n)};
    if (!words || !block || !count || !features->gram || !features->mean)
        return error_memory(error);
    for (size_t g = 0; g < space->n_groups; g++) {
        for (size_t s = 0; s < n; s++)
            words[s] = &(s < shadows ? &scoring->set->view[s] : scoring->candidate)->words[target * space->n_groups + g];
        for (uint32_t top = 0; top < (uint32_t)1 << (space->bits - low); top++) {
            fill_block(scoring, words, n, low, top, count, block);
            centre_block(block, n, width, features->mean);
            cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)n, (int)width, 1, block, (int)width, 1, features->gram,
                        (int)n);
        }
    }
    for (size_t s = 0; s < n; s++) {
        features->mean[s] /= (double)query_count(space);
        for (size_t r = 0; r < s; r++)
            features->gram[r * n + s] = features->gram[s * n + r];
    }
    return 0;
}

/* The four scores of one target in all tables by models taught on the marked shadows: out[attack][table]. */
static int score_tables(const struct features *features, const double *nearness, const double *distance, const uint8_t *in,
                        const uint8_t *taught, size_t n, double *const *out, struct error *error)
{
    const struct shadow_gaussian counts = shadow_gaussian_fit(features->mean, in, taught, n);
    const struct shadow_gaussian near = shadow_gaussian_fit(nearness, in, taught, n);

    for (size_t s = 0; s < n; s++) {
        out[SHADOW_LIRA_COUNTS][s] = shadow_gaussian_ratio(&counts, features->mean[s]);
        out[SHADOW_LIRA_DCR][s] = shadow_gaussian_ratio(&near, nearness[s]);
        out[SHADOW_DCR][s] = -distance[s];
    }
    return shadow_ridge(features->gram, in, taught, n, out[SHADOW_QUERY_COUNTS], error);
}

/* One target's tables, and room for what models say of them. */
struct target {
    const struct scoring *scoring;
    size_t index, shadows; /* tables: the shadows, then the candidate */
    struct features features;
    double *nearness, *distance;
    uint8_t *in, *taught;
    double *out[SHADOW_ATTACKS];
};

static int target_begin(struct target *target, struct arena *arena, struct error *error)
{
    const struct scoring *scoring = target->scoring;
    const struct shadow_plan *plan = &scoring->set->plan;
    const size_t n = target->shadows + 1;

    target->nearness = ARENA_ARRAY(arena, double, n);
    target->distance = ARENA_ARRAY(arena, double, n);
    target->in = ARENA_ARRAY(arena, uint8_t, n);
    target->taught = ARENA_ARRAY(arena, uint8_t, n);
    if (!target->nearness || !target->distance || !target->in || !target->taught)
        return error_memory(error);
    for (size_t a = 0; a < SHADOW_ATTACKS; a++)
        if (!(target->out[a] = ARENA_ARRAY(arena, double, n)))
            return error_memory(error);
    for (size_t s = 0; s < n; s++) {
        const struct shadow_view *view = s < target->shadows ? &scoring->set->view[s] : scoring->candidate;

        target->distance[s] = view->distance[target->index];
        target->nearness[s] = -log(target->distance[s] + DISTANCE_FLOOR);
        target->in[s] = s < target->shadows ? plan->in[s * plan->n_targets + target->index] : 0;
    }
    return make_features(scoring, target->index, arena, &target->features, error);
}

/* Scores of all tables by models taught on what lies outside two folds (SHADOW_FOLDS: no fold). */
static int teach(struct target *target, size_t fold, size_t other, struct error *error)
{
    for (size_t s = 0; s < target->shadows; s++)
        target->taught[s] = shadow_fold(s) != fold && shadow_fold(s) != other;
    return score_tables(&target->features, target->nearness, target->distance, target->in, target->taught, target->shadows + 1,
                        target->out, error);
}

static int hold_out(struct target *target, struct error *error)
{
    struct shadow_scores *scores = target->scoring->scores;

    for (size_t fold = 0; fold < SHADOW_FOLDS; fold++) {
        int status = teach(target, fold, fold, error);

        if (status)
            return status;
        for (size_t a = 0; a < SHADOW_ATTACKS; a++)
            for (size_t s = 0; s < target->shadows; s++)
                if (shadow_fold(s) == fold)
                    scores->held_out[a][target->index * target->shadows + s] = target->out[a][s];
    }
    return 0;
}

static int hold_out_two(struct target *target, struct error *error)
{
    const struct shadow_plan *plan = &target->scoring->set->plan;
    struct shadow_scores *scores = target->scoring->scores;

    for (size_t f = 0; f < SHADOW_FOLDS; f++)
        for (size_t g = 0; g < f; g++) {
            int status = teach(target, f, g, error);

            if (status)
                return status;
            for (size_t a = 0; a < SHADOW_ATTACKS; a++) {
                struct shadow_tally *inner = scores->inner[a] + target->index * SHADOW_FOLDS * SHADOW_FOLDS;

                inner[f * SHADOW_FOLDS + g] = shadow_compare(plan, target->out[a], target->index, g, SIZE_MAX);
                inner[g * SHADOW_FOLDS + f] = shadow_compare(plan, target->out[a], target->index, f, SIZE_MAX);
            }
        }
    return 0;
}

static int target_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct scoring *scoring = context;
    struct target target = {.scoring = scoring, .index = index, .shadows = scoring->set->plan.n_shadows};
    struct arena *arena = arena_new();
    int status = arena ? target_begin(&target, arena, error) : error_memory(error);

    (void)worker;
    if (!status)
        status = hold_out(&target, error);
    if (!status)
        status = hold_out_two(&target, error);
    if (!status)
        status = teach(&target, SHADOW_FOLDS, SHADOW_FOLDS, error);
    for (size_t a = 0; a < SHADOW_ATTACKS && !status; a++)
        scoring->scores->candidate[a][index] = target.out[a][target.shadows];
    arena_free(arena);
    return status;
}

int shadow_scores_make(const struct shadow_set *set, const struct shadow_view *candidate, struct pool *pool,
                       struct arena *arena, struct shadow_scores *scores, struct error *error)
{
    const struct shadow_plan *plan = &set->plan;
    double *log_count = ARENA_ARRAY(arena, double, plan->rows + 1);
    struct scoring scoring = {set, candidate, scores, log_count};

    if (!log_count)
        return error_memory(error);
    for (size_t c = 0; c <= plan->rows; c++)
        log_count[c] = log1p((double)c);
    for (size_t a = 0; a < SHADOW_ATTACKS; a++) {
        scores->inner[a] = ARENA_ARRAY(arena, struct shadow_tally, plan->n_targets * SHADOW_FOLDS * SHADOW_FOLDS + 1);
        scores->held_out[a] = ARENA_ARRAY(arena, double, plan->n_targets * plan->n_shadows + 1);
        scores->candidate[a] = ARENA_ARRAY(arena, double, plan->n_targets + 1);
        if (!scores->inner[a] || !scores->held_out[a] || !scores->candidate[a])
            return error_memory(error);
    }
    return pool_run(pool, plan->n_targets, target_task, &scoring, error);
}
