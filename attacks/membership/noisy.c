#include "attacks/membership/noisy.h"

#include <math.h>

#include "attacks/tables.h"
#include "core/random.h"
#include "generators/support.h"

#define NOISE  0.1 /* standard deviations */
#define REDRAW 0.1 /* chance */

static double deviation(const double *value, size_t rows)
{
    double mean = 0, sum = 0;
    size_t n = 0;

    for (size_t i = 0; i < rows; i++)
        if (!isnan(value[i])) { /* Welford */
            double delta = value[i] - mean;

            mean += delta / (double)++n;
            sum += delta * (value[i] - mean);
        }
    return n > 1 ? sqrt(sum / (double)(n - 1)) : 0;
}

static void move_column(const struct table *train, struct table *noisy, size_t column, uint64_t seed)
{
    const struct column *from = &train->columns[column];
    struct random random;

    random_init(&random, seed, "privacy.membership noise", column, 0);
    if (from->number) {
        double *out = table_numbers(noisy, column), sd = deviation(from->number, train->rows);
        double scale = generator_scale(train, column);

        for (size_t i = 0; i < train->rows; i++)
            out[i] =
                isnan(from->number[i]) ? NAN : generator_round(from->number[i] + NOISE * sd * random_normal(&random), scale);
    } else {
        uint32_t *out = table_codes(noisy, column);

        for (size_t i = 0; i < train->rows; i++)
            out[i] = from->code[random_uniform(&random) < REDRAW ? random_below(&random, train->rows) : i];
    }
}

static int make_noisy(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct measure_task *task = context;
    const struct table *train = task->reference;
    struct membership_noisy *noisy = ARENA_NEW(arena, struct membership_noisy);
    size_t n = schema_measured(train->schema, NULL, 0), *measured = ARENA_ARRAY(arena, size_t, n + 1);
    const struct neighbour_scale *rank_scale, *exact_scale;
    struct neighbour_columns columns;
    int status =
        noisy && measured ? table_new(&noisy->table, train->schema, "noisy copies", train->rows, error) : error_memory(error);

    if (status)
        return status;
    *artifact = noisy; /* from here on release_noisy frees the table */
    schema_measured(train->schema, measured, n);
    for (size_t c = 0; c < n; c++)
        move_column(train, noisy->table, measured[c], task->seed);
    table_seal(noisy->table);
    status = coded_scale(task, NEIGHBOUR_RANK_GOWER, &rank_scale, error);
    if (!status)
        status = coded_scale(task, NEIGHBOUR_GOWER, &exact_scale, error);
    if (!status)
        status = coded_columns(noisy->table, NULL, 0, arena, &columns, error);
    if (!status)
        status = neighbour_encode(rank_scale, &columns, arena, &noisy->ranked, error);
    if (!status)
        status = neighbour_encode(exact_scale, &columns, arena, &noisy->exact, error);
    return status;
}

static void release_noisy(void *artifact)
{
    struct membership_noisy *noisy = artifact;

    table_free(noisy->table);
}

int membership_noisy_get(const struct measure_task *task, const struct membership_noisy **noisy, struct error *error)
{
    struct measure_task copy = *task;
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "membership noisy copies", task->reference, NULL, task->seed, make_noisy,
                              release_noisy, &copy, &artifact, error);

    *noisy = artifact;
    return status;
}
