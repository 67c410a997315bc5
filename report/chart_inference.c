/* The same regression on real and on synthetic rows: its coefficients, those that agree least first.
 * details = {coefficients: [{term, column, real, real_lo, real_hi, synthetic, synthetic_lo, synthetic_hi, overlap}]}. */
#include <math.h>
#include <stdlib.h>

#include "report/chart_fidelity.h"

enum { TERMS_MOST = 15, TERMS_READ = 5000 };

struct term {
    const cJSON *json;
    double overlap;
    size_t place;
};

static int by_overlap(const void *a, const void *b)
{
    const struct term *p = a, *q = b;
    if (p->overlap != q->overlap)
        return p->overlap < q->overlap ? -1 : 1;
    return p->place < q->place ? -1 : p->place > q->place;
}

const struct row_chart *rows_inference(struct arena *arena, const struct model_measure *measure)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(measure->details, "coefficients"), *item;
    struct row_chart *chart = row_chart_new(arena, TERMS_MOST);
    struct term *terms = cJSON_IsArray(list) ? ARENA_ARRAY(arena, struct term, TERMS_READ) : NULL;
    size_t count = 0;
    if (!chart || !terms)
        return NULL;
    for (item = model_first(list); item && count < TERMS_READ; item = item->next) {
        double overlap = model_number(item, "overlap");
        if (isfinite(model_number(item, "real")) && isfinite(model_number(item, "synthetic"))) {
            terms[count] = (struct term){item, isfinite(overlap) ? overlap : 2, count};
            count++;
        }
    }
    qsort(terms, count, sizeof *terms, by_overlap);
    for (size_t i = 0; i < count; i++) {
        struct mark_row *row = row_chart_add(chart, TERMS_MOST, model_text(arena, terms[i].json, "term"));
        if (!row)
            continue;
        row->real = (struct estimate){model_number(terms[i].json, "real"), model_number(terms[i].json, "real_lo"),
                                      model_number(terms[i].json, "real_hi")};
        row->candidate =
            (struct estimate){model_number(terms[i].json, "synthetic"), model_number(terms[i].json, "synthetic_lo"),
                              model_number(terms[i].json, "synthetic_hi")};
    }
    chart->look = LOOK_FOREST;
    chart->real_key = "on real rows";
    chart->candidate_key = "on synthetic rows";
    chart->axis = "coefficient, with its interval";
    chart->line = 0;
    chart->names = 0.42;
    return chart;
}
