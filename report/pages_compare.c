/* All candidates side by side in the measures of one dimension: the value, and the score as a bar below it. */
#include <math.h>
#include <string.h>

#include "report/overview.h"
#include "report/pages.h"
#include "report/table.h"
#include "report/words.h"

static const double cell_height = 19;

struct compared {
    const char *value; /* "–" where it was not measured */
    double score;
};

static void draw_compared(struct document *document, const void *data, double x, double y, double width, double height)
{
    const struct compared *compared = data;
    const double bar = 4, top = y + height - bar - 1;
    struct text_style style = style_small;
    style.align = ALIGN_RIGHT;
    style.tabular = true;
    text_draw(document->text, document->cr, &style, compared->value, x, y, width);
    if (!isfinite(compared->score))
        return;
    draw_box(document->cr, x, top, width, bar, 0xe6e8ed);
    draw_box(document->cr, x, top, width * fmin(1, fmax(0, compared->score)), bar, COLOUR_ACCENT);
}

static size_t shown_of(const struct model *model)
{
    return model->n_candidates < OVERVIEW_CANDIDATES ? model->n_candidates : OVERVIEW_CANDIDATES;
}

/* A name for a narrow column: where it takes more than two lines, its beginning and its end. */
static const char *narrow_name(struct arena *arena, const char *name, double width)
{
    const size_t line = (size_t)((width - 4) / 5);
    const char *shortened = text_shorten(arena, name, 2 * line - 1), *gap = strstr(shortened, "\xe2\x80\xa6");
    if (shortened == name || !gap)
        return name;
    return arena_format(arena, "%.*s\n%s", (int)(gap + 3 - shortened), shortened, gap + 3);
}

static struct table compare_table(struct arena *arena, const struct model *model)
{
    const size_t shown = shown_of(model);
    const double fresh = 52, names = shown > 5 ? 120 : 150, rest = TEXT_WIDTH - names - fresh;
    const double width = fmin(76, rest / (double)shown);
    struct table table = {.x = grid_x(0), .padding = 2.6, .n_columns = shown + 2};
    table.columns[0] = (struct table_column){"Measure", names, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"fresh real", fresh, ALIGN_RIGHT};
    for (size_t c = 0; c < shown; c++)
        table.columns[2 + c] = (struct table_column){narrow_name(arena, model->candidates[c].name, width), width, ALIGN_RIGHT};
    return table;
}

static void draw_row(struct document *document, const struct model *model, const struct table *table, const char *id,
                     const char *title)
{
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    struct compared *compared = ARENA_ARRAY(arena, struct compared, OVERVIEW_CANDIDATES);
    if (!compared)
        return;
    cells[0] = (struct table_cell){.text = title, .strong = true};
    cells[1].text = "\xe2\x80\x93";
    for (size_t c = shown_of(model); c-- > 0;) {
        const struct model_measure *measure = model_measure_find(&model->candidates[c], id);
        compared[c] = (struct compared){"\xe2\x80\x93", NAN};
        cells[2 + c] = (struct table_cell){.draw = draw_compared, .data = &compared[c], .height = cell_height};
        if (!measure || !measure->ok)
            continue;
        cells[0].below = better_words(arena, measure);
        const int decimals = number_decimals(&measure->estimate, measure->form);
        compared[c] =
            (struct compared){number_text(arena, measure->estimate.value, decimals, measure->form), measure->score.value};
        if (isfinite(measure->honest))
            cells[1].text = number_beside(arena, measure->honest, decimals, measure->form);
    }
    table_row(document, table, cells, NULL);
}

void pages_compare(struct document *document, const struct model *model, int dimension)
{
    struct arena *arena = document->arena;
    const struct model_candidate *first = &model->candidates[0];
    size_t count;
    if (!overview_wanted(first, dimension))
        return;
    const char *title = arena_format(arena, "%s, side by side", dimension_title[dimension]);
    page_section(document, 1, title, 0);
    part_title(document, title, 1);
    const char *rest = model->n_candidates > OVERVIEW_CANDIDATES
                           ? arena_format(arena, " The best %d candidates are shown.", (int)OVERVIEW_CANDIDATES)
                           : "";
    flow_text(
        document, &style_body,
        arena_format(arena,
                     "Each number is a measure\xe2\x80\x99s value, the bar below it its score: empty is a table with a fault "
                     "planted on purpose, full is %s; without a bar there is no score, and the "
                     "candidate\xe2\x80\x99s own page says why. Read along a row for the best candidate, down a column for "
                     "what a candidate cannot do.%s",
                     model_has_fresh_rows(first) ? "as good as fresh real rows" : "the training rows themselves (no holdout)",
                     rest),
        grid_x(0), grid_width(11));
    document->y += 8;
    struct table table = compare_table(arena, model);
    const struct overview_item *items = overview_items(arena, first, dimension, &count);
    table_head(document, &table);
    for (size_t i = 0; items && i < count; i++)
        draw_row(document, model, &table, items[i].measure->id, items[i].measure->title);
    table_end(document, &table);
}
