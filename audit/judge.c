#include "audit/judge.h"

#include <math.h>
#include <string.h>

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

static bool may_count(const char *id)
{
    const struct measure *measure = measure_find(id);

    return measure && !measure->proxy && measure->anchor != ANCHOR_NONE;
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

        if (strcmp(json_get_string(measure, "dimension", ""), dimension) != 0 || !may_count(id) || weight <= 0)
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

static bool has_gate(const cJSON *candidate, const char *id, const char *result)
{
    const cJSON *gate;

    cJSON_ArrayForEach(gate, json_get(candidate, "gates"))
    {
        if (strcmp(json_get_string(gate, "measure", ""), id) == 0 && strcmp(json_get_string(gate, "result", ""), result) == 0)
            return true;
    }
    return false;
}

/* Whether chance alone does not explain that the score is below 1. The score's interval holds the noise of the candidate's
 * value; that of fresh real rows has as much of its own. */
static bool stands_apart(const cJSON *measure)
{
    const double score = json_get_number(measure, "score", NAN), noise = json_get_number(measure, "score_hi", score) - score;

    return 1 - score > sqrt(2) * noise;
}

/* The measure that speaks for a dimension: the least score among those that stand apart from fresh real rows, else among all,
 * else the first that has anything to say. With a result: the least score of the measures that have a gate with it. */
static const cJSON *worst_measure(const cJSON *candidate, const char *dimension, const char *result)
{
    const cJSON *measure, *worst = NULL;
    double least = INFINITY;

    cJSON_ArrayForEach(measure, json_get(candidate, "measures"))
    {
        double score = json_get_number(measure, "score", NAN);
        const bool counts = json_get_bool(measure, "in_index", false) && !isnan(score);

        if (strcmp(json_get_string(measure, "dimension", ""), dimension) != 0 ||
            strcmp(json_get_string(measure, "status", ""), "ok") != 0 ||
            (result && !has_gate(candidate, json_get_string(measure, "id", ""), result)))
            continue;
        if (!result && !stands_apart(measure))
            score += 1; /* after all that do */
        if (!worst || (counts && score < least))
            worst = measure;
        if (counts)
            least = fmin(least, score);
    }
    return worst;
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

/* From so many measures on, the lowest of scores that are all within noise says less than that they are. */
enum { SUMMARY_FROM = 4 };

/* The scored measures of a dimension; 0 where one of them stands apart from fresh real rows, or where no holdout shows what
 * those reach. */
static size_t measures_within_noise(const cJSON *candidate, const char *dimension)
{
    const cJSON *measure;
    size_t n = 0;

    cJSON_ArrayForEach(measure, json_get(candidate, "measures"))
    {
        if (strcmp(json_get_string(measure, "dimension", ""), dimension) != 0 || !json_get_bool(measure, "in_index", false))
            continue;
        if (stands_apart(measure) || json_get_bool(measure, "anchor.optimistic", false))
            return 0;
        n++;
    }
    return n;
}

static int add_summary(const cJSON *worst, size_t n, cJSON *dimension, struct error *error)
{
    struct strbuf text = STRBUF_INIT;
    int status = 0;

    strbuf_addf(&text,
                "In each of the %zu measures with a score the candidate does as well as fresh real rows, as far as their "
                "intervals tell; the lowest score, %.2f, is that of “%s”.",
                n, json_get_number(worst, "score", NAN), judge_title(json_get_string(worst, "id", "")));
    if (text.failed)
        status = error_memory(error);
    else
        json_add_string(dimension, "finding", strbuf_text(&text));
    strbuf_free(&text);
    return status;
}

/* Where a gate is not passed, a measure that it is on speaks: the finding beside "fail" says why. */
static int add_finding(const cJSON *candidate, cJSON *dimension, const char *status, struct error *error)
{
    const bool open = strcmp(status, "fail") == 0 || strcmp(status, "undecided") == 0;
    const cJSON *worst = open ? worst_measure(candidate, dimension->string, status) : NULL;

    const size_t n = open ? 0 : measures_within_noise(candidate, dimension->string);

    if (!worst)
        worst = worst_measure(candidate, dimension->string, NULL);
    json_add_string(dimension, "worst", worst ? json_get_string(worst, "id", NULL) : NULL);
    if (n >= SUMMARY_FROM)
        return add_summary(worst, n, dimension, error);
    json_add_string(dimension, "finding", worst ? json_get_string(worst, "finding", "") : "Not assessed.");
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
        const int failed = add_finding(candidate, dimension, order[worst], error);

        if (failed)
            return failed;
        json_add_string(dimension, "status", order[worst]);
    }
    return 0;
}

/* The order in which a reader meets the parts of a candidate. */
static void order_keys(cJSON *candidate)
{
    static const char *const order[] = {"name",        "verdict", "is_holdout", "headline", "actions",
                                        "blind_spots", "trust",   "dimensions", "measures", "gates"};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        cJSON *item = cJSON_DetachItemFromObjectCaseSensitive(candidate, order[i]);

        if (item)
            json_attach(candidate, order[i], item);
    }
}

/* A candidate that is the holdout file is judged by rows it holds: every test on them flatters it, so it cannot pass. */
static void mark_holdout(const cJSON *audit, cJSON *candidate)
{
    const char *name = json_get_string(candidate, "name", ""), *holdout = json_get_string(audit, "inputs.holdout.sha256", NULL);
    const cJSON *input;

    cJSON_DeleteItemFromObjectCaseSensitive(candidate, "is_holdout");
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
            status = judge_gates(candidate, policy, error);
        if (status)
            return status;
        status = add_dimension_status(candidate, error);
        if (!status)
            status = judge_words(candidate, policy, error);
        if (status)
            return status;
    }
    status = judge_ranking(audit, policy, error);
    cJSON_ArrayForEach(candidate, cJSON_GetObjectItemCaseSensitive(audit, "candidates"))
    {
        order_keys(candidate);
    }
    if (!status && !json_complete(audit))
        status = error_memory(error); /* a gate or a score may be lacking: no verdict */
    return status;
}

int judge_exit_status(const cJSON *audit)
{
    const cJSON *candidate;
    int status = 0;

    cJSON_ArrayForEach(candidate, json_get(audit, "candidates"))
    {
        const char *verdict = json_get_string(candidate, "verdict", "undecided");

        if (strcmp(verdict, "fail") == 0)
            return 1;
        if (strcmp(verdict, "undecided") == 0)
            status = 3;
    }
    return status;
}
