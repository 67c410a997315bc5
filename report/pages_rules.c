/* The rules of fidelity.validity that rows break, most broken first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/pages.h"
#include "report/table.h"

enum { RULES_SHOWN = 6 };

struct broken_rule {
    const cJSON *json;
    double broken;
    size_t place;
};

static int by_broken(const void *a, const void *b)
{
    const struct broken_rule *p = a, *q = b;
    if (p->broken != q->broken)
        return p->broken > q->broken ? -1 : 1;
    return p->place < q->place ? -1 : 1;
}

static const char *rule_words(struct arena *arena, const char *rule)
{
    static const struct {
        const char *rule, *words;
    } known[] = {{"category", "a category that the training table has"},
                 {"range", "within the range of the training table"},
                 {"whole_number", "a whole number"},
                 {"present", "not missing"},
                 {"unique", "every value once"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(rule, known[i].rule) == 0)
            return known[i].words;
    return arena_string(arena, rule);
}

static void draw_rule(struct document *document, const struct table *table, const cJSON *rule)
{
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    cells[0] = (struct table_cell){.text = model_text(arena, rule, "column"), .lines = 2, .strong = true};
    cells[1].text = rule_words(arena, model_text(arena, rule, "rule"));
    cells[2].text = number_count(arena, model_number(rule, "broken"));
    cells[3].text = number_text(arena, model_number(rule, "pass"), 2, FORM_PERCENT);
    cells[4].text = number_text(arena, model_number(rule, "reference_pass"), 2, FORM_PERCENT);
    table_row(document, table, cells, NULL);
}

void part_rules(struct document *document, const struct model_candidate *candidate)
{
    const cJSON *details = figure_details(candidate, "fidelity.validity");
    const cJSON *rules = cJSON_GetObjectItemCaseSensitive(details, "rules"), *rule;
    size_t count = 0, size = cJSON_IsArray(rules) ? (size_t)cJSON_GetArraySize(rules) : 0;
    struct broken_rule *broken = size > 0 ? ARENA_ARRAY(document->arena, struct broken_rule, size) : NULL;
    if (!broken)
        return;
    for (rule = rules->child; rule; rule = rule->next) {
        double rows = model_number(rule, "broken");
        if (rows > 0) {
            broken[count] = (struct broken_rule){rule, rows, count};
            count++;
        }
    }
    if (count == 0)
        return;
    qsort(broken, count, sizeof *broken, by_broken);
    struct table table = {.x = grid_x(0), .padding = 2.6, .n_columns = 5};
    table.columns[0] = (struct table_column){"Rules that rows break", 150, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"the value must be", TEXT_WIDTH - 330, ALIGN_LEFT};
    table.columns[2] = (struct table_column){"rows that break it", 60, ALIGN_RIGHT};
    table.columns[3] = (struct table_column){"kept by synthetic", 60, ALIGN_RIGHT};
    table.columns[4] = (struct table_column){"kept by real rows", 60, ALIGN_RIGHT};
    table_head(document, &table);
    for (size_t i = 0; i < count && i < RULES_SHOWN; i++)
        draw_rule(document, &table, broken[i].json);
    table_end(document, &table);
}
