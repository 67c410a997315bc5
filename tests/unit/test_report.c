/* The report: numbers as readers meet them, the model's tolerance, and every renderer on audits that are rich, poor, hostile
 * and damaged. The audits are made by tests/golden/report/mock.py. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "report/model.h"
#include "report/report.h"
#include "report/text.h"
#include "report/words.h"

#define PERCENT "\xc2\xa0%"
#define MINUS   "\xe2\x88\x92"

static cJSON *read_mock(const char *name)
{
    char path[200];
    struct error error = {0};
    cJSON *audit = NULL;
    snprintf(path, sizeof path, "tests/golden/report/%s.json", name);
    cr_assert_eq(json_read_file(path, false, &audit, &error), 0, "%s", error.message);
    return audit;
}

static void render(const cJSON *audit, const char *format, struct strbuf *out)
{
    struct error error = {0};
    cr_assert_eq(report_render(audit, format, out, &error), 0, "%s: %s", format, error.message);
    cr_assert_gt(out->length, 100);
}

/* Half-widths by hand: 3.1 % (2.4-3.9) has half a width of .75 points: one decimal; .51 (.49-.53): two decimals. */
Test(report, estimates)
{
    static const struct {
        struct estimate estimate;
        enum number_form form;
        const char *text;
    } cases[] = {
        {{.031, .0235, .0385},
         FORM_PERCENT,
         "3.1" PERCENT " (2.4\xe2\x80\x93"
         "3.9" PERCENT ")"},
        {{.513, .481, .544},
         FORM_PERCENT,
         "51" PERCENT " (48\xe2\x80\x93"
         "54" PERCENT ")"},
        {{.9984, .9977, .9991},
         FORM_PERCENT,
         "99.84" PERCENT " (99.77\xe2\x80\x93"
         "99.91" PERCENT ")"},
        {{.0004, -.0002, .001}, FORM_PERCENT, "0.04" PERCENT " (" MINUS "0.02 to 0.10" PERCENT ")"},
        {{.8412, .8302, .8522},
         FORM_PLAIN,
         "0.84 (0.83\xe2\x80\x93"
         "0.85)"},
        {{.93112, .92711, .93513},
         FORM_PLAIN,
         "0.931 (0.927\xe2\x80\x93"
         "0.935)"},
        {{-1.386, -1.6, -1.2}, FORM_PLAIN, MINUS "1.4 (" MINUS "1.6 to " MINUS "1.2)"},
        {{.5, NAN, NAN}, FORM_PLAIN, "0.500"},
        {{.5, NAN, NAN}, FORM_PERCENT, "50.0" PERCENT},
        {{1234.5, NAN, NAN}, FORM_PLAIN, "1234"},
        {{.00004, NAN, NAN}, FORM_PLAIN, "0.00004"},
        {{-0.0, NAN, NAN}, FORM_PLAIN, "0.000"},
        {{NAN, .1, .2},
         FORM_PLAIN,
         "\xe2\x80\x93 (0.10\xe2\x80\x93"
         "0.20)"},
        {{NAN, NAN, NAN}, FORM_PERCENT, "\xe2\x80\x93"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(number_estimate(arena, &cases[i].estimate, cases[i].form), cases[i].text);
    cr_expect_str_eq(number_count(arena, 24421), "24,421");
    cr_expect_str_eq(number_count(arena, 999), "999");
    cr_expect_str_eq(number_count(arena, 1234567), "1,234,567");
    cr_expect_str_eq(number_count(arena, NAN), "\xe2\x80\x93");
    cr_expect_str_eq(number_seed(arena, 20261121), "20261121");
    cr_expect_str_eq(number_seed(arena, 9e15), "9000000000000000");
    cr_expect_str_eq(number_short(arena, .55, FORM_PLAIN), "0.55");
    cr_expect_str_eq(number_short(arena, .05, FORM_PERCENT), "5" PERCENT);
    cr_expect_str_eq(number_short(arena, 9999, FORM_PLAIN), "9999");
    cr_expect_str_eq(number_short(arena, 30000, FORM_PLAIN), "30,000");
    cr_expect_str_eq(number_short(arena, -123456, FORM_PLAIN), MINUS "123,500");
    cr_expect_str_eq(number_short(arena, 2.5e7, FORM_PLAIN), "2.5e+07");
    cr_expect_str_eq(number_date(arena, 0), "1970-01-01");
    cr_expect_str_eq(number_date(arena, 18321), "2020-02-29"); /* date -d @$((18321 * 86400)) -u +%F */
    cr_expect_str_eq(number_date(arena, -1), "1969-12-31");
    cr_expect_str_eq(number_date_words(arena, "2026-11-21"), "21 November 2026");
    cr_expect_str_eq(number_date_words(arena, "today"), "today");
    arena_free(arena);
}

Test(report, texts_made_safe)
{
    static const struct {
        const char *raw, *clean;
    } cases[] = {
        {"plain", "plain"},
        {"a\tb\nc\x01", "a b c "},
        {"\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xc3", "\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
        {"x\xe2\x80\xaey", "xy"},                                 /* right-to-left override */
        {"\xe2\x80\xa8", " "},                                    /* line separator */
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(clean_text(arena, cases[i].raw), cases[i].clean);
    cr_expect_str_eq(text_shorten(arena, "abcdefghij", 5), "ab\xe2\x80\xa6ij");
    cr_expect_str_eq(text_shorten(arena, "abcde", 5), "abcde");
    cr_expect_str_eq(text_shorten(arena,
                                  "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"
                                  "e",
                                  3),
                     "\xc3\xa4\xe2\x80\xa6"
                     "e");
    arena_free(arena);
}

Test(report, rules_in_words)
{
    static const struct {
        struct model_gate gate;
        const char *text;
    } cases[] = {
        {{.rule = "hi <= 0.05", .bound = .05, .form = FORM_PERCENT},
         "upper end \xe2\x89\xa4\xc2\xa0"
         "5" PERCENT},
        {{.rule = "lo >= 0.6", .bound = .6},
         "lower end \xe2\x89\xa5\xc2\xa0"
         "0.6"},
        {{.rule = "score lo >= 0.5", .bound = .5},
         "score, lower end \xe2\x89\xa5\xc2\xa0"
         "0.5"},
        {{.rule = "value <= 3", .bound = 3},
         "\xe2\x89\xa4\xc2\xa0"
         "3"},
        {{.rule = "something else", .bound = 3}, "something else"},
        {{.rule = "hi <= 0.05", .bound = NAN}, "hi <= 0.05"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(rule_text(arena, &cases[i].gate), cases[i].text);
    arena_free(arena);
}

Test(report, model_of_an_audit)
{
    struct arena *arena = arena_new();
    struct model model;
    struct error error = {0};
    cJSON *audit = read_mock("many");
    cJSON *order = cJSON_GetObjectItem(cJSON_GetObjectItem(audit, "ranking"), "order");
    cJSON_InsertItemInArray(order, 0, cJSON_DetachItemFromArray(order, 3)); /* the fourth becomes the first */
    cr_assert_eq(model_read(audit, arena, &model, &error), 0, "%s", error.message);
    cr_expect_eq(model.n_candidates, 6);
    cr_expect_str_eq(model.candidates[0].name, "independent");
    cr_expect_str_eq(model.candidates[1].name, "cart");
    const struct model_measure *measure = model_measure_find(&model.candidates[1], "privacy.membership");
    cr_assert_not_null(measure);
    cr_expect_str_eq(measure->title, "Recognisable training records");
    cr_expect_eq(measure->status, STATUS_PASS);
    cr_expect_eq(measure->form, FORM_PERCENT);
    cr_expect_float_eq(measure->fault_value, .97, 1e-12);
    cr_expect_float_eq(model.candidates[1].dimensions[0].gate, .6, 1e-12);
    cr_expect(isnan(model.candidates[1].dimensions[4].gate));
    cJSON_Delete(audit);
    arena_free(arena);
}

/* The same audit gives the same bytes, also from a tree read a second time. */
Test(report, same_bytes)
{
    static const char *const mocks[] = {"rich", "fails", "nothing", "hostile", "regression", "full"};
    static const char *const formats[] = {"pdf", "md", "junit", "sarif"};
    for (size_t i = 0; i < sizeof mocks / sizeof *mocks; i++)
        for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
            struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
            cJSON *a = read_mock(mocks[i]), *b = read_mock(mocks[i]);
            render(a, formats[f], &first);
            render(b, formats[f], &second);
            cr_expect(first.length == second.length && memcmp(first.text, second.text, first.length) == 0, "%s.%s differs",
                      mocks[i], formats[f]);
            cJSON_Delete(a);
            cJSON_Delete(b);
            strbuf_free(&first);
            strbuf_free(&second);
        }
}

static void rename_item(cJSON *object, const char *key, const char *value)
{
    cJSON_ReplaceItemInObjectCaseSensitive(object, key, cJSON_CreateString(value));
}

/* Thirty candidates of 15 columns each: at most 2 MB. */
Test(report, thirty_candidates)
{
    cJSON *audit = read_mock("rich"), *candidates = cJSON_GetObjectItem(audit, "candidates");
    for (int i = 1; i < 30; i++) {
        char name[32];
        cJSON *copy = cJSON_Duplicate(cJSON_GetArrayItem(candidates, 0), 1);
        snprintf(name, sizeof name, "candidate %d", i);
        rename_item(copy, "name", name);
        cJSON_AddItemToArray(candidates, copy);
    }
    struct strbuf out = STRBUF_INIT;
    render(audit, "pdf", &out);
    cr_expect_lt(out.length, 2000000, "%zu bytes", out.length);
    cJSON_Delete(audit);
    strbuf_free(&out);
}

/* A reader of XML just strict enough for our own: tags nest, attributes are quoted, no bare & or <. Counts elements. */
static size_t check_xml(const char *text, const char *element)
{
    char stack[8][32];
    size_t depth = 0, found = 0;
    for (const char *p = text; *p;) {
        if (*p == '&') {
            static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
            size_t k = 0;
            while (k < 5 && strncmp(p, known[k], strlen(known[k])) != 0)
                k++;
            cr_assert_lt(k, 5, "bare & at %.20s", p);
        }
        if (*p != '<') {
            p++;
            continue;
        }
        const char *end = strchr(p, '>');
        cr_assert_not_null(end);
        if (p[1] != '?' && p[1] != '/') {
            size_t length = strcspn(p + 1, " />"), quotes = 0;
            for (const char *q = p; q < end; q++)
                quotes += *q == '"';
            cr_assert_eq(quotes % 2, 0);
            found += length == strlen(element) && strncmp(p + 1, element, length) == 0;
            if (end[-1] != '/')
                snprintf(stack[depth++], sizeof stack[0], "%.*s", (int)length, p + 1);
            cr_assert_lt(depth, 8);
        } else if (p[1] == '/') {
            cr_assert_gt(depth, 0);
            depth--;
            cr_assert(strncmp(p + 2, stack[depth], strlen(stack[depth])) == 0 && p[2 + strlen(stack[depth])] == '>');
        }
        p = end + 1;
    }
    cr_assert_eq(depth, 0);
    return found;
}

Test(report, junit)
{
    static const struct {
        const char *mock;
        size_t cases, failures, skipped;
    } rows[] = {{"fails", 5, 1, 1}, {"rich", 5, 0, 1}, {"nothing", 0, 0, 0}, {"hostile", 5, 1, 1}, {"many", 30, 4, 6}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct strbuf out = STRBUF_INIT;
        cJSON *audit = read_mock(rows[i].mock);
        render(audit, "junit", &out);
        cr_expect_eq(check_xml(strbuf_text(&out), "testcase"), rows[i].cases, "%s", rows[i].mock);
        cr_expect_eq(check_xml(strbuf_text(&out), "failure"), rows[i].failures, "%s", rows[i].mock);
        cr_expect_eq(check_xml(strbuf_text(&out), "skipped"), rows[i].skipped, "%s", rows[i].mock);
        cJSON_Delete(audit);
        strbuf_free(&out);
    }
}

/* Every line of a table has as many cells as its head, and no markup of a name gets through. */
Test(report, markdown)
{
    static const char *const mocks[] = {"fails", "rich", "nothing", "hostile", "many"};
    for (size_t i = 0; i < sizeof mocks / sizeof *mocks; i++) {
        struct strbuf out = STRBUF_INIT;
        cJSON *audit = read_mock(mocks[i]);
        render(audit, "md", &out);
        size_t columns = 0;
        for (char *rest = out.text, *line; (line = strsep(&rest, "\n"));) {
            size_t bars = 0;
            for (const char *p = line; *p; p++)
                bars += *p == '|' && (p == line || p[-1] != '\\');
            if (bars > 0 && columns > 0)
                cr_expect_eq(bars, columns, "%s: %s", mocks[i], line);
            columns = bars;
            cr_expect_null(strstr(line, "<b>"));
            cr_expect_null(strstr(line, "[link]"));
        }
        cJSON_Delete(audit);
        strbuf_free(&out);
    }
}

static void try_damaged(const cJSON *audit, const char *const *formats)
{
    for (size_t f = 0; formats[f]; f++) {
        struct strbuf out = STRBUF_INIT;
        struct error error = {0};
        int status = report_render(audit, formats[f], &out, &error);
        cr_expect(status == 0 || (status == ERROR_INPUT && error.message[0]), "%s: %s", formats[f], error.message);
        strbuf_free(&out);
    }
}

/* The measures of fidelity alone, of one candidate, without what is drawn elsewhere. */
static cJSON *read_fidelity(void)
{
    cJSON *audit = read_mock("full"), *candidates = cJSON_GetObjectItem(audit, "candidates");
    cJSON_DeleteItemFromArray(candidates, 1);
    cJSON *measures = cJSON_GetObjectItem(cJSON_GetArrayItem(candidates, 0), "measures");
    for (int i = cJSON_GetArraySize(measures) - 1; i >= 0; i--) {
        const cJSON *measure = cJSON_GetArrayItem(measures, i);
        const char *id = cJSON_GetObjectItem(measure, "id")->valuestring;
        const cJSON *details = cJSON_GetObjectItem(measure, "details");
        if (strncmp(id, "fidelity.", 9) != 0 || strcmp(id, "fidelity.column_shapes") == 0 || !details->child)
            cJSON_DeleteItemFromArray(measures, i);
    }
    return audit;
}

static cJSON *wrong_value(size_t kind)
{
    switch (kind % 4) {
    case 0:
        return cJSON_CreateNull();
    case 1:
        return cJSON_CreateString("x");
    case 2:
        return cJSON_CreateNumber(-1e300);
    default:
        return cJSON_CreateArray();
    }
}

/* The n-th member in document order (of arrays the first element only) and its parent; NULL: there are fewer. */
static cJSON *nth_member(cJSON *node, size_t *n, cJSON **parent)
{
    for (cJSON *child = node->child; child; child = cJSON_IsArray(node) ? NULL : child->next) {
        if ((*n)-- == 0) {
            *parent = node;
            return child;
        }
        cJSON *found = nth_member(child, n, parent);
        if (found)
            return found;
    }
    return NULL;
}

/* Every step-th member, replaced by something of another kind, then taken out: rendered, or refused with a message. The audit
 * is deleted. */
static void damage_audit(cJSON *audit, const char *const *formats, size_t step)
{
    for (size_t n = 0;; n += step) {
        cJSON *copy = cJSON_Duplicate(audit, 1), *parent = NULL;
        size_t index = n;
        cJSON *member = nth_member(copy, &index, &parent);
        if (!member) {
            cJSON_Delete(copy);
            break;
        }
        cJSON *stand_in = wrong_value(n);
        if (member->string)
            stand_in->string = strdup(member->string);
        cJSON_ReplaceItemViaPointer(parent, member, stand_in);
        try_damaged(copy, formats);
        cJSON_Delete(cJSON_DetachItemViaPointer(parent, stand_in));
        try_damaged(copy, formats);
        cJSON_Delete(copy);
    }
    cJSON_Delete(audit);
}

Test(report, damaged_text)
{
    static const char *const formats[] = {"md", "junit", "sarif", NULL};
    damage_audit(read_mock("fails"), formats, 1);
}

Test(report, damaged_pdf)
{
    static const char *const formats[] = {"pdf", NULL};
    damage_audit(read_mock("regression"), formats, 8);
}

/* Details of the measures that are drawn: of each member the value and the place are wrong in turn. */
Test(report, damaged_details)
{
    static const char *const formats[] = {"pdf", NULL};
    cJSON *audit = read_fidelity();
    cJSON *measures = cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(audit, "candidates"), 0), "measures");
    for (int i = 0; i < cJSON_GetArraySize(measures); i++) {
        cJSON *details = cJSON_GetObjectItem(cJSON_GetArrayItem(measures, i), "details");
        for (size_t n = 0;; n++) {
            cJSON *whole = cJSON_Duplicate(details, 1), *parent = NULL;
            size_t index = n;
            cJSON *member = nth_member(details, &index, &parent), *stand_in = wrong_value(n);
            if (member) {
                if (member->string)
                    stand_in->string = strdup(member->string);
                cJSON_ReplaceItemViaPointer(parent, member, stand_in);
                try_damaged(audit, formats);
            }
            cJSON_ReplaceItemInObject(cJSON_GetArrayItem(measures, i), "details", whole);
            details = whole;
            if (!member) {
                cJSON_Delete(stand_in);
                break;
            }
        }
    }
    cJSON_Delete(audit);
}

Test(report, refused)
{
    static const char *const texts[] = {"[]", "{}", "3", "{\"candidates\": {}}"};
    struct strbuf out = STRBUF_INIT;
    struct error error = {0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cJSON *audit = cJSON_Parse(texts[i]);
        cr_expect_eq(report_render(audit, "pdf", &out, &error), ERROR_INPUT);
        cJSON_Delete(audit);
    }
    cJSON *empty = cJSON_Parse("{\"candidates\": []}");
    cr_expect_eq(report_render(empty, "pdf", &out, &error), 0, "%s", error.message);
    cr_expect_eq(report_render(empty, "docx", &out, &error), ERROR_INPUT);
    cr_expect_eq(report_write(empty, "md", "/no/such/folder/x.md", &error), ERROR_INPUT);
    cJSON_Delete(empty);
    strbuf_free(&out);
    cr_expect_str_eq(report_format_of("a/b.pdf"), "pdf");
    cr_expect_str_eq(report_format_of("summary.md"), "md");
    cr_expect_str_eq(report_format_of("junit.xml"), "junit");
    cr_expect_str_eq(report_format_of("results.sarif"), "sarif");
    cr_expect_null(report_format_of("report"));
    cr_expect_null(report_format_of(".pdf"));
}
