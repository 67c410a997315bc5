#include "audit/policy.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/claims.h"
#include "audit/presets.h"
#include "audit/trust.h"

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

/* Of weights and alpha: more is as good as all, and the sum of such weights is finite. */
#define MOST 1e6

static int read_weight(const cJSON *item, const char *file, double *weight, struct error *error)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= MOST))
        return error_set(error, ERROR_INPUT, "%s: weight of '%s' must be a number from 0 to %g", file, item->string, MOST);
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
        const int d = dimension_find(item->string);

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

/* omega_T = (1 − lambda)/D + lambda [T in S]/|S|, lambda 1/2 where the file does not say. */
static int read_emphasis(const cJSON *json, const cJSON *given, const char *file, double *weights, struct error *error)
{
    const double lambda = given ? (cJSON_IsNumber(given) ? given->valuedouble : NAN) : 0.5;
    bool chosen[DIMENSIONS] = {false};
    const cJSON *item;

    if (!cJSON_IsArray(json) || cJSON_GetArraySize(json) == 0)
        return error_set(error, ERROR_INPUT, "%s: 'emphasis' must be a list of dimensions, such as [\"privacy\"]", file);
    if (!(lambda >= 0 && lambda <= 1))
        return error_set(error, ERROR_INPUT, "%s: 'lambda' must be a number from 0 to 1", file);
    cJSON_ArrayForEach(item, json)
    {
        const int d = cJSON_IsString(item) ? dimension_find(item->valuestring) : -1;

        if (d < 0)
            return error_set(error, ERROR_INPUT, "%s: 'emphasis' has an unknown dimension '%s'", file,
                             cJSON_IsString(item) ? item->valuestring : "?");
        chosen[d] = true;
    }
    trust_emphasis(chosen, DIMENSIONS, lambda, weights);
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

static int read_scalar(const cJSON *item, const char *file, struct arena *arena, struct policy *policy, struct error *error)
{
    if (strcmp(item->string, "k") == 0) {
        if (!cJSON_IsNumber(item) || !(item->valuedouble >= 1) || item->valuedouble > 1e6 ||
            floor(item->valuedouble) < item->valuedouble)
            return error_set(error, ERROR_INPUT, "%s: 'k' must be a whole number from 1 to 1000000", file);
        policy->k = (size_t)item->valuedouble;
    } else if (strcmp(item->string, "alpha") == 0) {
        if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= MOST))
            return error_set(error, ERROR_INPUT, "%s: 'alpha' must be a number from 0 to %g", file, MOST);
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
    } else if (strcmp(item->string, "extends") != 0 && strcmp(item->string, "lambda") != 0) {
        return error_set(
            error, ERROR_INPUT,
            "%s: unknown key '%s'; known are name, summary, extends, weights, emphasis, lambda, measure_weights, gates, "
            "multiplicity, claims, k, alpha",
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
    status = policy_check_text(json, "extends", file, error);
    if (status)
        return status;
    *policy = (struct policy){
        .name = arena_string(arena, file), .summary = "", .weights = {1, 1, 1, 1, 1}, .k = 10, .alpha = 1, .holm = true};
    if (base && load_preset(base, arena, policy, error))
        return error_set(error, ERROR_INPUT, "%s: 'extends' names an unknown preset '%s'", file, base);
    if (cJSON_HasObjectItem(json, "weights") && cJSON_HasObjectItem(json, "emphasis"))
        return error_set(error, ERROR_INPUT, "%s: give 'weights' or 'emphasis', not both", file);
    if (cJSON_HasObjectItem(json, "lambda") && !cJSON_HasObjectItem(json, "emphasis"))
        return error_set(error, ERROR_INPUT, "%s: 'lambda' belongs to 'emphasis': give both", file);
    cJSON_ArrayForEach(item, json)
    {
        if (strcmp(item->string, "weights") == 0)
            status = read_weights(item, file, policy->weights, error);
        else if (strcmp(item->string, "emphasis") == 0)
            status = read_emphasis(item, json_get(json, "lambda"), file, policy->weights, error);
        else if (strcmp(item->string, "measure_weights") == 0)
            status = read_measure_weights(item, file, arena, policy, error);
        else if (strcmp(item->string, "gates") == 0)
            status = policy_read_gates(item, file, arena, policy, error);
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
