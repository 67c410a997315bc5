/* Dates and times in text, as days since 1970-01-01 (proleptic Gregorian calendar; the fraction is the time of day, UTC where
 * an offset is given, else as written).
 *
 * A format is like strptime's: %Y (4 digits) %m %d %H %M %S (2 digits; 1 is read too where a separator follows) %f (a fraction
 * of 1 to 9 digits) %b (English month name of 3 letters) %z (Z, +hh:mm, +hhmm). `.%f` may be left out of a text. All other
 * characters stand for themselves. A time without a date counts from day 0. Precise to a microsecond between the years 1 and
 * 9999. */
#ifndef ASSAY_DATASETS_DATETIME_H
#define ASSAY_DATASETS_DATETIME_H

#include <stdbool.h>
#include <stddef.h>

/* The formats that inference tries, in order of preference; NULL ends. Two that fit the same text ("03/04/2013") are both
 * listed. */
extern const char *const datetime_formats[];

bool datetime_parse(const char *text, size_t length, const char *format, double *days);
/* Also any ISO 8601 form when the format does not fit: other programs add 00:00:00 or a T. */
bool datetime_parse_loosely(const char *text, size_t length, const char *format, double *days);
/* Writes days in the format, rounded to its last unit; at most 40 bytes with NUL. Returns the length, 0 for what the format
 * cannot hold (NaN, years outside 0 … 9999). */
size_t datetime_write(double days, const char *format, char out[40]);
/* false for "2013" or "%" or unknown letters: a format must hold a date or a time. */
bool datetime_format_valid(const char *format);

long datetime_days(int year, int month, int day); /* of a valid date */

#endif
