/* What the fidelity measures write besides their value: rules that are broken, plot data within the disclosure rules. */
#include <criterion/criterion.h>

#include "core/random.h"
#include "tests/unit/fake_table.h"
#include "tests/unit/golden.h"

extern const struct measure measure_fidelity_column_shapes, measure_fidelity_validity;

static const cJSON *rule_of(const cJSON *details, const char *column, const char *rule)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(details, "rules"))
    {
        if (strcmp(json_get_string(item, "column", ""), column) == 0 && strcmp(json_get_string(item, "rule", ""), rule) == 0)
            return item;
    }
    return NULL;
}

/* measures.md: 100 rows, 3 negative fares, 2 latitudes above 90, 2 duplicate keys planted: exactly 3, 2, 2 reported. Besides: a
 * half passenger, an unseen port, a missing fare. R has fares from 0, latitudes to 90, whole passengers, ids 0 … 99. */
Test(validity, planted_faults_are_found_exactly)
{
    enum { FARE, LATITUDE, PASSENGERS, PORT, ID };
    static const struct fake_column columns[] = {{.name = "fare", .type = COLUMN_NUMERIC, .decimals = 2},
                                                 {.name = "latitude", .type = COLUMN_NUMERIC, .decimals = 1},
                                                 {.name = "passengers", .type = COLUMN_NUMERIC},
                                                 {.name = "port", .type = COLUMN_CATEGORICAL, .levels = 4},
                                                 {.name = "id", .type = COLUMN_ID, .levels = 200}};
    struct schema *schema = fake_schema(columns, 5);
    struct table *r = fake_table(schema, "train", 100), *s = fake_table(schema, "candidate", 100);
    for (uint32_t i = 0; i < 100; i++) {
        fake_numbers(r, FARE)[i] = fake_numbers(s, FARE)[i] = i * 0.25;
        fake_numbers(r, LATITUDE)[i] = fake_numbers(s, LATITUDE)[i] = 90.0 - i;
        fake_numbers(r, PASSENGERS)[i] = fake_numbers(s, PASSENGERS)[i] = i % 5;
        fake_codes(r, PORT)[i] = fake_codes(s, PORT)[i] = i % 3;
        fake_codes(r, ID)[i] = fake_codes(s, ID)[i] = i;
    }
    fake_numbers(s, FARE)[4] = fake_numbers(s, FARE)[40] = fake_numbers(s, FARE)[41] = -1;
    fake_numbers(s, LATITUDE)[7] = fake_numbers(s, LATITUDE)[41] = 90.5;
    fake_codes(s, ID)[50] = fake_codes(s, ID)[60] = 3;
    fake_numbers(s, PASSENGERS)[1] = 1.5;
    fake_codes(s, PORT)[2] = 3;
    fake_numbers(s, FARE)[99] = NAN;
    fake_fit(schema, r);
    fake_seal(s);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_validity, r, s, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    const struct {
        const char *column, *rule;
        double broken, pass;
    } want[] = {{"fare", "range", 3, 1 - 3.0 / 99}, {"fare", "present", 1, 0.99},
                {"latitude", "range", 2, 0.98},     {"latitude", "present", 0, 1},
                {"passengers", "range", 0, 1},      {"passengers", "whole_number", 1, 0.99},
                {"passengers", "present", 0, 1},    {"port", "category", 1, 0.99},
                {"port", "present", 0, 1},          {"id", "present", 0, 1},
                {"id", "unique", 2, 0.98}};
    for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
        const cJSON *rule = rule_of(run.result.details, want[k].column, want[k].rule);
        cr_assert_not_null(rule, "no rule %s of %s", want[k].rule, want[k].column);
        cr_expect_eq(golden_number(rule, "broken"), want[k].broken, "%s of %s", want[k].rule, want[k].column);
        cr_near(golden_number(rule, "pass"), want[k].pass, 1e-15, "%s of %s", want[k].rule, want[k].column);
        cr_expect_not(json_get_bool(rule, "rule_fault", true));
    }
    cr_expect_null(rule_of(run.result.details, "fare", "whole_number"), "fares are no whole numbers in train");
    cr_expect_null(rule_of(run.result.details, "id", "category"), "ids need not be known");
    cr_near(run.result.value, 1 - 10.0 / 1099, 1e-15, "ten of 1,099 judged cells");
    cr_expect_eq(golden_number(run.result.details, "rows_that_break_a_rule"), 9, "row 41 breaks two");
    cr_expect(run.result.lo < run.result.value && run.result.value < run.result.hi && run.result.hi < 1);
    cr_expect_not_null(strstr(run.result.finding, "'fare'"), "%s", run.result.finding);
    fake_run_free(&run);
    fake_schema_free(schema);
}

/* A rule that train breaks is a fault of the rule; two columns that only the candidate has lower the structure to 1/3. */
Test(validity, rule_faults_and_structure)
{
    static const struct fake_column column = {.name = "id", .type = COLUMN_ID, .levels = 9};
    static const char *extra[] = {"one", "two"};
    struct schema *schema = fake_schema(&column, 1);
    struct table *r = fake_table(schema, "train", 3), *s = fake_table(schema, "candidate", 3);
    fake_codes(r, 0)[1] = 5;
    fake_codes(s, 0)[1] = 1;
    fake_codes(s, 0)[2] = 2;
    fake_fit(schema, r);
    fake_seal(s);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_validity, r, s, NULL, false);
    const cJSON *rule = rule_of(run.result.details, "id", "unique");
    cr_expect(json_get_bool(rule, "rule_fault", false));
    cr_near(golden_number(rule, "reference_pass"), 2.0 / 3, 1e-15, "train repeats one id");
    cr_expect_eq(run.result.value, 1);
    struct input_file input = {.table = s, .extra_columns = extra, .n_extra_columns = 2};
    struct result result = {.arena = arena_new()};
    run.data.candidates = &input;
    run.data.n_candidates = 1;
    struct measure_task task = {.data = &run.data, .reference = r, .subject = s, .level = 0.95, .artifacts = run.artifacts};
    cr_assert_eq(measure_fidelity_validity.run(&task, &result, NULL), 0);
    cr_near(result.value, 1.0 / 3, 1e-15, "structure");
    cr_expect_not_null(strstr(result.finding, "2 columns that the training data lack"), "%s", result.finding);
    cr_expect_not_null(strstr(result.remedy, "Leave out the columns"), "%s", result.remedy);
    cJSON_Delete(result.details);
    arena_free(result.arena);
    fake_run_free(&run);
    fake_schema_free(schema);
}

/* Two of 200 rows have a date of retirement; a fresh table's two lie outside. That is two cells of 402, not a quarter of the
 * value. Without a column there is nothing to judge, which is no 1. */
Test(validity, sparse_columns_weigh_little_and_no_column_nothing)
{
    static const struct fake_column columns[] = {{.name = "age", .type = COLUMN_NUMERIC, .decimals = 2},
                                                 {.name = "retired", .type = COLUMN_NUMERIC, .decimals = 2}};
    struct schema *schema = fake_schema(columns, 2);
    struct table *r = fake_table(schema, "train", 200), *s = fake_table(schema, "candidate", 200);
    for (size_t i = 0; i < 200; i++) {
        fake_numbers(r, 0)[i] = fake_numbers(s, 0)[i] = (double)i / 4;
        fake_numbers(r, 1)[i] = i < 2 ? 0.5 + (double)i : NAN;
        fake_numbers(s, 1)[i] = i > 197 ? (double)i + 0.5 : NAN;
    }
    fake_fit(schema, r);
    fake_seal(s);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_validity, r, s, NULL, false);
    cr_near(run.result.value, 400.0 / 402, 1e-15, "age: range, present; retired: range of two cells");
    /* python3: V = 400/402; per row kept - V*judged: 2 - 2V for 198 rows, 2 - 3V for 2; variance = sum/(200*402/200)**2;
     * Wilson of V with V(1-V)/variance trials: .98219 to .99862. */
    cr_near(run.result.lo, 0.9821942, 1e-6, "lower end");
    cr_near(run.result.hi, 0.9986229, 1e-6, "upper end");
    fake_run_free(&run);
    schema->columns[0].roles = schema->columns[1].roles = ROLE_IGNORE;
    fake_run(&run, &measure_fidelity_validity, r, s, NULL, false);
    cr_expect_eq(run.status, ERROR_UNMEASURABLE, "no column: status %d", run.status);
    fake_run_free(&run);
    fake_schema_free(schema);
}

static double total(const cJSON *array)
{
    const cJSON *item;
    double sum = 0;
    cJSON_ArrayForEach(item, array)
    {
        sum += item->valuedouble;
    }
    return sum;
}

/* Columns: 2,000 unique numbers; whole numbers 0 … 4 with 4 in three rows only; six in ten rows 0; levels of which level k has
 * 200/(k + 1) rows; a level of 2 rows; every value alone. */
static struct schema *plotted(size_t rows, struct table **real)
{
    static const struct fake_column columns[] = {{.name = "unique", .type = COLUMN_NUMERIC, .decimals = 9},
                                                 {.name = "few", .type = COLUMN_NUMERIC},
                                                 {.name = "zeros", .type = COLUMN_NUMERIC, .decimals = 2},
                                                 {.name = "many", .type = COLUMN_CATEGORICAL, .levels = 60},
                                                 {.name = "rare", .type = COLUMN_CATEGORICAL, .levels = 3},
                                                 {.name = "each", .type = COLUMN_CATEGORICAL, .levels = 3000}};
    struct schema *schema = fake_schema(columns, 6);
    struct table *r = fake_table(schema, "train", rows);
    struct random random;
    random_init(&random, 9, "plotted", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        fake_numbers(r, 0)[i] = 1234.56789 + random_normal(&random);
        fake_numbers(r, 1)[i] = i < 3 ? 4 : (double)(i % 4);
        fake_numbers(r, 2)[i] = i % 10 < 6 ? 0 : random_uniform(&random) * 100;
        double u = random_uniform(&random);
        fake_codes(r, 3)[i] = (uint32_t)(60 * u * u * u);
        fake_codes(r, 4)[i] = i < 2 ? 2 : (uint32_t)(i % 2);
        fake_codes(r, 5)[i] = (uint32_t)i;
    }
    fake_fit(schema, r);
    *real = r;
    return schema;
}

static size_t rows_with(const struct table *table, size_t column, const char *level)
{
    size_t count = 0;
    for (size_t i = 0; i < table->rows; i++)
        count += strcmp(table->schema->columns[column].levels[table->columns[column].code[i]], level) == 0;
    return count;
}

static void check_plot(const struct table *table, size_t column, const cJSON *plot)
{
    const cJSON *item, *shares = cJSON_GetObjectItem(plot, "reference"), *edges = cJSON_GetObjectItem(plot, "edges");
    double rows = (double)table->rows;
    cr_near(total(shares), 1, 1e-12, "column %zu", column);
    cr_near(total(cJSON_GetObjectItem(plot, "subject")), 1, 1e-12, "column %zu", column);
    cJSON_ArrayForEach(item, shares)
    {
        cr_expect(item->valuedouble == 0 || item->valuedouble * rows > 9.5, "column %zu shows %g rows", column,
                  item->valuedouble * rows);
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(plot, "levels"))
    {
        cr_expect(strncmp(item->valuestring, "other", 5) == 0 || rows_with(table, column, item->valuestring) >= 10,
                  "column %zu names '%s'", column, item->valuestring);
    }
    if (!edges)
        return;
    const struct column_schema *schema = &table->schema->columns[column];
    int last = cJSON_GetArraySize(edges) - 1;
    size_t below = 0, above = 0;
    for (size_t i = 0; i < schema->n_sorted; i++) {
        below += schema->sorted[i] <= golden_value(cJSON_GetArrayItem(edges, 0)) + 0.5 * (column == 1);
        above += schema->sorted[i] >= golden_value(cJSON_GetArrayItem(edges, last)) - 0.5 * (column == 1);
    }
    cr_expect(below >= 9 && above >= 9, "column %zu: %zu rows below the first edge, %zu above the last", column, below, above);
    cr_expect_eq(cJSON_GetArraySize(edges), cJSON_GetArraySize(shares) + 1);
}

Test(plots, nothing_that_fewer_than_ten_real_rows_share)
{
    const size_t sizes[] = {2000, 150, 40};
    for (size_t k = 0; k < 3; k++) {
        struct table *table;
        struct schema *schema = plotted(sizes[k], &table);
        struct fake_run run;
        fake_run(&run, &measure_fidelity_column_shapes, table, table, NULL, false);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        const cJSON *columns = cJSON_GetObjectItem(run.result.details, "columns");
        for (int c = 0; c < 6; c++) {
            const cJSON *plot = cJSON_GetObjectItem(cJSON_GetArrayItem(columns, c), "plot");
            if (plot)
                check_plot(table, (size_t)c, plot);
            cr_expect((plot != NULL) == (c != 5), "column %d of %zu rows", c, sizes[k]);
        }
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}

Test(plots, shapes_of_plots)
{
    struct table *table;
    struct schema *schema = plotted(2000, &table);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_column_shapes, table, table, NULL, false);
    const cJSON *columns = cJSON_GetObjectItem(run.result.details, "columns"), *plots[5], *item;
    for (int c = 0; c < 5; c++)
        plots[c] = cJSON_GetObjectItem(cJSON_GetArrayItem(columns, c), "plot");
    cJSON *edges = cJSON_GetObjectItem(plots[0], "edges");
    cr_expect_eq(cJSON_GetArraySize(edges), 21);
    cJSON_ArrayForEach(item, edges)
    {
        /* spread about 4.6: three digits of it are hundredths */
        cr_expect(fabs(item->valuedouble * 100 - round(item->valuedouble * 100)) < 1e-6, "%.17g", item->valuedouble);
    }
    /* 4 has three rows: it is counted with 3, the last value that has a bin */
    edges = cJSON_GetObjectItem(plots[1], "edges");
    const double want[] = {-0.5, 0.5, 1.5, 2.5, 3.5};
    cr_assert_eq(cJSON_GetArraySize(edges), 5);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(cJSON_GetArrayItem(edges, i)->valuedouble, want[i]);
    cr_near(cJSON_GetArrayItem(cJSON_GetObjectItem(plots[1], "reference"), 3)->valuedouble, 0.25 + 3.0 / 2000, 1e-3,
            "last bin");
    cr_near(cJSON_GetArrayItem(cJSON_GetObjectItem(plots[2], "reference"), 0)->valuedouble, 0.6, 0.05, "zeros");
    cr_expect_eq(cJSON_GetArraySize(cJSON_GetObjectItem(plots[3], "levels")), 13);
    cr_expect_str_eq(cJSON_GetArrayItem(cJSON_GetObjectItem(plots[3], "levels"), 12)->valuestring, "other");
    /* a pool of two rows takes the smallest level in, so that it holds ten */
    cr_expect_eq(cJSON_GetArraySize(cJSON_GetObjectItem(plots[4], "levels")), 2);
    fake_run_free(&run);
    fake_schema_free(schema);
}
