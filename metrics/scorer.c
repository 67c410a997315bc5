#include "metrics/scorer.h"
#include "numeric/ranking.h"

#include <math.h>

static int scorer_part(struct scorer *scorer, size_t part, struct arena *arena, struct error *error)
{
    const struct protocol_test *test = scorer->protocol->test;
    size_t n = test->rows, classes = scorer->protocol->classes, class = classes == 2 ? 1 : part;
    double *score = ARENA_ARRAY(arena, double, n), *sorted = scorer->score[part] = ARENA_ARRAY(arena, double, n);
    uint8_t *label = scorer->label[part] = ARENA_ARRAY(arena, uint8_t, n);
    uint32_t *order = scorer->order[part] = ARENA_ARRAY(arena, uint32_t, n);
    if (!score || !sorted || !label || !order)
        return error_memory(error);
    for (size_t i = 0; i < n; i++)
        score[i] = scorer->prediction[i * classes + class];
    int status = ranking_order(score, n, order, error);
    for (size_t i = 0; status == 0 && i < n; i++) {
        sorted[i] = score[order[i]];
        label[i] = test->label[order[i]] == class;
    }
    return status;
}

int scorer_open(struct scorer *scorer, const struct protocol *protocol, const double *prediction, struct arena *arena,
                struct error *error)
{
    *scorer = (struct scorer){.protocol = protocol, .prediction = prediction};
    scorer->n_parts = protocol->classes == 2 ? 1 : protocol->classes;
    scorer->score = ARENA_ARRAY(arena, double *, scorer->n_parts + 1);
    scorer->label = ARENA_ARRAY(arena, uint8_t *, scorer->n_parts + 1);
    scorer->order = ARENA_ARRAY(arena, uint32_t *, scorer->n_parts + 1);
    scorer->places = ARENA_ARRAY(arena, uint32_t, protocol->test->rows);
    if (!scorer->score || !scorer->label || !scorer->order || !scorer->places)
        return error_memory(error);
    for (size_t i = 0; i < protocol->test->rows; i++)
        scorer->places[i] = (uint32_t)i;
    int status = 0;
    for (size_t part = 0; status == 0 && part < scorer->n_parts; part++)
        status = scorer_part(scorer, part, arena, error);
    return status;
}

static double r2_weighted(const double *y, const double *predicted, const uint32_t *weight, size_t n)
{
    double total = 0, sum = 0, residual = 0, spread = 0;
    for (size_t i = 0; i < n; i++) {
        double w = weight ? weight[i] : 1;
        total += w;
        sum += w * y[i];
    }
    double mean = sum / total;
    for (size_t i = 0; i < n; i++) {
        double w = weight ? weight[i] : 1;
        residual += w * (y[i] - predicted[i]) * (y[i] - predicted[i]);
        spread += w * (y[i] - mean) * (y[i] - mean);
    }
    if (!(spread > 0))
        return NAN;
    double r2 = 1 - residual / spread;
    return r2 < -1 ? -1 : r2;
}

double scorer_value(const struct scorer *scorer, const uint32_t *weight, uint32_t *scratch)
{
    const struct protocol_test *test = scorer->protocol->test;
    if (scorer->protocol->classes == 0)
        return r2_weighted(test->value, scorer->prediction, weight, test->rows);
    double sum = 0;
    size_t defined = 0;
    for (size_t part = 0; part < scorer->n_parts; part++) {
        for (size_t i = 0; weight && i < test->rows; i++)
            scratch[i] = weight[scorer->order[part][i]];
        double auc =
            roc_auc_weighted(scorer->score[part], scorer->label[part], scorer->places, weight ? scratch : NULL, test->rows);
        if (isnan(auc))
            continue;
        sum += auc;
        defined++;
    }
    return defined ? sum / (double)defined : NAN;
}
