/* utility.importance: columns that carry everything, shares by a second program, what cannot be measured. */
#include "tests/unit/frame.h"

#include "core/random.h"
#include "models/design.h"
#include "models/learner.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_utility_importance;

enum { A = 0, B = 1, K = 2, Y = 3 };
enum leans { ON_A, ON_B, ON_K, ON_NOTHING };

static const struct frame_column two_classes[] = {{"a", COLUMN_NUMERIC, 0, 0},
                                                  {"b", COLUMN_NUMERIC, 0, 0},
                                                  {"k", COLUMN_CATEGORICAL, 0, 3},
                                                  {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2},
                                                  {NULL, 0, 0, 0}};
static const struct frame_column values[] = {{"a", COLUMN_NUMERIC, 0, 0},
                                             {"b", COLUMN_NUMERIC, 0, 0},
                                             {"k", COLUMN_CATEGORICAL, 0, 3},
                                             {"y", COLUMN_NUMERIC, ROLE_TARGET, 0},
                                             {NULL, 0, 0, 0}};

static struct table *draw(struct frame *frame, size_t rows, uint64_t seed, enum leans leans)
{
    struct table *table = frame_table(frame, "drawn", rows);
    struct random random;
    random_init(&random, seed, "test.importance", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        double a = 2 * random_uniform(&random) - 1, b = 2 * random_uniform(&random) - 1;
        double other = 2 * random_uniform(&random) - 1;
        uint32_t k = (uint32_t)random_below(&random, 3);
        double cause = leans == ON_A ? a : leans == ON_B ? b : leans == ON_K ? (double)k - 0.5 : other;
        table_numbers(table, A)[i] = a;
        table_numbers(table, B)[i] = i % 10 == 9 && leans != ON_B ? NAN : b;
        table_codes(table, K)[i] = k;
        if (frame->data.schema->columns[Y].type == COLUMN_NUMERIC)
            table_numbers(table, Y)[i] = 3 * cause;
        else
            table_codes(table, Y)[i] = cause > 0;
    }
    table_seal(table);
    return table;
}

static double column(const struct result *result, int item, const char *key)
{
    return json_get_number(cJSON_GetArrayItem(json_get(result->details, "columns"), item), key, NAN);
}

Test(importance, truths)
{
    /* One column carries the target: permuted, the AUC falls from 1 to ½, R² from 1 to −1 (twice the variance). Both models on
     * the same column: overlap 1; on another: 0, but for what noise columns get by chance; a
     * target that hangs on k leaves it to chance how rows of one level are ordered, by a for example. */
    static const struct {
        const char *what;
        const struct frame_column *columns;
        enum leans subject;
        double lo, hi, drop;
        size_t holdout;
    } cases[] = {
        {"the same column", two_classes, ON_A, 0.95, 1, 0.5, 4400},
        {"another", two_classes, ON_B, 0, 0.05, 0.5, 400},
        {"levels", two_classes, ON_K, 0, 0.4, 0.5, 400},
        {"values", values, ON_A, 0.95, 1, 2, 400},
        {"values, another", values, ON_B, 0, 0.05, 2, 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(cases[i].columns);
        struct table *train = draw(frame, 600, 1, ON_A), *holdout = draw(frame, cases[i].holdout, 2, ON_A);
        struct table *subject = draw(frame, 600, 3, cases[i].subject);
        struct result result, again;
        struct error error = {0};
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        cr_assert_eq(frame_run(frame, &measure_utility_importance, SUBJECT_CANDIDATE, subject, 1, &result, &error), 0, "%s",
                     error.message);
        cr_assert_eq(frame_run(frame, &measure_utility_importance, SUBJECT_CANDIDATE, subject, 3, &again, &error), 0);
        cr_expect(result.value >= cases[i].lo && result.value <= cases[i].hi, "%s: %.4f", cases[i].what, result.value);
        cr_expect(result.lo >= 0 && result.lo <= result.value && result.value <= result.hi && result.hi <= 1);
        cr_expect_eq(result.n, cases[i].holdout < 4000 ? cases[i].holdout : 4000, "of more than 4,000 rows a part is enough");
        cr_expect_eq((strlen(result.remedy) > 0), (cases[i].hi < 0.5), "%s", cases[i].what);
        cr_expect_eq(cJSON_GetArraySize(json_get(result.details, "columns")), 6, "three columns, two learners");
        for (int l = 0; l < 2; l++)
            cr_expect_float_eq(column(&result, 3 * l, "trtr"), cases[i].drop, 0.15 * cases[i].drop, "%s: %g", cases[i].what,
                               column(&result, 3 * l, "trtr"));
        for (int k = 0; k < 6; k++)
            cr_expect(column(&result, k, "tstr_lo") <= column(&result, k, "tstr") &&
                          column(&result, k, "tstr") <= column(&result, k, "tstr_hi") &&
                          column(&result, k, "trtr_lo") <= column(&result, k, "trtr") &&
                          column(&result, k, "trtr") <= column(&result, k, "trtr_hi"),
                      "%s: interval of column %d", cases[i].what, k);
        cr_expect(column(&result, 0, "trtr_hi") > column(&result, 0, "trtr_lo"));
        cr_expect(result.lo == again.lo && result.hi == again.hi && cJSON_Compare(result.details, again.details, true),
                  "the same for 1 and 3 threads");
        frame_release(&result);
        frame_release(&again);
        cr_assert_eq(frame_run(frame, &measure_utility_importance, SUBJECT_TRAIN, train, 1, &result, &error), 0);
        cr_expect_float_eq(result.value, 1, 1e-12, "train itself: %.17g", result.value);
        frame_release(&result);
        table_free(train);
        table_free(holdout);
        table_free(subject);
        frame_free(frame);
    }
}

Test(importance, edges)
{
    /* One column only; no holdout. A control's value comes without details. */
    static const struct frame_column single[] = {
        {"a", COLUMN_NUMERIC, 0, 0}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2}, {NULL, 0, 0, 0}};
    struct frame *frame = frame_new(single), *wide = frame_new(two_classes);
    struct table *train = frame_table(frame, "train", 100), *holdout = draw(wide, 200, 4, ON_A),
                 *copy = draw(wide, 200, 5, ON_A);
    struct result result;
    struct error error = {0};
    for (size_t i = 0; i < 100; i++) {
        table_numbers(train, 0)[i] = (double)i;
        table_codes(train, 1)[i] = i > 50;
    }
    table_seal(train);
    frame->data.train.table = frame->data.holdout.table = train;
    cr_expect_eq(frame_run(frame, &measure_utility_importance, SUBJECT_CANDIDATE, train, 1, &result, &error),
                 ERROR_UNMEASURABLE);
    cr_expect(strstr(error.message, "only one column") != NULL, "%s", error.message);
    frame_release(&result);
    frame->data.holdout.table = NULL;
    cr_expect_eq(frame_run(frame, &measure_utility_importance, SUBJECT_CANDIDATE, train, 1, &result, &error),
                 ERROR_UNMEASURABLE);
    cr_expect(strstr(error.message, "--holdout") != NULL, "%s", error.message);
    frame_release(&result);
    wide->data.train.table = wide->data.holdout.table = holdout;
    cr_assert_eq(frame_run(wide, &measure_utility_importance, SUBJECT_COPY, copy, 1, &result, &error), 0, "%s", error.message);
    cr_expect(result.value > 0.9 && !result.details);
    frame_release(&result);
    table_free(train);
    table_free(holdout);
    table_free(copy);
    frame_free(frame);
    frame_free(wide);
}

Test(importance, designs)
{
    /* Rows taken and joined, one input reordered and the others left alone; missing numbers and the missing level move along.
     */
    struct frame *frame = frame_new(two_classes);
    struct table *train = draw(frame, 40, 6, ON_A);
    const size_t target = Y;
    static const uint32_t rows[] = {9, 3, 3}, from[] = {2, 0, 1, 4, 5, 3};
    struct encoder *encoder;
    struct design *design, *taken, *joined;
    double scratch[6];
    cr_assert_eq(encoder_fit(&encoder, train, &target, 1, NULL), 0);
    cr_assert_eq(design_new(&design, encoder, train, NULL), 0);
    cr_assert_eq(design_pick(design, rows, 3, 1, &taken, NULL), 0);
    cr_assert_eq(design_join(taken, taken, &joined, NULL), 0);
    cr_expect(design_rows(taken) == 3 && design_rows(joined) == 6);
    for (size_t i = 0; i < 6; i++)
        cr_expect(memcmp(joined->number + 2 * i, design->number + 2 * rows[i % 3], 2 * sizeof(double)) == 0 &&
                  joined->level[i] == design->level[rows[i % 3]]);
    cr_expect(isnan(joined->number[1]), "row 9 lacks b");
    design_reorder_input(joined, B, from, scratch);
    design_reorder_input(joined, K, from, scratch);
    for (size_t i = 0; i < 6; i++) {
        const uint32_t source = rows[from[i] % 3];
        cr_expect_eq(joined->number[2 * i], design->number[2 * rows[i % 3]], "a stays");
        cr_expect(memcmp(&joined->number[2 * i + 1], &design->number[2 * source + 1], sizeof(double)) == 0);
        cr_expect_eq(joined->level[i], design->level[source]);
    }
    design_free(design);
    design_free(taken);
    design_free(joined);
    encoder_free(encoder);
    table_free(train);
    frame_free(frame);
}
