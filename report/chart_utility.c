/* Rows of marks about utility: differences of scores by learner, rare classes, the importance of columns.
 *
 * details of utility.gap, augment, trts = {score, learners: [{learner, gap | gain | difference, lo, hi}]}; of utility.rare =
 * {classes: [{class, recall_tstr, recall_trtr, lo, hi}]} (lo, hi: of their difference); of utility.importance = {score,
 * learners: [{learner}], columns: [{column, learner, tstr, trtr, tstr_lo, tstr_hi, trtr_lo, trtr_hi}]}. */
#include <math.h>
#include <string.h>

#include "report/chart_models.h"
#include "report/words.h"

enum { LEARNERS_MOST = 10, CLASSES_MOST = 10, COLUMNS_MOST = 5 };

static const struct row_panels nothing = {NULL, NULL};

const char *score_words(struct arena *arena, const cJSON *details)
{
    const char *score = model_text(arena, details, "score");
    return strcmp(score, "r2") == 0 ? "R\xc2\xb2" : strcmp(score, "auc") == 0 ? "AUC" : plain_name(arena, score);
}

static bool is_baseline(const cJSON *item)
{
    const cJSON *learner = cJSON_GetObjectItemCaseSensitive(item, "learner");
    return !cJSON_IsString(learner) || strcmp(learner->valuestring, "majority") == 0 ||
           strcmp(learner->valuestring, "mean") == 0;
}

const cJSON *learner_first(const cJSON *array)
{
    const cJSON *item = model_first(array);
    while (item && is_baseline(item))
        item = item->next;
    return item;
}

/* The widest reach of the intervals from the line at 0. */
static double reach_of(const struct row_chart *chart)
{
    double reach = 0;
    for (size_t i = 0; i < chart->count; i++)
        reach = fmax(reach, fmax(fabs(chart->rows[i].candidate.lo), fabs(chart->rows[i].candidate.hi)));
    return reach;
}

/* A row a learner, and below them their mean beside fresh real rows, and beside the control where it is so near that the
 * intervals stay legible. */
static struct row_panels differences(struct arena *arena, const struct model_measure *measure, const char *key,
                                     const char *axis)
{
    const cJSON *learner = model_first(cJSON_GetObjectItemCaseSensitive(measure->details, "learners"));
    struct row_chart *chart = row_chart_new(arena, LEARNERS_MOST + 1);
    if (!chart || !learner)
        return nothing;
    for (; learner; learner = learner->next) {
        if (is_baseline(learner))
            continue;
        struct mark_row *row = row_chart_add(chart, LEARNERS_MOST, plain_name(arena, model_text(arena, learner, "learner")));
        if (row)
            row->candidate =
                (struct estimate){model_number(learner, key), model_number(learner, "lo"), model_number(learner, "hi")};
    }
    struct mark_row *mean = row_chart_add(chart, LEARNERS_MOST + 1, "mean");
    if (!mean)
        return nothing;
    mean->candidate = measure->estimate;
    mean->real.value = measure->honest;
    if (fabs(measure->control[CONTROL_APART]) <= 2 * reach_of(chart))
        mean->control = measure->control[CONTROL_APART];
    chart->look = LOOK_DOTS;
    chart->axis = axis;
    chart->line = 0;
    chart->candidate_key = "candidate";
    chart->real_key = isfinite(mean->real.value) ? "fresh real rows" : NULL;
    chart->control_key = isfinite(mean->control) ? "columns apart" : NULL;
    return (struct row_panels){chart, NULL};
}

struct row_panels rows_gap(struct arena *arena, const struct model_measure *measure)
{
    return differences(
        arena, measure, "gap",
        arena_format(arena, "%s lost on real rows (right of the line: worse)", score_words(arena, measure->details)));
}

struct row_panels rows_augment(struct arena *arena, const struct model_measure *measure)
{
    return differences(
        arena, measure, "gain",
        arena_format(arena, "%s gained on real rows (left of the line: worse)", score_words(arena, measure->details)));
}

struct row_panels rows_trts(struct arena *arena, const struct model_measure *measure)
{
    return differences(arena, measure, "difference",
                       arena_format(arena, "%s on synthetic less %s on real rows", score_words(arena, measure->details),
                                    score_words(arena, measure->details)));
}

struct row_panels rows_rare(struct arena *arena, const struct model_measure *measure)
{
    const cJSON *class = model_first(cJSON_GetObjectItemCaseSensitive(measure->details, "classes"));
    struct row_chart *recall = row_chart_new(arena, CLASSES_MOST), *change = row_chart_new(arena, CLASSES_MOST);
    if (!recall || !change || !class)
        return nothing;
    for (; class; class = class->next) {
        const double n = model_number(class, "n"), real = model_number(class, "recall_trtr"),
                     candidate = model_number(class, "recall_tstr");
        const char *name = text_shorten(arena, model_text(arena, class, "class"), 24);
        name = isfinite(n) ? arena_format(arena, "%s, n\xc2\xa0=\xc2\xa0%s", name, number_count(arena, n)) : name;
        struct mark_row *both = row_chart_add(recall, CLASSES_MOST, name), *moved = row_chart_add(change, CLASSES_MOST, name);
        if (!both || !moved)
            continue;
        both->real.value = real;
        both->candidate.value = candidate;
        moved->candidate = (struct estimate){candidate - real, model_number(class, "lo"), model_number(class, "hi")};
    }
    recall->axis = "share of the class that is found";
    change->axis = "difference, with its interval (left: lost)";
    recall->percent = change->percent = true;
    recall->lo = 0;
    recall->hi = 1;
    change->line = 0;
    recall->real_key = "trained on real rows";
    recall->candidate_key = "on synthetic rows";
    return (struct row_panels){recall, change};
}

/* Most important to either model first. */
static double by_importance(const cJSON *column)
{
    return -fmax(model_number(column, "tstr"), model_number(column, "trtr"));
}

static struct row_chart *importance_panel(struct arena *arena, const cJSON *details, const cJSON **columns, size_t count,
                                          const cJSON *learner)
{
    struct row_chart *chart = row_chart_new(arena, COLUMNS_MOST);
    const char *name = model_text(arena, learner, "learner");
    if (!chart)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const cJSON *of = cJSON_GetObjectItemCaseSensitive(columns[i], "learner");
        if (!cJSON_IsString(of) || strcmp(of->valuestring, name) != 0)
            continue;
        struct mark_row *row = row_chart_add(chart, COLUMNS_MOST, model_text(arena, columns[i], "column"));
        if (!row)
            continue;
        row->real = (struct estimate){model_number(columns[i], "trtr"), model_number(columns[i], "trtr_lo"),
                                      model_number(columns[i], "trtr_hi")};
        row->candidate = (struct estimate){model_number(columns[i], "tstr"), model_number(columns[i], "tstr_lo"),
                                           model_number(columns[i], "tstr_hi")};
    }
    chart->look = LOOK_FOREST;
    chart->axis =
        arena_format(arena, "%s lost when the column is shuffled: %s", score_words(arena, details), plain_name(arena, name));
    chart->line = 0;
    return chart;
}

struct row_panels rows_importance(struct arena *arena, const struct model_measure *measure)
{
    size_t count;
    const cJSON *learner = model_first(cJSON_GetObjectItemCaseSensitive(measure->details, "learners"));
    const cJSON **columns =
        objects_sorted(arena, cJSON_GetObjectItemCaseSensitive(measure->details, "columns"), by_importance, &count);
    struct row_chart *first = learner ? importance_panel(arena, measure->details, columns, count, learner) : NULL;
    if (!first)
        return nothing;
    first->real_key = "trained on real rows";
    first->candidate_key = "on synthetic rows";
    return (struct row_panels){first,
                               learner->next ? importance_panel(arena, measure->details, columns, count, learner->next) : NULL};
}
