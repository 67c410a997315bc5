/* Reading the golden numbers (../shared/golden, beside the project's root) in tests. They are not part of the project: a test
 * that needs them calls golden_needed(), which skips it with a message when they are absent. */
#ifndef ASSAY_TESTS_GOLDEN_H
#define ASSAY_TESTS_GOLDEN_H

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"

#define GOLDEN "../shared/golden/"

static inline void golden_needed(void)
{
    if (access(GOLDEN "README.md", R_OK))
        cr_skip_test("the golden numbers are not beside the project (../shared/golden)");
}

/* path below ../shared/golden; free with cJSON_Delete. */
static inline cJSON *golden_json(const char *path)
{
    char full[600];
    cJSON *json = NULL;
    struct error error = {0};
    snprintf(full, sizeof full, GOLDEN "%s", path);
    cr_assert_eq(json_read_file(full, false, &json, &error), 0, "%s", error.message);
    return json;
}

/* A number, NaN for null, ±inf for their strings; a missing item fails the test. */
static inline double golden_value(const cJSON *item)
{
    cr_assert_not_null(item, "an item is missing in the golden file");
    if (cJSON_IsString(item))
        return item->valuestring[0] == '-' ? -INFINITY : INFINITY;
    return cJSON_IsNull(item) ? NAN : item->valuedouble;
}

static inline double golden_number(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    cr_assert_not_null(item, "'%s' is missing in the golden file", key);
    return golden_value(item);
}

/* |got − want| ≤ tolerance · max(1, |want|), NaN equals NaN. */
static inline bool near(double got, double want, double tolerance)
{
    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got);
    return fabs(got - want) <= tolerance * fmax(1, fabs(want));
}

#define cr_near(got, want, tolerance, ...)                                                                                     \
    do {                                                                                                                       \
        double got_ = (got), want_ = (want);                                                                                   \
        char what_[256];                                                                                                       \
        snprintf(what_, sizeof what_, __VA_ARGS__);                                                                            \
        cr_expect(near(got_, want_, tolerance), "%s: got %.17g, want %.17g", what_, got_, want_);                              \
    } while (0)

/* A CSV of the golden folder, cells as text; quotes resolved; free with golden_csv_free. */
struct golden_csv {
    char *text;
    size_t rows, columns; /* rows without the header */
    char **cells;         /* (rows + 1) × columns, the header first */
};

static inline char *golden_cell(char **at, char *out, char *end)
{
    char *p = *at;
    int quoted = *p == '"';
    p += quoted;
    while (p < end && (quoted ? !(p[0] == '"' && p[1] != '"') : *p != ',' && *p != '\n')) {
        p += quoted && *p == '"';
        *out++ = *p++;
    }
    *at = p + quoted;
    return out;
}

static inline struct golden_csv golden_csv(const char *path)
{
    char full[600];
    struct golden_csv csv = {0};
    snprintf(full, sizeof full, GOLDEN "%s", path);
    FILE *file = fopen(full, "rb");
    cr_assert_not_null(file, "cannot read '%s'", full);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file), cells = 0, lines = 0;
    rewind(file);
    csv.text = calloc(2 * size + 16, 1);
    char *raw = csv.text + size + 8, *out = csv.text;
    cr_assert_eq(fread(raw, 1, size, file), size);
    fclose(file);
    csv.cells = calloc(size + 2, sizeof *csv.cells);
    for (char *at = raw, *end = raw + size; at < end; at++) {
        csv.cells[cells++] = out;
        out = golden_cell(&at, out, end);
        *out++ = 0;
        lines += at >= end || *at == '\n';
        if (lines == 1 && csv.columns == 0)
            csv.columns = cells;
    }
    cr_assert(lines > 0 && cells == lines * csv.columns, "'%s' is ragged", full);
    csv.rows = lines - 1;
    return csv;
}

static inline void golden_csv_free(struct golden_csv *csv)
{
    free(csv->text);
    free(csv->cells);
}

static inline const char *golden_text(const struct golden_csv *csv, size_t row, size_t column)
{
    return csv->cells[(row + 1) * csv->columns + column];
}

static inline size_t golden_column(const struct golden_csv *csv, const char *name)
{
    for (size_t c = 0; c < csv->columns; c++)
        if (strcmp(csv->cells[c], name) == 0)
            return c;
    cr_assert_fail("no column '%s'", name);
    return 0;
}

/* Days since 1970-01-01 of YYYY-MM-DD (Howard Hinnant's days_from_civil). */
static inline double golden_days(const char *text)
{
    int y, m, d;
    cr_assert_eq(sscanf(text, "%d-%d-%d", &y, &m, &d), 3);
    y -= m <= 2;
    int era = y / 400, yoe = y - era * 400, doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* A column as numbers, NaN where empty; `date`: days since 1970. Free with free(). */
static inline double *golden_numbers(const struct golden_csv *csv, const char *name, bool date)
{
    size_t column = golden_column(csv, name);
    double *out = calloc(csv->rows + 1, sizeof *out);
    for (size_t i = 0; i < csv->rows; i++) {
        const char *text = golden_text(csv, i, column);
        out[i] = !*text ? NAN : date ? golden_days(text) : strtod(text, NULL);
    }
    return out;
}

/* Codes of a column over the levels of several tables, in order of first occurrence; a missing cell is a level too. */
static inline size_t golden_codes(const struct golden_csv *const *tables, size_t count, const char *name, uint32_t **codes)
{
    const char **levels = NULL;
    size_t known = 0, rows = 0;
    for (size_t t = 0; t < count; t++)
        rows += tables[t]->rows;
    levels = calloc(rows + 1, sizeof *levels);
    for (size_t t = 0; t < count; t++) {
        size_t column = golden_column(tables[t], name);
        codes[t] = calloc(tables[t]->rows + 1, sizeof **codes);
        for (size_t i = 0; i < tables[t]->rows; i++) {
            const char *text = golden_text(tables[t], i, column);
            size_t level = 0;
            while (level < known && strcmp(levels[level], text))
                level++;
            if (level == known)
                levels[known++] = text;
            codes[t][i] = (uint32_t)level;
        }
    }
    free(levels);
    return known;
}

#endif
