#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/predictions.h"
#include "core/mask.h"
#include "core/suggest.h"
#include "datasets/csv.h"
#include "datasets/number.h"

/* The file as texts. */
struct source {
    const struct prediction_settings *settings;
    struct schema *schema;
    struct table *table;
    struct prediction_report *report;
    size_t label, score, decision;
    uint32_t *row; /* of the file, per labelled row */
};

static int find_column(const struct source *source, const char *option, const char *name, size_t *column, struct error *error)
{
    *column = name ? schema_find(source->schema, name) : SIZE_MAX;
    if (!name || *column != SIZE_MAX)
        return 0;
    struct suggestion suggestion = suggest_start(name);
    for (size_t c = 0; c < source->schema->n_columns; c++)
        suggest_offer(&suggestion, source->schema->columns[c].name);
    const char *best = suggest_best(&suggestion);
    return error_set(error, ERROR_INPUT, "'%s' has no column '%s' (--%s)%s%s%s", source->settings->file, name, option,
                     best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
}

static const char *cell(const struct source *source, size_t column, size_t row)
{
    uint32_t code = source->table->columns[column].code[row];
    return code == CODE_MISSING ? "" : source->schema->columns[column].levels[code];
}

/* The positive label: the one given, or the later of two in code point order. */
static int find_positive(struct source *source, struct error *error)
{
    const struct prediction_settings *s = source->settings;
    const char *first = NULL, *second = NULL;
    size_t values = 0;
    bool found = false;
    for (uint32_t k = 0; k < source->schema->columns[source->label].n_levels; k++) {
        const char *value = source->schema->columns[source->label].levels[k];
        if (!*value)
            continue;
        values++;
        found |= s->positive && strcmp(value, s->positive) == 0;
        second = !second || strcmp(value, second) > 0 ? value : second;
        first = !first || strcmp(value, first) < 0 ? value : first;
    }
    if (values < 2)
        return error_set(error, ERROR_INPUT, "column '%s' of '%s' holds %s: rates need positive and negative rows", s->label,
                         s->file, values ? "one label only" : "no label");
    if (s->positive && !found)
        return error_set(error, ERROR_INPUT, "no row of '%s' has the label '%s' (--positive) in column '%s'", s->file,
                         s->positive, s->label);
    if (!s->positive && values > 2)
        return error_set(error, ERROR_INPUT,
                         "column '%s' of '%s' holds %zu labels: name the one to tell from the others with --positive, and run "
                         "once a label",
                         s->label, s->file, values);
    /* A copy: the report outlives the file's texts. */
    source->report->positive = arena_string(source->report->arena, s->positive ? s->positive : second);
    return source->report->positive ? 0 : error_memory(error);
}

static int read_score(const struct source *source, size_t row, double *score, struct error *error)
{
    const char *text = cell(source, source->score, row);
    struct number number;
    if (!*text)
        return error_set(error, ERROR_INPUT,
                         "'%s', row %zu, column '%s': the score is missing; leave the row out or its label empty",
                         source->settings->file, row + 2, source->settings->score);
    if (number_parse(text, strlen(text), &number) != NUMBER_OK)
        return error_set(error, ERROR_INPUT, "'%s', row %zu, column '%s': a cell of the form '%s' is no number",
                         source->settings->file, row + 2, source->settings->score, mask_of(text, strlen(text)).text);
    if (!(number.value >= 0 && number.value <= 1))
        return error_set(
            error, ERROR_INPUT,
            "'%s', row %zu, column '%s': a score of the form '%s' is not between 0 and 1; a score must be the probability of "
            "the positive label",
            source->settings->file, row + 2, source->settings->score, mask_of(text, strlen(text)).text);
    *score = number.value;
    return 0;
}

/* A decision is one of the labels, so that a decision written in other words is not taken for a refusal. */
static int read_decision(const struct source *source, size_t row, uint8_t *decision, struct error *error)
{
    const char *text = cell(source, source->decision, row);
    const struct column_schema *labels = &source->schema->columns[source->label];
    *decision = strcmp(text, source->report->positive) == 0;
    for (uint32_t k = 0; !*decision && k < labels->n_levels; k++)
        if (*text && strcmp(labels->levels[k], text) == 0)
            return 0;
    if (*decision)
        return 0;
    return error_set(error, ERROR_INPUT, "'%s', row %zu, column '%s': a decision of the form '%s' is no label of column '%s'",
                     source->settings->file, row + 2, source->settings->decision, mask_of(text, strlen(text)).text,
                     source->settings->label);
}

static int read_rows(struct source *source, struct error *error)
{
    struct prediction_report *report = source->report;
    size_t rows = source->table->rows, n = 0;
    uint8_t *label = ARENA_ARRAY(report->arena, uint8_t, rows + 1), *decision = ARENA_ARRAY(report->arena, uint8_t, rows + 1);
    double *score = ARENA_ARRAY(report->arena, double, rows + 1);
    source->row = ARENA_ARRAY(report->arena, uint32_t, rows + 1);
    int status = label && decision && score && source->row ? 0 : error_memory(error);
    for (size_t i = 0; status == 0 && i < rows; i++) {
        const char *truth = cell(source, source->label, i);
        if (!*truth) {
            report->unlabelled++;
            continue;
        }
        label[n] = strcmp(truth, report->positive) == 0;
        if (source->score != SIZE_MAX)
            status = read_score(source, i, &score[n], error);
        decision[n] = score[n] >= source->settings->threshold;
        if (status == 0 && source->decision != SIZE_MAX)
            status = read_decision(source, i, &decision[n], error);
        source->row[n++] = (uint32_t)i;
    }
    report->rows = (struct predictions){n, label, decision, source->score != SIZE_MAX ? score : NULL};
    return status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Groups in the order of their names, the pool last; an empty cell is the group "missing". */
static int read_groups(const struct source *source, const char *name, struct prediction_column *out, struct error *error)
{
    const struct prediction_settings *s = source->settings;
    struct arena *arena = source->report->arena;
    size_t column, n = source->report->rows.n, pooled = 0, kept = 0;
    int status = find_column(source, "group", name, &column, error);
    if (status != 0)
        return status;
    size_t levels = source->schema->columns[column].n_levels, *rows = ARENA_ARRAY(arena, size_t, levels + 1);
    uint32_t *of_level = ARENA_ARRAY(arena, uint32_t, levels + 1), *group = ARENA_ARRAY(arena, uint32_t, n + 1);
    const char **names = ARENA_ARRAY(arena, const char *, levels + 2);
    if (!rows || !of_level || !group || !names)
        return error_memory(error);
    for (size_t i = 0; i < n; i++)
        rows[source->table->columns[column].code[source->row[i]]]++;
    for (size_t k = 0; k < levels; k++)
        if (rows[k] >= (size_t)s->min_group)
            names[kept++] = source->schema->columns[column].levels[k];
        else
            pooled += rows[k];
    if (kept < 2)
        return error_set(error, ERROR_INPUT, "column '%s' of '%s' has %s of at least %lld rows: there is nothing to compare",
                         name, s->file, kept ? "one group" : "no group", (long long)s->min_group);
    qsort(names, kept, sizeof *names, compare_names);
    for (size_t k = 0; k < levels; k++) {
        const char *level = source->schema->columns[column].levels[k];
        const char **at = bsearch(&level, names, kept, sizeof *names, compare_names);
        of_level[k] = (uint32_t)(at ? (size_t)(at - names) : kept);
    }
    for (size_t i = 0; i < n; i++)
        group[i] = of_level[source->table->columns[column].code[source->row[i]]];
    *out = (struct prediction_column){name, names, {.group = group, .groups = kept + (pooled > 0), .pool = kept}};
    for (size_t k = 0; k < kept; k++) {
        out->names[k] = *names[k] ? arena_string(arena, names[k]) : "missing";
        if (!out->names[k])
            return error_memory(error);
    }
    out->names[kept] = arena_format(arena, "other (<%lld)", (long long)s->min_group);
    return out->names[kept] ? 0 : error_memory(error);
}

static int audit_rows(struct source *source, struct error *error)
{
    const struct prediction_settings *s = source->settings;
    struct prediction_report *report = source->report;
    int status = predictions_overall(&report->rows, &report->overall, &report->scores, error);
    report->columns = ARENA_ARRAY(report->arena, struct prediction_column, s->groups.count + 1);
    if (!report->columns)
        return error_memory(error);
    for (size_t c = 0; status == 0 && c < s->groups.count; c++) {
        struct prediction_column *column = &report->columns[report->n_columns++];
        status = read_groups(source, s->groups.items[c], column, error);
        if (status == 0)
            status = predictions_column(&report->rows, (size_t)s->replicates, (uint64_t)s->seed, 0.95, report->arena,
                                        &column->result, error);
    }
    return status;
}

int predictions_audit(const struct prediction_settings *settings, struct prediction_report *report, struct error *error)
{
    struct source source = {.settings = settings, .report = report};
    if (!settings->score && !settings->decision)
        return error_set(error, ERROR_INPUT, "nothing was predicted: give --score COLUMN or --decision COLUMN");
    report->arena = arena_new();
    int status = report->arena ? csv_read_texts(settings->file, "predictions", &source.schema, &source.table, error)
                               : error_memory(error);
    if (status == 0)
        status = find_column(&source, "label", settings->label, &source.label, error);
    if (status == 0)
        status = find_column(&source, "score", settings->score, &source.score, error);
    if (status == 0)
        status = find_column(&source, "decision", settings->decision, &source.decision, error);
    if (status == 0)
        status = find_positive(&source, error);
    if (status == 0)
        status = read_rows(&source, error);
    if (status == 0)
        status = audit_rows(&source, error);
    table_free(source.table);
    schema_free(source.schema);
    return status;
}
