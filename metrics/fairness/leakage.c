/* fairness.leakage: do the other columns give the group away more, or less, in the subject than in the reference? */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/hash.h"
#include "metrics/fairness/grouped.h"
#include "metrics/fidelity/two_tables.h"
#include "models/boosted_folds.h"
#include "models/learner.h"
#include "numeric/ranking.h"
#include "numeric/sort.h"

#define STREAM "fairness.leakage"

enum { ROWS = 5000, FOLDS = 3, MOST_GROUPS = 4, SPREAD = 10 };

/* The variance of trained models is that of fixed scores times this: found for these trees by simulation in
 * fidelity.discriminator (1.35 + 0.3 without repeats). */
static const double training = 1.65;

/* What the trees find in one table about one column: AUC and variance per told group, NaN where it has too few rows. */
struct told {
    size_t groups;
    uint32_t group[MOST_GROUPS];
    double auc[MOST_GROUPS], variance[MOST_GROUPS];
};

struct leak {
    const struct partition *partition;
    size_t groups; /* told in both tables */
    double reference, subject, se;
};

struct asking {
    const struct measure_task *task;
    const struct table *table;
    const struct partition *partition;
    struct told told; /* groups are given */
};

/* The commonest groups of train by number; of two groups one says it all. */
static int choose_groups(const struct measure_task *task, const struct partition *partition, struct told *told,
                         struct arena *arena, struct error *error)
{
    const struct table *train = task->data->train.table;
    uint32_t *group = ARENA_ARRAY(arena, uint32_t, train->rows + 1);
    size_t *rows = ARENA_ARRAY(arena, size_t, partition->groups + 1), named = 0;
    if (!group || !rows)
        return error_memory(error);
    partition_apply(partition, train, group);
    for (size_t i = 0; i < train->rows; i++)
        if (group[i] != GROUP_NONE)
            rows[group[i]]++;
    for (size_t g = 0; g < partition->groups; g++)
        named += grouped_named(partition, g);
    size_t wanted = partition->groups == 2 && named > 0 ? 1 : named < MOST_GROUPS ? named : MOST_GROUPS;
    while (told->groups < wanted) {
        size_t best = SIZE_MAX;
        for (size_t g = 0; g < partition->groups; g++)
            if (grouped_named(partition, g) && rows[g] > 0 && (best == SIZE_MAX || rows[g] > rows[best]))
                best = g;
        if (best == SIZE_MAX)
            break;
        rows[best] = 0;
        told->group[told->groups++] = (uint32_t)best;
    }
    return 0;
}

static uint64_t row_hash(const struct design *design, size_t row, uint64_t seed)
{
    const struct layout *layout = &design->layout;
    for (size_t k = 0; k < layout->quantities; k++) {
        uint64_t bits;
        memcpy(&bits, &design->number[row * layout->quantities + k], sizeof bits);
        seed = hash_mix(seed, bits);
    }
    for (size_t k = 0; k < layout->factors; k++)
        seed = hash_mix(seed, design->level[row * layout->factors + k]);
    return seed;
}

/* Rows that are equal stay in one fold, or a copied row would tell about its twin; contents that more than SPREAD rows share
 * are spread like any others. */
static int cut_folds(const struct design *design, uint64_t seed, uint8_t *fold, struct arena *arena, struct error *error)
{
    double *key = ARENA_ARRAY(arena, double, design->rows + 1);
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, design->rows + 1);
    if (!key || !order)
        return error_memory(error);
    for (size_t i = 0; i < design->rows; i++)
        key[i] = (double)(row_hash(design, i, seed) >> 11);
    int status = sort_order(key, design->rows, order, error);
    size_t cut = 0;
    for (size_t from = 0, to; status == 0 && from < design->rows; from = to, cut++) {
        for (to = from; to < design->rows && key[order[to]] == key[order[from]]; to++) {
        }
        for (size_t i = from; i < to; i++)
            fold[order[i]] = (uint8_t)((to - from > SPREAD ? cut++ : cut) % FOLDS);
    }
    return status;
}

/* All groups and folds of one table. */
struct judging {
    const struct boosted_matrix *matrix;
    const uint8_t *fold;
    size_t rows;
    const uint8_t *label[MOST_GROUPS]; /* NULL: too few rows, not judged */
    struct delong fit[MOST_GROUPS][FOLDS];
};

static int judge_fold(void *context, size_t index, size_t worker, struct error *error)
{
    struct judging *j = context;
    size_t group = index / FOLDS, k = index % FOLDS, n = j->rows, count = 0;
    const struct boosted_rows rows = {j->label[group], j->fold};
    (void)worker;
    if (!rows.label)
        return 0;
    struct arena *arena = arena_new();
    double *score = arena ? ARENA_ARRAY(arena, double, 2 * n + 1) : NULL, *part = score ? score + n : NULL;
    uint8_t *label = score ? ARENA_ARRAY(arena, uint8_t, n + 1) : NULL;
    int status = label ? boosted_fold(j->matrix, &rows, (unsigned)k, score, NULL, error) : error_memory(error);
    for (size_t i = 0; status == 0 && i < n; i++)
        if (rows.fold[i] == k) {
            part[count] = score[i];
            label[count++] = rows.label[i];
        }
    if (status == 0)
        status = delong(part, label, count, &j->fit[group][k], error);
    if (status == ERROR_UNMEASURABLE) { /* a fold without the group: not told */
        j->fit[group][k] = (struct delong){NAN, NAN, 0, 0};
        status = 0;
    }
    arena_free(arena);
    return status;
}

/* Mean over the folds of the AUC within a fold, weighted by pairs of rows. */
static void join_folds(const struct delong *fit, double *auc, double *variance)
{
    double pairs = 0, sum = 0, squares = 0;
    for (size_t k = 0; k < FOLDS; k++) {
        double weight = (double)fit[k].positives * (double)fit[k].negatives;
        if (isnan(fit[k].auc) || isnan(fit[k].variance))
            continue;
        pairs += weight;
        sum += weight * fit[k].auc;
        squares += weight * weight * fit[k].variance;
    }
    *auc = sum / pairs;
    *variance = training * squares / (pairs * pairs);
}

/* The rows of each group against the rest. */
static int label_groups(const struct asking *asking, const struct table *sample, struct judging *judging, struct arena *arena,
                        struct error *error)
{
    size_t n = sample->rows, least = grouped_least_rows(asking->task);
    uint32_t *group = ARENA_ARRAY(arena, uint32_t, n + 1);
    if (!group)
        return error_memory(error);
    partition_apply(asking->partition, sample, group);
    for (size_t t = 0; t < asking->told.groups; t++) {
        uint8_t *label = ARENA_ARRAY(arena, uint8_t, n + 1);
        size_t positives = 0;
        if (!label)
            return error_memory(error);
        for (size_t i = 0; i < n; i++)
            positives += label[i] = group[i] == asking->told.group[t];
        if (positives >= least && n - positives >= least)
            judging->label[t] = label;
    }
    return 0;
}

static int judge_design(const struct asking *asking, const struct table *sample, const struct design *design, struct told *told,
                        struct arena *arena, struct error *error)
{
    uint8_t *fold = ARENA_ARRAY(arena, uint8_t, design->rows + 1);
    struct boosted_matrix *matrix = NULL;
    struct judging judging = {.fold = fold, .rows = design->rows};
    int status = fold ? cut_folds(design, asking->task->seed, fold, arena, error) : error_memory(error);
    if (status == 0)
        status = label_groups(asking, sample, &judging, arena, error);
    if (status == 0)
        status = boosted_matrix_new(&matrix, design, error);
    if (status != 0)
        return status;
    judging.matrix = matrix;
    status = pool_run(asking->task->pool, told->groups * FOLDS, judge_fold, &judging, error);
    boosted_matrix_free(matrix);
    for (size_t t = 0; status == 0 && t < told->groups; t++)
        join_folds(judging.fit[t], &told->auc[t], &told->variance[t]);
    return status;
}

/* Makes the artifact of one table and column. */
static int make_told(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct asking *asking = context;
    struct told *told = ARENA_NEW(arena, struct told);
    uint32_t *use = ARENA_ARRAY(arena, uint32_t, ROWS);
    struct encoder *encoder = NULL;
    struct design *design = NULL;
    struct table *sample = NULL;
    if (!told || !use)
        return error_memory(error);
    *told = asking->told;
    size_t n = sample_rows(asking->table->rows, ROWS, asking->task->seed, STREAM, use);
    int status = table_take(asking->table, use, n, "sample", &sample, error);
    if (status == 0)
        status = encoder_fit(&encoder, asking->task->data->train.table, &asking->partition->column, 1, error);
    if (status == 0 && encoder_features(encoder) == 0)
        status = error_set(error, ERROR_UNMEASURABLE, "there is no other column to tell the group by");
    if (status == 0)
        status = design_new(&design, encoder, sample, error);
    if (status == 0)
        status = judge_design(asking, sample, design, told, arena, error);
    design_free(design);
    encoder_free(encoder);
    table_free(sample);
    *artifact = told;
    return status;
}

static int get_told(const struct measure_task *task, const struct table *table, const struct partition *partition,
                    const struct told *groups, const struct told **out, struct error *error)
{
    struct asking asking = {task, table, partition, *groups};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "fairness.leakage", table, NULL, partition->column, make_told, NULL, &asking,
                              &artifact, error);
    *out = artifact;
    return status;
}

static int judge_column(const struct measure_task *task, const struct partition *partition, struct leak *leak,
                        struct arena *arena, struct error *error)
{
    struct told groups = {0};
    const struct told *reference = NULL, *subject = NULL;
    double errors = 0;
    *leak = (struct leak){.partition = partition};
    int status = choose_groups(task, partition, &groups, arena, error);
    if (status == 0)
        status = get_told(task, task->reference, partition, &groups, &reference, error);
    if (status == 0)
        status = get_told(task, task->subject, partition, &groups, &subject, error);
    if (status != 0)
        return status;
    for (size_t t = 0; t < groups.groups; t++) {
        if (isnan(reference->auc[t]) || isnan(subject->auc[t]))
            continue;
        leak->groups++;
        leak->reference += reference->auc[t];
        leak->subject += subject->auc[t];
        errors += sqrt(reference->variance[t] + subject->variance[t]);
    }
    /* Groups of a table share its rows: their errors are taken to go together. */
    leak->reference /= (double)leak->groups;
    leak->subject /= (double)leak->groups;
    leak->se = errors / (double)leak->groups;
    return 0;
}

static int describe(const struct measure_task *task, const struct leak *leaks, size_t n, double z, struct result *result,
                    struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *list = json_add_array(result->details, "columns");
    for (size_t p = 0; p < n; p++) {
        double difference = leaks[p].subject - leaks[p].reference;
        cJSON *item = json_push_object(list);
        json_add_string(item, "column", leaks[p].partition->name);
        json_add_number(item, "groups", (double)leaks[p].groups);
        json_add_number(item, "reference", leaks[p].reference);
        json_add_number(item, "subject", leaks[p].subject);
        json_add_number(item, "difference", difference);
        json_add_number(item, "lo", difference - z * leaks[p].se);
        json_add_number(item, "hi", difference + z * leaks[p].se);
    }
    json_add_number(result->details, "most_rows", ROWS);
    json_add_bool(result->details, "sampled", task->reference->rows > ROWS || task->subject->rows > ROWS);
    json_add_number(result->details, "folds", FOLDS);
    return json_complete(result->details) ? 0 : error_memory(error);
}

static void word(const struct leak *worst, struct result *result)
{
    bool proven = result->lo > 0;
    snprintf(result->finding, sizeof result->finding,
             "The other columns tell the groups of '%.80s' with an AUC of %.2f in the candidate and %.2f among real rows: %s.",
             worst->partition->name, worst->subject, worst->reference,
             !proven                             ? "no proven difference"
             : worst->subject > worst->reference ? "the candidate makes the group easier to guess"
                                                 : "the candidate has lost what goes with the group");
    if (proven)
        snprintf(result->remedy, sizeof result->remedy, "Look at how '%.80s' goes with the other columns in the candidate.",
                 worst->partition->name);
}

static int collect(const struct measure_task *task, struct leak **leaks, size_t *n, struct arena *arena, struct error *error)
{
    struct partition *partitions;
    size_t count;
    int status = partitions_fit(task->data, task->min_group, arena, &partitions, &count, error);
    *n = 0;
    *leaks = status == 0 ? ARENA_ARRAY(arena, struct leak, count + 1) : NULL;
    if (status == 0 && !*leaks)
        status = error_memory(error);
    for (size_t p = 0; status == 0 && p < count; p++)
        status = judge_column(task, &partitions[p], &(*leaks)[(*n)++], arena, error);
    return status;
}

/* Of the largest absolute difference, from the simultaneous intervals of all columns. */
static void set_ends(const struct leak *leaks, size_t n, double z, struct result *result)
{
    result->lo = result->hi = 0;
    for (size_t p = 0; p < n; p++) {
        if (leaks[p].groups == 0)
            continue;
        double size = fabs(leaks[p].subject - leaks[p].reference), reach = z * leaks[p].se;
        result->lo = fmax(result->lo, size - reach);
        result->hi = fmax(result->hi, size + reach);
    }
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct arena *arena = arena_new();
    struct leak *leaks = NULL;
    const struct leak *worst = NULL;
    size_t n = 0, judged = 0;
    int status = arena ? collect(task, &leaks, &n, arena, error) : error_memory(error);
    for (size_t p = 0; status == 0 && p < n; p++) {
        if (leaks[p].groups == 0)
            continue;
        judged++;
        if (!worst || fabs(leaks[p].subject - leaks[p].reference) > fabs(worst->subject - worst->reference))
            worst = &leaks[p];
    }
    if (status == 0 && !worst)
        status = error_set(error, ERROR_UNMEASURABLE, "no group has %zu rows inside and outside it in both tables",
                           grouped_least_rows(task));
    if (status == 0) {
        double z = simultaneous_quantile(judged, task->level);
        result->value = fabs(worst->subject - worst->reference);
        set_ends(leaks, n, z, result);
        result->method = "DeLong within folds (Šidák over columns)";
        result->n = task->subject->rows < ROWS ? task->subject->rows : ROWS;
        if (!task->brief && !task->plain) {
            word(worst, result);
            status = describe(task, leaks, n, z, result, error);
        }
    }
    arena_free(arena);
    return status;
}

const struct measure measure_fairness_leakage = {
    .id = "fairness.leakage",
    .title = "Guessing the group from other columns",
    .summary = "Whether the other columns give the group away more, or less, in the candidate than among real rows.",
    .definition =
        "Boosted trees learn to tell a group of a sensitive column from the rest by all other measured columns, in 3-fold "
        "cross-validation, once on the candidate and once on the real table; AUC within folds, mean over the four commonest "
        "groups (of two groups one). The value is the largest absolute difference of the two AUCs over columns. A group needs "
        "max(k, 50) rows inside and outside it in both tables. Above 5,000 rows a table, a "
        "seeded sample of as many; equal rows stay in one fold (up to 10).",
    .reading = "0: the group can be guessed as well as among real rows. Easier to guess in the candidate: it draws groups like "
               "caricatures, and a model can use the group even where its column is left out. Harder: what goes with the group "
               "was lost. The finding and the signed difference of each column say which.",
    .unit = "difference of AUC",
    .reference = "predicting the protected attribute: Feldman et al. 2015, KDD; interval: DeLong 1988",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_SENSITIVE | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_CANDIDATE,
    .worst = 0.5,
    .best = 0,
    .cost = COST_HIGH,
    .version = 1,
    .artifacts = "fairness.leakage",
    .run = run,
};
