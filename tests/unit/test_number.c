/* Numbers in text. The oracle is strtod of the C library (locale "C"), bit for bit. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "datasets/number.h"

static uint64_t bits(double value)
{
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    return word;
}

static const struct {
    const char *text;
    enum number_status status;
    int decimals;
    bool leading_zero;
} forms[] = {
    {"0", NUMBER_OK, 0, false},
    {"-0", NUMBER_OK, 0, false},
    {"7", NUMBER_OK, 0, false},
    {"-12", NUMBER_OK, 0, false},
    {"+12", NUMBER_OK, 0, false},
    {"1.0", NUMBER_OK, 0, false},
    {"1.50", NUMBER_OK, 1, false},
    {"5000.0", NUMBER_OK, 0, false},
    {"-71.0589", NUMBER_OK, 4, false},
    {"0.001", NUMBER_OK, 3, false},
    {"0.000", NUMBER_OK, 0, false},
    {".5", NUMBER_OK, 1, false},
    {"5.", NUMBER_OK, 0, false},
    {" 42\t", NUMBER_OK, 0, false},
    {"1e3", NUMBER_OK, 0, false},
    {"1.5e-3", NUMBER_OK, 4, false},
    {"1E+02", NUMBER_OK, 0, false},
    {"12345.678", NUMBER_OK, 3, false},
    {"12345678", NUMBER_OK, 0, false},
    {"1234567.8", NUMBER_OK, 1, false},
    {"123456789012345678901234567890", NUMBER_OK, 0, false},
    {"0.1000000000000000055511151231257827", NUMBER_OK, 34, false},
    {"1e-400", NUMBER_OK, 400, false},
    {"1e-150", NUMBER_OK, 150, false},
    {"1e150", NUMBER_OK, 0, false},
    {"-1e150", NUMBER_OK, 0, false},
    {"007", NUMBER_OK, 0, true},
    {"01.5", NUMBER_OK, 1, true},
    {"-01", NUMBER_OK, 0, true},
    {"00", NUMBER_OK, 0, true},
    {"0.5", NUMBER_OK, 1, false},
    {"1e999", NUMBER_OUT_OF_RANGE, 0, false},
    {"-1e999", NUMBER_OUT_OF_RANGE, 0, false},
    {"1.1e150", NUMBER_OUT_OF_RANGE, 0, false},
    {"1.7976931348623157e308", NUMBER_OUT_OF_RANGE, 0, false},
    {"1.8e308", NUMBER_OUT_OF_RANGE, 0, false},
    {"1e99999999999999999999", NUMBER_OUT_OF_RANGE, 0, false},
    {"", NUMBER_NONE, 0, false},
    {" ", NUMBER_NONE, 0, false},
    {"-", NUMBER_NONE, 0, false},
    {".", NUMBER_NONE, 0, false},
    {"-.", NUMBER_NONE, 0, false},
    {"+-1", NUMBER_NONE, 0, false},
    {"1.2.3", NUMBER_NONE, 0, false},
    {"1..2", NUMBER_NONE, 0, false},
    {"1e", NUMBER_NONE, 0, false},
    {"1e+", NUMBER_NONE, 0, false},
    {"e5", NUMBER_NONE, 0, false},
    {"1 2", NUMBER_NONE, 0, false},
    {"1,5", NUMBER_NONE, 0, false},
    {"0x10", NUMBER_NONE, 0, false},
    {"inf", NUMBER_NONE, 0, false},
    {"nan", NUMBER_NONE, 0, false},
    {"1d", NUMBER_NONE, 0, false},
    {"25-00503", NUMBER_NONE, 0, false},
    {"2013-08-14", NUMBER_NONE, 0, false},
};

Test(number, forms)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *text = forms[i].text;
        char padded[64] = {0};
        memcpy(padded, text, strlen(text));
        struct number number = {0}, word = {0};
        enum number_status status = number_parse(text, strlen(text), &number);
        cr_expect_eq(status, forms[i].status, "'%s': status %d", text, status);
        cr_expect_eq(number_parse_padded(padded, strlen(text), &word), status, "'%s' padded", text);
        if (status != NUMBER_OK || forms[i].status != NUMBER_OK)
            continue;
        cr_expect_eq(bits(number.value), bits(strtod(text, NULL)), "'%s': %.17g", text, number.value);
        cr_expect_eq(number.decimals, forms[i].decimals, "'%s': %d decimals", text, number.decimals);
        cr_expect_eq(number.leading_zero, forms[i].leading_zero, "'%s': leading zero", text);
        cr_expect_eq(bits(word.value), bits(number.value), "'%s' padded: %.17g", text, word.value);
        cr_expect_eq(word.decimals, number.decimals, "'%s' padded: %d decimals", text, word.decimals);
        cr_expect_eq(word.leading_zero, number.leading_zero, "'%s' padded: leading zero", text);
        cr_expect_eq(word.exact, number.exact, "'%s' padded: exact", text);
    }
}

Test(number, exact_means_fifteen_digits)
{
    static const struct {
        const char *text;
        bool exact;
    } cases[] = {{"123456789012345", true},       {"1234567890123456", false},   {"0.000123456789012345", true},
                 {"100000000000000000000", true}, {"1.0000000000000001", false}, {"0", true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct number number;
        cr_assert_eq(number_parse(cases[i].text, strlen(cases[i].text), &number), NUMBER_OK);
        cr_expect_eq(number.exact, cases[i].exact, "%s", cases[i].text);
    }
}

/* What strtod says about a text that must be a decimal number as a whole. */
static bool oracle(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && *end == '\0';
}

static size_t random_text(struct random *random, size_t kind, char out[64])
{
    static const char letters[] = "01234567890123456789.-+eE";
    if (kind == 0) {
        size_t length = 1 + random_below(random, 24);
        for (size_t i = 0; i < length; i++)
            out[i] = letters[random_below(random, sizeof letters - 1)];
        out[length] = '\0';
        return length;
    }
    double value = random_normal(random);
    if (kind == 1)
        return (size_t)snprintf(out, 64, "%.*f", (int)random_below(random, 8), 1e4 * value);
    uint64_t word = random_u64(random);
    memcpy(&value, &word, sizeof value);
    if (!isfinite(value))
        value = 0.1;
    return (size_t)snprintf(out, 64, "%.*g", 1 + (int)random_below(random, 25), value);
}

/* One million random texts: a third random characters of numbers, a third fixed-point numbers, a third doubles of any size. */
Test(number, agrees_with_strtod)
{
    struct random random;
    random_init(&random, 1, "test.number", 0, 0);
    size_t wrong = 0, numbers = 0;
    for (size_t i = 0; i < 1000000; i++) {
        char text[64] = {0};
        size_t length = random_text(&random, i % 3, text);
        double expected;
        bool is_number = oracle(text, &expected);
        struct number number, padded;
        enum number_status status = number_parse(text, length, &number);
        enum number_status again = number_parse_padded(text, length, &padded);
        enum number_status wanted = !is_number ? NUMBER_NONE : fabs(expected) > NUMBER_MOST ? NUMBER_OUT_OF_RANGE : NUMBER_OK;
        if (is_number && fabs(expected) < NUMBER_LEAST)
            expected = copysign(0, expected);
        bool same = status == wanted && again == wanted;
        if (same && wanted == NUMBER_OK)
            same = bits(number.value) == bits(expected) && bits(padded.value) == bits(expected) &&
                   number.decimals == padded.decimals && number.leading_zero == padded.leading_zero &&
                   number.exact == padded.exact;
        numbers += wanted == NUMBER_OK;
        if (!same && wrong++ < 5)
            cr_log_error("'%s': status %d, %d", text, status, again);
    }
    cr_expect_eq(wrong, 0u);
    cr_expect_gt(numbers, 500000u, "the fuzz must meet numbers: %zu", numbers);
}

Test(number, format)
{
    static const struct {
        double value;
        int decimals;
        const char *text;
    } cases[] = {
        {29, 1, "29"},
        {36.5, 1, "36.5"},
        {-0.11, 2, "-0.11"},
        {0, 3, "0"},
        {-0.0, 0, "-0"},
        {0.05, 2, "0.05"},
        {1e-7, 7, "0.0000001"},
        {1e-7, 3, "1e-07"},
        {0.1 + 0.2, 1, "0.30000000000000004"},
        {452600, 0, "452600"},
        {100, 0, "100"},
        {1e15, 0, "1e+15"},
        {123456.789, 3, "123456.789"},
        {1.0 / 3, 15, "0.3333333333333333"},
        {-2.5, 0, "-2.5"},
        {1e300, 0, "1e+300"},
        {0.5, 99, "0.5"},
        {5e-324, 0, "4.94065645841247e-324"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        size_t length = number_format(cases[i].value, cases[i].decimals, text);
        cr_expect_str_eq(text, cases[i].text);
        cr_expect_eq(length, strlen(text));
        cr_expect_eq(bits(strtod(text, NULL)), bits(cases[i].value), "%s", text);
    }
}

Test(number, format_reads_back)
{
    struct random random;
    random_init(&random, 2, "test.number", 0, 0);
    size_t wrong = 0;
    for (size_t i = 0; i < 200000; i++) {
        char text[32];
        uint64_t word = random_u64(&random);
        double value;
        memcpy(&value, &word, sizeof value);
        if (i % 2)
            value = nearbyint(1e6 * random_normal(&random)) / pow(10, (double)random_below(&random, 8));
        if (!isfinite(value))
            continue;
        size_t length = number_format(value, (int)random_below(&random, 16), text);
        wrong += length >= sizeof text || bits(strtod(text, NULL)) != bits(value);
    }
    cr_expect_eq(wrong, 0u);
}

Test(number, special_words)
{
    static const char *const yes[] = {"inf", "-inf", "Infinity", "+INF", "nan", "NaN", "-nan"};
    static const char *const no[] = {"", "in", "info", "-", "n", "nano", "1"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        cr_expect(number_is_special(yes[i], strlen(yes[i])), "%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        cr_expect_not(number_is_special(no[i], strlen(no[i])), "%s", no[i]);
}
