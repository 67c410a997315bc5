#include "report/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct scored {
    const cJSON *json;
    double score;
    size_t place;
};

static int by_score(const void *a, const void *b)
{
    const struct scored *p = a, *q = b;
    double x = isfinite(p->score) ? p->score : 2, y = isfinite(q->score) ? q->score : 2;
    if (x != y)
        return x < y ? -1 : 1;
    return p->place < q->place ? -1 : 1;
}

struct column_set columns_read(const struct model *model, struct arena *arena, const struct model_measure *measure)
{
    struct column_set set = {NULL, 0};
    if (!measure || !measure->ok)
        return set;
    const cJSON *columns = cJSON_GetObjectItemCaseSensitive(measure->details, "columns"), *item;
    int size = cJSON_IsArray(columns) ? cJSON_GetArraySize(columns) : 0;
    if (size <= 0)
        return set;
    struct scored *order = ARENA_ARRAY(arena, struct scored, (size_t)size);
    set.plots = ARENA_ARRAY(arena, struct column_plot, (size_t)size);
    if (!order || !set.plots)
        return set;
    for (item = model_first(columns); item; item = item->next)
        if (cJSON_IsObject(item)) {
            order[set.count] = (struct scored){item, model_number(item, "score"), set.count};
            set.count++;
        }
    qsort(order, set.count, sizeof *order, by_score);
    for (size_t i = 0; i < set.count; i++) {
        const cJSON *raw = cJSON_GetObjectItemCaseSensitive(order[i].json, "column");
        struct estimate score = {order[i].score, NAN, NAN};
        set.plots[i] = (struct column_plot){
            .name = model_text(arena, order[i].json, "column"),
            .score = number_text(arena, score.value, number_decimals(&score, measure->form), measure->form),
            .plot = cJSON_GetObjectItemCaseSensitive(order[i].json, "plot"),
            .date = cJSON_IsString(raw) && model_is_date(model, raw->valuestring)};
    }
    return set;
}

struct column_set columns_first(const struct column_set *set, size_t count)
{
    return (struct column_set){set->plots, set->count < count ? set->count : count};
}

static void draw_one(struct chart *frame, const struct column_plot *plot, size_t place, double y)
{
    struct chart chart = {.cr = frame->cr, .text = frame->text, .arena = frame->arena};
    chart.x = grid_x((int)(place % COLUMNS_A_ROW) * 3);
    chart.y = y;
    chart.width = grid_width(3);
    chart.height = COLUMN_PLOT_HEIGHT - 8;
    chart_column(&chart, plot);
}

void columns_place(struct document *document, const struct column_set *set)
{
    struct chart frame = {.cr = document->cr, .text = document->text, .arena = document->arena};
    for (size_t i = 0; i < set->count; i++) {
        if (i % COLUMNS_A_ROW == 0)
            page_need(document, COLUMN_PLOT_HEIGHT);
        if (document->cr)
            draw_one(&frame, &set->plots[i], i, document->y);
        if (i % COLUMNS_A_ROW == COLUMNS_A_ROW - 1 || i + 1 == set->count)
            document->y += COLUMN_PLOT_HEIGHT;
    }
}
