/* The table of black-box attacks (privacy.shadow): the generator run again, by outlying and by random records. */
#include <string.h>

#include "report/attacks.h"
#include "report/figures_privacy.h"
#include "report/pages.h"
#include "report/table.h"
#include "report/words.h"

static const char *auc_text(struct arena *arena, const cJSON *object)
{
    const struct estimate auc = {model_number(object, "auc"), model_number(object, "lo"), model_number(object, "hi")};
    return number_estimate(arena, &auc, FORM_PLAIN);
}

static const char *opening(struct arena *arena, const cJSON *details)
{
    return arena_format(arena,
                        "\xe2\x80\x9c%s\xe2\x80\x9d was trained %s times, each time on %s records, half of the times with the "
                        "record in question, and made %s rows each time. AUC: how well the attack tells the two apart (0.5 is "
                        "chance).",
                        model_text(arena, details, "generator"), number_count(arena, model_number(details, "shadows")),
                        number_count(arena, model_number(details, "rows_trained_on")),
                        number_count(arena, model_number(details, "rows_made")));
}

void part_shadow(struct document *document, const struct model_candidate *candidate)
{
    struct arena *arena = document->arena;
    const cJSON *details = figure_details(candidate, "privacy.shadow"), *attack;
    const cJSON *attacks = cJSON_GetObjectItemCaseSensitive(details, "attacks");
    const char *best = model_text(arena, details, "best");
    struct table table = {.x = grid_x(0), .padding = 2, .n_columns = 4};
    if (!model_first(attacks))
        return;
    table.columns[0] = (struct table_column){"Attack", 110, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"looks at", TEXT_WIDTH - 330, ALIGN_LEFT};
    table.columns[2] = (struct table_column){"AUC, outlying records", 110, ALIGN_RIGHT};
    table.columns[3] = (struct table_column){"AUC, random records", 110, ALIGN_RIGHT};
    flow_heading(document, "Attacks that run the generator", 80);
    flow_text(document, &style_grey, opening(arena, details), grid_x(0), TEXT_WIDTH);
    document->y += 4;
    table_head(document, &table);
    for (attack = model_first(attacks); attack; attack = attack->next) {
        const bool strong = strcmp(model_text(arena, attack, "attack"), best) == 0;
        struct table_cell cells[TABLE_COLUMNS] = {0};
        cells[0] = (struct table_cell){.text = attack_name(arena, attack), .strong = strong};
        cells[1].text = model_text(arena, attack, "guess");
        cells[2] = (struct table_cell){.text = auc_text(arena, attack), .strong = strong};
        cells[3].text = auc_text(arena, cJSON_GetObjectItemCaseSensitive(attack, "random_targets"));
        table_row(document, &table, cells, NULL);
    }
    table_end(document, &table);
}
