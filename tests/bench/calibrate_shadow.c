/* Is privacy.shadow honest about what it finds and what it would have found? Prints the table of docs/calibration.md.
 *
 *   build/bench/calibrate_shadow [worlds, default 200] [rows of train, default 100] [shadows, default 64]
 *
 * Every world draws train and candidate from population.h. Its generator makes fresh rows and puts each training row among them
 * with a fixed chance q, so that a target's AUC by nearness is ½ + q/2, and its TPR at F false positives q + (1 − q) F. First
 * q = 0; then the mean detectable AUC of those worlds, of the whole and of nearness alone, says what q is to be. Held: worlds
 * whose interval of the TPR at 10 % holds what it is on average. */
#include <stdio.h>
#include <stdlib.h>

#include "attacks/membership/shadow_views.h"
#include "tests/bench/population.h"

extern const struct measure measure_privacy_shadow;

static double copied; /* chance that a training row is among the rows made */

static int leak_run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                    struct table **out, struct error *error)
{
    const struct population p = base_population();
    struct random random;
    int status = table_new(out, train->schema, name, rows, error);
    (void)pool;
    if (status)
        return status;
    random_init(&random, seed, "calibrate.shadow.leak", 0, 0);
    draw(&p, *out, &random);
    for (size_t i = 0; i < train->rows && i < rows; i++)
        for (size_t j = 0, taken = random_uniform(&random) < copied; j < COLUMNS && taken; j++)
            if (j < NUMBERS)
                fake_numbers(*out, j)[i] = train->columns[j].number[i];
            else
                fake_codes(*out, j)[i] = train->columns[j].code[i];
    fake_seal(*out);
    return 0;
}

struct answer {
    double lo, value, limit, near_limit, near_lower, tpr, tpr_lo, tpr_hi, fpr;
};

static struct answer read_answer(const struct result *result)
{
    const cJSON *near = cJSON_GetArrayItem(json_get(result->details, "attacks"), 3), *point;
    const cJSON *ends = cJSON_GetObjectItem(json_get(near, "tpr_interval"), "0.1");
    point = json_get(near, "tpr");
    return (struct answer){.lo = result->lo,
                           .value = result->value,
                           .limit = json_get_number(result->details, "detectable_auc", NAN),
                           .near_limit = json_get_number(near, "detectable_auc", NAN),
                           .near_lower = json_get_number(near, "lower_of_all", NAN),
                           .tpr = cJSON_GetNumberValue(cJSON_GetObjectItem(point, "0.1")),
                           .tpr_lo = cJSON_GetNumberValue(cJSON_GetArrayItem(ends, 0)),
                           .tpr_hi = cJSON_GetNumberValue(cJSON_GetArrayItem(ends, 1)),
                           .fpr = cJSON_GetNumberValue(cJSON_GetObjectItem(json_get(near, "fpr_attained"), "0.1"))};
}

static struct answer judge(size_t rows, size_t shadows, uint64_t world)
{
    static const struct generator leak = {.name = "leak", .run = leak_run};
    const struct shadow_settings settings = {.generator = {.builtin = &leak, .text = "leak", .name = "leak"},
                                             .shadows = shadows};
    const struct population p = base_population();
    struct table *train, *candidate;
    struct random random;
    struct error error = {0};
    random_init(&random, rows, "calibrate.shadow", world, 0);
    struct schema *schema = draw_pair(&p, &p, rows, &random, &train, &candidate);
    struct dataset data = {.schema = schema, .train = {.role = "train", .table = train}, .target = SIZE_MAX};
    struct result result = {.arena = arena_new()};
    struct measure_task task = {.data = &data,
                                .reference = train,
                                .subject = candidate,
                                .kind = SUBJECT_CANDIDATE,
                                .seed = world,
                                .level = 0.95,
                                .min_group = 10,
                                .shadow = &settings};
    int status = artifacts_new(&task.artifacts, &error);
    if (!status)
        status = measure_privacy_shadow.run(&task, &result, &error);
    if (status) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    struct answer answer = read_answer(&result);
    cJSON_Delete(result.details);
    arena_free(result.arena);
    artifacts_free(task.artifacts);
    fake_schema_free(schema);
    return answer;
}

/* Returns the mean detectable AUCs: of the whole, of nearness. */
static void print_worlds(size_t worlds, size_t rows, size_t shadows, double q, uint64_t from, double limits[2])
{
    struct answer *answers = calloc(worlds + 1, sizeof *answers), mean = {0};
    size_t found = 0, found_near = 0, below = 0, above = 0;
    const double part = 1 / (double)worlds;
    if (!answers)
        exit(1);
    copied = q;
    for (size_t w = 0; w < worlds; w++) {
        answers[w] = judge(rows, shadows, from + w);
        mean.value += part * answers[w].value;
        mean.limit += part * answers[w].limit;
        mean.near_limit += part * answers[w].near_limit;
        mean.tpr += part * answers[w].tpr;
        mean.fpr += part * answers[w].fpr;
        found += answers[w].lo > .5;
        found_near += answers[w].near_lower > .5;
    }
    for (size_t w = 0; w < worlds; w++) {
        below += answers[w].tpr_hi < mean.tpr;
        above += answers[w].tpr_lo > mean.tpr;
    }
    printf("| %.3f | %.3f | %.3f | %.1f %% | %.1f %% | %.3f | %.3f | %.1f %% | %.1f %% |\n", .5 + q / 2, mean.value, mean.limit,
           100 * part * (double)found, 100 * part * (double)found_near, mean.tpr, mean.fpr, 100 * part * (double)above,
           100 * part * (double)below);
    fflush(stdout);
    limits[0] = mean.limit;
    limits[1] = mean.near_limit;
    free(answers);
}

int main(int argc, char **argv)
{
    const size_t worlds = argc > 1 ? strtoul(argv[1], NULL, 10) : 200, rows = argc > 2 ? strtoul(argv[2], NULL, 10) : 100,
                 shadows = argc > 3 ? strtoul(argv[3], NULL, 10) : 64;
    double limits[2], unused[2];
    if (worlds == 0)
        return 1;
    printf("%zu worlds a line, %zu rows, %zu shadows; nearness at 10 %%\n\n"
           "| AUC by nearness | value | detectable | found | found by nearness | TPR | FPR | interval above | below |\n"
           "|---|---|---|---|---|---|---|---|---|\n",
           worlds, rows, shadows);
    print_worlds(worlds, rows, shadows, 0, 0, limits);
    print_worlds(worlds, rows, shadows, 2 * limits[0] - 1, worlds, unused);
    print_worlds(worlds, rows, shadows, 2 * limits[1] - 1, 2 * worlds, unused);
    return 0;
}
