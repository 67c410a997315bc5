#include "report/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NO_BREAK "\xc2\xa0"
#define MINUS    "\xe2\x88\x92"
#define EN_DASH  "\xe2\x80\x93"

enum { MOST_DECIMALS = 3 };

enum number_form number_form(const char *unit)
{
    static const char *const shares[] = {"share",  "rate", "proportion", "probability", "percent",
                                         "points", "risk", "accuracy",   NULL};
    for (size_t i = 0; unit && shares[i]; i++)
        if (strstr(unit, shares[i]) && !strstr(unit, "log") && !strstr(unit, "ratio of"))
            return FORM_PERCENT;
    return FORM_PLAIN;
}

static double in_form(double value, enum number_form form)
{
    return form == FORM_PERCENT ? 100 * value : value;
}

int number_decimals(const struct estimate *estimate, enum number_form form)
{
    double half = in_form((estimate->hi - estimate->lo) / 2, form);
    if (form == FORM_SCORE)
        return 2;
    if (form == FORM_PERCENT) { /* within a point of 0 or 100 % a narrow interval earns a second decimal */
        bool extreme = fmin(fabs(estimate->value), fabs(1 - estimate->value)) < 0.01;
        return half >= 2 ? 0 : half > 0 && half < 0.1 && extreme ? 2 : 1;
    }
    if (isfinite(half) && half > 0) {
        double digits = ceil(-log10(half));
        return digits < 0 ? 0 : digits > MOST_DECIMALS ? MOST_DECIMALS : (int)digits;
    }
    if (half == 0)
        return 2;
    double size = fabs(estimate->value);
    return size < 1 || !isfinite(size) ? MOST_DECIMALS : size < 10 ? 2 : size < 100 ? 1 : 0;
}

/* A number that rounds to zero but is not zero keeps one significant digit, where two more decimals (one
 * beside whole numbers) are enough for it: so that little is not said to be nothing. */
static int enough_decimals(double value, int decimals)
{
    double size = fabs(value);
    if (size == 0 || size >= 0.5 * pow(10, -decimals))
        return decimals;
    double needed = ceil(-log10(size));
    return needed > decimals + (decimals > 0 ? 2 : 1) ? decimals : (int)needed;
}

/* `round_off`: the ends of intervals may round to zero. */
static const char *bare(struct arena *arena, double value, int decimals, enum number_form form, bool round_off)
{
    if (!isfinite(value))
        return EN_DASH;
    double shown = in_form(value, form);
    char digits[64];
    snprintf(digits, sizeof digits, "%.*f", round_off || form == FORM_SCORE ? decimals : enough_decimals(shown, decimals),
             fabs(shown));
    bool zero = strspn(digits, "0.") == strlen(digits);
    return arena_format(arena, "%s%s", shown < 0 && !zero ? MINUS : "", digits);
}

const char *number_text(struct arena *arena, double value, int decimals, enum number_form form)
{
    const char *text = bare(arena, value, decimals, form, false);
    if (form != FORM_PERCENT || !isfinite(value) || !text)
        return text;
    return arena_format(arena, "%s" NO_BREAK "%%", text);
}

const char *number_beside(struct arena *arena, double value, int decimals, enum number_form form)
{
    return number_text(arena, value, form == FORM_PERCENT && decimals > 1 ? 1 : decimals, form);
}

const char *number_end(struct arena *arena, double value, int decimals, enum number_form form)
{
    const char *text = bare(arena, value, decimals, form, true);
    if (strspn(text, "0.") == strlen(text))
        return "0";
    return form == FORM_PERCENT && value == 1 ? "100" : text;
}

const char *number_range(struct arena *arena, const struct estimate *estimate, int decimals, enum number_form form)
{
    if (!isfinite(estimate->lo) || !isfinite(estimate->hi))
        return "";
    const char *lo = bare(arena, estimate->lo, decimals, form, true), *hi = bare(arena, estimate->hi, decimals, form, true);
    if (!lo || !hi)
        return NULL;
    const char *joint = estimate->lo < 0 || estimate->hi < 0 ? " to " : EN_DASH;
    return arena_format(arena, "%s%s%s%s", lo, joint, hi, form == FORM_PERCENT ? NO_BREAK "%" : "");
}

const char *number_estimate(struct arena *arena, const struct estimate *estimate, enum number_form form)
{
    int decimals = number_decimals(estimate, form);
    const char *value = number_text(arena, estimate->value, decimals, form);
    const char *range = number_range(arena, estimate, decimals, form);
    if (!value || !range || !*range)
        return value;
    return arena_format(arena, "%s (%s)", value, range);
}

const char *number_short(struct arena *arena, double value, enum number_form form)
{
    if (!isfinite(value))
        return EN_DASH;
    const double shown = in_form(value, form), size = fabs(shown);
    const char *unit = form == FORM_PERCENT ? NO_BREAK "%" : "";
    if (size < 9999.5 || size >= 1e7)
        return arena_format(arena, "%s%.4g%s", shown < 0 ? MINUS : "", size, unit);
    const double step = pow(10, floor(log10(size)) - 3);
    return arena_format(arena, "%s%s", number_count(arena, copysign(step * round(size / step), shown)), unit);
}

const char *number_seed(struct arena *arena, double seed)
{
    return isfinite(seed) ? arena_format(arena, "%.0f", seed) : EN_DASH;
}

const char *number_count(struct arena *arena, double count)
{
    if (!isfinite(count) || fabs(count) >= 1e15)
        return EN_DASH;
    char digits[40], grouped[60];
    snprintf(digits, sizeof digits, "%.0f", fabs(count));
    size_t length = strlen(digits), out = 0;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            grouped[out++] = ',';
        grouped[out++] = digits[i];
    }
    grouped[out] = '\0';
    return arena_format(arena, "%s%s", count < 0 ? MINUS : "", grouped);
}

/* Civil date from days, the algorithm of Howard Hinnant ("chrono-compatible low-level date algorithms"). */
const char *number_date(struct arena *arena, double days)
{
    if (!isfinite(days) || fabs(days) > 3e6)
        return EN_DASH;
    long z = (long)floor(days) + 719468;
    long era = (z >= 0 ? z : z - 146096) / 146097;
    long of_era = z - era * 146097;
    long year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    long shifted = (5 * of_year + 2) / 153;
    long day = of_year - (153 * shifted + 2) / 5 + 1, month = shifted < 10 ? shifted + 3 : shifted - 9;
    long year = year_of_era + era * 400 + (month <= 2);
    return arena_format(arena, "%04ld-%02ld-%02ld", year, month, day);
}

const char *number_date_words(struct arena *arena, const char *iso)
{
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    int year, month, day, end = 0;
    if (!iso || sscanf(iso, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || iso[end] || month < 1 || month > 12)
        return iso ? iso : "";
    return arena_format(arena, "%d %s %d", day, months[month - 1], year);
}
