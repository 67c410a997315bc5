#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "attacks/reconstruction/coding.h"
#include "attacks/reconstruction/solve.h"
#include "core/random.h"
#include "datasets/csv.h"
#include "datasets/simulate.h"
#include "generators/generator.h"
#include "metrics/measure.h"

/* Random codes: `columns` columns with 2 … most levels. */
static struct query_table random_codes(struct arena *arena, size_t rows, size_t columns, uint32_t most, uint64_t seed,
                                       const uint32_t *levels)
{
    struct random random;
    random_init(&random, seed, "test.queries", rows, 0);
    uint32_t **code = ARENA_ARRAY(arena, uint32_t *, columns), *own = ARENA_ARRAY(arena, uint32_t, columns);
    for (size_t a = 0; a < columns; a++) {
        own[a] = levels ? levels[a] : 2 + (uint32_t)random_below(&random, most - 1);
        code[a] = ARENA_ARRAY(arena, uint32_t, rows + 1);
        for (size_t i = 0; i < rows; i++)
            code[a][i] = (uint32_t)random_below(&random, own[a]);
    }
    return (struct query_table){rows, columns, (const uint32_t *const *)code, levels ? levels : own};
}

/* Counts again, by a loop over all rows, what one query of two columns says; the columns and values are those of its first
 * record. Returns whether some pair of columns explains it. */
static bool explained(const struct query_table *real, const struct query_table *synthetic, const uint32_t *secret,
                      const struct query_set *set, size_t query)
{
    size_t from = set->matrix.start[query], to = set->matrix.start[query + 1];
    uint32_t first = set->matrix.index[from];
    for (size_t a = 0; a < real->columns; a++)
        for (size_t b = a + 1; b < real->columns; b++) {
            uint32_t u = real->code[a][first], v = real->code[b][first], support = 0, positives[3] = {0, 0, 0};
            size_t at = from;
            bool same = true;
            for (uint32_t i = 0; i < real->rows; i++)
                if (real->code[a][i] == u && real->code[b][i] == v)
                    same = same && at < to && set->matrix.index[at++] == i;
            for (size_t i = 0; i < synthetic->rows; i++)
                if (synthetic->code[a][i] == u && synthetic->code[b][i] == v) {
                    support++;
                    positives[secret[i]]++;
                }
            if (same && at == to && support == set->support[query] &&
                memcmp(positives, set->positives + query * 3, sizeof positives) == 0)
                return true;
        }
    return false;
}

/* Number of value combinations that both tables have, over all pairs of columns. */
static size_t common_pairs(const struct query_table *real, const struct query_table *synthetic)
{
    size_t count = 0;
    for (size_t a = 0; a < real->columns; a++)
        for (size_t b = a + 1; b < real->columns; b++)
            for (size_t i = 0; i < real->rows; i++) {
                bool fresh = true, met = false;
                for (size_t j = 0; j < i && fresh; j++)
                    fresh = real->code[a][j] != real->code[a][i] || real->code[b][j] != real->code[b][i];
                for (size_t j = 0; j < synthetic->rows && !met; j++)
                    met = synthetic->code[a][j] == real->code[a][i] && synthetic->code[b][j] == real->code[b][i];
                count += fresh && met;
            }
    return count;
}

/* Against a count from the definition, with few levels (cells by index) and with many (cells by hash). */
Test(reconstruction, queries_count_what_they_say)
{
    static const struct {
        size_t rows, columns, drawn;
        uint32_t levels;
    } cases[] = {{40, 5, 60, 3}, {120, 4, 90, 6}, {60, 3, 400, 5000}, {1, 3, 5, 2}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct error error = {.message = ""};
        struct arena *arena = arena_new();
        struct query_table real = random_codes(arena, cases[k].rows, cases[k].columns, cases[k].levels, k, NULL);
        struct query_table drawn = random_codes(arena, cases[k].drawn, cases[k].columns, cases[k].levels, k + 50, real.levels);
        struct random random;
        random_init(&random, k, "test.secret", 0, 0);
        uint32_t *secret = ARENA_ARRAY(arena, uint32_t, cases[k].drawn);
        for (size_t i = 0; i < cases[k].drawn; i++)
            secret[i] = (uint32_t)random_below(&random, 3);
        struct query_set set;
        struct query_options options = {.order = 2, .stream = "test"};
        cr_assert_eq(query_set_build(&real, &drawn, secret, 3, &options, arena, &set, &error), 0, "%s", error.message);
        cr_expect_eq(set.matrix.rows, common_pairs(&real, &drawn), "case %zu: %zu queries", k, set.matrix.rows);
        for (size_t j = 0; j < set.matrix.rows; j++)
            cr_expect(explained(&real, &drawn, secret, &set, j), "case %zu query %zu", k, j);
        arena_free(arena);
    }
}

Test(reconstruction, query_limits)
{
    struct error error;
    struct arena *arena = arena_new();
    struct query_table real = random_codes(arena, 100, 6, 4, 1, NULL), drawn = random_codes(arena, 300, 6, 4, 2, real.levels);
    uint32_t *secret = ARENA_ARRAY(arena, uint32_t, 300);
    struct query_set set, again;
    static const struct {
        size_t order, entries, sets, all;
    } cases[] = {{1, 0, 6, 6}, {2, 0, 15, 15}, {3, 0, 20, 20}, {2, 700, 7, 15}, {2, 10, 1, 15}, {6, 0, 1, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct query_options options = {.order = cases[k].order, .max_entries = cases[k].entries, .seed = 9, .stream = "test"};
        cr_assert_eq(query_set_build(&real, &drawn, secret, 2, &options, arena, &set, &error), 0);
        cr_expect_eq(set.sets, cases[k].sets, "case %zu: %zu sets", k, set.sets);
        cr_expect_eq(set.all_sets, cases[k].all);
        cr_assert_eq(query_set_build(&real, &drawn, secret, 2, &options, arena, &again, &error), 0);
        cr_expect_eq(set.matrix.rows, again.matrix.rows);
    }
    struct query_options none = {.order = 0, .stream = "test"}, many = {.order = 7, .stream = "test"};
    cr_expect_eq(query_set_build(&real, &drawn, secret, 2, &none, arena, &set, &error), ERROR_UNMEASURABLE);
    cr_expect_eq(query_set_build(&real, &drawn, secret, 2, &many, arena, &set, &error), ERROR_UNMEASURABLE);
    arena_free(arena);
}

/* The eight records {0,1}^3, three copies of each as synthetic rows: exact 3-way answers give all secrets away, by both solvers
 * and as two or three classes; for a parity 3-way answers say nothing. */
Test(reconstruction, cube_of_eight_records)
{
    static const uint32_t mixed[8] = {1, 0, 0, 1, 1, 1, 0, 0}, parity[8] = {0, 1, 1, 0, 1, 0, 0, 1};
    static const uint32_t three[8] = {2, 0, 1, 1, 2, 1, 0, 0};
    static const struct {
        const char *name;
        const uint32_t *secret;
        size_t classes, order, undetermined;
        enum solver solver;
    } cases[] = {{"mixed", mixed, 2, 2, 0, SOLVER_L1},           {"mixed", mixed, 2, 2, 0, SOLVER_LEAST_SQUARES},
                 {"mixed", mixed, 2, 1, 8, SOLVER_L1},           {"parity", parity, 2, 2, 8, SOLVER_L1},
                 {"parity", parity, 2, 3, 0, SOLVER_L1},         {"three", three, 3, 3, 0, SOLVER_L1},
                 {"three", three, 3, 3, 0, SOLVER_LEAST_SQUARES}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct error error = {.message = ""};
        uint32_t code[3][24], secret[24], levels[3] = {2, 2, 2};
        for (uint32_t i = 0; i < 24; i++) {
            for (uint32_t a = 0; a < 3; a++)
                code[a][i] = i % 8 >> a & 1;
            secret[i] = cases[k].secret[i % 8];
        }
        const uint32_t *columns[3] = {code[0], code[1], code[2]};
        struct query_table real = {8, 3, columns, levels}, drawn = {24, 3, columns, levels};
        struct query_options options = {.order = cases[k].order, .stream = "test"};
        struct arena *arena = arena_new();
        struct query_set set;
        struct guesses guesses;
        cr_assert_eq(query_set_build(&real, &drawn, secret, cases[k].classes, &options, arena, &set, &error), 0);
        cr_assert_eq(guesses_solve(&set, cases[k].solver, 1e8, arena, &guesses, &error), 0, "%s", error.message);
        cr_expect_eq(guesses.n_undetermined, cases[k].undetermined, "case %zu: %zu", k, guesses.n_undetermined);
        cr_expect(guesses.converged);
        for (size_t i = 0; i < 8 && cases[k].undetermined == 0; i++)
            cr_expect_eq(guesses.guess[i], cases[k].secret[i], "%s case %zu record %zu", cases[k].name, k, i);
        arena_free(arena);
    }
}

struct tables {
    struct schema *schema;
    struct table *train, *holdout, *fresh, *reserve;
};

/* Persons 0 … 4n − 1 of one population, cut in four. */
static struct tables simulate(size_t n)
{
    struct tables t = {.schema = NULL};
    struct error error = {.message = ""};
    struct table *all, **parts[] = {&t.train, &t.holdout, &t.fresh, &t.reserve};
    cr_assert_eq(simulate_population(n, 5, "train", &t.schema, &t.train, &error), 0, "%s", error.message);
    cr_assert_eq(simulate_population(4 * n, 5, "all", &t.schema, &all, &error), 0, "%s", error.message);
    uint32_t *rows = malloc(n * sizeof *rows);
    for (size_t p = 1; p < 4; p++) {
        for (size_t i = 0; i < n; i++)
            rows[i] = (uint32_t)(p * n + i);
        cr_assert_eq(table_take(all, rows, n, "part", parts[p], &error), 0);
    }
    free(rows);
    table_free(all);
    return t;
}

static void tables_free(struct tables *t)
{
    table_free(t->train);
    table_free(t->holdout);
    table_free(t->fresh);
    table_free(t->reserve);
    schema_free(t->schema);
}

Test(reconstruction, coding)
{
    struct error error;
    struct tables t = simulate(400);
    struct arena *arena = arena_new();
    size_t columns[] = {SIMULATED_SEX, SIMULATED_AGE, SIMULATED_MARITAL_STATUS, SIMULATED_EXISTING_LOANS, SIMULATED_INCOME};
    struct coding coding;
    struct query_table codes;
    uint32_t rows[400];
    for (uint32_t i = 0; i < 400; i++)
        rows[i] = i;
    cr_assert_eq(coding_fit(t.schema, columns, 5, arena, &coding, &error), 0);
    cr_assert_eq(coding_apply(&coding, t.train, rows, 400, arena, &codes, &error), 0);
    size_t count[64] = {0};
    for (size_t i = 0; i < 400; i++) {
        for (size_t a = 0; a < 5; a++)
            cr_expect_lt(codes.code[a][i], coding.levels[a]);
        cr_expect_eq(codes.code[0][i], t.train->columns[SIMULATED_SEX].code[i]);
        cr_expect_eq(codes.code[2][i] == coding.levels[2] - 1, table_missing(t.train, SIMULATED_MARITAL_STATUS, i));
        cr_expect_eq(codes.code[4][i] == coding.levels[4] - 1, table_missing(t.train, SIMULATED_INCOME, i));
        cr_expect_eq((double)codes.code[3][i], t.train->columns[SIMULATED_EXISTING_LOANS].number[i],
                     "few values stay themselves");
        count[codes.code[4][i]]++;
    }
    cr_expect_eq(coding.levels[4], QUASI_CLASSES + 1, "ten quantile classes and missing");
    for (size_t q = 0; q < QUASI_CLASSES; q++)
        cr_expect(count[q] > 25 && count[q] < 50, "class %zu of income holds %zu", q, count[q]);

    static const struct {
        size_t column, classes;
    } secrets[] = {
        {SIMULATED_ILLNESS, 2}, {SIMULATED_ORIGIN, 4}, {SIMULATED_REGION, SECRET_LEVELS}, {SIMULATED_INCOME, SECRET_CLASSES}};
    for (size_t k = 0; k < sizeof secrets / sizeof *secrets; k++) {
        struct secret secret;
        uint32_t pick[400], class[400];
        size_t seen[8] = {0};
        cr_assert_eq(secret_fit(t.train, secrets[k].column, arena, &secret, &error), 0);
        cr_expect_eq(secret.classes, secrets[k].classes, "case %zu: %zu", k, secret.classes);
        size_t known = secret_known(&secret, t.train, pick, class);
        cr_expect_eq(known, 400 - t.train->columns[secrets[k].column].missing);
        for (size_t i = 0; i < known; i++)
            seen[class[i]]++;
        for (size_t c = 0; c < secret.classes; c++)
            cr_expect_gt(seen[c], 0);
        if (secrets[k].column == SIMULATED_ILLNESS)
            cr_expect_eq(class[0], t.train->columns[SIMULATED_ILLNESS].code[pick[0]], "two levels keep their order");
    }
    struct table *same;
    cr_assert_eq(table_take(t.train, (uint32_t[]){3, 3, 3}, 3, "same", &same, &error), 0);
    struct secret secret;
    cr_expect_eq(secret_fit(same, SIMULATED_SEX, arena, &secret, &error), ERROR_UNMEASURABLE);
    table_free(same);
    arena_free(arena);
    tables_free(&t);
}

static struct result measure_once(const struct tables *t, const struct table *subject, enum subject kind, size_t threads,
                                  unsigned secret_role)
{
    struct error error = {.message = ""};
    const struct measure *measure = measure_find("privacy.reconstruction");
    struct parameter_value values[16];
    for (size_t p = 0; measure->parameters[p].name; p++)
        values[p].value = measure->parameters[p].fallback;
    struct dataset data = {.schema = t->schema, .train = {.table = t->train}, .holdout = {.table = t->holdout}};
    data.target = SIMULATED_APPROVED;
    data.secrets_named = secret_role != 0;
    for (size_t c = 0; c < t->schema->n_columns; c++)
        t->schema->columns[c].roles &= ~(unsigned)(ROLE_SECRET | ROLE_QUASI); /* all other columns are known */
    t->schema->columns[SIMULATED_ILLNESS].roles |= secret_role;
    struct pool *pool;
    cr_assert_eq(pool_new(&pool, threads, &error), 0);
    struct measure_task task = {.data = &data,
                                .reference = t->train,
                                .subject = subject,
                                .kind = kind,
                                .honest_test = kind == SUBJECT_HONEST ? t->reserve : NULL,
                                .seed = 1,
                                .level = .95,
                                .min_group = 10,
                                .parameters = values,
                                .pool = pool};
    struct result result = {.arena = arena_new()};
    cr_assert_eq(measure->run(&task, &result, &error), 0, "%s", error.message);
    pool_free(pool);
    return result;
}

static void result_free(struct result *result)
{
    cJSON_Delete(result->details);
    arena_free(result->arena);
}

/* What must hold at 1,200 records: fresh real rows leak nothing; a bootstrap of train leaks; independent columns do not help
 * beyond the majority class. Both solvers: exact L1 for the candidate, least squares for the others. */
Test(reconstruction, measure_on_simulated_tables)
{
    struct error error;
    struct tables t = simulate(1200);
    struct table *copy, *independent;
    cr_assert_eq(generator_find("bootstrap")->run(t.train, 1200, 3, "copy", NULL, &copy, &error), 0);
    cr_assert_eq(generator_find("independent")->run(t.train, 1200, 3, "independent", NULL, &independent, &error), 0);
    const struct {
        const char *name;
        const struct table *subject;
        enum subject kind;
        unsigned role;
        bool leaks;
    } cases[] = {{"fresh", t.fresh, SUBJECT_CANDIDATE, ROLE_SECRET, false},
                 {"fresh, default secrets", t.fresh, SUBJECT_HONEST, 0, false},
                 {"copy", copy, SUBJECT_CANDIDATE, ROLE_SECRET, true},
                 {"copy, default secrets", copy, SUBJECT_COPY, 0, true},
                 {"independent", independent, SUBJECT_INDEPENDENT, ROLE_SECRET, false}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct result result = measure_once(&t, cases[k].subject, cases[k].kind, 2, cases[k].role);
        cr_expect(result.lo <= result.value && result.value <= result.hi, "%s", cases[k].name);
        cr_expect_eq(result.lo > 0, cases[k].leaks, "%s: %.3f (%.3f to %.3f)", cases[k].name, result.value, result.lo,
                     result.hi);
        cr_expect(cases[k].leaks ? result.value > .05 : result.value < .03, "%s: %.3f", cases[k].name, result.value);
        const cJSON *secrets = json_get(result.details, "secrets"), *first = cJSON_GetArrayItem(secrets, 0);
        cr_expect_eq(cJSON_GetArraySize(secrets), cases[k].role ? 1 : 3, "%s", cases[k].name);
        cr_expect_str_eq(json_get_string(first, "solver", ""), cases[k].kind == SUBJECT_CANDIDATE ? "l1" : "box least squares");
        cr_expect_eq(json_get_number(first, "records", 0), 1200);
        cr_expect_gt(strlen(result.finding), 40);
        result_free(&result);
    }
    table_free(copy);
    table_free(independent);
    tables_free(&t);
}

/* Two secrets of a copy: sex is known of a few records only, so that its advantage is the larger one and proves nothing; the
 * other one's is proven. The finding speaks of the proof. */
Test(reconstruction, finding_names_the_proven_leak)
{
    enum { KNOWN = 8 };
    struct error error;
    struct tables t = simulate(1200);
    struct table *copy;
    uint32_t *sex = table_codes(t.train, SIMULATED_SEX);
    for (size_t i = KNOWN; i < t.train->rows; i++)
        sex[i] = CODE_MISSING;
    table_seal(t.train);
    cr_assert_eq(generator_find("bootstrap")->run(t.train, 1200, 3, "copy", NULL, &copy, &error), 0);
    struct result result = measure_once(&t, copy, SUBJECT_COPY, 2, 0);
    const cJSON *secrets = json_get(result.details, "secrets"), *few = cJSON_GetArrayItem(secrets, 0);
    const cJSON *proven = cJSON_GetArrayItem(secrets, 1);
    cr_assert_eq(json_get_number(few, "records", 0), KNOWN);
    cr_assert(json_get_number(few, "advantage", 0) > json_get_number(proven, "advantage", 1), "not the larger advantage");
    cr_assert(json_get_number(few, "lo", 1) < 0 && json_get_number(proven, "lo", 0) > 0, "not the unproven one");
    cr_expect_eq(result.value, json_get_number(few, "advantage", 0));
    cr_expect_eq(result.lo, json_get_number(proven, "lo", 0));
    cr_expect(strstr(result.finding, "'origin'") && strstr(result.finding, "leak secrets"), "%s", result.finding);
    cr_expect_gt(strlen(result.remedy), 0);
    result_free(&result);
    table_free(copy);
    tables_free(&t);
}

Test(reconstruction, same_result_for_any_pool)
{
    struct tables t = simulate(600);
    char *text[3];
    static const size_t threads[3] = {1, 2, 7};
    for (size_t k = 0; k < 3; k++) {
        struct result result = measure_once(&t, t.fresh, SUBJECT_HONEST, threads[k], 0);
        struct strbuf out = STRBUF_INIT;
        json_print(result.details, &out);
        json_number(result.value, &out);
        text[k] = strdup(strbuf_text(&out));
        strbuf_free(&out);
        result_free(&result);
    }
    cr_expect_str_eq(text[0], text[1]);
    cr_expect_str_eq(text[0], text[2]);
    for (size_t k = 0; k < 3; k++)
        free(text[k]);
    tables_free(&t);
}
