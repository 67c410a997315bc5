/* Ranking of candidates: by the anchored index (absolute; failing candidates after all others), with the relative pool index,
 * the weight sweep and the Pareto set beside it. Candidates named NAME@1, NAME@2, … are replicates of NAME and share its key
 * and rank. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "audit/judge.h"
#include "audit/presets.h"
#include "audit/trust.h"
#include "core/hash.h"

struct field {
    struct arena *arena;
    size_t n;          /* candidates in the audit, replicates apart */
    size_t groups;     /* names without their @number */
    cJSON **candidate; /* n */
    size_t *group;     /* n */
    char **name;       /* groups */
    bool *eligible;    /* groups: no replicate failed a gate */
};

static size_t stem_length(const char *name)
{
    const char *at = strrchr(name, '@');

    if (!at || !at[1] || at == name)
        return strlen(name);
    for (const char *c = at + 1; *c; c++)
        if (!isdigit((unsigned char)*c))
            return strlen(name);
    return (size_t)(at - name);
}

static int read_field(const cJSON *audit, struct field *field, struct error *error)
{
    cJSON *list = cJSON_GetObjectItemCaseSensitive(audit, "candidates"), *item;
    const size_t n = (size_t)cJSON_GetArraySize(list);

    field->candidate = ARENA_ARRAY(field->arena, cJSON *, n + 1);
    field->group = ARENA_ARRAY(field->arena, size_t, n + 1);
    field->name = ARENA_ARRAY(field->arena, char *, n + 1);
    field->eligible = ARENA_ARRAY(field->arena, bool, n + 1);
    if (!field->candidate || !field->group || !field->name || !field->eligible)
        return error_memory(error);
    cJSON_ArrayForEach(item, list)
    {
        const char *name = json_get_string(item, "name", "");
        const size_t length = stem_length(name);
        size_t g = 0;

        while (g < field->groups && (strlen(field->name[g]) != length || strncmp(field->name[g], name, length) != 0))
            g++;
        if (g == field->groups) {
            field->name[g] = arena_copy(field->arena, name, length);
            if (!field->name[g])
                return error_memory(error);
            field->eligible[g] = true;
            field->groups++;
        }
        field->candidate[field->n] = item;
        field->group[field->n++] = g;
        if (strcmp(json_get_string(item, "verdict", ""), "fail") == 0)
            field->eligible[g] = false;
    }
    return 0;
}

/* key = mean − alpha · sd of the anchored index over a group's replicates. */
static void anchored_keys(const struct field *field, double alpha, const double *anchored, double *key)
{
    for (size_t g = 0; g < field->groups; g++) {
        double sum = 0, squares = 0, count = 0;

        for (size_t i = 0; i < field->n; i++)
            if (field->group[i] == g) {
                sum += anchored[i];
                count++;
            }
        for (size_t i = 0; i < field->n; i++)
            if (field->group[i] == g)
                squares += (anchored[i] - sum / count) * (anchored[i] - sum / count);
        key[g] = sum / count - (count > 1 ? alpha * sqrt(squares / (count - 1)) : 0);
    }
}

static void push_order(const struct field *field, const size_t *rank, cJSON *list)
{
    for (size_t r = 1; r <= field->groups; r++)
        for (size_t g = 0; g < field->groups; g++)
            if (rank[g] == r)
                json_push_string(list, field->name[g]);
}

static int rank_anchored(struct field *field, const struct policy *policy, cJSON *ranking, struct error *error)
{
    double *anchored = ARENA_ARRAY(field->arena, double, field->n + 1), *key = ARENA_ARRAY(field->arena, double, field->n + 1);
    size_t *rank = ARENA_ARRAY(field->arena, size_t, field->n + 1);
    cJSON *by_preset;

    if (!anchored || !key || !rank)
        return error_memory(error);
    for (size_t i = 0; i < field->n; i++)
        anchored[i] = json_get_number(field->candidate[i], "trust.anchored", NAN);
    anchored_keys(field, policy->alpha, anchored, key);
    trust_rank(key, field->eligible, field->groups, rank);
    push_order(field, rank, json_add_array(ranking, "order"));
    for (size_t i = 0; i < field->n; i++) {
        cJSON *trust = cJSON_GetObjectItemCaseSensitive(field->candidate[i], "trust");

        json_add_number(trust, "key", key[field->group[i]]);
        json_add_number(trust, "rank", (double)rank[field->group[i]]);
        json_add_bool(trust, "eligible", field->eligible[field->group[i]]);
    }
    by_preset = json_add_object(ranking, "presets");
    for (size_t p = 0; p < preset_count; p++) {
        for (size_t i = 0; i < field->n; i++) {
            double score[DIMENSIONS];

            for (int d = 0; d < DIMENSIONS; d++) {
                const cJSON *dimensions = json_get(field->candidate[i], "dimensions");

                score[d] = json_get_number(cJSON_GetObjectItemCaseSensitive(dimensions, dimension_name((enum dimension)d)),
                                           "score", NAN);
            }
            anchored[i] = trust_geometric_mean(score, presets[p].weights, DIMENSIONS);
        }
        anchored_keys(field, policy->alpha, anchored, key);
        trust_rank(key, field->eligible, field->groups, rank);
        push_order(field, rank, json_add_array(by_preset, presets[p].name));
    }
    return 0;
}

/* Raw values of every measure that may count, candidates in order; a measure without a value is missing (NaN). */
static int pool_measures(const struct field *field, const struct policy *policy, struct trust_measure **measures, size_t *n,
                         struct error *error)
{
    static const enum trust_polarity polarity[] = {TRUST_HIGHER, TRUST_LOWER, TRUST_TARGET};

    *measures = ARENA_ARRAY(field->arena, struct trust_measure, measure_count + 1);
    *n = 0;
    if (!*measures)
        return error_memory(error);
    for (size_t j = 0; j < measure_count; j++) {
        const struct measure *measure = measure_registry[j];
        double *value = ARENA_ARRAY(field->arena, double, field->n + 1);

        if (!value)
            return error_memory(error);
        if (measure->proxy || measure->anchor == ANCHOR_NONE)
            continue;
        for (size_t i = 0; i < field->n; i++)
            value[i] = json_get_number(judge_measure(field->candidate[i], measure->id), "value", NAN);
        (*measures)[(*n)++] = (struct trust_measure){.id = measure->id,
                                                     .dimension = measure->dimension,
                                                     .polarity = polarity[measure->direction],
                                                     .target = measure->target,
                                                     .weight = policy_measure_weight(policy, measure->id),
                                                     .value = value};
    }
    return 0;
}

static void push_numbers(cJSON *object, const char *key, const double *values, size_t n)
{
    cJSON *list = json_add_array(object, key);

    for (size_t i = 0; i < n; i++)
        json_push_number(list, values[i]);
}

/* What the relative index stands on: whoever quotes it can say which pool it was. */
static void add_hash(cJSON *json, const cJSON *measures)
{
    struct strbuf text = STRBUF_INIT;
    char hex[65];

    json_print(measures, &text);
    hash_sha256(strbuf_text(&text), text.length, hex);
    if (text.failed)
        json_attach(json, "sha256", NULL);
    else
        json_add_string(json, "sha256", hex);
    strbuf_free(&text);
}

/* A candidate without a value gets the least u there is, which is said; nothing where all have one. */
static void flag_missing(cJSON *item, const struct field *field, const double *aligned)
{
    cJSON *names = NULL;

    for (size_t i = 0; i < field->n; i++) {
        if (!isnan(aligned[i]))
            continue;
        names = names ? names : json_add_array(item, "missing");
        json_push_string(names, json_get_string(field->candidate[i], "name", ""));
    }
}

/* Measures that take no part: of no weight, or that nobody has a value of. */
static void list_dropped(cJSON *json, const struct trust_pool *pool, const struct trust_index *index)
{
    cJSON *list = json_add_array(json, "dropped");

    for (size_t j = 0; j < pool->n_measures; j++) {
        const struct trust_measure *measure = &pool->measures[j];
        cJSON *item;

        if (!index->dropped[j])
            continue;
        item = json_push_object(list);
        json_add_string(item, "id", measure->id);
        json_add_string(item, "why",
                        measure->weight > 0 && pool->omega[measure->dimension] > 0 ? "no candidate has a value"
                                                                                   : "it has no weight in the policy");
    }
}

static void write_pool_measures(cJSON *json, const struct field *field, const struct trust_pool *pool,
                                const struct trust_index *index)
{
    const size_t n = pool->observations;
    cJSON *list = json_add_array(json, "measures"), *omega = json_add_object(json, "omega");

    for (size_t j = 0; j < pool->n_measures; j++) {
        cJSON *item;

        if (index->dropped[j])
            continue;
        item = json_push_object(list);
        json_add_string(item, "id", pool->measures[j].id);
        json_add_number(item, "beta", index->beta[j]);
        push_numbers(item, "m", pool->measures[j].value, n);
        push_numbers(item, "a", index->aligned + j * n, n);
        push_numbers(item, "k", index->rank_count + j * n, n);
        push_numbers(item, "u", index->u + j * n, n);
        flag_missing(item, field, index->aligned + j * n);
    }
    list_dropped(json, pool, index);
    add_hash(json, list);
    for (size_t t = 0; t < pool->dimensions; t++)
        json_add_number(omega, dimension_name((enum dimension)t), index->omega[t]);
}

static int write_pool(cJSON *json, const struct field *field, const struct trust_pool *pool, const struct trust_index *index,
                      struct error *error)
{
    const size_t n = pool->observations;
    cJSON *list, *sweep;
    double *wins = ARENA_ARRAY(field->arena, double, n + 1);
    bool *front = ARENA_ARRAY(field->arena, bool, n + 1);
    size_t points;
    int status;

    if (!wins || !front)
        return error_memory(error);
    status = trust_weight_sweep(index->pi, DIMENSIONS, n, 4, wins, &points, error);
    if (status)
        return status;
    trust_pareto(index->pi, DIMENSIONS, n, front);
    json_add_number(json, "N", (double)index->size);
    write_pool_measures(json, field, pool, index);
    list = json_add_array(json, "candidates");
    for (size_t i = 0; i < n; i++) {
        cJSON *item = json_push_object(list), *pi = json_add_object(item, "pi");
        cJSON *trust = cJSON_GetObjectItemCaseSensitive(field->candidate[i], "trust");
        const size_t g = field->group[i];

        json_add_string(item, "name", json_get_string(field->candidate[i], "name", ""));
        for (size_t t = 0; t < DIMENSIONS; t++)
            json_add_number(pi, dimension_name((enum dimension)t), index->pi[t * n + i]);
        json_add_number(item, "tau", index->tau[i]);
        json_add_number(item, "key", index->key[g]);
        json_add_number(item, "rank", (double)index->rank[g]);
        json_add_number(item, "win_share", points ? wins[i] / (double)points : NAN);
        json_add_bool(item, "pareto", front[i]);
        json_add_number(trust, "pool", index->tau[i]);
    }
    sweep = json_add_object(json, "sweep");
    json_add_number(sweep, "step", 0.25);
    json_add_number(sweep, "points", (double)points);
    return 0;
}

static int rank_pool(struct field *field, const struct policy *policy, cJSON *ranking, struct error *error)
{
    struct trust_pool pool = {.observations = field->n,
                              .candidates = field->groups,
                              .candidate = field->group,
                              .dimensions = DIMENSIONS,
                              .omega = policy->weights,
                              .alpha = policy->alpha,
                              .eligible = field->eligible};
    struct trust_measure *measures;
    struct trust_index index;
    struct error reason = {0};
    int status = pool_measures(field, policy, &measures, &pool.n_measures, error);

    if (status)
        return status;
    pool.measures = measures;
    status = trust_pool_index(&pool, field->arena, &index, &reason);
    if (status == ERROR_UNMEASURABLE) {
        json_add_number(ranking, "pool", NAN);
        json_add_string(ranking, "pool_reason", reason.message);
        for (size_t i = 0; i < field->n; i++)
            json_add_number(cJSON_GetObjectItemCaseSensitive(field->candidate[i], "trust"), "pool", NAN);
        return 0;
    }
    if (status)
        return error_set(error, status, "%s", reason.message);
    return write_pool(json_add_object(ranking, "pool"), field, &pool, &index, error);
}

int judge_ranking(cJSON *audit, const struct policy *policy, struct error *error)
{
    struct field field = {.arena = arena_new()};
    cJSON *ranking = cJSON_CreateObject();
    int status;

    if (!field.arena || !ranking) {
        status = error_memory(error);
        goto out;
    }
    status = read_field(audit, &field, error);
    if (!status)
        status = rank_anchored(&field, policy, ranking, error);
    if (!status)
        status = rank_pool(&field, policy, ranking, error);
    if (status)
        goto out;
    cJSON_DeleteItemFromObjectCaseSensitive(audit, "ranking");
    json_attach(audit, "ranking", ranking);
    ranking = NULL;
out:
    cJSON_Delete(ranking);
    arena_free(field.arena);
    return status;
}
