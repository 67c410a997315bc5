/* Claims: what was said of the candidates, and whether this audit bears it out. */
#include "report/pages.h"
#include "report/table.h"
#include "report/words.h"

void pages_claims(struct document *document, const struct model *model)
{
    static const double result = 90, source = 110;
    struct table table = {.x = grid_x(0), .padding = 2.4, .n_columns = 3};
    table.columns[0] = (struct table_column){"Claim", TEXT_WIDTH - result - source, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"where it is made", source, ALIGN_LEFT};
    table.columns[2] = (struct table_column){"result", result, ALIGN_LEFT};
    if (model->n_claims == 0)
        return;
    page_section(document, 1, "Claims", 0);
    part_title(document, "Claims", 1);
    flow_text(
        document, &style_body,
        "What is said of the candidates elsewhere, held against what was measured here. PASS: the value keeps the claim; "
        "FAIL: it does not; NOT-TESTABLE: it was not measured, or a claim that asks for the whole interval finds both "
        "answers in it. Where the interval reaches over to the other answer, other rows could have given that one. Claims "
        "do not touch the verdict.",
        grid_x(0), TEXT_WIDTH);
    page_skip(document, 8);
    table_head(document, &table);
    for (size_t i = 0; i < model->n_claims; i++) {
        const struct model_claim *claim = &model->claims[i];
        const struct table_cell cells[TABLE_COLUMNS] = {
            {.text = claim->statement, .below = claim->why, .strong = true},
            {.text = claim->source},
            {.text = arena_format(document->arena, "%s\xc2\xa0%s", status_sign(claim->status), claim->result),
             .colour = status_colour(claim->status),
             .strong = true}};
        table_row(document, &table, cells, NULL);
    }
    table_end(document, &table);
}
