/* Membership by group: AUC of the reported attack within each group beside that of all other records, worse-off groups first.
 * Where another family's attack proves a group worse off, that attack's numbers and name are shown.
 * details = {groups: [{column (null: the outliers), group, members, auc, lo, hi, rest: {auc}, worse, worse_by: reported, a
 * family or null, families: [{family, auc, lo, hi, rest: {auc}}]}]}. */
#include <math.h>
#include <string.h>

#include "report/chart_rows.h"
#include "report/figures_privacy.h"

enum { GROUPS_SHOWN = 14 };

/* Worse-off groups first, then by falling AUC. */
static double order_of(const cJSON *group)
{
    const double auc = model_number(group, "auc");
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(group, "worse")) ? -2 - auc : -auc;
}

/* Where the numbers of a group stand: in the entry of the family that proves it worse off, or in the group itself. */
static const cJSON *shown_attack(const cJSON *group)
{
    const cJSON *by = cJSON_GetObjectItemCaseSensitive(group, "worse_by"), *family;

    cJSON_ArrayForEach(family, cJSON_GetObjectItemCaseSensitive(group, "families"))
    {
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(family, "family");

        if (cJSON_IsString(by) && cJSON_IsString(name) && strcmp(by->valuestring, name->valuestring) == 0)
            return family;
    }
    return group;
}

struct row_panels rows_membership_groups(struct arena *arena, const cJSON *details)
{
    size_t count;
    const cJSON **groups = objects_sorted(arena, cJSON_GetObjectItemCaseSensitive(details, "groups"), order_of, &count);
    struct row_chart *chart = row_chart_new(arena, GROUPS_SHOWN);
    if (!chart || !groups || count == 0)
        return (struct row_panels){NULL, NULL};
    for (size_t i = 0; i < count; i++) {
        const char *column = model_text(arena, groups[i], "column"), *name = model_text(arena, groups[i], "group");
        const cJSON *shown = shown_attack(groups[i]), *rest = cJSON_GetObjectItemCaseSensitive(shown, "rest");
        const bool worse = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(groups[i], "worse"));
        struct mark_row *row =
            row_chart_add(chart, GROUPS_SHOWN, *column ? arena_format(arena, "%s: %s", column, name) : "outliers");
        if (!row)
            continue;
        row->candidate = (struct estimate){model_number(shown, "auc"), model_number(shown, "lo"), model_number(shown, "hi")};
        row->real = (struct estimate){model_number(rest, "auc"), NAN, NAN};
        if (worse)
            row->number =
                shown == groups[i] ? "worse off" : arena_format(arena, "worse off (%s)", model_text(arena, shown, "family"));
    }
    chart->look = LOOK_DOTS;
    chart->real_key = "all other records";
    chart->candidate_key = "the group";
    chart->axis = "AUC of the reported attack";
    chart->line = 0.5;
    chart->names = 0.4;
    return (struct row_panels){chart, NULL};
}
