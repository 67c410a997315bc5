/* The gates of a policy file. */
#include <math.h>
#include <string.h>

#include "audit/policy.h"

static const char *const on_names[] = {"interval", "score", "value", "lo", "hi"};

const char *gate_on_name(enum gate_on on)
{
    return on_names[on];
}

int policy_check_text(const cJSON *json, const char *key, const char *file, struct error *error)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    return !item || cJSON_IsString(item) ? 0 : error_set(error, ERROR_INPUT, "%s: '%s' must be a text", file, key);
}

static int read_gate_subject(const cJSON *json, const char *file, int number, struct arena *arena, struct gate *gate,
                             struct error *error)
{
    const char *measure = json_get_string(json, "measure", NULL), *dimension = json_get_string(json, "dimension", NULL);
    const bool trust = cJSON_HasObjectItem(json, "trust");

    if ((measure != NULL) + (dimension != NULL) + trust != 1)
        return error_set(error, ERROR_INPUT, "%s: gate %d needs exactly one of 'measure', 'dimension', 'trust'", file, number);
    if (measure && !measure_find(measure)) {
        const char *near = measure_suggest(measure);

        return error_set(error, ERROR_INPUT, "%s: gate %d is on an unknown measure '%s'%s%s%s; 'assay measures' lists them",
                         file, number, measure, near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    if (dimension && dimension_find(dimension) < 0)
        return error_set(error, ERROR_INPUT, "%s: gate %d is on an unknown dimension '%s'", file, number, dimension);
    gate->scope = measure ? GATE_MEASURE : dimension ? GATE_DIMENSION : GATE_TRUST;
    gate->subject = arena_string(arena, measure ? measure : dimension ? dimension : "trust");
    return gate->subject ? 0 : error_memory(error);
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
        status = policy_check_text(json, "on", file, error);
    if (!status)
        status = policy_check_text(json, "reason", file, error);
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
int policy_read_gates(const cJSON *json, const char *file, struct arena *arena, struct policy *policy, struct error *error)
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
