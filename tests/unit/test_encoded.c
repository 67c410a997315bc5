/* The encoding of whole rows and the distances on it. */
#include <criterion/criterion.h>

#include "core/random.h"
#include "metrics/fidelity/encoded.h"
#include "tests/unit/golden_tables.h"

static struct measure_task task_on(struct dataset *data, struct artifacts *artifacts, const struct table *train)
{
    *data = (struct dataset){.schema = (struct schema *)(uintptr_t)train->schema,
                             .train = {.role = "train", .table = (struct table *)(uintptr_t)train},
                             .target = SIZE_MAX};
    return (struct measure_task){.data = data, .reference = train, .subject = train, .seed = 1, .artifacts = artifacts};
}

/* Width, sum and sum of squares of train's whole matrix (values/ * /train.json, by numpy). */
Test(encoded, golden)
{
    golden_needed();
    for (size_t d = 0; d < GOLDEN_DATASETS; d++) {
        struct golden_pair pair = golden_pair(golden_datasets[d], "holdout");
        char path[200];
        snprintf(path, sizeof path, "values/%s/train.json", golden_datasets[d]);
        cJSON *want = golden_json(path);
        struct dataset data;
        struct artifacts *artifacts;
        struct arena *arena = arena_new();
        const struct encoding *encoding;
        struct encoded_layout layout;
        artifacts_new(&artifacts, NULL);
        struct measure_task task = task_on(&data, artifacts, pair.train);
        cr_assert_eq(encoding_get(&task, &encoding, NULL), 0);
        cr_assert_eq(encoded_layout_make(encoding, pair.train, 1000, arena, &layout, NULL), 0);
        double sum = 0, squares = 0, value[100];
        uint32_t index[100];
        for (size_t i = 0; i < pair.train->rows; i++)
            for (size_t k = encoded_row(encoding, &layout, pair.train, i, index, value); k-- > 0;) {
                sum += value[k];
                squares += value[k] * value[k];
            }
        size_t unused = 0; /* the fixture's codes have a gap where train's first missing cell came before a level */
        for (size_t k = 0; k < encoding->n_categories; k++)
            for (uint32_t code = 0; code < encoding->categories[k].levels; code++) {
                const uint32_t *codes = pair.train->columns[encoding->categories[k].column].code;
                size_t i = 0;
                while (i < pair.train->rows && codes[i] != code)
                    i++;
                unused += i == pair.train->rows;
            }
        cr_expect_eq((double)(layout.width - unused), json_get_number(want, "encoded.columns", -1), "%s: %zu columns",
                     golden_datasets[d], layout.width);
        cr_expect_eq(encoding->width, layout.width);
        cr_near(sum, json_get_number(want, "encoded.sum", -1), 1e-10, "%s sum", golden_datasets[d]);
        cr_near(squares, json_get_number(want, "encoded.sum_of_squares", -1), 1e-10, "%s squares", golden_datasets[d]);
        artifacts_free(artifacts);
        arena_free(arena);
        cJSON_Delete(want);
        golden_pair_free(&pair);
    }
}

/* train: x = 1, 2, 3, missing; constant 7; g = 0, 1, 2, 2. candidate: x = 2, huge; constant 9; g = unseen, missing. */
static struct schema *small(struct table **train, struct table **candidate)
{
    static const struct fake_column columns[] = {{.name = "x", .type = COLUMN_NUMERIC},
                                                 {.name = "constant", .type = COLUMN_NUMERIC},
                                                 {.name = "g", .type = COLUMN_CATEGORICAL, .levels = 5}};
    struct schema *schema = fake_schema(columns, 3);
    *train = fake_table(schema, "train", 4);
    *candidate = fake_table(schema, "candidate", 2);
    for (size_t i = 0; i < 4; i++) {
        fake_numbers(*train, 0)[i] = i < 3 ? 1 + (double)i : (double)NAN;
        fake_numbers(*train, 1)[i] = 7;
        fake_codes(*train, 2)[i] = i < 3 ? (uint32_t)i : 2;
    }
    fake_numbers(*candidate, 0)[0] = 2;
    fake_numbers(*candidate, 0)[1] = 1e300;
    fake_numbers(*candidate, 1)[0] = fake_numbers(*candidate, 1)[1] = 9;
    fake_codes(*candidate, 2)[0] = 4;
    fake_codes(*candidate, 2)[1] = CODE_MISSING;
    fake_fit(schema, *train);
    fake_seal(*candidate);
    return schema;
}

Test(encoded, by_hand)
{
    struct table *train, *candidate;
    struct schema *schema = small(&train, &candidate);
    struct dataset data;
    struct artifacts *artifacts;
    struct arena *arena = arena_new();
    const struct encoding *encoding;
    struct encoded_layout layout, tight;
    artifacts_new(&artifacts, NULL);
    struct measure_task task = task_on(&data, artifacts, train);
    cr_assert_eq(encoding_get(&task, &encoding, NULL), 0);
    cr_expect(encoding->numbers[0].mean == 2 && encoding->numbers[0].sd == 1);
    cr_expect(encoding->numbers[1].mean == 7 && encoding->numbers[1].sd == 1);
    cr_expect_eq(encoding->width, 2 * 2 + 5);
    cr_assert_eq(encoded_layout_make(encoding, train, 400, arena, &layout, NULL), 0);
    double value[5];
    uint32_t index[5];
    /* x at 0, its mark at 2, constant at 1, levels at 4 … 6, unseen 7, missing 8 */
    static const struct {
        int table;
        size_t row;
        uint32_t index[3];
        double value[3];
    } rows[] = {{0, 0, {0, 1, 4}, {-1, 0, 1}},
                {0, 3, {2, 1, 6}, {1, 0, 1}},
                {1, 0, {0, 1, 7}, {0, 2, 1}},
                {1, 1, {0, 1, 8}, {1e50, 2, 1}}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        cr_assert_eq(encoded_row(encoding, &layout, rows[r].table ? candidate : train, rows[r].row, index, value), 3);
        for (size_t k = 0; k < 3; k++)
            cr_expect(index[k] == rows[r].index[k] && value[k] == rows[r].value[k], "row %zu entry %zu: %u %g", r, k, index[k],
                      value[k]);
    }
    /* 8 columns: the two levels with one row are pooled, 7: all three are */
    cr_assert_eq(encoded_layout_make(encoding, train, 8, arena, &tight, NULL), 0);
    cr_expect(tight.width == 8 && tight.pooled == 2 && tight.least == 2 && tight.slot[0][0] == tight.slot[0][1] &&
              tight.slot[0][2] != tight.slot[0][0]);
    cr_assert_eq(encoded_layout_make(encoding, train, 1, arena, &tight, NULL), 0);
    cr_expect(tight.width == 7 && tight.pooled == 3 && tight.slot[0][0] == tight.slot[0][2], "nothing keeps a limit of 1");
    artifacts_free(artifacts);
    arena_free(arena);
    fake_schema_free(schema);
}

/* The kernels against the plain loop over written-out differences: equal bytes, for every number of columns and rows. */
Test(encoded, distances)
{
    const size_t shapes[][4] = {{1, 1, 0, 0}, {16, 0, 1, 0}, {17, 3, 2, 1}, {100, 5, 7, 3}, {33, 0, 0, 1}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct arena *arena = arena_new();
        struct random random;
        struct mixed_rows rows;
        struct mixed_query query;
        size_t n = shapes[s][0], numbers = shapes[s][1], codes = shapes[s][2] + shapes[s][3];
        random_init(&random, 5, "distances", s, 0);
        cr_assert_eq(mixed_rows_new(n, numbers, shapes[s][2], shapes[s][3], arena, &rows, NULL), 0);
        cr_assert_eq(mixed_query_new(&rows, arena, &query, NULL), 0);
        double *one = ARENA_ARRAY(arena, double, rows.stride), *two = ARENA_ARRAY(arena, double, rows.stride);
        double *sum_one = ARENA_ARRAY(arena, double, rows.stride), *sum_two = ARENA_ARRAY(arena, double, rows.stride);
        for (size_t c = 0; c < numbers; c++)
            for (size_t i = 0; i < n; i++)
                rows.number[c * rows.stride + i] = random_normal(&random);
        for (size_t c = 0; c < codes; c++)
            for (size_t i = 0; i < n; i++)
                rows.code[c * rows.stride + i] = (int32_t)random_below(&random, c < shapes[s][2] ? 3 : 2);
        for (size_t i = 0; i < n; i++) {
            mixed_query_set(&rows, i, &query);
            mixed_distances_plain(&query, &rows, i, n, one);
            mixed_distances(&query, &rows, i, n, two);
            cr_expect_eq(one[i], 0);
            for (size_t j = i; j < n; j++) {
                double squares = 0;
                for (size_t c = 0; c < numbers; c++)
                    squares += pow(rows.number[c * rows.stride + i] - rows.number[c * rows.stride + j], 2);
                for (size_t c = 0; c < codes; c++)
                    squares += (rows.code[c * rows.stride + i] != rows.code[c * rows.stride + j]) * (c < shapes[s][2] ? 2 : 1);
                cr_expect(one[j] == two[j], "kernels differ");
                cr_near(one[j], sqrt(squares), 1e-14, "distance %zu %zu", i, j);
            }
            cr_expect_eq(mixed_sum_plain(one, i, n, sum_one), mixed_sum(two, i, n, sum_two));
        }
        for (size_t j = 0; j < n; j++)
            cr_expect_eq(sum_one[j], sum_two[j]);
        float sign[48 * 10], a[48], b[48];
        for (size_t k = 0; k < 480; k++)
            sign[k] = (float)random_normal(&random);
        mixed_signed_sums_plain(one, n < 10 ? n : 10, sign, 48, a);
        mixed_signed_sums(one, n < 10 ? n : 10, sign, 48, b);
        cr_expect_arr_eq(a, b, sizeof a, "signed sums differ");
        arena_free(arena);
    }
}
