/* One dimension of one candidate: the question, the answer, the table of its measures, the pictures. */
#include <math.h>
#include <string.h>

#include "report/figures_privacy.h"
#include "report/overview.h"
#include "report/pages.h"
#include "report/table.h"
#include "report/words.h"

static void draw_opening(struct document *document, const struct model_candidate *candidate, int index)
{
    struct arena *arena = document->arena;
    const struct model_dimension *dimension = &candidate->dimensions[index];
    double y = document->y;
    tag_open(document, "H1", NULL);
    text_draw(document->text, document->cr, &style_title, dimension_title[dimension->index], grid_x(0), y, grid_width(8));
    tag_close(document, "H1");
    struct text_style badge = style_heading;
    badge.colour = status_colour(dimension->status);
    badge.align = ALIGN_RIGHT;
    text_draw(document->text, document->cr, &badge,
              arena_format(arena, "%s\xc2\xa0%s", status_sign(dimension->status), dimension_word(dimension)), grid_x(8), y + 7,
              grid_width(4));
    document->y += style_title.leading + 2;
    flow_text(document, &style_heading, dimension_question[dimension->index], grid_x(0), TEXT_WIDTH);
    document->y += 6;
    if (*dimension->finding && (dimension->assessed || dimension->measures == 0 || *dimension->worst))
        flow_text(document, &style_body, dimension->finding, grid_x(0), grid_width(11));
    const char *score = dimension->assessed
                            ? arena_format(arena, "Score %s", number_estimate(arena, &dimension->score, FORM_SCORE))
                            : "Not assessed: no measure of this dimension takes part in the index";
    if (dimension->assessed && dimension->coverage < 1)
        score = arena_format(arena, "%s, made from %s of the measures by weight; the others have no score", score,
                             number_text(arena, dimension->coverage, 0, FORM_PERCENT));
    document->y += 3;
    flow_text(document, &style_strong, arena_format(arena, "%s.", score), grid_x(0), grid_width(11));
    struct text_style grey = style_body;
    grey.colour = COLOUR_GREY;
    document->y += 3;
    const char *means = dimension_means[dimension->index];
    if (dimension->assessed && !model_has_fresh_rows(candidate))
        means = arena_format(arena, "%s Without a holdout it is not known what fresh real rows would score; it is less than 1.",
                             means);
    flow_text(document, &grey, means, grid_x(0), grid_width(11));
    document->y += 12;
}

static struct table measures_table(void)
{
    struct table table = {.x = grid_x(0), .padding = 3.2, .n_columns = 7};
    const double rest = TEXT_WIDTH - 50 - 74 - 48 - 60 - 80 - 56;
    table.columns[0] = (struct table_column){"Measure", rest, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"value", 50, ALIGN_RIGHT};
    table.columns[2] = (struct table_column){"interval", 74, ALIGN_RIGHT};
    table.columns[3] = (struct table_column){"fresh real", 48, ALIGN_RIGHT};
    table.columns[4] = (struct table_column){"control", 60, ALIGN_RIGHT};
    table.columns[5] = (struct table_column){"gate", 80, ALIGN_RIGHT};
    table.columns[6] = (struct table_column){"status", 56, ALIGN_RIGHT};
    return table;
}

static const char *status_text(struct arena *arena, const struct model_measure *measure)
{
    if (measure->failed)
        return "\xe2\x80\x93\xc2\xa0"
               "error";
    if (!measure->ok)
        return "\xe2\x80\x93\xc2\xa0"
               "not meas.";
    if (measure->status == STATUS_NONE)
        return measure->proxy ? "proxy" : "no gate";
    return arena_format(arena, "%s\xc2\xa0%s", status_sign(measure->status), status_word(measure->status));
}

/* `opening`: the sentence that opens the dimension, not to be said again. */
static void draw_measure(struct document *document, const struct table *table, const struct model_measure *measure,
                         const char *opening)
{
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    const int decimals = number_decimals(&measure->estimate, measure->form);
    const char *unit = measure->form == FORM_PERCENT ? NULL : measure->unit;
    cells[0] = (struct table_cell){.text = measure->title, .below = measure->id, .strong = true};
    cells[1] =
        (struct table_cell){.text = number_text(arena, measure->ok ? measure->estimate.value : NAN, decimals, measure->form),
                            .below = unit,
                            .strong = true};
    cells[2].text = measure->ok ? number_range(arena, &measure->estimate, decimals, measure->form) : "";
    cells[3].text = number_beside(arena, measure->honest, decimals, measure->form);
    cells[4].text = number_beside(arena, measure->fault_value, decimals, measure->form);
    cells[4].below = isfinite(measure->fault_value) ? plain_name(arena, measure->fault) : NULL;
    cells[5].text = "\xe2\x80\x93";
    if (measure->gate)
        rule_parts(arena, measure->gate, &cells[5].text, &cells[5].below);
    cells[6] = (struct table_cell){.text = status_text(arena, measure),
                                   .colour = measure->status == STATUS_NONE ? COLOUR_GREY : status_colour(measure->status),
                                   .strong = measure->status != STATUS_NONE};
    const char *said = !measure->ok ? measure->reason : strcmp(measure->finding, opening) == 0 ? "" : measure->finding;
    const char *sources = sources_words(arena, measure);
    if (*sources)
        said = arena_format(arena, "%s%s%s", said, *said ? " " : "", sources);
    if (measure->ok && measure->status == STATUS_FAIL && *measure->remedy)
        said = arena_format(arena, "%s%sWhat would mend it: %s", said, *said ? " " : "", measure->remedy);
    else if (!measure->ok && *said)
        said = arena_format(arena, "%s: %s.", measure->failed ? "Failed" : "Not measurable", said);
    table_row(document, table, cells, said);
}

static void draw_measures(struct document *document, const struct model_candidate *candidate, int index)
{
    if (overview_wanted(candidate, index)) {
        overview_place(document, candidate, index);
        return;
    }
    struct table table = measures_table();
    table_head(document, &table);
    for (size_t i = 0; i < candidate->n_measures; i++)
        if (strcmp(candidate->measures[i].dimension, dimension_key[index]) == 0)
            draw_measure(document, &table, &candidate->measures[i], candidate->dimensions[index].finding);
    table_end(document, &table);
}

/* Who the attackers are, one sentence each. */
static void draw_threats(struct document *document, const struct model_candidate *candidate, int index)
{
    bool headed = false;
    for (size_t i = 0; i < candidate->n_measures; i++) {
        const struct model_measure *measure = &candidate->measures[i];
        if (strcmp(measure->dimension, dimension_key[index]) != 0 || !*measure->threat || !measure->ok)
            continue;
        if (!headed)
            flow_heading(document, "Who attacks, and what they know", 40);
        headed = true;
        double height = text_height(document->text, &style_body, measure->threat, grid_width(9));
        double name = text_height(document->text, &style_strong, measure->title, grid_width(3) - 6);
        height = name > height ? name : height;
        page_need(document, height);
        tag_open(document, "P", NULL);
        text_draw(document->text, document->cr, &style_strong, measure->title, grid_x(0), document->y, grid_width(3) - 6);
        text_draw(document->text, document->cr, &style_body, measure->threat, grid_x(3), document->y, grid_width(9));
        tag_close(document, "P");
        document->y += height + 4;
    }
    if (headed)
        document->y += 8;
}

static void gather_figures(struct figure_list *list, const struct model_candidate *candidate, int index, struct arena *arena)
{
    static void (*const gather[DIMENSION_COUNT])(struct figure_list *, const struct model_candidate *, struct arena *) = {
        figures_fidelity, figures_utility, figures_fairness, figures_robustness, figures_privacy};
    gather[index](list, candidate, arena);
}

static void draw_words(struct document *document, const struct model_candidate *candidate, int index)
{
    draw_opening(document, candidate, index);
    if (candidate->dimensions[index].measures > 0)
        draw_measures(document, candidate, index);
    draw_threats(document, candidate, index);
}

/* The height of the words and of the first figure, but no more than two fifths of a page: with less than that left, the
 * dimension opens a page. A table that does not fit is broken rather than that most of a page stays empty. */
static double height_to_keep(const struct document *document, const struct model_candidate *candidate,
                             const struct figure_list *list, int index)
{
    const double rule = 30, first_columns = 2 * COLUMN_PLOT_HEIGHT + 40;
    struct document trial = *document;
    trial.cr = NULL;
    trial.page = 1;
    trial.y = PAGE_TOP;
    draw_words(&trial, candidate, index);
    const double page = PAGE_BOTTOM - PAGE_TOP;
    if (overview_wanted(candidate, index))
        return trial.page > 1 ? 0.6 * page : fmin(0.6 * page, rule + trial.y - PAGE_TOP);
    if (trial.page > 1)
        return 0.4 * page;
    bool columns = index == 0 && figure_details(candidate, "fidelity.column_shapes");
    double figure = columns ? first_columns : list->count > 0 ? list->items[0].height + 8 : 0;
    return fmin(0.4 * page, rule + trial.y - PAGE_TOP + figure);
}

void pages_dimension(struct document *document, const struct model *model, const struct model_candidate *candidate, int index,
                     int level)
{
    struct figure_list list = {.count = 0};
    gather_figures(&list, candidate, index, document->arena);
    page_section(document, level, dimension_title[index], height_to_keep(document, candidate, &list, index));
    if (!page_at_top(document)) {
        document->y += 16;
        flow_rule(document, COLOUR_INK, 1.2);
        document->y += 12;
    }
    draw_words(document, candidate, index);
    if (index == 0) {
        part_rules(document, candidate);
        figure_columns(document, model, candidate);
    }
    figures_place(document, &list);
    if (index == DIMENSION_COUNT - 1) {
        part_secrets(document, candidate);
        part_quasi(document, candidate);
        part_attacks(document, candidate);
        part_shadow(document, candidate);
    }
    if (overview_wanted(candidate, index))
        overview_words(document, candidate, index, &list);
}
