#include "audit/judge.h"

#include <math.h>
#include <string.h>

#include "audit/claim.h"
#include "audit/claims.h"
#include "audit/trust.h"

/* Scores of one dimension's measures: value, lower and upper end, weight. */
struct scores {
    double *value, *lo, *hi, *weight; /* measure_count places each */
    size_t n, possible;
};

static int scores_new(struct arena *arena, struct scores *scores, struct error *error)
{
    *scores = (struct scores){.value = ARENA_ARRAY(arena, double, measure_count + 1),
                              .lo = ARENA_ARRAY(arena, double, measure_count + 1),
                              .hi = ARENA_ARRAY(arena, double, measure_count + 1),
                              .weight = ARENA_ARRAY(arena, double, measure_count + 1)};
    return scores->value && scores->lo && scores->hi && scores->weight ? 0 : error_memory(error);
}

/* What --target auto asks for is no gap in an audit of one target. */
static bool may_count(const cJSON *entry)
{
    const struct measure *measure = measure_find(json_get_string(entry, "id", ""));
    const bool asked = strcmp(json_get_string(entry, "status", ""), "not_measurable") != 0;

    return measure && !measure->proxy && measure->anchor != ANCHOR_NONE && (asked || !(measure->needs & NEED_EVERY_TARGET));
}

static void collect_scores(const cJSON *candidate, const char *dimension, const struct policy *policy, struct scores *scores,
                           cJSON *ids)
{
    const cJSON *measure;

    scores->n = scores->possible = 0;
    cJSON_ArrayForEach(measure, json_get(candidate, "measures"))
    {
        const char *id = json_get_string(measure, "id", "");
        const double weight = policy_measure_weight(policy, id);

        if (strcmp(json_get_string(measure, "dimension", ""), dimension) != 0 || !may_count(measure) || weight <= 0)
            continue;
        scores->possible++;
        if (!json_get_bool(measure, "in_index", false) || scores->n == measure_count)
            continue;
        scores->value[scores->n] = json_get_number(measure, "score", NAN);
        scores->lo[scores->n] = json_get_number(measure, "score_lo", scores->value[scores->n]);
        scores->hi[scores->n] = json_get_number(measure, "score_hi", scores->value[scores->n]);
        scores->weight[scores->n] = weight;
        scores->n++;
        json_push_string(ids, id);
    }
}

static void add_dimension(cJSON *dimensions, const cJSON *candidate, enum dimension d, const struct policy *policy,
                          struct scores *scores, double *score, double *lo, double *hi)
{
    const char *name = dimension_name(d);
    cJSON *item = json_add_object(dimensions, name), *ids = cJSON_CreateArray();

    collect_scores(candidate, name, policy, scores, ids);
    *score = trust_geometric_mean(scores->value, scores->weight, scores->n);
    *lo = trust_geometric_mean(scores->lo, scores->weight, scores->n);
    *hi = trust_geometric_mean(scores->hi, scores->weight, scores->n);
    json_add_number(item, "score", *score);
    json_add_number(item, "lo", *lo);
    json_add_number(item, "hi", *hi);
    json_add_number(item, "coverage", scores->possible ? (double)scores->n / (double)scores->possible : 0);
    json_add_bool(item, "assessed", scores->n > 0);
    json_add_number(item, "weight", policy->weights[d]);
    json_attach(item, "measures", ids);
}

int judge_dimensions(cJSON *candidate, const struct policy *policy, struct error *error)
{
    cJSON *dimensions = cJSON_CreateObject(), *trust = cJSON_CreateObject();
    struct arena *arena = arena_new();
    struct scores scores;
    double score[DIMENSIONS], lo[DIMENSIONS], hi[DIMENSIONS], covered = 0, total = 0;

    if (!arena || !dimensions || !trust || scores_new(arena, &scores, error)) {
        cJSON_Delete(dimensions);
        cJSON_Delete(trust);
        arena_free(arena);
        return error_memory(error);
    }
    for (int d = 0; d < DIMENSIONS; d++) {
        add_dimension(dimensions, candidate, (enum dimension)d, policy, &scores, &score[d], &lo[d], &hi[d]);
        total += policy->weights[d];
        covered += isnan(score[d]) ? 0 : policy->weights[d];
    }
    json_add_number(trust, "anchored", trust_geometric_mean(score, policy->weights, DIMENSIONS));
    json_add_number(trust, "lo", trust_geometric_mean(lo, policy->weights, DIMENSIONS));
    json_add_number(trust, "hi", trust_geometric_mean(hi, policy->weights, DIMENSIONS));
    json_add_number(trust, "coverage", covered / total);
    cJSON_DeleteItemFromObjectCaseSensitive(candidate, "dimensions");
    cJSON_DeleteItemFromObjectCaseSensitive(candidate, "trust");
    json_attach(candidate, "trust", trust);
    json_attach(candidate, "dimensions", dimensions);
    arena_free(arena);
    return 0;
}

/* A dimension's status is that of the worst gate on it or on one of its measures. */
static int add_dimension_status(cJSON *candidate, struct error *error)
{
    static const char *const order[] = {"none", "pass", "undecided", "fail"};
    cJSON *dimension;

    cJSON_ArrayForEach(dimension, cJSON_GetObjectItemCaseSensitive(candidate, "dimensions"))
    {
        const cJSON *gate;
        size_t worst = 0;

        cJSON_ArrayForEach(gate, json_get(candidate, "gates"))
        {
            const char *id = json_get_string(gate, "measure", json_get_string(gate, "dimension", ""));
            const size_t length = strlen(dimension->string);

            if (strncmp(id, dimension->string, length) != 0 || (id[length] != '.' && id[length] != 0))
                continue;
            for (size_t i = worst; i < 4; i++)
                if (strcmp(order[i], json_get_string(gate, "result", "none")) == 0)
                    worst = i;
        }
        const int failed = judge_finding(candidate, dimension, order[worst], error);

        if (failed)
            return failed;
        json_add_string(dimension, "status", order[worst]);
    }
    return 0;
}

/* The order in which a reader meets the parts of a candidate. */
static void order_keys(cJSON *candidate)
{
    static const char *const order[] = {"name",        "verdict", "is_holdout", "headline", "actions", "claim",
                                        "blind_spots", "trust",   "dimensions", "measures", "gates"};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        cJSON *item = cJSON_DetachItemFromObjectCaseSensitive(candidate, order[i]);

        if (item)
            json_attach(candidate, order[i], item);
    }
}

/* A candidate that is the holdout file (or was found to be made with its rows, audit/holdout.c) is judged by rows it holds:
 * every test on them flatters it, so it cannot pass. */
static void mark_holdout(const cJSON *audit, cJSON *candidate)
{
    const char *name = json_get_string(candidate, "name", ""), *holdout = json_get_string(audit, "inputs.holdout.sha256", NULL);
    const cJSON *input;

    if (json_get_bool(candidate, "is_holdout", false))
        return;
    cJSON_ArrayForEach(input, json_get(audit, "inputs.candidates"))
    {
        if (holdout && strcmp(json_get_string(input, "name", ""), name) == 0 &&
            strcmp(json_get_string(input, "sha256", ""), holdout) == 0)
            json_add_bool(candidate, "is_holdout", true);
    }
}

int judge_audit(cJSON *audit, const struct policy *policy, struct error *error)
{
    /* What a finished audit wrote down was written at its own k. */
    const double k = json_get_number(audit, "policy.k", (double)policy->k);
    struct policy written = *policy;
    cJSON *candidate, *json;
    int status;

    if (k >= 1 && k <= 1e6)
        written.k = (size_t)k;
    json = policy_json(&written);
    if (!json)
        return error_memory(error);
    if (!cJSON_HasObjectItem(audit, "policy"))
        json_attach(audit, "policy", json);
    else if (!cJSON_ReplaceItemInObjectCaseSensitive(audit, "policy", json)) {
        cJSON_Delete(json);
        return error_memory(error);
    }
    cJSON_ArrayForEach(candidate, cJSON_GetObjectItemCaseSensitive(audit, "candidates"))
    {
        mark_holdout(audit, candidate);
        status = judge_dimensions(candidate, policy, error);
        if (!status)
            status = claim_judge(audit, candidate, error);
        if (!status)
            status = judge_gates(candidate, policy, error);
        if (status)
            return status;
        status = add_dimension_status(candidate, error);
        if (!status)
            status = judge_words(audit, candidate, policy, error);
        if (status)
            return status;
    }
    status = judge_ranking(audit, policy, error);
    if (!status)
        status = claims_judge(audit, policy, error);
    cJSON_ArrayForEach(candidate, cJSON_GetObjectItemCaseSensitive(audit, "candidates"))
    {
        order_keys(candidate);
    }
    if (!status && !json_complete(audit))
        status = error_memory(error); /* a gate or a score may be lacking: no verdict */
    return status;
}

int judge_fail_on(const char *const *words, size_t n, unsigned *fail_on, struct error *error)
{
    *fail_on = 0;
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], "undecided") == 0)
            *fail_on |= FAIL_ON_UNDECIDED;
        else if (strcmp(words[i], "claims") == 0)
            *fail_on |= FAIL_ON_CLAIMS;
        else
            return error_set(error, ERROR_INPUT, "unknown --fail-on '%s'; there are undecided, claims", words[i]);
    return 0;
}

int judge_exit_status(const cJSON *audit, unsigned fail_on)
{
    const cJSON *candidate, *claim;
    bool failed = false, undecided = false;

    cJSON_ArrayForEach(candidate, json_get(audit, "candidates"))
    {
        const char *verdict = json_get_string(candidate, "verdict", "undecided");

        failed = failed || strcmp(verdict, "fail") == 0;
        undecided = undecided || strcmp(verdict, "undecided") == 0;
    }
    cJSON_ArrayForEach(claim, json_get(audit, "claims"))
    {
        failed = failed || ((fail_on & FAIL_ON_CLAIMS) && strcmp(json_get_string(claim, "result", ""), "FAIL") == 0);
    }
    failed = failed || (undecided && (fail_on & FAIL_ON_UNDECIDED));
    return failed ? 1 : undecided ? 3 : 0;
}
