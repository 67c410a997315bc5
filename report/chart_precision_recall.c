/* Are synthetic rows where real ones are, and the other way round: four shares with what is expected of fresh rows.
 * details = {precision, recall, density, coverage: {closed, lo, hi}, coverage_of_fresh_rows}. */
#include <math.h>

#include "report/chart_fidelity.h"

#define DENSITY_MOST 2.0 /* of the scale */

struct row_panels rows_precision_recall(struct arena *arena, const struct model_measure *measure)
{
    static const struct {
        const char *key, *name;
    } shares[] = {{"precision", "plausible (precision)"},
                  {"recall", "reached (recall)"},
                  {"density", "how dense (density)"},
                  {"coverage", "visited (coverage)"}};
    enum { SHARES = sizeof shares / sizeof *shares };
    struct row_chart *chart = row_chart_new(arena, SHARES);
    if (!chart)
        return (struct row_panels){NULL, NULL};
    chart->hi = 1;
    for (size_t i = 0; i < SHARES; i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(measure->details, shares[i].key);
        const struct estimate share = {model_number(item, "closed"), model_number(item, "lo"), model_number(item, "hi")};
        struct mark_row *row = isfinite(share.value) ? row_chart_add(chart, SHARES, shares[i].name) : NULL;
        if (!row)
            continue;
        row->candidate = share;
        row->number = number_text(arena, share.value, number_decimals(&share, FORM_PLAIN), FORM_PLAIN);
        chart->hi = fmax(chart->hi, isfinite(share.hi) ? share.hi : share.value);
        if (i >= 2)
            row->real.value = i == 2 ? 1 : model_number(measure->details, "coverage_of_fresh_rows");
    }
    chart->hi = fmin(chart->hi, DENSITY_MOST); /* where rows tie, density has no bounds */
    chart->look = LOOK_BARS;
    chart->lo = 0;
    chart->names = 0.42;
    chart->candidate_key = "synthetic rows";
    chart->real_key = "expected of fresh rows";
    chart->axis = "share of rows; density: 1 is as dense as real";
    return (struct row_panels){chart, NULL};
}
