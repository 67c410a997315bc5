#include "datasets/profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/datetime.h"
#include "datasets/number.h"
#include "numeric/sort.h"

struct valued {
    double value;
    size_t count;
};

static int compare_valued(const void *a, const void *b)
{
    double x = ((const struct valued *)a)->value, y = ((const struct valued *)b)->value;
    return (x > y) - (x < y);
}

static void note_number(struct profile *profile, double value, size_t count)
{
    if (profile->numbers == 0 || value < profile->lo)
        profile->lo = value;
    if (profile->numbers == 0 || value > profile->hi)
        profile->hi = value;
    profile->numbers += count;
    profile->whole = profile->whole && value == floor(value);
    profile->long_numbers = profile->long_numbers || fabs(value) >= 1e15;
}

static void note_text(struct profile *profile, const char *text, size_t length, size_t count)
{
    size_t words = 1;
    for (size_t i = 0; i < length; i++)
        words += text[i] == ' ';
    profile->texts += count;
    profile->distinct_texts++;
    profile->mean_length += (double)length;
    profile->mean_words += (double)words;
    profile->longest = length > profile->longest ? length : profile->longest;
    profile->special += number_is_special(text, length);
}

/* Sorts the distinct numbers, merges equal ones ("1" and "1.0") and keeps them when they are few. */
static int keep_values(struct profile *profile, struct valued *found, size_t n, struct arena *arena, struct error *error)
{
    qsort(found, n, sizeof *found, compare_valued);
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++) {
        if (distinct > 0 && found[distinct - 1].value == found[i].value)
            found[distinct - 1].count += found[i].count;
        else
            found[distinct++] = found[i];
    }
    profile->n_values = distinct;
    profile->unique_numbers = distinct == profile->numbers;
    if (distinct > PROFILE_VALUES)
        return 0;
    profile->values = ARENA_ARRAY(arena, double, distinct);
    profile->counts = ARENA_ARRAY(arena, size_t, distinct);
    if (!profile->values || !profile->counts)
        return error_memory(error);
    for (size_t i = 0; i < distinct; i++) {
        profile->values[i] = found[i].value;
        profile->counts[i] = found[i].count;
    }
    return 0;
}

/* Rows of a dictionary column: do the numbers strictly increase? */
static bool dictionary_increases(const struct cells *cells, const double *number_of)
{
    double last = -INFINITY;
    for (size_t row = 0; row < cells->rows; row++) {
        double value = number_of[cells_code(cells, row)];
        if (isnan(value))
            continue;
        if (value <= last)
            return false;
        last = value;
    }
    return true;
}

static int profile_dictionary(const struct cells *cells, const struct tokens *missing, const struct tokens *column_tokens,
                              struct arena *arena, struct profile *profile, struct error *error)
{
    size_t *counts = malloc((cells->n_texts + 1) * sizeof *counts), n = 0;
    double *number_of = malloc((cells->n_texts + 1) * sizeof *number_of);
    struct valued *found = malloc((cells->n_texts + 1) * sizeof *found);
    int code = counts && number_of && found ? 0 : error_memory(error);
    if (!code)
        cells_count(cells, counts);
    for (uint32_t i = 0; i < cells->n_texts && !code; i++) {
        char scratch[9];
        size_t length, token;
        const char *text = cells_text(cells, i, scratch, &length);
        struct number number;
        number_of[i] = NAN;
        if (tokens_find(missing, text, length) < missing->count) {
            profile->missing += counts[i];
            continue;
        }
        profile->distinct++;
        enum number_status status = number_parse(text, length, &number);
        if (status == NUMBER_OK && !number.leading_zero) {
            note_number(profile, number.value, counts[i]);
            profile->decimals = number.decimals > profile->decimals ? number.decimals : profile->decimals;
            number_of[i] = number.value;
            found[n++] = (struct valued){number.value, counts[i]};
        } else if ((token = tokens_find(column_tokens, text, length)) < column_tokens->count) {
            profile->column_missing += counts[i];
            profile->column_tokens |= (uint64_t)1 << token;
        } else {
            size_t special = profile->special;
            note_text(profile, text, length, counts[i]);
            profile->out_of_range += status == NUMBER_OUT_OF_RANGE;
            if (status == NUMBER_OUT_OF_RANGE || profile->special > special)
                profile->odd_code = i;
        }
    }
    if (!code)
        code = keep_values(profile, found, n, arena, error);
    if (!code)
        profile->increasing = profile->unique_numbers && dictionary_increases(cells, number_of);
    free(counts);
    free(number_of);
    free(found);
    return code;
}

static bool all_compact_dates(const struct cells *cells)
{
    const double *numbers = cells->data;
    for (size_t row = 0; row < cells->rows; row++) {
        char text[32];
        double days;
        if (!isnan(numbers[row]) && !datetime_parse(text, number_format(numbers[row], 0, text), "%Y%m%d", &days))
            return false;
    }
    return true;
}

/* Direct columns hold 1,000 distinct numbers and more. Uniqueness is only looked for where it can mean an id: whole numbers. */
static int profile_direct(const struct cells *cells, size_t n_missing, struct profile *profile, struct error *error)
{
    const double *numbers = cells->data;
    double last = -INFINITY;
    profile->increasing = true;
    for (size_t row = 0; row < cells->rows; row++) {
        if (isnan(numbers[row])) {
            profile->missing++;
            continue;
        }
        note_number(profile, numbers[row], 1);
        profile->increasing = profile->increasing && numbers[row] > last;
        last = numbers[row];
    }
    profile->column_tokens = cells->tokens_seen >> n_missing;
    profile->decimals = cells->decimals;
    profile->n_values = profile->distinct = PROFILE_VALUES + 1;
    profile->unique_numbers = profile->increasing;
    if (profile->whole && all_compact_dates(cells))
        profile->date_format = "%Y%m%d";
    if (profile->increasing || !profile->whole || profile->hi - profile->lo + 1 < (double)profile->numbers)
        return 0;
    double *sorted = malloc(profile->numbers * sizeof *sorted);
    if (!sorted)
        return error_memory(error);
    size_t n = 0;
    for (size_t row = 0; row < cells->rows; row++)
        if (!isnan(numbers[row]))
            sorted[n++] = numbers[row];
    sort_doubles(sorted, n);
    profile->unique_numbers = true;
    for (size_t i = 1; i < n; i++)
        profile->unique_numbers = profile->unique_numbers && sorted[i] != sorted[i - 1];
    free(sorted);
    return 0;
}

/* Does the format fit every present text but the column tokens? At least one must be there. */
static bool format_fits(const struct cells *cells, const struct tokens *missing, const struct tokens *column_tokens,
                        const char *format)
{
    bool any = false;
    for (uint32_t i = 0; i < cells->n_texts; i++) {
        char scratch[9];
        size_t length;
        double days;
        const char *text = cells_text(cells, i, scratch, &length);
        if (datetime_parse(text, length, format, &days)) {
            any = true;
            continue;
        }
        if (tokens_find(missing, text, length) == missing->count &&
            tokens_find(column_tokens, text, length) == column_tokens->count)
            return false;
    }
    return any;
}

static void find_date_format(const struct cells *cells, const struct tokens *missing, const struct tokens *column_tokens,
                             struct profile *profile)
{
    for (size_t i = 0; datetime_formats[i]; i++) {
        if (!format_fits(cells, missing, column_tokens, datetime_formats[i]))
            continue;
        if (!profile->date_format) {
            profile->date_format = datetime_formats[i];
        } else if (strchr("dm", profile->date_format[1]) && strchr("dm", datetime_formats[i][1])) {
            profile->date_ambiguous = true;
            return;
        }
    }
}

int profile_column(const struct raw_column *column, const struct tokens *missing, const struct tokens *column_tokens,
                   struct arena *arena, struct profile *profile, struct error *error)
{
    const struct cells *cells = &column->cells;
    *profile = (struct profile){.rows = cells->rows, .whole = true};
    if (cells->width == 8)
        return profile_direct(cells, missing->count, profile, error);
    int code = profile_dictionary(cells, missing, column_tokens, arena, profile, error);
    if (!code && (profile->texts > 0 || profile->whole))
        find_date_format(cells, missing, column_tokens, profile);
    if (profile->distinct_texts > 0) {
        profile->mean_length /= (double)profile->distinct_texts;
        profile->mean_words /= (double)profile->distinct_texts;
    }
    return code;
}
