/* Charts: an outer box (in points), a plot area in it, two scales. One picture a file (chart_*.c); what they share is here. */
#ifndef ASSAY_REPORT_CHART_H
#define ASSAY_REPORT_CHART_H

#include <cairo.h>
#include <stdbool.h>

#include "core/arena.h"
#include "report/model.h"
#include "report/theme.h"

struct scale {
    double lo, hi;     /* data; positive when logarithmic */
    double start, end; /* points */
    bool logarithmic;
};

struct chart {
    cairo_t *cr;
    struct text *text;
    struct arena *arena;
    double x, y, width, height; /* outer box */
    struct scale h, v;
};

/* Sets the plot area to the outer box less margins, and the ranges of the scales (v runs upwards). */
void chart_area(struct chart *chart, double left, double top, double right, double bottom);
void chart_range(struct chart *chart, double x_lo, double x_hi, double y_lo, double y_hi);

double scale_at(const struct scale *scale, double value); /* clamped to the area */

/* Light grid lines with labels at round numbers, about `wanted` of them (powers of ten when logarithmic); percent: labels ×
 * 100. */
void axis_horizontal(struct chart *chart, int wanted, bool percent, const char *title);
void axis_vertical(struct chart *chart, int wanted, bool percent, const char *title);

/* Moves the free ends of a linear scale outwards to round numbers, so that a tick stands on both sides of all marks, as little
 * as at most `most` steps allow. Gives the number of steps, for axis_horizontal. */
int scale_bracket(struct scale *scale, int most, bool free_lo, bool free_hi);
/* Whether the labels that axis_horizontal would draw keep apart. */
bool axis_labels_fit(struct chart *chart, int wanted, bool percent);

/* A round step of 1, 2, 2.5 or 5 × 10^k that cuts `range` into about `wanted` parts. */
double nice_step(double range, int wanted);

void mark_dot(struct chart *chart, double x, double y, double radius, uint32_t colour, bool hollow);
void mark_cross(struct chart *chart, double x, double y);                                 /* a control with a known fault */
void mark_interval(struct chart *chart, double lo, double hi, double y, uint32_t colour); /* horizontal, in data units */

struct line_look {
    uint32_t colour;
    double width;
    int dash; /* 0 solid, 1 dashed, 2 dotted, 3 long dashes, 4 dash and dot: lines differ in grey print too */
};
/* A line through the points; NaN breaks it. */
void draw_path(struct chart *chart, const double *x, const double *y, size_t n, const struct line_look *look);
void draw_band(struct chart *chart, const double *x, const double *lo, const double *hi, size_t n, uint32_t colour);

/* One drawn series with its direct label at the right of the plot; labels keep apart. */
struct label {
    const char *text;
    double y; /* where it wants to be */
    uint32_t colour;
    bool strong;
    int dash; /* as the line has */
};
void labels_place(struct chart *chart, struct label *labels, size_t count, double x, double width);

/* Data of the charts: what the JSON says, checked. */
size_t series_read(const cJSON *array, double *out, size_t most);          /* numbers of an array; NaN for others */
size_t points_read(const cJSON *array, double *x, double *y, size_t most); /* of [[x, y], …]; others are left out */

/* The pictures (each says what it needs in its file). */
struct column_plot { /* one cell of the small multiples */
    const char *name, *score;
    const cJSON *plot;
    bool date;
};
enum { COLUMN_PLOT_HEIGHT = 82 };
void chart_column(struct chart *chart, const struct column_plot *column);

void chart_score_bar(struct chart *chart, const struct estimate *score, double gate, uint32_t colour);
void chart_pairs(struct chart *chart, const void *details);
double chart_pairs_height(const cJSON *details);
bool chart_pairs_wide(const cJSON *details);            /* true: half a page is too narrow */
bool chart_pairs_complete(const cJSON *details);        /* false: only the columns with the lowest means are drawn */
void chart_game(struct chart *chart, const void *game); /* of a struct game_model */
void chart_roc(struct chart *chart, const void *details);
void chart_distances(struct chart *chart, const void *details);
void chart_power(struct chart *chart, const void *details);
void chart_secrets(struct chart *chart, const void *details);
double chart_secrets_height(const cJSON *details);
void chart_strip(struct chart *chart, const void *measure); /* of a struct model_measure */
double chart_strip_key(struct chart *chart);
void chart_profile(struct chart *chart, const void *candidate);
double chart_profile_height(void);

#endif
