/* Learners: known truths on tables made here, edge cases, determinism. */
#include "tests/unit/frame.h"

#include "core/random.h"
#include "models/design.h"
#include "models/learner.h"
#include "numeric/ranking.h"
#include "numeric/scores.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"logistic", "boosted", "majority", "tree", "naive_bayes", "knn"};
enum { LEARNERS = sizeof names / sizeof names[0] };

enum { X = 0, Z = 1, K = 2, Y = 3 };

enum truth { THRESHOLD, EXCLUSIVE_OR, PERMUTED, LEVEL, THREE };

/* x, z normal, k one of `levels`; the class by `truth`. */
static struct table *draw(struct frame *frame, size_t rows, uint64_t seed, enum truth truth, size_t levels)
{
    struct table *table = frame_table(frame, "drawn", rows);
    struct random random;
    random_init(&random, seed, "test.learners", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        double x = random_normal(&random), z = random_normal(&random);
        uint32_t k = (uint32_t)random_below(&random, levels);
        table_numbers(table, X)[i] = x;
        table_numbers(table, Z)[i] = z;
        table_codes(table, K)[i] = k;
        uint32_t y = truth == THRESHOLD      ? x > 0
                     : truth == EXCLUSIVE_OR ? (x > 0) != (z > 0)
                     : truth == PERMUTED     ? random_uniform(&random) < 0.5
                     : truth == LEVEL        ? k % 2
                                             : (x < -0.4  ? 0u
                                                : x < 0.4 ? 1u
                                                          : 2u);
        table_codes(table, Y)[i] = y;
    }
    table_seal(table);
    return table;
}

static struct frame *classes_frame(uint32_t levels, uint32_t classes)
{
    struct frame_column columns[] = {{"x", COLUMN_NUMERIC, 0, 0},
                                     {"z", COLUMN_NUMERIC, 0, 0},
                                     {"k", COLUMN_CATEGORICAL, 0, levels},
                                     {"y", COLUMN_CATEGORICAL, ROLE_TARGET, classes},
                                     {NULL, 0, 0, 0}};
    return frame_new(columns);
}

/* Trains on one table, predicts another; out: rows x classes (values: rows). */
static int train_predict(const char *learner, const struct table *train, const struct table *test, size_t target,
                         size_t classes, double *out, struct error *error)
{
    struct encoder *encoder;
    struct design *seen, *fresh;
    struct model model;
    cr_assert_eq(encoder_fit(&encoder, train, &target, 1, error), 0);
    cr_assert_eq(design_new(&seen, encoder, train, error), 0);
    cr_assert_eq(design_new(&fresh, encoder, test, error), 0);
    encoder_free(encoder); /* a design stands alone */
    struct labels labels = {.rows = train->rows,
                            .classes = classes,
                            .label = classes ? train->columns[target].code : NULL,
                            .value = classes ? NULL : train->columns[target].number};
    int status = learner_find(learner)->train(seen, &labels, 1, &model, error);
    if (status == 0) {
        status = learner_find(learner)->predict(&model, fresh, out, error);
        learner_find(learner)->free(&model);
    }
    design_free(seen);
    design_free(fresh);
    return status;
}

static double test_auc(const double *probability, const struct table *test)
{
    struct classification_scores scores;
    cr_assert_eq(classification_scores(test->columns[Y].code, probability, test->rows, 2, &scores, NULL), 0);
    return scores.roc_auc;
}

Test(learners, truths_of_two_classes)
{
    /* PERMUTED: the labels know nothing, AUC within 4 null standard errors sqrt((n1+n0+1)/(12 n1 n0)) = .0129 at n = 2000.
     * EXCLUSIVE_OR: no linear rule beats chance; quantised cuts keep trees a little under 1. */
    static const struct {
        enum truth truth;
        const char *learner;
        double lo, hi;
    } cases[] = {
        {THRESHOLD, "logistic", 0.9999, 1},
        {THRESHOLD, "boosted", 0.9995, 1},
        {THRESHOLD, "majority", 0.5, 0.5},
        {EXCLUSIVE_OR, "logistic", 0.4, 0.6},
        {EXCLUSIVE_OR, "boosted", 0.99, 1},
        {EXCLUSIVE_OR, "majority", 0.5, 0.5},
        {PERMUTED, "logistic", 0.448, 0.552},
        {PERMUTED, "boosted", 0.448, 0.552},
        {LEVEL, "logistic", 1, 1},
        {LEVEL, "boosted", 1, 1},
        {THRESHOLD, "tree", 0.999, 1},
        {THRESHOLD, "naive_bayes", 0.999, 1},
        {THRESHOLD, "knn", 0.97, 1},
        {EXCLUSIVE_OR, "tree", 0.98, 1},
        {EXCLUSIVE_OR, "naive_bayes", 0.4, 0.6},
        {EXCLUSIVE_OR, "knn", 0.95, 1},
        {PERMUTED, "tree", 0.448, 0.552},
        {PERMUTED, "naive_bayes", 0.448, 0.552},
        {PERMUTED, "knn", 0.448, 0.552},
        {LEVEL, "tree", 1, 1},
        {LEVEL, "naive_bayes", 1, 1},
        {LEVEL, "knn", 0.999, 1},
    };
    struct frame *frame = classes_frame(8, 2);
    double *out = calloc(4000, sizeof *out);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct table *train = draw(frame, 2000, 1, cases[i].truth, 8), *test = draw(frame, 2000, 2, cases[i].truth, 8);
        struct error error = {0};
        cr_assert_eq(train_predict(cases[i].learner, train, test, Y, 2, out, &error), 0, "%s", error.message);
        double auc = test_auc(out, test);
        cr_expect(auc >= cases[i].lo && auc <= cases[i].hi, "truth %d, %s: AUC %.6f", (int)cases[i].truth, cases[i].learner,
                  auc);
        table_free(train);
        table_free(test);
    }
    free(out);
    frame_free(frame);
}

Test(learners, many_classes)
{
    /* Three classes cut from x; class 2 absent from training gets probability 0 (logistic) or next to none (boosted). */
    struct frame *frame = classes_frame(4, 3);
    struct table *test = draw(frame, 900, 4, THREE, 4);
    double *out = calloc(3 * 900, sizeof *out);
    for (int absent = 0; absent < 2; absent++) {
        struct table *train = draw(frame, 1500, 3, THREE, 4);
        for (size_t i = 0; absent && i < train->rows; i++)
            if (train->columns[Y].code[i] == 2)
                table_codes(train, Y)[i] = 1;
        for (size_t l = 0; l < LEARNERS; l++) {
            cr_assert_eq(train_predict(names[l], train, test, Y, 3, out, NULL), 0);
            double worst_sum = 0, most_absent = 0, right = 0;
            for (size_t i = 0; i < test->rows; i++) {
                worst_sum = fmax(worst_sum, fabs(out[3 * i] + out[3 * i + 1] + out[3 * i + 2] - 1));
                most_absent = fmax(most_absent, out[3 * i + 2]);
                right += predicted_class(out + 3 * i, 3) == test->columns[Y].code[i];
            }
            cr_expect_lt(worst_sum, 1e-12);
            if (absent)
                cr_expect_lt(most_absent, 0.02, "%s gives %.3f to a class it never saw", names[l], most_absent);
            else if (strcmp(names[l], "majority") != 0)
                cr_expect_gt(right / 900, 0.9, "%s: accuracy %.3f", names[l], right / 900);
        }
        table_free(train);
    }
    free(out);
    table_free(test);
    frame_free(frame);
}

static struct table *line(struct frame *frame, size_t rows, uint64_t seed, double noise, double offset)
{
    struct table *table = frame_table(frame, "line", rows);
    struct random random;
    random_init(&random, seed, "test.line", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        double x = offset + 10 * random_normal(&random), z = random_normal(&random);
        uint32_t k = (uint32_t)random_below(&random, 3);
        table_numbers(table, X)[i] = x;
        table_numbers(table, Z)[i] = z;
        table_codes(table, K)[i] = k;
        table_numbers(table, Y)[i] = 2 * x + 1 + (noise > 0 ? 3 * z + k + noise * random_normal(&random) : 0);
    }
    table_seal(table);
    return table;
}

Test(learners, regression)
{
    /* y = 2x + 1 is found exactly, beside useless columns. With y = 2x + 1 + 3z + k + N(0,1): var(y) = 400 + 9 + 2/3 + 1, so
     * the best R² is 1 − 1/410.67 = .99756. The mean alone: R² about 0. */
    static const struct {
        const char *learner;
        double noise, offset, most_mae, least_r2;
    } cases[] = {
        {"logistic", 0, 0, 1e-9, 1 - 1e-12}, {"logistic", 0, 1000, 1e-9, 1 - 1e-12},
        {"logistic", 1, 0, 0.85, 0.997},     {"boosted", 1, 0, 2.5, 0.98},
        {"majority", 1, 0, 20, -0.01},       {"tree", 1, 0, 4, 0.95},
        {"tree", 0, 1e9, 2, 0.98},           {"knn", 1, 0, 8, 0.8},
    };
    struct frame_column columns[] = {{"x", COLUMN_NUMERIC, 0, 0},
                                     {"z", COLUMN_NUMERIC, 0, 0},
                                     {"k", COLUMN_CATEGORICAL, 0, 3},
                                     {"y", COLUMN_NUMERIC, ROLE_TARGET, 0},
                                     {NULL, 0, 0, 0}};
    struct frame *frame = frame_new(columns);
    double *out = calloc(1000, sizeof *out);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct table *train = line(frame, 2000, 5, cases[i].noise, cases[i].offset);
        struct table *test = line(frame, 1000, 6, cases[i].noise, cases[i].offset);
        struct regression_scores scores;
        cr_assert_eq(train_predict(cases[i].learner, train, test, Y, 0, out, NULL), 0);
        regression_scores(test->columns[Y].number, out, test->rows, &scores);
        cr_expect_leq(scores.mae, cases[i].most_mae, "%s: MAE %.3g", cases[i].learner, scores.mae);
        cr_expect_geq(scores.r2, cases[i].least_r2, "%s: R2 %.6f", cases[i].learner, scores.r2);
        table_free(train);
        table_free(test);
    }
    free(out);
    frame_free(frame);
}

Test(learners, ridge_against_closed_form)
{
    /* One factor of two levels, rows (0, 1), (0, 3), (1, 8): min (1−b−w0)² + (3−b−w0)² + (8−b−w1)² + w0² + w1². The
     * derivatives by w0, w1, b give w0 = (4 − 2b)/3, w1 = (8 − b)/2 and 12 = 3b + 2·w0 + w1, hence b = 32/7,
     * w0 = −12/7, w1 = 12/7: predictions 20/7 and 44/7. */
    struct frame_column columns[] = {{"k", COLUMN_CATEGORICAL, 0, 2}, {"y", COLUMN_NUMERIC, ROLE_TARGET, 0}, {NULL, 0, 0, 0}};
    struct frame *frame = frame_new(columns);
    struct table *table = frame_table(frame, "three", 3);
    double out[3];
    table_codes(table, 0)[2] = 1;
    table_numbers(table, 1)[0] = 1;
    table_numbers(table, 1)[1] = 3;
    table_numbers(table, 1)[2] = 8;
    table_seal(table);
    cr_assert_eq(train_predict("logistic", table, table, 1, 0, out, NULL), 0);
    cr_expect_float_eq(out[0], 20.0 / 7, 1e-12);
    cr_expect_float_eq(out[1], 20.0 / 7, 1e-12);
    cr_expect_float_eq(out[2], 44.0 / 7, 1e-12);
    table_free(table);
    frame_free(frame);
}

Test(learners, majority_is_the_frequencies)
{
    struct frame *frame = classes_frame(2, 3);
    struct table *train = draw(frame, 4, 7, THREE, 2), *test = draw(frame, 1, 8, THREE, 2);
    double out[3];
    static const uint32_t label[4] = {0, 2, 2, 2};
    memcpy(table_codes(train, Y), label, sizeof label);
    cr_assert_eq(train_predict("majority", train, test, Y, 3, out, NULL), 0);
    cr_expect_eq(out[0], 0.25);
    cr_expect_eq(out[1], 0);
    cr_expect_eq(out[2], 0.75);
    table_free(train);
    table_free(test);
    frame_free(frame);
}

Test(learners, features)
{
    /* x has a missing cell in train (one indicator), z is constant (no feature), k has levels 0, 1 and missing in train; level
     * 2 is unseen. Features: x, its indicator, three levels. */
    struct frame *frame = classes_frame(3, 2);
    struct table *train = draw(frame, 4, 9, THRESHOLD, 2), *test = draw(frame, 3, 10, THRESHOLD, 2);
    size_t target = Y;
    struct encoder *encoder;
    struct design *design, *noisy, *again;
    static const double x[4] = {1, 3, NAN, 5}, z[4] = {7, 7, 7, 7};
    static const uint32_t k[4] = {0, 1, CODE_MISSING, 1};
    memcpy(table_numbers(train, X), x, sizeof x);
    memcpy(table_numbers(train, Z), z, sizeof z);
    memcpy(table_codes(train, K), k, sizeof k);
    table_seal(train);
    table_numbers(test, X)[0] = 3;
    table_numbers(test, X)[1] = NAN;
    table_numbers(test, X)[2] = 5;
    table_codes(test, K)[0] = 2;
    table_codes(test, K)[1] = CODE_MISSING;
    table_codes(test, K)[2] = 1;
    table_seal(test);
    cr_assert_eq(encoder_fit(&encoder, train, &target, 1, NULL), 0);
    cr_expect_eq(encoder_features(encoder), 5);
    cr_assert_eq(design_new(&design, encoder, test, NULL), 0);
    cr_expect_eq(design_rows(design), 3);
    uint32_t index[6];
    double value[6];
    /* sd of 1, 3, 5 is sqrt(8/3), their mean 3 */
    cr_expect_eq(design_sparse_row(design, 0, index, value), 0);
    cr_assert_eq(design_sparse_row(design, 1, index, value), 2);
    cr_expect(index[0] == 1 && value[0] == 1 && index[1] == 4 && value[1] == 1);
    cr_assert_eq(design_sparse_row(design, 2, index, value), 2);
    cr_expect(index[0] == 0 && fabs(value[0] - 2 / sqrt(8.0 / 3)) < 1e-15 && index[1] == 3);
    cr_assert_eq(design_perturb(design, 0, 1, 0, &noisy, NULL), 0);
    cr_expect_eq(design_sparse_row(noisy, 2, index, value), 2);
    cr_expect(fabs(value[0] - 2 / sqrt(8.0 / 3)) < 1e-15 && index[1] == 3, "eps 0 changes nothing");
    cr_assert_eq(design_perturb(design, 1, 1, 1, &again, NULL), 0);
    cr_expect(isnan(again->number[1]) && again->level[1] == design->level[1], "missing stays missing");
    cr_expect_eq(again->level[2], 0, "eps 1 moves every level to another one");
    cr_expect_neq(again->number[2], design->number[2]);
    design_free(design);
    design_free(noisy);
    design_free(again);
    encoder_free(encoder);
    table_free(train);
    table_free(test);
    frame_free(frame);
}

Test(learners, edges)
{
    struct frame *frame = classes_frame(5000, 2);
    struct table *one = draw(frame, 1, 11, THRESHOLD, 5), *wide = draw(frame, 6000, 12, THRESHOLD, 5000);
    struct table *none = draw(frame, 0, 13, THRESHOLD, 5), *unseen = draw(frame, 50, 14, THRESHOLD, 1);
    double *out = calloc(12000, sizeof *out);
    for (size_t i = 0; i < unseen->rows; i++)
        table_codes(unseen, K)[i] = 4999 + (i % 2); /* a code above the vocabulary as well */
    for (size_t l = 0; l < LEARNERS; l++) {
        const char *name = names[l];
        struct error error = {0};
        cr_expect_eq(train_predict(name, one, wide, Y, 2, out, &error), ERROR_UNMEASURABLE, "%s learns from one row", name);
        cr_expect(strstr(error.message, "same class") != NULL, "%s", error.message);
        cr_expect_eq(train_predict(name, none, wide, Y, 2, out, &error), ERROR_UNMEASURABLE);
        cr_expect_eq(train_predict(name, wide, none, Y, 2, out, &error), 0, "%s: no row to predict", name);
        cr_expect_eq(train_predict(name, wide, unseen, Y, 2, out, &error), 0, "%s", error.message);
        for (size_t i = 0; i < 100; i++)
            cr_assert(out[i] >= 0 && out[i] <= 1);
        cr_assert_eq(train_predict(name, wide, wide, Y, 2, out, &error), 0);
        if (strcmp(name, "majority") != 0)
            cr_expect_gt(test_auc(out, wide), 0.99, "%s with 5,000 levels", name);
    }
    cr_expect_null(learner_find("forest"));
    free(out);
    table_free(one);
    table_free(wide);
    table_free(none);
    table_free(unseen);
    frame_free(frame);
}

Test(learners, rows_in_use_and_determinism)
{
    /* Training on `use` equals training on the table of those rows, and a second training gives the same bits. */
    struct frame *frame = classes_frame(6, 2);
    struct table *train = draw(frame, 600, 15, EXCLUSIVE_OR, 6), *test = draw(frame, 300, 16, EXCLUSIVE_OR, 6);
    size_t target = Y;
    struct encoder *encoder;
    struct design *all, *half, *fresh;
    uint32_t use[300], label[300];
    struct table *taken;
    for (uint32_t i = 0; i < 300; i++) {
        use[i] = 2 * i;
        label[i] = train->columns[Y].code[2 * i];
    }
    cr_assert_eq(table_take(train, use, 300, "half", &taken, NULL), 0);
    cr_assert_eq(encoder_fit(&encoder, train, &target, 1, NULL), 0);
    cr_assert_eq(design_new(&all, encoder, train, NULL), 0);
    cr_assert_eq(design_new(&half, encoder, taken, NULL), 0);
    cr_assert_eq(design_new(&fresh, encoder, test, NULL), 0);
    double first[600], second[600], third[600];
    for (size_t l = 0; l < LEARNERS; l++) {
        struct labels by_use = {.rows = 300, .classes = 2, .label = label, .use = use};
        struct labels by_table = {.rows = 300, .classes = 2, .label = taken->columns[Y].code};
        const struct {
            const struct design *design;
            const struct labels *labels;
            double *out;
        } runs[3] = {{all, &by_use, first}, {half, &by_table, second}, {all, &by_use, third}};
        for (size_t r = 0; r < 3; r++) {
            struct model model;
            cr_assert_eq(learner_find(names[l])->train(runs[r].design, runs[r].labels, 3, &model, NULL), 0);
            cr_assert_eq(learner_find(names[l])->predict(&model, fresh, runs[r].out, NULL), 0);
            learner_find(names[l])->free(&model);
        }
        cr_expect_eq(memcmp(first, second, sizeof first), 0, "%s: rows in use", names[l]);
        cr_expect_eq(memcmp(first, third, sizeof first), 0, "%s: twice", names[l]);
    }
    design_free(all);
    design_free(half);
    design_free(fresh);
    encoder_free(encoder);
    table_free(train);
    table_free(test);
    table_free(taken);
    frame_free(frame);
}

Test(learners, numbers_by_hand)
{
    /* One quantity and one factor. Expected numbers: sums by hand in the comments. */
    struct frame_column columns[] = {{"x", COLUMN_NUMERIC, 0, 0},
                                     {"k", COLUMN_CATEGORICAL, 0, 2},
                                     {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2},
                                     {"v", COLUMN_NUMERIC, ROLE_IGNORE, 0},
                                     {NULL, 0, 0, 0}};
    struct frame *frame = frame_new(columns);
    struct table *table = frame_table(frame, "forty", 40);
    double out[80];
    for (size_t i = 0; i < 40; i++) {
        table_numbers(table, 0)[i] = i < 30 ? 1 : -3; /* mean 0, sd √3 */
        table_codes(table, 1)[i] = i % 2;
        table_codes(table, 2)[i] = i < 30 ? i < 6 : 1; /* 16 of 40 are 1: 6 of the first 30, all of the last 10 */
        table_numbers(table, 3)[i] = i < 30 ? 2 : 6;
    }
    table_seal(table);
    /* Tree: leaves of 30 and 10 rows, (6 + .4)/31 and (10 + .4)/11. */
    cr_assert_eq(train_predict("tree", table, table, 2, 2, out, NULL), 0);
    cr_expect_float_eq(out[1], 6.4 / 31, 1e-15);
    cr_expect_float_eq(out[79], 10.4 / 11, 1e-15);
    /* Neighbours of row 39 (x = −3, k = 1): five equal rows, five with the other level (distance √2), and then the 15 rows with
     * x = 1, k = 1 (distance 4/√3 = 2.31): the 20th is among them, so all 25 count; of odd i < 6 three are 1. */
    cr_assert_eq(train_predict("knn", table, table, 2, 2, out, NULL), 0);
    cr_expect_float_eq(out[79], (13 + 0.4) / 26, 1e-15);
    /* Naive Bayes: in class 0 x is always 1, so its variance is the smoothing's alone. Even and odd rows are as many in both
     * classes, so the level says nothing. */
    double z1 = 1 / sqrt(3), z3 = -3 / sqrt(3), mean = (6 * z1 + 10 * z3) / 16;
    double variance = (6 * z1 * z1 + 10 * z3 * z3) / 16 - mean * mean + 1e-3;
    double no = log(24.0 / 40) - 0.5 * log(2 * M_PI * 1e-3);
    double yes = log(16.0 / 40) - 0.5 * log(2 * M_PI * variance) - (z1 - mean) * (z1 - mean) / (2 * variance);
    cr_assert_eq(train_predict("naive_bayes", table, table, 2, 2, out, NULL), 0);
    cr_expect_float_eq(out[1], 1 / (1 + exp(no - yes)), 1e-12);
    cr_expect_float_eq(out[79], 1, 1e-12);
    /* Values: the leaves' means. */
    size_t value = 3;
    cr_assert_eq(train_predict("tree", table, table, value, 0, out, NULL), 0);
    cr_expect(fabs(out[0] - 2) < 1e-14 && fabs(out[39] - 6) < 1e-14, "%g %g", out[0], out[39]);
    struct error error = {0};
    cr_expect_eq(train_predict("naive_bayes", table, table, value, 0, out, &error), ERROR_UNMEASURABLE);
    cr_expect(strstr(error.message, "not numbers") != NULL, "%s", error.message);
    table_free(table);
    frame_free(frame);
}

Test(learners, subjects_that_lack_something)
{
    /* The subject's x is constant, all of its numbers missing, its levels all one, or it has one row (values): every learner
     * still predicts finite numbers, and where nothing is left to learn from, the class shares. */
    enum lack { CONSTANT, MISSING, ONE_LEVEL, LACKS };
    struct frame *frame = classes_frame(5, 2);
    struct table *train = draw(frame, 400, 21, THRESHOLD, 5);
    size_t target = Y;
    struct encoder *encoder;
    struct design *fresh;
    double *out = calloc(800, sizeof *out);
    cr_assert_eq(encoder_fit(&encoder, train, &target, 1, NULL), 0);
    cr_assert_eq(design_new(&fresh, encoder, train, NULL), 0);
    for (int lack = 0; lack < LACKS; lack++) {
        struct table *subject = draw(frame, 300, 22, THRESHOLD, 5);
        struct design *seen;
        for (size_t i = 0; i < 300; i++) {
            table_numbers(subject, X)[i] = lack == CONSTANT ? 0.25 : lack == MISSING ? NAN : subject->columns[X].number[i];
            table_numbers(subject, Z)[i] = lack == MISSING ? NAN : subject->columns[Z].number[i];
            if (lack == ONE_LEVEL)
                table_codes(subject, K)[i] = 3;
        }
        cr_assert_eq(design_new(&seen, encoder, subject, NULL), 0);
        struct labels labels = {.rows = 300, .classes = 2, .label = subject->columns[Y].code};
        for (size_t l = 0; l < LEARNERS; l++) {
            struct model model;
            cr_assert_eq(learner_find(names[l])->train(seen, &labels, 1, &model, NULL), 0, "%s %d", names[l], lack);
            cr_assert_eq(learner_find(names[l])->predict(&model, fresh, out, NULL), 0);
            learner_find(names[l])->free(&model);
            for (size_t i = 0; i < 400; i++)
                cr_assert(out[2 * i] >= 0 && fabs(out[2 * i] + out[2 * i + 1] - 1) < 1e-12, "%s %d", names[l], lack);
            if (lack == ONE_LEVEL && strcmp(names[l], "majority") != 0)
                cr_expect_gt(test_auc(out, train), 0.85, "%s learns from the other columns", names[l]);
        }
        double value[1] = {7};
        struct labels one = {.rows = 1, .value = value, .use = (const uint32_t[]){5}};
        static const char *const regressions[] = {"tree", "knn"};
        for (size_t l = 0; l < 2; l++) {
            struct model model;
            cr_assert_eq(learner_find(regressions[l])->train(seen, &one, 1, &model, NULL), 0);
            cr_assert_eq(learner_find(regressions[l])->predict(&model, fresh, out, NULL), 0);
            learner_find(regressions[l])->free(&model);
            cr_expect(out[0] == 7 && out[399] == 7, "%s: one row is all that it knows", regressions[l]);
        }
        design_free(seen);
        table_free(subject);
    }
    free(out);
    design_free(fresh);
    encoder_free(encoder);
    table_free(train);
    frame_free(frame);
}
