/* Rows of marks about groups: gaps between them beside those of real rows, and how much they have changed.
 *
 * details of fairness.amplification = {means: [{column, class, real, candidate, change, lo, hi}]} (lo, hi: of the change); of
 * fairness.label_gap = {gaps: [{column, class, group, other, reference, subject, change, lo, hi}]}; of fairness.leakage =
 * {columns: [{column, reference, subject, difference, lo, hi}]}; of fairness.group_fidelity = {groups: [{column, group, score,
 * lo, hi}]}. */
#include <math.h>
#include <string.h>

#include "report/chart_models.h"

enum { GAPS_MOST = 8, GROUPS_MOST = 12 };

static const struct row_panels nothing = {NULL, NULL};

struct gap_panels {
    struct row_chart *levels, *changes; /* both NULL: nothing to draw */
};

struct gap_keys {
    const char *list, *real, *candidate, *change;
};

static double by_change(const cJSON *gap)
{
    return -fabs(model_number(gap, "change"));
}

static double by_difference(const cJSON *gap)
{
    return -fabs(model_number(gap, "difference"));
}

static double by_score(const cJSON *group)
{
    return model_number(group, "score");
}

/* Whether all gaps are of the same class of the target, which needs no saying then. */
static bool one_class(struct arena *arena, const cJSON **gaps, size_t count)
{
    size_t i = 1;
    while (i < count && strcmp(model_text(arena, gaps[i], "class"), model_text(arena, gaps[0], "class")) == 0)
        i++;
    return i >= count;
}

/* "race, High: Black to White": the column, the class of the target and the two groups, as far as they are given. */
static const char *gap_name(struct arena *arena, const cJSON *gap, bool with_class)
{
    const char *class = with_class ? model_text(arena, gap, "class") : "", *group = model_text(arena, gap, "group");
    const char *name = text_shorten(arena, model_text(arena, gap, "column"), *group ? 20 : 28);
    if (*class)
        name = arena_format(arena, "%s, %s", name, text_shorten(arena, class, 16));
    if (*group)
        name = arena_format(arena, "%s: %s to %s", name, text_shorten(arena, group, 14),
                            text_shorten(arena, model_text(arena, gap, "other"), 14));
    return name;
}

/* Above: from the real to the candidate's gap; below: the change with its interval. Most changed first. */
static struct gap_panels gaps_and_changes(struct arena *arena, const cJSON *details, const struct gap_keys *keys,
                                          double (*order)(const cJSON *))
{
    size_t count;
    const cJSON **gaps = objects_sorted(arena, cJSON_GetObjectItemCaseSensitive(details, keys->list), order, &count);
    struct row_chart *levels = row_chart_new(arena, GAPS_MOST), *changes = row_chart_new(arena, GAPS_MOST);
    if (!gaps || !levels || !changes)
        return (struct gap_panels){NULL, NULL};
    const bool with_class = !one_class(arena, gaps, count);
    for (size_t i = 0; i < count; i++) {
        const char *name = gap_name(arena, gaps[i], with_class);
        struct mark_row *level = row_chart_add(levels, GAPS_MOST, name), *change = row_chart_add(changes, GAPS_MOST, name);
        if (!level || !change)
            continue;
        level->real.value = model_number(gaps[i], keys->real);
        level->candidate.value = model_number(gaps[i], keys->candidate);
        change->candidate =
            (struct estimate){model_number(gaps[i], keys->change), model_number(gaps[i], "lo"), model_number(gaps[i], "hi")};
    }
    changes->hidden = 0; /* said above */
    changes->line = 0;
    levels->names = changes->names = 0.4;
    return (struct gap_panels){levels, changes};
}

struct row_panels rows_amplification(struct arena *arena, const struct model_measure *measure)
{
    static const struct gap_keys keys = {"means", "real", "candidate", "change"};
    const struct gap_panels panels = gaps_and_changes(arena, measure->details, &keys, by_change);
    if (!panels.levels)
        return nothing;
    struct row_chart *levels = panels.levels, *changes = panels.changes;
    levels->look = LOOK_ARROWS;
    levels->lo = 0;
    levels->percent = changes->percent = true;
    levels->axis = "gap between groups, in points";
    changes->axis = "change of the gap, with its interval";
    levels->real_key = "trained on real rows";
    levels->candidate_key = "on synthetic rows";
    return (struct row_panels){levels, changes};
}

struct row_panels rows_label_gap(struct arena *arena, const struct model_measure *measure)
{
    static const struct gap_keys keys = {"gaps", "reference", "subject", "change"};
    const struct gap_panels panels = gaps_and_changes(arena, measure->details, &keys, by_change);
    if (!panels.levels)
        return nothing;
    struct row_chart *levels = panels.levels, *changes = panels.changes;
    levels->look = LOOK_ARROWS;
    levels->line = 0;
    changes->look = LOOK_BARS;
    changes->lo = 0;
    const cJSON *first = model_first(cJSON_GetObjectItemCaseSensitive(measure->details, "gaps"));
    levels->names = changes->names = 0.52;                                    /* two groups' names */
    levels->percent = changes->percent = cJSON_HasObjectItem(first, "class"); /* else means of a number */
    levels->axis =
        levels->percent ? "share in the first less in the second group" : "mean of the first less of the second group (s.d.)";
    changes->axis = "size of the change, with its interval";
    levels->real_key = "real rows";
    levels->candidate_key = "synthetic rows";
    return (struct row_panels){levels, changes};
}

struct row_panels rows_leakage(struct arena *arena, const struct model_measure *measure)
{
    static const struct gap_keys keys = {"columns", "reference", "subject", "difference"};
    const struct gap_panels panels = gaps_and_changes(arena, measure->details, &keys, by_difference);
    if (!panels.levels)
        return nothing;
    struct row_chart *levels = panels.levels, *changes = panels.changes;
    levels->line = 0.5;
    levels->axis = "AUC of guessing the group (0.5: blind)";
    changes->axis = "difference, with its interval";
    levels->real_key = "real rows";
    levels->candidate_key = "synthetic rows";
    return (struct row_panels){levels, changes};
}

struct row_panels rows_group_fidelity(struct arena *arena, const struct model_measure *measure)
{
    size_t count;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(measure->details, "groups");
    const cJSON **groups = objects_sorted(arena, list, by_score, &count);
    struct row_chart *chart = row_chart_new(arena, GROUPS_MOST);
    if (!groups || !chart)
        return nothing;
    for (size_t i = 0; i < count; i++) {
        const char *name = arena_format(arena, "%s: %s", text_shorten(arena, model_text(arena, groups[i], "column"), 24),
                                        text_shorten(arena, model_text(arena, groups[i], "group"), 20));
        struct mark_row *row = row_chart_add(chart, GROUPS_MOST, name);
        if (row)
            row->candidate =
                (struct estimate){by_score(groups[i]), model_number(groups[i], "lo"), model_number(groups[i], "hi")};
    }
    chart->hi = 1;
    chart->percent = true;
    chart->names = 0.4;
    chart->axis = "likeness of single columns within the group";
    return (struct row_panels){chart, NULL};
}
