/* The report of a privacy game: its words, the same bytes, hostile names, damaged files. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "report/report.h"

/* A game with `points` numbers of rows: 100, 1,000, …; accuracy rises from .5 by `step`. */
static cJSON *make_game(const char *name, size_t points, double step)
{
    cJSON *json = cJSON_CreateObject(), *list;
    json_add_string(json, "format", "assay-game");
    json_add_number(json, "version", 1);
    json_add_string(json, "assay", "0.1.0");
    json_add_string(json, "method", name);
    json_add_string(json, "secret", name);
    json_add_number(json, "records", 1000);
    json_add_number(json, "k", 3);
    json_add_number(json, "games", 100);
    json_add_number(json, "seed", 1);
    json_add_string(json, "solver", "l1");
    json_add_bool(json, "one_table", true);
    json_add_number(json, "unique", .9);
    json_add_number(json, "majority", .53);
    list = json_add_array(json, "quasi_columns");
    for (size_t a = 0; a < 60; a++)
        json_push_string(list, name);
    json_add_number(json_add_object(json, "population"), "rows", 7634);
    list = json_add_array(json, "curve");
    for (size_t m = 0; m < points; m++) {
        cJSON *item = json_push_object(list);
        const double accuracy = .5 + step * (double)m;
        json_add_number(item, "rows", 100 * pow(10, (double)m));
        json_add_number(item, "games", 100);
        json_add_number(item, "right", 100 * accuracy);
        json_add_number(item, "accuracy", accuracy);
        json_add_number(item, "lo", accuracy - .1);
        json_add_number(item, "hi", fmin(1, accuracy + .1));
        json_add_number(item, "auc", accuracy);
        json_add_number(item, "auc_lo", accuracy - .1);
        json_add_number(item, "auc_hi", fmin(1, accuracy + .1));
        json_add_number(item, "accuracy_all_records", accuracy);
        json_add_number(item, "undetermined", .25);
        json_add_number(item, "queries", 3000);
    }
    return json;
}

static void expect_words(const char *name, size_t points, double step, const char *const *words)
{
    struct error error = {0};
    struct strbuf out = STRBUF_INIT;
    cJSON *json = make_game(name, points, step);
    cr_assert_eq(report_render(json, "md", &out, &error), 0, "%s", error.message);
    for (size_t w = 0; words[w]; w++)
        cr_expect_not_null(strstr(out.text, words[w]), "'%s' is not in\n%s", words[w], out.text);
    cr_expect_null(strstr(out.text, "<b>"));
    strbuf_free(&out);
    cJSON_Delete(json);
}

Test(report_game, words)
{
    expect_words("cart", 4, .15,
                 (const char *[]){"“cart” gives the secrets of its training records away: 100,000 synthetic rows",
                                  "guesses the secret “cart” of one of them right in 95", "| 1,000 | 65",
                                  " | 0.65 (0.55–0.75) | 65.0", "Who knows the 60 known columns", NULL});
    expect_words(
        "gan.py", 1, 0,
        (const char *[]){"No leak was found in 100 games: from 100 synthetic rows of “gan.py” a secret is guessed right in "
                         "at most 60",
                         NULL});
    expect_words("<b>|*", 2, 0, (const char *[]){"“&lt;b&gt;\\|\\*”", NULL});
}

Test(report_game, same_bytes)
{
    static const size_t points[] = {1, 5};
    for (size_t p = 0; p < 2; p++) {
        struct error error = {0};
        struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
        cJSON *json = make_game("قاعدة\x07 a rather long name of a program that makes synthetic tables", points[p], .1);
        cr_assert_eq(report_render(json, "pdf", &first, &error), 0, "%s", error.message);
        cr_assert_eq(report_render(json, "pdf", &second, &error), 0, "%s", error.message);
        cr_expect(first.length > 1000 && first.length == second.length && memcmp(first.text, second.text, first.length) == 0);
        strbuf_free(&first);
        strbuf_free(&second);
        cJSON_Delete(json);
    }
}

static const char *const formats[] = {"pdf", "md", "junit", "sarif"};

static void try_all(const cJSON *json)
{
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        struct error error = {0};
        struct strbuf out = STRBUF_INIT;
        int status = report_render(json, formats[f], &out, &error);
        cr_expect(status == 0 || (status == ERROR_INPUT && error.message[0]), "%s: %d %s", formats[f], status, error.message);
        cr_expect(f < 2 || status == ERROR_INPUT);
        strbuf_free(&out);
    }
}

static void damage(cJSON *json, cJSON *object, int i, cJSON *wrong)
{
    cJSON *item = cJSON_GetArrayItem(object, i), *copy = cJSON_Duplicate(item, true);
    char *name = strdup(item->string);
    cJSON_ReplaceItemInObject(object, name, wrong);
    try_all(json);
    cJSON_ReplaceItemInObject(object, name, copy);
    free(name);
}

/* Every value in turn, of the game and of a point, replaced by one of another kind; no curve at all. */
Test(report_game, damaged)
{
    static const double numbers[] = {-1, 0, 1e300};
    for (size_t kind = 0; kind < 5; kind++) {
        cJSON *json = make_game("cart", 3, .1), *point = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "curve"), 1);
        cJSON *const objects[] = {json, point};
        for (size_t o = 0; o < 2; o++)
            for (int i = o == 0; i < cJSON_GetArraySize(objects[o]); i++)
                if (!cJSON_IsArray(cJSON_GetArrayItem(objects[o], i)))
                    damage(json, objects[o], i,
                           kind == 0   ? cJSON_CreateNull()
                           : kind == 1 ? cJSON_CreateString("x")
                                       : cJSON_CreateNumber(numbers[kind - 2]));
        cJSON_ReplaceItemInObject(json, "quasi_columns", cJSON_CreateNumber(3));
        try_all(json);
        cJSON_ReplaceItemInObject(json, "curve", kind ? cJSON_CreateArray() : cJSON_CreateString("x"));
        try_all(json);
        cJSON_Delete(json);
    }
}
