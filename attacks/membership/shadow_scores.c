#include "attacks/membership/shadow_scores.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "numeric/cholesky.h"

#define RIDGE          0.1
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

static int target_task(void *context, size_t target, size_t worker, struct error *error)
{
    const struct scoring *scoring = context;
    const struct shadow_plan *plan = &scoring->set->plan;
    const size_t shadows = plan->n_shadows, n = shadows + 1;
    struct arena *arena = arena_new();
    double *nearness = arena ? ARENA_ARRAY(arena, double, n) : NULL, *distance = arena ? ARENA_ARRAY(arena, double, n) : NULL;
    uint8_t *in = arena ? ARENA_ARRAY(arena, uint8_t, n) : NULL, *taught = arena ? ARENA_ARRAY(arena, uint8_t, n) : NULL;
    double *out[SHADOW_ATTACKS] = {NULL};
    struct features features;
    int status = nearness && distance && in && taught ? 0 : error_memory(error);

    (void)worker;
    for (size_t a = 0; a < SHADOW_ATTACKS && !status; a++)
        if (!(out[a] = ARENA_ARRAY(arena, double, n)))
            status = error_memory(error);
    if (!status)
        status = make_features(scoring, target, arena, &features, error);
    for (size_t s = 0; s < n && !status; s++) {
        distance[s] = (s < shadows ? &scoring->set->view[s] : scoring->candidate)->distance[target];
        nearness[s] = -log(distance[s] + DISTANCE_FLOOR);
        in[s] = s < shadows ? plan->in[s * plan->n_targets + target] : 0;
    }
    for (size_t fold = 0; fold <= SHADOW_FOLDS && !status; fold++) {
        for (size_t s = 0; s < shadows; s++)
            taught[s] = shadow_fold(s) != fold;
        status = score_tables(&features, nearness, distance, in, taught, n, out, error);
        for (size_t a = 0; a < SHADOW_ATTACKS && !status; a++) {
            for (size_t s = 0; s < shadows; s++)
                if (shadow_fold(s) == fold)
                    scoring->scores->held_out[a][target * shadows + s] = out[a][s];
            scoring->scores->candidate[a][target] = out[a][shadows];
        }
    }
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
        scores->held_out[a] = ARENA_ARRAY(arena, double, plan->n_targets * plan->n_shadows + 1);
        scores->candidate[a] = ARENA_ARRAY(arena, double, plan->n_targets + 1);
        if (!scores->held_out[a] || !scores->candidate[a])
            return error_memory(error);
    }
    return pool_run(pool, plan->n_targets, target_task, &scoring, error);
}
