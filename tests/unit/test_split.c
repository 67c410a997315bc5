/* Splits: partitions, shares, strata, seeds. */
#include <criterion/criterion.h>
#include <math.h>

#include "datasets/split.h"
#include "tests/unit/table_fixture.h"

enum { ROWS = 1000 };

static const struct fixture_column COLUMNS[] = {{"n", COLUMN_NUMERIC, 0, 0, 0}, {"k", COLUMN_CATEGORICAL, 0, 4, 0}};

/* Row number in n; levels 0 (half), 1, 2 (seven rows) and missing in k. */
static struct table *make_table(const struct schema *schema, size_t rows)
{
    struct table *table = fixture_table(schema, rows);
    for (size_t row = 0; row < rows; row++) {
        table_numbers(table, 0)[row] = (double)row;
        table_codes(table, 1)[row] = row % 2 == 0 ? 0 : row % 143 == 1 ? 2 : row % 5 == 0 ? CODE_MISSING : 1;
    }
    table_seal(table);
    return table;
}

Test(split, shares_and_strata)
{
    struct schema *schema = fixture_schema(COLUMNS, 2);
    struct table *table = make_table(schema, ROWS);
    static const double shares[] = {0.5, 0.3, 0.2};
    uint32_t part[ROWS];
    cr_assert_eq(split_rows(table, 1, shares, 3, 7, part, NULL), 0);
    double count[5][3] = {{0}}, total[5] = {0};
    for (size_t row = 0; row < ROWS; row++) {
        uint32_t code = table->columns[1].code[row];
        size_t stratum = code == CODE_MISSING ? 4 : code;
        cr_assert_lt(part[row], 3u);
        count[stratum][part[row]]++;
        total[stratum]++;
    }
    for (size_t s = 0; s < 5; s++)
        for (size_t i = 0; i < 3; i++)
            cr_expect(fabs(count[s][i] - shares[i] * total[s]) <= 1, "stratum %zu part %zu: %g of %g", s, i, count[s][i],
                      total[s]);
    table_free(table);
    schema_free(schema);
}

Test(split, parts_are_a_partition)
{
    struct schema *schema = fixture_schema(COLUMNS, 2);
    struct table *table = make_table(schema, ROWS), *parts[3];
    static const double shares[] = {1.0 / 3, 1.0 / 3, 1.0 / 3};
    cr_assert_eq(split_table(table, SIZE_MAX, shares, 3, 1, parts, NULL), 0);
    bool seen[ROWS] = {false};
    for (size_t i = 0; i < 3; i++) {
        cr_expect(parts[i]->rows == 333 || parts[i]->rows == 334, "%zu rows", parts[i]->rows);
        double last = -1;
        for (size_t row = 0; row < parts[i]->rows; row++) {
            double number = parts[i]->columns[0].number[row];
            cr_expect_gt(number, last, "rows keep their order");
            cr_expect_not(seen[(size_t)number]);
            seen[(size_t)number] = true;
            last = number;
        }
        table_free(parts[i]);
    }
    for (size_t row = 0; row < ROWS; row++)
        cr_assert(seen[row]);
    table_free(table);
    schema_free(schema);
}

Test(split, seed_decides)
{
    struct schema *schema = fixture_schema(COLUMNS, 2);
    struct table *table = make_table(schema, ROWS);
    static const double halves[] = {0.5, 0.5};
    uint32_t one[ROWS], same[ROWS], other[ROWS];
    split_rows(table, SIZE_MAX, halves, 2, 1, one, NULL);
    split_rows(table, SIZE_MAX, halves, 2, 1, same, NULL);
    split_rows(table, SIZE_MAX, halves, 2, 2, other, NULL);
    size_t different = 0, sum = 0;
    for (size_t row = 0; row < ROWS; row++) {
        cr_assert_eq(one[row], same[row]);
        different += one[row] != other[row];
        sum += one[row] == 1 ? row : 0;
    }
    /* Independent halves differ in 500 ± 16 rows; the mean row of a half is 499.5 ± 9.1 (one standard error each). */
    cr_expect(different > 420 && different < 580, "%zu", different);
    cr_expect(sum > 450 * 500 && sum < 550 * 500, "%zu", sum);
    table_free(table);
    schema_free(schema);
}

Test(split, edges)
{
    struct schema *schema = fixture_schema(COLUMNS, 2);
    static const double halves[] = {0.5, 0.5}, whole[] = {1};
    for (size_t rows = 0; rows < 3; rows++) {
        struct table *table = make_table(schema, rows), *parts[2];
        cr_assert_eq(split_table(table, 1, halves, 2, 1, parts, NULL), 0);
        cr_expect_eq(parts[0]->rows + parts[1]->rows, rows);
        table_free(parts[0]);
        table_free(parts[1]);
        cr_assert_eq(split_table(table, 0, whole, 1, 1, parts, NULL), 0, "a column without levels: all rows alike");
        cr_expect(fixture_equal(parts[0], table));
        table_free(parts[0]);
        table_free(table);
    }
    schema_free(schema);
}
