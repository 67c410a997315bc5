/* privacy.linkability: does the candidate tell which two partial records belong to the same person?
 *
 * attacker   has two sources with different columns of the same people, A and B, and the candidate
 * guesses    that a record of A and one of B are of one person where their nearest candidate rows have a row in common
 * baseline   as many random rows in place of the nearest
 * control    the same for people the generator never saw
 * reference  Giomi, Boenisch, Wehmeyer, Tasnádi 2023, PoPETs 2023 (2), section 4.2
 *
 * The nearest rows are all rows as near as the k-th nearest. Where ties are cut by the order of rows, a copy of train whose
 * rows repeat on A alone or on B alone links only where the same one of them happens to come first on both sides. Whole ties
 * link everybody where columns are coarse; that happens to strangers too, and the residual risk takes it away. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "attacks/disclosure/halves.h"
#include "attacks/disclosure/near_rows.h"
#include "attacks/disclosure/quasi.h"
#include "attacks/disclosure/risk.h"
#include "attacks/secrets.h"
#include "attacks/tables.h"
#include "core/random.h"

#define CHUNK    64 /* records a task */
#define SHOWN    2  /* columns of a half that the finding names */
#define STREAM   "privacy.linkability"
#define BASELINE 2 /* stream numbers: 0 and 1 sample train and strangers */
#define REMEDY                                                                                                                 \
    "Train the generator with less detail on the columns that identify people (differential privacy, coarser values), or "     \
    "drop some of them."

enum { PARAMETER_ATTACKS, PARAMETER_NEIGHBOURS, PARAMETER_COMPAT };

static const struct parameter parameters[] = {{"attacks", "people attacked, and as many strangers", 2000, 20, 1e6},
                                              {"neighbours", "nearest rows of each half that may agree", 1, 1, NEIGHBOUR_MAX_K},
                                              RISK_COMPAT,
                                              {NULL, NULL, 0, 0, 0}};

/* Records of one table, and which of them are linked. */
struct linked_records {
    struct row_set rows;
    struct near_search half[2];
    bool *linked;
    double *by_chance; /* that as many random rows on either side have one in common */
};

struct linking {
    const struct measure_task *task;
    struct halves halves;
    struct known_view view[2];
    size_t synthetic_rows;
    struct linked_records members, strangers;
    struct linked_records *now; /* whose turn it is */
};

/* That a and b rows drawn from m without replacement have one in common: 1 − C(m − a, b)/C(m, b). */
static double common_by_chance(size_t m, size_t a, size_t b)
{
    size_t few = a < b ? a : b, many = a < b ? b : a;
    double none = 1;

    for (size_t i = 0; i < few && none > 0; i++)
        none *= many + i < m ? (double)(m - many - i) / (double)(m - i) : 0;
    return 1 - none;
}

/* stamp[row] = i + 1: the row is near to record i on the first half. */
static int link_record(const struct linking *linking, size_t i, uint32_t *near, uint32_t *stamp, struct error *error)
{
    struct linked_records *records = linking->now;
    size_t n[2];
    int status = near_rows(&linking->view[0], &records->half[0], i, near, &n[0], error);

    for (size_t m = 0; m < n[0] && !status; m++)
        stamp[near[m]] = (uint32_t)i + 1;
    if (!status)
        status = near_rows(&linking->view[1], &records->half[1], i, near, &n[1], error);
    if (status)
        return status;
    for (size_t m = 0; m < n[1] && !records->linked[i]; m++)
        records->linked[i] = stamp[near[m]] == i + 1;
    records->by_chance[i] = common_by_chance(linking->synthetic_rows, n[0], n[1]);
    return 0;
}

static int link_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct linking *linking = context;
    size_t rows = linking->synthetic_rows, to = (index + 1) * CHUNK;
    uint32_t *near = calloc(rows + 1, sizeof *near), *stamp = calloc(rows + 1, sizeof *stamp);
    int status = near && stamp ? 0 : error_memory(error);

    (void)worker;
    if (to > linking->now->rows.n)
        to = linking->now->rows.n;
    for (size_t i = index * CHUNK; i < to && !status; i++)
        status = link_record(linking, i, near, stamp, error);
    free(near);
    free(stamp);
    return status;
}

static int link_records(struct linking *linking, const struct table *table, uint64_t number, struct arena *arena,
                        struct linked_records *records, struct error *error)
{
    const struct measure_task *task = linking->task;
    size_t most = (size_t)task->parameters[PARAMETER_ATTACKS].value, k = (size_t)task->parameters[PARAMETER_NEIGHBOURS].value;
    struct row_set all;
    int status = rows_with_value(table, SIZE_MAX, arena, &all, error);

    if (!status)
        status = row_sample(&all, most, task->seed, STREAM, number, arena, &records->rows, error);
    records->linked = ARENA_ARRAY(arena, bool, table->rows + 1);
    records->by_chance = ARENA_ARRAY(arena, double, table->rows + 1);
    if (!status && (!records->linked || !records->by_chance))
        status = error_memory(error);
    for (size_t h = 0; h < 2 && !status; h++)
        status = near_search_run(&linking->view[h], &records->rows, k, task->pool, arena, &records->half[h], error);
    linking->now = records;
    return status ? status : pool_run(task->pool, (records->rows.n + CHUNK - 1) / CHUNK, link_task, linking, error);
}

static int choose_halves(struct linking *linking, struct arena *arena, struct error *error)
{
    const struct measure_task *task = linking->task;
    const struct schema *schema = task->data->schema;
    size_t *columns = ARENA_ARRAY(arena, size_t, schema->n_columns + 1), n;

    if (!columns)
        return error_memory(error);
    n = attack_known_columns(schema, SIZE_MAX, columns);
    if (n < 2)
        return error_set(error, ERROR_UNMEASURABLE,
                         "linking needs two columns, one for each source, and %zu can be known; name more with --quasi", n);
    return halves_deal(task->reference, columns, n, arena, &linking->halves, error);
}

static int link_all(struct linking *linking, struct arena *arena, struct error *error)
{
    const struct measure_task *task = linking->task;
    const struct table *strangers = stranger_table(task);
    struct row_set synthetic;
    int status = choose_halves(linking, arena, error);

    if (!status && (!strangers || strangers->rows == 0))
        status = error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    if (!status)
        status = rows_with_value(task->subject, SIZE_MAX, arena, &synthetic, error);
    for (size_t h = 0; h < 2 && !status; h++)
        status = known_view_make(&synthetic, linking->halves.columns[h], linking->halves.n[h], arena, &linking->view[h], error);
    linking->synthetic_rows = task->subject->rows;
    if (!status)
        status = link_records(linking, task->reference, 0, arena, &linking->members, error);
    return status ? status : link_records(linking, strangers, 1, arena, &linking->strangers, error);
}

static size_t count_linked(const struct linked_records *records)
{
    size_t count = 0;

    for (size_t i = 0; i < records->rows.n; i++)
        count += records->linked[i];
    return count;
}

static size_t draw_baseline(const struct linking *linking)
{
    const struct linked_records *members = &linking->members;
    size_t count = 0;

    for (size_t i = 0; i < members->rows.n; i++) {
        struct random random;

        random_init(&random, linking->task->seed, STREAM, BASELINE, members->rows.pick[i]);
        count += random_uniform(&random) < members->by_chance[i];
    }
    return count;
}

static int describe(const struct linking *linking, const struct risk *risk, struct result *result, struct error *error)
{
    static const char *const names[] = {"known_to_one", "known_to_other"};
    const struct schema *schema = linking->task->data->schema;
    cJSON *details = result->details = cJSON_CreateObject();

    if (!details)
        return error_memory(error);
    risk_describe(risk, details);
    json_add_number(details, "neighbours", (double)linking->members.half[0].k);
    for (size_t h = 0; h < 2; h++) {
        cJSON *list = json_add_array(details, names[h]);

        for (size_t c = 0; c < linking->halves.n[h]; c++)
            json_push_string(list, schema->columns[linking->halves.columns[h][c]].name);
    }
    return 0;
}

static int report(const struct linking *linking, struct result *result, struct error *error)
{
    const struct measure_task *task = linking->task;
    const struct linked_records *members = &linking->members, *strangers = &linking->strangers;
    struct risk_counts counts = {.attack = {members->rows.n, count_linked(members), 0},
                                 .baseline = {members->rows.n, draw_baseline(linking), 0},
                                 .control = {strangers->rows.n, count_linked(strangers), 0}};
    struct risk risk = risk_assess(&counts, task->level, task->parameters[PARAMETER_COMPAT].value > 0);
    struct risk_words words = {.remedy = REMEDY, .sees_copies = true};
    char half[2][112], what[300];

    for (size_t h = 0; h < 2; h++)
        column_words(task->data->schema, linking->halves.columns[h], linking->halves.n[h], SHOWN, half[h], sizeof half[h]);
    snprintf(what, sizeof what, "Linking one source's record (%s) with another's (%s)", half[0], half[1]);
    words.what = what;
    risk_report(&risk, &words, result);
    for (size_t i = 0; i < members->rows.n && task->evidence; i++)
        strbuf_addf(task->evidence, "train,%u,%s,link,%d\n", members->rows.pick[i], STREAM, members->linked[i] ? 1 : 0);
    return task->brief ? 0 : describe(linking, &risk, result, error);
}

static int linkability_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct linking linking = {.task = task};
    struct arena *arena = arena_new();
    int status = arena ? link_all(&linking, arena, error) : error_memory(error);

    if (!status)
        status = report(&linking, result, error);
    arena_free(arena);
    return status;
}

const struct measure measure_privacy_linkability = {
    .id = "privacy.linkability",
    .title = "Linkability",
    .summary = "How much more often the candidate links two partial records of a training person than of a stranger.",
    .definition =
        "The quasi-identifiers (or all columns) are dealt into two halves that identify about equally well. For up to 2,000 "
        "training records: the candidate's nearest rows by one half, and by the other, all ties included; a link where the two "
        "have a row in common. A is the share linked, C the same share among records that the generator never saw; the value "
        "is "
        "(A - C)/(1 - C), at least 0.",
    .reading =
        "0: the candidate links people it was trained on no more often than strangers. 1: it links all of them, as a copy "
        "of train does. Where columns are few and coarse strangers are linked almost always, and the interval is wide.",
    .unit = "share of links that fail on strangers",
    .reference = "Giomi, Boenisch, Wehmeyer, Tasnádi 2023, PoPETs 2023 (2), 312; ties, halves and interval: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_COPY,
    .worst = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .parameters = parameters,
    .threat =
        "An attacker has two sources that know different columns of the same people, and asks the candidate which records "
        "belong together.",
    .run = linkability_run,
};
