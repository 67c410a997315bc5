/* utility.rare: do models trained on the subject still find the rare classes? */
#include "metrics/protocol.h"
#include "numeric/bootstrap.h"
#include "numeric/ranking.h"

#include <math.h>
#include <stdio.h>

#define MOST_SHARE 0.05
enum { SUBJECT_SIDE, REAL_SIDE, SIDES };

/* A class under MOST_SHARE of train with at least min_group rows there and among the test rows. */
struct rare_class {
    uint32_t class;
    const char *name;
    double share[SIDES]; /* of the rows with a known class */
    size_t rows;         /* test rows of it */
    uint32_t *row;
    const double *score[SIDES][PROTOCOL_LEARNERS]; /* probability of the class by test row; NULL: the baseline */
    uint32_t *order[SIDES][PROTOCOL_LEARNERS];     /* test rows, ascending probability */
    double recall[SIDES];                          /* mean over learners */
    struct interval interval;                      /* of recall[0] − recall[1] */
};

struct rare {
    const struct protocol *protocol;
    size_t n, too_small; /* classes that are measured; rare ones with too few rows for it */
    struct rare_class *classes;
    double learners;
    uint32_t *weights; /* workers x test rows */
};

/* --- which classes ------------------------------------------------------------------------------------------------- */

/* Counts the rows of a table by class, classes numbered as the labels are. Returns their sum. */
static size_t count_classes(const struct dataset *data, const struct table *table, size_t classes, size_t *count)
{
    const uint32_t *code = table->columns[data->target].code;
    size_t n = 0;
    for (size_t i = 0; i < table->rows; i++) {
        if (code[i] >= data->schema->columns[data->target].fitted_levels)
            continue;
        count[classes == 2 ? code[i] == data->positive : code[i]]++;
        n++;
    }
    return n;
}

/* The level that a label stands for. */
static const char *class_name(const struct dataset *data, size_t classes, uint32_t class)
{
    const char **levels = data->schema->columns[data->target].levels;
    if (classes > 2)
        return levels[class];
    return levels[class == 1 ? data->positive : 1 - data->positive];
}

static int find_classes(const struct measure_task *task, struct rare *rare, struct arena *arena, struct error *error)
{
    const struct dataset *data = task->data;
    const struct protocol_test *test = rare->protocol->test;
    size_t classes = rare->protocol->classes, *real = ARENA_ARRAY(arena, size_t, classes);
    size_t *subject = ARENA_ARRAY(arena, size_t, classes), *tested = ARENA_ARRAY(arena, size_t, classes);
    rare->classes = ARENA_ARRAY(arena, struct rare_class, classes);
    if (!real || !subject || !tested || !rare->classes)
        return error_memory(error);
    double n_real = (double)count_classes(data, data->train.table, classes, real);
    double n_subject = (double)count_classes(data, task->subject, classes, subject);
    for (size_t i = 0; i < test->rows; i++)
        tested[test->label[i]]++;
    for (uint32_t c = 0; c < classes; c++) {
        if ((double)real[c] >= MOST_SHARE * n_real)
            continue;
        if (real[c] < task->min_group || tested[c] < task->min_group) {
            rare->too_small++;
            continue;
        }
        struct rare_class *class = &rare->classes[rare->n++];
        *class = (struct rare_class){.class = c,
                                     .name = class_name(data, classes, c),
                                     .share = {(double)subject[c] / n_subject, (double)real[c] / n_real},
                                     .row = ARENA_ARRAY(arena, uint32_t, tested[c])};
        if (!class->row)
            return error_memory(error);
        for (size_t i = 0; i < test->rows; i++)
            if (test->label[i] == c)
                class->row[class->rows++] = (uint32_t)i;
    }
    if (rare->n > 0)
        return 0;
    const char *name = data->schema->columns[data->target].name;
    if (rare->too_small > 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "every class of the target '%s' under %g %% has fewer than %zu training or holdout rows", name,
                         100 * MOST_SHARE, task->min_group);
    return error_set(error, ERROR_UNMEASURABLE, "no class of the target '%s' is under %g %% of the training rows", name,
                     100 * MOST_SHARE);
}

/* --- recall -------------------------------------------------------------------------------------------------------- */

static int order_rows(struct rare *rare, struct rare_class *class, struct arena *arena, struct error *error)
{
    const struct protocol *protocol = rare->protocol;
    size_t n = protocol->test->rows;
    int status = 0;
    for (size_t l = 0; learner_list[l]; l++)
        for (size_t s = 0; status == 0 && s < SIDES; s++) {
            const struct trained *trained = (s == SUBJECT_SIDE ? protocol->subject : protocol->real)[l];
            double *score = ARENA_ARRAY(arena, double, n);
            class->order[s][l] = ARENA_ARRAY(arena, uint32_t, n);
            if (!score || !class->order[s][l])
                return error_memory(error);
            if (trained->baseline)
                continue;
            for (size_t i = 0; i < n; i++)
                score[i] = trained->prediction[i * protocol->width + class->class];
            class->score[s][l] = score;
            status = ranking_order(score, n, class->order[s][l], error);
        }
    return status;
}

/* Recall among the m most probable rows, m the weight of the class. Rows that tie at the cut count in part, as if they stood in
 * random order. weight NULL: 1. NaN: the class has no weight. */
static double recall_of(const struct rare *rare, const struct rare_class *class, const double *score, const uint32_t *order,
                        const uint32_t *weight)
{
    const uint32_t *label = rare->protocol->test->label;
    double room = 0, found = 0, all;
    for (size_t k = 0; k < class->rows; k++)
        room += weight ? weight[class->row[k]] : 1;
    all = room;
    for (size_t i = rare->protocol->test->rows; room > 0 && i > 0;) {
        const double tied = score[order[i - 1]];
        double size = 0, hits = 0;
        for (; i > 0 && score[order[i - 1]] == tied; i--) {
            double w = weight ? weight[order[i - 1]] : 1;
            size += w;
            hits += label[order[i - 1]] == class->class ? w : 0;
        }
        if (size == 0)
            continue;
        found += hits * fmin(1, room / size);
        room -= fmin(room, size);
    }
    return found / all;
}

/* Mean over learners. */
static double mean_recall(const struct rare *rare, const struct rare_class *class, size_t side, const uint32_t *weight)
{
    double sum = 0;
    for (size_t l = 0; learner_list[l]; l++)
        if (class->score[side][l])
            sum += recall_of(rare, class, class->score[side][l], class->order[side][l], weight) / rare->learners;
    return sum;
}

static int one_replicate(void *context, struct random *random, size_t worker, double *values, struct error *error)
{
    const struct rare *rare = context;
    uint32_t *weight = rare->weights + worker * rare->protocol->test->rows;
    (void)error;
    bootstrap_multiplicities(random, rare->protocol->test->rows, weight);
    for (size_t c = 0; c < rare->n; c++)
        values[c] = mean_recall(rare, &rare->classes[c], SUBJECT_SIDE, weight) -
                    mean_recall(rare, &rare->classes[c], REAL_SIDE, weight);
    return 0;
}

/* Percentiles of the defined replicates, stretched to hold the value. At least half of them are: a class of 10 rows is absent
 * from one sample in 22,000. */
static int interval_around(const struct measure_task *task, double value, double *replicates, size_t count,
                           struct interval *interval, struct error *error)
{
    size_t defined = 0;
    for (size_t b = 0; b < count; b++)
        if (!isnan(replicates[b]))
            replicates[defined++] = replicates[b];
    int status = interval_percentile(replicates, defined, task->level, interval, error);
    interval->lo = fmin(interval->lo, value);
    interval->hi = fmax(interval->hi, value);
    return status;
}

static int intervals(const struct measure_task *task, struct rare *rare, struct result *result, struct error *error)
{
    size_t count = rare->protocol->replicates;
    double *values = arena_array(result->arena, count, rare->n * sizeof(double)), replicates[PROTOCOL_REPLICATES];
    struct interval interval;
    rare->weights = arena_array(result->arena, rare->protocol->test->rows, pool_threads(task->pool) * sizeof(uint32_t));
    if (!values || !rare->weights)
        return error_memory(error);
    int status = bootstrap_run(task->pool, task->seed, "utility.rare", count, rare->n, one_replicate, rare, values, error);
    for (size_t c = 0; status == 0 && c < rare->n; c++) {
        struct rare_class *class = &rare->classes[c];
        for (size_t b = 0; b < count; b++)
            replicates[b] = values[b * rare->n + c];
        status = interval_around(task, class->recall[0] - class->recall[1], replicates, count, &class->interval, error);
    }
    for (size_t b = 0; status == 0 && b < count; b++) {
        replicates[b] = 0;
        for (size_t c = 0; c < rare->n; c++)
            replicates[b] += values[b * rare->n + c] / (double)rare->n;
    }
    if (status == 0)
        status = interval_around(task, result->value, replicates, count, &interval, error);
    if (status != 0)
        return status;
    result->lo = interval.lo;
    result->hi = interval.hi;
    return 0;
}

/* --- result -------------------------------------------------------------------------------------------------------- */

static int describe(const struct rare *rare, struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *classes = json_add_array(result->details, "classes");
    if (!classes || !json_add_number(result->details, "too_small", (double)rare->too_small))
        return error_memory(error);
    for (size_t c = 0; c < rare->n; c++) {
        const struct rare_class *class = &rare->classes[c];
        cJSON *item = json_push_object(classes);
        if (!item || !json_add_string(item, "class", class->name) || !json_add_number(item, "n", (double)class->rows) ||
            !json_add_number(item, "prevalence_real", class->share[REAL_SIDE]) ||
            !json_add_number(item, "prevalence_synthetic", class->share[SUBJECT_SIDE]) ||
            !json_add_number(item, "recall_tstr", class->recall[SUBJECT_SIDE]) ||
            !json_add_number(item, "recall_trtr", class->recall[REAL_SIDE]) ||
            !json_add_number(item, "lo", class->interval.lo) || !json_add_number(item, "hi", class->interval.hi))
            return error_memory(error);
    }
    return 0;
}

static void word(const struct measure_task *task, const struct rare *rare, struct result *result)
{
    const struct rare_class *worst = &rare->classes[0];
    const char *target = task->data->schema->columns[task->data->target].name;
    for (size_t c = 1; c < rare->n; c++)
        if (rare->classes[c].recall[0] - rare->classes[c].recall[1] < worst->recall[0] - worst->recall[1])
            worst = &rare->classes[c];
    snprintf(
        result->finding, sizeof result->finding,
        "Of the %zu holdout rows of the rare class '%.60s', models trained on the candidate find %.0f %%, models trained on "
        "real rows %.0f %%. The class is %.2g %% of the candidate's rows and %.2g %% of the real ones. Mean difference of "
        "recall over %zu rare class%s: %.3f (%g %% interval %.3f to %.3f).",
        worst->rows, worst->name, 100 * worst->recall[SUBJECT_SIDE], 100 * worst->recall[REAL_SIDE],
        100 * worst->share[SUBJECT_SIDE], 100 * worst->share[REAL_SIDE], rare->n, rare->n == 1 ? "" : "es", result->value,
        100 * task->level, result->lo, result->hi);
    if (result->hi < 0)
        snprintf(result->remedy, sizeof result->remedy,
                 "Give the generator more rows of the rare classes of '%.80s', or draw each class with a generator of its own.",
                 target);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol;
    struct rare rare = {.protocol = &protocol};
    bool brief = protocol_brief(task, SUBJECT_INDEPENDENT);
    int status = protocol_get_weighted(task, task->parameters[0].value > 0.5, &protocol, error);
    if (status == 0)
        status = find_classes(task, &rare, result->arena, error);
    if (status != 0)
        return status;
    for (size_t l = 0; learner_list[l]; l++)
        rare.learners += !protocol.subject[l]->baseline;
    result->value = 0;
    for (size_t c = 0; status == 0 && c < rare.n; c++) {
        struct rare_class *class = &rare.classes[c];
        status = order_rows(&rare, class, result->arena, error);
        for (size_t s = 0; status == 0 && s < SIDES; s++)
            class->recall[s] = mean_recall(&rare, class, s, NULL);
        result->value += (class->recall[SUBJECT_SIDE] - class->recall[REAL_SIDE]) / (double)rare.n;
        result->n += class->rows;
    }
    if (status != 0 || brief)
        return status;
    status = intervals(task, &rare, result, error);
    if (status == 0)
        status = describe(&rare, result, error);
    if (status == 0)
        status = protocol_method(&protocol, "paired percentile bootstrap over holdout rows", result, error);
    if (status == 0)
        word(task, &rare, result);
    return status;
}

static const struct parameter parameters[] = {
    {"balanced", "1: models are trained with class weights, so that all classes count the same", 0, 0, 1},
    {0},
};

const struct measure measure_utility_rare = {
    .id = "utility.rare",
    .title = "Rare classes found",
    .summary = "Whether models trained on the candidate still find the rare classes of the target.",
    .definition =
        "Recall of every class that is under 5 % of the training rows, on the holdout, of models trained on the candidate "
        "minus "
        "that of the same models trained on the training table; mean over the linear model and the boosted trees, then over "
        "the "
        "classes. A model finds the m rows that it holds most likely to be of the class, m the number of holdout rows of the "
        "class; ties at the cut count in part. A class needs k rows in the training table and in the holdout.",
    .reading = "0: rare classes are found as by models of real rows. Negative: they are lost. The rows of a rare class are "
               "few, so the "
               "interval is wide. The prevalence of each class stands beside it: a class that the candidate lacks, or holds "
               "too often, "
               "is seen there.",
    .unit = "recall",
    .reference = "this project; recall at the number of relevant rows (R-precision): Manning, Raghavan, Schütze 2008, "
                 "Introduction to Information Retrieval, section 8.4",
    .dimension = DIMENSION_UTILITY,
    .direction = DIRECTION_HIGHER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_CLASSES | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_TRAIN,
    .fault = SUBJECT_INDEPENDENT,
    .worst = -1,
    .best = 0,
    .cost = COST_LOW,
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained",
    .parameters = parameters,
    .run = run,
};
