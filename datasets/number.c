#include "datasets/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 1000, EXACT_DIGITS = 15, EXACT_POWER = 22, WORD_DIGITS = 19 };

static const double POWERS[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* What a first pass over the text finds. */
struct digits {
    uint64_t mantissa;  /* the first 19 significant digits */
    int significant;    /* number of significant digits, trailing zeros included */
    int fraction;       /* digits behind the point */
    int trailing_zeros; /* of the digits as a whole, point ignored */
    int total;          /* digits before the exponent */
    long exponent;
    bool negative, leading_zero;
};

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static void take_digit(struct digits *digits, char c)
{
    digits->total++;
    digits->trailing_zeros = c == '0' ? digits->trailing_zeros + 1 : 0;
    if (digits->significant == 0 && c == '0')
        return;
    if (digits->significant++ < WORD_DIGITS)
        digits->mantissa = digits->mantissa * 10 + (uint64_t)(c - '0');
}

/* The exponent saturates: beyond 10^6 only its sign matters for texts of at most 1000 digits. */
static const char *take_exponent(const char *at, const char *end, long *exponent)
{
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end || !is_digit(*at))
        return NULL;
    long value = 0;
    for (; at < end && is_digit(*at); at++)
        if (value < 1000000)
            value = value * 10 + (*at - '0');
    *exponent = negative ? -value : value;
    return at;
}

static bool scan(const char *at, const char *end, struct digits *digits)
{
    *digits = (struct digits){0};
    if (at < end && (*at == '-' || *at == '+')) {
        digits->negative = *at == '-';
        at++;
    }
    digits->leading_zero = end - at >= 2 && at[0] == '0' && is_digit(at[1]);
    for (; at < end && is_digit(*at); at++)
        take_digit(digits, *at);
    if (at < end && *at == '.') {
        const char *point = at++;
        for (; at < end && is_digit(*at); at++)
            take_digit(digits, *at);
        digits->fraction = (int)(at - point - 1);
    }
    if (digits->total == 0)
        return false;
    if (at < end && (*at == 'e' || *at == 'E'))
        at = take_exponent(at + 1, end, &digits->exponent);
    return at == end;
}

static enum number_status parse_slowly(const char *text, size_t length, double *value)
{
    char copy[LONGEST + 1];
    memcpy(copy, text, length);
    copy[length] = '\0';
    *value = strtod(copy, NULL);
    if (fabs(*value) < NUMBER_LEAST)
        *value = copysign(0, *value);
    return fabs(*value) > NUMBER_MOST ? NUMBER_OUT_OF_RANGE : NUMBER_OK;
}

enum number_status number_parse(const char *text, size_t length, struct number *number)
{
    const char *end = text + length;
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    /* Most cells that are no numbers are seen by their first character. */
    if (text == end || !(is_digit(*text) || *text == '-' || *text == '.' || *text == '+') || end - text > LONGEST)
        return NUMBER_NONE;
    struct digits digits;
    if (!scan(text, end, &digits))
        return NUMBER_NONE;
    long places = digits.fraction - (digits.significant ? digits.trailing_zeros : digits.total) - digits.exponent;
    number->decimals = places > 0 && digits.significant ? (int)(places > 400 ? 400 : places) : 0;
    number->leading_zero = digits.leading_zero;
    number->exact = digits.significant - digits.trailing_zeros <= EXACT_DIGITS;
    long power = digits.exponent - digits.fraction;
    if (digits.significant <= EXACT_DIGITS && power >= -EXACT_POWER && power <= EXACT_POWER) {
        double value = (double)digits.mantissa;
        value = power < 0 ? value / POWERS[-power] : value * POWERS[power];
        number->value = digits.negative ? -value : value;
        return NUMBER_OK;
    }
    return parse_slowly(text, (size_t)(end - text), &number->value);
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/* Eight digit values, the first in the lowest byte, as a number: pairs, then fours, then all eight. */
static uint64_t eight_digits(uint64_t digits)
{
    digits = digits * 10 + (digits >> 8);
    return (((digits & 0x000000FF000000FFu) * 0x000F424000000064u) +
            (((digits >> 16) & 0x000000FF000000FFu) * 0x0000271000000001u)) >>
           32;
}

/* text: `length` (1 … 8) characters without sign, 8 readable. False: not of the simple form. */
static bool parse_word(const char *text, size_t length, bool negative, struct number *number)
{
    static const uint64_t ZEROS = 0x3030303030303030u, TOPS = 0x8080808080808080u, NINES = 0x7676767676767676u;
    uint64_t word;
    memcpy(&word, text, sizeof word);
    uint64_t keep = UINT64_MAX >> (8 * (8 - length));
    uint64_t digits = (word ^ ZEROS) & keep;
    /* A byte above 9 gets its top bit set; the sums do not carry because bytes with the top bit are looked at as they are. */
    uint64_t odd = (((digits & ~TOPS) + NINES) | digits) & TOPS;
    unsigned fraction = 0;
    number->leading_zero = length >= 2 && (digits & 0xFF) == 0 && !(odd & 0x8000);
    if (odd) {
        unsigned point = (unsigned)__builtin_ctzll(odd) / 8;
        if ((odd & (odd - 1)) || length == 1 || ((digits >> (8 * point)) & 0xFF) != ('.' ^ '0'))
            return false;
        uint64_t before = ((uint64_t)1 << (8 * point)) - 1;
        digits = (digits & before) | ((digits >> 8) & ~before);
        fraction = (unsigned)length - 1 - point;
        length--;
    }
    digits <<= 8 * (8 - length);
    unsigned zeros = digits ? (unsigned)__builtin_clzll(digits) / 8 : fraction;
    double value = (double)eight_digits(digits) / POWERS[fraction];
    number->value = negative ? -value : value;
    number->decimals = fraction > zeros ? (int)(fraction - zeros) : 0;
    number->exact = true;
    return true;
}

enum number_status number_parse_padded(const char *text, size_t length, struct number *number)
{
    size_t sign = length > 1 && *text == '-';
    if (length - sign - 1 < 8 && parse_word(text + sign, length - sign, sign, number))
        return NUMBER_OK;
    return number_parse(text, length, number);
}

#else

enum number_status number_parse_padded(const char *text, size_t length, struct number *number)
{
    return number_parse(text, length, number);
}

#endif

/* value · 10^decimals as a whole number that stands for value exactly, or −1. */
static int64_t scaled_whole(double value, int decimals)
{
    double scaled = fabs(value) * POWERS[decimals];
    if (!(scaled < 1e15))
        return -1;
    double whole = nearbyint(scaled);
    return whole / POWERS[decimals] == fabs(value) ? (int64_t)whole : -1;
}

size_t number_format(double value, int decimals, char out[32])
{
    decimals = decimals < 0 ? 0 : decimals > EXACT_DIGITS ? EXACT_DIGITS : decimals;
    int64_t whole = scaled_whole(value, decimals);
    if (whole < 0) {
        int length = 0;
        for (int precision = 15; precision <= 17; precision++) {
            length = snprintf(out, 32, "%.*g", precision, value);
            if (strtod(out, NULL) == value)
                break;
        }
        return (size_t)length;
    }
    while (decimals > 0 && whole % 10 == 0) {
        whole /= 10;
        decimals--;
    }
    char reversed[32];
    size_t count = 0, length = 0;
    for (int place = 0; whole > 0 || place <= decimals; place++, whole /= 10) {
        if (place == decimals && decimals > 0)
            reversed[count++] = '.';
        reversed[count++] = (char)('0' + whole % 10);
    }
    if (signbit(value))
        out[length++] = '-';
    while (count > 0)
        out[length++] = reversed[--count];
    out[length] = '\0';
    return length;
}

bool number_is_special(const char *text, size_t length)
{
    static const char *const words[] = {"inf", "infinity", "nan"};
    if (length > 0 && (*text == '+' || *text == '-')) {
        text++;
        length--;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == length && strncasecmp(words[i], text, length) == 0)
            return true;
    return false;
}

bool number_has_comma(const char *text, size_t length)
{
    size_t commas = 0;
    if (length > 0 && (*text == '+' || *text == '-')) {
        text++;
        length--;
    }
    if (length < 3 || !is_digit(text[0]) || !is_digit(text[length - 1]))
        return false;
    for (size_t i = 0; i < length; i++) {
        commas += text[i] == ',';
        if (!is_digit(text[i]) && text[i] != ',' && text[i] != '.')
            return false;
    }
    return commas > 0;
}
