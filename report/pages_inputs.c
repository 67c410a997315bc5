/* Inputs and reproducibility: files with their hashes, columns and their roles, seed, version, how to repeat the audit. */
#include <math.h>
#include <string.h>

#include "report/pages.h"
#include "report/table.h"

enum { KEPT_ROWS = 4, KEPT_HEIGHT = 16 }; /* the last rows of a table stay together */

/* A note must fit a page; audit.json has all the names. */
static const char *extra_columns(struct arena *arena, const struct model_table *input)
{
    enum { MOST = 30 };
    const size_t count = input->extra_columns.count;
    const char *text = "";
    for (size_t k = 0; k < count && k < MOST; k++)
        text =
            arena_format(arena, "%s%s%s", text, k ? ", " : "Columns that train does not have: ", input->extra_columns.items[k]);
    return count > MOST ? arena_format(arena, "%s and %zu more", text, count - MOST) : text;
}

static void draw_files(struct document *document, const struct model *model)
{
    struct arena *arena = document->arena;
    struct table table = {.x = grid_x(0), .padding = 3.2, .n_columns = 5};
    table.columns[0] = (struct table_column){"File", 96, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"rows", 50, ALIGN_RIGHT};
    table.columns[2] = (struct table_column){"columns", 46, ALIGN_RIGHT};
    table.columns[3] = (struct table_column){"bytes", 66, ALIGN_RIGHT};
    table.columns[4] = (struct table_column){"SHA-256", TEXT_WIDTH - 258, ALIGN_LEFT};
    table_head(document, &table);
    for (size_t i = 0; i < model->n_tables; i++) {
        const struct model_table *input = &model->tables[i];
        struct table_cell cells[TABLE_COLUMNS] = {0};
        cells[0] = (struct table_cell){.text = input->name, .below = input->role, .strong = true};
        cells[1].text = number_count(arena, input->rows);
        cells[2].text = number_count(arena, input->columns);
        cells[3].text = number_count(arena, input->bytes);
        cells[4].text = input->sha256;
        table_row(document, &table, cells, extra_columns(arena, input));
    }
    table_end(document, &table);
}

static const char *roles_of(struct arena *arena, const cJSON *column)
{
    struct text_list roles = model_texts(arena, cJSON_GetObjectItemCaseSensitive(column, "roles"));
    const char *text = "";
    for (size_t i = 0; i < roles.count; i++)
        text = arena_format(arena, "%s%s%s", text, i ? ", " : "", roles.items[i]);
    return text;
}

/* "20 to 75"; one value where both ends are the same. */
static const char *range_words(struct arena *arena, const cJSON *column)
{
    const cJSON *range = cJSON_GetObjectItemCaseSensitive(column, "range");
    const double lo = model_number(range, "lo"), hi = model_number(range, "hi");
    const bool date = strcmp(model_text(arena, column, "type"), "datetime") == 0;
    if (!isfinite(lo) || !isfinite(hi))
        return "\xe2\x80\x93";
    const char *least = date ? number_date(arena, lo) : number_short(arena, lo, FORM_PLAIN);
    const char *most = date ? number_date(arena, hi) : number_short(arena, hi, FORM_PLAIN);
    return hi > lo ? arena_format(arena, "%s to %s", least, most) : least;
}

static void draw_columns(struct document *document, const struct model *model)
{
    struct arena *arena = document->arena;
    struct table table = {.x = grid_x(0), .padding = 2.4, .n_columns = 6};
    table.columns[0] = (struct table_column){"Column", 146, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"type", 70, ALIGN_LEFT};
    table.columns[2] = (struct table_column){"levels", 44, ALIGN_RIGHT};
    table.columns[3] = (struct table_column){"missing", 52, ALIGN_RIGHT};
    table.columns[4] = (struct table_column){"range", 124, ALIGN_RIGHT};
    table.columns[5] = (struct table_column){"role", TEXT_WIDTH - 436, ALIGN_LEFT};
    const cJSON *column;
    flow_heading(document, "Columns of the training table", 60);
    table_head(document, &table);
    int to_come = cJSON_GetArraySize(model->schema_columns);
    for (column = model_first(model->schema_columns); column; column = column->next) {
        if (to_come-- == KEPT_ROWS)
            table_keep(document, &table, KEPT_ROWS * KEPT_HEIGHT);
        struct table_cell cells[TABLE_COLUMNS] = {0};
        struct estimate missing = {model_number(column, "missing"), NAN, NAN};
        cells[0].text = model_text(arena, column, "name");
        cells[1].text = model_text(arena, column, "type");
        cells[2].text = number_count(arena, model_number(column, "levels"));
        cells[3].text = number_text(arena, missing.value, number_decimals(&missing, FORM_PERCENT), FORM_PERCENT);
        cells[4].text = range_words(arena, column);
        cells[5].text = roles_of(arena, column);
        table_row(document, &table, cells, NULL);
    }
    table_end(document, &table);
    if (isfinite(model->k))
        flow_text(document, &style_grey,
                  arena_format(arena, "Range: at least %s training rows lie at or beyond either end; ends are rounded outward.",
                               number_count(arena, model->k)),
                  grid_x(0), TEXT_WIDTH);
}

static void draw_fact(struct document *document, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    struct text_style figures = strlen(value) >= 64 && !strchr(value, ' ') ? style_small : style_body; /* hashes on one line */
    figures.tabular = true;
    double height = text_height(document->text, &figures, value, grid_width(9));
    page_need(document, height);
    tag_open(document, "P", NULL);
    text_draw(document->text, document->cr, &style_strong, name, grid_x(0), document->y, grid_width(3));
    text_draw(document->text, document->cr, &figures, value, grid_x(3), document->y, grid_width(9));
    tag_close(document, "P");
    document->y += height + 4;
}

/* Whether names hold characters that the fonts lack: asked in the dry run, so that both runs set the same lines. */
static void note_boxes(struct document *document, const struct model *model)
{
    const cJSON *column;
    for (column = model_first(model->schema_columns); column && !document->cr; column = column->next)
        text_height(document->text, &style_small, model_text(document->arena, column, "name"), 0);
    if (!document->cr)
        document->boxes = text_unknown_glyphs(document->text) > 0;
    if (document->boxes)
        flow_text(document, &style_grey,
                  "Some names hold characters that the fonts of this report lack; they are drawn as boxes. audit.json has them "
                  "whole.",
                  grid_x(0), TEXT_WIDTH);
}

/* "privacy.reconstruction: k = 4": what was not measured by the defaults; NULL where everything was. */
static const char *set_words(struct arena *arena, const cJSON *set)
{
    const char *words = NULL;
    const cJSON *measure, *value;
    for (measure = set ? set->child : NULL; measure; measure = measure->next)
        for (value = measure->child; value; value = value->next)
            words = arena_format(arena, "%s%s%s: %s = %s", words ? words : "", words ? "; " : "",
                                 clean_text(arena, measure->string), clean_text(arena, value->string),
                                 number_short(arena, model_number(measure, value->string), FORM_PLAIN));
    return words;
}

void pages_inputs(struct document *document, const struct model *model)
{
    struct arena *arena = document->arena;
    page_section(document, 1, "Inputs and reproducibility", 0);
    part_title(document, "Inputs and reproducibility", 1);
    flow_text(document, &style_body,
              "The same files, seed, policy and version give the same audit.json, byte for byte, on any number of threads; "
              "this report is drawn from audit.json and from nothing else.",
              grid_x(0), grid_width(10));
    document->y += 10;
    draw_fact(document, "Date", number_date_words(arena, model->date));
    draw_fact(document, "Seed", isfinite(model->seed) ? number_seed(arena, model->seed) : NULL);
    draw_fact(document, "Version", *model->version ? arena_format(arena, "assay %s", model->version) : NULL);
    draw_fact(document, "Policy", model->policy);
    draw_fact(document, "Parameters changed", set_words(arena, model->set));
    draw_fact(document, "Kind of target", model->task);
    draw_fact(document, "Disclosure",
              isfinite(model->k)
                  ? arena_format(arena, "Nothing that fewer than %s real rows share is written out; such groups are pooled.",
                                 number_count(arena, model->k))
                  : NULL);
    draw_fact(document, "audit.json, SHA-256", model->hash);
    note_boxes(document, model);
    document->y += 8;
    flow_heading(document, "Files", 60);
    if (model->n_tables > 0)
        draw_files(document, model);
    else
        flow_text(document, &style_body, "The audit lists no input files.", grid_x(0), TEXT_WIDTH);
    for (size_t i = 0; i < model->warnings.count; i++)
        flow_text(document, &style_body, arena_format(arena, "Warning: %s", model->warnings.items[i]), grid_x(0), TEXT_WIDTH);
    document->y += model->warnings.count > 0 ? 8 : 0;
    if (cJSON_IsArray(model->schema_columns) && model->schema_columns->child)
        draw_columns(document, model);
}
