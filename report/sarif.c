/* results.sarif: what keeps a candidate from its release, for the code scanning of a forge (SARIF 2.1.0, OASIS Standard 2020).
 *
 * A rule is a measure (or a dimension, or the trust index, where a gate is on it). A result is a gate that failed (error) or
 * could not be decided (warning), and for each other dimension of a candidate the finding that speaks for it (note). Gates that
 * are passed are no results: viewers know no kind of result that is good; junit.xml lists them. Fingerprints are made of the
 * candidate's name, the rule and the end that the gate looks at, not of values, bounds or dates: the same trouble keeps its
 * fingerprint from run to run. */
#include <math.h>
#include <string.h>

#include "core/hash.h"
#include "core/json.h"
#include "report/render.h"
#include "report/words.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

struct sarif {
    const struct model *model;
    cJSON *rules, *results, *notifications;
    bool failed; /* memory was short for a text */
};

struct finding {
    const char *rule, *level, *message, *place; /* place: what of the rule, as "score lo"; for the fingerprint */
};

static const char *sure(struct sarif *sarif, const char *text)
{
    sarif->failed = sarif->failed || !text;
    return text ? text : "";
}

static void add_text(cJSON *object, const char *key, const char *text)
{
    json_add_string(json_add_object(object, key), "text", text);
}

/* A relative reference of RFC 3986: all but letters, digits, "/" and "-._~" as percent escapes. */
static const char *uri_of(struct arena *arena, const char *file)
{
    struct strbuf uri = STRBUF_INIT;
    for (const char *p = file; *p; p++) {
        const unsigned char byte = (unsigned char)*p;
        if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
            strchr("/-._~", byte))
            strbuf_addc(&uri, *p);
        else
            strbuf_addf(&uri, "%%%02X", byte);
    }
    const char *copy = uri.failed ? NULL : arena_string(arena, strbuf_text(&uri));
    strbuf_free(&uri);
    return copy;
}

/* The input of a candidate; older audits have its name alone. */
static const char *file_of(struct sarif *sarif, const struct model_candidate *candidate)
{
    const char *file = candidate->input ? candidate->input->file : "";
    return sure(sarif, uri_of(sarif->model->arena, *file ? file : candidate->name));
}

static int rule_index(const cJSON *rules, const char *id)
{
    const cJSON *rule;
    int index = 0;
    cJSON_ArrayForEach(rule, rules)
    {
        if (strcmp(json_get_string(rule, "id", ""), id) == 0)
            return index;
        index++;
    }
    return -1;
}

static void add_paragraph(struct strbuf *help, const char *title, const char *text)
{
    if (*text)
        strbuf_addf(help, "%s%s: %s", help->length > 0 ? "\n\n" : "", title, text);
}

static void add_rule(struct sarif *sarif, const char *id, const char *title, const char *summary, const char *dimension,
                     const char *help)
{
    cJSON *rule = json_push_object(sarif->rules);
    json_add_string(rule, "id", id);
    add_text(rule, "shortDescription", title);
    add_text(rule, "fullDescription", *summary ? summary : title);
    add_text(rule, "help", *help ? help : title);
    json_add_string(json_add_object(rule, "defaultConfiguration"), "level", "warning");
    json_push_string(json_add_array(json_add_object(rule, "properties"), "tags"), dimension);
}

static void add_measure_rules(struct sarif *sarif)
{
    struct arena *arena = sarif->model->arena;
    const cJSON *entry;
    if (!cJSON_IsObject(sarif->model->catalogue))
        return;
    cJSON_ArrayForEach(entry, sarif->model->catalogue)
    {
        struct strbuf help = STRBUF_INIT;
        const char *id = clean_text(arena, entry->string), *title = model_text(arena, entry, "title");
        add_paragraph(&help, "Definition", model_text(arena, entry, "definition"));
        add_paragraph(&help, "How to read it", model_text(arena, entry, "reading"));
        add_paragraph(&help, "Threat", model_text(arena, entry, "threat"));
        add_paragraph(&help, "Reference", model_text(arena, entry, "reference"));
        add_rule(sarif, id, *title ? title : id, model_text(arena, entry, "summary"), model_text(arena, entry, "dimension"),
                 strbuf_text(&help));
        strbuf_free(&help);
    }
}

/* The rule's place in the list; what a gate is on and the catalogue lacks is added. */
static int find_rule(struct sarif *sarif, const char *id)
{
    const int index = rule_index(sarif->rules, id), dimension = dimension_index(id);
    if (index >= 0)
        return index;
    add_rule(sarif, id,
             dimension >= 0             ? dimension_title[dimension]
             : strcmp(id, "trust") == 0 ? "Trust index"
                                        : id,
             dimension >= 0 ? dimension_question[dimension] : "", dimension >= 0 ? id : "trust",
             dimension >= 0 ? dimension_means[dimension] : "");
    return cJSON_GetArraySize(sarif->rules) - 1;
}

static void add_fingerprints(cJSON *result, struct sarif *sarif, const struct model_candidate *candidate,
                             const struct finding *finding)
{
    const char *key =
        sure(sarif, arena_format(sarif->model->arena, "%s\n%s\n%s", candidate->name, finding->rule, finding->place));
    char hex[65], line[65];
    hash_sha256(key, strlen(key), hex);
    json_add_string(json_add_object(result, "fingerprints"), "assay/v1", hex);
    /* What GitHub goes by: 16 digits and which of several equal ones it is. */
    memcpy(line, hex, 16);
    memcpy(line + 16, ":1", 3);
    json_add_string(json_add_object(result, "partialFingerprints"), "primaryLocationLineHash", line);
}

static void add_location(cJSON *result, struct sarif *sarif, const struct model_candidate *candidate)
{
    cJSON *location = json_push_object(json_add_array(result, "locations"));
    cJSON *place = json_add_object(location, "physicalLocation");
    json_add_string(json_add_object(place, "artifactLocation"), "uri", file_of(sarif, candidate));
    json_add_number(json_add_object(place, "region"), "startLine", 1); /* the table as a whole, shown at its header */
    cJSON *logical = json_push_object(json_add_array(location, "logicalLocations"));
    json_add_string(logical, "name", candidate->name);
    json_add_string(logical, "kind", "resource");
}

static void add_result(struct sarif *sarif, const struct model_candidate *candidate, const struct finding *finding)
{
    const int index = find_rule(sarif, finding->rule);
    cJSON *result = json_push_object(sarif->results);
    json_add_string(result, "ruleId", finding->rule);
    json_add_number(result, "ruleIndex", index);
    json_add_string(result, "level", finding->level);
    add_text(result, "message", sure(sarif, finding->message));
    add_location(result, sarif, candidate);
    add_fingerprints(result, sarif, candidate, finding);
}

/* "score lo >= 0.5" without its bound: "score lo >=". */
static const char *rule_place(struct arena *arena, const char *rule)
{
    const char *bound = strrchr(rule, ' ');
    const char *place = bound ? arena_copy(arena, rule, (size_t)(bound - rule)) : rule;
    return place ? place : rule;
}

static void add_gate(struct sarif *sarif, const struct model_candidate *candidate, const struct model_gate *gate)
{
    struct arena *arena = sarif->model->arena;
    const struct model_measure *measure = model_measure_find(candidate, gate->key);
    const int dimension = dimension_index(gate->key);
    const char *found = measure ? measure->finding : dimension >= 0 ? candidate->dimensions[dimension].finding : "";
    const char *remedy = measure ? measure->remedy : "";
    const char *asked = arena_format(arena, "asked for %s, measured %s", rule_text(arena, gate),
                                     number_estimate(arena, &gate->estimate, gate->form));
    const struct finding finding = {
        .rule = gate->key,
        .level = gate->result == STATUS_FAIL ? "error" : "warning",
        .place = rule_place(arena, gate->rule),
        .message =
            arena_format(arena, "%s: %s %s: %s.%s%s%s%s", candidate->name, gate->subject,
                         gate->result == STATUS_FAIL ? "fails" : "is undecided", *gate->why ? gate->why : sure(sarif, asked),
                         *found ? " " : "", found, *remedy ? " " : "", remedy),
    };
    add_result(sarif, candidate, &finding);
}

static bool has_open_gate(const struct model_candidate *candidate, const char *key)
{
    for (size_t i = 0; i < candidate->n_gates; i++)
        if (candidate->gates[i].result != STATUS_PASS && strcmp(candidate->gates[i].key, key) == 0)
            return true;
    return false;
}

static void add_note(struct sarif *sarif, const struct model_candidate *candidate, const struct model_dimension *dimension)
{
    const struct finding finding = {
        .rule = dimension->worst,
        .level = "note",
        .place = "finding",
        .message = arena_format(sarif->model->arena, "%s: %s", candidate->name, dimension->finding),
    };
    if (*dimension->worst && *dimension->finding && !has_open_gate(candidate, dimension->worst))
        add_result(sarif, candidate, &finding);
}

/* What went wrong in the program, or could not be measured, is no result about the candidate. */
static void add_notifications(struct sarif *sarif, const struct model_candidate *candidate)
{
    for (size_t i = 0; i < candidate->n_measures; i++) {
        const struct model_measure *measure = &candidate->measures[i];
        if (measure->ok)
            continue;
        cJSON *notification = json_push_object(sarif->notifications);
        json_add_string(notification, "level", measure->failed ? "error" : "note");
        add_text(notification, "message",
                 sure(sarif, arena_format(sarif->model->arena, "%s: %s was not measured: %s", candidate->name, measure->id,
                                          *measure->reason ? measure->reason : "no reason is given")));
        cJSON *rule = json_add_object(notification, "associatedRule");
        json_add_string(rule, "id", measure->id);
        json_add_number(rule, "index", find_rule(sarif, measure->id));
    }
}

static void add_candidate(struct sarif *sarif, const struct model_candidate *candidate)
{
    for (size_t i = 0; i < candidate->n_gates; i++)
        if (candidate->gates[i].result == STATUS_FAIL || candidate->gates[i].result == STATUS_UNDECIDED)
            add_gate(sarif, candidate, &candidate->gates[i]);
    for (int d = 0; d < DIMENSION_COUNT; d++)
        add_note(sarif, candidate, &candidate->dimensions[d]);
    add_notifications(sarif, candidate);
}

/* The list must not hold the same twice, though two candidates may be one file. */
static bool is_listed(const cJSON *artifacts, const cJSON *artifact)
{
    const cJSON *other;
    cJSON_ArrayForEach(other, artifacts)
    {
        if (other != artifact && cJSON_Compare(other, artifact, true))
            return true;
    }
    return false;
}

static void add_artifacts(struct sarif *sarif, cJSON *run)
{
    const struct model *model = sarif->model;
    cJSON *artifacts = json_add_array(run, "artifacts");
    for (size_t i = 0; i < model->n_candidates; i++) {
        const struct model_candidate *candidate = &model->candidates[i];
        cJSON *artifact = json_push_object(artifacts);
        json_add_string(json_add_object(artifact, "location"), "uri", file_of(sarif, candidate));
        if (candidate->input && isfinite(candidate->input->bytes))
            json_add_number(artifact, "length", candidate->input->bytes);
        json_push_string(json_add_array(artifact, "roles"), "analysisTarget");
        if (candidate->input && *candidate->input->sha256)
            json_add_string(json_add_object(artifact, "hashes"), "sha-256", candidate->input->sha256);
        if (is_listed(artifacts, artifact))
            cJSON_Delete(cJSON_DetachItemViaPointer(artifacts, artifact));
    }
}

int render_sarif(const struct model *model, struct strbuf *out, struct error *error)
{
    cJSON *json = cJSON_CreateObject(), *run, *driver, *invocation, *properties;
    struct sarif sarif = {.model = model};
    json_add_string(json, "$schema", SCHEMA);
    json_add_string(json, "version", "2.1.0");
    run = json_push_object(json_add_array(json, "runs"));
    driver = json_add_object(json_add_object(run, "tool"), "driver");
    json_add_string(driver, "name", "assay");
    json_add_string(driver, "version", model->version);
    sarif.rules = json_add_array(driver, "rules");
    invocation = json_push_object(json_add_array(run, "invocations"));
    json_add_bool(invocation, "executionSuccessful", true);
    sarif.notifications = json_add_array(invocation, "toolExecutionNotifications");
    json_add_string(json_add_object(run, "automationDetails"), "id", "assay/");
    add_artifacts(&sarif, run);
    sarif.results = json_add_array(run, "results");
    add_measure_rules(&sarif);
    for (size_t i = 0; i < model->n_candidates; i++)
        add_candidate(&sarif, &model->candidates[i]);
    properties = json_add_object(run, "properties");
    json_add_string(properties, "policy", model->policy);
    json_add_string(properties, "date", model->date);
    json_add_number(properties, "seed", model->seed);
    json_add_string(properties, "auditSha256", model->hash);
    json_print(json, out);
    strbuf_addc(out, '\n');
    cJSON_Delete(json);
    return out->failed || sarif.failed ? error_memory(error) : 0;
}
