/* The annexes: every measure with all its numbers (of one candidate, or of all beside one another), and every column. */
#include <math.h>
#include <string.h>

#include "report/columns.h"
#include "report/pages.h"
#include "report/table.h"
#include "report/words.h"

static const double measure_height = 52; /* of most rows, with their note */

static struct table annex_table(void)
{
    struct table table = {.x = grid_x(0), .padding = 3.2, .n_columns = 8};
    const double rest = TEXT_WIDTH - 98 - 42 - 42 - 44 - 44 - 44 - 50;
    table.columns[0] = (struct table_column){"Measure", rest, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"value (interval)", 98, ALIGN_LEFT};
    table.columns[2] = (struct table_column){"n", 42, ALIGN_RIGHT};
    table.columns[3] = (struct table_column){"fresh real", 42, ALIGN_RIGHT};
    table.columns[4] = (struct table_column){"copy", 44, ALIGN_RIGHT};
    table.columns[5] = (struct table_column){"columns apart", 44, ALIGN_RIGHT};
    table.columns[6] = (struct table_column){"uniform", 44, ALIGN_RIGHT};
    table.columns[7] = (struct table_column){"score (interval)", 50, ALIGN_RIGHT};
    return table;
}

/* Of this table alone: why nothing was measured, how far the sources lie apart, why it is not in the index. */
static const char *own_note(struct arena *arena, const struct model_measure *measure)
{
    const char *note = "";
    if (!measure->ok)
        return arena_format(arena, "%s: %s.", measure->failed ? "Failed" : "Not measurable",
                            *measure->reason ? measure->reason : "no reason was given");
    if (isfinite(measure->sources.lo) && isfinite(measure->sources.hi)) {
        const struct estimate sources = {(measure->sources.lo + measure->sources.hi) / 2, measure->sources.lo,
                                         measure->sources.hi};
        note = arena_format(arena, "Between the sources themselves: %s. ",
                            number_range(arena, &sources, number_decimals(&sources, measure->form), measure->form));
    }
    if (!measure->in_index && *measure->why_not_in_index)
        note = arena_format(arena, "%sNot in the index: %s. ", note, measure->why_not_in_index);
    return note;
}

/* How the intervals were made, what the score stands on, where the definition comes from. */
static const char *method_note(struct arena *arena, const struct model_measure *measure)
{
    const char *note = "";
    if (!measure->ok)
        return note;
    if (*measure->method)
        note = isfinite(measure->level) ? arena_format(arena, "Interval: %s, %s. ", measure->method,
                                                       number_short(arena, measure->level, FORM_PERCENT))
                                        : arena_format(arena, "Interval: %s. ", measure->method);
    if (isfinite(measure->sources.lo) && *measure->sources_method)
        note = arena_format(arena, "%sInterval of the sources: %s. ", note, measure->sources_method);
    if (*measure->anchor && strcmp(measure->anchor, "none") != 0)
        note = arena_format(arena, "%sScore against: %s%s%s%s. ", note, measure->anchor, *measure->fault ? ", fault: " : "",
                            measure->fault, measure->optimistic ? " (optimistic: no holdout)" : "");
    if (*measure->reference && strcmp(measure->reference, "this project") != 0)
        note = arena_format(arena, "%sReference: %s", note, measure->reference);
    return note;
}

static void draw_measure(struct document *document, const struct table *table, const struct model_measure *measure)
{
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    const int decimals = number_decimals(&measure->estimate, measure->form);
    cells[0] = (struct table_cell){.text = measure->title, .below = measure->id, .strong = true};
    cells[1].text = measure->ok ? number_estimate(arena, &measure->estimate, measure->form) : "\xe2\x80\x93";
    cells[2].text = number_count(arena, measure->n);
    cells[3].text = number_beside(arena, measure->honest, decimals, measure->form);
    for (int i = 0; i < CONTROL_COUNT; i++)
        cells[4 + i].text = number_beside(arena, measure->control[i], decimals, measure->form);
    const int score_decimals = number_decimals(&measure->score, FORM_SCORE);
    cells[7].text = number_text(arena, measure->score.value, score_decimals, FORM_SCORE);
    cells[7].below = number_range(arena, &measure->score, score_decimals, FORM_SCORE);
    table_row(document, table, cells, arena_format(arena, "%s%s", own_note(arena, measure), method_note(arena, measure)));
}

static void annex_title(struct document *document)
{
    page_section(document, 1, "Annex: every measure", 240);
    part_title(document, "Annex: every measure", 1);
}

void pages_measures(struct document *document, const struct model_candidate *candidate)
{
    struct table table = annex_table();
    annex_title(document);
    if (candidate->n_measures == 0) {
        flow_text(document, &style_body, "The audit lists no measures for this candidate.", grid_x(0), TEXT_WIDTH);
        return;
    }
    table_head(document, &table);
    for (size_t i = 0; i < candidate->n_measures; i++) {
        if (i + 2 == candidate->n_measures)
            table_keep(document, &table, 2 * measure_height);
        draw_measure(document, &table, &candidate->measures[i]);
    }
    table_end(document, &table);
}

/* Of several candidates: what is the same for all stands once, above a line for each. */
static struct table shared_table(void)
{
    struct table table = {.x = grid_x(0), .padding = 2, .n_columns = 8};
    const double rest = TEXT_WIDTH - 112 - 38 - 80 - 4 * 42;
    table.columns[0] = (struct table_column){"Measure, candidates", rest, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"value (interval)", 112, ALIGN_LEFT};
    table.columns[2] = (struct table_column){"n", 38, ALIGN_RIGHT};
    table.columns[3] = (struct table_column){"score (interval)", 80, ALIGN_RIGHT};
    table.columns[4] = (struct table_column){"fresh real", 42, ALIGN_RIGHT};
    table.columns[5] = (struct table_column){"copy", 42, ALIGN_RIGHT};
    table.columns[6] = (struct table_column){"columns apart", 42, ALIGN_RIGHT};
    table.columns[7] = (struct table_column){"uniform", 42, ALIGN_RIGHT};
    return table;
}

/* The candidate whose measure speaks for all: the first that was measured. */
static const struct model_measure *speaker(const struct model *model, const char *id)
{
    const struct model_measure *first = NULL;
    for (size_t c = 0; c < model->n_candidates; c++) {
        const struct model_measure *measure = model_measure_find(&model->candidates[c], id);
        if (measure && measure->ok)
            return measure;
        first = first ? first : measure;
    }
    return first;
}

/* What all candidates' own notes say alike; NULL: they differ. */
static const char *common_note(struct arena *arena, const struct model *model, const char *id)
{
    const char *common = NULL;
    for (size_t c = 0; c < model->n_candidates; c++) {
        const struct model_measure *measure = model_measure_find(&model->candidates[c], id);
        const char *note = measure ? own_note(arena, measure) : "";
        if (common && strcmp(common, note) != 0)
            return NULL;
        common = note;
    }
    return common;
}

static void shared_row(struct document *document, const struct table *table, const struct model_measure *measure,
                       const char *common)
{
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    const int decimals = number_decimals(&measure->estimate, measure->form);
    cells[0] = (struct table_cell){.text = measure->title, .below = measure->id, .strong = true, .reaches = true};
    cells[4].text = number_beside(arena, measure->honest, decimals, measure->form);
    for (int i = 0; i < CONTROL_COUNT; i++)
        cells[5 + i].text = number_beside(arena, measure->control[i], decimals, measure->form);
    table_row(document, table, cells, arena_format(arena, "%s%s", common ? common : "", method_note(arena, measure)));
}

static void candidate_row(struct document *document, const struct table *table, const struct model_candidate *candidate,
                          const struct model_measure *measure, const char *shared, bool own)
{
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    const char *method = method_note(arena, measure);
    cells[0].text = text_shorten(arena, candidate->name, 24);
    cells[1].text = measure->ok ? number_estimate(arena, &measure->estimate, measure->form) : "\xe2\x80\x93";
    cells[2].text = number_count(arena, measure->n);
    cells[3].text = isfinite(measure->score.value) ? number_estimate(arena, &measure->score, FORM_SCORE) : "\xe2\x80\x93";
    table_row(document, table, cells,
              arena_format(arena, "%s%s", own ? own_note(arena, measure) : "", strcmp(method, shared) == 0 ? "" : method));
}

void pages_measures_shared(struct document *document, const struct model *model)
{
    struct table table = shared_table();
    const struct model_candidate *first = &model->candidates[0];
    annex_title(document);
    table_head(document, &table);
    for (size_t i = 0; i < first->n_measures; i++) {
        const char *id = first->measures[i].id, *common = common_note(document->arena, model, id);
        const struct model_measure *shared = speaker(model, id), *measure;
        table_keep(document, &table, 2 * measure_height);
        shared_row(document, &table, shared, common);
        for (size_t c = 0; c < model->n_candidates && (shared->ok || !common); c++)
            if ((measure = model_measure_find(&model->candidates[c], id)))
                candidate_row(document, &table, &model->candidates[c], measure, method_note(document->arena, shared),
                              common == NULL);
    }
    table_end(document, &table);
}

void pages_columns(struct document *document, const struct model *model, const struct model_candidate *candidate, int level)
{
    struct column_set all = columns_read(model, document->arena, model_measure_find(candidate, "fidelity.column_shapes"));
    if (all.count <= COLUMNS_WHOLE)
        return;
    page_section(document, level, "Annex: every column", 300);
    part_title(document, "Annex: every column", level);
    flow_text(
        document, &style_body,
        "Grey: real training rows; blue: synthetic rows. Worst first; the number is 1 less the largest difference between the "
        "distributions (quantities) or half the sum of differences (categories).",
        grid_x(0), grid_width(10));
    document->y += 8;
    columns_place(document, &all);
    size_t cut = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (text_width(document->text, &style_emphasis, all.plots[i].name) <= grid_width(3) - 30)
            continue;
        if (cut++ == 0)
            flow_heading(document, "Full names of columns that were cut", 30);
        flow_text(document, &style_small, all.plots[i].name, grid_x(0), TEXT_WIDTH);
        document->y += 2;
    }
}
