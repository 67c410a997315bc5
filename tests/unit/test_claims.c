/* Claims: what they ask for, in which direction, how they are decided, and what is refused. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audit/claims.h"
#include "audit/judge.h"

struct value {
    double value, lo, hi;
};

/* Two candidates, ours and theirs, with a measure of each direction. */
static cJSON *two_candidates(struct value ours, struct value theirs, const char *more)
{
    static const char *const measures[] = {"utility.tstr", "privacy.membership", "proxy.dcr_share"};
    struct strbuf text = STRBUF_INIT;
    cJSON *audit = NULL;
    struct error error = {0};

    strbuf_adds(&text, "{\"candidates\": [");
    for (int c = 0; c < 2; c++) {
        const struct value *v = c ? &theirs : &ours;

        strbuf_addf(&text, "%s{\"name\": \"%s\", \"measures\": [", c ? "]}, " : "", c ? "theirs" : "ours");
        for (int j = 0; j < 3; j++) {
            strbuf_addf(&text, "%s{\"id\": \"%s\", \"status\": \"ok\", \"n\": 100, \"value\": %.17g, \"honest\": 0.9, ",
                        j ? ", " : "", measures[j], v->value);
            if (!isnan(v->lo))
                strbuf_addf(&text, "\"interval\": {\"lo\": %.17g, \"hi\": %.17g}, ", v->lo, v->hi);
            strbuf_addf(&text, "\"honest_interval\": {\"lo\": 0.88, \"hi\": 0.92}, \"controls\": {\"copy\": 1.0}%s}", more);
        }
    }
    strbuf_adds(&text, "]}]}");
    cr_assert_eq(json_parse(strbuf_text(&text), text.length, "audit", false, &audit, &error), 0, "%s", error.message);
    strbuf_free(&text);
    return audit;
}

static int read_claims(const char *text, struct arena *arena, struct policy *policy, struct error *error)
{
    cJSON *json = NULL;
    int status;

    cr_assert_eq(json_parse(text, strlen(text), "c.json", true, &json, error), 0, "%s", error->message);
    *policy = (struct policy){0};
    status = claims_read(json, "c.json", arena, policy, error);
    cJSON_Delete(json);
    return status;
}

static const cJSON *judged(cJSON *audit, const char *claim)
{
    struct arena *arena = arena_new();
    struct policy policy;
    struct error error = {0};
    char text[600];

    snprintf(text, sizeof text, "[{\"source\": \"Table 3\", %s}]", claim);
    cr_assert_eq(read_claims(text, arena, &policy, &error), 0, "%s", error.message);
    cr_assert_eq(claims_judge(audit, &policy, &error), 0, "%s", error.message);
    arena_free(arena);
    return json_get(audit, "claims")->child;
}

/* The golden pair of the specification, 1.4816 times the baseline's value and 1.48 times, then each direction with its own
 * better side. Intervals of gains by the formulas of Zou and Donner 2008 and of Donner and Zou 2012 in plain Python. */
static const struct {
    const char *claim;
    struct value ours, theirs;
    const char *result;
    struct value gain;
} decided_cases[] = {
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"relative\": \"48.16 %\"",
     {.74080, NAN, NAN},
     {.5, NAN, NAN},
     "PASS",
     {.4816, NAN, NAN}},
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"relative\": 0.4816",
     {1.4816, NAN, NAN},
     {1, NAN, NAN},
     "PASS",
     {.4816, NAN, NAN}},
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"relative\": \"48.16 %\"",
     {1.48, NAN, NAN},
     {1, NAN, NAN},
     "FAIL",
     {.48, NAN, NAN}},
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"relative\": \"48.16%\"",
     {.9, .88, .92},
     {.6, .55, .66},
     "PASS",
     {.5, .3599768535784109, .6407322710693464}},
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"relative\": 0.3, \"on\": "
     "\"interval\"",
     {.9, .88, .92},
     {.6, .55, .66},
     "PASS",
     {.5, .3599768535784109, .6407322710693464}},
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"bound\": 0.3, \"on\": "
     "\"interval\"",
     {.9, .88, .92},
     {.6, .55, .66},
     "NOT-TESTABLE",
     {.3, .2367544467966324, .35385164807134506}},
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"bound\": 0.36, \"on\": "
     "\"interval\"",
     {.9, .88, .92},
     {.6, .55, .66},
     "FAIL",
     {.3, .2367544467966324, .35385164807134506}},
    /* Less is better: a gain is what the value falls by. */
    {"\"metric\": \"privacy.membership\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"bound\": 0.3",
     {.2, .15, .26},
     {.5, .44, .57},
     "PASS",
     {.3, .2151471862576143, .38602325267042625}},
    {"\"metric\": \"privacy.membership\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"relative\": 0.61",
     {.2, .15, .26},
     {.5, .44, .57},
     "FAIL",
     {.6, .4638400503870813, .708031538968257}},
    {"\"metric\": \"privacy.membership\", \"candidate\": \"theirs\", \"comparator\": \"ours\", \"bound\": 0",
     {.2, .15, .26},
     {.5, .44, .57},
     "FAIL",
     {-.3, -.38602325267042625, -.2151471862576143}},
    {"\"metric\": \"privacy.membership\", \"candidate\": \"ours\", \"bound\": 0.2",
     {.2, .15, .26},
     {0, 0, 0},
     "PASS",
     {.2, .15, .26}},
    {"\"metric\": \"privacy.membership\", \"candidate\": \"ours\", \"bound\": 0.19",
     {.2, .15, .26},
     {0, 0, 0},
     "FAIL",
     {.2, .15, .26}},
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"bound\": 0.19",
     {.2, .15, .26},
     {0, 0, 0},
     "PASS",
     {.2, .15, .26}},
    /* A target of .5: the distance from it, 0 within the interval. */
    {"\"metric\": \"proxy.dcr_share\", \"candidate\": \"ours\", \"bound\": 0.04",
     {.47, .44, .51},
     {0, 0, 0},
     "PASS",
     {.03, 0, .06}},
    {"\"metric\": \"proxy.dcr_share\", \"candidate\": \"ours\", \"bound\": 0.02",
     {.53, .515, .55},
     {0, 0, 0},
     "FAIL",
     {.03, .015, .05}},
    {"\"metric\": \"proxy.dcr_share\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"bound\": 0.1",
     {.53, .53, .53},
     {.36, .36, .36},
     "PASS",
     {.11, .11, .11}},
    /* Fresh real rows have .9 (.88 to .92), the copy 1 without an interval. */
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"baseline\": \"honest\", \"bound\": -0.11",
     {.8, .8, .8},
     {0, 0, 0},
     "PASS",
     {-.1, -.12, -.08}},
    {"\"metric\": \"privacy.membership\", \"candidate\": \"ours\", \"baseline\": \"copy\", \"relative\": \"75 %\"",
     {.2, .2, .2},
     {0, 0, 0},
     "PASS",
     {.8, .8, .8}},
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"baseline\": \"uniform\", \"bound\": 0",
     {.8, .8, .8},
     {0, 0, 0},
     "NOT-TESTABLE",
     {NAN, NAN, NAN}},
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"relative\": 0.1",
     {.8, .8, .8},
     {0, 0, 0},
     "NOT-TESTABLE",
     {NAN, NAN, NAN}},
    {"\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"bound\": 0.5, \"on\": \"interval\"",
     {.8, NAN, NAN},
     {0, 0, 0},
     "NOT-TESTABLE",
     {.8, NAN, NAN}},
    {"\"metric\": \"utility.gap\", \"candidate\": \"ours\", \"bound\": 0.5",
     {.8, .8, .8},
     {0, 0, 0},
     "NOT-TESTABLE",
     {NAN, NAN, NAN}},
};

Test(claims, decided)
{
    for (size_t i = 0; i < sizeof decided_cases / sizeof decided_cases[0]; i++) {
        cJSON *audit = two_candidates(decided_cases[i].ours, decided_cases[i].theirs, "");
        const cJSON *claim = judged(audit, decided_cases[i].claim);
        const double want[] = {decided_cases[i].gain.value, decided_cases[i].gain.lo, decided_cases[i].gain.hi};
        const char *const keys[] = {"value", "lo", "hi"};

        cr_expect_str_eq(json_get_string(claim, "result", ""), decided_cases[i].result, "case %zu: %s", i,
                         json_get_string(claim, "why", ""));
        for (size_t k = 0; k < 3; k++) {
            const double got = json_get_number(claim, keys[k], NAN);

            cr_expect(isnan(want[k]) ? isnan(got) : fabs(got - want[k]) < 1e-12, "case %zu, %s: %.17g", i, keys[k], got);
        }
        cJSON_Delete(audit);
    }
}

Test(claims, words_and_what_is_not_measured)
{
    static const struct {
        const char *more, *claim, *key, *text;
    } cases[] = {
        {"", "\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"bound\": 0.75", "statement",
         "utility.tstr of “ours” is at least 0.75"},
        {"", "\"metric\": \"privacy.membership\", \"candidate\": \"ours\", \"bound\": 0.75", "statement", "is at most 0.75"},
        {"", "\"metric\": \"proxy.dcr_share\", \"candidate\": \"ours\", \"bound\": 0.05", "statement", "is within 0.05 of 0.5"},
        {"", "\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"relative\": \"48.16 %\"",
         "statement", "is better than that of “theirs” by at least 48.16 %"},
        {"", "\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"baseline\": \"honest\", \"bound\": -0.1", "statement",
         "is worse than that of fresh real rows by at most 0.1"},
        {"", "\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"baseline\": \"copy\", \"bound\": 0", "statement",
         "is no worse than that of the control “copy”"},
        /* .8 (.76 to .85) beside .79: the interval holds less, too; on it, (.04/.01)^2 = 16 times the rows. */
        {"", "\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"bound\": 0.79", "why",
         "measured: 0.8 (95 % interval 0.76 to 0.85); the interval reaches over to the other answer"},
        {"", "\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"bound\": 0.79, \"on\": \"interval\"", "why",
         "about 16 times as many rows would decide"},
        {"", "\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"bound\": 0.7", "why",
         "measured: 0.8 (95 % interval 0.76 to 0.85)"},
        {", \"unreliable\": \"the holdout cannot serve\"",
         "\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"bound\": 0.7", "why",
         "not tested: the holdout cannot serve"},
        {"", "\"metric\": \"privacy.epsilon\", \"candidate\": \"ours\", \"bound\": 1", "why",
         "not tested: the measure took no part in this audit"},
        {"", "\"metric\": \"utility\", \"candidate\": \"ours\", \"bound\": 1", "why", "not tested: not assessed"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *audit = two_candidates((struct value){.8, .76, .85}, (struct value){.7, .65, .75}, cases[i].more);
        const cJSON *claim = judged(audit, cases[i].claim);

        cr_expect(strstr(json_get_string(claim, cases[i].key, ""), cases[i].text), "case %zu: %s", i,
                  json_get_string(claim, cases[i].key, ""));
        cJSON_Delete(audit);
    }
}

/* A policy without claims tests those of the audit again, to the same bytes; one with claims of its own takes their place. */
Test(claims, judged_again)
{
    cJSON *audit = two_candidates((struct value){.8, .76, .85}, (struct value){.7, .65, .75}, "");
    const struct policy none = {0};
    struct error error = {0};
    cJSON *first;

    judged(audit, "\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"comparator\": \"theirs\", \"relative\": \"7 %\"");
    first = cJSON_Duplicate(json_get(audit, "claims"), true);
    cr_assert_eq(claims_judge(audit, &none, &error), 0, "%s", error.message);
    cr_expect(cJSON_Compare(first, json_get(audit, "claims"), true));
    cr_expect_eq(judge_exit_status(audit, 0), 3, "no verdict: undecided");
    cr_expect_eq(judge_exit_status(audit, FAIL_ON_CLAIMS), 3);
    judged(audit, "\"metric\": \"utility.tstr\", \"candidate\": \"ours\", \"bound\": 0.9");
    cr_expect_eq(cJSON_GetArraySize(json_get(audit, "claims")), 1);
    cr_expect_str_eq(json_get_string(json_get(audit, "claims")->child, "result", ""), "FAIL");
    cr_expect_eq(judge_exit_status(audit, FAIL_ON_CLAIMS), 1);
    cr_expect_eq(judge_exit_status(audit, FAIL_ON_UNDECIDED), 1);
    cJSON_Delete(first);
    cJSON_Delete(audit);
}

Test(claims, errors_name_the_place)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{}", "c.json: claims must be a list"},
        {"[1]", "c.json: claim 1 is not an object"},
        {"[{\"metric\": \"trust\", \"bound\": 1, \"source\": \"x\"}, {\"metrc\": \"trust\"}]",
         "claim 2 has an unknown key 'metrc'"},
        {"[{\"bound\": 1}]", "claim 1 needs a 'metric'"},
        {"[{\"metric\": 1}]", "claim 1: 'metric' must be a text"},
        {"[{\"metric\": \"privacy.memberships\"}]", "unknown metric 'privacy.memberships', did you mean 'privacy.membership'?"},
        {"[{\"metric\": \"trust\", \"bound\": 1}]", "claim 1 needs a 'source'"},
        {"[{\"metric\": \"trust\", \"source\": \"\", \"bound\": 1}]", "claim 1: 'source' must be a text"},
        {"[{\"metric\": \"trust\", \"source\": \"x\"}]", "exactly one of 'bound', 'relative'"},
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"bound\": \"1\"}]", "claim 1: 'bound' must be a number"},
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"relative\": 0.1}]", "'relative' to nothing"},
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"relative\": \"many\", \"comparator\": \"y\"}]", "must be a share"},
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"relative\": \"48.16\", \"comparator\": \"y\"}]", "must be a share"},
        {"[{\"metric\": \"utility.tstr\", \"source\": \"x\", \"bound\": 0, \"baseline\": \"random\"}]", "unknown 'baseline'"},
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"bound\": 0, \"baseline\": \"copy\"}]", "no score of 'trust'"},
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"bound\": 0, \"baseline\": \"copy\", \"comparator\": \"y\"}]",
         "give one"},
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"bound\": 0, \"on\": \"lo\"}]", "'on' \"lo\""},
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"bound\": 0, \"candidate\": \"y\", \"comparator\": \"y\"}]",
         "with itself"},
        /* Names, once the candidates are known. */
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"bound\": 0}]",
         "c.json: claim 1 needs a 'candidate', since there are 2"},
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"bound\": 0, \"candidate\": \"our\"}]",
         "c.json: claim 1 has the candidate 'our', which is no candidate of this audit; there are 'ours', 'theirs'"},
        {"[{\"metric\": \"trust\", \"source\": \"x\", \"bound\": 0, \"candidate\": \"ours\", \"comparator\": \"copy\"}]",
         "the comparator 'copy'"},
    };
    static const char *const names[] = {"ours", "theirs"};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new();
        struct error error = {0};
        struct policy policy;
        int status = read_claims(cases[i].text, arena, &policy, &error);

        if (!status)
            status = claims_check(&policy, names, 2, &error);
        cr_expect_eq(status, ERROR_INPUT, "%s", cases[i].text);
        cr_expect(strstr(error.message, cases[i].message), "%s: %s", cases[i].text, error.message);
        arena_free(arena);
    }
}
