/* fairness.* of the tables themselves: labels of groups, dependence of group and label, columns within groups, groups guessed
 * from other columns; closed forms and edges. */
#include "tests/unit/frame.h"

#include "core/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_fairness_label_gap, measure_fairness_association, measure_fairness_group_fidelity;

enum { G, Y, GROUPS = 3, CLASSES = 3 };
static const struct frame_column two[] = {
    {"g", COLUMN_CATEGORICAL, ROLE_SENSITIVE, GROUPS}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2}, {NULL, 0, 0, 0}};
static const struct frame_column three[] = {
    {"g", COLUMN_CATEGORICAL, ROLE_SENSITIVE, GROUPS}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, CLASSES}, {NULL, 0, 0, 0}};
static const struct frame_column number[] = {
    {"g", COLUMN_CATEGORICAL, ROLE_SENSITIVE, GROUPS}, {"y", COLUMN_NUMERIC, ROLE_TARGET, 0}, {NULL, 0, 0, 0}};
static const struct frame_column alone[] = {
    {"g", COLUMN_CATEGORICAL, ROLE_SENSITIVE, GROUPS}, {"y", COLUMN_CATEGORICAL, ROLE_IGNORE, 2}, {NULL, 0, 0, 0}};
static const struct frame_column same[] = {
    {"y", COLUMN_CATEGORICAL, ROLE_SENSITIVE | ROLE_TARGET, 3}, {"x", COLUMN_CATEGORICAL, 0, 3}, {NULL, 0, 0, 0}};

/* rows[g][y]; a numeric target is y itself. `unlabelled` more rows of group 0. */
struct counts {
    size_t rows[GROUPS][CLASSES], unlabelled;
};

static struct table *counted(struct frame *frame, const struct counts *counts)
{
    size_t n = counts->unlabelled, i = 0;
    for (size_t k = 0; k < GROUPS * CLASSES; k++)
        n += counts->rows[k / CLASSES][k % CLASSES];
    struct table *table = frame_table(frame, "counted", n);
    double *numbers = table_numbers(table, Y);
    for (uint32_t k = 0; k <= GROUPS * CLASSES; k++) {
        bool last = k == GROUPS * CLASSES;
        size_t times = last ? counts->unlabelled : counts->rows[k / CLASSES][k % CLASSES];
        for (size_t t = 0; t < times; t++, i++) {
            table_codes(table, G)[i] = last ? 0 : k / CLASSES;
            if (numbers)
                numbers[i] = last ? NAN : (double)(k % CLASSES);
            else
                table_codes(table, Y)[i] = last ? CODE_MISSING : k % CLASSES;
        }
    }
    table_seal(table);
    return table;
}

/* Rates .3 and .6 among real rows, .5 and .4 in the candidate: (.5 − .4) − (.3 − .6) = .4; ends from Agresti's and Caffo's
 * variances, V from χ² of the two tables and Bergsma's formula, by plain Python (tests/golden/oracle/labels.py has the same).
 * Numbers: means .3 and .6 divided by the standard deviation .498614 of .45. Association of numbers 0/1: 1 − within/(n − 2) /
 * total · (n − 1) = ε². */
static const struct counts real = {{{70, 30}, {40, 60}}, 0}, moved = {{{50, 50}, {60, 40}}, 0}, unlabelled = {{{0, 0}}, 100},
                           small = {{{70, 30}, {40, 60}, {9, 0}}, 0}, labelled = {{{70, 30}, {40, 60}}, 30},
                           one_group = {{{100, 100}}, 0}, one_class = {{{0, 100}, {0, 100}}, 0},
                           few = {{{70, 30}, {20, 29}}, 0}, mixed = {{{30, 30, 40}, {30, 50, 20}}, 0},
                           mixed_moved = {{{30, 40, 30}, {50, 40, 10}}, 0};

static const struct {
    const char *what;
    const struct measure *measure;
    const struct frame_column *columns;
    const struct counts *train, *subject;
    int status;
    double value, lo, hi; /* NAN: not looked at */
    const char *says;
} cases[] = {
    {"rates", &measure_fairness_label_gap, two, &real, &moved, 0, 0.4, 0.21161362702995845, 0.5883863729700415, "'1' in 'y'"},
    {"the same", &measure_fairness_label_gap, two, &real, &real, 0, 0, 0, NAN, "moved by 0.0"},
    {"rows without a label", &measure_fairness_label_gap, two, &labelled, &moved, 0, 0.4, 0.21161362702995845,
     0.5883863729700415, "moved by 40.0"},
    {"a group of nine", &measure_fairness_label_gap, two, &small, &moved, 0, 0.4, 0.21161362702995845, 0.5883863729700415,
     "'1' of 'g'"},
    {"numbers", &measure_fairness_label_gap, number, &real, &moved, 0, 0.4 / 0.4987421, NAN, NAN, "standard deviations"},
    {"worst of three classes", &measure_fairness_label_gap, three, &mixed, &mixed_moved, 0, 0.2, NAN, NAN, "'0' in 'y'"},
    {"a group of 49", &measure_fairness_label_gap, two, &real, &few, ERROR_UNMEASURABLE, 0, 0, 0, "at least 50 labelled"},
    {"a group is absent", &measure_fairness_label_gap, two, &real, &one_group, ERROR_UNMEASURABLE, 0, 0, 0, "two groups"},
    {"one class in the subject", &measure_fairness_label_gap, two, &real, &one_class, 0, 0.3, NAN, NAN, "+0.0 points"},
    {"no class among real rows", &measure_fairness_label_gap, two, &(const struct counts){{{100}, {100}}, 0}, &real,
     ERROR_UNMEASURABLE, 0, 0, 0, "fewer than 10 training rows"},
    {"constant number", &measure_fairness_label_gap, number, &one_class, &real, ERROR_UNMEASURABLE, 0, 0, 0, "constant"},
    {"the target is the only sensitive column", &measure_fairness_label_gap, same, &mixed, &mixed, ERROR_UNMEASURABLE, 0, 0, 0,
     "two groups"},
    {"V", &measure_fairness_association, two, &real, &moved, 0, 0.2223738518447727, NAN, NAN, "about as strongly"},
    {"the same V", &measure_fairness_association, two, &real, &real, 0, 0, 0, NAN, "about as strongly"},
    {"V of labelled rows", &measure_fairness_association, two, &labelled, &moved, 0, 0.2223738518447727, NAN, NAN, "0.29"},
    {"V of one group", &measure_fairness_association, two, &real, &one_group, 0, 0.29379877923735326, NAN, NAN, "0.00 against"},
    {"V of one class", &measure_fairness_association, two, &real, &one_class, 0, 0.29379877923735326, NAN, NAN, "0.00 against"},
    {"numbers given groups", &measure_fairness_association, number, &real, &moved, 0, 0.222373851844772, NAN, NAN,
     "correlation ratio"},
    {"labels within groups", &measure_fairness_group_fidelity, two, &real, &moved, 0, 0.8, NAN, NAN, "'0' of 'g'"},
    {"numbers within groups", &measure_fairness_group_fidelity, number, &real, &moved, 0, 0.8, NAN, NAN,
     "'y' is worst with 80.0"},
    {"the same within groups", &measure_fairness_group_fidelity, two, &real, &real, 0, 1, NAN, 1, "100.0 %"},
    {"labels gone within groups", &measure_fairness_group_fidelity, two, &real, &unlabelled, 0, 0, NAN, NAN,
     "0.0 % on average"},
    {"a group too small is left out", &measure_fairness_group_fidelity, two, &real, &few, 0, 1, NAN, 1,
     "1 group cannot be judged"},
    {"no other column within groups", &measure_fairness_group_fidelity, alone, &real, &real, ERROR_UNMEASURABLE, 0, 0, 0,
     "another column"},
    {"V of one real group", &measure_fairness_association, two, &one_group, &real, ERROR_UNMEASURABLE, 0, 0, 0, "two groups"},
    {"V with the target alone", &measure_fairness_association, same, &mixed, &mixed, ERROR_UNMEASURABLE, 0, 0, 0,
     "beside the target"},
};

Test(fairness_data, cases)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(cases[i].columns);
        struct table *train = counted(frame, cases[i].train), *subject = counted(frame, cases[i].subject);
        struct result result;
        struct error error = {0};
        frame->data.train.table = train;
        int status = frame_run(frame, cases[i].measure, SUBJECT_CANDIDATE, subject, 1, &result, &error);
        cr_expect_eq(status, cases[i].status, "%s: %d %s", cases[i].what, status, error.message);
        const char *said = status ? error.message : result.finding;
        cr_expect(strstr(said, cases[i].says) != NULL, "%s: %s", cases[i].what, said);
        if (status == 0) {
            cr_expect_float_eq(result.value, cases[i].value, 1e-7, "%s: %.12f", cases[i].what, result.value);
            cr_expect(isnan(cases[i].lo) || fabs(result.lo - cases[i].lo) < 1e-9, "%s: lo %.12f", cases[i].what, result.lo);
            cr_expect(isnan(cases[i].hi) || fabs(result.hi - cases[i].hi) < 1e-9, "%s: hi %.12f", cases[i].what, result.hi);
            cr_expect(result.lo <= result.value && result.value <= result.hi, "%s: [%g, %g]", cases[i].what, result.lo,
                      result.hi);
            cr_expect(cases[i].measure == &measure_fairness_group_fidelity || (result.lo > 0) == (result.remedy[0] != 0),
                      "%s: %s", cases[i].what, result.remedy);
        }
        const cJSON *group;
        cJSON_ArrayForEach(group, json_get(result.details, "groups"))
        {
            cr_expect(cases[i].train != &small || strcmp(json_get_string(group, "group", ""), "2"), "a group of nine is named");
        }
        frame_release(&result);
        table_free(train);
        table_free(subject);
        frame_free(frame);
    }
}

extern const struct measure measure_fairness_leakage;

enum { LG, LX, LC, LEAK_ROWS = 3000 };
static const struct frame_column telling[] = {{"g", COLUMN_CATEGORICAL, ROLE_SENSITIVE, 2},
                                              {"x", COLUMN_NUMERIC, 0, 0},
                                              {"c", COLUMN_CATEGORICAL, 0, 3},
                                              {NULL, 0, 0, 0}};

/* x is normal, `shift` higher in group 1 (`share` of the rows). */
static struct table *shifted(struct frame *frame, double shift, double share, uint64_t seed)
{
    struct table *table = frame_table(frame, "shifted", LEAK_ROWS);
    struct random random;
    random_init(&random, seed, "test.fairness.leakage", 0, 0);
    for (size_t i = 0; i < LEAK_ROWS; i++) {
        uint32_t g = random_uniform(&random) < share;
        table_codes(table, LG)[i] = g;
        table_numbers(table, LX)[i] = random_normal(&random) + shift * g;
        table_codes(table, LC)[i] = (uint32_t)random_below(&random, 3);
    }
    table_seal(table);
    return table;
}

/* Two normals one apart have AUC Φ(1/√2) = .7602, two apart Φ(√2) = .9214 (scipy.stats.norm.cdf); trees find a little less. */
Test(fairness_data, leakage)
{
    static const struct {
        double real, subject, share, value;
        int status;
        const char *says;
    } leaks[] = {{0, 0, 0.5, 0, 0, "no proven difference"}, {1, 1, 0.5, 0, 0, "no proven difference"},
                 {0, 1, 0.5, 0.2602, 0, "easier to guess"}, {1, 0, 0.5, 0.2602, 0, "has lost"},
                 {1, 2, 0.5, 0.1612, 0, "easier to guess"}, {1, 1, 0.001, 0, ERROR_UNMEASURABLE, "no group has 50 rows"}};
    for (size_t i = 0; i < sizeof leaks / sizeof leaks[0]; i++) {
        struct frame *frame = frame_new(telling);
        struct table *train = shifted(frame, leaks[i].real, 0.5, 1),
                     *subject = shifted(frame, leaks[i].subject, leaks[i].share, 2);
        struct result result;
        struct error error = {0};
        frame->data.train.table = train;
        int status = frame_run(frame, &measure_fairness_leakage, SUBJECT_CANDIDATE, subject, 1, &result, &error);
        cr_expect_eq(status, leaks[i].status, "case %zu: %d %s", i, status, error.message);
        const char *said = status ? error.message : result.finding;
        cr_expect(strstr(said, leaks[i].says) != NULL, "case %zu: %s", i, said);
        if (status == 0) {
            cr_expect_float_eq(result.value, leaks[i].value, 0.04, "case %zu: %.4f", i, result.value);
            cr_expect(result.lo <= leaks[i].value + 0.02 && leaks[i].value <= result.hi, "case %zu: [%g, %g]", i, result.lo,
                      result.hi);
        }
        frame_release(&result);
        table_free(train);
        table_free(subject);
        frame_free(frame);
    }
}
