/* Claims as they are written: keys, types, names. */
#include "audit/claims.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const baselines[] = {"honest", "copy", "independent", "uniform", NULL};

static const char *const keys[] = {"metric", "candidate", "comparator", "baseline", "bound", "relative", "on", "source", NULL};

/* What a finished audit adds to a claim. */
static const char *const answers[] = {"statement", "result",   "value",         "lo",  "hi",
                                      "firm",      "measured", "compared_with", "why", NULL};

static bool is_among(const char *word, const char *const *words)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

static int check_keys(const cJSON *json, const struct claim *claim, struct error *error)
{
    static const char *const texts[] = {"metric", "candidate", "comparator", "baseline", "on", "source", NULL};
    const cJSON *item;

    if (!cJSON_IsObject(json))
        return error_set(error, ERROR_INPUT, "%s is not an object", claim->where);
    cJSON_ArrayForEach(item, json)
    {
        if (!is_among(item->string, keys) && !is_among(item->string, answers))
            return error_set(error, ERROR_INPUT,
                             "%s has an unknown key '%s'; known are metric, candidate, comparator, baseline, bound, "
                             "relative, on, source",
                             claim->where, item->string);
        if (is_among(item->string, texts) && (!cJSON_IsString(item) || !item->valuestring[0]))
            return error_set(error, ERROR_INPUT, "%s: '%s' must be a text", claim->where, item->string);
    }
    return 0;
}

static int read_metric(const char *metric, struct claim *claim, struct error *error)
{
    const char *near;

    if (!metric)
        return error_set(error, ERROR_INPUT, "%s needs a 'metric', such as \"utility.tstr\"", claim->where);
    claim->scope = strcmp(metric, "trust") == 0 ? GATE_TRUST : dimension_find(metric) >= 0 ? GATE_DIMENSION : GATE_MEASURE;
    if (claim->scope != GATE_MEASURE || measure_find(metric))
        return 0;
    near = measure_suggest(metric);
    return error_set(error, ERROR_INPUT, "%s is on an unknown metric '%s'%s%s%s; 'assay measures' lists them", claim->where,
                     metric, near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* A number, or a text with a percent sign. */
static bool read_share(const cJSON *item, double *share)
{
    char *end;

    *share = cJSON_IsNumber(item) ? item->valuedouble : NAN;
    if (cJSON_IsString(item)) {
        *share = strtod(item->valuestring, &end) / 100;
        end += strspn(end, " ");
        if (end == item->valuestring || strcmp(end, "%") != 0)
            return false;
    }
    return isfinite(*share);
}

static int read_bound(const cJSON *json, struct claim *claim, struct error *error)
{
    const cJSON *bound = json_get(json, "bound"), *relative = json_get(json, "relative");

    if (!bound == !relative)
        return error_set(error, ERROR_INPUT, "%s needs exactly one of 'bound', 'relative'", claim->where);
    claim->relative = relative != NULL;
    if (bound && (!cJSON_IsNumber(bound) || !isfinite(bound->valuedouble)))
        return error_set(error, ERROR_INPUT, "%s: 'bound' must be a number", claim->where);
    if (relative && !(claim->comparator || claim->baseline))
        return error_set(error, ERROR_INPUT, "%s is 'relative' to nothing: give a 'comparator' or a 'baseline'", claim->where);
    if (bound)
        claim->bound = bound->valuedouble;
    else if (!read_share(relative, &claim->bound))
        return error_set(error, ERROR_INPUT, "%s: 'relative' must be a share, such as 0.4816, or a text such as \"48.16 %%\"",
                         claim->where);
    return 0;
}

static int read_sides(const cJSON *json, struct claim *claim, struct error *error)
{
    const char *on = json_get_string(json, "on", "value");

    if (claim->comparator && claim->candidate && strcmp(claim->comparator, claim->candidate) == 0)
        return error_set(error, ERROR_INPUT, "%s compares '%s' with itself", claim->where, claim->candidate);
    if (claim->comparator && claim->baseline)
        return error_set(error, ERROR_INPUT, "%s has both a 'comparator' and a 'baseline'; give one", claim->where);
    if (claim->baseline && !is_among(claim->baseline, baselines))
        return error_set(error, ERROR_INPUT,
                         "%s has an unknown 'baseline' \"%s\"; there are honest, copy, independent, uniform, and "
                         "'comparator' for a candidate",
                         claim->where, claim->baseline);
    if (claim->baseline && claim->scope != GATE_MEASURE)
        return error_set(error, ERROR_INPUT, "%s has a 'baseline', which has no score of '%s'", claim->where, claim->metric);
    if (strcmp(on, "value") != 0 && strcmp(on, "interval") != 0)
        return error_set(error, ERROR_INPUT, "%s has 'on' \"%s\"; it may be value or interval", claim->where, on);
    claim->whole = on[0] == 'i';
    return 0;
}

static int read_text(const cJSON *json, const char *key, struct arena *arena, const char **text, struct error *error)
{
    const char *given = json_get_string(json, key, NULL);

    *text = given ? arena_string(arena, given) : NULL;
    return !given || *text ? 0 : error_memory(error);
}

static int read_claim(const cJSON *json, const char *file, size_t number, struct arena *arena, struct claim *claim,
                      struct error *error)
{
    const char *metric = json_get_string(json, "metric", NULL);
    int status;

    claim->where = arena_format(arena, "%s: claim %zu", file, number);
    if (!claim->where)
        return error_memory(error);
    status = check_keys(json, claim, error);
    if (!status)
        status = read_metric(metric, claim, error);
    if (!status && !cJSON_HasObjectItem(json, "source"))
        status = error_set(error, ERROR_INPUT, "%s needs a 'source': where it is claimed", claim->where);
    if (!status)
        status = read_text(json, "metric", arena, &claim->metric, error);
    if (!status)
        status = read_text(json, "candidate", arena, &claim->candidate, error);
    if (!status)
        status = read_text(json, "comparator", arena, &claim->comparator, error);
    if (!status)
        status = read_text(json, "baseline", arena, &claim->baseline, error);
    if (!status)
        status = read_text(json, "source", arena, &claim->source, error);
    if (!status)
        status = read_sides(json, claim, error);
    return status ? status : read_bound(json, claim, error);
}

int claims_read(const cJSON *list, const char *file, struct arena *arena, struct policy *policy, struct error *error)
{
    const size_t more = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    struct claim *claims = ARENA_ARRAY(arena, struct claim, policy->n_claims + more + 1);
    const cJSON *item;
    size_t number = 0;

    if (!cJSON_IsArray(list))
        return error_set(error, ERROR_INPUT, "%s: claims must be a list", file);
    if (!claims)
        return error_memory(error);
    if (policy->n_claims > 0)
        memcpy(claims, policy->claims, policy->n_claims * sizeof *claims);
    cJSON_ArrayForEach(item, list)
    {
        struct claim *claim = &claims[policy->n_claims + number++];
        const int status = read_claim(item, file, number, arena, claim, error);

        if (status)
            return status;
    }
    policy->claims = claims;
    policy->n_claims += more;
    return 0;
}

int claims_load(const char *path, struct arena *arena, struct policy *policy, struct error *error)
{
    cJSON *json = NULL;
    int status = json_read_file(path, true, &json, error);

    if (!status)
        status = claims_read(json, path, arena, policy, error);
    cJSON_Delete(json);
    return status;
}

static int check_name(const struct claim *claim, const char *key, const char *name, const char *const *names, size_t n,
                      struct error *error)
{
    struct strbuf known = STRBUF_INIT;
    int status = 0;

    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0)
            goto out;
        strbuf_addf(&known, "%s'%s'", i ? ", " : "", names[i]);
    }
    status = error_set(error, ERROR_INPUT, "%s has the %s '%s', which is no candidate of this audit; there are %s",
                       claim->where, key, name, strbuf_text(&known));
out:
    strbuf_free(&known);
    return status;
}

int claims_check(const struct policy *policy, const char *const *names, size_t n, struct error *error)
{
    for (size_t i = 0; i < policy->n_claims; i++) {
        const struct claim *claim = &policy->claims[i];
        int status = 0;

        if (!claim->candidate && n != 1)
            return error_set(error, ERROR_INPUT, "%s needs a 'candidate', since there are %zu", claim->where, n);
        if (claim->candidate)
            status = check_name(claim, "candidate", claim->candidate, names, n, error);
        if (!status && claim->comparator)
            status = check_name(claim, "comparator", claim->comparator, names, n, error);
        if (status)
            return status;
    }
    return 0;
}
