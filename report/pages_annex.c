/* The annex of one candidate: every measure with all its numbers, and every column. */
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

/* How the interval was made, what the score stands on, why it is not in the index, where the definition comes from. */
static const char *method_note(struct arena *arena, const struct model_measure *measure)
{
    const char *note = "";
    if (!measure->ok)
        return arena_format(arena, "%s: %s.", measure->failed ? "Failed" : "Not measurable",
                            *measure->reason ? measure->reason : "no reason was given");
    if (*measure->method)
        note = isfinite(measure->level) ? arena_format(arena, "Interval: %s, %s. ", measure->method,
                                                       number_short(arena, measure->level, FORM_PERCENT))
                                        : arena_format(arena, "Interval: %s. ", measure->method);
    if (isfinite(measure->sources.lo) && isfinite(measure->sources.hi)) {
        const struct estimate sources = {(measure->sources.lo + measure->sources.hi) / 2, measure->sources.lo,
                                         measure->sources.hi};
        note = arena_format(arena, "%sBetween the sources themselves: %s (%s). ", note,
                            number_range(arena, &sources, number_decimals(&sources, measure->form), measure->form),
                            *measure->sources_method ? measure->sources_method : "method not named");
    }
    if (*measure->anchor && strcmp(measure->anchor, "none") != 0)
        note = arena_format(arena, "%sScore against: %s%s%s%s. ", note, measure->anchor, *measure->fault ? ", fault: " : "",
                            measure->fault, measure->optimistic ? " (optimistic: no holdout)" : "");
    if (!measure->in_index && *measure->why_not_in_index)
        note = arena_format(arena, "%sNot in the index: %s. ", note, measure->why_not_in_index);
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
    table_row(document, table, cells, method_note(arena, measure));
}

void pages_measures(struct document *document, const struct model *model, const struct model_candidate *candidate, int level)
{
    (void)model;
    struct table table = annex_table();
    page_section(document, level, "Annex: every measure", 240);
    part_title(document, "Annex: every measure", level);
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
