/* The whole fidelity dimension through the program's own audit: train, holdout and two candidates of the simulated population,
 * from a thousand rows on and from 5 to 100 columns, with fitted growth exponents. Each size runs in a process of its own, so
 * that the peak memory is its own. Argument: the most rows (100000; 1000000 takes some minutes). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/audit.h"
#include "datasets/simulate.h"
#include "tests/bench/growth.h"

enum { TABLES = 4, MOST_COLUMNS = 100, MEASURES = 40 };

struct size {
    size_t rows, columns;
};

struct timing {
    double first, further, cpu, memory; /* seconds of the first candidate (with honest case and controls), of the next; MB */
    char slowest[200];                  /* the three most expensive measures */
};

/* A mixed choice for narrow tables; wide ones repeat all columns, every fifteen from persons of their own. */
static const enum simulated_column narrow[] = {SIMULATED_REGION, SIMULATED_EMPLOYMENT, SIMULATED_INCOME, SIMULATED_BALANCE,
                                               SIMULATED_APPROVED};

static void write_cell(FILE *file, const struct schema *schema, const struct simulated_person *person, size_t column)
{
    if (person->missing >> column & 1u)
        return;
    if (column_kind(&schema->columns[column]) == KIND_LEVELS)
        fputs(schema->columns[column].levels[(size_t)person->value[column]], file);
    else
        fprintf(file, "%.15g", person->value[column]);
}

static int write_table(const struct schema *schema, struct size size, uint64_t seed, const char *path)
{
    FILE *file = fopen(path, "w");

    if (!file)
        return 1;
    for (size_t j = 0; j < size.columns; j++)
        fprintf(file, "%sc%zu", j ? "," : "", j);
    fputc('\n', file);
    for (size_t i = 0; i < size.rows; i++) {
        struct simulated_person person;

        for (size_t j = 0; j < size.columns; j++) {
            if (j % SIMULATED_COLUMNS == 0)
                simulate_person(seed + 1000 * (j / SIMULATED_COLUMNS), i, &person);
            if (j)
                fputc(',', file);
            write_cell(file, schema, &person, size.columns <= 5 ? narrow[j] : j % SIMULATED_COLUMNS);
        }
        fputc('\n', file);
    }
    return fclose(file) != 0;
}

struct expense {
    const char *measure;
    double seconds;
};

static int compare_expenses(const void *a, const void *b)
{
    const struct expense *x = a, *y = b;

    return (x->seconds < y->seconds) - (x->seconds > y->seconds);
}

static void find_slowest(const cJSON *run, struct timing *timing)
{
    struct expense cost[MEASURES] = {{NULL, 0}};
    size_t n = 0, written = 0;
    const cJSON *item;

    cJSON_ArrayForEach(item, json_get(run, "measures"))
    {
        const char *measure = json_get_string(item, "measure", "");
        size_t k = 0;

        while (k < n && strcmp(cost[k].measure, measure))
            k++;
        if (k == MEASURES)
            continue;
        n += k == n;
        cost[k].measure = measure;
        cost[k].seconds += json_get_number(item, "seconds", 0);
    }
    qsort(cost, n, sizeof *cost, compare_expenses);
    for (size_t k = 0; k < n && k < 3; k++)
        written += (size_t)snprintf(timing->slowest + written, sizeof timing->slowest - written, "%s%s %.2f", k ? ", " : "",
                                    strchr(cost[k].measure, '.') + 1, cost[k].seconds);
}

static int run_audit(struct size size, char path[TABLES][200], struct timing *timing)
{
    const char *candidates[] = {path[2], path[3]};
    const char *only[] = {"fidelity"};
    char target[20];
    struct audit_output output = {0};
    struct error error = {0};
    const struct audit_options options = {
        .data = {.train = path[0], .holdout = path[1], .candidates = candidates, .n_candidates = 2, .target = target},
        .only = only,
        .n_only = 1,
        .seed = 1,
        .date = "2026-01-01"};
    const cJSON *stages;

    snprintf(target, sizeof target, "c%d", size.columns <= 5 ? 4 : SIMULATED_APPROVED);
    if (audit_run(&options, &output, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    stages = json_get(output.run, "stages");
    timing->first = json_get_number(cJSON_GetArrayItem(stages, 1), "seconds", NAN) +
                    json_get_number(cJSON_GetArrayItem(stages, 2), "seconds", NAN);
    timing->further = json_get_number(cJSON_GetArrayItem(stages, 3), "seconds", NAN);
    timing->cpu = json_get_number(output.run, "cpu_seconds", NAN);
    timing->memory = json_get_number(output.run, "peak_memory_mb", NAN);
    find_slowest(output.run, timing);
    audit_output_free(&output);
    return 0;
}

static int run_size(const struct schema *schema, struct size size, struct timing *timing)
{
    char folder[] = "/tmp/assay-bench-XXXXXX", path[TABLES][200];
    int pipes[2], status = 1;
    pid_t child;

    if (!mkdtemp(folder) || pipe(pipes))
        return 1;
    for (size_t t = 0; t < TABLES; t++) {
        snprintf(path[t], sizeof path[t], "%s/%zu.csv", folder, t);
        if (write_table(schema, size, 100 + t, path[t]))
            return 1;
    }
    child = fork();
    if (child == 0) {
        status = run_audit(size, path, timing);
        if (!status && write(pipes[1], timing, sizeof *timing) != (ssize_t)sizeof *timing)
            status = 1;
        _exit(status);
    }
    close(pipes[1]);
    if (child > 0 && read(pipes[0], timing, sizeof *timing) == (ssize_t)sizeof *timing)
        status = 0;
    close(pipes[0]);
    waitpid(child, NULL, 0);
    for (size_t t = 0; t < TABLES; t++)
        unlink(path[t]);
    rmdir(folder);
    return status;
}

static int run_series(const struct schema *schema, const struct size *sizes, size_t n, bool by_rows)
{
    double x[8], first[8], further[8];

    printf("%10s %8s %12s %12s %10s %10s  %s\n", "rows", "columns", "first, s", "further, s", "CPU, s", "MB",
           "most expensive, s over all runs");
    for (size_t i = 0; i < n; i++) {
        struct timing timing = {0};

        if (run_size(schema, sizes[i], &timing))
            return 1;
        printf("%10zu %8zu %12.2f %12.2f %10.2f %10.0f  %s\n", sizes[i].rows, sizes[i].columns, timing.first, timing.further,
               timing.cpu, timing.memory, timing.slowest);
        fflush(stdout);
        x[i] = (double)(by_rows ? sizes[i].rows : sizes[i].columns);
        first[i] = timing.first;
        further[i] = timing.further;
    }
    printf("time grows with %s to the power %.2f (first candidate), %.2f (further)\n\n", by_rows ? "rows" : "columns",
           growth_exponent(x, first, n), growth_exponent(x, further, n));
    return 0;
}

void openblas_set_num_threads(int threads);

int main(int argc, char **argv)
{
    const size_t most = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    const struct size rows[] = {{1000, 15}, {10000, 15}, {24000, 15}, {100000, 15}, {1000000, 15}};
    const struct size columns[] = {{24000, 5}, {24000, 15}, {24000, 50}, {24000, MOST_COLUMNS}};
    struct schema *schema = NULL;
    struct table *table = NULL;
    size_t n = 0;
    int status = simulate_population(10, 1, "shape", &schema, &table, NULL);

    openblas_set_num_threads(1); /* as the program does */
    while (n < sizeof rows / sizeof rows[0] && rows[n].rows <= most)
        n++;
    printf("fidelity dimension, two candidates: the first with honest case and controls, the second as any further one\n");
    if (!status)
        status = run_series(schema, rows, n, true);
    if (!status)
        status = run_series(schema, columns, sizeof columns / sizeof columns[0], false);
    table_free(table);
    schema_free(schema);
    return status != 0;
}
