#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/overview.h"
#include "report/words.h"

const cJSON *figure_details(const struct model_candidate *candidate, const char *id)
{
    const struct model_measure *measure = model_measure_find(candidate, id);
    return measure && measure->ok ? measure->details : NULL;
}

const char *figure_caption(struct arena *arena, const struct model_candidate *candidate, const char *id)
{
    const struct model_measure *measure = model_measure_find(candidate, id);
    if (!measure || !isfinite(measure->n))
        return arena_string(arena, id);
    return arena_format(arena, "n = %s \xc2\xb7 %s", number_count(arena, measure->n), id);
}

const char *figure_sentence(struct arena *arena, const struct model_candidate *candidate, const struct model_measure *measure,
                            const char *look)
{
    const int dimension = dimension_index(measure->dimension);
    if (dimension < 0 || !overview_wanted(candidate, dimension))
        return look;
    const bool said = !*measure->finding || strcmp(measure->finding, candidate->dimensions[dimension].finding) == 0;
    const char *sources = sources_words(arena, measure);
    return arena_format(arena, "%s%s%s%s%s", said ? "" : measure->finding, said ? "" : " ", sources, *sources ? " " : "", look);
}

void figure_add_rows(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena,
                     const struct row_figure *spec)
{
    const struct model_measure *measure = model_measure_find(candidate, spec->id);
    struct row_panels *panels = measure && measure->ok && measure->details ? ARENA_NEW(arena, struct row_panels) : NULL;
    if (!panels)
        return;
    *panels = spec->read(arena, measure);
    const double height = chart_rows_height(panels);
    if (height <= 0)
        return;
    figure_add(list, &(struct figure){.title = spec->title,
                                      .sentence = figure_sentence(arena, candidate, measure, spec->look),
                                      .caption = figure_caption(arena, candidate, spec->id),
                                      .measure = spec->id,
                                      .alone = panels->upper->names > 0.5, /* long names need the room */
                                      .height = height,
                                      .draw = chart_rows,
                                      .data = panels});
}
