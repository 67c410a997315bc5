/* Counting the rows that satisfy a predicate against a naive double loop, and the draw of columns. */
#include <criterion/criterion.h>

#include "attacks/disclosure/predicates.h"
#include "attacks/disclosure/singling.h"
#include "tests/unit/mixed_table.h"

static bool naive(const struct table *table, size_t row, const struct predicate *predicate, const size_t *measured)
{
    for (size_t k = 0; k < predicate->n; k++) {
        const struct condition *c = &predicate->condition[k];
        const struct column *column = &table->columns[measured[c->column]];
        bool missing = column->number ? isnan(column->number[row]) : column->code[row] == CODE_MISSING;
        double x = column->number ? column->number[row] : column->code[row];

        if (c->kind == CONDITION_MISSING
                ? !missing
                : missing || (c->kind == CONDITION_AT_MOST && !(x <= c->value)) ||
                      (c->kind == CONDITION_AT_LEAST && !(x >= c->value)) || (c->kind == CONDITION_EQUAL && !(x == c->value)))
            return false;
    }
    return true;
}

static int by_number(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* Random predicates of 0 … 5 conditions, with values that occur, that lie between and that lie outside, on tables small and
 * large, whole and picked: the same rows as a double loop finds. */
Test(predicates, naive_loop)
{
    static const size_t sizes[] = {0, 1, 31, 64, 300, 5000};
    struct schema *schema = fake_schema(mixed, MIXED);
    size_t measured[MIXED], n_measured = schema_measured(schema, measured, MIXED), found_some = 0;
    static uint32_t rows[5001], wanted[5001], pick[5001];

    cr_assert_eq(n_measured, MIXED - 1, "text takes no part");
    for (size_t s = 0; s < 12; s++) {
        struct table *table = fake_table(schema, "t", sizes[s / 2]);
        struct arena *arena = arena_new();
        struct predicate_index *index;
        struct random random;
        uint64_t *scratch;
        size_t n = table->rows;

        mixed_fill(table, s);
        random_init(&random, s, "naive", 0, 0);
        for (size_t i = 0; i < table->rows; i++)
            pick[i] = (uint32_t)(table->rows - 1 - i);
        if (s % 2)
            n = 2 * n / 3;
        cr_assert_eq(predicate_index_make(table, s % 2 ? pick : NULL, n, NULL, arena, &index, NULL), 0);
        scratch = ARENA_ARRAY(arena, uint64_t, predicate_scratch(index));
        for (size_t trial = 0; trial < 400; trial++) {
            struct predicate predicate = {.n = random_below(&random, 6)};
            uint32_t columns[PREDICATE_MOST];
            size_t want = 0, got, most = trial % 3 == 0 ? 1 : trial % 3 == 1 ? 7 : n;

            predicate.n = singling_columns(&random, n_measured, predicate.n, columns);
            for (size_t k = 0; k < predicate.n; k++) {
                double value = n ? predicate_cell(index, columns[k], random_below(&random, n)) : 1;
                bool is_level = index->column[columns[k]].code != NULL;

                value += trial % 5 == 4 ? .5 : trial % 7 == 6 ? 1e6 : 0;
                predicate.condition[k] = (struct condition){isnan(value) ? 0 : value, columns[k],
                                                            isnan(value) ? CONDITION_MISSING
                                                            : is_level   ? CONDITION_EQUAL
                                                                         : (uint32_t)random_below(&random, 4)};
            }
            for (uint32_t i = 0; i < n; i++)
                if (naive(table, s % 2 ? pick[i] : i, &predicate, measured))
                    wanted[want++] = i;
            got = predicate_count(index, &predicate, most, rows, scratch);
            cr_assert_eq(got, want > most ? most + 1 : want, "size %zu, trial %zu: %zu of %zu", s, trial, got, want);
            cr_assert_eq(predicate_count(index, &predicate, most, NULL, scratch), got);
            if (want <= most && want > 0) {
                qsort(rows, want, sizeof *rows, by_number);
                cr_assert_arr_eq(rows, wanted, want * sizeof *rows);
                found_some++;
            }
        }
        arena_free(arena);
    }
    cr_assert_gt(found_some, 500);
    fake_schema_free(schema);
}

/* Every set of k of n columns comes up, in ascending order, about equally often: 10 sets, 5,000 draws, 5 sd of 500 are 106. */
Test(predicates, columns_are_drawn_evenly)
{
    size_t times[32] = {0};
    struct random random;
    uint32_t columns[PREDICATE_MOST];

    random_init(&random, 1, "columns", 0, 0);
    for (size_t i = 0; i < 5000; i++) {
        cr_assert_eq(singling_columns(&random, 5, 2, columns), 2);
        cr_assert_lt(columns[0], columns[1]);
        times[1u << columns[0] | 1u << columns[1]]++;
    }
    for (size_t set = 0; set < 32; set++)
        cr_assert(times[set] == 0 || (times[set] > 394 && times[set] < 606), "set %zu: %zu", set, times[set]);
    cr_assert_eq(singling_columns(&random, 3, 9, columns), 3);
    cr_assert(columns[0] == 0 && columns[1] == 1 && columns[2] == 2);
    cr_assert_eq(singling_columns(&random, 0, 4, columns), 0);
}
