/* A privacy game: how often the target's coin is guessed, with intervals, and how many of all records, over the number of
 * synthetic rows; the dashed line at 1/2 is chance for the coin alone. Data: struct game_model. */
#include <math.h>

#include "report/chart.h"
#include "report/game.h"
#include "report/page.h"

static void mark_whisker(const struct chart *chart, double x, const struct estimate *share)
{
    const double cap = 2.6;
    if (!isfinite(share->lo) || !isfinite(share->hi))
        return;
    const double lo = scale_at(&chart->v, share->lo), hi = scale_at(&chart->v, share->hi);
    draw_line(chart->cr, x, lo, x, hi, 1.2, COLOUR_ACCENT);
    draw_line(chart->cr, x - cap, lo, x + cap, lo, 1.2, COLOUR_ACCENT);
    draw_line(chart->cr, x - cap, hi, x + cap, hi, 1.2, COLOUR_ACCENT);
}

/* From below the lowest mark, in steps of ten points, to 1; and so that a power of ten lies on the axis of rows. */
static void set_range(struct chart *chart, const struct game_model *game)
{
    const double margin = 1.5, first = game->size[0].rows, last = game->size[game->n_sizes - 1].rows;
    double least = 0.4, left = first / margin, right = last * margin;
    for (size_t i = 0; i < game->n_sizes; i++) {
        const struct game_size *size = &game->size[i];
        least = fmin(least, isfinite(size->accuracy.lo) ? size->accuracy.lo : size->accuracy.value);
        least = isfinite(size->all) ? fmin(least, size->all) : least;
    }
    if (game->n_sizes == 1 || floor(log10(right)) < log10(left)) {
        left = fmin(left, pow(10, floor(log10(first))) / margin);
        right = fmax(right, pow(10, ceil(log10(last))) * margin);
    }
    chart_range(chart, left, right, fmax(0, floor(least * 10) / 10), 1);
    chart->h.logarithmic = true;
}

void chart_game(struct chart *chart, const void *data)
{
    static const struct line_look target = {COLOUR_ACCENT, 1.8, 0}, all = {COLOUR_REAL, 1.2, 3}, none = {COLOUR_NONE, 0.8, 1};
    const struct game_model *game = data;
    double rows[GAME_SIZES], accuracy[GAME_SIZES], others[GAME_SIZES];
    const size_t n = game->n_sizes;
    if (n == 0)
        return;
    chart_area(chart, 34, 16, 112, 28);
    set_range(chart, game);
    axis_horizontal(chart, 0, false, "synthetic rows the attacker sees");
    axis_vertical(chart, 6, true, "guessed right");
    for (size_t i = 0; i < n; i++) {
        rows[i] = game->size[i].rows;
        accuracy[i] = game->size[i].accuracy.value;
        others[i] = game->size[i].all;
    }
    const double ends[] = {chart->h.lo, chart->h.hi}, half[] = {0.5, 0.5};
    draw_path(chart, ends, half, 2, &none);
    draw_path(chart, rows, others, n, &all);
    draw_path(chart, rows, accuracy, n, &target);
    for (size_t i = 0; i < n; i++) {
        const double x = scale_at(&chart->h, rows[i]);
        if (isfinite(others[i]))
            mark_dot(chart, x, scale_at(&chart->v, others[i]), 2, COLOUR_REAL, true);
        mark_whisker(chart, x, &game->size[i].accuracy);
        mark_dot(chart, x, scale_at(&chart->v, accuracy[i]), 2.8, COLOUR_ACCENT, false);
    }
    struct label labels[3];
    size_t count = 0;
    labels[count++] =
        (struct label){"the target\xe2\x80\x99s coin", scale_at(&chart->v, accuracy[n - 1]), COLOUR_ACCENT, true, 0};
    if (isfinite(others[n - 1]))
        labels[count++] = (struct label){"all records", scale_at(&chart->v, others[n - 1]), COLOUR_REAL, false, 3};
    labels[count++] = (struct label){"chance for a coin", scale_at(&chart->v, 0.5), COLOUR_NONE, false, 1};
    labels_place(chart, labels, count, chart->h.end + 8, 104);
}
