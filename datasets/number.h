/* Decimal numbers in text: bit-equal to strtod in the "C" locale (between NUMBER_LEAST and NUMBER_MOST), about eight times as
 * fast for the numbers that tables hold.
 *
 * Accepted: blanks around, a sign, digits with at most one point, an exponent: [+-]? (d+ [. d*] | . d+) ([eE] [+-]? d+)?
 * Refused: hexadecimal, infinity and NaN words, thousands separators, more than 1000 characters.
 * Fast path (Clinger 1990, "How to read floating point numbers accurately", the exact case): a mantissa below 2^53 and a power
 * of ten up to 10^22 are both doubles, so that one multiplication or division rounds once. All else goes through strtod. */
#ifndef ASSAY_DATASETS_NUMBER_H
#define ASSAY_DATASETS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum number_status {
    NUMBER_NONE,        /* not a number */
    NUMBER_OK,          /* value is set */
    NUMBER_OUT_OF_RANGE /* a number beyond ±NUMBER_MOST, such as 1e999 */
};

/* Squares and products of two such numbers, and sums of 10^8 of those, stay finite. */
#define NUMBER_MOST 1e150
/* Squares of what is nearer to zero vanish; it is read as zero. */
#define NUMBER_LEAST 1e-150

struct number {
    double value;
    int decimals;      /* significant digits behind the point: 0 for 1.0 and 3e2, 2 for 1.25, 4 for 1.5e-3 */
    bool leading_zero; /* 007, 01.5: written like a code, not like a quantity */
    bool exact;        /* at most 15 significant digits: other texts of the same value mean the same number */
};

/* text need not end with NUL. */
enum number_status number_parse(const char *text, size_t length, struct number *number);

enum { NUMBER_PADDING = 8 };
/* The same where NUMBER_PADDING bytes behind the text are readable: numbers of up to 8 digits and point without exponent are
 * read in a few operations on one word (D. Lemire, "Number parsing at a gigabyte per second", 2021, §4). */
enum number_status number_parse_padded(const char *text, size_t length, struct number *number);

/* Writes value in at most 32 bytes with NUL, returns the length: in fixed notation with up to `decimals` (0 … 15) decimals and
 * no trailing zeros when that reads back to the same double, else the shortest of %.15g, %.16g, %.17g that does. */
size_t number_format(double value, int decimals, char out[32]);

/* true for inf, infinity, nan with sign, in any case: what other programs print for numbers that are none. */
bool number_is_special(const char *text, size_t length);

/* true for digits with commas in between, such as 3,14 or -1,234.5: a decimal comma or thousands separators. */
bool number_has_comma(const char *text, size_t length);

#endif
