/* Sets of 2, 3 and 4 columns: the NIST score of each order, beside what noise alone makes of it. Below, the sets that differ
 * most, where that is more than noise.
 * details = {k, orders: [{k, sets, of, tv, lo, hi, noise, nist}], worst: [{columns: […], tv, noise}]}; lo and hi: of tv. */
#include <math.h>

#include "report/chart_fidelity.h"

enum { ORDERS_MOST = 6, SETS_MOST = 5, NAMES_MOST = 8 };

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

static const struct row_chart *order_rows(struct arena *arena, const struct model_measure *measure)
{
    const cJSON *orders = cJSON_GetObjectItemCaseSensitive(measure->details, "orders"), *order;
    const double own = model_number(measure->details, "k");
    struct row_chart *chart = row_chart_new(arena, ORDERS_MOST);
    for (order = model_first(orders); chart && order; order = order->next) {
        const double k = model_number(order, "k"), noise = model_number(order, "noise");
        const struct estimate nist = {model_number(order, "nist"), nist_of(model_number(order, "hi")),
                                      nist_of(model_number(order, "lo"))};
        struct mark_row *row =
            isfinite(nist.value) && isfinite(k) ? row_chart_add(chart, ORDERS_MOST, row_name(arena, order)) : NULL;
        if (!row)
            continue;
        row->candidate = nist;
        row->number = number_count(arena, nist.value);
        if (isfinite(noise)) { /* a bound, which may be above the largest distance */
            row->real.value = nist_of(fmin(1, noise));
            chart->real_key = "noise alone";
        }
        if (k == own && isfinite(measure->fault_value)) { /* of the other orders it is not known */
            row->control = nist_of(measure->fault_value);
            chart->control_key = "columns apart";
        }
    }
    if (!chart)
        return NULL;
    chart->candidate_key = "synthetic rows";
    chart->axis = "NIST score: 1000 is identical";
    chart->hi = 1000;
    chart->names = 0.42;
    return chart;
}

static const char *set_name(struct arena *arena, const cJSON *columns)
{
    const char *name = "";
    const size_t most = 44 / (size_t)(1 + cJSON_GetArraySize(columns));
    int place = 0;
    const cJSON *column;
    for (column = model_first(columns); column && place < NAMES_MOST; column = column->next, place++) {
        const char *part = cJSON_IsString(column) ? clean_text(arena, column->valuestring) : "?";
        name =
            arena_format(arena, "%s%s%s", name, place > 0 ? " \xc3\x97 " : "", text_shorten(arena, part, most < 4 ? 4 : most));
    }
    return name;
}

static const struct row_chart *worst_rows(struct arena *arena, const struct model_measure *measure)
{
    const cJSON *worst = cJSON_GetObjectItemCaseSensitive(measure->details, "worst"), *set;
    struct row_chart *chart = row_chart_new(arena, SETS_MOST);
    for (set = model_first(worst); chart && set && chart->count < SETS_MOST; set = set->next) {
        const cJSON *columns = cJSON_GetObjectItemCaseSensitive(set, "columns");
        const double tv = model_number(set, "tv");
        struct mark_row *row = tv > model_number(set, "noise") && model_first(columns)
                                   ? row_chart_add(chart, SETS_MOST, set_name(arena, columns))
                                   : NULL;
        if (!row)
            continue;
        row->candidate.value = tv;
        row->real.value = model_number(set, "noise");
        row->number = number_text(arena, tv, 1, FORM_PERCENT);
    }
    if (!chart)
        return NULL;
    chart->look = LOOK_BARS;
    chart->lo = 0;
    chart->percent = true;
    chart->axis = "sets furthest beyond noise: distance";
    chart->names = 0.6;
    return chart;
}

struct row_panels rows_kway(struct arena *arena, const struct model_measure *measure)
{
    return (struct row_panels){order_rows(arena, measure), worst_rows(arena, measure)};
}
