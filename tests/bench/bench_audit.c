/* A whole audit: 24,000 rows each of train, holdout and candidate, 15 mixed columns of the simulated population, everything on.
 * Prints seconds per stage, the slowest measures and the peak memory. Arguments: rows (24000), threads (0 = all). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/audit.h"
#include "datasets/csv.h"
#include "datasets/simulate.h"

static int write_tables(size_t rows, const char *folder, char path[3][200], struct error *error)
{
    static const char *const names[] = {"train", "holdout", "fresh"};
    struct schema *schema = NULL;
    int status = 0;

    for (size_t i = 0; i < 3 && !status; i++) {
        struct table *table = NULL;

        snprintf(path[i], sizeof path[i], "%s/%s.csv", folder, names[i]);
        status = simulate_population(rows, 100 + i, names[i], &schema, &table, error);
        if (!status)
            status = csv_write(table, path[i], error);
        table_free(table);
    }
    schema_free(schema);
    return status;
}

static void print_run(const cJSON *run)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, json_get(run, "stages"))
    {
        printf("%-44s %8.2f s\n", json_get_string(item, "stage", ""), json_get_number(item, "seconds", NAN));
    }
    cJSON_ArrayForEach(item, json_get(run, "measures"))
    {
        if (json_get_number(item, "seconds", 0) > 0.2)
            printf("  %-30s %-20s %6.2f s\n", json_get_string(item, "measure", ""), json_get_string(item, "subject", ""),
                   json_get_number(item, "seconds", NAN));
    }
    printf("%-44s %8.2f s\n%-44s %8.2f s\n%-44s %8.0f MB\n", "in all", json_get_number(run, "seconds", NAN), "processor time",
           json_get_number(run, "cpu_seconds", NAN), "peak memory", json_get_number(run, "peak_memory_mb", NAN));
}

int main(int argc, char **argv)
{
    const size_t rows = argc > 1 ? strtoul(argv[1], NULL, 10) : 24000, threads = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    char folder[] = "/tmp/assay-bench-XXXXXX", path[3][200] = {{0}};
    const char *sensitive[] = {"sex", "origin"}, *secret[] = {"long_term_illness"};
    struct audit_output output = {0};
    struct error error = {0};
    int status;

    if (!mkdtemp(folder))
        return 1;
    status = write_tables(rows, folder, path, &error);
    if (!status) {
        const char *candidates[] = {path[2]};
        const struct audit_options options = {.data = {.train = path[0],
                                                       .holdout = path[1],
                                                       .candidates = candidates,
                                                       .n_candidates = 1,
                                                       .target = "approved",
                                                       .sensitive = sensitive,
                                                       .n_sensitive = 2,
                                                       .secret = secret,
                                                       .n_secret = 1},
                                              .seed = 1,
                                              .threads = threads,
                                              .date = "2026-01-01"};

        status = audit_run(&options, &output, &error);
    }
    if (status)
        fprintf(stderr, "%s\n", error.message);
    else
        print_run(output.run);
    audit_output_free(&output);
    for (size_t i = 0; i < 3; i++)
        unlink(path[i]);
    rmdir(folder);
    return status != 0;
}
