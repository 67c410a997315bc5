/* The pool index as audit.json holds it (R15): every number follows from the ones before it, missing values and dropped
 * measures are named, gates change places and no scores; the worked examples G2 and G9 by way of a whole audit. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "audit/judge.h"

enum { MOST = 6 };

struct values {
    const char *id; /* NULL ends */
    double value[MOST];
};

static cJSON *judged_pool(const char *const *names, size_t n, const struct values *columns, const char *policy_text)
{
    struct arena *arena = arena_new();
    struct policy policy;
    struct error error = {0};
    struct strbuf text = STRBUF_INIT;
    cJSON *audit = NULL, *json = NULL;

    strbuf_adds(&text, "{\"candidates\": [");
    for (size_t c = 0; c < n; c++) {
        strbuf_addf(&text, "%s{\"name\": \"%s\", \"measures\": [", c ? ", " : "", names[c]);
        for (const struct values *column = columns; column->id; column++) {
            strbuf_addf(&text, "%s{\"id\": \"%s\", \"dimension\": \"%s\", ", column > columns ? ", " : "", column->id,
                        dimension_name(measure_find(column->id)->dimension));
            if (isnan(column->value[c]))
                strbuf_adds(&text, "\"status\": \"failed\", \"reason\": \"lost\"}");
            else
                strbuf_addf(&text, "\"status\": \"ok\", \"value\": %.17g}", column->value[c]);
        }
        strbuf_adds(&text, "]}");
    }
    strbuf_adds(&text, "]}");
    cr_assert_eq(json_parse(strbuf_text(&text), text.length, "audit", false, &audit, &error), 0, "%s", error.message);
    cr_assert_eq(json_parse(policy_text, strlen(policy_text), "policy", true, &json, &error), 0, "%s", error.message);
    cr_assert_eq(policy_from_json(json, "policy", arena, &policy, &error), 0, "%s", error.message);
    cr_assert_eq(judge_audit(audit, &policy, &error), 0, "%s", error.message);
    cJSON_Delete(json);
    strbuf_free(&text);
    arena_free(arena);
    return audit;
}

static double item(const cJSON *object, const char *key, size_t i)
{
    const cJSON *number = cJSON_GetArrayItem(json_get(object, key), (int)i);

    return cJSON_IsNumber(number) ? number->valuedouble : NAN;
}

static const cJSON *pool_candidate(const cJSON *audit, size_t i)
{
    return cJSON_GetArrayItem(json_get(audit, "ranking.pool.candidates"), (int)i);
}

/* Recomputes u, pi and tau of candidate c from what audit.json says of each measure. */
static void check_candidate(const cJSON *pool, size_t c, size_t n)
{
    const cJSON *candidate = cJSON_GetArrayItem(json_get(pool, "candidates"), (int)c), *measure, *dimension;
    double log_tau = 0, omega_sum = 0;

    cJSON_ArrayForEach(dimension, json_get(pool, "omega"))
    {
        double log_pi = 0, beta = 0;

        cJSON_ArrayForEach(measure, json_get(pool, "measures"))
        {
            const struct measure *known = measure_find(json_get_string(measure, "id", ""));
            const double a = item(measure, "a", c), m = item(measure, "m", c);
            double k = 0;

            if (strcmp(dimension_name(known->dimension), dimension->string) != 0)
                continue;
            cr_expect(isnan(m) ? isnan(a) : a == (known->direction == DIRECTION_HIGHER ? m : -m));
            for (size_t other = 0; other < n; other++)
                k += isnan(item(measure, "a", other)) ? !isnan(a) : item(measure, "a", other) <= a;
            cr_expect_eq(item(measure, "k", c), fmax(k, 1));
            cr_expect_eq(item(measure, "u", c), fmax(k, 1) / (double)n);
            log_pi += json_get_number(measure, "beta", NAN) * log(item(measure, "u", c));
            beta += json_get_number(measure, "beta", NAN);
        }
        if (dimension->valuedouble <= 0)
            continue;
        cr_expect(fabs(beta - 1) < 1e-15 &&
                  fabs(json_get_number(json_get(candidate, "pi"), dimension->string, NAN) - exp(log_pi)) < 1e-15);
        log_tau += dimension->valuedouble * log_pi;
        omega_sum += dimension->valuedouble;
    }
    cr_expect(fabs(omega_sum - 1) < 1e-15);
    cr_expect(fabs(json_get_number(candidate, "tau", NAN) - exp(log_tau)) < 1e-14);
    cr_expect_eq(json_get_number(candidate, "key", NAN), json_get_number(candidate, "tau", NAN));
}

Test(pool, every_number_is_there_and_follows)
{
    static const char *const names[] = {"A", "B", "C", "D"};
    static const struct values columns[] = {
        {"fidelity.energy", {.02, .05, .05, .3}},      {"fidelity.column_shapes", {.9, .8, .95, NAN}},
        {"utility.tstr", {.86, NAN, .80, .5}},         {"robustness.noise", {NAN, NAN, NAN, NAN}},
        {"fairness.amplification", {.1, .05, .05, 0}}, {"privacy.membership", {.02, .001, 0, 0}},
        {"privacy.copies", {.4, .3, .2, .1}},          {NULL, {0}}};
    static const char gated[] =
        "{\"name\": \"p\", \"weights\": {\"privacy\": 3}, \"measure_weights\": {\"privacy.copies\": 0, \"fidelity.energy\": 2},"
        " \"gates\": [{\"measure\": \"privacy.membership\", \"op\": \"<=\", \"bound\": 0.01, \"on\": \"value\"}]}";
    static const char open[] =
        "{\"name\": \"p\", \"weights\": {\"privacy\": 3}, \"measure_weights\": {\"privacy.copies\": 0, \"fidelity.energy\": 2},"
        " \"gates\": []}";
    cJSON *audit = judged_pool(names, 4, columns, gated), *other = judged_pool(names, 4, columns, open);
    const cJSON *pool = json_get(audit, "ranking.pool"), *dropped = json_get(pool, "dropped"), *measure;
    size_t flagged = 0;

    cr_expect_eq(json_get_number(pool, "N", NAN), 4);
    cr_expect_eq(strlen(json_get_string(pool, "sha256", "")), 64);
    cr_expect_eq(cJSON_GetArraySize(json_get(pool, "measures")), 5);
    for (size_t c = 0; c < 4; c++)
        check_candidate(pool, c, 4);
    /* R6: N stays, the one without a value has 1/N and a flag; what nobody has is listed and dropped. */
    cJSON_ArrayForEach(measure, json_get(pool, "measures"))
    {
        const cJSON *missing = json_get(measure, "missing");

        if (!missing)
            continue;
        flagged++;
        cr_expect_str_eq(cJSON_GetArrayItem(missing, 0)->valuestring,
                         strcmp(json_get_string(measure, "id", ""), "utility.tstr") == 0 ? "B" : "D");
        cr_expect_eq(item(measure, "u", missing->child->valuestring[0] == 'B' ? 1 : 3), .25);
    }
    cr_expect_eq(flagged, 2);
    cJSON_ArrayForEach(measure, dropped)
    {
        const char *id = json_get_string(measure, "id", ""), *why = json_get_string(measure, "why", "");

        cr_expect(
            strcmp(why, strcmp(id, "privacy.copies") == 0 ? "it has no weight in the policy" : "no candidate has a value") == 0,
            "%s: %s", id, why);
    }
    /* The gate: A is ranked after all others, and no score has moved. */
    cr_expect_eq(json_get_number(pool_candidate(audit, 0), "rank", NAN), 4);
    cr_expect_not(json_get_bool(cJSON_GetArrayItem(json_get(audit, "candidates"), 0), "trust.eligible", true));
    cr_expect_eq(cJSON_GetArraySize(json_get(cJSON_GetArrayItem(json_get(audit, "candidates"), 0), "gates")), 1);
    for (size_t c = 0; c < 4; c++)
        cr_expect_eq(json_get_number(pool_candidate(audit, c), "tau", NAN),
                     json_get_number(pool_candidate(other, c), "tau", NAN));
    cJSON_Delete(audit);
    cJSON_Delete(other);
}

/* Checkpoints are candidates: which one is chosen, by weights and by a gate (G9; weights 1, 1, 4 are e(privacy) of three). */
Test(pool, g9_checkpoint_selection)
{
    static const char *const names[] = {"step100", "step200", "step300", "step400"};
    static const struct values columns[] = {{"fidelity.energy", {.20, .10, .05, .04}},
                                            {"utility.tstr", {.70, .80, .84, .85}},
                                            {"privacy.membership", {.50, .52, .58, .70}},
                                            {NULL, {0}}};
    static const struct {
        const char *policy;
        double tau[4];
        size_t best;
    } cases[] = {
        {"{\"weights\": {\"fairness\": 0, \"robustness\": 0}, \"gates\": []}", {.396850, .572357, .655185, .629961}, 2},
        {"{\"weights\": {\"fairness\": 0, \"robustness\": 0, \"privacy\": 4}, \"gates\": []}",
         {.629961, .655185, .572357, .396850},
         1},
        {"{\"weights\": {\"fairness\": 0, \"robustness\": 0, \"utility\": 4}, \"gates\": []}",
         {.314980, .534957, .700991, .793701},
         3},
        {"{\"weights\": {\"fairness\": 0, \"robustness\": 0, \"utility\": 4}, \"gates\": [{\"measure\": \"privacy.membership\","
         " \"op\": \"<=\", \"bound\": 0.6, \"on\": \"value\"}]}",
         {.314980, .534957, .700991, .793701},
         2},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *audit = judged_pool(names, 4, columns, cases[i].policy);

        for (size_t c = 0; c < 4; c++)
            cr_expect(fabs(json_get_number(pool_candidate(audit, c), "tau", NAN) - cases[i].tau[c]) < 5e-7, "case %zu: %zu", i,
                      c);
        cr_expect_eq(json_get_number(pool_candidate(audit, cases[i].best), "rank", NAN), 1, "case %zu", i);
        cJSON_Delete(audit);
    }
}

/* Replicates NAME@1 … share a key and a rank (G2): mean − alpha · sd. */
Test(pool, g2_replicates)
{
    static const char *const names[] = {"X@1", "X@2", "X@3", "Y@1", "Y@2", "Y@3"};
    static const struct values columns[] = {{"utility.tstr", {.95, .50, .94, .80, .81, .82}}, {NULL, {0}}};
    static const struct {
        const char *policy;
        double x, y;
    } cases[] = {{"{\"alpha\": 0, \"gates\": []}", 2. / 3, .5},
                 {"{\"alpha\": 0.5, \"gates\": []}", .446187, .416667},
                 {"{\"gates\": []}", .225708, .333333}};

    for (size_t i = 0; i < 3; i++) {
        cJSON *audit = judged_pool(names, 6, columns, cases[i].policy);

        for (size_t c = 0; c < 6; c++) {
            const double want = c < 3 ? cases[i].x : cases[i].y;

            cr_expect(fabs(json_get_number(pool_candidate(audit, c), "key", NAN) - want) < 5e-7, "case %zu: %zu", i, c);
            cr_expect_eq(json_get_number(pool_candidate(audit, c), "rank", NAN), (c < 3) == (cases[i].x > cases[i].y) ? 1 : 2);
        }
        cJSON_Delete(audit);
    }
}
