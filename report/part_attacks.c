/* The table of membership attacks, by family: what each finds and could have found. */
#include <math.h>

#include "report/attacks.h"
#include "report/figures_privacy.h"
#include "report/pages.h"
#include "report/table.h"
#include "report/words.h"

enum { RATES = 3, LIMITS = 3 };

static struct table attacks_table(void)
{
    struct table table = {.x = grid_x(0), .padding = 2, .n_columns = 3 + RATES + LIMITS};
    const double auc = 96, rate = 40, limit = 41, rest = TEXT_WIDTH - 60 - auc - RATES * rate - LIMITS * limit;
    size_t c = 0;
    table.columns[c++] = (struct table_column){"Family", 60, ALIGN_LEFT};
    table.columns[c++] = (struct table_column){"attack", rest, ALIGN_LEFT};
    table.columns[c++] = (struct table_column){"AUC", auc, ALIGN_RIGHT};
    table.columns[c++] = (struct table_column){"TPR 0.1\xc2\xa0%", rate, ALIGN_RIGHT};
    table.columns[c++] = (struct table_column){"1\xc2\xa0%", rate, ALIGN_RIGHT};
    table.columns[c++] = (struct table_column){"10\xc2\xa0%", rate, ALIGN_RIGHT};
    table.columns[c++] = (struct table_column){"limit: copies", limit, ALIGN_RIGHT};
    table.columns[c++] = (struct table_column){"noisy", limit, ALIGN_RIGHT};
    table.columns[c++] = (struct table_column){"values", limit, ALIGN_RIGHT};
    return table;
}

static const char *limit_text(struct arena *arena, const cJSON *attack, const char *key, const char *power)
{
    const double limit = model_number(attack, key);
    if (isfinite(limit))
        return attack_limit(arena, limit);
    return model_first(cJSON_GetObjectItemCaseSensitive(attack, power)) ? ">\xc2\xa0"
                                                                          "5\xc2\xa0%"
                                                                        : "\xe2\x80\x93";
}

static void draw_attack(struct document *document, const struct table *table, const cJSON *attack, const char *family,
                        bool reported)
{
    static const char *const rates[RATES] = {"0.001", "0.01", "0.1"};
    static const char *const limits[LIMITS][2] = {
        {"detection_limit", "power"}, {"detection_limit_noisy", "power_noisy"}, {"detection_limit_values", "power_values"}};
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    const struct estimate auc = {model_number(attack, "auc"), model_number(attack, "lo"), model_number(attack, "hi")};
    size_t c = 0;
    cells[c++] = (struct table_cell){.text = family, .strong = true};
    cells[c++] = (struct table_cell){.text = reported ? arena_format(arena, "%s (reported)", attack_name(arena, attack))
                                                      : attack_name(arena, attack),
                                     .strong = reported};
    cells[c++].text = number_estimate(arena, &auc, FORM_PLAIN);
    for (size_t k = 0; k < RATES; k++) {
        const double rate = model_number(cJSON_GetObjectItemCaseSensitive(attack, "tpr"), rates[k]);
        cells[c++].text = number_text(arena, rate, 1, FORM_PERCENT);
    }
    for (size_t k = 0; k < LIMITS; k++)
        cells[c++].text = limit_text(arena, attack, limits[k][0], limits[k][1]);
    table_row(document, table, cells, NULL);
}

void part_attacks(struct document *document, const struct model_candidate *candidate)
{
    struct arena *arena = document->arena;
    const cJSON *details = figure_details(candidate, "privacy.membership"), *attack, *chosen = attack_reported(details);
    const cJSON *attacks = cJSON_GetObjectItemCaseSensitive(details, "attacks");
    const struct attack_families families = attack_families(arena, details);
    struct table table = attacks_table();
    if (families.count == 0)
        return;
    flow_heading(document, "Membership attacks, one by one", 80);
    flow_text(
        document, &style_grey,
        "TPR: training records recognised at that share of false alarms; an en dash: too few strangers to say. Limit: the "
        "least share of planted copies, noisy copies or values alone that the attack finds with 95 % power; an en dash: "
        "its model would have to be trained anew for each.",
        grid_x(0), TEXT_WIDTH);
    document->y += 4;
    table_head(document, &table);
    for (size_t f = 0; f < families.count; f++) {
        const char *family = *families.name[f] ? families.name[f] : "others";
        for (attack = model_first(attacks); attack; attack = attack->next) {
            if (attack_family(arena, &families, attack) != f)
                continue;
            draw_attack(document, &table, attack, family, attack == chosen);
            family = "";
        }
    }
    table_end(document, &table);
}
