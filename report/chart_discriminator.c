/* Telling synthetic from real rows: AUC of the learners above, what they go by below.
 * details = {learners: [{learner, auc, lo, hi}], importance: [{column, share}]}. */
#include <math.h>
#include <stdlib.h>

#include "report/chart_fidelity.h"
#include "report/words.h"

enum { LEARNERS_MOST = 4, IMPORTANT_MOST = 8, COLUMNS_READ = 5000 };

struct discriminator_chart {
    const struct row_chart *learners, *importance;
};

static const struct row_chart *learner_rows(struct arena *arena, const cJSON *details)
{
    struct row_chart *chart = row_chart_new(arena, LEARNERS_MOST);
    const cJSON *learners = cJSON_GetObjectItemCaseSensitive(details, "learners"), *learner;
    for (learner = model_first(learners); chart && learner; learner = learner->next) {
        const struct estimate auc = {model_number(learner, "auc"), model_number(learner, "lo"), model_number(learner, "hi")};
        const char *name = plain_name(arena, model_text(arena, learner, "learner"));
        struct mark_row *row = isfinite(auc.value) ? row_chart_add(chart, LEARNERS_MOST, name) : NULL;
        if (!row)
            continue;
        row->candidate = auc;
        row->number = number_text(arena, auc.value, number_decimals(&auc, FORM_PLAIN), FORM_PLAIN);
    }
    if (!chart)
        return NULL;
    chart->axis = "ROC AUC (0.5: guessing, 1: always right)";
    chart->lo = 0.45;
    chart->hi = 1;
    chart->line = 0.5;
    return chart;
}

struct important {
    const char *column;
    double share;
};

static int by_share(const void *a, const void *b)
{
    const struct important *p = a, *q = b;
    return p->share > q->share ? -1 : p->share < q->share;
}

static const struct row_chart *importance_rows(struct arena *arena, const cJSON *details)
{
    struct row_chart *chart = row_chart_new(arena, IMPORTANT_MOST);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(details, "importance"), *item;
    struct important *columns = cJSON_IsArray(list) ? ARENA_ARRAY(arena, struct important, COLUMNS_READ) : NULL;
    size_t count = 0;
    if (!chart || !columns)
        return NULL;
    for (item = model_first(list); item && count < COLUMNS_READ; item = item->next) {
        double share = model_number(item, "share");
        if (share > 0)
            columns[count++] = (struct important){model_text(arena, item, "column"), share};
    }
    qsort(columns, count, sizeof *columns, by_share);
    for (size_t i = 0; i < count; i++) {
        struct mark_row *row = row_chart_add(chart, IMPORTANT_MOST, columns[i].column);
        struct estimate share = {columns[i].share, NAN, NAN};
        if (!row)
            continue;
        row->candidate = share;
        row->number = number_text(arena, share.value, number_decimals(&share, FORM_PERCENT), FORM_PERCENT);
    }
    chart->look = LOOK_BARS;
    chart->axis = "share of what tells them apart";
    chart->lo = 0;
    chart->percent = true;
    return chart;
}

const void *chart_discriminator_of(struct arena *arena, const cJSON *details)
{
    struct discriminator_chart *chart = ARENA_NEW(arena, struct discriminator_chart);
    if (chart)
        *chart = (struct discriminator_chart){learner_rows(arena, details), importance_rows(arena, details)};
    return chart;
}

double chart_discriminator_height(const void *discriminator)
{
    const struct discriminator_chart *chart = discriminator;
    return chart && chart_rows_height(chart->learners) > 0
               ? chart_rows_height(chart->learners) + chart_rows_height(chart->importance)
               : 0;
}

void chart_discriminator(struct chart *chart, const void *discriminator)
{
    const struct discriminator_chart *data = discriminator;
    struct chart upper = *chart, lower = *chart;
    upper.height = chart_rows_height(data->learners);
    lower.y += upper.height;
    lower.height = chart_rows_height(data->importance);
    chart_rows(&upper, data->learners);
    if (lower.height > 0)
        chart_rows(&lower, data->importance);
}
