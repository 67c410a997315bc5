/* What a verdict says in words: headline, what to do, what the audit could not see. Built from findings and gates, so that
 * every figure in a sentence is a figure of audit.json. */
#include <ctype.h>
#include <string.h>

#include "audit/judge.h"

/* Which failed gate heads the verdict: harm to people first, then use, then likeness. */
static const char *const urgency[] = {"privacy", "fairness", "utility", "fidelity", "robustness"};
enum { N_URGENCY = sizeof urgency / sizeof urgency[0] };

static const cJSON *gate_with(const cJSON *candidate, const char *result, const char *dimension)
{
    const cJSON *gate;

    cJSON_ArrayForEach(gate, json_get(candidate, "gates"))
    {
        const char *subject = json_get_string(gate, "measure", json_get_string(gate, "dimension", ""));

        if (strcmp(json_get_string(gate, "result", ""), result) == 0 &&
            (!dimension || strncmp(subject, dimension, strlen(dimension)) == 0))
            return gate;
    }
    return NULL;
}

static const cJSON *first_gate(const cJSON *candidate, const char *result)
{
    for (size_t i = 0; i < N_URGENCY; i++) {
        const cJSON *gate = gate_with(candidate, result, urgency[i]);

        if (gate)
            return gate;
    }
    return gate_with(candidate, result, NULL);
}

/* Bytes of the first sentence: up to a full stop that a capital letter follows. */
static size_t first_sentence(const char *text)
{
    for (size_t i = 0; text[i]; i++)
        if (text[i] == '.' && (text[i + 1] == 0 || (text[i + 1] == ' ' && isupper((unsigned char)text[i + 2]))))
            return i + 1;
    return strlen(text);
}

static void describe_gate(const cJSON *candidate, const cJSON *gate, bool with_finding, struct strbuf *text)
{
    const char *id = json_get_string(gate, "measure", NULL);
    const cJSON *measure = id ? judge_measure(candidate, id) : NULL;
    const char *finding = json_get_string(measure, "finding", "");

    const char *what = id ? judge_title(id) : json_get_string(gate, "dimension", "trust index");

    if (with_finding && finding[0])
        strbuf_add(text, finding, first_sentence(finding));
    else
        strbuf_addf(text, "%c%s: %s.", toupper((unsigned char)what[0]), what + 1, json_get_string(gate, "why", ""));
}

static void write_headline(const cJSON *candidate, const struct policy *policy, struct strbuf *text)
{
    const char *name = json_get_string(candidate, "name", ""), *verdict = json_get_string(candidate, "verdict", "");
    const bool failed = strcmp(verdict, "fail") == 0;
    const cJSON *gate = first_gate(candidate, verdict);

    if (strcmp(verdict, "pass") == 0) {
        const int gates = cJSON_GetArraySize(json_get(candidate, "gates"));

        strbuf_addf(text, "“%s” may be released under policy “%s”: ", name, policy->name);
        if (gates == 1)
            strbuf_adds(text, "its only gate is passed.");
        else
            strbuf_addf(text, "all %d gates are passed.", gates);
        return;
    }
    if (!failed && json_get_bool(candidate, "is_holdout", false)) {
        strbuf_addf(text,
                    "Nothing can be decided about “%s”: it is the holdout itself or made with its rows, so every test on the "
                    "holdout flatters it.",
                    name);
        return;
    }
    if (!gate) {
        strbuf_addf(text, "Nothing was decided about “%s”: policy “%s” has no gate on what was measured.", name, policy->name);
        return;
    }
    strbuf_addf(text,
                failed ? "“%s” must not be released under policy “%s”. " : "“%s” cannot be released yet under policy “%s”. ",
                name, policy->name);
    describe_gate(candidate, gate, failed, text);
}

static bool holds_string(const cJSON *list, const char *text)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        if (strcmp(item->valuestring, text) == 0)
            return true;
    }
    return false;
}

static void add_action(cJSON *actions, const char *text)
{
    if (text[0] && cJSON_GetArraySize(actions) < 3 && !holds_string(actions, text))
        json_push_string(actions, text);
}

/* How the reason of a gate begins that there was nothing to decide on. */
static const char missing[] = "could not be decided: ";

/* What would decide an open gate: what the reason asks for after its semicolon, more rows, or another policy. */
static void write_decider(const cJSON *gate, struct strbuf *text)
{
    const char *id = json_get_string(gate, "measure", json_get_string(gate, "dimension", "")),
               *why = json_get_string(gate, "why", "");
    const char *mend = strstr(why, "; ");

    strbuf_reset(text);
    if (strncmp(why, missing, strlen(missing)) != 0) {
        const char *size = strstr(why, "times as many rows") ? strrchr(why, ';') : NULL;

        if (size)
            strbuf_addf(text, "Give more rows: for %s, %s.", id, size + 2);
    } else if (mend) {
        strbuf_addf(text, "%c%s.", toupper((unsigned char)mend[2]), mend + 3);
    } else {
        strbuf_addf(text, "Leave %s out with --skip, or choose a policy without a gate on it: %s.", id, why + strlen(missing));
    }
}

/* Whether the gate could not be decided for want of something that can be given: what stands after the semicolon. */
static bool lacks_input(const char *why)
{
    return strncmp(why, missing, strlen(missing)) == 0 && strstr(why, "; ");
}

/* Of the measure that the gate is on; of a dimension, the one that speaks for it. */
static const char *remedy_of(const cJSON *candidate, const cJSON *gate)
{
    const char *name = json_get_string(gate, "dimension", NULL);
    const cJSON *dimension = name ? json_get(json_get(candidate, "dimensions"), name) : NULL;
    const char *id = name ? json_get_string(dimension, "worst", "") : json_get_string(gate, "measure", "");

    return json_get_string(judge_measure(candidate, id), "remedy", "");
}

/* Remedies of the failed gates in the order of urgency, then of the undecided ones; at most three, none twice. */
static void write_actions(const cJSON *candidate, cJSON *actions, struct strbuf *text)
{
    static const char *const results[] = {"fail", "undecided"};

    for (size_t i = 0; i < 2 * N_URGENCY; i++) {
        const char *result = results[i / N_URGENCY], *dimension = urgency[i % N_URGENCY];
        const cJSON *gate;

        cJSON_ArrayForEach(gate, json_get(candidate, "gates"))
        {
            const char *id = json_get_string(gate, "measure", json_get_string(gate, "dimension", ""));
            const char *remedy = remedy_of(candidate, gate);

            if (strcmp(json_get_string(gate, "result", ""), result) != 0 || strncmp(id, dimension, strlen(dimension)) != 0)
                continue;
            /* A gate that lacks a table or a column says nothing against the candidate. */
            const bool blind = lacks_input(json_get_string(gate, "why", ""));

            if (!blind)
                add_action(actions, remedy);
            if (blind || (!remedy[0] && strcmp(result, "undecided") == 0)) {
                write_decider(gate, text);
                add_action(actions, strbuf_text(text));
            }
        }
    }
}

/* What --only and --skip left out. */
static void write_left_out(const cJSON *candidate, cJSON *spots, struct strbuf *text)
{
    size_t left_out[DIMENSIONS] = {0};

    for (size_t j = 0; j < measure_count; j++)
        left_out[measure_registry[j]->dimension] += !judge_measure(candidate, measure_registry[j]->id);
    strbuf_reset(text);
    for (size_t d = 0; d < DIMENSIONS; d++)
        if (left_out[d] > 0)
            strbuf_addf(text, "%s%zu %s of %s", text->length ? ", " : "Not part of this audit: ", left_out[d],
                        left_out[d] == 1 ? "measure" : "measures", dimension_name((enum dimension)d));
    if (text->length == 0)
        return;
    strbuf_addc(text, '.');
    json_push_string(spots, strbuf_text(text));
}

static bool is_same_obstacle(const cJSON *a, const cJSON *b)
{
    return strcmp(json_get_string(a, "status", ""), json_get_string(b, "status", "")) == 0 &&
           strcmp(json_get_string(a, "reason", ""), json_get_string(b, "reason", "")) == 0;
}

/* One sentence a reason: "A, B, C and 4 more: not measured (why)". Nothing where an earlier measure with the same reason has
 * spoken for this one. */
static void write_obstacle(const cJSON *candidate, const cJSON *measure, cJSON *spots, struct strbuf *text)
{
    enum { NAMED = 3 };
    const cJSON *other;
    const bool failed = strcmp(json_get_string(measure, "status", ""), "failed") == 0;
    size_t count = 0;

    strbuf_reset(text);
    cJSON_ArrayForEach(other, json_get(candidate, "measures"))
    {
        if (!is_same_obstacle(other, measure))
            continue;
        if (count == 0 && other != measure)
            return;
        if (count++ < NAMED)
            strbuf_addf(text, "%s%s", count == 1 ? "" : ", ", judge_title(json_get_string(other, "id", "")));
    }
    if (count > NAMED)
        strbuf_addf(text, " and %zu more", count - NAMED);
    strbuf_addf(text, ": %s (%s).", failed ? "failed" : "not measured", json_get_string(measure, "reason", ""));
    json_push_string(spots, strbuf_text(text));
}

/* Nobody asked for every column as a target who named one, or none, and not this measure. */
static bool is_unasked(const cJSON *audit, const cJSON *entry)
{
    const char *id = json_get_string(entry, "id", "");
    const struct measure *measure = measure_find(id);
    const cJSON *name;

    if (!measure || !(measure->needs & NEED_EVERY_TARGET) ||
        strcmp(json_get_string(audit, "schema.target_task", ""), "every column in turn") == 0)
        return false;
    cJSON_ArrayForEach(name, json_get(audit, "selection.only"))
    {
        if (cJSON_IsString(name) && strcmp(name->valuestring, id) == 0)
            return false;
    }
    return strcmp(json_get_string(entry, "status", ""), "not_measurable") == 0;
}

static void write_blind_spots(const cJSON *audit, const cJSON *candidate, cJSON *spots, struct strbuf *text)
{
    const cJSON *measure;

    cJSON_ArrayForEach(measure, json_get(candidate, "measures"))
    {
        const char *blind = json_get_string(measure, "details.blind_spot", NULL);

        if (is_unasked(audit, measure))
            continue;
        if (strcmp(json_get_string(measure, "status", ""), "ok") != 0)
            write_obstacle(candidate, measure, spots, text);
        else if (blind)
            json_push_string(spots, blind);
    }
}

/* What is wrong with the tables, and with what was measured on them, before what was not measured. */
static void write_warnings(const cJSON *candidate, const cJSON *warnings, cJSON *spots, struct strbuf *text)
{
    const cJSON *warning, *measure;

    cJSON_ArrayForEach(warning, warnings)
    {
        strbuf_reset(text);
        if (cJSON_IsString(warning)) {
            strbuf_addf(text, "Warning: %s.", warning->valuestring);
            json_push_string(spots, strbuf_text(text));
        }
    }
    cJSON_ArrayForEach(measure, json_get(candidate, "measures"))
    {
        const char *unreliable = json_get_string(measure, "unreliable", NULL);

        strbuf_reset(text);
        if (unreliable) {
            strbuf_addf(text, "%s: %s.", judge_title(json_get_string(measure, "id", "")), unreliable);
            json_push_string(spots, strbuf_text(text));
        }
    }
}

int judge_words(const cJSON *audit, cJSON *candidate, const struct policy *policy, struct error *error)
{
    struct strbuf text = STRBUF_INIT;
    cJSON *actions, *spots;
    bool failed;

    cJSON_DeleteItemFromObjectCaseSensitive(candidate, "headline");
    cJSON_DeleteItemFromObjectCaseSensitive(candidate, "actions");
    cJSON_DeleteItemFromObjectCaseSensitive(candidate, "blind_spots");
    write_headline(candidate, policy, &text);
    json_add_string(candidate, "headline", strbuf_text(&text));
    actions = json_add_array(candidate, "actions");
    spots = json_add_array(candidate, "blind_spots");
    if (json_get_bool(candidate, "is_holdout", false))
        add_action(actions, "Give a holdout that is not the candidate: a third part of the real table.");
    write_actions(candidate, actions, &text);
    write_warnings(candidate, json_get(audit, "warnings"), spots, &text);
    write_blind_spots(audit, candidate, spots, &text);
    write_left_out(candidate, spots, &text);
    failed = text.failed;
    strbuf_free(&text);
    return failed ? error_memory(error) : 0;
}
