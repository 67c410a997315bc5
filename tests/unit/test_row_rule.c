#include <criterion/criterion.h>

#include "datasets/csv.h"
#include "datasets/row_rule.h"
#include "datasets/schema.h"
#include "tests/unit/fake_table.h"
#include "tests/unit/golden.h"
#include "tests/unit/text_file.h"

enum { NET, TAX, TOTAL, START, END, JOB, OTHER };
static const struct fake_column columns[] = {{.name = "net", .type = COLUMN_NUMERIC},
                                             {.name = "tax", .type = COLUMN_NUMERIC},
                                             {.name = "grand-total", .type = COLUMN_NUMERIC},
                                             {.name = "start", .type = COLUMN_DATETIME},
                                             {.name = "end", .type = COLUMN_DATETIME},
                                             {.name = "job", .type = COLUMN_CATEGORICAL, .levels = 3},
                                             {.name = "other job", .type = COLUMN_CATEGORICAL, .levels = 3}};

/* Rows: 0 as it should be; 1 total off by one, end before start; 2 net, end and job missing; 3 job 1, total exactly net + tax
 * in tenths (0.1 + 0.2 against 0.3); 4 negative tax. Levels are "job 0", "other job 0", … */
static struct schema *sample(struct table **table)
{
    const double net[] = {10, 10, NAN, 0.1, 5}, tax[] = {2, 2, 1, 0.2, -1}, total[] = {12, 13, 5, 0.3, 4};
    const double start[] = {18262, 18262, 18262, 18262, 18300}, end[] = {18263, 18261, NAN, 18262, 18300};
    const uint32_t job[] = {0, 0, CODE_MISSING, 1, 2}, other[] = {0, 1, 1, CODE_MISSING, 2};
    struct schema *schema = fake_schema(columns, 7);
    *table = fake_table(schema, "train", 5);
    for (size_t i = 0; i < 5; i++) {
        fake_numbers(*table, NET)[i] = net[i];
        fake_numbers(*table, TAX)[i] = tax[i];
        fake_numbers(*table, TOTAL)[i] = total[i];
        fake_numbers(*table, START)[i] = start[i];
        fake_numbers(*table, END)[i] = end[i];
        fake_codes(*table, JOB)[i] = job[i];
        fake_codes(*table, OTHER)[i] = other[i];
    }
    fake_fit(schema, *table);
    schema->columns[OTHER].levels[2] = "job 2";
    return schema;
}

/* Verdicts as letters: k keeps, b breaks, - not judged. 18262 is 2020-01-01. */
Test(row_rule, verdicts)
{
    static const struct {
        const char *rule, *verdicts;
    } cases[] = {
        {"tax >= 0", "kkkkb"},
        {"`grand-total` = net + tax", "kb-kk"},
        {"`grand-total` - tax - net = 0", "kb-kk"},
        {"net < tax", "bb-kb"},
        {"net + 1 > 2 * 0", NULL},
        {"start <= end", "kb-kk"},
        {"end > start", "kb-bb"},
        {"start = '2020-01-01'", "kkkkb"},
        {"'2020-01-02' <= start", "bbbbk"},
        {"start < '2020-01-02T00:00:00'", "kkkkb"},
        {"job = 'job 1'", "bb-kb"},
        {"job != 'job 1'", "kk-bk"},
        {"'no such level' != job", "kk-kk"},
        {"job = `other job`", "bb--k"},
        {"job is missing", "bbkbb"},
        {"net is present", "kkbkk"},
        {"job = 'job 0' implies tax = 2", "kk---"},
        {"net is missing implies end is missing", "--k--"},
        {"tax < 0 implies job='job 2'", "----k"},
        {"  tax>-2  ", "kkkkk"},
        {"tax >= -1.5e0", "kkkkk"},
        {"net - -1 > 0", "kk-kk"},
    };
    struct table *table;
    struct schema *schema = sample(&table);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct row_rule *rule;
        struct error error = {0};
        int status = row_rule_parse(cases[k].rule, schema, schema->arena, &rule, &error);
        if (!cases[k].verdicts) {
            cr_expect_eq(status, ERROR_INPUT, "%s", cases[k].rule);
            continue;
        }
        cr_assert_eq(status, 0, "%s: %s", cases[k].rule, error.message);
        cr_expect_str_eq(row_rule_text(rule), cases[k].rule);
        for (size_t i = 0; i < 5; i++)
            cr_expect_eq("kb-"[row_rule_check(rule, table, i)], cases[k].verdicts[i], "%s, row %zu", cases[k].rule, i);
    }
    fake_schema_free(schema);
}

Test(row_rule, refusals_name_the_rule_and_the_mend)
{
    static const char *const wrong[] = {
        "",
        "net",
        "net >",
        "> 3",
        "3 > 2",
        "nett > 2",
        "net > 'ten'",
        "net = job",
        "job < 'job 1'",
        "job + 1 = 2",
        "job = 'job 1",
        "`net > 2",
        "net > 2 tax",
        "net is gone",
        "net + tax is missing",
        "net > 2 implies",
        "net > 2 implies tax > 1 implies tax > 0",
        "grand-total > 2",
        "start < '32.13.2020'",
        "net > 1e999",
        "net+net+net+net+net+net+net+net+net > 0",
        "job = 3 + net",
    };
    struct table *table;
    struct schema *schema = sample(&table);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        struct row_rule *rule;
        struct error error = {0};
        cr_expect_eq(row_rule_parse(wrong[k], schema, schema->arena, &rule, &error), ERROR_INPUT, "'%s' is taken", wrong[k]);
        cr_expect(strstr(error.message, wrong[k]) && strlen(error.message) > strlen(wrong[k]) + 20, "%s", error.message);
    }
    fake_schema_free(schema);
}

extern const struct measure measure_fidelity_validity;

/* In the measure: a row rule counts as one rule; one that train breaks is a fault and not averaged. */
Test(row_rule, rules_in_the_measure)
{
    static const char *rules[] = {"tax >= 0", "net is present implies net > 0"};
    struct table *table;
    struct schema *schema = sample(&table);
    schema->rules = rules;
    schema->n_rules = 2;
    struct fake_run run;
    fake_run(&run, &measure_fidelity_validity, table, table, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_expect_eq(run.result.value, 1, "%.17g", run.result.value);
    const cJSON *item, *fault = NULL, *kept = NULL;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(run.result.details, "rules"))
    {
        const char *text = json_get_string(item, "rule", "");
        fault = strcmp(text, rules[0]) ? fault : item;
        kept = strcmp(text, rules[1]) ? kept : item;
    }
    cr_assert(fault && kept);
    cr_expect(json_get_bool(fault, "rule_fault", false) && !json_get_bool(kept, "rule_fault", true));
    cr_expect_str_eq(json_get_string(fault, "column", ""), "tax");
    cr_near(golden_number(fault, "reference_pass"), 0.8, 1e-15, "one row in five");
    fake_run_free(&run);
    fake_schema_free(schema);
}

Test(row_rule, rules_in_the_schema_file)
{
    static const char head[] =
        "{\"columns\": [{\"name\": \"a\", \"type\": \"numeric\"}, {\"name\": \"b\", \"type\": \"numeric\"}], ";
    static const struct {
        const char *tail, *message; /* NULL: read, and printed again */
    } cases[] = {{"\"rules\": [\"a <= b\", \"a is present\"]}", NULL},
                 {"\"rules\": []}", NULL},
                 {"\"rules\": \"a <= b\"}", "give a list"},
                 {"\"rules\": [3]}", "give a list"},
                 {"\"rules\": [\"a <= c\"]}", "rule 'a <= c': an unknown column"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[400];
        struct schema *schema = NULL;
        struct error error = {0};
        struct strbuf out = STRBUF_INIT;
        snprintf(text, sizeof text, "%s%s", head, cases[k].tail);
        struct text_file file = text_file_new(text);
        int status = schema_read(file.path, &schema, &error);
        text_file_remove(file);
        if (cases[k].message) {
            cr_expect_eq(status, ERROR_INPUT);
            cr_expect(strstr(error.message, cases[k].message) && strstr(error.message, file.path), "%s", error.message);
            continue;
        }
        cr_assert_eq(status, 0, "%s", error.message);
        cr_expect_eq(schema->n_rules, k == 0 ? 2 : 0);
        cr_assert_eq(schema_print(schema, &out, NULL), 0);
        cr_expect_eq(strstr(strbuf_text(&out), "a <= b") != NULL, k == 0, "%s", strbuf_text(&out));
        strbuf_free(&out);
        schema_free(schema);
    }
}
