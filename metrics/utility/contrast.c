#include "metrics/utility/contrast.h"
#include "numeric/interval.h"

#include <math.h>

static int score_learners(const struct contrast_side side[2], struct contrast *contrast, struct error *error)
{
    *contrast = (struct contrast){0};
    for (size_t l = 0; learner_list[l]; l++) {
        if (side[0].trained[l]->baseline)
            continue;
        contrast->learner[contrast->n] = learner_list[l];
        for (size_t s = 0; s < 2; s++) {
            double *score = &contrast->score[s][contrast->n];
            int status = protocol_score(side[s].protocol, side[s].trained[l]->prediction, score, error);
            if (status != 0)
                return status;
            if (isnan(*score))
                return error_set(error, ERROR_UNMEASURABLE, "the test rows leave the score undefined");
            contrast->mean[s] += *score;
        }
        contrast->n++;
    }
    for (size_t s = 0; s < 2; s++)
        contrast->mean[s] /= (double)contrast->n;
    return 0;
}

/* Interval of what is in replicates, stretched to hold the value. */
static int interval_around(double value, const double *replicates, size_t count, double level, double *lo, double *hi,
                           struct error *error)
{
    struct interval interval;
    int status = interval_percentile(replicates, count, level, &interval, error);
    if (status != 0)
        return status;
    *lo = fmin(interval.lo, value);
    *hi = fmax(interval.hi, value);
    return 0;
}

static int find_intervals(const struct measure_task *task, const struct contrast_side side[2], struct contrast *contrast,
                          struct result *result, struct error *error)
{
    size_t count = side[0].protocol->replicates, learner = 0;
    /* The samples of two tables of one size are the same row numbers; taken one replicate apart they are unrelated. */
    size_t apart = side[0].protocol->test != side[1].protocol->test;
    double mean[PROTOCOL_REPLICATES] = {0};
    int status = 0;
    for (size_t l = 0; status == 0 && learner_list[l]; l++) {
        const double *replicates[2];
        double difference[PROTOCOL_REPLICATES];
        if (side[0].trained[l]->baseline)
            continue;
        for (size_t s = 0; status == 0 && s < 2; s++)
            status = protocol_model_replicates(task, side[s].protocol, side[s].trained[l], &replicates[s], error);
        for (size_t b = 0; status == 0 && b < count; b++) {
            difference[b] = replicates[0][(b + apart) % count] - replicates[1][b];
            mean[b] += difference[b] / (double)contrast->n;
        }
        if (status == 0)
            status = interval_around(contrast->score[0][learner] - contrast->score[1][learner], difference, count, task->level,
                                     &contrast->lo[learner], &contrast->hi[learner], error);
        learner++;
    }
    if (status == 0)
        status = interval_around(result->value, mean, count, task->level, &result->lo, &result->hi, error);
    return status;
}

int contrast_make(const struct measure_task *task, const struct contrast_side side[2], bool brief, struct contrast *contrast,
                  struct result *result, struct error *error)
{
    int status = score_learners(side, contrast, error);
    result->value = contrast->mean[0] - contrast->mean[1];
    if (status == 0 && !brief)
        status = find_intervals(task, side, contrast, result, error);
    return status;
}

int contrast_describe(const struct contrast_side side[2], const struct contrast *contrast, const char *difference,
                      struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *learners = json_add_array(result->details, "learners");
    if (!learners || !json_add_string(result->details, "score", side[0].protocol->score_name))
        return error_memory(error);
    for (size_t l = 0; l < contrast->n; l++) {
        cJSON *item = json_push_object(learners);
        if (!item || !json_add_string(item, "learner", contrast->learner[l]->name) ||
            !json_add_number(item, side[0].key, contrast->score[0][l]) ||
            !json_add_number(item, side[1].key, contrast->score[1][l]) ||
            !json_add_number(item, difference, contrast->score[0][l] - contrast->score[1][l]) ||
            !json_add_number(item, "lo", contrast->lo[l]) || !json_add_number(item, "hi", contrast->hi[l]))
            return error_memory(error);
    }
    return 0;
}
