/* Telling synthetic from real rows: AUC of the learners above, what they go by below.
 * details = {learners: [{learner, auc, lo, hi, importance: [{column, share}]}]}; drawn is the importance of the better learner,
 * where it does better than guessing. */
#include <math.h>

#include "report/chart_fidelity.h"
#include "report/words.h"

enum { LEARNERS_MOST = 4, IMPORTANT_MOST = 8 };

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
    chart->hi = 1;
    chart->line = 0.5;
    return chart;
}

/* The largest first; columns of no importance are left out. */
static double importance_key(const cJSON *item)
{
    const double share = model_number(item, "share");
    return share > 0 ? -share : NAN;
}

static const cJSON *better_learner(const cJSON *details)
{
    const cJSON *learners = cJSON_GetObjectItemCaseSensitive(details, "learners"), *learner, *best = NULL;
    for (learner = model_first(learners); learner; learner = learner->next)
        if (!best || model_number(learner, "auc") > model_number(best, "auc"))
            best = learner;
    return best;
}

static const struct row_chart *importance_rows(struct arena *arena, const cJSON *learner)
{
    size_t count;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(learner, "importance");
    const cJSON **columns = objects_sorted(arena, list, importance_key, &count);
    struct row_chart *chart = row_chart_new(arena, IMPORTANT_MOST);
    if (!chart || !columns || !(model_number(learner, "lo") > 0.5)) /* what guesses go by is noise */
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct estimate share = {model_number(columns[i], "share"), NAN, NAN};
        struct mark_row *row = row_chart_add(chart, IMPORTANT_MOST, model_text(arena, columns[i], "column"));
        if (!row)
            continue;
        row->candidate = share;
        row->number = number_text(arena, share.value, number_decimals(&share, FORM_PERCENT), FORM_PERCENT);
    }
    chart->look = LOOK_BARS;
    chart->axis = arena_format(arena, "%s: share of what was learnt", plain_name(arena, model_text(arena, learner, "learner")));
    chart->lo = 0;
    chart->percent = true;
    return chart;
}

struct row_panels rows_discriminator(struct arena *arena, const struct model_measure *measure)
{
    return (struct row_panels){learner_rows(arena, measure->details), importance_rows(arena, better_learner(measure->details))};
}
