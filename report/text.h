/* Text: measuring and drawing with pango on a private font map of Inter and DejaVu.
 *
 * Nothing of the machine's font settings takes part (own FcConfig, no hinting, unrounded metrics), so that the same text takes
 * the same space everywhere these fonts are installed. Text is always laid out left to right as a paragraph; right-to-left
 * names inside keep their own order. */
#ifndef ASSAY_REPORT_TEXT_H
#define ASSAY_REPORT_TEXT_H

#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

enum text_align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE };

struct text_style {
    double size, leading; /* points */
    int weight;           /* 400, 500, 600 */
    uint32_t colour;      /* 0xRRGGBB */
    enum text_align align;
    bool tabular; /* figures of equal width */
    bool display; /* the cut for large sizes */
    int lines;    /* at most so many, the rest is cut in the middle of the last one; 0: no bound */
    bool cut_end; /* cut at the end instead: sentences */
};

struct text;

int text_new(struct text **text, struct error *error); /* ERROR_INTERNAL: fonts are not installed */
void text_free(struct text *text);                     /* NULL allowed */

/* Height of a paragraph set to `width` (≤ 0: one line as wide as it is). */
double text_height(struct text *text, const struct text_style *style, const char *string, double width);
double text_width(struct text *text, const struct text_style *style, const char *string);

/* Draws a paragraph with its top left corner at (x, y) and gives its height. cr NULL: measures only. */
double text_draw(struct text *text, cairo_t *cr, const struct text_style *style, const char *string, double x, double y,
                 double width);

/* One line at a point: (x, y) is its middle line; horizontal 0 … 1 says which part of its width lies at x. `width` > 0: cut in
 * the middle to fit. */
void text_label(struct text *text, cairo_t *cr, const struct text_style *style, const char *string, double x, double y,
                double horizontal, double width);

/* The text with its middle replaced by "…" so that at most `most` characters (≥ 3) are left; arena memory. */
const char *text_shorten(struct arena *arena, const char *string, size_t most);

size_t text_unknown_glyphs(const struct text *text); /* characters that neither font has, in what was measured */

/* The private configuration (fonts.c): Inter and DejaVu from the usual places, nothing else. */
FcConfig *fonts_config(struct error *error);

void colour_set(cairo_t *cr, uint32_t colour);

#endif
