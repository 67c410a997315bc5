#include "report/theme.h"

const uint32_t series_colour[SERIES_COLOURS] = {COLOUR_ACCENT, 0xd55e00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xe69f00};

const struct text_style style_title = {.size = 22, .leading = 26, .weight = 600, .colour = COLOUR_INK, .display = true};
const struct text_style style_verdict = {.size = 16, .leading = 21, .weight = 600, .colour = COLOUR_INK, .display = true};
const struct text_style style_heading = {.size = 12, .leading = 16, .weight = 600, .colour = COLOUR_INK};
const struct text_style style_strong = {.size = 9.5, .leading = LEADING, .weight = 600, .colour = COLOUR_INK};
const struct text_style style_body = {.size = 9.5, .leading = LEADING, .weight = 400, .colour = COLOUR_INK};
const struct text_style style_small = {.size = 8, .leading = 10.5, .weight = 400, .colour = COLOUR_INK};
const struct text_style style_grey = {.size = 8, .leading = 10.5, .weight = 400, .colour = COLOUR_GREY};
const struct text_style style_emphasis = {.size = 8, .leading = 10.5, .weight = 600, .colour = COLOUR_INK};

double grid_width(int span)
{
    const double column = (TEXT_WIDTH - (GRID_COLUMNS - 1) * GRID_GUTTER) / GRID_COLUMNS;
    return span * column + (span - 1) * GRID_GUTTER;
}

double grid_x(int column)
{
    return PAGE_MARGIN + (column > 0 ? grid_width(column) + GRID_GUTTER : 0);
}
