/* Trust profile and gates of one candidate. */
#include <math.h>
#include <string.h>

#include "report/pages.h"
#include "report/table.h"
#include "report/words.h"

static void draw_profile(struct document *document, const struct model *model, const struct model_candidate *candidate)
{
    struct arena *arena = document->arena;
    struct figure_list list = {.count = 0};
    const char *index = isfinite(candidate->trust.value)
                            ? arena_format(arena, "Trust index %s.", number_estimate(arena, &candidate->trust, FORM_SCORE))
                            : "Trust index: not assessed.";
    const char *weights = "Weights:";
    for (int d = 0; d < DIMENSION_COUNT; d++)
        if (isfinite(model->weights[d]))
            weights = arena_format(arena, "%s%s %s\xc2\xa0%s", weights, d ? "," : "", dimension_key[d],
                                   number_short(arena, model->weights[d], FORM_PLAIN));
    figure_add(&list, &(struct figure){.title = "Trust profile",
                                       .sentence =
                                           arena_format(arena,
                                                        "%s It is the weighted geometric mean of the dimensions: one that "
                                                        "is bad pulls it down whatever the others are. Ticks: gates on scores.",
                                                        index),
                                       .caption = arena_format(arena, "%s.", weights),
                                       .height = chart_profile_height(),
                                       .draw = chart_profile,
                                       .data = candidate});
    figures_place(document, &list);
}

/* Bound and value stand in the row already; what comes after them is the number of rows that would decide. */
static const char *what_would_decide(const struct model_gate *gate)
{
    const char *rest = strstr(gate->why, "; ");
    return rest ? rest + 2 : gate->why;
}

/* `again`: a second gate on what the row above is about. */
static void draw_gate(struct document *document, const struct table *table, const struct model_gate *gate, bool again)
{
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    if (!again || page_left(document) < 60) /* said again where the row may open a page */
        cells[0] = (struct table_cell){.text = gate->subject, .below = gate->key, .strong = true, .lines = 3};
    rule_parts(arena, gate, &cells[1].text, &cells[1].below);
    const int decimals = number_decimals(&gate->estimate, gate->form);
    cells[2] = (struct table_cell){.text = number_text(arena, gate->estimate.value, decimals, gate->form),
                                   .below = number_range(arena, &gate->estimate, decimals, gate->form)};
    cells[3] =
        (struct table_cell){.text = arena_format(arena, "%s\xc2\xa0%s", status_sign(gate->result), status_word(gate->result)),
                            .colour = status_colour(gate->result),
                            .strong = true};
    cells[4].text = gate->reason;
    cells[4].below = gate->result == STATUS_UNDECIDED ? what_would_decide(gate) : NULL;
    table_row(document, table, cells, NULL);
}

void pages_gates(struct document *document, const struct model *model, const struct model_candidate *candidate, int level)
{
    struct table table = {.x = grid_x(0), .padding = 2.4, .n_columns = 5};
    const double rest = TEXT_WIDTH - 118 - 71 - 71 - 57;
    table.columns[0] = (struct table_column){"Gate on", 118, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"asks for", 71, ALIGN_LEFT};
    table.columns[2] = (struct table_column){"measured", 71, ALIGN_LEFT};
    table.columns[3] = (struct table_column){"result", 57, ALIGN_LEFT};
    table.columns[4] = (struct table_column){"why this bound", rest, ALIGN_LEFT};
    page_section(document, level, "Trust profile and gates", level > 1 ? 400 : 0);
    part_title(document, "Trust profile and gates", level);
    draw_profile(document, model, candidate);
    flow_heading(document, "Gates of the policy", 60);
    if (candidate->n_gates == 0)
        flow_text(document, &style_body, "The policy has no gates: nothing passes or fails.", grid_x(0), TEXT_WIDTH);
    else if (model->holm)
        flow_text(document, &style_small,
                  "Failures of several gates are held against each other by Holm\xe2\x80\x99s procedure: one that chance may "
                  "well explain among so many is undecided.",
                  grid_x(0), TEXT_WIDTH);
    page_skip(document, 4);
    if (candidate->n_gates > 0)
        table_head(document, &table);
    for (size_t i = 0; i < candidate->n_gates; i++) {
        if (i + 2 == candidate->n_gates)
            table_keep(document, &table, 78);
        draw_gate(document, &table, &candidate->gates[i],
                  i > 0 && strcmp(candidate->gates[i - 1].key, candidate->gates[i].key) == 0);
    }
    if (candidate->n_gates > 0)
        table_end(document, &table);
}
