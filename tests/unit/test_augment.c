/* utility.augment: rows that help, rows that mislead, the honest case's sizes, what cannot be measured. */
#include "tests/unit/frame.h"

#include "core/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_utility_augment, measure_utility_gap;

enum { X = 0, K = 1, Y = 2 };
enum law { SAME, TURNED, ONE_CLASS };

static const struct frame_column two_classes[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"k", COLUMN_CATEGORICAL, 0, 8}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2}, {NULL, 0, 0, 0}};
static const struct frame_column values[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"k", COLUMN_CATEGORICAL, 0, 8}, {"y", COLUMN_NUMERIC, ROLE_TARGET, 0}, {NULL, 0, 0, 0}};

/* x normal, k of eight levels, even ones raise and odd ones lower: y is the sign of x + (k even ? 1 : −1) + noise, or the sum
 * itself. Every eighth target is missing. */
static struct table *draw(struct frame *frame, size_t rows, uint64_t seed, enum law law)
{
    struct table *table = frame_table(frame, "drawn", rows);
    bool number = frame->data.schema->columns[Y].type == COLUMN_NUMERIC;
    struct random random;
    random_init(&random, seed, "test.augment", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        double x = random_normal(&random), noise = random_normal(&random);
        uint32_t k = (uint32_t)random_below(&random, 8);
        double sum = x + (k % 2 ? -1 : 1) + noise;
        table_numbers(table, X)[i] = x;
        table_codes(table, K)[i] = k;
        if (number)
            table_numbers(table, Y)[i] = i % 8 == 7 ? NAN : law == TURNED ? -sum : law == ONE_CLASS ? 1 : sum;
        else
            table_codes(table, Y)[i] = i % 8 == 7 ? CODE_MISSING : law == ONE_CLASS ? 1 : (sum > 0) != (law == TURNED);
    }
    table_seal(table);
    return table;
}

Test(augment, truths)
{
    /* 60 training rows teach little: 2,000 more of the same law add much (the best AUC is .9025, in a number's R² 2/3), 2,000
     * of the reverse law turn the models round. The training table once more changes only the weight of the penalty. */
    static const struct {
        const char *what;
        const struct frame_column *columns;
        size_t train, subject; /* rows; 0: train itself */
        enum law law;
        double lo, hi;
    } cases[] = {
        {"more of the same", two_classes, 60, 2000, SAME, 0.02, 0.3}, {"the reverse", two_classes, 60, 2000, TURNED, -1, -0.5},
        {"train again", two_classes, 1600, 0, SAME, -0.02, 0.02},     {"values, more", values, 60, 2000, SAME, 0.02, 0.6},
        {"values, reverse", values, 60, 2000, TURNED, -2, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(cases[i].columns);
        struct table *train = draw(frame, cases[i].train, 1, SAME), *holdout = draw(frame, 1600, 2, SAME);
        struct table *subject = cases[i].subject ? draw(frame, cases[i].subject, 3, cases[i].law) : NULL;
        const struct table *judged = subject ? subject : train;
        struct result result, again, gap;
        struct error error = {0};
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        cr_assert_eq(frame_run(frame, &measure_utility_augment, SUBJECT_CANDIDATE, judged, 1, &result, &error), 0, "%s",
                     error.message);
        cr_assert_eq(frame_run(frame, &measure_utility_augment, SUBJECT_CANDIDATE, judged, 3, &again, &error), 0);
        cr_assert_eq(frame_run(frame, &measure_utility_gap, SUBJECT_CANDIDATE, judged, 2, &gap, &error), 0);
        cr_expect(result.value >= cases[i].lo && result.value <= cases[i].hi, "%s: %.4f", cases[i].what, result.value);
        cr_expect(result.lo <= result.value && result.value <= result.hi && result.hi - result.lo < 0.3);
        cr_expect_eq(result.n, 1400);
        cr_expect_eq((strlen(result.remedy) > 0), (cases[i].hi < 0), "%s: '%s'", cases[i].what, result.remedy);
        size_t labelled = cases[i].train - cases[i].train / 8;
        cr_expect_eq(json_get_number(result.details, "rows_real", NAN), (double)labelled);
        cr_expect_eq(json_get_number(result.details, "rows_joined", NAN), (double)(labelled + judged->rows - judged->rows / 8));
        double mean = 0;
        for (int l = 0; l < 2; l++) {
            const cJSON *learner = cJSON_GetArrayItem(json_get(result.details, "learners"), l);
            const cJSON *other = cJSON_GetArrayItem(json_get(gap.details, "learners"), l);
            double gain = json_get_number(learner, "gain", NAN);
            cr_expect_eq(json_get_number(learner, "trtr", NAN), json_get_number(other, "trtr", NAN), "TRTR as in the gap");
            cr_expect_float_eq(gain, json_get_number(learner, "augmented", NAN) - json_get_number(learner, "trtr", NAN), 1e-15);
            mean += gain / 2;
        }
        cr_expect_float_eq(result.value, mean, 1e-12);
        cr_expect(result.lo == again.lo && result.hi == again.hi && cJSON_Compare(result.details, again.details, true),
                  "the same for 1 and 3 threads");
        frame_release(&result);
        frame_release(&again);
        frame_release(&gap);
        table_free(train);
        table_free(holdout);
        table_free(subject);
        frame_free(frame);
    }
}

Test(augment, edges)
{
    /* In the honest case 210 labelled fresh rows join 210 of train; a candidate of one class, or no holdout, teach nothing. */
    struct frame *frame = frame_new(two_classes);
    struct table *train = draw(frame, 800, 4, SAME), *holdout = draw(frame, 400, 5, SAME), *fresh = draw(frame, 240, 6, SAME);
    struct table *one_class = draw(frame, 240, 7, ONE_CLASS);
    struct result result;
    struct error error = {0};
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    cr_assert_eq(frame_run(frame, &measure_utility_augment, SUBJECT_HONEST, fresh, 1, &result, &error), 0, "%s", error.message);
    cr_expect_eq(json_get_number(result.details, "rows_real", NAN), 210);
    cr_expect_eq(json_get_number(result.details, "rows_joined", NAN), 420);
    frame_release(&result);
    cr_assert_eq(frame_run(frame, &measure_utility_augment, SUBJECT_UNIFORM, fresh, 1, &result, &error), 0);
    cr_expect(isfinite(result.value) && !result.details, "of a control the value is enough");
    frame_release(&result);
    static const char *const reasons[] = {"only one class in the candidate", "--holdout"};
    for (size_t i = 0; i < 2; i++) {
        frame->data.holdout.table = i == 0 ? holdout : NULL;
        cr_expect_eq(frame_run(frame, &measure_utility_augment, SUBJECT_CANDIDATE, one_class, 1, &result, &error),
                     ERROR_UNMEASURABLE);
        cr_expect(strstr(error.message, reasons[i]) != NULL, "%s", error.message);
        frame_release(&result);
    }
    table_free(train);
    table_free(holdout);
    table_free(fresh);
    table_free(one_class);
    frame_free(frame);
}
