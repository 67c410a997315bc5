/* privacy.reconstruction on odd tables: the right status and reason, no crash. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "attacks/secrets.h"
#include "core/random.h"
#include "tests/unit/fake_table.h"

enum { A, B, C, X, SECRET, TRAIN = 0, HOLDOUT, SUBJECT };
enum kind { AS_LEVELS, AS_NUMBERS, AS_DATES, AS_TEXT };

struct world {
    struct schema *schema;
    struct table *table[3];
    size_t columns;
};

static void set(struct world *w, size_t table, size_t column, uint32_t code, double number)
{
    struct table *t = w->table[table];
    for (size_t i = 0; i < t->rows; i++)
        if (t->columns[column].number)
            fake_numbers(t, column)[i] = number;
        else
            fake_codes(t, column)[i] = code;
}

/* Each of 0 … shift, evenly: numbers of the secret, with `scale` apart. */
static void numbers(struct world *w, double shift, double scale)
{
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < w->table[k]->rows; i++)
            fake_numbers(w->table[k], SECRET)[i] = scale * (double)(i * 7 % 5) + shift;
}

static void negative(struct world *w)
{
    numbers(w, -90, 20);
}

static void mostly_zero(struct world *w)
{
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < w->table[k]->rows; i++)
            fake_numbers(w->table[k], SECRET)[i] = i % 9 ? 0 : 1 + (double)i;
}

static void dates(struct world *w)
{
    numbers(w, 15000, 31);
}

static void half_missing(struct world *w)
{
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < w->table[k]->rows; i += 2)
            fake_codes(w->table[k], SECRET)[i] = CODE_MISSING;
}

static void constant_in_candidate(struct world *w)
{
    set(w, SUBJECT, SECRET, 1, NAN);
}

static void constant_in_train(struct world *w)
{
    set(w, TRAIN, SECRET, 1, NAN);
}

static void missing_in_candidate(struct world *w)
{
    set(w, SUBJECT, SECRET, CODE_MISSING, NAN);
}

static void missing_in_holdout(struct world *w)
{
    set(w, HOLDOUT, SECRET, CODE_MISSING, NAN);
}

/* Levels that train lacks, and numbers beyond its range: the outer bins are open, so x goes missing. */
static void no_common_values(struct world *w)
{
    for (size_t c = A; c <= C; c++)
        set(w, SUBJECT, c, 9, NAN);
    set(w, SUBJECT, X, 0, NAN);
}

static void no_categories_in_common(struct world *w)
{
    for (size_t c = A; c <= C; c++)
        set(w, SUBJECT, c, 9, NAN);
}

static void copy(struct world *w)
{
    struct table *train = w->table[TRAIN], *subject = w->table[SUBJECT];
    for (size_t i = 0; i < subject->rows; i++)
        for (size_t c = 0; c < w->columns; c++)
            if (train->columns[c].number)
                fake_numbers(subject, c)[i] = train->columns[c].number[i % train->rows];
            else
                fake_codes(subject, c)[i] = train->columns[c].code[i % train->rows];
}

/* The secret follows from a: everybody is guessed right, nobody leaks. */
static void follows(struct world *w)
{
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < w->table[k]->rows; i++)
            fake_codes(w->table[k], SECRET)[i] = w->table[k]->columns[A].code[i] % 2;
}

/* Codes 0 … 4 of a, b, c (levels 5 … 9 occur in no table), x uniform, the secret a fair coin. */
static struct world world_new(size_t columns, size_t rows, enum kind kind, unsigned quasi_role)
{
    struct fake_column *list = calloc(columns, sizeof *list);
    struct world w = {.columns = columns};
    static const char *const names[] = {"train", "holdout", "candidate"};
    static const enum column_type types[] = {COLUMN_CATEGORICAL, COLUMN_NUMERIC, COLUMN_DATETIME, COLUMN_TEXT};
    for (size_t c = 0; c < columns; c++)
        list[c] = (struct fake_column){.name = c == SECRET ? "secret" : "known", .type = COLUMN_CATEGORICAL, .levels = 10};
    list[X] = (struct fake_column){.name = "x", .type = COLUMN_NUMERIC, .decimals = 3};
    list[SECRET].type = types[kind];
    list[SECRET].roles = ROLE_SECRET;
    list[A].roles = quasi_role;
    w.schema = fake_schema(list, columns);
    free(list);
    for (size_t k = 0; k < 3; k++) {
        struct random random;
        random_init(&random, 11, "test.edges", k, 0);
        w.table[k] = fake_table(w.schema, names[k], rows);
        for (size_t i = 0; i < rows; i++)
            for (size_t c = 0; c < columns; c++)
                if (w.table[k]->columns[c].number)
                    fake_numbers(w.table[k], c)[i] = random_uniform(&random);
                else
                    fake_codes(w.table[k], c)[i] = (uint32_t)random_below(&random, c == SECRET ? 2 : 5);
    }
    return w;
}

static int run(const struct world *w, double k, struct result *result, struct strbuf *evidence, struct error *error)
{
    const struct measure *measure = measure_find("privacy.reconstruction");
    struct parameter_value values[16];
    for (size_t p = 0; measure->parameters[p].name; p++)
        values[p].value = strcmp(measure->parameters[p].name, "k") == 0 ? k : measure->parameters[p].fallback;
    struct dataset data = {.schema = w->schema, .target = SIZE_MAX};
    data.train.table = w->table[TRAIN];
    data.holdout.table = w->table[HOLDOUT];
    struct measure_task task = {.data = &data,
                                .reference = w->table[TRAIN],
                                .subject = w->table[SUBJECT],
                                .kind = SUBJECT_CANDIDATE,
                                .seed = 1,
                                .level = .95,
                                .min_group = 10,
                                .parameters = values,
                                .evidence = evidence};
    *result = (struct result){.value = NAN, .arena = arena_new()};
    *error = (struct error){.message = ""};
    return measure->run(&task, result, error);
}

static const struct edge {
    const char *name;
    enum kind kind;
    void (*spoil)(struct world *world);
    int status;
    const char *why, *reading;
    size_t columns, rows, k;
    double classes, least, most; /* of the value */
    unsigned quasi_role;
} edges[] = {
    {.name = "plain", .classes = 2, .most = .1, .reading = "no sign of a leak"},
    {.name = "negative numbers", .kind = AS_NUMBERS, .spoil = negative, .classes = 4, .most = .1},
    {.name = "mostly zero", .kind = AS_NUMBERS, .spoil = mostly_zero, .classes = 2, .most = .1},
    {.name = "dates", .kind = AS_DATES, .spoil = dates, .classes = 4, .most = .1},
    {.name = "half missing", .spoil = half_missing, .classes = 2, .most = .15},
    {.name = "text", .kind = AS_TEXT, .status = ERROR_UNMEASURABLE, .why = "text and ids"},
    {.name = "constant in the candidate", .spoil = constant_in_candidate, .classes = 2, .most = .001},
    {.name = "constant in train", .spoil = constant_in_train, .status = ERROR_UNMEASURABLE, .why = "one value in train"},
    {.name = "missing in the candidate",
     .spoil = missing_in_candidate,
     .status = ERROR_UNMEASURABLE,
     .why = "no row of the candidate"},
    {.name = "missing in the holdout",
     .spoil = missing_in_holdout,
     .status = ERROR_UNMEASURABLE,
     .why = "no row of the holdout"},
    {.name = "no combination in common", .spoil = no_common_values, .status = ERROR_UNMEASURABLE, .why = "answers no query"},
    {.name = "no pair in common", .spoil = no_categories_in_common, .status = ERROR_UNMEASURABLE, .why = "answers no query"},
    {.name = "copy", .spoil = copy, .classes = 2, .least = .3, .most = 1, .reading = "leak"},
    {.name = "secret follows", .spoil = follows, .classes = 2, .most = .001, .reading = "population inference"},
    {.name = "one quasi-identifier", .k = 4, .classes = 2, .most = .15, .quasi_role = ROLE_QUASI},
    {.name = "two hundred columns", .columns = 200, .rows = 40, .classes = 2, .most = .15},
    {.name = "k = 4", .k = 4, .classes = 2, .most = .15},
    {.name = "one row", .rows = 1, .status = ERROR_UNMEASURABLE, .why = "one value in train"},
};

static void check_edge(const struct edge *edge)
{
    struct world w = world_new(edge->columns ? edge->columns : 5, edge->rows ? edge->rows : 200, edge->kind, edge->quasi_role);
    struct result result;
    struct error error;
    if (edge->spoil)
        edge->spoil(&w);
    for (size_t k = 0; k < 3; k++)
        fake_seal(w.table[k]);
    fake_fit(w.schema, w.table[TRAIN]);
    int status = run(&w, edge->k ? (double)edge->k : 3, &result, NULL, &error);
    cr_expect_eq(status, edge->status, "%s: status %d, %s", edge->name, status, error.message);
    if (edge->why)
        cr_expect(strstr(error.message, edge->why), "%s: %s", edge->name, error.message);
    if (status == 0 && edge->status == 0) {
        const cJSON *secret = cJSON_GetArrayItem(json_get(result.details, "secrets"), 0);
        cr_expect_eq(json_get_number(secret, "classes", 0), edge->classes, "%s", edge->name);
        cr_expect(result.value >= (edge->least > 0 ? edge->least : -1) && result.value <= edge->most, "%s: %g", edge->name,
                  result.value);
        cr_expect(result.lo <= result.value && result.value <= result.hi, "%s", edge->name);
        double gap = json_get_number(secret, "gap", 1), objective = json_get_number(secret, "objective", -1);
        cr_expect_leq(gap, 1e-8 * (1 + objective), "%s: gap %g of %g", edge->name, gap, objective);
        if (edge->reading)
            cr_expect_str_eq(json_get_string(secret, "reading", ""), edge->reading, "%s", edge->name);
        if (edge->reading && strcmp(edge->reading, "population inference") == 0)
            cr_expect(strstr(result.finding, "population inference"), "%s", result.finding);
    }
    cJSON_Delete(result.details);
    arena_free(result.arena);
    fake_schema_free(w.schema);
}

Test(reconstruction_edges, statuses)
{
    for (size_t k = 0; k < sizeof edges / sizeof *edges; k++)
        check_edge(&edges[k]);
}

/* Which columns are attacked: --secret alone, or all secret and sensitive ones, or with no secret the target as well. */
Test(reconstruction_edges, secrets)
{
    static const struct {
        unsigned roles[5];
        bool named;
        size_t target, n, columns[5];
    } cases[] = {{{ROLE_SECRET, ROLE_SENSITIVE}, true, 4, 1, {0}},
                 {{ROLE_SECRET, ROLE_SENSITIVE, ROLE_SENSITIVE}, false, 4, 3, {0, 1, 2}},
                 {{0, ROLE_SENSITIVE, ROLE_SENSITIVE}, false, 4, 3, {1, 2, 4}},
                 {{0, 0, ROLE_SENSITIVE, 0, ROLE_SENSITIVE | ROLE_TARGET}, false, 4, 2, {2, 4}},
                 {{ROLE_IGNORE, ROLE_KEY}, false, 0, 0, {0}},
                 {{0}, false, SIZE_MAX, 0, {0}}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct world w = world_new(5, 20, AS_LEVELS, 0);
        struct dataset data = {.schema = w.schema, .secrets_named = cases[k].named, .target = cases[k].target};
        size_t found[5];
        bool named;
        for (size_t c = 0; c < 5; c++)
            w.schema->columns[c].roles = cases[k].roles[c];
        cr_assert_eq(attack_secrets_choose(&data, false, found, 5, &named), cases[k].n, "case %zu", k);
        cr_expect_eq(named, cases[k].named);
        for (size_t i = 0; i < cases[k].n; i++)
            cr_expect_eq(found[i], cases[k].columns[i], "case %zu: column %zu", k, found[i]);
        fake_schema_free(w.schema);
    }
}

/* A secret that cannot be attacked is listed with its reason and stops none of the others; evidence has a line a record, and
 * two more for the range of what is undetermined. */
Test(reconstruction_edges, lists_and_evidence)
{
    struct world w = world_new(6, 60, AS_LEVELS, ROLE_QUASI);
    struct strbuf evidence = STRBUF_INIT;
    struct result result;
    struct error error;
    w.schema->columns[5].roles = ROLE_SENSITIVE;
    set(&w, TRAIN, 5, 3, NAN);
    for (size_t k = 0; k < 3; k++)
        fake_seal(w.table[k]);
    fake_fit(w.schema, w.table[TRAIN]);
    cr_assert_eq(run(&w, 3, &result, &evidence, &error), 0, "%s", error.message);
    const cJSON *skipped = json_get(result.details, "not_attacked"), *secrets = json_get(result.details, "secrets");
    cr_assert_eq(cJSON_GetArraySize(skipped), 1);
    cr_expect_str_eq(json_get_string(cJSON_GetArrayItem(skipped, 0), "column", ""), "known");
    cr_expect(strstr(json_get_string(cJSON_GetArrayItem(skipped, 0), "why", ""), "one value in train"));
    cr_assert_eq(cJSON_GetArraySize(secrets), 1);
    size_t lines = 0, least = 0, greatest = 0;
    for (const char *at = strbuf_text(&evidence); (at = strchr(at, '\n')); at++)
        lines++;
    for (const char *at = strbuf_text(&evidence); (at = strstr(at, "l1 secret 5 least,")); at++)
        least++;
    for (const char *at = strbuf_text(&evidence); (at = strstr(at, "l1 secret 5 greatest,")); at++)
        greatest++;
    double undetermined = json_get_number(cJSON_GetArrayItem(secrets, 0), "undetermined", 0) * 60;
    cr_expect_gt(least, 0);
    cr_expect_eq(least, greatest);
    cr_expect_eq(lines, 60 + 2 * least);
    cr_expect_float_eq((double)least, undetermined, 1e-9);
    cJSON_Delete(result.details);
    arena_free(result.arena);
    strbuf_free(&evidence);
    fake_schema_free(w.schema);
}
