/* Are the intervals and tests of privacy.linkability and privacy.inference honest? Prints a table of docs/calibration.md.
 *
 *   build/bench/calibrate_linkage [runs, default 200] [TRAIN HOLDOUT SECRET...: rows of two files, dealt out anew each run]
 *
 * Every run draws train, holdout and candidate from one population (population.h, six columns; x has missing cells), or deals
 * the rows of two files out to the three at random. Then a share of the candidate's rows becomes rows of train, each of another
 * person, so that the share of members who are copied is known. A link is certain for a copied person, and so is a guess where
 * the known columns hold a continuous number: the risk is then that share. The columns of the table: mean share of successes on
 * members and strangers; how often the lower end is above 0, and p <= .05; how often the interval holds the share, and lies
 * above or below it. */
#include <stdio.h>

#include "tests/bench/population.h"

extern const struct measure measure_privacy_linkability, measure_privacy_inference;

enum { TABLES = 3 };

struct setting {
    const char *name;
    const struct measure *measure;
    unsigned known, secret; /* columns, as bits; known 0: all */
    size_t rows[TABLES];    /* train, holdout, candidate */
    double share;           /* of train's rows among the candidate's */
    bool certain;           /* a copied person is told for sure */
};

enum { U = 1, V = 2, W = 4, X = 8, A = 16, B = 32 };

static const struct setting settings[] = {
    {"links, all columns", &measure_privacy_linkability, 0, 0, {2000, 2000, 2000}, 0, true},
    {"links, coarse columns", &measure_privacy_linkability, W | X | A | B, 0, {2000, 2000, 2000}, 0, true},
    {"links, unequal sizes", &measure_privacy_linkability, W | X | A | B, 0, {3000, 400, 1500}, 0, true},
    {"links, 5 % copied", &measure_privacy_linkability, 0, 0, {2000, 2000, 2000}, .05, true},
    {"links, coarse, 20 %", &measure_privacy_linkability, W | X | A | B, 0, {2000, 1000, 2000}, .2, true},
    {"links, all copied", &measure_privacy_linkability, 0, 0, {1000, 1000, 1000}, 1, true},
    {"level, all known", &measure_privacy_inference, 0, B, {2000, 2000, 2000}, 0, true},
    {"level, coarse known", &measure_privacy_inference, W | X | A, B, {2000, 2000, 2000}, 0, false},
    {"number, unequal sizes", &measure_privacy_inference, V | W | A, U, {3000, 400, 1500}, 0, true},
    {"counts near 0", &measure_privacy_inference, U | A, X, {2000, 2000, 2000}, 0, true},
    {"three secrets", &measure_privacy_inference, 0, U | X | B, {2000, 2000, 2000}, 0, false},
    {"level, 5 % copied", &measure_privacy_inference, 0, B, {2000, 2000, 2000}, .05, true},
    {"number, 20 % copied", &measure_privacy_inference, V | W | A, U, {2000, 1000, 2000}, .2, true},
    {"level, all copied", &measure_privacy_inference, 0, B, {1000, 1000, 1000}, 1, true}};

struct tally {
    size_t runs, above_zero, small, held, above, below;
    double attack, control;
};

static void set_roles(struct schema *schema, const struct setting *setting)
{
    for (size_t c = 0; c < schema->n_columns; c++) {
        schema->columns[c].roles = 0;
        if (setting->known >> c & 1)
            schema->columns[c].roles |= ROLE_QUASI;
        if (setting->secret >> c & 1)
            schema->columns[c].roles |= ROLE_SECRET;
    }
}

static void copy_row(struct table *to, size_t row, const struct table *from, size_t source)
{
    for (size_t c = 0; c < to->n_columns; c++)
        if (to->columns[c].number)
            fake_numbers(to, c)[row] = from->columns[c].number[source];
        else
            fake_codes(to, c)[row] = from->columns[c].code[source];
}

/* The candidate's first rows become rows of train, no row twice. */
static void plant(struct table *candidate, const struct table *train, double share, struct random *random)
{
    size_t count = (size_t)lround(share * (double)train->rows);
    uint32_t *order = malloc(train->rows * sizeof *order);
    if (!order || count > candidate->rows)
        exit(1);
    random_permutation(random, train->rows, order);
    for (size_t i = 0; i < count; i++)
        copy_row(candidate, i, train, order[i]);
    fake_seal(candidate);
    free(order);
}

static const cJSON *secret_of(const cJSON *details)
{
    const cJSON *secrets = json_get(details, "secrets");
    return secrets ? cJSON_GetArrayItem(secrets, 0) : details;
}

static void judge(const struct setting *setting, struct schema *schema, struct table *tables[TABLES], uint64_t run,
                  struct tally *tally)
{
    struct dataset data = {.schema = schema,
                           .train = {.role = "train", .table = tables[0]},
                           .holdout = {.role = "holdout", .table = tables[1]},
                           .target = SIZE_MAX};
    struct parameter_value parameters[8] = {{0}};
    struct result result = {.arena = arena_new()};
    struct error error = {0};
    struct artifacts *artifacts = NULL;
    int status = artifacts_new(&artifacts, &error);
    for (size_t k = 0; setting->measure->parameters[k].name; k++)
        parameters[k].value = setting->measure->parameters[k].fallback;
    struct measure_task task = {.data = &data,
                                .reference = tables[0],
                                .subject = tables[2],
                                .kind = SUBJECT_CANDIDATE,
                                .seed = run,
                                .level = 0.95,
                                .min_group = 10,
                                .parameters = parameters,
                                .artifacts = artifacts};
    if (status == 0)
        status = setting->measure->run(&task, &result, &error);
    if (status) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    const cJSON *first = secret_of(result.details);
    tally->runs++;
    tally->attack += json_get_number(first, "attack", NAN);
    tally->control += json_get_number(first, "control", NAN);
    tally->above_zero += result.lo > 0;
    tally->small += json_get_number(first, "p_value", NAN) <= 0.05;
    tally->above += result.lo > setting->share;
    tally->below += result.hi < setting->share;
    cJSON_Delete(result.details);
    arena_free(result.arena);
    artifacts_free(artifacts);
}

static void print_tally(const struct setting *setting, const struct tally *t)
{
    double runs = (double)t->runs;
    printf("| %-22s | %4zu / %4zu / %4zu | %5.1f %% | %.3f | %.3f | %5.1f %% | %5.1f %% |", setting->name, setting->rows[0],
           setting->rows[1], setting->rows[2], 100 * setting->share, t->attack / runs, t->control / runs,
           100 * (double)t->above_zero / runs, 100 * (double)t->small / runs);
    if (setting->certain || setting->share <= 0)
        printf(" %5.1f %% | %4.1f %% | %4.1f %% |\n", 100 * (double)(t->runs - t->above - t->below) / runs,
               100 * (double)t->above / runs, 100 * (double)t->below / runs);
    else
        printf("       - |      - |      - |\n");
    fflush(stdout);
}

static void simulate(const struct setting *setting, size_t runs)
{
    static const char *const names[TABLES] = {"train", "holdout", "candidate"};
    struct population p = base_population();
    struct tally tally = {0};
    p.missing[3][0] = p.missing[3][2] = .1;
    for (size_t run = 0; run < runs; run++) {
        struct schema *schema = fake_schema(population_columns(), COLUMNS);
        struct table *tables[TABLES];
        struct random random;
        random_init(&random, run, "calibrate.linkage", (uint64_t)(setting - settings), 0);
        for (size_t t = 0; t < TABLES; t++) {
            tables[t] = fake_table(schema, names[t], setting->rows[t]);
            draw(&p, tables[t], &random);
        }
        plant(tables[2], tables[0], setting->share, &random);
        fake_fit(schema, tables[0]);
        set_roles(schema, setting);
        judge(setting, schema, tables, run, &tally);
        fake_schema_free(schema);
    }
    print_tally(setting, &tally);
}

/* Rows of both files dealt out to three tables of equal size. */
static void deal(const struct dataset *data, uint64_t run, struct table *tables[TABLES])
{
    static const char *const names[TABLES] = {"train", "holdout", "candidate"};
    const struct table *files[2] = {data->train.table, data->holdout.table};
    size_t all = files[0]->rows + files[1]->rows, each = all / TABLES;
    uint32_t *order = malloc(all * sizeof *order);
    struct random random;
    if (!order)
        exit(1);
    random_init(&random, run, "calibrate.linkage.deal", 0, 0);
    random_permutation(&random, all, order);
    for (size_t t = 0; t < TABLES; t++) {
        tables[t] = fake_table(data->schema, names[t], each);
        for (size_t i = 0; i < each; i++) {
            size_t row = order[t * each + i], second = row >= files[0]->rows;
            copy_row(tables[t], i, files[second], row - second * files[0]->rows);
        }
        fake_seal(tables[t]);
    }
}

static void on_files(const char *train, const char *holdout, char **secrets, size_t n, size_t runs)
{
    static const struct measure *const measures[] = {&measure_privacy_linkability, &measure_privacy_inference};
    struct error error = {0};
    for (size_t m = 0; m < 2; m++)
        for (size_t s = 0; s < (m ? n + 1 : 1); s++) {
            struct setting setting = {m == 0 ? "links" : s < n ? secrets[s] : "all of these", measures[m], 0, 0, {0}, 0, true};
            struct tally tally = {0};
            for (size_t run = 0; run < runs; run++) {
                struct dataset_options options = {.train = train,
                                                  .holdout = holdout,
                                                  .secret = (const char *const *)secrets + (s < n ? s : 0),
                                                  .n_secret = s < n ? 1 : n};
                struct table *tables[TABLES];
                struct dataset *data;
                if (dataset_read(&data, &options, &error)) {
                    fprintf(stderr, "%s\n", error.message);
                    exit(1);
                }
                deal(data, run, tables);
                for (size_t t = 0; t < TABLES; t++)
                    setting.rows[t] = tables[t]->rows;
                judge(&setting, data->schema, tables, run, &tally);
                dataset_free(data);
            }
            print_tally(&setting, &tally);
        }
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 200;
    printf("| setting                | train / holdout / candidate | copied | members | strangers | lower end above 0 | p <= "
           ".05 | "
           "held | above | below |\n|---|---|---|---|---|---|---|---|---|---|\n");
    if (argc > 4)
        on_files(argv[2], argv[3], argv + 4, (size_t)argc - 4, runs);
    for (size_t s = 0; argc <= 4 && s < sizeof settings / sizeof *settings; s++)
        simulate(&settings[s], runs);
    return 0;
}
