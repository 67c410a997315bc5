#include "audit/policy.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/claims.h"
#include "audit/presets.h"
#include "audit/trust.h"

static const char *const on_names[] = {"interval", "score", "value", "lo", "hi"};

const char *gate_on_name(enum gate_on on)
{
    return on_names[on];
}

static int load_preset(const char *name, struct arena *arena, struct policy *policy, struct error *error)
{
    for (size_t i = 0; i < preset_count; i++) {
        const struct preset *preset = &presets[i];

        if (strcmp(preset->name, name) != 0)
            continue;
        *policy = (struct policy){
            .name = preset->name, .summary = preset->summary, .n_gates = preset_gate_count, .k = 10, .alpha = 1, .holm = true};
        memcpy(policy->weights, preset->weights, sizeof policy->weights);
        policy->gates = ARENA_ARRAY(arena, struct gate, preset_gate_count);
        if (!policy->gates)
            return error_memory(error);
        for (size_t g = 0; g < preset_gate_count; g++) {
            policy->gates[g] = preset_gates[g];
            for (const struct preset_bound *b = preset->bounds; b->subject; b++)
                if (b->on == preset_gates[g].on && strcmp(b->subject, preset_gates[g].subject) == 0)
                    policy->gates[g].bound = b->bound;
        }
        return 0;
    }
    return ERROR_INPUT;
}

static int find_dimension(const char *name)
{
    for (int d = 0; d < DIMENSIONS; d++)
        if (strcmp(dimension_name((enum dimension)d), name) == 0)
            return d;
    return -1;
}

static int read_weight(const cJSON *item, const char *file, double *weight, struct error *error)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || !isfinite(item->valuedouble))
        return error_set(error, ERROR_INPUT, "%s: weight of '%s' must be a number of 0 or more", file, item->string);
    *weight = item->valuedouble;
    return 0;
}

static int read_weights(const cJSON *json, const char *file, double *weights, struct error *error)
{
    const cJSON *item;
    double sum = 0;
    int status = 0;

    if (!cJSON_IsObject(json))
        return error_set(error, ERROR_INPUT, "%s: 'weights' must be an object of dimensions and numbers", file);
    cJSON_ArrayForEach(item, json)
    {
        const int d = find_dimension(item->string);

        if (d < 0)
            return error_set(
                error, ERROR_INPUT,
                "%s: 'weights' has an unknown dimension '%s'; there are fidelity, utility, fairness, robustness, privacy", file,
                item->string);
        status = read_weight(item, file, &weights[d], error);
        if (status)
            return status;
    }
    for (int d = 0; d < DIMENSIONS; d++)
        sum += weights[d];
    return sum > 0 ? 0 : error_set(error, ERROR_INPUT, "%s: all weights are zero; at least one dimension must count", file);
}

/* omega_T = (1 − lambda)/D + lambda [T in S]/|S| with lambda = 1/2. */
static int read_emphasis(const cJSON *json, const char *file, double *weights, struct error *error)
{
    bool chosen[DIMENSIONS] = {false};
    const cJSON *item;

    if (!cJSON_IsArray(json) || cJSON_GetArraySize(json) == 0)
        return error_set(error, ERROR_INPUT, "%s: 'emphasis' must be a list of dimensions, such as [\"privacy\"]", file);
    cJSON_ArrayForEach(item, json)
    {
        const int d = cJSON_IsString(item) ? find_dimension(item->valuestring) : -1;

        if (d < 0)
            return error_set(error, ERROR_INPUT, "%s: 'emphasis' has an unknown dimension '%s'", file,
                             cJSON_IsString(item) ? item->valuestring : "?");
        chosen[d] = true;
    }
    trust_emphasis(chosen, DIMENSIONS, 0.5, weights);
    return 0;
}

static int read_measure_weights(const cJSON *json, const char *file, struct arena *arena, struct policy *policy,
                                struct error *error)
{
    const cJSON *item;

    if (!cJSON_IsObject(json))
        return error_set(error, ERROR_INPUT, "%s: 'measure_weights' must be an object of measures and numbers", file);
    policy->measure_weights = ARENA_ARRAY(arena, struct measure_weight, (size_t)cJSON_GetArraySize(json) + 1);
    if (!policy->measure_weights)
        return error_memory(error);
    cJSON_ArrayForEach(item, json)
    {
        struct measure_weight *weight = &policy->measure_weights[policy->n_measure_weights++];
        int status;

        if (!measure_find(item->string))
            return error_set(error, ERROR_INPUT,
                             "%s: 'measure_weights' names an unknown measure '%s'; 'assay measures' lists them", file,
                             item->string);
        weight->id = arena_string(arena, item->string);
        status = read_weight(item, file, &weight->weight, error);
        if (status)
            return status;
        if (!weight->id)
            return error_memory(error);
    }
    return 0;
}

static int read_gate_subject(const cJSON *json, const char *file, int number, struct arena *arena, struct gate *gate,
                             struct error *error)
{
    const char *measure = json_get_string(json, "measure", NULL), *dimension = json_get_string(json, "dimension", NULL);
    const bool trust = cJSON_HasObjectItem(json, "trust");

    if ((measure != NULL) + (dimension != NULL) + trust != 1)
        return error_set(error, ERROR_INPUT, "%s: gate %d needs exactly one of 'measure', 'dimension', 'trust'", file, number);
    if (measure && !measure_find(measure))
        return error_set(error, ERROR_INPUT, "%s: gate %d is on an unknown measure '%s'; 'assay measures' lists them", file,
                         number, measure);
    if (dimension && find_dimension(dimension) < 0)
        return error_set(error, ERROR_INPUT, "%s: gate %d is on an unknown dimension '%s'", file, number, dimension);
    gate->scope = measure ? GATE_MEASURE : dimension ? GATE_DIMENSION : GATE_TRUST;
    gate->subject = arena_string(arena, measure ? measure : dimension ? dimension : "trust");
    return gate->subject ? 0 : error_memory(error);
}

static int check_text(const cJSON *json, const char *key, const char *file, struct error *error)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    return !item || cJSON_IsString(item) ? 0 : error_set(error, ERROR_INPUT, "%s: '%s' must be a text", file, key);
}

static int check_gate_keys(const cJSON *json, const char *file, int number, struct error *error)
{
    static const char *const known[] = {"measure", "dimension", "trust", "op", "bound", "on", "reason"};
    const cJSON *item;

    if (!cJSON_IsObject(json))
        return error_set(error, ERROR_INPUT, "%s: gate %d is not an object", file, number);
    cJSON_ArrayForEach(item, json)
    {
        bool found = false;

        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            found = found || strcmp(known[i], item->string) == 0;
        if (!found)
            return error_set(error, ERROR_INPUT,
                             "%s: gate %d has an unknown key '%s'; known are measure, dimension, trust, op, bound, on, reason",
                             file, number, item->string);
    }
    return 0;
}

static int read_gate(const cJSON *json, const char *file, int number, struct arena *arena, struct gate *gate,
                     struct error *error)
{
    const char *op = json_get_string(json, "op", NULL), *on = json_get_string(json, "on", "interval");
    const cJSON *bound = json_get(json, "bound");
    int status = check_gate_keys(json, file, number, error);

    if (!status)
        status = check_text(json, "on", file, error);
    if (!status)
        status = check_text(json, "reason", file, error);
    if (status)
        return status;
    status = read_gate_subject(json, file, number, arena, gate, error);
    if (status)
        return status;
    if (!op || (strcmp(op, "<=") != 0 && strcmp(op, ">=") != 0))
        return error_set(error, ERROR_INPUT, "%s: gate %d on '%s' needs 'op' to be \"<=\" or \">=\"", file, number,
                         gate->subject);
    if (!cJSON_IsNumber(bound) || !isfinite(bound->valuedouble))
        return error_set(error, ERROR_INPUT, "%s: gate %d on '%s' needs a number as 'bound'", file, number, gate->subject);
    gate->at_most = op[0] == '<';
    gate->bound = bound->valuedouble;
    gate->reason = arena_string(arena, json_get_string(json, "reason", ""));
    if (!gate->reason)
        return error_memory(error);
    for (size_t i = 0; i < sizeof on_names / sizeof on_names[0]; i++)
        if (strcmp(on_names[i], on) == 0) {
            gate->on = (enum gate_on)i;
            return 0;
        }
    return error_set(error, ERROR_INPUT, "%s: gate %d on '%s' has 'on' \"%s\"; it may be interval, score, value, lo or hi",
                     file, number, gate->subject, on);
}

/* A gate of the file replaces the preset's gate on the same subject, whatever end that one looks at. */
static int read_gates(const cJSON *json, const char *file, struct arena *arena, struct policy *policy, struct error *error)
{
    const size_t extra = cJSON_IsArray(json) ? (size_t)cJSON_GetArraySize(json) : 0, inherited = policy->n_gates;
    struct gate *gates = ARENA_ARRAY(arena, struct gate, inherited + extra + 1);
    const cJSON *item;
    size_t kept = 0, read = 0;

    if (!cJSON_IsArray(json))
        return error_set(error, ERROR_INPUT, "%s: 'gates' must be a list", file);
    if (!gates)
        return error_memory(error);
    cJSON_ArrayForEach(item, json)
    {
        int status = read_gate(item, file, (int)read + 1, arena, &gates[inherited + read], error);

        if (status)
            return status;
        read++;
    }
    for (size_t g = 0; g < inherited; g++) {
        bool replaced = false;

        for (size_t i = 0; i < read; i++)
            replaced = replaced || strcmp(gates[inherited + i].subject, policy->gates[g].subject) == 0;
        if (!replaced)
            gates[kept++] = policy->gates[g];
    }
    memmove(gates + kept, gates + inherited, read * sizeof *gates);
    policy->gates = gates;
    policy->n_gates = kept + read;
    return 0;
}

static int read_scalar(const cJSON *item, const char *file, struct arena *arena, struct policy *policy, struct error *error)
{
    if (strcmp(item->string, "k") == 0) {
        if (!cJSON_IsNumber(item) || !(item->valuedouble >= 1) || item->valuedouble > 1e6 ||
            floor(item->valuedouble) < item->valuedouble)
            return error_set(error, ERROR_INPUT, "%s: 'k' must be a whole number of 1 or more", file);
        policy->k = (size_t)item->valuedouble;
    } else if (strcmp(item->string, "alpha") == 0) {
        if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || !isfinite(item->valuedouble))
            return error_set(error, ERROR_INPUT, "%s: 'alpha' must be a number of 0 or more", file);
        policy->alpha = item->valuedouble;
    } else if (strcmp(item->string, "multiplicity") == 0) {
        policy->holm = cJSON_IsString(item) && strcmp(item->valuestring, "holm") == 0;
        if (!policy->holm && !(cJSON_IsString(item) && strcmp(item->valuestring, "none") == 0))
            return error_set(error, ERROR_INPUT, "%s: 'multiplicity' must be \"holm\" or \"none\"", file);
    } else if (strcmp(item->string, "name") == 0 || strcmp(item->string, "summary") == 0) {
        const char **field = item->string[0] == 'n' ? &policy->name : &policy->summary;

        if (!cJSON_IsString(item))
            return error_set(error, ERROR_INPUT, "%s: '%s' must be a text", file, item->string);
        *field = arena_string(arena, item->valuestring);
        return *field ? 0 : error_memory(error);
    } else if (strcmp(item->string, "extends") != 0) {
        return error_set(
            error, ERROR_INPUT,
            "%s: unknown key '%s'; known are name, summary, extends, weights, emphasis, measure_weights, gates, multiplicity, "
            "claims, k, alpha",
            file, item->string);
    }
    return 0;
}

int policy_from_json(const cJSON *json, const char *file, struct arena *arena, struct policy *policy, struct error *error)
{
    const char *fallback = cJSON_HasObjectItem(json, "gates") ? NULL : policy_presets[0];
    const char *base = json_get_string(json, "extends", fallback);
    const cJSON *item;
    int status = 0;

    if (!cJSON_IsObject(json))
        return error_set(error, ERROR_INPUT, "%s: a policy is a JSON object", file);
    status = check_text(json, "extends", file, error);
    if (status)
        return status;
    *policy = (struct policy){
        .name = arena_string(arena, file), .summary = "", .weights = {1, 1, 1, 1, 1}, .k = 10, .alpha = 1, .holm = true};
    if (base && load_preset(base, arena, policy, error))
        return error_set(error, ERROR_INPUT, "%s: 'extends' names an unknown preset '%s'", file, base);
    if (cJSON_HasObjectItem(json, "weights") && cJSON_HasObjectItem(json, "emphasis"))
        return error_set(error, ERROR_INPUT, "%s: give 'weights' or 'emphasis', not both", file);
    cJSON_ArrayForEach(item, json)
    {
        if (strcmp(item->string, "weights") == 0)
            status = read_weights(item, file, policy->weights, error);
        else if (strcmp(item->string, "emphasis") == 0)
            status = read_emphasis(item, file, policy->weights, error);
        else if (strcmp(item->string, "measure_weights") == 0)
            status = read_measure_weights(item, file, arena, policy, error);
        else if (strcmp(item->string, "gates") == 0)
            status = read_gates(item, file, arena, policy, error);
        else if (strcmp(item->string, "claims") == 0)
            status = claims_read(item, file, arena, policy, error);
        else
            status = read_scalar(item, file, arena, policy, error);
        if (status)
            return status;
    }
    return policy->name ? 0 : error_memory(error);
}

int policy_load(const char *name_or_path, struct arena *arena, struct policy *policy, struct error *error)
{
    const char *name = name_or_path ? name_or_path : policy_presets[0];
    struct stat about;
    cJSON *json = NULL;
    int status;

    if (load_preset(name, arena, policy, error) == 0)
        return 0;
    if (stat(name, &about) != 0)
        return error_set(
            error, ERROR_INPUT,
            "policy '%s' is neither a preset (balanced, privacy-first, utility-first, fairness-first, research) nor a file",
            name);
    status = json_read_file(name, true, &json, error);
    if (!status)
        status = policy_from_json(json, name, arena, policy, error);
    cJSON_Delete(json);
    return status;
}

double policy_measure_weight(const struct policy *policy, const char *id)
{
    for (size_t i = 0; i < policy->n_measure_weights; i++)
        if (strcmp(policy->measure_weights[i].id, id) == 0)
            return policy->measure_weights[i].weight;
    return 1;
}

cJSON *policy_json(const struct policy *policy)
{
    static const char *const scopes[] = {"measure", "dimension", "trust"};
    cJSON *json = cJSON_CreateObject(), *weights, *gates;

    json_add_string(json, "name", policy->name);
    json_add_string(json, "summary", policy->summary);
    weights = json_add_object(json, "weights");
    for (int d = 0; d < DIMENSIONS; d++)
        json_add_number(weights, dimension_name((enum dimension)d), policy->weights[d]);
    weights = json_add_object(json, "measure_weights");
    for (size_t i = 0; i < policy->n_measure_weights; i++)
        json_add_number(weights, policy->measure_weights[i].id, policy->measure_weights[i].weight);
    json_add_number(json, "k", (double)policy->k);
    json_add_number(json, "alpha", policy->alpha);
    json_add_string(json, "multiplicity", policy->holm ? "holm" : "none");
    gates = json_add_array(json, "gates");
    for (size_t g = 0; g < policy->n_gates; g++) {
        const struct gate *gate = &policy->gates[g];
        cJSON *item = json_push_object(gates);

        json_add_string(item, scopes[gate->scope], gate->subject);
        json_add_string(item, "op", gate->at_most ? "<=" : ">=");
        json_add_number(item, "bound", gate->bound);
        json_add_string(item, "on", gate_on_name(gate->on));
        json_add_string(item, "reason", gate->reason);
    }
    return json;
}
