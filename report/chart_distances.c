/* How close real rows lie to their closest synthetic row: distribution functions of training and holdout rows.
 * details = {distances: {quantile: […], train: […], holdout: […]}}. */
#include <math.h>

#include "report/chart.h"

enum { QUANTILES_MOST = 200 };

static size_t read_side(const cJSON *distances, const char *key, double *out, size_t n)
{
    size_t count = series_read(cJSON_GetObjectItemCaseSensitive(distances, key), out, QUANTILES_MOST);
    return count < n ? count : n;
}

static double largest(const double *x, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = isfinite(x[i]) ? fmax(most, x[i]) : most;
    return most;
}

void chart_distances(struct chart *chart, const void *details)
{
    const cJSON *distances = cJSON_GetObjectItemCaseSensitive(details, "distances");
    double q[QUANTILES_MOST], train[QUANTILES_MOST], holdout[QUANTILES_MOST];
    size_t n = series_read(cJSON_GetObjectItemCaseSensitive(distances, "quantile"), q, QUANTILES_MOST);
    size_t n_train = read_side(distances, "train", train, n), n_holdout = read_side(distances, "holdout", holdout, n);
    double most = fmax(largest(train, n_train), largest(holdout, n_holdout));
    static const struct line_look real = {COLOUR_REAL, 1.3, 1}, member = {COLOUR_ACCENT, 1.8, 0};
    chart_area(chart, 32, 16, 76, 26);
    chart_range(chart, 0, most > 0 ? most * 1.02 : 1, 0, 1);
    axis_horizontal(chart, 4, false, "distance to the closest synthetic row");
    axis_vertical(chart, 4, true, "share of rows at most so far away");
    draw_path(chart, holdout, q, n_holdout, &real);
    draw_path(chart, train, q, n_train, &member);
    struct label labels[2];
    size_t count = 0;
    if (n_train > 0)
        labels[count++] = (struct label){"training rows", scale_at(&chart->v, q[n_train - 1]), COLOUR_ACCENT, true, 0};
    if (n_holdout > 0)
        labels[count++] = (struct label){"holdout rows", scale_at(&chart->v, q[n_holdout - 1]) + 1, COLOUR_REAL, false, 1};
    labels_place(chart, labels, count, chart->h.end + 6, 70);
}
