/* The look of the report in one place: sizes, the grid, colours and text styles (docs/report.md says what they mean).
 *
 * All lengths are PDF points (1/72 inch). A4, margins of 18 mm, a grid of 12 columns with gutters of 4 mm. One ink, one accent,
 * status colours that differ in lightness as well and never stand without a word or a sign. */
#ifndef ASSAY_REPORT_THEME_H
#define ASSAY_REPORT_THEME_H

#include <stdint.h>

#include "report/text.h"

#define MM (72.0 / 25.4)

#define PAGE_WIDTH   (210 * MM)
#define PAGE_HEIGHT  (297 * MM)
#define PAGE_MARGIN  (18 * MM)
#define PAGE_TOP     (24 * MM)  /* of the text, below the header line */
#define PAGE_BOTTOM  (277 * MM) /* of the text, above the footer line */
#define GRID_COLUMNS 12
#define GRID_GUTTER  (4 * MM)
#define TEXT_WIDTH   (PAGE_WIDTH - 2 * PAGE_MARGIN)
#define LEADING      13.0

#define COLOUR_INK       0x1a1a2e
#define COLOUR_GREY      0x5b6170 /* secondary text, axis labels: contrast 6 : 1 on white */
#define COLOUR_RULE      0xd9dbe1
#define COLOUR_GRID      0xeceef2
#define COLOUR_TINT      0xf5f6f8
#define COLOUR_REAL      0x4a4a4a
#define COLOUR_REAL_FILL 0xdcdcdc
#define COLOUR_ACCENT    0x0072b2 /* Okabe-Ito blue: the candidate */
#define COLOUR_PASS      0x1b7f5c
#define COLOUR_FAIL      0xb3261e
#define COLOUR_UNDECIDED 0x8a6d00
#define COLOUR_NONE      0x6b7280

#define SERIES_COLOURS 6
extern const uint32_t series_colour[SERIES_COLOURS]; /* Okabe-Ito without yellow and black; [0] is the accent */

extern const struct text_style style_title;    /* 22 pt */
extern const struct text_style style_verdict;  /* 16 pt */
extern const struct text_style style_heading;  /* 12 pt */
extern const struct text_style style_strong;   /* 9.5 pt, semi-bold */
extern const struct text_style style_body;     /* 9.5 pt on 13 */
extern const struct text_style style_small;    /* 8 pt on 10.5: tables, axis labels */
extern const struct text_style style_grey;     /* the same in grey */
extern const struct text_style style_emphasis; /* the same, semi-bold */

/* The leftmost point of grid column 0 … 11, and the width of `span` columns with the gutters between them. */
double grid_x(int column);
double grid_width(int span);

#endif
