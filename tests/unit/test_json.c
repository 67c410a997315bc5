/* JSON: exact numbers, a printer whose output is stable, a reader that takes nothing that is not JSON. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/random.h"

static void expect_number(double value, const char *text)
{
    struct strbuf out = STRBUF_INIT;
    json_number(value, &out);
    cr_expect_str_eq(strbuf_text(&out), text);
    strbuf_free(&out);
}

/* The texts: python3 -c 'print("%.15g" % x)' and so on; 0.1 + 0.2 needs 17 digits, 5e-324 is the smallest double. */
Test(json, numbers)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-3, "-3"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e21, "1e+21"},
        {1.0 / 3, "0.3333333333333333"},
        {123456789012345678.0, "1.2345678901234568e+17"},
        {5e-324, "4.94065645841247e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {NAN, "null"},
        {INFINITY, "null"},
        {-INFINITY, "null"},
        {100000, "100000"},
        {9007199254740993.0, "9007199254740992"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_number(cases[i].value, cases[i].text);
}

/* A million random bit patterns, printed and read back by the reader, give the same bits. */
Test(json, numbers_round_trip)
{
    struct random random;
    random_init(&random, 1, "json", 0, 0);
    struct strbuf out = STRBUF_INIT;
    for (int i = 0; i < 1000000; i++) {
        uint64_t bits = random_u64(&random), again;
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        strbuf_reset(&out);
        json_number(value, &out);
        cJSON *json;
        cr_assert_eq(json_parse(strbuf_text(&out), out.length, "x", false, &json, NULL), 0, "%s", strbuf_text(&out));
        memcpy(&again, &json->valuedouble, sizeof again);
        cr_assert_eq(bits, again, "%a as %s", value, strbuf_text(&out));
        cJSON_Delete(json);
    }
    strbuf_free(&out);
}

static void expect_print(const char *text, const char *printed)
{
    cJSON *json;
    struct error error = {0};
    struct strbuf out = STRBUF_INIT;
    cr_assert_eq(json_parse(text, strlen(text), "x", true, &json, &error), 0, "%s: %s", text, error.message);
    json_print(json, &out);
    cr_expect_str_eq(strbuf_text(&out), printed);
    cJSON_Delete(json);
    strbuf_free(&out);
}

Test(json, layout)
{
    expect_print("{}", "{}");
    expect_print(" [ ] ", "[]");
    expect_print("{\"b\":1,\"a\":[true,false,null]}", "{\"b\": 1, \"a\": [true, false, null]}");
    expect_print("\"\\u0041\\u00e9\\ud83d\\ude00\\n\\t\\\"\\\\\\/\\b\\u007f\"",
                 "\"A\xC3\xA9\xF0\x9F\x98\x80\\n\\t\\\"\\\\/\\u0008\\u007f\"");
    /* C1 controls, line separators and marks that reorder text are written as escapes however they came. */
    expect_print("\"\xC2\x9B\xC2\xA0\xE2\x80\xA8\xE2\x80\xAE\\u2069\xEF\xBB\xBF\"",
                 "\"\\u009b\xC2\xA0\\u2028\\u202e\\u2069\\ufeff\"");
    expect_print("// policy\n{/* a */\"a\": 1} // end", "{\"a\": 1}");
    /* 119 characters stay on a line (one is kept for a comma), 120 do not. */
    char text[200], broken[200];
    snprintf(text, sizeof text, "[\"%0115d\"]", 0);
    expect_print(text, text);
    snprintf(text, sizeof text, "[\"%0116d\"]", 0);
    snprintf(broken, sizeof broken, "[\n  \"%0116d\"\n]", 0);
    expect_print(text, broken);
    snprintf(text, sizeof text, "{\"a\": [1, 2], \"long\": {\"key\": \"%098d\"}}", 0);
    snprintf(broken, sizeof broken, "{\n  \"a\": [1, 2],\n  \"long\": {\"key\": \"%098d\"}\n}", 0);
    expect_print(text, broken);
}

Test(json, bad_utf8_is_replaced_in_output)
{
    cJSON *json = cJSON_CreateString("a\xFFz\xC3");
    struct strbuf out = STRBUF_INIT;
    json_print(json, &out);
    cr_expect_str_eq(strbuf_text(&out), "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"");
    cJSON_Delete(json);
    strbuf_free(&out);
}

Test(json, refusals)
{
    static const struct {
        const char *text, *place, *what;
    } cases[] = {
        {"", "line 1, column 1", "the text ends"},
        {"{\"a\": 1,\n \"b\": 2,\n \"a\": 3}", "line 3, column 2", "'a' is given twice"},
        {"{\"a\": 1e999}", "line 1, column 7", "too large"},
        {"[-1e999]", "line 1, column 2", "too large"},
        {"{} x", "line 1, column 4", "after the end"},
        {"1 2", "line 1, column 3", "after the end"},
        {"[\"\xC3\xA9\xC3\xA9\", \x80]", "line 1, column 8", "invalid UTF-8 (byte 0x80)"},
        {"[1,]", "line 1, column 4", "expected a value, found ']'"},
        {"[1 2]", "line 1, column 4", "expected ',' or ']'"},
        {"{\"a\" 1}", "line 1, column 6", "expected ':'"},
        {"{\"a\": 1,}", "line 1, column 9", "a key in double quotes"},
        {"{a: 1}", "line 1, column 2", "a key in double quotes"},
        {"[1", "line 1, column 3", "the text ends where ',' or ']'"},
        {"\"abc", "line 1, column 1", "never closed"},
        {"\"a\nb\"", "line 1, column 3", "control character"},
        {"\"\\x\"", "line 1, column 2", "unknown escape"},
        {"\"\\u12g4\"", "line 1, column 2", "four hexadecimal"},
        {"\"\\ud800\"", "line 1, column 2", "surrogate"},
        {"\"\\ud800\\u0041\"", "line 1, column 2", "surrogate"},
        {"\"\\udc00\"", "line 1, column 2", "surrogate"},
        {"\"\\u0000\"", "line 1, column 2", "\\u0000"},
        {"01", "line 1, column 1", "malformed number"},
        {"-", "line 1, column 1", "malformed number"},
        {"1.", "line 1, column 1", "malformed number"},
        {"1e", "line 1, column 1", "malformed number"},
        {"+1", "line 1, column 1", "expected a value, found '+'"},
        {".5", "line 1, column 1", "expected a value"},
        {"NaN", "line 1, column 1", "expected a value, found 'N'"},
        {"nul", "line 1, column 1", "expected a value"},
        {"// x\n1", "line 1, column 1", "expected a value, found '/'"},
        {"\x01", "line 1, column 1", "control character"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *json = NULL;
        struct error error = {0};
        int code = json_parse(cases[i].text, strlen(cases[i].text), "p.json", false, &json, &error);
        cr_expect_eq(code, ERROR_INPUT, "accepted: %s", cases[i].text);
        cr_expect_null(json);
        cr_expect(strncmp(error.message, "p.json, line ", 13) == 0 && strstr(error.message, cases[i].place) &&
                      strstr(error.message, cases[i].what),
                  "%s\n  gave '%s'\n  wanted '%s: %s'", cases[i].text, error.message, cases[i].place, cases[i].what);
    }
    struct error error = {0};
    cJSON *json;
    cr_expect_eq(json_parse("/* open", 7, "p", true, &json, &error), ERROR_INPUT);
    cr_expect_not_null(strstr(error.message, "never closed"));
    cr_expect_eq(json_parse("[1]\0", 4, "p", false, &json, &error), ERROR_INPUT, "NUL after the value");
    cr_expect_eq(json_parse("\"a\0b\"", 5, "p", false, &json, &error), ERROR_INPUT, "NUL in a string");
    cr_expect_eq(json_parse("[\"\\q\"]", 6, "p", false, &json, NULL), ERROR_INPUT, "no error struct");
}

Test(json, depth_and_size)
{
    static char text[2000];
    cJSON *json;
    memset(text, '[', 1000);
    memset(text + 1000, ']', 1000);
    cr_expect_eq(json_parse(text + 500, 1000, "x", false, &json, NULL), 0, "500 levels");
    cJSON_Delete(json);
    struct error error = {0};
    cr_expect_eq(json_parse(text + 499, 1002, "x", false, &json, &error), ERROR_INPUT, "501 levels");
    cr_expect_not_null(strstr(error.message, "deeper than 500"));
    struct strbuf wide = STRBUF_INIT;
    strbuf_addc(&wide, '{');
    for (int i = 0; i < 20000; i++)
        strbuf_addf(&wide, "%s\"key%d\": %d", i ? "," : "", i, i);
    strbuf_addc(&wide, '}');
    cr_expect_eq(json_parse(wide.text, wide.length, "x", false, &json, NULL), 0, "a hash table finds no false duplicates");
    cr_expect_eq(json_get_number(json, "key19999", -1), 19999);
    cJSON_Delete(json);
    wide.text[wide.length - 1] = ',';
    strbuf_adds(&wide, "\"key777\": 0}");
    cr_expect_eq(json_parse(wide.text, wide.length, "x", false, &json, NULL), ERROR_INPUT, "but the true one");
    strbuf_free(&wide);
}

/* Random damage to a document: it is refused with a message, or what was read prints to a text that reads back the same. */
Test(json, damaged_texts)
{
    static const char whole[] =
        "{\"a\": [1, -2.5e3, true, null, \"x\\u00e9\\n\"], \"b\": {\"c\": {}, \"d\": []}, \"\xC3\xA9\": 1e-7}";
    static const char marks[] = "{}[]\",:\\/*0-e.tn \n\x80\xC3";
    struct random random;
    random_init(&random, 2, "damage", 0, 0);
    struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
    int accepted = 0;
    for (int i = 0; i < 100000; i++) {
        char text[sizeof whole];
        size_t length = sizeof whole - 1;
        memcpy(text, whole, sizeof whole);
        for (size_t k = random_below(&random, 4); k < 4; k++)
            text[random_below(&random, length)] = marks[random_below(&random, sizeof marks - 1)];
        if (random_below(&random, 8) == 0)
            length = random_below(&random, length);
        struct error error = {0};
        cJSON *json, *again;
        if (json_parse(text, length, "x", i % 2, &json, &error)) {
            cr_assert(error.code == ERROR_INPUT && error.message[0]);
            continue;
        }
        accepted++;
        strbuf_reset(&first);
        strbuf_reset(&second);
        json_print(json, &first);
        cr_assert_eq(json_parse(first.text, first.length, "x", false, &again, &error), 0, "%s", error.message);
        json_print(again, &second);
        cr_assert_str_eq(first.text, second.text);
        cJSON_Delete(json);
        cJSON_Delete(again);
    }
    cr_expect(accepted > 100, "only %d texts were accepted", accepted);
    strbuf_free(&first);
    strbuf_free(&second);
}

Test(json, builders_and_readers)
{
    cJSON *json = cJSON_CreateObject();
    json_add_number(json, "nan", NAN);
    json_add_string(json, "none", NULL);
    json_add_bool(json, "yes", true);
    cJSON *tpr = json_add_object(json_add_object(json, "trust"), "tpr");
    json_add_number(tpr, "0.001", 0.25);
    json_add_string(tpr, "name", "x");
    cJSON *list = json_add_array(json, "list");
    json_push_number(list, 1.5);
    json_push_number(list, INFINITY);
    json_push_string(list, "s");
    json_push_string(list, NULL);
    json_add_number(json_push_object(list), "deep", 1);
    struct strbuf out = STRBUF_INIT;
    json_print(json, &out);
    cr_expect_str_eq(strbuf_text(&out),
                     "{\n  \"nan\": null,\n  \"none\": null,\n  \"yes\": true,\n  \"trust\": {\"tpr\": {\"0.001\": 0.25, "
                     "\"name\": \"x\"}},\n  \"list\": [1.5, null, \"s\", null, {\"deep\": 1}]\n}");
    cr_expect_eq(json_get_number(json, "trust.tpr.0.001", -1), 0.25);
    cr_expect_str_eq(json_get_string(json, "trust.tpr.name", "?"), "x");
    cr_expect(json_get_bool(json, "yes", false));
    cr_expect_eq(json_get_number(json, "nan", -1), -1, "null is no number");
    cr_expect_eq(json_get_number(json, "trust", -1), -1);
    cr_expect_eq(json_get_number(json, "trust.none.deeper", -1), -1);
    cr_expect_str_eq(json_get_string(json, "yes", "?"), "?");
    cr_expect(json_get_bool(json, "none", true));
    cr_expect_null(json_get(json, "list.0"));
    cr_expect_null(json_get(NULL, "a"));
    cr_expect_null(json_add_number(NULL, "a", 1));
    cr_expect_null(json_push_number(NULL, 1));
    cJSON_Delete(json);
    strbuf_free(&out);
}

Test(json, files)
{
    char path[] = "/tmp/assay-test-XXXXXX";
    int descriptor = mkstemp(path);
    cr_assert_geq(descriptor, 0);
    const char text[] = "\xEF\xBB\xBF{\"a\": 1}\n";
    cr_assert_eq(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    close(descriptor);
    cJSON *json;
    struct error error = {0};
    cr_expect_eq(json_read_file(path, false, &json, &error), 0, "%s", error.message);
    cr_expect_eq(json_get_number(json, "a", 0), 1);
    cJSON_Delete(json);
    unlink(path);
    cr_expect_eq(json_read_file(path, false, &json, &error), ERROR_INPUT);
    cr_expect_not_null(strstr(error.message, path));
    cr_expect_eq(json_read_file("/tmp", false, &json, &error), ERROR_INPUT);
    cr_expect_not_null(strstr(error.message, "directory"), "%s", error.message);
}
