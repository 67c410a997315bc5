/* Numbers as readers meet them: the one place where a double becomes text.
 *
 * Shares are percentages with one decimal, or none where the interval is wider than ± 2 points; other numbers get as many
 * decimals as the half-width of their interval has, three at most (three significant digits where there is no interval).
 * Missing (NaN) is an en dash. Texts belong to the arena; NULL means memory was short. */
#ifndef ASSAY_REPORT_NUMBER_H
#define ASSAY_REPORT_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"

struct estimate {
    double value, lo, hi; /* NaN where unknown */
};

enum number_form { FORM_PLAIN, FORM_PERCENT, FORM_SCORE }; /* scores and the trust index: two decimals always */

enum number_form number_form(const char *unit); /* "share", "rate", … are percentages */
int number_decimals(const struct estimate *estimate, enum number_form form);

const char *number_text(struct arena *arena, double value, int decimals, enum number_form form); /* "3.1 %", "0.83", "–" */
/* A number that stands beside an estimate (honest case, control): at most its decimals, percentages with one at most. */
const char *number_beside(struct arena *arena, double value, int decimals, enum number_form form);

/* One end of an interval without its unit; what rounds to 0, and 100 %, without decimals. */
const char *number_end(struct arena *arena, double value, int decimals, enum number_form form);

const char *number_range(struct arena *arena, const struct estimate *estimate, int decimals,
                         enum number_form form); /* "2.4–3.9 %" */
const char *number_estimate(struct arena *arena, const struct estimate *estimate,
                            enum number_form form);                                 /* "3.1 % (2.4–3.9 %)" */
const char *number_short(struct arena *arena, double value, enum number_form form); /* four figures: "0.55", "5 %", "30,000" */
const char *number_seed(struct arena *arena, double seed);                          /* all digits, as it is typed: "20261121" */
const char *number_count(struct arena *arena, double count);                        /* "24,000" */
const char *number_date(struct arena *arena, double days);                          /* days since 1970-01-01: "1970-01-01" */
const char *number_date_words(struct arena *arena, const char *iso); /* "2026-11-21": "21 November 2026"; else as it is */

#endif
