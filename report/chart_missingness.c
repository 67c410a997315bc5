/* Shares of missing values, real beside synthetic, furthest apart first.
 * details = {columns: [{column, real, synthetic, difference}]}; real is null where too few rows miss a value to show it. */
#include <math.h>

#include "report/chart_fidelity.h"

enum { COLUMNS_MOST = 10 };

static double distance_key(const cJSON *column)
{
    const double difference = model_number(column, "difference");
    if (!isfinite(model_number(column, "synthetic")))
        return NAN;
    return isfinite(difference) ? -difference : 0;
}

struct row_panels rows_missingness(struct arena *arena, const struct model_measure *measure)
{
    size_t count;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(measure->details, "columns");
    const cJSON **columns = objects_sorted(arena, list, distance_key, &count);
    struct row_chart *chart = row_chart_new(arena, COLUMNS_MOST);
    if (!chart || !columns)
        return (struct row_panels){NULL, NULL};
    for (size_t i = 0; i < count; i++) {
        struct mark_row *row = row_chart_add(chart, COLUMNS_MOST, model_text(arena, columns[i], "column"));
        if (!row)
            continue;
        row->real.value = model_number(columns[i], "real");
        row->candidate.value = model_number(columns[i], "synthetic");
    }
    chart->real_key = "real rows";
    chart->candidate_key = "synthetic rows";
    chart->axis = "share of missing values";
    chart->lo = 0;
    chart->percent = true;
    return (struct row_panels){chart, NULL};
}
