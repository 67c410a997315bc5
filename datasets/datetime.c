#include "datasets/datetime.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *const datetime_formats[] = {"%Y-%m-%d",
                                        "%Y-%m-%d %H:%M:%S",
                                        "%Y-%m-%d %H:%M",
                                        "%Y-%m-%dT%H:%M:%S",
                                        "%Y-%m-%dT%H:%M:%S%z",
                                        "%Y-%m-%dT%H:%M",
                                        "%Y-%m-%d %H:%M:%S.%f",
                                        "%Y-%m-%dT%H:%M:%S.%f",
                                        "%Y-%m-%dT%H:%M:%S.%f%z",
                                        "%Y-%m-%d %H:%M:%S%z",
                                        "%Y-%m-%d %H:%M:%S.%f%z",
                                        "%Y/%m/%d",
                                        "%Y/%m/%d %H:%M:%S",
                                        "%Y/%m/%d %H:%M",
                                        "%m/%d/%Y",
                                        "%d/%m/%Y",
                                        "%m/%d/%Y %H:%M:%S",
                                        "%d/%m/%Y %H:%M:%S",
                                        "%m/%d/%Y %H:%M",
                                        "%d/%m/%Y %H:%M",
                                        "%d.%m.%Y",
                                        "%d.%m.%Y %H:%M:%S",
                                        "%d.%m.%Y %H:%M",
                                        "%d-%m-%Y",
                                        "%m-%d-%Y",
                                        "%d-%m-%Y %H:%M:%S",
                                        "%m-%d-%Y %H:%M:%S",
                                        "%d-%m-%Y %H:%M",
                                        "%m-%d-%Y %H:%M",
                                        "%d-%b-%Y",
                                        "%d %b %Y",
                                        "%Y%m%d",
                                        "%H:%M:%S",
                                        "%H:%M",
                                        NULL};

static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

enum { DAY_SECONDS = 86400 };

struct moment {
    int year, month, day, hour, minute, second, offset; /* offset in minutes */
    double fraction;
};

/* Days from civil, after Howard Hinnant, "chrono-compatible low-level date algorithms" (2013): years start in March. */
long datetime_days(int year, int month, int day)
{
    long y = month <= 2 ? year - 1 : year;
    long era = (y >= 0 ? y : y - 399) / 400;
    long year_of_era = y - era * 400;
    long day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void civil_from_days(long days, struct moment *moment)
{
    days += 719468;
    long era = (days >= 0 ? days : days - 146096) / 146097;
    long day_of_era = days - era * 146097;
    long year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    long day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    long month = (5 * day_of_year + 2) / 153;
    moment->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    moment->month = (int)(month < 10 ? month + 3 : month - 9);
    moment->year = (int)(year_of_era + era * 400 + (moment->month <= 2));
}

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : lengths[month - 1];
}

/* Reads between `least` and `most` digits. */
static const char *take_number(const char *at, const char *end, int least, int most, int *value)
{
    int count = 0;
    *value = 0;
    for (; at < end && count < most && *at >= '0' && *at <= '9'; at++, count++)
        *value = *value * 10 + (*at - '0');
    return count >= least ? at : NULL;
}

static const char *take_fraction(const char *at, const char *end, double *fraction)
{
    int digits;
    const char *stop = take_number(at, end, 1, 9, &digits);
    if (!stop)
        return NULL;
    *fraction = digits / pow(10, (double)(stop - at));
    return stop;
}

static const char *take_offset(const char *at, const char *end, int *offset)
{
    if (at == end)
        return NULL;
    if (*at == 'Z' || *at == 'z')
        return at + 1;
    int sign = *at == '+' ? 1 : *at == '-' ? -1 : 0, hours, minutes;
    const char *stop = sign ? take_number(at + 1, end, 2, 2, &hours) : NULL;
    if (stop && stop < end && *stop == ':')
        stop++;
    stop = stop ? take_number(stop, end, 2, 2, &minutes) : NULL;
    if (!stop || hours > 18 || minutes > 59)
        return NULL;
    *offset = sign * (60 * hours + minutes);
    return stop;
}

static const char *take_month_name(const char *at, const char *end, int *month)
{
    for (int i = 0; i < 12 && end - at >= 3; i++)
        if (strncasecmp(MONTHS + 3 * i, at, 3) == 0) {
            *month = i + 1;
            return at + 3;
        }
    return NULL;
}

/* glued: no separator before the field. */
static const char *take_field(const char *at, const char *end, const char *format, bool glued, struct moment *moment)
{
    /* Without a separator on both sides only the full width can be told apart. */
    int least = glued || format[1] == '%' ? 2 : 1;
    switch (*format) {
    case 'Y':
        return take_number(at, end, 4, 4, &moment->year);
    case 'm':
        return take_number(at, end, least, 2, &moment->month);
    case 'd':
        return take_number(at, end, least, 2, &moment->day);
    case 'H':
        return take_number(at, end, least, 2, &moment->hour);
    case 'M':
        return take_number(at, end, 2, 2, &moment->minute);
    case 'S':
        return take_number(at, end, 2, 2, &moment->second);
    case 'f':
        return take_fraction(at, end, &moment->fraction);
    case 'b':
        return take_month_name(at, end, &moment->month);
    case 'z':
        return take_offset(at, end, &moment->offset);
    default:
        return NULL;
    }
}

bool datetime_parse(const char *text, size_t length, const char *format, double *days)
{
    struct moment moment = {.year = 1970, .month = 1, .day = 1};
    const char *at = text, *end = text + length;
    bool glued = false;
    for (; *format; format++) {
        if (strncmp(format, ".%f", 3) == 0 && (at == end || *at != '.')) {
            format += 2; /* whole seconds are often written without a fraction */
            continue;
        }
        if (*format != '%') {
            if (at == end || *at++ != *format)
                return false;
            glued = false;
            continue;
        }
        at = take_field(at, end, ++format, glued, &moment);
        if (!at)
            return false;
        glued = true;
    }
    if (at != end || moment.year < 1 || moment.month < 1 || moment.month > 12 || moment.day < 1 ||
        moment.day > month_length(moment.year, moment.month) || moment.hour > 23 || moment.minute > 59 || moment.second > 59)
        return false;
    double seconds = (moment.hour * 60 + moment.minute - moment.offset) * 60 + moment.second + moment.fraction;
    *days = (double)datetime_days(moment.year, moment.month, moment.day) + seconds / DAY_SECONDS;
    return true;
}

bool datetime_parse_loosely(const char *text, size_t length, const char *format, double *days)
{
    if (datetime_parse(text, length, format, days))
        return true;
    for (size_t i = 0; datetime_formats[i]; i++)
        if (strncmp(datetime_formats[i], "%Y-", 3) == 0 && datetime_parse(text, length, datetime_formats[i], days))
            return true;
    return false;
}

/* Digits of the fraction that a double of this size holds: microseconds. */
enum { FRACTION_DIGITS = 6, FRACTION_UNITS = 1000000 };

/* days as a calendar date and a time of day, rounded to the format's last unit. False: no year of four digits. */
static bool moment_from_days(double days, const char *format, struct moment *moment)
{
    double unit = strstr(format, "%f")   ? 1.0 / FRACTION_UNITS
                  : strstr(format, "%S") ? 1
                  : strstr(format, "%H") ? 60
                                         : DAY_SECONDS;
    double whole = floor(days);
    if (!(whole >= -719528 && whole <= 2932896))
        return false;
    double units = nearbyint((days - whole) * DAY_SECONDS / unit);
    if (units * unit >= DAY_SECONDS) {
        whole++;
        units = 0;
    }
    int64_t micro = (int64_t)nearbyint(units * unit * FRACTION_UNITS), second = micro / FRACTION_UNITS;
    *moment = (struct moment){.hour = (int)(second / 3600),
                              .minute = (int)(second / 60 % 60),
                              .second = (int)(second % 60),
                              .fraction = (double)(micro % FRACTION_UNITS)};
    civil_from_days((long)whole, moment);
    return moment->year <= 9999;
}

/* moment->fraction counts microseconds here. */
static size_t write_field(char field, const struct moment *moment, char *at, size_t room)
{
    int number = 0, width = 2;
    switch (field) {
    case 'Y':
        number = moment->year;
        width = 4;
        break;
    case 'm':
        number = moment->month;
        break;
    case 'd':
        number = moment->day;
        break;
    case 'H':
        number = moment->hour;
        break;
    case 'M':
        number = moment->minute;
        break;
    case 'S':
        number = moment->second;
        break;
    case 'f':
        number = (int)moment->fraction;
        width = FRACTION_DIGITS;
        break;
    case 'b':
        return (size_t)snprintf(at, room, "%.3s", MONTHS + 3 * (moment->month - 1));
    default:
        return (size_t)snprintf(at, room, "Z");
    }
    return (size_t)snprintf(at, room, "%0*d", width, number);
}

size_t datetime_write(double days, const char *format, char out[40])
{
    enum { SIZE = 40, LONGEST_FIELD = 12 };
    struct moment moment;
    if (!moment_from_days(days, format, &moment))
        return 0;
    size_t length = 0;
    for (; *format && length + LONGEST_FIELD < SIZE; format++) {
        if (*format == '%')
            length += write_field(*++format, &moment, out + length, SIZE - length);
        else
            out[length++] = *format;
    }
    out[length] = '\0';
    return length;
}

bool datetime_format_valid(const char *format)
{
    bool date = strstr(format, "%Y") && (strstr(format, "%m") || strstr(format, "%b")) && strstr(format, "%d");
    bool time = strstr(format, "%H") && strstr(format, "%M");
    for (const char *at = strchr(format, '%'); at; at = strchr(at + 2, '%'))
        if (!at[1] || !strchr("YmdHMSfbz", at[1]))
            return false;
    return (date || time) && strlen(format) <= 24;
}
