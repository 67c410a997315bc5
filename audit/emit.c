/* audit.json from what was measured. Disclosure: only aggregates that measures made under task->min_group, names of columns and
 * files, and counts come in here; never a cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audit/cells.h"
#include "core/utf8.h"
#include "core/version.h"

static const char *const direction_names[] = {"higher", "lower", "target"};

/* m, c and f of the anchored score, and which tables they stand on. */
struct anchor_parts {
    struct anchor_value m, c, f;
    const char *reference;
    bool optimistic;
};

/* Worst value against the table that the cell was measured against. */
static double worst_of(const struct measure *measure, const struct cell *cell)
{
    return cell->result.worst > 0 ? cell->result.worst : measure->worst;
}

/* The fault's value comes from a brief run, without an interval: it gets the margins of c, which varies as it does at the same
 * sizes. Else a scale no longer than its own noise would pass for one. */
static void lend_margins(const struct measure *measure, struct anchor_parts *parts)
{
    if (measure->fault == SUBJECT_CANDIDATE || !isnan(parts->f.lo))
        return;
    parts->f.lo = parts->f.value - (parts->c.hi - parts->c.value);
    parts->f.hi = parts->f.value + (parts->c.value - parts->c.lo);
}

static struct anchor_parts anchor_of(const struct measure *measure, const struct cell *cell, const struct scale *scale,
                                     const struct cell *against_holdout)
{
    struct anchor_parts parts = {.m = cell_anchor(cell), .f = {measure->worst, NAN, NAN}, .reference = "train"};

    if (measure->fault != SUBJECT_CANDIDATE)
        parts.f = cell_anchor(&scale->subject[measure->fault]);
    else if (measure->anchor == ANCHOR_HOLDOUT)
        parts.f.value = worst_of(measure, scale->honest_holdout.asked ? against_holdout : cell);
    switch (measure->anchor) {
    case ANCHOR_HOLDOUT:
        if (scale->honest_holdout.asked) {
            parts.m = cell_anchor(against_holdout);
            parts.c = cell_anchor(&scale->honest_holdout);
            if (measure->fault != SUBJECT_CANDIDATE)
                parts.f = cell_anchor(&scale->fault_holdout);
            parts.reference = "holdout";
        } else {
            parts.c = (struct anchor_value){measure->best, NAN, NAN};
            parts.optimistic = true;
        }
        break;
    case ANCHOR_TRAIN:
        parts.c = cell_anchor(&scale->subject[SUBJECT_TRAIN]);
        break;
    case ANCHOR_HONEST:
    case ANCHOR_NONE:
        parts.c = cell_anchor(&scale->subject[SUBJECT_HONEST]);
        parts.reference = "honest";
        break;
    }
    lend_margins(measure, &parts);
    return parts;
}

#define MOST_NOISE 0.05
#define TOO_NOISY                                                                                                              \
    "without a holdout nothing says what fresh real rows reach, and at this size chance alone moves it too far from the ideal"

/* Without a holdout 1 stands for the ideal, which fresh real rows miss by what chance does at their size. A bootstrap of the
 * training rows (the copy control) shows how much that is at least; where it is more than a trifle of the way to the fault, a
 * perfect candidate would get a bad score, so there is none. */
static bool is_scale_enough(const struct measure *measure, const struct anchor_parts *parts, const struct scale *scale)
{
    const double copy = cell_anchor(&scale->subject[SUBJECT_COPY]).value;

    return fabs(measure->best - copy) <= MOST_NOISE * fabs(measure->best - parts->f.value);
}

static void emit_score(cJSON *json, const struct measure *measure, const struct cell *cell, const struct scale *scale,
                       const struct cell *against_holdout, const char *holdout_fault)
{
    const struct anchor_parts parts = anchor_of(measure, cell, scale, against_holdout);
    struct anchored_score score = score_anchor(parts.m, parts.c, parts.f, measure->direction == DIRECTION_HIGHER);
    bool in_index;
    cJSON *anchor;

    if (holdout_fault)
        score = (struct anchored_score){NAN, NAN, NAN, false, holdout_fault};
    else if (cell->result.unreliable)
        score = (struct anchored_score){NAN, NAN, NAN, false, cell->result.unreliable};
    else if (parts.optimistic && score.usable && !is_scale_enough(measure, &parts, scale))
        score = (struct anchored_score){NAN, NAN, NAN, false, TOO_NOISY};
    in_index = score.usable && !measure->proxy;

    if (measure->anchor == ANCHOR_NONE) {
        json_add_number(json, "score", NAN);
        json_add_bool(json, "in_index", false);
        json_add_string(json, "why_not_in_index",
                        measure->proxy  ? "a proxy, not an attack"
                        : holdout_fault ? holdout_fault
                                        : "listed for information, it has no anchored score");
        return;
    }
    json_add_number(json, "score", score.score);
    json_add_number(json, "score_lo", score.lo);
    json_add_number(json, "score_hi", score.hi);
    json_add_bool(json, "in_index", in_index);
    if (!in_index)
        json_add_string(json, "why_not_in_index", score.why_not ? score.why_not : "a proxy, not an attack");
    anchor = json_add_object(json, "anchor");
    json_add_string(anchor, "reference", parts.reference);
    json_add_number(anchor, "m", parts.m.value);
    json_add_number(anchor, "c", parts.c.value);
    json_add_number(anchor, "f", parts.f.value);
    json_add_string(anchor, "fault", measure->fault == SUBJECT_CANDIDATE ? "worst value" : subject_name(measure->fault));
    json_add_bool(anchor, "optimistic", parts.optimistic);
}

static void emit_scale(cJSON *json, const struct measure *measure, const struct scale *scale)
{
    const struct cell *honest = &scale->subject[SUBJECT_HONEST];
    cJSON *controls;

    json_add_number(json, "honest", cell_anchor(honest).value);
    if (honest->asked && !honest->status) {
        cJSON *interval = json_add_object(json, "honest_interval");

        json_add_number(interval, "lo", honest->result.lo);
        json_add_number(interval, "hi", honest->result.hi);
    }
    controls = json_add_object(json, "controls");
    for (int kind = SUBJECT_COPY; kind <= SUBJECT_DROPPED_GROUP; kind++)
        if (kind != SUBJECT_DROPPED_GROUP || measure->fault == SUBJECT_DROPPED_GROUP)
            json_add_number(controls, subject_name((enum subject)kind), cell_anchor(&scale->subject[kind]).value);
}

static void emit_details(cJSON *json, struct result *result)
{
    cJSON *details = result->details ? result->details : cJSON_CreateObject();

    if (result->population.method) {
        cJSON *population = json_add_object(details, "population");

        json_add_number(population, "lo", result->population.lo);
        json_add_number(population, "hi", result->population.hi);
        json_add_string(population, "method", result->population.method);
    }
    json_attach(json, "details", details);
    result->details = NULL;
}

cJSON *emit_measure(const struct measure *measure, struct cell *cell, const struct scale *scale,
                    const struct cell *against_holdout, const char *holdout_fault)
{
    cJSON *json = cJSON_CreateObject(), *interval;
    struct result *result = &cell->result;

    json_add_string(json, "id", measure->id);
    json_add_string(json, "dimension", dimension_name(measure->dimension));
    json_add_string(json, "status", !cell->status ? "ok" : cell->status == ERROR_UNMEASURABLE ? "not_measurable" : "failed");
    if (cell->status) {
        json_add_string(json, "reason", cell->reason);
        return json;
    }
    json_add_number(json, "value", result->value);
    interval = json_add_object(json, "interval");
    json_add_number(interval, "lo", result->lo);
    json_add_number(interval, "hi", result->hi);
    json_add_number(interval, "level", 0.95);
    json_add_string(interval, "method", result->method ? result->method : "none");
    json_add_number(json, "n", (double)result->n);
    json_add_string(json, "direction", direction_names[measure->direction]);
    if (result->unreliable)
        json_add_string(json, "unreliable", result->unreliable);
    emit_scale(json, measure, scale);
    emit_score(json, measure, cell, scale, against_holdout, holdout_fault);
    json_add_string(json, "finding", result->finding);
    json_add_string(json, "remedy", result->remedy);
    emit_details(json, result);
    return json;
}

/* A file below the working folder as it was named, so that what points to it can be followed; of other places the bare name,
 * which says nothing of where they are. NULL: no text. */
static const char *shown_path(const char *path)
{
    const char *slash = strrchr(path, '/');

    while (strncmp(path, "./", 2) == 0)
        path += 2;
    if (slash && (*path == '/' || strstr(path, "..")))
        path = slash + 1;
    return utf8_valid(path, strlen(path)) == strlen(path) ? path : NULL;
}

static cJSON *emit_input(const struct input_file *input)
{
    cJSON *json, *extra;

    if (!input->table)
        return cJSON_CreateNull();
    json = cJSON_CreateObject();
    json_add_string(json, "name", input->name);
    json_add_string(json, "file", shown_path(input->path));
    json_add_string(json, "sha256", input->sha256);
    json_add_number(json, "bytes", (double)input->bytes);
    json_add_number(json, "rows", (double)input->table->rows);
    json_add_number(json, "columns", (double)input->columns);
    extra = json_add_array(json, "extra_columns");
    for (size_t i = 0; i < input->n_extra_columns; i++)
        json_push_string(extra, input->extra_columns[i]);
    return json;
}

static void emit_inputs(cJSON *audit, const struct dataset *data)
{
    cJSON *inputs = json_add_object(audit, "inputs"), *list;

    json_attach(inputs, "train", emit_input(&data->train));
    json_attach(inputs, "holdout", emit_input(&data->holdout));
    json_attach(inputs, "reference", emit_input(&data->reference));
    list = json_add_array(inputs, "candidates");
    for (size_t i = 0; i < data->n_candidates; i++)
        json_append(list, emit_input(&data->candidates[i]));
}

/* A multiple of 10^exponent at or beyond x. */
static double round_outward(double x, int exponent, bool up)
{
    const double scale = pow(10, abs(exponent)), units = exponent < 0 ? x * scale : x / scale;
    const double whole = up ? ceil(units - 1e-9) : floor(units + 1e-9);

    return exponent < 0 ? whole / scale : whole * scale;
}

/* Where a quantity lies, with at least k training rows at or beyond either end, so that no extreme is given away; ends that are
 * not one value are rounded outward to a tenth to a hundredth of their distance. null where there are fewer than 2k rows. */
static void emit_range(cJSON *item, const struct column_schema *column, size_t k)
{
    const size_t n = column_kind(column) == KIND_QUANTITY ? column->n_sorted : 0;
    cJSON *range;
    double lo, hi;

    if (n < 2 * k || n == 0) {
        json_attach(item, "range", cJSON_CreateNull());
        return;
    }
    lo = column->sorted[k > 0 ? k - 1 : 0];
    hi = column->sorted[k > 0 ? n - k : n - 1];
    if (hi > lo) {
        const int exponent = (int)floor(log10(hi - lo)) - 1;

        lo = round_outward(lo, exponent, false);
        hi = round_outward(hi, exponent, true);
    }
    range = json_add_object(item, "range");
    json_add_number(range, "lo", lo);
    json_add_number(range, "hi", hi);
}

static void emit_schema(cJSON *audit, const struct dataset *data, size_t k)
{
    static const char *const kinds[] = {"quantity", "levels", "other"}, *const tasks[] = {"none", "binary", "multiclass",
                                                                                          "regression"};
    static const char *const roles[] = {"target", "sensitive", "secret", "quasi", "key", "ignore"};
    cJSON *schema = json_add_object(audit, "schema"), *list = json_add_array(schema, "columns");

    for (size_t i = 0; i < data->schema->n_columns; i++) {
        const struct column_schema *column = &data->schema->columns[i];
        cJSON *item = json_push_object(list), *names;

        json_add_string(item, "name", column->name);
        json_add_string(item, "type", column_type_name(column->type));
        json_add_string(item, "kind", kinds[column_kind(column)]);
        names = json_add_array(item, "roles");
        for (size_t r = 0; r < sizeof roles / sizeof roles[0]; r++)
            if (column->roles & (1u << r))
                json_push_string(names, roles[r]);
        json_add_number(item, "levels", column_kind(column) == KIND_LEVELS ? (double)column->fitted_levels : NAN);
        json_add_number(item, "missing",
                        data->train.table->rows ? (double)column->missing_in_train / (double)data->train.table->rows : NAN);
        emit_range(item, column, k);
    }
    json_add_string(schema, "target_task", data->every_target ? "every column in turn" : tasks[dataset_task(data)]);
}

static void emit_catalogue(cJSON *audit, const struct plan *plan)
{
    cJSON *catalogue = json_add_object(audit, "catalogue");

    for (size_t j = 0; j < plan->n; j++) {
        const struct measure *measure = plan->measures[j];
        cJSON *item = json_add_object(catalogue, measure->id);

        json_add_string(item, "title", measure->title);
        json_add_string(item, "summary", measure->summary);
        json_add_string(item, "definition", measure->definition);
        json_add_string(item, "reading", measure->reading);
        json_add_string(item, "unit", measure->unit);
        json_add_string(item, "reference", measure->reference);
        json_add_string(item, "dimension", dimension_name(measure->dimension));
        json_add_string(item, "direction", direction_names[measure->direction]);
        if (measure->direction == DIRECTION_TARGET)
            json_add_number(item, "target", measure->target);
        json_add_number(item, "lo", measure->lo);
        json_add_number(item, "hi", measure->hi);
        json_add_bool(item, "proxy", measure->proxy);
        json_add_string(item, "threat", measure->threat);
        json_add_number(item, "version", measure->version);
    }
}

static void emit_words(cJSON *audit, const char *key, const char *const *words, size_t n)
{
    cJSON *list = json_add_array(audit, key);

    for (size_t i = 0; i < n; i++)
        json_push_string(list, words[i]);
}

int emit_audit(const struct session *session, cJSON **audit, struct error *error)
{
    cJSON *json = cJSON_CreateObject(), *selection;

    json_add_string(json, "format", "assay-audit");
    json_add_number(json, "version", 1);
    json_add_string(json, "assay", ASSAY_VERSION);
    json_add_number(json, "seed", (double)session->options->seed);
    json_add_string(json, "date", session->options->date);
    emit_inputs(json, session->data);
    emit_schema(json, session->data, session->policy.k);
    selection = json_add_object(json, "selection");
    emit_words(selection, "only", session->options->only, session->options->n_only);
    emit_words(selection, "skip", session->options->skip, session->options->n_skip);
    settings_describe(&session->plan.settings, selection);
    if (session->options->claimed) {
        cJSON *claim = json_add_object(json, "claim");

        json_add_number(claim, "epsilon", session->options->claimed_epsilon);
        json_add_number(claim, "delta", session->options->claimed_delta);
    }
    json_attach(json, "policy", cJSON_CreateNull());
    emit_catalogue(json, &session->plan);
    json_add_array(json, "warnings");
    if (!json_add_array(json, "candidates")) {
        cJSON_Delete(json);
        return error_memory(error);
    }
    *audit = json;
    return 0;
}
