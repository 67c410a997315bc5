/* One candidate of audit.json: its measures with what the catalogue says of them, its gates, its dimensions. */
#include <math.h>
#include <string.h>

#include "report/model.h"
#include "report/words.h"

static struct estimate read_estimate(const cJSON *json, const char *value, const char *lo, const char *hi)
{
    return (struct estimate){model_number(json, value), model_number(json, lo), model_number(json, hi)};
}

static const char *either(const char *first, const char *second)
{
    return *first ? first : second;
}

/* "privacy.membership": "privacy"; anything else: "". */
static const char *dimension_of_id(struct arena *arena, const char *id)
{
    const char *dot = strchr(id, '.');
    const char *prefix = dot ? arena_copy(arena, id, (size_t)(dot - id)) : NULL;
    if (prefix && strcmp(prefix, "proxy") == 0)
        return "privacy";
    return prefix ? prefix : "";
}

static void read_controls(const cJSON *json, struct model_measure *measure)
{
    const cJSON *controls = cJSON_GetObjectItemCaseSensitive(json, "controls");
    for (int i = 0; i < CONTROL_COUNT; i++)
        measure->control[i] = model_number(controls, control_names[i]);
    measure->fault_value = *measure->fault ? model_number(controls, measure->fault) : NAN;
}

/* Of a target that is a number some measures of groups are no shares (docs/measures). */
static const char *unit_of_number(const struct model_measure *measure)
{
    static const struct {
        const char *id, *unit;
    } others[] = {{"fairness.demographic_parity", "standard deviations"},
                  {"fairness.intersections", "standard deviations"},
                  {"fairness.calibration", "standard deviations"},
                  {"fairness.worst_group", "R\xc2\xb2"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(measure->id, others[i].id) == 0)
            return others[i].unit;
    return measure->unit;
}

static void read_catalogue(const struct model *model, struct model_measure *measure)
{
    struct arena *arena = model->arena;
    const cJSON *entry = cJSON_GetObjectItemCaseSensitive(model->catalogue, measure->id);
    measure->title = either(model_text(arena, entry, "title"), measure->id);
    measure->summary = model_text(arena, entry, "summary");
    measure->definition = model_text(arena, entry, "definition");
    measure->reading = model_text(arena, entry, "reading");
    measure->unit = model_text(arena, entry, "unit");
    if (strncmp(measure->unit, "AUC or R", 8) == 0) /* which of the two, the target tells */
        measure->unit = strcmp(model->task, "regression") == 0 ? "R\xc2\xb2" : "AUC";
    if (strcmp(model->task, "regression") == 0)
        measure->unit = unit_of_number(measure);
    measure->reference = model_text(arena, entry, "reference");
    measure->target = model_number(entry, "target");
    measure->threat = model_text(arena, entry, "threat");
    measure->proxy = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(entry, "proxy"));
    measure->form = number_form(measure->unit);
}

static void read_measure(const cJSON *json, const struct model *model, struct model_measure *measure)
{
    struct arena *arena = model->arena;
    const char *status = model_text(arena, json, "status");
    const cJSON *interval = cJSON_GetObjectItemCaseSensitive(json, "interval");
    const cJSON *anchor = cJSON_GetObjectItemCaseSensitive(json, "anchor");
    const cJSON *details = cJSON_GetObjectItemCaseSensitive(json, "details");
    measure->id = either(model_text(arena, json, "id"), "unnamed");
    measure->dimension = either(model_text(arena, json, "dimension"), dimension_of_id(arena, measure->id));
    read_catalogue(model, measure);
    measure->estimate =
        (struct estimate){model_number(json, "value"), model_number(interval, "lo"), model_number(interval, "hi")};
    const cJSON *population = cJSON_GetObjectItemCaseSensitive(details, "population");
    measure->sources = (struct estimate){NAN, model_number(population, "lo"), model_number(population, "hi")};
    measure->sources_method = model_text(arena, population, "method");
    measure->level = model_number(interval, "level");
    measure->method = model_text(arena, interval, "method");
    measure->ok = strcmp(status, "ok") == 0 && isfinite(measure->estimate.value);
    measure->failed = strcmp(status, "failed") == 0;
    measure->reason = model_text(arena, json, "reason");
    measure->n = model_number(json, "n");
    measure->direction = model_text(arena, json, "direction");
    measure->honest = model_number(json, "honest");
    measure->score = read_estimate(json, "score", "score_lo", "score_hi");
    measure->in_index = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "in_index"));
    measure->why_not_in_index = model_text(arena, json, "why_not_in_index");
    measure->anchor = model_text(arena, anchor, "reference");
    measure->fault = model_text(arena, anchor, "fault");
    measure->optimistic = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(anchor, "optimistic"));
    measure->finding = model_sentence(arena, json, "finding");
    measure->remedy = model_sentence(arena, json, "remedy");
    measure->details = cJSON_IsObject(details) ? details : NULL;
    measure->status = STATUS_NONE;
    read_controls(json, measure);
}

static void read_gate(const cJSON *json, const struct model *model, const struct model_candidate *candidate,
                      struct model_gate *gate)
{
    struct arena *arena = model->arena;
    const char *id = model_text(arena, json, "measure"), *dimension = model_text(arena, json, "dimension");
    const struct model_measure *measure = *id ? model_measure_find(candidate, id) : NULL;
    int index = dimension_index(dimension);
    gate->key = either(either(id, dimension), "trust");
    gate->subject = measure ? measure->title : *id ? id : index >= 0 ? dimension_title[index] : "Trust index";
    gate->rule = model_text(arena, json, "rule");
    gate->form = measure && strncmp(gate->rule, "score", 5) != 0 ? measure->form : FORM_SCORE; /* of a measure or dimension */
    gate->why = model_text(arena, json, "why");
    gate->reason = model_text(arena, json, "reason");
    gate->estimate = read_estimate(json, "value", "lo", "hi");
    gate->bound = model_number(json, "bound");
    gate->result = status_of(model_text(arena, json, "result"));
}

/* How bad a result is, to find the worst of several: fail, undecided, pass, none. */
static int severity(enum status status)
{
    static const int order[] = {1, 3, 2, 0};
    return order[status];
}

static void join_gates(struct model_candidate *candidate)
{
    for (size_t i = 0; i < candidate->n_gates; i++) {
        const struct model_gate *gate = &candidate->gates[i];
        for (size_t j = 0; j < candidate->n_measures; j++) {
            struct model_measure *measure = &candidate->measures[j];
            if (strcmp(measure->id, gate->key) == 0 && severity(gate->result) > severity(measure->status)) {
                measure->status = gate->result;
                measure->gate = gate;
            }
        }
        int index = dimension_index(gate->key);
        if (index >= 0)
            candidate->dimensions[index].gate = gate->bound;
    }
}

static void read_dimension(const cJSON *json, int index, const struct model *model, struct model_candidate *candidate)
{
    struct model_dimension *dimension = &candidate->dimensions[index];
    const cJSON *assessed = cJSON_GetObjectItemCaseSensitive(json, "assessed");
    dimension->index = index;
    dimension->score = read_estimate(json, "score", "lo", "hi");
    dimension->coverage = model_number(json, "coverage");
    dimension->gate = NAN;
    dimension->assessed = isfinite(dimension->score.value) && !cJSON_IsFalse(assessed);
    dimension->status = status_of(model_text(model->arena, json, "status"));
    dimension->worst = model_text(model->arena, json, "worst");
    dimension->finding = model_sentence(model->arena, json, "finding");
    for (size_t i = 0; i < candidate->n_measures; i++)
        dimension->measures += strcmp(candidate->measures[i].dimension, dimension_key[index]) == 0;
}

static int read_lists(const cJSON *json, const struct model *model, struct model_candidate *candidate, struct error *error)
{
    const cJSON *measures = cJSON_GetObjectItemCaseSensitive(json, "measures"), *item;
    const cJSON *gates = cJSON_GetObjectItemCaseSensitive(json, "gates");
    int n_measures = cJSON_IsArray(measures) ? cJSON_GetArraySize(measures) : 0;
    int n_gates = cJSON_IsArray(gates) ? cJSON_GetArraySize(gates) : 0;
    candidate->measures = ARENA_ARRAY(model->arena, struct model_measure, (size_t)n_measures + 1);
    candidate->gates = ARENA_ARRAY(model->arena, struct model_gate, (size_t)n_gates + 1);
    if (!candidate->measures || !candidate->gates)
        return error_memory(error);
    for (item = model_first(measures); item; item = item->next)
        if (cJSON_IsObject(item))
            read_measure(item, model, &candidate->measures[candidate->n_measures++]);
    for (item = model_first(gates); item; item = item->next)
        if (cJSON_IsObject(item))
            read_gate(item, model, candidate, &candidate->gates[candidate->n_gates++]);
    return 0;
}

/* "No leak found" is never said without what would have been found: the limit joins the blind spots. */
static void add_detection_limit(const struct model *model, struct model_candidate *candidate)
{
    struct arena *arena = model->arena;
    const struct model_measure *membership = model_measure_find(candidate, "privacy.membership");
    struct estimate limit = {membership ? model_number(membership->details, "detection_limit") : NAN, NAN, NAN};
    const struct text_list *old = &candidate->blind_spots;
    for (size_t i = 0; i < old->count; i++)
        if (strstr(old->items[i], "Membership") || strstr(old->items[i], "detection limit"))
            return; /* the audit says it in its own words */
    const char **items = isfinite(limit.value) ? ARENA_ARRAY(arena, const char *, old->count + 1) : NULL;
    if (!items)
        return;
    if (old->count > 0)
        memcpy(items, old->items, old->count * sizeof *items);
    items[old->count] =
        arena_format(arena,
                     "A leak of fewer than %s of the training records would have gone unseen (detection limit of the "
                     "membership attacks).",
                     number_text(arena, limit.value, number_decimals(&limit, FORM_PERCENT), FORM_PERCENT));
    candidate->blind_spots = (struct text_list){items, old->count + 1};
}

int model_read_candidate(const cJSON *json, struct model *model, struct model_candidate *candidate, struct error *error)
{
    struct arena *arena = model->arena;
    const cJSON *trust = cJSON_GetObjectItemCaseSensitive(json, "trust");
    const cJSON *dimensions = cJSON_GetObjectItemCaseSensitive(json, "dimensions");
    candidate->name = either(model_text(arena, json, "name"), "unnamed");
    candidate->headline = model_sentence(arena, json, "headline");
    candidate->verdict = status_of(model_text(arena, json, "verdict"));
    candidate->actions = model_sentences(arena, cJSON_GetObjectItemCaseSensitive(json, "actions"));
    candidate->blind_spots = model_sentences(arena, cJSON_GetObjectItemCaseSensitive(json, "blind_spots"));
    candidate->trust = read_estimate(trust, "anchored", "lo", "hi");
    candidate->pool = model_number(trust, "pool");
    candidate->rank = model_number(trust, "rank");
    candidate->win_share = NAN;
    candidate->coverage = model_number(trust, "coverage");
    int status = read_lists(json, model, candidate, error);
    if (status)
        return status;
    add_detection_limit(model, candidate);
    for (int d = 0; d < DIMENSION_COUNT; d++)
        read_dimension(cJSON_GetObjectItemCaseSensitive(dimensions, dimension_key[d]), d, model, candidate);
    join_gates(candidate);
    for (size_t i = 0; i < model->n_tables; i++)
        if (strcmp(model->tables[i].role, "candidate") == 0 && strcmp(model->tables[i].name, candidate->name) == 0)
            candidate->input = &model->tables[i];
    return 0;
}
