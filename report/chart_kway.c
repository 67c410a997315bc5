/* Sets of 2, 3 and 4 columns: the NIST score of each order.
 * details = {k, orders: [{k, sets, of, tv, lo, hi, nist}]}; lo and hi are those of tv. */
#include <math.h>

#include "report/chart_fidelity.h"

enum { ORDERS_MOST = 6 };

static double nist_of(double tv)
{
    return 1000 * (1 - tv);
}

static const char *row_name(struct arena *arena, const cJSON *order)
{
    double k = model_number(order, "k"), sets = model_number(order, "sets"), of = model_number(order, "of");
    if (!isfinite(sets))
        return arena_format(arena, "sets of %.0f", k);
    if (isfinite(of) && of > sets)
        return arena_format(arena, "sets of %.0f (%s drawn)", k, number_count(arena, sets));
    return arena_format(arena, "sets of %.0f (all %s)", k, number_count(arena, sets));
}

const struct row_chart *rows_kway(struct arena *arena, const struct model_measure *measure)
{
    const cJSON *orders = cJSON_GetObjectItemCaseSensitive(measure->details, "orders"), *order;
    const double own = model_number(measure->details, "k");
    struct row_chart *chart = row_chart_new(arena, ORDERS_MOST);
    for (order = model_first(orders); chart && order; order = order->next) {
        const double tv = model_number(order, "tv"), k = model_number(order, "k");
        struct mark_row *row = isfinite(tv) && isfinite(k) ? row_chart_add(chart, ORDERS_MOST, row_name(arena, order)) : NULL;
        if (!row)
            continue;
        row->candidate = (struct estimate){nist_of(tv), nist_of(model_number(order, "hi")), nist_of(model_number(order, "lo"))};
        row->number = number_count(arena, model_number(order, "nist"));
        if (k == own) { /* the order of the measure's value: the others are not known for fresh rows and controls */
            row->real.value = nist_of(measure->honest);
            row->control = nist_of(measure->fault_value);
            chart->real_key = isfinite(measure->honest) ? "fresh real" : NULL;
            chart->control_key = isfinite(measure->fault_value) ? "columns apart" : NULL;
        }
    }
    if (!chart)
        return NULL;
    chart->candidate_key = "synthetic";
    chart->axis = "NIST score: 1000 is identical";
    chart->names = 0.42;
    return chart;
}
