/* Strength of dependence of two columns, real beside synthetic: the pairs that differ most.
 * details = {pairs: [{a, b, kind, real, synthetic, difference}]}; difference is null where a pair was not compared. */
#include <math.h>

#include "report/chart_fidelity.h"

enum { PAIRS_MOST = 10, NAME_MOST = 12 };

static double difference_key(const cJSON *pair)
{
    return -model_number(pair, "difference");
}

static const char *pair_name(struct arena *arena, const cJSON *pair)
{
    return arena_format(arena, "%s \xc3\x97 %s", text_shorten(arena, model_text(arena, pair, "a"), NAME_MOST),
                        text_shorten(arena, model_text(arena, pair, "b"), NAME_MOST));
}

struct row_panels rows_association(struct arena *arena, const struct model_measure *measure)
{
    size_t count;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(measure->details, "pairs");
    const cJSON **pairs = objects_sorted(arena, list, difference_key, &count);
    struct row_chart *chart = row_chart_new(arena, PAIRS_MOST);
    if (!chart || !pairs)
        return (struct row_panels){NULL, NULL};
    for (size_t i = 0; i < count; i++) {
        struct mark_row *row = row_chart_add(chart, PAIRS_MOST, pair_name(arena, pairs[i]));
        if (!row)
            continue;
        row->real.value = model_number(pairs[i], "real");
        row->candidate.value = model_number(pairs[i], "synthetic");
    }
    chart->real_key = "real rows";
    chart->candidate_key = "synthetic rows";
    chart->axis = "correlation, \xce\xb7 or Cram\xc3\xa9r\xe2\x80\x99s V";
    chart->names = 0.5;
    return (struct row_panels){chart, NULL};
}
