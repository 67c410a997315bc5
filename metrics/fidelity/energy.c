#include "numeric/energy.h"

#include <math.h>
#include <stdio.h>

#include "metrics/fidelity/encoded.h"
#include "numeric/square.h"

/* Tables up to ROWS_EXACT are summed over all pairs; of larger ones ROWS_DRAWN are drawn. The time goes with the square, so
 * that the many runs of an audit of large tables can afford fewer rows than the few seconds of a middling one. */
#define ROWS_EXACT ((size_t)11000)
#define ROWS_DRAWN ((size_t)4500)
#define TEST_ROWS  ((size_t)2000) /* of each table in the permutation test */

/* What is needed of one table: artifact "fidelity.energy". */
struct energy_table {
    struct mixed_rows rows;
    struct energy_sums within;
};

struct table_request {
    const struct measure_task *task;
    const struct encoding *encoding;
    const struct table *table;
};

static int table_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct table_request *request = context;
    struct energy_table *made = ARENA_NEW(arena, struct energy_table);
    if (!made)
        return error_memory(error);
    *artifact = made;
    size_t most = request->table->rows > ROWS_EXACT ? ROWS_DRAWN : ROWS_EXACT;
    int status = encoded_rows(request->encoding, request->table, most, request->task->seed, arena, &made->rows, error);
    return status ? status : energy_within(&made->rows, request->task->pool, arena, &made->within, error);
}

static int table_get(const struct measure_task *task, const struct encoding *encoding, const struct table *table,
                     const struct energy_table **out, struct error *error)
{
    struct table_request request = {task, encoding, table};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "fidelity.energy", table, NULL, 0, table_make, NULL, &request, &artifact, error);
    *out = artifact;
    return status;
}

/* Copies of the rows' descriptions that agree in the number of marks. */
static void align(const struct energy_table *reference, const struct energy_table *subject, struct mixed_rows rows[2])
{
    rows[0] = reference->rows;
    rows[1] = subject->rows;
    rows[0].n_marks = rows[1].n_marks = rows[rows[0].n_marks < rows[1].n_marks].n_marks;
}

/* Where the populations agree the statistic's spread is that of the permutations, scaled from the test's rows to all. The
 * projections are means over rows and therefore noisy themselves: where the populations agree their variance is twice the
 * statistic's own, 4·E[h²](1/n + 1/m)² against 2·E[h²](1/n + 1/m)², h the kernel centred twice. So for the populations
 * noise² − 2·noise² is added. */
static void bound(const struct measure_task *task, const struct energy *e, const struct energy_test *test, size_t n, size_t m,
                  struct result *result)
{
    double tested = 1 / fmin((double)n, TEST_ROWS) + 1 / fmin((double)m, TEST_ROWS);
    double noise = test->sd * (1 / (double)n + 1 / (double)m) / tested;
    struct quadratic q = {e->v, e->v - e->u, noise * noise, e->se * e->se, test->skew};
    struct interval interval = quadratic_interval(&q, task->level);
    result->lo = interval.lo;
    result->hi = interval.hi;
    result->method = interval.method;
    result->population = interval_square(e->v, e->u, sqrt(fmax(noise * noise, e->se * e->se - noise * noise)), task->level);
    result->population.method = "Hoeffding projections of the U-statistic and permutations";
}

static int describe(const struct measure_task *task, const struct energy *e, const struct energy_test *test, size_t n, size_t m,
                    struct result *result, struct error *error)
{
    cJSON *details = result->details = cJSON_CreateObject();
    if (!details)
        return error_memory(error);
    json_add_number(details, "v_statistic", e->v);
    json_add_number(details, "u_statistic", e->u);
    json_add_number(details, "root", sqrt(e->v));
    json_add_number(details, "mean_reference_subject", e->between);
    json_add_number(details, "mean_reference_reference", e->within_first);
    json_add_number(details, "mean_subject_subject", e->within_second);
    json_add_number(details, "reference_rows", (double)n);
    json_add_number(details, "subject_rows", (double)m);
    json_add_bool(details, "sampled", n < task->reference->rows || m < task->subject->rows);
    json_add_number(details, "p_value", test->p);
    json_add_number(details, "permutations", ENERGY_PERMUTATIONS);
    json_add_number(details, "smallest_p_value", 1.0 / (ENERGY_PERMUTATIONS + 1));
    json_add_number(details, "tested_reference_rows", fmin((double)n, TEST_ROWS));
    json_add_number(details, "tested_subject_rows", fmin((double)m, TEST_ROWS));
    return 0;
}

static void say(const struct measure_task *task, const struct energy *e, const struct energy_test *test, size_t n, size_t m,
                struct result *result)
{
    char sampled[80] = "";
    if (n < task->reference->rows || m < task->subject->rows)
        snprintf(sampled, sizeof sampled, " (%zu and %zu rows drawn)", n, m);
    const char *verdict = test->p <= 0.05 ? "more than chance explains" : "chance alone can explain it";
    snprintf(
        result->finding, sizeof result->finding,
        "Whole rows have an energy distance of %.3g from the real ones, where a real and a synthetic row lie %.3g apart on "
        "average%s. Shuffled between the tables, the rows come out at least as far apart in %.0f of %d trials: %s (p = %.3g).",
        e->v, e->between, sampled, test->p * (ENERGY_PERMUTATIONS + 1) - 1, ENERGY_PERMUTATIONS, verdict, test->p);
    if (test->p <= 0.05)
        snprintf(result->remedy, sizeof result->remedy,
                 "Look at the shapes of single columns first, then at pairs: this distance says that rows differ, not where.");
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct encoding *encoding;
    const struct energy_table *reference, *subject;
    struct mixed_rows rows[2];
    struct energy_sums between;
    struct energy_test test;
    size_t n = task->reference->rows, m = task->subject->rows;
    int status = encoding_get(task, &encoding, error);
    if (status)
        return status;
    if (n < 2 || m < 2)
        return error_set(error, ERROR_UNMEASURABLE, "each table needs two rows, they have %zu and %zu", n, m);
    status = table_get(task, encoding, task->reference, &reference, error);
    if (status == 0)
        status = table_get(task, encoding, task->subject, &subject, error);
    if (status)
        return status;
    align(reference, subject, rows);
    status = energy_between(&rows[0], &rows[1], task->pool, result->arena, &between, error);
    if (status)
        return status;
    n = rows[0].rows, m = rows[1].rows;
    struct energy e = energy_statistic(&between, &reference->within, &subject->within, n, m);
    result->value = e.v;
    result->lo = result->hi = NAN;
    result->n = m;
    if (task->brief)
        return 0;
    status = energy_permute(&rows[0], n < TEST_ROWS ? n : TEST_ROWS, &rows[1], m < TEST_ROWS ? m : TEST_ROWS, task->seed,
                            task->pool, &test, error);
    if (status)
        return status;
    bound(task, &e, &test, n, m, result);
    say(task, &e, &test, n, m, result);
    return describe(task, &e, &test, n, m, result, error);
}

const struct measure measure_fidelity_energy = {
    .id = "fidelity.energy",
    .title = "Energy distance of whole rows",
    .summary =
        "How far apart the two tables are as clouds of rows, all columns together, with a test whether they differ at all.",
    .definition =
        "2·E|X − Y| − E|X − X'| − E|Y − Y'|, X and X' real rows, Y and Y' synthetic ones, |·| the Euclidean distance of rows "
        "whose "
        "numbers are standardised by the training table and whose categories and missing marks are 0/1 columns; means over all "
        "pairs of rows (V-statistic). Of a table above 11,000 rows 4,500 are drawn.",
    .reading = "0 only when the two distributions are the same; the unit is that of distances between rows, given in details. "
               "Equal tables "
               "of finite size have a little more than 0: compare with fresh real rows. The p-value is the share of 199 random "
               "divisions "
               "of the pooled rows that look as different; below 0.05 the tables differ by more than chance, which for large "
               "tables says "
               "little about how much.",
    .unit = "distance",
    .reference =
        "Székely and Rizzo 2013, J. Statist. Plann. Inference 143, 1249; the encoding and the interval are this project's",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = INFINITY,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_INDEPENDENT,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "fidelity.encoding, fidelity.energy",
    .run = run,
};
