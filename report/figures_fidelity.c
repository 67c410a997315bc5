#include <math.h>
#include <string.h>

#include "report/chart_fidelity.h"
#include "report/columns.h"
#include "report/figures.h"
#include "report/words.h"

void figure_columns(struct document *document, const struct model *model, const struct model_candidate *candidate)
{
    static const char id[] = "fidelity.column_shapes";
    struct arena *arena = document->arena;
    const struct model_measure *measure = model_measure_find(candidate, id);
    struct column_set all = columns_read(model, arena, measure);
    if (all.count == 0)
        return;
    struct column_set shown = columns_first(&all, all.count <= COLUMNS_WHOLE ? COLUMNS_WHOLE : COLUMNS_SHOWN);
    const char *sources = sources_words(arena, measure);
    const char *rest = shown.count < all.count ? " All columns are in the annex." : "";
    const char *sentence =
        arena_format(arena,
                     "Grey: real training rows; blue: synthetic rows. Where blue leaves grey, the table differs. "
                     "Furthest off: %s (%s; %s is identical).%s%s%s",
                     text_shorten(arena, all.plots[0].name, 40), all.plots[0].score, number_short(arena, 1, measure->form),
                     *sources ? " " : "", sources, rest);
    page_skip(document, 8);
    page_need(document, COLUMN_PLOT_HEIGHT + 40);
    flow_text(document, &style_strong, "Columns, worst first", grid_x(0), TEXT_WIDTH);
    flow_text(document, &style_small, sentence, grid_x(0), TEXT_WIDTH);
    document->y += 5;
    columns_place(document, &shown);
    flow_text(document, &style_grey, figure_caption(arena, candidate, id), grid_x(0), TEXT_WIDTH);
    page_skip(document, 8);
}

static const cJSON *worst_pair(const cJSON *details)
{
    const cJSON *pairs = cJSON_GetObjectItemCaseSensitive(details, "pairs"), *pair, *worst = NULL;
    double least = INFINITY;
    for (pair = model_first(pairs); pair; pair = pair->next) {
        double score = model_number(pair, "score");
        if (isfinite(score) && score < least) {
            least = score;
            worst = pair;
        }
    }
    return worst;
}

static void add_pairs(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    static const char id[] = "fidelity.pair_trends";
    const cJSON *details = figure_details(candidate, id), *worst = worst_pair(details);
    double height = details ? chart_pairs_height(details) : 0;
    if (!worst || height <= 0)
        return;
    double score = model_number(worst, "score");
    struct estimate bare = {score, NAN, NAN};
    const struct model_measure *measure = model_measure_find(candidate, id);
    enum number_form form = measure->form;
    const char *sources = sources_words(arena, measure);
    figure_add(list,
               &(struct figure){.title = "Pairs of columns",
                                .sentence = arena_format(
                                    arena,
                                    "Pale: the two columns depend on each other as in the real table; the darker, "
                                    "the more their relation has moved. Worst: %s with %s (%s).%s%s%s",
                                    text_shorten(arena, model_text(arena, worst, "a"), 40),
                                    text_shorten(arena, model_text(arena, worst, "b"), 40),
                                    number_text(arena, score, number_decimals(&bare, form), form), *sources ? " " : "", sources,
                                    chart_pairs_complete(details) ? "" : " Shown are the columns that are worst on average."),
                                .caption = figure_caption(arena, candidate, id),
                                .measure = id,
                                .full = chart_pairs_wide(details),
                                .height = height,
                                .draw = chart_pairs,
                                .data = details});
}

static const struct row_figure column_figures[] = {
    {"fidelity.missingness", "Missing values", "The longer the line, the more the shares differ.", rows_missingness},
    {"fidelity.coverage", "What is there", "Bars that end short of 100\xc2\xa0%: real values that the candidate lacks.",
     rows_coverage},
};
static const struct row_figure joint_figures[] = {
    {"fidelity.association", "Strength of dependence",
     "The longer the line, the more the strength of a pair has changed; 0 is none. Furthest first.", rows_association},
    {"fidelity.kway", "Sets of columns", "The further blue lies left of noise, the less the combinations of values agree.",
     rows_kway},
    {"fidelity.discriminator", "Can it be told from the real table?", "On the dashed line learners guess.", rows_discriminator},
    {"fidelity.precision_recall", "Plausible, and complete?",
     "Low precision: rows that no real one resembles; low recall: kinds of real rows are missing.", rows_precision_recall},
    {"fidelity.inference", "Would an analyst conclude the same?",
     "Blue beside grey: the same coefficient; intervals apart: another conclusion. Least alike first.", rows_inference},
};

void figures_fidelity(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    for (size_t i = 0; i < sizeof column_figures / sizeof *column_figures; i++)
        figure_add_rows(list, candidate, arena, &column_figures[i]);
    add_pairs(list, candidate, arena);
    for (size_t i = 0; i < sizeof joint_figures / sizeof *joint_figures; i++)
        figure_add_rows(list, candidate, arena, &joint_figures[i]);
}
