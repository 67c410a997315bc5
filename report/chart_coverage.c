/* Share of the real categories and bins that the candidate has, least first; columns that lack nothing are left out.
 * details = {columns: [{column, covered, lo, hi}]}. */
#include <math.h>

#include "report/chart_fidelity.h"

enum { COLUMNS_MOST = 10 };

static double covered_of(const cJSON *column)
{
    const double covered = model_number(column, "covered");
    return covered < 1 ? covered : NAN;
}

struct row_panels rows_coverage(struct arena *arena, const struct model_measure *measure)
{
    size_t count;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(measure->details, "columns");
    const cJSON **columns = objects_sorted(arena, list, covered_of, &count);
    struct row_chart *chart = row_chart_new(arena, COLUMNS_MOST);
    if (!chart || !columns)
        return (struct row_panels){NULL, NULL};
    for (size_t i = 0; i < count; i++) {
        const struct estimate covered = {covered_of(columns[i]), model_number(columns[i], "lo"),
                                         model_number(columns[i], "hi")};
        struct mark_row *row = row_chart_add(chart, COLUMNS_MOST, model_text(arena, columns[i], "column"));
        if (!row)
            continue;
        row->candidate = covered;
        row->number = number_text(arena, covered.value, number_decimals(&covered, FORM_PERCENT), FORM_PERCENT);
    }
    chart->look = LOOK_BARS;
    chart->axis = "share of the real values that are there";
    chart->lo = 0;
    chart->hi = 1;
    chart->percent = true;
    return (struct row_panels){chart, NULL};
}
