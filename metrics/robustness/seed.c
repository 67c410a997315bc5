/* robustness.seed: how much does the score of a model depend on which rows of the subject, and which seed, trained it? */
#include "core/random.h"
#include "metrics/protocol.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>

enum { SPLITS = 5, PART_MOST = 1000, TEST_MOST = 3000, JOBS = (2 * SPLITS + 1) * PROTOCOL_LEARNERS };

/* Scores of one source, mean over learners, of models trained on disjoint random parts. */
struct spread {
    double score[SPLITS][2];
    double reseeded; /* part 0 of split 0 with another training seed */
};

struct spread_context {
    const struct measure_task *task;
    const struct protocol *protocol;
    const struct table *table;
    size_t rows; /* of a part */
    /* While it is made: */
    struct protocol scored; /* the protocol with fewer test rows */
    struct protocol_test test;
    struct target_rows target;
    struct design *design;
    uint32_t *order[SPLITS];
    double score[JOBS]; /* part x learner; the last part is the reseeded one */
};

/* The labels of one part, which are copied: a part's rows lie anywhere in the table. */
static int part_labels(const struct spread_context *c, size_t part, struct arena *arena, struct labels *labels,
                       struct error *error)
{
    const uint32_t *order = part < 2 * SPLITS ? c->order[part / 2] + part % 2 * c->rows : c->order[0];
    uint32_t *use = ARENA_ARRAY(arena, uint32_t, c->rows), *label = ARENA_ARRAY(arena, uint32_t, c->rows);
    double *value = ARENA_ARRAY(arena, double, c->rows);
    if (!use || !label || !value)
        return error_memory(error);
    for (size_t i = 0; i < c->rows; i++) {
        use[i] = c->target.use[order[i]];
        if (c->target.label)
            label[i] = c->target.label[order[i]];
        else
            value[i] = c->target.value[order[i]];
    }
    *labels = (struct labels){.rows = c->rows, .classes = c->protocol->classes, .label = label, .value = value, .use = use};
    return 0;
}

static int score_part(void *context, size_t index, size_t worker, struct error *error)
{
    struct spread_context *c = context;
    size_t part = index / PROTOCOL_LEARNERS, l = index % PROTOCOL_LEARNERS;
    struct labels labels;
    struct model model;
    const double *prediction;
    (void)worker;
    if (c->protocol->subject[l]->baseline)
        return 0;
    struct arena *arena = arena_new();
    int status = arena ? part_labels(c, part, arena, &labels, error) : error_memory(error);
    if (status == 0) {
        status = learner_list[l]->train(c->design, &labels, c->task->seed + (part == 2 * SPLITS), &model, error);
        if (status == 0) {
            status = protocol_predict(&c->scored, &model, c->test.design, arena, &prediction, error);
            if (status == 0)
                status = protocol_score(&c->scored, prediction, &c->score[index], error);
            learner_list[l]->free(&model);
        }
    }
    arena_free(arena);
    return status == 0 ? 0 : error_context(error, "a random part of %zu rows", c->rows);
}

/* A random part of the test rows, the same for all sources: every source asks 22 models. */
static int fewer_test_rows(struct spread_context *c, struct arena *arena, struct error *error)
{
    const struct protocol_test *all = c->protocol->test;
    size_t n = all->rows < TEST_MOST ? all->rows : TEST_MOST;
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, all->rows), *row = ARENA_ARRAY(arena, uint32_t, n);
    struct random random;
    c->scored = *c->protocol;
    c->scored.test = &c->test;
    c->test = (struct protocol_test){.table = all->table,
                                     .rows = n,
                                     .use = ARENA_ARRAY(arena, uint32_t, n),
                                     .label = ARENA_ARRAY(arena, uint32_t, n),
                                     .value = ARENA_ARRAY(arena, double, n)};
    if (!order || !row || !c->test.use || !c->test.label || !c->test.value)
        return error_memory(error);
    random_init(&random, c->task->seed, "robustness.seed", SPLITS, 0);
    random_permutation(&random, all->rows, order);
    for (size_t i = 0; i < n; i++) {
        row[i] = all->use[order[i]];
        c->test.use[i] = (uint32_t)i;
        if (c->protocol->classes)
            c->test.label[i] = all->label[order[i]];
        else
            c->test.value[i] = all->value[order[i]];
    }
    return design_pick(all->design, row, n, 1, &c->test.design, error);
}

static int make_spread(void *context, struct arena *arena, void **artifact, struct error *error)
{
    struct spread_context *c = context;
    const struct dataset *data = c->task->data;
    struct spread *spread = ARENA_NEW(arena, struct spread);
    if (!spread)
        return error_memory(error);
    int status = target_rows_read(data, c->protocol->classes, c->table, arena, &c->target, error);
    for (size_t s = 0; status == 0 && s < SPLITS; s++) {
        struct random random;
        c->order[s] = ARENA_ARRAY(arena, uint32_t, c->target.rows);
        if (!c->order[s])
            return error_memory(error);
        random_init(&random, c->task->seed, "robustness.seed", s, 0);
        random_permutation(&random, c->target.rows, c->order[s]);
    }
    if (status == 0)
        status = design_new(&c->design, artifact_find(c->task->artifacts, "protocol.encoder", data->train.table, NULL, 0),
                            c->table, error);
    if (status == 0)
        status = fewer_test_rows(c, arena, error);
    if (status == 0)
        status = pool_run(c->task->pool, JOBS, score_part, c, error);
    design_free(c->design);
    design_free(c->test.design);
    for (size_t part = 0; part < 2 * SPLITS; part++)
        spread->score[part / 2][part % 2] = protocol_mean(c->protocol, c->score + part * PROTOCOL_LEARNERS);
    spread->reseeded = protocol_mean(c->protocol, c->score + 2 * SPLITS * PROTOCOL_LEARNERS);
    *artifact = spread;
    return status;
}

static int spread_get(const struct measure_task *task, const struct protocol *protocol, const struct table *table, size_t rows,
                      const struct spread **spread, struct error *error)
{
    struct spread_context context = {.task = task, .protocol = protocol, .table = table, .rows = rows};
    void *made;
    int status = artifact_get(task->artifacts, "robustness.spread", table, protocol->test->table, rows, make_spread, NULL,
                              &context, &made, error);
    if (status == 0)
        *spread = made;
    return status;
}

/* √(Σ d²/2P) over the differences d of the P pairs: the standard deviation of the score over training rows. */
static double deviation(const struct spread *spread)
{
    double sum = 0;
    for (size_t s = 0; s < SPLITS; s++)
        sum += (spread->score[s][0] - spread->score[s][1]) * (spread->score[s][0] - spread->score[s][1]);
    return sqrt(sum / (2 * SPLITS));
}

static double mean(const struct spread *spread)
{
    double sum = 0;
    for (size_t part = 0; part < 2 * SPLITS; part++)
        sum += spread->score[part / 2][part % 2];
    return sum / (2 * SPLITS);
}

static double worst(const struct spread *spread)
{
    double least = INFINITY;
    for (size_t part = 0; part < 2 * SPLITS; part++)
        least = fmin(least, spread->score[part / 2][part % 2]);
    return least;
}

/* --- result -------------------------------------------------------------------------------------------------------- */

/* A random split gives each row's influence a random sign, anew in every split: given the table the differences are
 * uncorrelated, near normal and of one variance. */
static struct interval deviation_interval(double value, double level)
{
    double alpha = (1 - level) / 2;
    return (struct interval){.lo = value * sqrt(SPLITS / chi_squared_quantile(1 - alpha, SPLITS)),
                             .hi = value * sqrt(SPLITS / chi_squared_quantile(alpha, SPLITS)),
                             .level = level,
                             .method = "chi-squared over pairs of parts"};
}

static bool describe_source(cJSON *details, const char *key, const struct spread *spread, double level)
{
    struct interval interval = deviation_interval(deviation(spread), level);
    cJSON *source = json_add_object(details, key);
    cJSON *pairs = source ? json_add_array(source, "pairs") : NULL;
    for (size_t s = 0; pairs && s < SPLITS; s++) {
        cJSON *pair = json_push_object(pairs);
        if (!pair || !json_add_number(pair, "first", spread->score[s][0]) ||
            !json_add_number(pair, "second", spread->score[s][1]))
            return false;
    }
    return pairs && json_add_number(source, "spread", deviation(spread)) && json_add_number(source, "lo", interval.lo) &&
           json_add_number(source, "hi", interval.hi) && json_add_number(source, "mean", mean(spread)) &&
           json_add_number(source, "worst", worst(spread)) &&
           json_add_number(source, "seed_change", spread->reseeded - spread->score[0][0]);
}

static int describe(const struct measure_task *task, const struct protocol *protocol, const struct spread *tstr,
                    const struct spread *trtr, size_t rows, struct result *result, struct error *error)
{
    struct interval own = deviation_interval(result->value, task->level);
    struct interval real = deviation_interval(deviation(trtr), task->level);
    result->lo = own.lo;
    result->hi = own.hi;
    result->method = own.method;
    result->details = cJSON_CreateObject();
    if (!json_add_string(result->details, "score", protocol->score_name) ||
        !json_add_number(result->details, "rows", (double)rows) ||
        !describe_source(result->details, "tstr", tstr, task->level) ||
        !describe_source(result->details, "trtr", trtr, task->level))
        return error_memory(error);
    snprintf(result->finding, sizeof result->finding,
             "Models trained on random parts of %zu rows of the candidate reach %s %.3f on average, with a standard deviation "
             "of %.3f from part to part (worst %.3f); on parts of the real rows %.3f, %.3f (worst %.3f).",
             rows, protocol->score_title, mean(tstr), result->value, worst(tstr), mean(trtr), deviation(trtr), worst(trtr));
    if (own.lo > real.hi)
        snprintf(result->remedy, sizeof result->remedy,
                 "What models learn depends on which candidate rows they see: train on all of them, average several models, or "
                 "look for repeated rows and outliers.");
    return 0;
}

static int labelled(const struct measure_task *task, const struct protocol *protocol, const struct table *table, size_t *rows,
                    struct error *error)
{
    struct arena *arena = arena_new();
    struct target_rows target = {0};
    int status = arena ? target_rows_read(task->data, protocol->classes, table, arena, &target, error) : error_memory(error);
    *rows = target.rows;
    arena_free(arena);
    return status;
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol;
    const struct spread *tstr, *trtr;
    size_t own, real;
    int status = protocol_get(task, &protocol, error);
    if (status == 0)
        status = labelled(task, &protocol, task->subject, &own, error);
    if (status == 0)
        status = labelled(task, &protocol, task->data->train.table, &real, error);
    if (status != 0)
        return status;
    size_t rows = (own < real ? own : real) / 2;
    rows = rows < PART_MOST ? rows : PART_MOST;
    if (rows < 10)
        return error_set(error, ERROR_UNMEASURABLE, "fewer than 20 rows have a target value to learn from");
    status = spread_get(task, &protocol, task->subject, rows, &tstr, error);
    if (status != 0)
        return status;
    result->value = deviation(tstr);
    result->n = 2 * SPLITS;
    if (isnan(result->value))
        return error_set(error, ERROR_UNMEASURABLE, "the holdout rows leave the score undefined");
    if (protocol_brief(task, SUBJECT_CANDIDATE))
        return 0;
    status = spread_get(task, &protocol, task->data->train.table, rows, &trtr, error);
    return status == 0 ? describe(task, &protocol, tstr, trtr, rows, result, error) : status;
}

const struct measure measure_robustness_seed = {
    .id = "robustness.seed",
    .title = "Spread over training rows and seeds",
    .summary = "How much the score of a model varies with the part of the candidate that trained it.",
    .definition =
        "The candidate is split five times at random; models learn from two disjoint parts of the split, each half of the rows "
        "or 1,000, whichever is fewer, and are scored on the holdout, at most 3,000 rows of it (AUC or R², mean over the "
        "linear model and boosted "
        "trees). "
        "The value is the standard deviation √(Σ d²/10) from the differences d of the two scores of each pair. Beside it the "
        "same for real rows, parts of equal size; the mean and the worst score; and the change by another training seed.",
    .reading =
        "Compare with the spread of real rows, and read it with the mean score: a small spread alone is no merit, useless "
        "models may all be equally useless. That is why this measure has no score.",
    .unit = "AUC or R²",
    .reference = "this project",
    .dimension = DIMENSION_ROBUSTNESS,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 2,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .fault = SUBJECT_CANDIDATE,
    .worst = 2,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, robustness.spread",
    .run = run,
};
