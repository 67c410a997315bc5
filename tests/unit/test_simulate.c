/* The simulated population against its stated truth, at a million persons of a seed that the stated numbers did not use. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/csv.h"
#include "datasets/simulate.h"
#include "numeric/sort.h"

enum { PERSONS = 1000000 };

struct moments {
    double n, x, y, xx, yy, xy;
};

static void moments_add(struct moments *m, double x, double y)
{
    m->n++;
    m->x += x;
    m->y += y;
    m->xx += x * x;
    m->yy += y * y;
    m->xy += x * y;
}

static double correlation(const struct moments *m)
{
    return (m->xy - m->x * m->y / m->n) / sqrt((m->xx - m->x * m->x / m->n) * (m->yy - m->y * m->y / m->n));
}

/* Mann-Whitney with ties ½; positive[i] is 0 or 1. */
static double auc(const double *score, const double *positive)
{
    uint32_t *order = malloc(PERSONS * sizeof *order);
    double u = 0, above = 0, below = 0;
    cr_assert_eq(sort_order(score, PERSONS, order, NULL), 0);
    for (size_t a = 0, b = 0; a < PERSONS; a = b) {
        double here = 0, there = 0;
        for (; b < PERSONS && score[order[b]] == score[order[a]]; b++) {
            here += positive[order[b]];
            there += 1 - positive[order[b]];
        }
        u += here * (below + there / 2);
        above += here;
        below += there;
    }
    free(order);
    return u / (above * below);
}

/* Everything that one pass over the population gives. */
struct summary {
    double *p_approved, *p_illness, *approved, *illness;
    double levels[SIMULATED_COLUMNS][10], missing[SIMULATED_COLUMNS], joint[4][10], approved_of_origin[4];
    double best_approved, best_illness;
    struct moments age_score, income_score, income_balance, loans_debt, sex_age, sex_score, sex_approved;
};

static void summarise(struct summary *s, uint64_t seed)
{
    for (size_t i = 0; i < PERSONS; i++) {
        struct simulated_person person;
        simulate_person(seed, i, &person);
        const double *v = person.value;
        for (size_t c = 0; c < SIMULATED_COLUMNS; c++) {
            if (v[c] >= 0 && v[c] < 10)
                s->levels[c][(int)v[c]] += 1.0 / PERSONS;
            s->missing[c] += (double)(person.missing >> c & 1) / PERSONS;
        }
        int origin = (int)v[SIMULATED_ORIGIN];
        s->joint[origin][(int)v[SIMULATED_REGION]]++;
        s->approved_of_origin[origin] += v[SIMULATED_APPROVED];
        s->p_approved[i] = person.p_approved;
        s->p_illness[i] = person.p_illness;
        s->approved[i] = v[SIMULATED_APPROVED];
        s->illness[i] = v[SIMULATED_ILLNESS];
        s->best_approved += (person.p_approved > 0.5) == (v[SIMULATED_APPROVED] == 1);
        s->best_illness += (person.p_illness > 0.5) == (v[SIMULATED_ILLNESS] == 1);
        moments_add(&s->age_score, v[SIMULATED_AGE], v[SIMULATED_CREDIT_SCORE]);
        moments_add(&s->income_score, v[SIMULATED_INCOME], v[SIMULATED_CREDIT_SCORE]);
        moments_add(&s->income_balance, v[SIMULATED_INCOME], v[SIMULATED_BALANCE]);
        moments_add(&s->loans_debt, v[SIMULATED_EXISTING_LOANS], v[SIMULATED_DEBT_RATIO]);
        moments_add(&s->sex_age, v[SIMULATED_SEX], v[SIMULATED_AGE]);
        moments_add(&s->sex_score, v[SIMULATED_SEX], v[SIMULATED_CREDIT_SCORE]);
        moments_add(&s->sex_approved, v[SIMULATED_SEX], v[SIMULATED_APPROVED]);
    }
}

/* Mean of y among x = 1 minus mean among x = 0. */
static double gap(const struct moments *m)
{
    return m->xy / m->x - (m->y - m->xy) / (m->n - m->x);
}

static double cramer(double joint[4][10])
{
    double row[4] = {0}, column[10] = {0}, chi = -1;
    for (int o = 0; o < 4; o++)
        for (int r = 0; r < 10; r++) {
            row[o] += joint[o][r];
            column[r] += joint[o][r];
        }
    for (int o = 0; o < 4; o++)
        for (int r = 0; r < 10; r++)
            chi += joint[o][r] * joint[o][r] / (row[o] * column[r]);
    return sqrt(chi / 3);
}

static double widest_gap(const double *positive, const double *share)
{
    double lo = 1, hi = 0;
    for (int o = 0; o < 4; o++) {
        lo = fmin(lo, positive[o] / (share[o] * PERSONS));
        hi = fmax(hi, positive[o] / (share[o] * PERSONS));
    }
    return hi - lo;
}

Test(simulate, truth_at_a_million_persons)
{
    struct summary *s = calloc(1, sizeof *s);
    double **vectors[] = {&s->p_approved, &s->p_illness, &s->approved, &s->illness};
    for (size_t i = 0; i < 4; i++)
        *vectors[i] = malloc(PERSONS * sizeof(double));
    summarise(s, 77);
    const struct moments *score = &s->age_score;
    const struct {
        const char *truth;
        double got, error; /* standard error at a million persons */
    } cases[] = {
        /* √(p(1−p)/n), √(σ²/n_f + σ²/n_m), (1 − ρ²)/√n; elsewhere √50 times the stated error, which comes from 5e7. */
        {"share.female", s->levels[SIMULATED_SEX][0], 5.0e-4},
        {"share.south", s->levels[SIMULATED_ORIGIN][3], 4.3e-4},
        {"share.overseas", s->levels[SIMULATED_ORIGIN][2], 2.0e-4},
        {"share.juniper", s->levels[SIMULATED_REGION][9], 8.3e-5},
        {"missing.income", s->missing[SIMULATED_INCOME], 2.0e-4},
        {"missing.marital_status", s->missing[SIMULATED_MARITAL_STATUS], 1.4e-4},
        {"missing.employment_since", s->missing[SIMULATED_EMPLOYMENT_SINCE], 3.9e-4},
        {"missing.debt_ratio", s->missing[SIMULATED_DEBT_RATIO], 2.7e-4},
        {"mean.age", score->x / score->n, 1.4e-2},
        {"mean.income", s->income_score.x / score->n, 1.5},
        {"sd.credit_score", sqrt(score->yy / score->n - score->y * score->y / score->n / score->n), 5.5e-2},
        {"gap.credit_score.sex", gap(&s->sex_score), 0.155},
        {"corr.sex.age", correlation(&s->sex_age), 1.0e-3},
        {"cramer.origin.region", cramer(s->joint), 5.8e-4},
        {"share.approved", s->sex_approved.y / score->n, 5.0e-4},
        {"gap.approved.sex", gap(&s->sex_approved), 1.0e-3},
        {"auc.approved", auc(s->p_approved, s->approved), 4.2e-4},
        {"accuracy.approved", s->best_approved / PERSONS, 4.3e-4},
        {"share.illness", s->levels[SIMULATED_ILLNESS][1], 4.4e-4},
        {"auc.illness", auc(s->p_illness, s->illness), 6.0e-4},
        {"accuracy.illness", s->best_illness / PERSONS, 4.4e-4},
        {"corr.age.credit_score", correlation(score), 1.0e-3},
        {"corr.income.credit_score", correlation(&s->income_score), 1.0e-3},
        {"corr.income.balance", correlation(&s->income_balance), 1.6e-3},
        {"corr.existing_loans.debt_ratio", correlation(&s->loans_debt), 7.1e-4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_lt(fabs(cases[i].got - simulate_truth(cases[i].truth)), 4 * cases[i].error, "%s: %.6f, not %.6f +- %.2g",
                     cases[i].truth, cases[i].got, simulate_truth(cases[i].truth), cases[i].error);
    /* The widest of six true zeros; the rarest group has 40,000 persons: standard error 0.0025. */
    cr_expect_lt(widest_gap(s->approved_of_origin, s->levels[SIMULATED_ORIGIN]), simulate_truth("gap.approved.origin") + 0.011);
    for (size_t i = 0; i < 4; i++)
        free(*vectors[i]);
    free(s);
}

Test(simulate, unknown_truth)
{
    cr_expect(isnan(simulate_truth("auc.nothing")));
}

static void check_cell(const struct table *table, size_t c, size_t row, const struct simulated_person *person)
{
    cr_assert_eq(table_missing(table, c, row), (person->missing >> c & 1) != 0, "row %zu column %zu", row, c);
    if (table_missing(table, c, row))
        return;
    double got = table->columns[c].number ? table->columns[c].number[row] : table->columns[c].code[row];
    cr_assert_eq(got, person->value[c], "row %zu column %zu", row, c);
}

Test(simulate, table_and_schema)
{
    struct schema *schema = NULL;
    struct table *table, *other;
    struct error error = {0};
    cr_assert_eq(simulate_population(500, 3, "train", &schema, &table, &error), 0);
    cr_assert_eq(simulate_population(200, 4, "holdout", &schema, &other, &error), 0);
    cr_expect_eq(other->schema, schema);
    cr_expect_str_eq(other->name, "holdout");
    cr_assert_eq(schema->n_columns, SIMULATED_COLUMNS);
    for (size_t row = 0; row < 500; row++) {
        struct simulated_person person;
        simulate_person(3, row, &person);
        for (size_t c = 0; c < SIMULATED_COLUMNS; c++)
            check_cell(table, c, row, &person);
        simulate_person(4, row, &person);
        for (size_t c = 0; c < SIMULATED_COLUMNS && row < 200; c++)
            check_cell(other, c, row, &person);
    }
    for (size_t c = 0; c < SIMULATED_COLUMNS; c++) {
        const struct column_schema *column = &schema->columns[c];
        for (uint32_t l = 1; l < column->n_levels; l++)
            cr_expect_lt(strcmp(column->levels[l - 1], column->levels[l]), 0, "%s: %s", column->name, column->levels[l]);
        cr_expect_eq(column->missing_in_train, table->columns[c].missing);
        if (column_kind(column) != KIND_QUANTITY)
            continue;
        cr_assert_eq(column->n_sorted, 500 - table->columns[c].missing);
        cr_expect_eq(column->lo, column->sorted[0]);
        cr_expect_eq(column->hi, column->sorted[column->n_sorted - 1]);
        for (size_t i = 1; i < column->n_sorted; i++)
            cr_assert_leq(column->sorted[i - 1], column->sorted[i]);
    }
    cr_expect_eq(schema->columns[SIMULATED_APPROVED].roles, ROLE_TARGET);
    cr_expect_eq(schema->columns[SIMULATED_ILLNESS].roles, ROLE_SECRET);
    cr_expect(schema->columns[SIMULATED_SEX].roles & ROLE_SENSITIVE);
    cr_expect(schema->columns[SIMULATED_ORIGIN].roles & ROLE_SENSITIVE);
    table_free(table);
    table_free(other);
    schema_free(schema);
}

Test(simulate, no_rows_and_one_row)
{
    for (size_t rows = 0; rows < 2; rows++) {
        struct schema *schema = NULL;
        struct table *table;
        cr_assert_eq(simulate_population(rows, 1, "small", &schema, &table, NULL), 0);
        cr_expect_eq(table->rows, rows);
        cr_expect_eq(isnan(schema->columns[SIMULATED_AGE].lo), rows == 0);
        table_free(table);
        schema_free(schema);
    }
}
