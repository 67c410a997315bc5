/* utility.rank: would an analyst who compares models on the candidate choose the same one as on real rows? */
#include "metrics/protocol.h"
#include "numeric/empirical.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>

enum { LEAST_LEARNERS = 3 }; /* two learners can only agree or not */

struct ranked {
    size_t n; /* learners without the baseline */
    const char *name[PROTOCOL_ALL], *title[PROTOCOL_ALL];
    double tstr[PROTOCOL_ALL], trtr[PROTOCOL_ALL];
    const double *tstr_replicates[PROTOCOL_ALL], *trtr_replicates[PROTOCOL_ALL]; /* NULL in a brief task */
};

static size_t best_of(const double *score, size_t n)
{
    size_t best = 0;
    for (size_t l = 1; l < n; l++)
        if (score[l] > score[best])
            best = l;
    return best;
}

/* What the choice made on the candidate costs where it is used: TRTR of the best learner minus TRTR of the one that TSTR puts
 * first. */
static double regret_of(const double *tstr, const double *trtr, size_t n)
{
    return trtr[best_of(trtr, n)] - trtr[best_of(tstr, n)];
}

static int ranked_read(const struct measure_task *task, const struct protocol *protocol, const struct protocol_models *models,
                       bool brief, struct ranked *out, struct error *error)
{
    *out = (struct ranked){0};
    for (size_t m = 0; m < models->n; m++) {
        const struct trained *subject = models->subject[m], *real = models->real[m];
        size_t l = out->n;
        if (subject->baseline)
            continue;
        out->name[l] = subject->learner->name;
        out->title[l] = subject->learner->title;
        int status = protocol_score(protocol, subject->prediction, &out->tstr[l], error);
        if (status == 0)
            status = protocol_score(protocol, real->prediction, &out->trtr[l], error);
        if (status == 0 && !brief)
            status = protocol_model_replicates(task, protocol, subject, &out->tstr_replicates[l], error);
        if (status == 0 && !brief)
            status = protocol_model_replicates(task, protocol, real, &out->trtr_replicates[l], error);
        if (status != 0)
            return status;
        out->n++;
    }
    if (out->n < LEAST_LEARNERS)
        return error_set(error, ERROR_UNMEASURABLE, "%zu learners are too few to compare two orders of them", out->n);
    return 0;
}

/* Intervals of the correlation and of the regret over the paired replicates; those that rank nothing are left out. */
static int intervals(const struct measure_task *task, size_t replicates, const struct ranked *ranked, struct interval *rank,
                     struct interval *regret, struct error *error)
{
    double ranks[PROTOCOL_REPLICATES], regrets[PROTOCOL_REPLICATES];
    size_t defined = 0;
    for (size_t b = 0; b < replicates; b++) {
        double tstr[PROTOCOL_ALL], trtr[PROTOCOL_ALL];
        for (size_t l = 0; l < ranked->n; l++) {
            tstr[l] = ranked->tstr_replicates[l][b];
            trtr[l] = ranked->trtr_replicates[l][b];
        }
        int status = spearman(tstr, trtr, ranked->n, &ranks[defined], NULL, error);
        if (status != 0)
            return status;
        regrets[defined] = regret_of(tstr, trtr, ranked->n);
        if (!isnan(ranks[defined]))
            defined++;
    }
    if (2 * defined < replicates)
        return error_set(error, ERROR_UNMEASURABLE, "on most bootstrap samples of the holdout the learners score alike");
    int status = interval_percentile(ranks, defined, task->level, rank, error);
    return status == 0 ? interval_percentile(regrets, defined, task->level, regret, error) : status;
}

static int describe(const struct protocol *protocol, const struct ranked *ranked, const struct interval *regret,
                    struct result *result, struct error *error)
{
    double tstr_rank[PROTOCOL_ALL], trtr_rank[PROTOCOL_ALL];
    int status = midranks(ranked->tstr, ranked->n, tstr_rank, error);
    if (status == 0)
        status = midranks(ranked->trtr, ranked->n, trtr_rank, error);
    if (status != 0)
        return status;
    result->details = cJSON_CreateObject();
    cJSON *learners = json_add_array(result->details, "learners");
    cJSON *cost = json_add_object(result->details, "regret");
    double value = regret_of(ranked->tstr, ranked->trtr, ranked->n);
    if (!learners || !cost || !json_add_string(result->details, "score", protocol->score_name) ||
        !json_add_string(result->details, "best_tstr", ranked->name[best_of(ranked->tstr, ranked->n)]) ||
        !json_add_string(result->details, "best_trtr", ranked->name[best_of(ranked->trtr, ranked->n)]) ||
        !json_add_number(cost, "value", value) || !json_add_number(cost, "lo", fmin(regret->lo, value)) ||
        !json_add_number(cost, "hi", fmax(regret->hi, value)))
        return error_memory(error);
    for (size_t l = 0; l < ranked->n; l++) {
        cJSON *item = json_push_object(learners);
        if (!item || !json_add_string(item, "learner", ranked->name[l]) || !json_add_number(item, "tstr", ranked->tstr[l]) ||
            !json_add_number(item, "trtr", ranked->trtr[l]) ||
            !json_add_number(item, "rank_tstr", (double)ranked->n + 1 - tstr_rank[l]) ||
            !json_add_number(item, "rank_trtr", (double)ranked->n + 1 - trtr_rank[l]))
            return error_memory(error);
    }
    return 0;
}

static void word(const struct protocol *protocol, const struct ranked *ranked, const struct interval *regret,
                 struct result *result)
{
    size_t chosen = best_of(ranked->tstr, ranked->n), best = best_of(ranked->trtr, ranked->n);
    snprintf(
        result->finding, sizeof result->finding,
        "Trained on the candidate, %zu kinds of model rank with a correlation of %.2f as when trained on real rows (%.2f to "
        "%.2f). The candidate puts %s first, real rows %s; using the candidate's choice on real rows costs %.3f %s.",
        ranked->n, result->value, result->lo, result->hi, ranked->title[chosen], ranked->title[best],
        regret_of(ranked->tstr, ranked->trtr, ranked->n), protocol->score_title);
    if (regret->lo > 0.01)
        snprintf(result->remedy, sizeof result->remedy,
                 "Do not choose a model by its score on this candidate: compare models on real rows.");
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol;
    struct protocol_models models;
    struct ranked ranked;
    struct interval rank, regret;
    bool brief = protocol_brief(task, SUBJECT_INDEPENDENT);
    int status = protocol_get_all(task, &protocol, &models, error);
    if (status == 0)
        status = ranked_read(task, &protocol, &models, brief, &ranked, error);
    if (status == 0)
        status = spearman(ranked.tstr, ranked.trtr, ranked.n, &result->value, NULL, error);
    if (status != 0)
        return status;
    result->n = ranked.n;
    if (isnan(result->value))
        return error_set(error, ERROR_UNMEASURABLE, "all learners score alike, so there is no order to compare");
    if (brief)
        return 0;
    status = intervals(task, protocol.replicates, &ranked, &rank, &regret, error);
    if (status != 0)
        return status;
    result->lo = fmin(rank.lo, result->value);
    result->hi = fmax(rank.hi, result->value);
    status = describe(&protocol, &ranked, &regret, result, error);
    if (status == 0)
        status = protocol_method(&protocol, "paired percentile bootstrap over holdout rows", result, error);
    if (status != 0)
        return status;
    word(&protocol, &ranked, &regret, result);
    return 0;
}

const struct measure measure_utility_rank = {
    .id = "utility.rank",
    .title = "Order of models",
    .summary = "Whether kinds of model rank the same when they are trained on the candidate as when trained on real rows.",
    .definition =
        "Spearman's correlation, over the learners of utility.tstr without the baseline (five, four for a numeric target), of "
        "their scores trained on the candidate (TSTR) with their scores trained on the training table (TRTR), both on the "
        "holdout; ties have the mean rank. Beside it the regret: TRTR of the best learner minus TRTR of the one that TSTR puts "
        "first. Replicates score both sources on the same bootstrap samples of the holdout.",
    .reading =
        "1: the same order; 0: the candidate says nothing about which model is better; −1: the reverse. Over five learners few "
        "values are possible and the interval is wide: where models score alike, even fresh real rows change their order. Read "
        "the regret first: an order that is wrong among equals costs nothing.",
    .unit = "correlation",
    .reference =
        "this project; Spearman 1904; comparing models by TSTR after Jordon, Yoon, van der Schaar 2018, arXiv 1806.11345",
    .dimension = DIMENSION_UTILITY,
    .direction = DIRECTION_HIGHER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .fault = SUBJECT_INDEPENDENT,
    .worst = -1,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, protocol.model_replicates",
    .run = run,
};
