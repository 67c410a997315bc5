/* The same regression on real and on synthetic rows: its coefficients, those that agree least first.
 * details = {coefficients: [{term, column, real, real_lo, real_hi, synthetic, synthetic_lo, synthetic_hi, overlap}]}. */
#include <math.h>
#include <string.h>

#include "report/chart_fidelity.h"

enum { TERMS_MOST = 12 };

static double overlap_of(const cJSON *term)
{
    const double overlap = model_number(term, "overlap");
    if (!isfinite(model_number(term, "real")) || !isfinite(model_number(term, "synthetic")))
        return NAN;
    return isfinite(overlap) ? overlap : 2; /* after all that have one */
}

/* "log odds, for one sd of …": the words before the comma, the rest stands in the file. */
static const char *axis_of(struct arena *arena, const cJSON *details)
{
    const char *unit = model_text(arena, details, "unit");
    const size_t length = strcspn(unit, ",");
    const char *head = length > 0 && length < 40 ? arena_copy(arena, unit, length) : NULL;
    return head ? arena_format(arena, "coefficient (%s), with its interval", head) : "coefficient, with its interval";
}

struct row_panels rows_inference(struct arena *arena, const struct model_measure *measure)
{
    size_t count;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(measure->details, "coefficients");
    const cJSON **terms = objects_sorted(arena, list, overlap_of, &count);
    struct row_chart *chart = row_chart_new(arena, TERMS_MOST);
    if (!chart || !terms)
        return (struct row_panels){NULL, NULL};
    for (size_t i = 0; i < count; i++) {
        struct mark_row *row = row_chart_add(chart, TERMS_MOST, model_text(arena, terms[i], "term"));
        if (!row)
            continue;
        row->real = (struct estimate){model_number(terms[i], "real"), model_number(terms[i], "real_lo"),
                                      model_number(terms[i], "real_hi")};
        row->candidate = (struct estimate){model_number(terms[i], "synthetic"), model_number(terms[i], "synthetic_lo"),
                                           model_number(terms[i], "synthetic_hi")};
    }
    chart->look = LOOK_FOREST;
    chart->real_key = "on real rows";
    chart->candidate_key = "on synthetic rows";
    chart->axis = axis_of(arena, measure->details);
    chart->line = 0;
    chart->names = 0.42;
    return (struct row_panels){chart, NULL};
}
