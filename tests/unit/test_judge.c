/* Anchored scores, gates, verdicts and words on hand-made measures; policies from text. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/judge.h"
#include "audit/score.h"

Test(score, anchors)
{
    static const struct {
        const char *name;
        struct anchor_value m, c, f;
        bool higher, usable;
        double score, lo, hi;
    } cases[] = {
        {"halfway", {.7, .65, .75}, {.9, .88, .92}, {.5, .48, .52}, true, true, .5, .375, .625},
        {"better than honest", {.95, .9, 1}, {.9, .88, .92}, {.5, .48, .52}, true, true, 1, 1, 1},
        {"worse than the fault", {.2, .1, .3}, {.9, .88, .92}, {.5, .48, .52}, true, true, 0, 0, 0},
        {"lower is better", {.25, .2, .3}, {.1, .09, .11}, {.4, .39, .41}, false, true, .5, 1. / 3, 2. / 3},
        {"scale overlaps", {.7, .6, .8}, {.8, .6, 1}, {.7, .5, .9}, true, false, NAN, NAN, NAN},
        {"fault beats honest", {.7, .6, .8}, {.5, .49, .51}, {.9, .89, .91}, true, false, NAN, NAN, NAN},
        {"no value", {NAN, NAN, NAN}, {.9, .8, 1}, {.1, 0, .2}, true, false, NAN, NAN, NAN},
        {"no honest case", {.5, .4, .6}, {NAN, NAN, NAN}, {.1, 0, .2}, true, false, NAN, NAN, NAN},
        {"doubt about all of it", {.5, .02, .99}, {1, 1, 1}, {0, 0, 0}, true, false, .5, .02, .99},
        {"no interval of m", {.7, NAN, NAN}, {.9, .9, .9}, {.5, .5, .5}, true, true, .5, .5, .5},
        {"constant fault", {.25, .2, .3}, {0, 0, .01}, {1, NAN, NAN}, false, true, .75, .7, .8},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct anchored_score got = score_anchor(cases[i].m, cases[i].c, cases[i].f, cases[i].higher);

        cr_assert_eq(got.usable, cases[i].usable, "%s", cases[i].name);
        cr_assert_eq(got.usable, got.why_not == NULL, "%s", cases[i].name);
        if (!cases[i].usable)
            continue;
        cr_assert(fabs(got.score - cases[i].score) < 1e-12, "%s: %g", cases[i].name, got.score);
        cr_assert(fabs(got.lo - cases[i].lo) < 1e-12 && fabs(got.hi - cases[i].hi) < 1e-12, "%s: %g to %g", cases[i].name,
                  got.lo, got.hi);
    }
}

/* An audit of one candidate with one measure in each of two dimensions. */
static cJSON *small_audit(double value, double lo, double hi, const char *status)
{
    char text[2000];
    cJSON *audit = NULL;

    snprintf(
        text, sizeof text,
        "{\"candidates\": [{\"name\": \"x\", \"measures\": ["
        "{\"id\": \"fidelity.column_shapes\", \"dimension\": \"fidelity\", \"status\": \"ok\", \"value\": 0.9, \"n\": 100,"
        " \"interval\": {\"lo\": 0.88, \"hi\": 0.92}, \"score\": 0.64, \"score_lo\": 0.5, \"score_hi\": 0.7, \"in_index\": "
        "true,"
        " \"finding\": \"Shapes are near.\", \"remedy\": \"\"},"
        "{\"id\": \"proxy.dcr_share\", \"dimension\": \"privacy\", \"status\": \"ok\", \"value\": 0.5, \"n\": 100,"
        " \"interval\": {\"lo\": 0.45, \"hi\": 0.55}, \"in_index\": false, \"finding\": \"A proxy.\", \"remedy\": \"\"},"
        "{\"id\": \"privacy.membership\", \"dimension\": \"privacy\", \"status\": \"%s\", \"reason\": \"no holdout was given\","
        " \"value\": %g, \"n\": 100, \"interval\": {\"lo\": %g, \"hi\": %g}, \"score\": 0.36, \"score_lo\": 0.3, \"score_hi\": "
        "0.4,"
        " \"in_index\": %s, \"finding\": \"Records can be recognised.\", \"remedy\": \"Train with noise.\"}]}]}",
        status, value, lo, hi, strcmp(status, "ok") == 0 ? "true" : "false");
    cr_assert_eq(json_parse(text, strlen(text), "test", false, &audit, NULL), 0);
    return audit;
}

static void load_policy(const char *text, struct arena *arena, struct policy *policy)
{
    cJSON *json = NULL;
    struct error error = {0};

    cr_assert_eq(json_parse(text, strlen(text), "policy", true, &json, &error), 0, "%s", error.message);
    cr_assert_eq(policy_from_json(json, "policy", arena, policy, &error), 0, "%s", error.message);
    cJSON_Delete(json);
}

Test(judge, gates_and_verdicts)
{
    static const struct {
        const char *gate; /* the gates of the policy */
        double value, lo, hi;
        const char *status, *result, *verdict, *why;
    } cases[] = {
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.05}", .02, .01, .03, "ok", "pass", "pass",
         "is at most 0.05"},
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.05}", .08, .06, .1, "ok", "fail", "fail",
         "is above 0.05"},
        /* half-width .02 at n = 100, distance .01: (.02/.01)² = 4 times the rows */
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.05}", .04, .02, .06, "ok", "undecided",
         "undecided", "about 4 times as many rows would decide it (n 400 instead of 100)"},
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.05}", .02, .01, .03, "not_measurable", "undecided",
         "undecided", "no holdout was given"},
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.05}", .02, .01, .03, "failed", "undecided",
         "undecided", "could not be decided"},
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.05, \"on\": \"value\"}", .04, .02, .06, "ok",
         "pass", "pass", "0.04"},
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.05, \"on\": \"hi\"}", .04, .02, .06, "ok", "fail",
         "fail", "0.05"},
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.05, \"on\": \"lo\"}", .08, .02, .1, "ok", "pass",
         "pass", "0.05"},
        {"{\"measure\": \"fidelity.column_shapes\", \"op\": \">=\", \"bound\": 0.5, \"on\": \"score\"}", 0, 0, 0, "ok", "pass",
         "pass", "score"},
        {"{\"measure\": \"fidelity.column_shapes\", \"op\": \">=\", \"bound\": 0.6, \"on\": \"score\"}", 0, 0, 0, "ok",
         "undecided", "undecided", "score"},
        {"{\"measure\": \"utility.tstr\", \"op\": \">=\", \"bound\": 0.6}", 0, 0, 0, "ok", "undecided", "undecided",
         "took no part"},
        {"{\"dimension\": \"privacy\", \"op\": \">=\", \"bound\": 0.5}", 0, 0, 0, "ok", "fail", "fail", "is below 0.5"},
        {"{\"dimension\": \"privacy\", \"op\": \">=\", \"bound\": 0.5}", 0, 0, 0, "failed", "undecided", "undecided",
         "not assessed"},
        {"{\"trust\": true, \"op\": \">=\", \"bound\": 0.3}", 0, 0, 0, "ok", "pass", "pass", "score 0.48"},
        /* A proxy may fail a candidate, it never clears one. */
        {"{\"measure\": \"proxy.dcr_share\", \"op\": \"<=\", \"bound\": 0.6}", 0, 0, 0, "ok", "undecided", "undecided",
         "a proxy"},
        {"{\"measure\": \"proxy.dcr_share\", \"op\": \"<=\", \"bound\": 0.4}", 0, 0, 0, "ok", "fail", "fail", "above 0.4"},
        {"", 0, 0, 0, "ok", NULL, "undecided", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new();
        cJSON *audit = small_audit(cases[i].value, cases[i].lo, cases[i].hi, cases[i].status);
        const cJSON *candidate = cJSON_GetArrayItem(json_get(audit, "candidates"), 0), *gate;
        struct policy policy;
        char text[400];

        snprintf(text, sizeof text, "{\"name\": \"test\", \"gates\": [%s]}", cases[i].gate);
        load_policy(text, arena, &policy);
        cr_assert_eq(judge_audit(audit, &policy, NULL), 0);
        gate = cJSON_GetArrayItem(json_get(candidate, "gates"), 0);
        cr_assert_str_eq(json_get_string(candidate, "verdict", ""), cases[i].verdict, "case %zu", i);
        if (cases[i].result) {
            cr_assert_str_eq(json_get_string(gate, "result", ""), cases[i].result, "case %zu", i);
            cr_assert(strstr(json_get_string(gate, "why", ""), cases[i].why), "case %zu: %s", i,
                      json_get_string(gate, "why", ""));
        }
        cr_assert(strstr(json_get_string(candidate, "headline", ""), "x"));
        cJSON_Delete(audit);
        arena_free(arena);
    }
}

Test(judge, index_coverage_words_and_idempotence)
{
    struct arena *arena = arena_new();
    cJSON *audit = small_audit(.08, .06, .1, "ok");
    const cJSON *candidate = cJSON_GetArrayItem(json_get(audit, "candidates"), 0);
    struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
    struct policy policy;

    cr_assert_eq(policy_load("balanced", arena, &policy, NULL), 0);
    cr_assert_eq(judge_audit(audit, &policy, NULL), 0);
    cr_assert(fabs(json_get_number(candidate, "trust.anchored", NAN) - sqrt(.64 * .36)) < 1e-12);
    cr_assert(fabs(json_get_number(candidate, "trust.coverage", NAN) - .4) < 1e-12);
    cr_assert(!json_get_bool(json_get(candidate, "dimensions.utility"), "assessed", true));
    cr_assert(isnan(json_get_number(candidate, "dimensions.utility.score", NAN)), "never 1 for what was not measured");
    cr_assert_str_eq(json_get_string(candidate, "dimensions.privacy.status", ""), "fail");
    cr_assert(strstr(json_get_string(candidate, "headline", ""), "must not be released"));
    cr_assert(strstr(json_get_string(candidate, "headline", ""), "Records can be recognised."));
    cr_assert_str_eq(cJSON_GetArrayItem(json_get(candidate, "actions"), 0)->valuestring, "Train with noise.");
    cr_assert(json_get_string(audit, "ranking.pool_reason", NULL), "a single candidate has no pool index");
    json_print(audit, &first);
    cr_assert_eq(judge_audit(audit, &policy, NULL), 0);
    json_print(audit, &second);
    cr_assert_str_eq(strbuf_text(&first), strbuf_text(&second), "judging twice gives the same audit");
    strbuf_free(&first);
    strbuf_free(&second);
    cJSON_Delete(audit);
    arena_free(arena);
}

/* The small audit, with one more measure where there is one (else NULL), judged by these gates. */
static cJSON *judged_audit(const char *measure, const char *gates)
{
    struct arena *arena = arena_new();
    cJSON *audit = small_audit(.08, .06, .1, "ok"), *extra = NULL;
    cJSON *candidate = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(audit, "candidates"), 0);
    struct policy policy;
    char text[400];

    if (measure) {
        cr_assert_eq(json_parse(measure, strlen(measure), "test", false, &extra, NULL), 0);
        cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(candidate, "measures"), extra);
    }
    snprintf(text, sizeof text, "{\"name\": \"test\", \"gates\": [%s]}", gates);
    load_policy(text, arena, &policy);
    cr_assert_eq(judge_audit(audit, &policy, NULL), 0);
    arena_free(arena);
    return audit;
}

Test(judge, headlines_and_actions)
{
    static const struct {
        const char *gates, *headline, *action; /* action NULL: none */
    } cases[] = {
        {"", "policy “test” has no gate on what was measured.", NULL},
        {"{\"trust\": true, \"op\": \">=\", \"bound\": 0.9}", "“test”. Trust index: score 0.48", NULL},
        /* What would mend a dimension is what would mend its worst measure. */
        {"{\"dimension\": \"privacy\", \"op\": \">=\", \"bound\": 0.5}", "“test”. Privacy: score 0.36", "Train with noise."},
        {"{\"dimension\": \"privacy\", \"op\": \">=\", \"bound\": 0.1}", "its only gate is passed.", NULL},
        {"{\"measure\": \"fidelity.column_shapes\", \"op\": \">=\", \"bound\": 0.91}", "cannot be released yet",
         "Give more rows: for fidelity.column_shapes, about 4 times as many rows would decide it (n 400 instead of 100)."},
        {"{\"dimension\": \"privacy\", \"op\": \">=\", \"bound\": 0.1}, {\"trust\": true, \"op\": \">=\", \"bound\": 0.1}",
         "all 2 gates are passed.", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *audit = judged_audit(NULL, cases[i].gates);
        const cJSON *candidate = cJSON_GetArrayItem(json_get(audit, "candidates"), 0), *action;

        cr_expect(strstr(json_get_string(candidate, "headline", ""), cases[i].headline), "case %zu: %s", i,
                  json_get_string(candidate, "headline", ""));
        action = cJSON_GetArrayItem(json_get(candidate, "actions"), 0);
        cr_expect_str_eq(action ? action->valuestring : "", cases[i].action ? cases[i].action : "", "case %zu", i);
        cJSON_Delete(audit);
    }
}

/* The measure with the least score speaks for a dimension, unless the gate that is not passed is on another one. */
Test(judge, a_failed_gate_speaks_for_its_dimension)
{
    static const struct {
        const char *gate, *worst, *finding;
    } cases[] = {
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.2}", "privacy.copies", "Nothing is copied."},
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.09}", "privacy.membership",
         "Records can be recognised."},
        {"{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.05}", "privacy.membership",
         "Records can be recognised."},
        {"{\"dimension\": \"privacy\", \"op\": \">=\", \"bound\": 0.9}", "privacy.copies", "Nothing is copied."},
    };
    static const char copies[] =
        "{\"id\": \"privacy.copies\", \"dimension\": \"privacy\", \"status\": \"ok\", \"value\": 0.01, \"n\": 100,"
        " \"interval\": {\"lo\": 0, \"hi\": 0.02}, \"score\": 0.2, \"score_lo\": 0.1, \"score_hi\": 0.3, \"in_index\": true,"
        " \"finding\": \"Nothing is copied.\", \"remedy\": \"\"}";

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *audit = judged_audit(copies, cases[i].gate);
        const cJSON *candidate = cJSON_GetArrayItem(json_get(audit, "candidates"), 0);

        cr_expect_str_eq(json_get_string(candidate, "dimensions.privacy.worst", ""), cases[i].worst, "case %zu", i);
        cr_expect_str_eq(json_get_string(candidate, "dimensions.privacy.finding", ""), cases[i].finding, "case %zu", i);
        cJSON_Delete(audit);
    }
}

/* Of a dimension that passes, the lowest score is no finding where noise explains it: a measure that stands apart from fresh
 * rows (1 - score above the square root of 2 times the upper half of its interval) speaks first, and where there is none, all
 * four do together. Without fresh rows nothing shows what noise is. */
Test(judge, noise_is_no_finding)
{
    static const struct {
        double hi, second, second_hi; /* of the least score, .8, and of another one */
        double honest;                /* of the least score's measure, whose value is .1, less is better; 0: not known */
        bool optimistic;
        const char *worst, *finding;
    } cases[] = {
        {1, .97, 1, 0, false, "fidelity.kway", "each of the 4 measures with a score"},
        {.96, .97, 1, 0, false, "fidelity.kway", "each of the 4 measures with a score"}, /* 1 - .8 = .2 < 1.414 x .16 */
        {.92, .97, 1, 0, false, "fidelity.kway", "kway said."},                          /* .2 > 1.414 x .12 */
        {1, .95, .98, 0, false, "fidelity.energy", "energy said."},                      /* .05 > 1.414 x .03 */
        /* Its value is better than that of fresh rows: it speaks after one whose value is not, and says its score. */
        {.92, .95, .98, .2, false, "fidelity.energy", "energy said."},
        {.92, .97, 1, .2, false, "fidelity.kway",
         "beside real rows that the generator has not seen, “Joint tables of three columns” has a score of 0.80."},
        {.92, .97, 1, .09, false, "fidelity.kway", "kway said."},
        {1, .97, 1, 0, true, "fidelity.kway", "kway said."},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new();
        cJSON *audit = NULL;
        struct policy policy;
        char text[2000], *at = text;
        const char *const ids[] = {"kway", "energy", "frechet", "coverage"};

        at += snprintf(at, 200, "{\"candidates\": [{\"name\": \"x\", \"measures\": [");
        for (size_t m = 0; m < 4; m++)
            at += snprintf(
                at, 400,
                "%s{\"id\": \"fidelity.%s\", \"dimension\": \"fidelity\", \"status\": \"ok\", \"value\": 0.1, \"direction\": "
                "\"lower\", \"honest\": %s, "
                "\"score\": %g, \"score_lo\": 0.5, \"score_hi\": %g, \"in_index\": true, \"anchor\": "
                "{\"reference\": \"holdout\", \"optimistic\": %s}, \"finding\": \"%s said.\"}",
                m ? ", " : "", ids[m],
                m || cases[i].honest <= 0 ? "null"
                : cases[i].honest > .1    ? "0.2"
                                          : "0.09",
                m ? m > 1 ? 1 : cases[i].second : .8, m ? m > 1 ? 1 : cases[i].second_hi : cases[i].hi,
                cases[i].optimistic ? "true" : "false", ids[m]);
        snprintf(at, 20, "]}]}");
        cr_assert_eq(json_parse(text, strlen(text), "test", false, &audit, NULL), 0);
        load_policy("{\"name\": \"test\", \"gates\": []}", arena, &policy);
        cr_assert_eq(judge_audit(audit, &policy, NULL), 0);
        const cJSON *candidate = cJSON_GetArrayItem(json_get(audit, "candidates"), 0);
        cr_expect_str_eq(json_get_string(candidate, "dimensions.fidelity.worst", ""), cases[i].worst, "case %zu", i);
        cr_expect(strstr(json_get_string(candidate, "dimensions.fidelity.finding", ""), cases[i].finding), "case %zu: %s", i,
                  json_get_string(candidate, "dimensions.fidelity.finding", ""));
        cJSON_Delete(audit);
        arena_free(arena);
    }
}

/* Without a holdout fresh rows' score is not known: neither end of a score made from such may pass or fail a gate, since a copy
 * of train would have 1 and fresh rows less. */
Test(judge, scores_without_an_honest_end_decide_nothing)
{
    static const struct {
        const char *gate, *result;
    } cases[] = {
        {"{\"dimension\": \"fidelity\", \"op\": \">=\", \"bound\": 0.1, \"on\": \"lo\"}", "undecided"},
        {"{\"dimension\": \"fidelity\", \"op\": \">=\", \"bound\": 0.99, \"on\": \"lo\"}", "undecided"},
        {"{\"dimension\": \"privacy\", \"op\": \">=\", \"bound\": 0.1, \"on\": \"lo\"}", "pass"},
        {"{\"trust\": true, \"op\": \">=\", \"bound\": 0.1, \"on\": \"lo\"}", "undecided"},
        {"{\"measure\": \"fidelity.energy\", \"op\": \">=\", \"bound\": 0.1, \"on\": \"score\"}", "undecided"},
        {"{\"measure\": \"fidelity.energy\", \"op\": \"<=\", \"bound\": 0.5}", "pass"},
    };
    static const char energy[] =
        "{\"id\": \"fidelity.energy\", \"dimension\": \"fidelity\", \"status\": \"ok\", \"value\": 0.01, \"n\": 100,"
        " \"interval\": {\"lo\": 0, \"hi\": 0.02}, \"score\": 0.6, \"score_lo\": 0.5, \"score_hi\": 0.7, \"in_index\": true,"
        " \"anchor\": {\"optimistic\": true}, \"finding\": \"\", \"remedy\": \"Mend it.\"}";

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *audit = judged_audit(energy, cases[i].gate);
        const cJSON *candidate = cJSON_GetArrayItem(json_get(audit, "candidates"), 0);
        const cJSON *gate, *action;

        gate = cJSON_GetArrayItem(json_get(candidate, "gates"), 0);
        cr_expect_str_eq(json_get_string(gate, "result", ""), cases[i].result, "case %zu", i);
        /* What would decide it is a holdout, not another table. */
        action = cJSON_GetArrayItem(json_get(candidate, "actions"), 0);
        if (strcmp(cases[i].result, "undecided") == 0 && strncmp(cases[i].gate, "{\"trust", 7) != 0)
            cr_expect(action && strstr(action->valuestring, "Give --holdout"), "case %zu: %s", i,
                      action ? action->valuestring : "none");
        cJSON_Delete(audit);
    }
}

/* p = 1 - Phi(1.96 x .0215/.02) = .01756: below .025, so that the interval alone fails; times three subjects .0527, above .05.
 * (Phi^-1(1 - .05/3)/Phi^-1(1 - .01756))^2 = (2.128/2.107)^2 = 1.02 times the rows would decide, rounded up to 1.1. */
Test(judge, a_failure_among_many_gates_must_be_proven)
{
    static const struct {
        const char *multiplicity, *result, *why;
    } cases[] = {
        {"holm", "undecided",
         "its lower end is above 0.0585; of 3 that were judged together one may well be so by chance (p 0.018, by Holm "
         "0.053); about 1.1 times as many rows would decide it (n 110 instead of 100)"},
        {"none", "fail", "its lower end is above 0.0585"},
    };

    for (size_t i = 0; i < 2; i++) {
        struct arena *arena = arena_new();
        cJSON *audit = small_audit(.08, .06, .1, "ok");
        const cJSON *candidate = cJSON_GetArrayItem(json_get(audit, "candidates"), 0), *gate;
        struct policy policy;
        char text[500];

        snprintf(text, sizeof text,
                 "{\"multiplicity\": \"%s\", \"gates\": ["
                 "{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.0585, \"on\": \"lo\"},"
                 "{\"measure\": \"fidelity.column_shapes\", \"op\": \">=\", \"bound\": 0.5},"
                 "{\"trust\": true, \"op\": \">=\", \"bound\": 0.1}]}",
                 cases[i].multiplicity);
        load_policy(text, arena, &policy);
        cr_assert_eq(judge_audit(audit, &policy, NULL), 0);
        gate = cJSON_GetArrayItem(json_get(candidate, "gates"), 0);
        cr_expect_str_eq(json_get_string(gate, "result", ""), cases[i].result);
        cr_expect_str_eq(json_get_string(candidate, "verdict", ""), cases[i].result);
        cr_expect(strstr(json_get_string(gate, "why", ""), cases[i].why), "%s", json_get_string(gate, "why", ""));
        cr_expect_eq(cJSON_HasObjectItem(gate, "p"), i == 0);
        cr_expect_str_eq(cJSON_GetArrayItem(json_get(candidate, "actions"), 0)->valuestring, "Train with noise.");
        cr_expect_str_eq(json_get_string(audit, "policy.multiplicity", ""), cases[i].multiplicity);
        cJSON_Delete(audit);
        arena_free(arena);
    }
}

/* What was written at a smaller k stays written: another policy's k would be a false promise. */
Test(judge, another_policy_keeps_the_disclosure_that_the_audit_was_made_with)
{
    struct arena *arena = arena_new();
    cJSON *audit = small_audit(.08, .06, .1, "ok");
    struct policy policy;

    load_policy("{\"k\": 5}", arena, &policy);
    cr_assert_eq(judge_audit(audit, &policy, NULL), 0);
    cr_assert_eq(policy_load("balanced", arena, &policy, NULL), 0);
    cr_assert_eq(judge_audit(audit, &policy, NULL), 0);
    cr_expect_eq(json_get_number(audit, "policy.k", NAN), 5);
    cJSON_Delete(audit);
    arena_free(arena);
}

Test(policy, errors_name_what_is_wrong)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"weight\": {}}", "unknown key 'weight'"},
        {"{\"weights\": {\"privacy\": -1}}", "weight of 'privacy'"},
        {"{\"weights\": {\"privcy\": 1}}", "unknown dimension 'privcy'"},
        {"{\"weights\": {\"privacy\": 0, \"utility\": 0, \"fairness\": 0, \"fidelity\": 0, \"robustness\": 0}}",
         "all weights are zero"},
        {"{\"weights\": {\"privacy\": 1}, \"emphasis\": [\"privacy\"]}", "not both"},
        {"{\"emphasis\": [\"speed\"]}", "unknown dimension 'speed'"},
        {"{\"measure_weights\": {\"privacy.nothing\": 1}}", "unknown measure 'privacy.nothing'"},
        {"{\"gates\": [{\"measure\": \"privacy.nothing\", \"op\": \"<=\", \"bound\": 1}]}",
         "unknown measure 'privacy.nothing'"},
        {"{\"gates\": [{\"measure\": \"privacy.copies\", \"op\": \"<\", \"bound\": 1}]}", "'op'"},
        {"{\"gates\": [{\"measure\": \"privacy.copies\", \"op\": \"<=\", \"bound\": \"1\"}]}", "'bound'"},
        {"{\"gates\": [{\"measure\": \"privacy.copies\", \"op\": \"<=\", \"bound\": 1, \"on\": \"end\"}]}", "'on'"},
        {"{\"gates\": [{\"measure\": \"privacy.copies\", \"dimension\": \"privacy\", \"op\": \"<=\", \"bound\": 1}]}",
         "exactly one"},
        {"{\"gates\": [{\"measure\": \"privacy.copies\", \"op\": \"<=\", \"bound\": 1, \"why\": 1}]}", "unknown key 'why'"},
        {"{\"gates\": {}}", "must be a list"},
        {"{\"extends\": \"strict\"}", "unknown preset 'strict'"},
        {"{\"extends\": [\"balanced\"], \"gates\": []}", "'extends' must be a text"},
        {"{\"gates\": [{\"measure\": \"privacy.copies\", \"op\": \"<=\", \"bound\": 1, \"on\": 1}]}", "'on' must be a text"},
        {"{\"gates\": [{\"measure\": \"privacy.copies\", \"op\": \"<=\", \"bound\": 1, \"reason\": 1}]}",
         "'reason' must be a text"},
        {"{\"k\": 0}", "'k'"},
        {"{\"emphasis\": [\"privacy\"], \"lambda\": 1.5}", "'lambda' must be a number from 0 to 1"},
        {"{\"lambda\": 0.5}", "'lambda' belongs to 'emphasis'"},
        {"{\"gates\": [{\"measure\": \"privacy.copy\", \"op\": \"<=\", \"bound\": 1}]}", "did you mean 'privacy.copies'?"},
        {"{\"claims\": {}}", "claims must be a list"},
        {"{\"claims\": [{\"metric\": \"trust\"}]}", "claim 1 needs a 'source'"},
        {"{\"multiplicity\": true}", "'multiplicity' must be \"holm\" or \"none\""},
        {"{\"alpha\": -1}", "'alpha'"},
        {"[]", "JSON object"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new();
        struct error error = {0};
        struct policy policy;
        cJSON *json = NULL;

        cr_assert_eq(json_parse(cases[i].text, strlen(cases[i].text), "p.json", true, &json, NULL), 0);
        cr_assert_eq(policy_from_json(json, "p.json", arena, &policy, &error), ERROR_INPUT, "%s", cases[i].text);
        cr_assert(strstr(error.message, cases[i].message) && strstr(error.message, "p.json"), "%s: %s", cases[i].text,
                  error.message);
        cJSON_Delete(json);
        arena_free(arena);
    }
}

Test(policy, presets_files_and_round_trip)
{
    struct arena *arena = arena_new();
    struct policy policy, again;
    struct error error = {0};
    cJSON *json;

    for (const char *const *name = policy_presets; *name; name++) {
        cr_assert_eq(policy_load(*name, arena, &policy, NULL), 0);
        cr_assert_str_eq(policy.name, *name);
        for (size_t g = 0; g < policy.n_gates; g++)
            cr_assert(measure_find(policy.gates[g].subject), "preset %s gates on unknown '%s'", *name, policy.gates[g].subject);
    }
    load_policy(
        "{\"extends\": \"balanced\", \"gates\": [{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.5}],"
        " \"measure_weights\": {\"privacy.copies\": 3}, \"emphasis\": [\"privacy\"]}",
        arena, &policy);
    cr_assert_eq(policy_load("balanced", arena, &again, NULL), 0);
    cr_assert_eq(policy.n_gates, again.n_gates - 1, "both gates on membership are replaced by one");
    cr_assert_eq(policy.gates[policy.n_gates - 1].bound, .5);
    cr_assert_eq(policy_measure_weight(&policy, "privacy.copies"), 3);
    cr_assert_eq(policy_measure_weight(&policy, "privacy.membership"), 1);
    cr_assert(fabs(policy.weights[DIMENSION_PRIVACY] - .6) < 1e-15);
    cr_assert(policy.holm, "presets hold failures against each other");
    json = policy_json(&policy);
    cr_assert_eq(policy_from_json(json, "again", arena, &again, &error), 0, "%s", error.message);
    cr_assert_eq(again.n_gates, policy.n_gates);
    cJSON_Delete(json);
    /* (1 - .8)/5 + .8/2 and (1 - .8)/5 */
    load_policy(
        "// comments are allowed\n{\"emphasis\": [\"privacy\", \"utility\"], \"lambda\": 0.8, /* here, too */ \"multiplicity\":"
        " \"none\", \"claims\": [{\"metric\": \"trust\", \"bound\": 0.5, \"source\": \"x\"}]}",
        arena, &policy);
    cr_assert(fabs(policy.weights[DIMENSION_UTILITY] - .44) < 1e-15 && fabs(policy.weights[DIMENSION_FIDELITY] - .04) < 1e-15);
    cr_assert(!policy.holm && policy.n_claims == 1);
    cr_assert_eq(policy_load("no-such-policy", arena, &policy, &error), ERROR_INPUT);
    cr_assert(strstr(error.message, "neither a preset"));
    arena_free(arena);
}
