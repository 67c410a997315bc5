/* Class weights of the learners, against scikit-learn's class_weight='balanced' and against rows that are there several times.
 */
#include "tests/unit/frame.h"

#include "models/learner.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 400, MOST = 3 };

static const struct frame_column columns[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"z", COLUMN_NUMERIC, 0, 0}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, MOST}, {NULL, 0, 0, 0}};

/* Rows by a formula that the command below repeats; one more copy of a row of class 1 for each of `again`. */
static struct table *make(struct frame *frame, size_t classes, size_t again)
{
    struct table *table = frame_table(frame, "formula", ROWS * (again + 1));
    size_t n = 0;
    for (size_t i = 0; i < ROWS; i++) {
        double x = (double)((i * 37) % 101) / 101, z = (double)((i * 53) % 97) / 97;
        double s = x + 0.3 * z + 0.4 * (double)((i * 29) % 11) / 11;
        uint32_t y = classes == 2 ? s > 1.15 : s > 1.2 ? 2 : s < 0.35 ? 0 : 1;
        for (size_t k = 0; k < (y == 1 ? again + 1 : 1); k++, n++) {
            table_numbers(table, 0)[n] = x;
            table_numbers(table, 1)[n] = z;
            table_codes(table, 2)[n] = y;
        }
    }
    table->rows = n;
    table_seal(table);
    return table;
}

/* Probabilities for the rows of `asked`; the encoder is fitted on them. */
static void predict(const char *name, const struct table *train, const struct table *asked, size_t classes,
                    const double *weight, double *out)
{
    const size_t target = 2;
    struct encoder *encoder;
    struct design *seen, *fresh;
    struct model model;
    struct error error = {0};
    const struct learner *learner = learner_find(name);
    struct labels labels = {.rows = train->rows, .classes = classes, .label = train->columns[target].code, .weight = weight};
    cr_assert_eq(encoder_fit(&encoder, asked, &target, 1, &error), 0);
    cr_assert_eq(design_new(&seen, encoder, train, &error), 0);
    cr_assert_eq(design_new(&fresh, encoder, asked, &error), 0);
    cr_assert_eq(learner->train(seen, &labels, 1, &model, &error), 0, "%s: %s", name, error.message);
    cr_assert_eq(learner->predict(&model, fresh, out, &error), 0);
    learner->free(&model);
    design_free(seen);
    design_free(fresh);
    encoder_free(encoder);
}

/* scikit-learn 1.2.1, python3 -c with x = (i*37 % 101)/101, z = (i*53 % 97)/97, s = x + .3 z + .4 (i*29 % 11)/11, i = 0 … 399,
 * y = s > 1.15, or 2, 0, 1 for s > 1.2, s < .35, else; columns scaled by mean and standard deviation:
 *   LogisticRegression(solver='liblinear', class_weight='balanced', tol=1e-9).fit(X, y).predict_proba(X)
 *   DecisionTreeClassifier(class_weight='balanced', min_samples_leaf=10), of whose weighted leaf counts v (v + 1/K)/(Σv + 1).
 */
Test(class_weights, as_scikit_learn)
{
    static const struct {
        const char *learner;
        size_t classes, row[4];
        double want[4][MOST], tolerance;
    } cases[] = {
        {"logistic",
         2,
         {0, 8, 18, 21},
         {{0.999982, 1.8e-05}, {0.115926, 0.884074}, {0.501863, 0.498137}, {0.598685, 0.401315}},
         2e-3},
        {"tree",
         2,
         {0, 8, 18, 21},
         {{0.996428, 0.003572}, {0.215784, 0.784216}, {0.281126, 0.718874}, {0.239809, 0.760191}},
         1e-6},
        {"logistic",
         3,
         {0, 5, 6, 7},
         {{0.57148, 0.428514, 6e-06}, {7.6e-05, 0.403618, 0.596306}, {0.427425, 0.572285, 0.00029}, {0.0014, 0.74354, 0.25506}},
         2e-3},
        {"tree",
         3,
         {0, 5, 6, 7},
         {{0.967198, 0.025602, 0.0072},
          {0.018933, 0.260894, 0.720172},
          {0.054539, 0.890922, 0.054539},
          {0.020962, 0.181695, 0.797342}},
         1e-6},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct frame *frame = frame_new(columns);
        struct table *table = make(frame, cases[k].classes, 0);
        double weight[MOST], out[ROWS * MOST];
        struct labels labels = {.rows = ROWS, .classes = cases[k].classes, .label = table->columns[2].code};
        labels_balance(&labels, weight);
        if (cases[k].classes == 2)
            cr_expect(fabs(weight[0] - 400.0 / (2 * 331)) < 1e-15 && fabs(weight[1] - 400.0 / (2 * 69)) < 1e-15);
        predict(cases[k].learner, table, table, cases[k].classes, weight, out);
        for (size_t r = 0; r < 4; r++)
            for (size_t c = 0; c < cases[k].classes; c++)
                cr_expect(fabs(out[cases[k].row[r] * cases[k].classes + c] - cases[k].want[r][c]) < cases[k].tolerance,
                          "%s, %zu classes, row %zu class %zu: %.6f instead of %.6f", cases[k].learner, cases[k].classes,
                          cases[k].row[r], c, out[cases[k].row[r] * cases[k].classes + c], cases[k].want[r][c]);
        table_free(table);
        frame_free(frame);
    }
}

/* Weight 3 is the row three times. The tree's leaves count rows, so it is left out here. */
Test(class_weights, as_rows_again)
{
    static const struct {
        const char *learner;
        double tolerance;
    } cases[] = {{"logistic", 1e-3}, {"boosted", 1e-5}, {"majority", 1e-12}};
    const double weight[] = {1, 3};
    struct frame *frame = frame_new(columns);
    struct table *once = make(frame, 2, 0), *thrice = make(frame, 2, 2);
    double a[2 * ROWS], b[2 * ROWS], plain[2 * ROWS];
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        double moved = 0;
        predict(cases[k].learner, once, once, 2, weight, a);
        predict(cases[k].learner, thrice, once, 2, NULL, b);
        predict(cases[k].learner, once, once, 2, NULL, plain);
        for (size_t i = 0; i < 2 * (size_t)ROWS; i++) {
            cr_expect(fabs(a[i] - b[i]) < cases[k].tolerance, "%s, cell %zu: %.8f and %.8f", cases[k].learner, i, a[i], b[i]);
            moved = fmax(moved, fabs(a[i] - plain[i]));
        }
        cr_expect(moved > 0.1, "%s: weights move predictions by %.3f", cases[k].learner, moved);
    }
    /* Naive Bayes: the odds move by the ratio of the weights. Neighbours: 20 and more votes, of which those for class 1 triple.
     */
    predict("naive_bayes", once, once, 2, weight, a);
    predict("naive_bayes", once, once, 2, NULL, plain);
    for (size_t i = 0; i < ROWS; i++)
        cr_expect(fabs(log(a[2 * i + 1] / a[2 * i]) - log(plain[2 * i + 1] / plain[2 * i]) - log(3)) < 1e-9, "row %zu", i);
    predict("knn", once, once, 2, weight, a);
    predict("knn", once, once, 2, NULL, plain);
    const double share = 69.0 / ROWS, weighted = 3 * 69.0 / (331 + 3 * 69.0);
    for (size_t i = 0; i < ROWS; i++) {
        bool found = false;
        for (double votes = 20; votes <= 30 && !found; votes++) {
            double ones = plain[2 * i + 1] * (votes + 1) - share;
            found = fabs(ones - round(ones)) < 1e-9 &&
                    fabs(a[2 * i + 1] - (3 * ones + weighted) / (votes - ones + 3 * ones + 1)) < 1e-9;
        }
        cr_expect(found, "row %zu: %.6f and %.6f", i, a[2 * i + 1], plain[2 * i + 1]);
    }
    table_free(once);
    table_free(thrice);
    frame_free(frame);
}
