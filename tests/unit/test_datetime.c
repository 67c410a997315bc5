/* Dates. Oracle of day numbers: GNU date, e.g. `date -u -d 2013-08-14 +%s` / 86400 = 15931. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "datasets/datetime.h"

Test(datetime, days)
{
    static const struct {
        int year, month, day;
        long days;
    } cases[] = {{1970, 1, 1, 0},     {1969, 12, 31, -1},    {2013, 8, 14, 15931}, {2000, 2, 29, 11016},   {1900, 3, 1, -25508},
                 {1987, 11, 7, 6519}, {2100, 12, 31, 47846}, {1, 1, 1, -719162},   {9999, 12, 31, 2932896}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(datetime_days(cases[i].year, cases[i].month, cases[i].day), cases[i].days, "case %zu", i);
}

Test(datetime, parse)
{
    /* 05:41:20 is 20480 s. NaN: refused. */
    const double time = 20480.0 / 86400;
    const struct {
        const char *format, *text;
        double days;
    } cases[] = {
        {"%Y-%m-%d", "2013-08-14", 15931},
        {"%Y-%m-%d", "2013-8-4", 15921},
        {"%Y-%m-%d", "2013-02-29", NAN},
        {"%Y-%m-%d", "2012-02-29", 15399},
        {"%Y-%m-%d", "1900-02-29", NAN},
        {"%Y-%m-%d", "2013-13-01", NAN},
        {"%Y-%m-%d", "2013-00-01", NAN},
        {"%Y-%m-%d", "2013-01-00", NAN},
        {"%Y-%m-%d", "0000-01-01", NAN},
        {"%Y-%m-%d", "13-01-01", NAN},
        {"%Y-%m-%d", "2013-08-14 ", NAN},
        {"%Y-%m-%d", "2013-08-14 05:41:20", NAN},
        {"%Y-%m-%d", "", NAN},
        {"%Y-%m-%d", "2013-08", NAN},
        {"%Y-%m-%d %H:%M:%S", "2013-08-14 05:41:20", 15931 + time},
        {"%Y-%m-%d %H:%M:%S", "2013-08-14 24:00:00", NAN},
        {"%Y-%m-%d %H:%M:%S", "2013-08-14 05:60:00", NAN},
        {"%Y-%m-%d %H:%M:%S", "2013-08-14 05:41:60", NAN},
        {"%Y-%m-%dT%H:%M:%S%z", "2013-08-14T05:41:20Z", 15931 + time},
        {"%Y-%m-%dT%H:%M:%S%z", "2013-08-14T07:41:20+02:00", 15931 + time},
        {"%Y-%m-%dT%H:%M:%S%z", "2013-08-14T00:11:20-0530", 15931 + time},
        {"%Y-%m-%dT%H:%M:%S%z", "2013-08-14T05:41:20", NAN},
        {"%Y-%m-%dT%H:%M:%S%z", "2013-08-14T05:41:20+2", NAN},
        {"%Y-%m-%dT%H:%M:%S.%f", "2013-08-14T12:00:00.5", 15931 + 43200.5 / 86400},
        {"%Y-%m-%dT%H:%M:%S.%f", "2013-08-14T12:00:00.", NAN},
        {"%Y-%m-%dT%H:%M:%S.%f", "2013-08-14T12:00:00", 15931.5},
        {"%Y-%m-%dT%H:%M:%S.%f%z", "2013-08-14T12:00:00Z", 15931.5},
        {"%d/%m/%Y", "14/08/2013", 15931},
        {"%m/%d/%Y", "08/14/2013", 15931},
        {"%m/%d/%Y", "14/08/2013", NAN},
        {"%d.%m.%Y", "14.08.2013", 15931},
        {"%d-%b-%Y", "14-aug-2013", 15931},
        {"%d-%b-%Y", "14-xyz-2013", NAN},
        {"%d-%b-%Y", "14-au", NAN},
        {"%Y%m%d", "20130814", 15931},
        {"%Y%m%d", "2013081", NAN},
        {"%H:%M:%S", "05:41:20", time},
        {"%H:%M", "12:00", .5},
        {"%Q", "1", NAN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double days = NAN;
        bool read = datetime_parse(cases[i].text, strlen(cases[i].text), cases[i].format, &days);
        cr_expect_eq(read, !isnan(cases[i].days), "'%s' as %s", cases[i].text, cases[i].format);
        if (read)
            cr_expect_float_eq(days, cases[i].days, 1e-12, "'%s': %.12f", cases[i].text, days);
    }
}

Test(datetime, loosely)
{
    double days = 0;
    cr_expect(datetime_parse_loosely("2013-08-14 00:00:00", 19, "%Y-%m-%d", &days));
    cr_expect_eq(days, 15931);
    cr_expect(datetime_parse_loosely("2013-08-14T00:00:00Z", 20, "%d/%m/%Y", &days));
    cr_expect_eq(days, 15931);
    cr_expect_not(datetime_parse_loosely("08/14/2013", 10, "%d/%m/%Y", &days), "month first is no form of day first");
}

/* Every format writes what it reads, over dates and times of day. */
Test(datetime, round_trip)
{
    static const double moments[] = {0, -1, 15931, 15931.25, -25508.5, 11016 + 86399.0 / 86400, 15931 + 20480.0 / 86400, 47846};
    for (size_t f = 0; datetime_formats[f]; f++) {
        const char *format = datetime_formats[f];
        cr_expect(datetime_format_valid(format), "%s", format);
        for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
            char text[40], again[40];
            double days = NAN;
            size_t length = datetime_write(moments[i], format, text);
            cr_assert_gt(length, 0u);
            cr_assert(datetime_parse(text, length, format, &days), "%s: '%s'", format, text);
            datetime_write(days, format, again);
            cr_expect_str_eq(again, text, "%s", format);
            if (strstr(format, "%S") && strchr(format, 'Y'))
                cr_expect_float_eq(days, moments[i], 1e-9, "%s: '%s'", format, text);
        }
    }
}

Test(datetime, write)
{
    const struct {
        double days;
        const char *format, *text;
    } cases[] = {
        {15931, "%Y-%m-%d", "2013-08-14"},
        {15931.5, "%Y-%m-%d", "2013-08-14"},
        {15931 + 20480.0 / 86400, "%Y-%m-%d %H:%M:%S", "2013-08-14 05:41:20"},
        {15930 + 86399.9 / 86400, "%Y-%m-%d %H:%M:%S", "2013-08-14 00:00:00"},
        {15931 + 20480.25 / 86400, "%Y-%m-%dT%H:%M:%S.%f%z", "2013-08-14T05:41:20.250000Z"},
        {6519, "%d %b %Y", "07 Nov 1987"},
        {-0.5, "%Y-%m-%d %H:%M", "1969-12-31 12:00"},
        {NAN, "%Y-%m-%d", ""},
        {1e9, "%Y-%m-%d", ""},
        {-1e9, "%Y-%m-%d", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[40] = "";
        cr_expect_eq(datetime_write(cases[i].days, cases[i].format, text), strlen(cases[i].text), "case %zu: '%s'", i, text);
        if (*cases[i].text)
            cr_expect_str_eq(text, cases[i].text);
    }
}

Test(datetime, format_valid)
{
    static const char *const bad[] = {"",      "2013",        "%Y",        "%Y-%m",
                                      "%d.%m", "%Y-%m-%d %Q", "%Y-%m-%d%", "%Y-%m-%d with a long tail"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_not(datetime_format_valid(bad[i]), "%s", bad[i]);
    cr_expect(datetime_format_valid("%d. %b %Y"));
}
