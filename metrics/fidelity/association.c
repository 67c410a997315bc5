#include <math.h>
#include <stdio.h>

#include "metrics/fidelity/association_interval.h"
#include "metrics/fidelity/words.h"

#define ROUNDING 1e-12 /* sums over the same rows in another order differ by less */

struct association {
    const struct measure_task *task;
    struct column_pairs pairs;
    const double *real, *synthetic;
    double *difference; /* signed, synthetic − real */
    bool *taken;
    size_t compared, largest;
};

static double or_none(double strength)
{
    return isnan(strength) ? 0 : strength;
}

/* A strength that only one table defines counts 0 in the other: a column that became constant has lost what it had. */
static double compare(struct association *a)
{
    double squares = 0;
    for (size_t i = 0; i < a->pairs.count; i++) {
        a->taken[i] = !isnan(a->real[i]) || !isnan(a->synthetic[i]);
        double difference = or_none(a->synthetic[i]) - or_none(a->real[i]);
        a->difference[i] = fabs(difference) > ROUNDING ? difference : 0;
        a->compared += a->taken[i];
        squares += a->difference[i] * a->difference[i];
        if (fabs(a->difference[i]) > fabs(a->difference[a->largest]))
            a->largest = i;
    }
    return squares;
}

static int prepare(struct association *a, struct arena *arena, struct error *error)
{
    const size_t *columns;
    size_t count;
    int status = fidelity_columns(a->task, arena, &columns, &count, error);
    if (status == 0)
        status = column_pairs(a->task, "fidelity.association", columns, count, arena, &a->pairs, error);
    if (status == 0)
        status = association_matrix(a->task, a->task->reference, &a->pairs, &a->real, error);
    if (status == 0)
        status = association_matrix(a->task, a->task->subject, &a->pairs, &a->synthetic, error);
    if (status)
        return status;
    a->difference = ARENA_ARRAY(arena, double, a->pairs.count + 1);
    a->taken = ARENA_ARRAY(arena, bool, a->pairs.count + 1);
    return a->difference && a->taken ? 0 : error_memory(error);
}

static const char *name_of(const struct association *a, size_t column)
{
    return a->task->data->schema->columns[column].name;
}

static int describe(const struct association *a, double squares, cJSON *details, struct error *error)
{
    static const char *const kinds[] = {"correlation", "correlation ratio", "cramers v"};
    json_add_number(details, "frobenius", sqrt(2 * squares));
    json_add_number(details, "max_difference", fabs(a->difference[a->largest]));
    json_add_number(details, "pairs_compared", (double)a->compared);
    json_add_number(details, "pairs_there_are", (double)a->pairs.total);
    cJSON *list = json_add_array(details, "pairs");
    for (size_t i = 0; i < a->pairs.count; i++) {
        const struct column_pair *pair = &a->pairs.pairs[i];
        cJSON *item = json_push_object(list);
        if (!item)
            return error_memory(error);
        json_add_string(item, "a", name_of(a, pair->a));
        json_add_string(item, "b", name_of(a, pair->b));
        json_add_string(item, "kind", kinds[association_kind(a->task->data->schema, pair)]);
        json_add_number(item, "real", a->real[i]);
        json_add_number(item, "synthetic", a->synthetic[i]);
        json_add_number(item, "difference", a->taken[i] ? fabs(a->difference[i]) : NAN);
        if (isnan(a->real[i]) || isnan(a->synthetic[i]))
            json_add_string(item, "note",
                            a->taken[i] ? "a column is constant or empty in one of the tables: no association there"
                                        : "a column is constant or empty in both tables: not compared");
    }
    return 0;
}

static void say(const struct association *a, struct result *result)
{
    const struct column_pair *pair = &a->pairs.pairs[a->largest];
    struct short_name x = short_name(name_of(a, pair->a)), y = short_name(name_of(a, pair->b));
    double real = or_none(a->real[a->largest]), synthetic = or_none(a->synthetic[a->largest]);
    snprintf(result->finding, sizeof result->finding,
             "The strength of association between two columns is off by %.3f (root mean square over %zu pairs, scale 0 to 1); "
             "most between '%s' and '%s': %.2f instead of %.2f.%s",
             result->value, a->compared, x.text, y.text, synthetic, real,
             result->value > 0 && result->population.lo <= 0 ? " All in all chance alone can explain that." : "");
    if (fabs(synthetic - real) > 0.1 && result->population.lo > 0)
        snprintf(result->remedy, sizeof result->remedy, "Model '%s' and '%s' together: their association is too %s.", x.text,
                 y.text, synthetic < real ? "weak" : "strong");
}

static int add_interval(const struct association *a, struct result *result, struct error *error)
{
    struct association_interval interval;
    int status = association_interval(a->task, &a->pairs, a->taken, result->value, &interval, error);
    if (status)
        return status;
    result->lo = interval.sample.lo;
    result->hi = interval.sample.hi;
    result->method = interval.sample.method;
    result->population = interval.population;
    return 0;
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct association a = {.task = task};
    int status = prepare(&a, result->arena, error);
    if (status)
        return status;
    double squares = compare(&a);
    if (a.compared == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "no pair of columns has an association: there are fewer than two, or all are constant");
    result->value = sqrt(squares / (double)a.compared);
    result->n = task->subject->rows;
    if (task->brief)
        return 0;
    status = add_interval(&a, result, error);
    if (status)
        return status;
    say(&a, result);
    result->details = cJSON_CreateObject();
    return result->details ? describe(&a, squares, result->details, error) : error_memory(error);
}

const struct measure measure_fidelity_association = {
    .id = "fidelity.association",
    .title = "Strength of associations",
    .summary = "How far the strengths of association between columns are from the real ones, over all pairs.",
    .definition =
        "Root mean square, over pairs of columns, of the difference between the strengths of association in the synthetic and "
        "in the real table. Two numeric columns or dates: |Pearson's correlation|, rows where both are present. A numeric and "
        "a "
        "categorical column: the correlation ratio, the root of the share of the number's variance between categories. Two "
        "categorical columns: Cramér's V with Bergsma's bias correction. Missing is a category of its own. A pair whose "
        "strength "
        "one table leaves undefined (a constant column) counts 0 there; one that both leave undefined takes no part. Of more "
        "than 5,000 pairs (100 columns) a seeded sample of 5,000 draws is compared.",
    .reading =
        "0 means that every two columns are associated as strongly as in the real table; 0.1 that strengths, which go from 0 "
        "to "
        "1, are off by a tenth. Compare with the honest case and with the control of independent columns. It sees strengths "
        "only: a correlation that turned its sign, or categories that changed places, are seen by pair trends.",
    .unit = "distance",
    .reference = "Bergsma 2013 (Cramér's V), Pearson 1905 (correlation ratio); the mean over pairs is this project's",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TWO_COLUMNS,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_INDEPENDENT,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "fidelity.view, fidelity.association",
    .run = run,
};
