/* Singling out by one column and by several, on tables whose answer is known. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attacks/disclosure/singling.h"
#include "tests/unit/mixed_table.h"

static const char univariate[] = "privacy.singling_out.univariate", multivariate[] = "privacy.singling_out.multivariate";

struct trial {
    struct schema *schema;
    struct table *train, *holdout, *subject;
    uint64_t seed;
    size_t threads, asked; /* 0: the default */
    struct result result;
    struct error error;
    int status;
    struct strbuf evidence;
};

static void trial_new(struct trial *t, const struct fake_column *columns, size_t n, size_t train, size_t holdout,
                      size_t subject)
{
    *t = (struct trial){.schema = fake_schema(columns, n), .seed = 1, .threads = 1, .evidence = STRBUF_INIT};
    t->train = fake_table(t->schema, "train", train);
    t->holdout = fake_table(t->schema, "holdout", holdout);
    t->subject = fake_table(t->schema, "candidate", subject);
}

static void trial_run(struct trial *t, const char *id)
{
    const struct measure *measure = measure_find(id);
    struct parameter_value parameters[8];
    struct dataset data = {.schema = t->schema,
                           .train = {.role = "train", .table = t->train},
                           .holdout = {.role = "holdout", .table = t->holdout},
                           .target = SIZE_MAX};
    struct measure_task task = {.data = &data,
                                .reference = t->train,
                                .subject = t->subject,
                                .seed = t->seed,
                                .level = .95,
                                .min_group = 10,
                                .parameters = parameters,
                                .evidence = &t->evidence};

    for (size_t k = 0; measure->parameters[k].name; k++)
        parameters[k].value = measure->parameters[k].fallback;
    if (t->asked)
        parameters[SINGLING_ATTACKS].value = (double)t->asked;
    fake_fit(t->schema, t->train);
    fake_seal(t->holdout);
    fake_seal(t->subject);
    strbuf_reset(&t->evidence);
    t->error = (struct error){0};
    t->result = (struct result){.value = NAN, .lo = NAN, .hi = NAN, .arena = arena_new()};
    cr_assert_eq(artifacts_new(&task.artifacts, NULL), 0);
    cr_assert_eq(pool_new(&task.pool, t->threads, NULL), 0);
    t->status = measure->run(&task, &t->result, &t->error);
    artifacts_free(task.artifacts);
    pool_free(task.pool);
}

static void result_free(struct trial *t)
{
    cJSON_Delete(t->result.details);
    arena_free(t->result.arena);
}

static void trial_free(struct trial *t)
{
    result_free(t);
    strbuf_free(&t->evidence);
    fake_schema_free(t->schema);
}

static double detail(const struct trial *t, const char *key)
{
    return json_get_number(t->result.details, key, NAN);
}

static void copy_rows(struct table *to, const struct table *from, size_t first)
{
    for (size_t c = 0; c < to->n_columns; c++)
        for (size_t i = 0; i < to->rows; i++)
            if (to->columns[c].number)
                fake_numbers(to, c)[i] = from->columns[c].number[first + i];
            else
                fake_codes(to, c)[i] = from->columns[c].code[first + i];
}

/* Twenty rows by hand. x: the candidate holds 0 … 16 once and 17 three times. Kept: = 0 … = 16 and ≤ 0 (not ≥ 17); y: one
 * cell is missing, the others are tied: missing. Train holds 0, 1, 2, 2, then 50s: = 0, = 1, ≤ 0 single one out, = 2 two; the
 * holdout 3 and 50s: = 3. Train's y has two missing cells, the holdout's one. */
Test(singling_out, by_hand)
{
    static const struct fake_column columns[] = {{.name = "x", .type = COLUMN_NUMERIC}, {.name = "y", .type = COLUMN_NUMERIC}};
    struct trial t;

    trial_new(&t, columns, 2, 20, 20, 20);
    for (size_t i = 0; i < 20; i++) {
        fake_numbers(t.subject, 0)[i] = (double)(i < 17 ? i : 17);
        fake_numbers(t.train, 0)[i] = i < 3 ? (double)i : i == 3 ? 2 : 50;
        fake_numbers(t.holdout, 0)[i] = i == 0 ? 3 : 50;
        fake_numbers(t.subject, 1)[i] = i == 9 ? NAN : (double)(i % 2);
        fake_numbers(t.train, 1)[i] = i > 17 ? NAN : 1;
        fake_numbers(t.holdout, 1)[i] = i > 18 ? NAN : 1;
    }
    trial_run(&t, univariate);
    cr_assert_eq(t.status, 0, "%s", t.error.message);
    cr_expect_eq(t.result.n, 19);
    cr_expect_eq(detail(&t, "n"), 19);
    cr_expect_eq(detail(&t, "successes"), 3);
    /* = 3, and y missing */
    cr_expect_eq(detail(&t, "control_successes"), 2);
    cr_expect_float_eq(t.result.value, (3. / 19 - 2. / 19) / (17. / 19), 1e-15);
    /* row 0 by two predicates, row 1 by one: (4 + 1)/3 */
    cr_expect_float_eq(detail(&t, "design_effect"), 5. / 3, 1e-15);
    cr_expect(strstr(t.result.finding, "of 19 attempts") && strstr(t.result.finding, "Only 19 of 2000"), "%s",
              t.result.finding);
    cr_expect_str_eq(strbuf_text(&t.evidence), "train,0,privacy.singling_out.univariate,univariate,2\n"
                                               "train,1,privacy.singling_out.univariate,univariate,1\n"
                                               "holdout,0,privacy.singling_out.univariate,univariate,1\n"
                                               "holdout,19,privacy.singling_out.univariate,univariate,1\n");
    trial_free(&t);
}

/* AT17: an exact copy has risk 1 in both attacks, with train as large as the holdout, larger and smaller; the test is sure. A
 * math error elsewhere. */
Test(singling_out, exact_copy)
{
    static const size_t holdouts[] = {1200, 500, 2000};

    for (size_t k = 0; k < 6; k++) {
        struct trial t;

        trial_new(&t, mixed, MIXED, 1200, holdouts[k / 2], 1200);
        mixed_fill(t.train, 1);
        mixed_fill(t.holdout, 2);
        copy_rows(t.subject, t.train, 0);
        trial_run(&t, k % 2 ? multivariate : univariate);
        cr_assert_eq(t.status, 0, "%s", t.error.message);
        cr_expect(t.result.value == 1 && t.result.hi == 1 && t.result.lo > .8, "case %zu: %g [%g, %g]", k, t.result.value,
                  t.result.lo, t.result.hi);
        cr_expect_float_eq(detail(&t, "p_value"), 1. / 2000, 1e-12);
        cr_expect_eq(detail(&t, "successes"), detail(&t, "n"));
        cr_expect_gt(detail(&t, "n"), 40);
        cr_expect_null(t.result.unreliable);
        trial_free(&t);
    }
}

/* AT20 in small: fresh rows, equal and unequal sizes; the lower end is above 0 in at most 2.5 % + 3 SE, p ≤ .05 in at most 5 %
 * + 3 SE; the attack beats random guesses (all of these runs are of the multivariate one, 300 predicates). */
Test(singling_out, fresh_rows_raise_no_alarm)
{
    enum { RUNS = 120 };
    size_t alarms = 0, small = 0, weak = 0;

    for (uint64_t seed = 0; seed < RUNS; seed++) {
        struct trial t;

        trial_new(&t, mixed, MIXED, seed % 2 ? 300 : 500, 300, 300);
        t.seed = seed;
        t.asked = 300;
        mixed_fill(t.train, 3 * seed + 10);
        mixed_fill(t.holdout, 3 * seed + 11);
        mixed_fill(t.subject, 3 * seed + 12);
        trial_run(&t, multivariate);
        cr_assert_eq(t.status, 0, "%s", t.error.message);
        alarms += t.result.lo > 0;
        small += detail(&t, "p_value") <= .05;
        weak += t.result.unreliable != NULL;
        trial_free(&t);
    }
    cr_assert_leq((double)alarms, RUNS * (.025 + 3 * sqrt(.025 * .975 / RUNS)), "%zu alarms", alarms);
    cr_assert_leq((double)small, RUNS * (.05 + 3 * sqrt(.05 * .95 / RUNS)), "%zu small p", small);
    cr_assert_lt(weak, RUNS / 10, "%zu too weak", weak);
}

static void print_result(const struct trial *t, struct strbuf *out)
{
    json_print(t->result.details, out);
    strbuf_addf(out, "%.17g %.17g %.17g %s\n%s", t->result.value, t->result.lo, t->result.hi, t->result.finding,
                strbuf_text(&t->evidence));
}

/* The same bytes for 1, 2 and 7 threads and from run to run; another seed tries others. Fewer than asked is said, duplicates
 * count once: two columns of three levels have at most nine combinations. */
Test(singling_out, seeded_threads_and_duplicates)
{
    static const size_t threads[] = {1, 2, 7, 1};
    static const struct fake_column two[] = {{.name = "a", .type = COLUMN_CATEGORICAL, .levels = 3},
                                             {.name = "b", .type = COLUMN_CATEGORICAL, .levels = 3}};
    struct strbuf text[4] = {STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT};
    struct trial t;

    for (size_t k = 0; k < 4; k++) {
        trial_new(&t, mixed, MIXED, 700, 600, 800);
        t.threads = threads[k];
        t.seed = 5 + k / 3;
        mixed_fill(t.train, 1);
        mixed_fill(t.holdout, 2);
        mixed_fill(t.subject, 3);
        trial_run(&t, multivariate);
        print_result(&t, &text[k]);
        trial_free(&t);
    }
    cr_expect_str_eq(strbuf_text(&text[0]), strbuf_text(&text[1]));
    cr_expect_str_eq(strbuf_text(&text[0]), strbuf_text(&text[2]));
    cr_expect_str_neq(strbuf_text(&text[0]), strbuf_text(&text[3]));
    for (size_t k = 0; k < 4; k++)
        strbuf_free(&text[k]);
    trial_new(&t, two, 2, 40, 40, 23);
    for (size_t i = 0; i < 40; i++) {
        if (i < 23) { /* (0, 0) often; (1, 1) and (2, 1) once */
            fake_codes(t.subject, 0)[i] = i == 0 ? 1 : i == 1 ? 2 : 0;
            fake_codes(t.subject, 1)[i] = i < 2;
        }
        fake_codes(t.train, 0)[i] = i < 20 ? 0 : i < 21 ? 1 : 2;
        fake_codes(t.train, 1)[i] = (uint32_t)(i % 3);
        fake_codes(t.holdout, 0)[i] = (uint32_t)(i % 3);
        fake_codes(t.holdout, 1)[i] = 1;
    }
    trial_run(&t, multivariate);
    cr_assert_eq(t.status, 0, "%s", t.error.message);
    cr_expect_eq(t.result.n, 2);
    cr_expect(strstr(t.result.finding, "Only 2 of 2000"), "%s", t.result.finding);
    trial_free(&t);
}

/* What cannot be measured says why: constant columns, every row twice, all missing, no rows, one row, few strangers. */
Test(singling_out, nothing_to_try)
{
    static const struct {
        size_t rows, holdout;
        int fill;         /* 0: constant, 1: every row twice, 2: all missing, 3: drawn */
        int one, several; /* expected status */
    } cases[] = {{60, 60, 0, ERROR_UNMEASURABLE, ERROR_UNMEASURABLE},
                 {60, 60, 1, ERROR_UNMEASURABLE, ERROR_UNMEASURABLE},
                 {60, 60, 2, ERROR_UNMEASURABLE, ERROR_UNMEASURABLE},
                 {0, 60, 3, ERROR_UNMEASURABLE, ERROR_UNMEASURABLE},
                 {1, 60, 3, 0, ERROR_UNMEASURABLE},
                 {60, 19, 3, ERROR_UNMEASURABLE, ERROR_UNMEASURABLE},
                 {60, 60, 3, 0, 0}};

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (size_t m = 0; m < 2; m++) {
            struct trial t;

            trial_new(&t, mixed, MIXED, 60, cases[k].holdout, cases[k].rows);
            mixed_fill(t.train, 1);
            mixed_fill(t.holdout, 2);
            mixed_fill(t.subject, 3);
            for (size_t c = 0; c < MIXED && cases[k].fill < 3; c++)
                for (size_t i = 0; i < cases[k].rows; i++) {
                    size_t twin = cases[k].fill == 1 ? i / 2 * 2 : 0;

                    if (t.subject->columns[c].number)
                        fake_numbers(t.subject, c)[i] = cases[k].fill == 2 ? (double)NAN : t.subject->columns[c].number[twin];
                    else
                        fake_codes(t.subject, c)[i] = cases[k].fill == 2 ? CODE_MISSING : t.subject->columns[c].code[twin];
                }
            trial_run(&t, m ? multivariate : univariate);
            cr_expect_eq(t.status, m ? cases[k].several : cases[k].one, "case %zu, measure %zu: %d %s", k, m, t.status,
                         t.error.message);
            cr_expect(t.status == 0 || t.error.message[0]);
            trial_free(&t);
        }
}

/* 200 columns, half of them constant or missing: no crash, a number, and names with spaces, hyphens and quotes as any other. */
Test(singling_out, wide_tables)
{
    enum { WIDE = 200 };
    static struct fake_column columns[WIDE];
    static char names[WIDE][24];
    struct trial t;

    for (size_t c = 0; c < WIDE; c++) {
        snprintf(names[c], sizeof names[c], "col-%zu \"x' `y`", c);
        columns[c] = (struct fake_column){
            .name = names[c], .type = c % 2 ? COLUMN_NUMERIC : COLUMN_CATEGORICAL, .levels = c % 2 ? 0 : 5};
    }
    trial_new(&t, columns, WIDE, 150, 150, 150);
    for (size_t which = 0; which < 3; which++) {
        struct table *table = which == 0 ? t.train : which == 1 ? t.holdout : t.subject;
        struct random random;

        random_init(&random, which, "wide", 0, 0);
        for (size_t c = 0; c < WIDE; c++)
            for (size_t i = 0; i < 150; i++)
                if (c % 2)
                    fake_numbers(table, c)[i] = c % 8 == 1 ? 7 : c % 8 == 3 ? NAN : round(20 * random_normal(&random));
                else
                    fake_codes(table, c)[i] = c % 4 ? CODE_MISSING : (uint32_t)random_below(&random, 5);
    }
    for (size_t m = 0; m < 2; m++) {
        trial_run(&t, m ? multivariate : univariate);
        cr_assert_eq(t.status, 0, "%s", t.error.message);
        cr_expect(t.result.lo <= 0 && t.result.value < .15 && t.result.n > 300, "%g [%g, %g], n %zu", t.result.value,
                  t.result.lo, t.result.hi, t.result.n);
        cr_expect(!m || detail(&t, "attack") > .1, "queries fail silently elsewhere: %g", detail(&t, "attack"));
        if (m == 0)
            result_free(&t);
    }
    trial_free(&t);
}

/* Values far outside train's range: nothing ever succeeds, and the result says that it proves nothing. */
Test(singling_out, weak_attacks_are_called_weak)
{
    for (size_t m = 0; m < 2; m++) {
        struct trial t;

        trial_new(&t, mixed, MIXED, 400, 400, 400);
        mixed_fill(t.train, 1);
        mixed_fill(t.holdout, 2);
        mixed_fill(t.subject, 3);
        for (size_t i = 0; i < 400; i++)
            for (size_t c = 0; c < 3; c++)
                fake_numbers(t.subject, c)[i] = fake_numbers(t.subject, c)[i] * 10 + 1e6;
        trial_run(&t, m ? multivariate : univariate);
        cr_assert_eq(t.status, 0, "%s", t.error.message);
        cr_expect(t.result.value < .1 && t.result.unreliable && strstr(t.result.finding, "does not show"), "%g, %s",
                  t.result.value, t.result.finding);
        trial_free(&t);
    }
}

/* ---- real tables ---- */

/* law_school: the copies, and cart's values, stand out; fresh rows do not. */
Test(singling_out, real_tables)
{
    static const char *const names[] = {"reserve", "copy", "cart", "holdout"};
    static const char folder[] = "../shared/golden/pairs/law_school/";
    char path[6][200];
    const char *candidates[] = {path[2], path[3], path[4], path[5]};
    struct dataset_options options = {.train = path[0], .holdout = path[1], .candidates = candidates, .n_candidates = 4};
    struct dataset *data;
    struct error error = {0};

    if (access(folder, R_OK) != 0)
        cr_skip_test("../shared/golden is not here");
    snprintf(path[0], sizeof path[0], "%strain.csv", folder);
    snprintf(path[1], sizeof path[1], "%sholdout.csv", folder);
    for (size_t c = 0; c < 4; c++)
        snprintf(path[2 + c], sizeof path[2 + c], "%s%s.csv", folder, names[c]);
    cr_assert_eq(dataset_read(&data, &options, &error), 0, "%s", error.message);
    for (size_t c = 0; c < 8; c++) {
        struct trial t = {.train = data->train.table,
                          .holdout = data->holdout.table,
                          .subject = data->candidates[c / 2].table,
                          .schema = data->schema,
                          .seed = 1,
                          .threads = 1};
        const bool exact = c / 2 == 3; /* the holdout as the candidate: the strangers succumb, members do not */

        trial_run(&t, c % 2 ? multivariate : univariate);
        cr_assert_eq(t.status, 0, "%s", t.error.message);
        cr_expect(c / 2 == 1   ? t.result.lo > .2
                  : c / 2 == 2 ? t.result.lo > 0
                               : t.result.value < .1 && t.result.lo <= 0,
                  "%s %zu: %g [%g, %g]", names[c / 2], c % 2, t.result.value, t.result.lo, t.result.hi);
        cr_expect(!exact || t.result.unreliable, "%s", t.result.finding);
        result_free(&t);
        strbuf_free(&t.evidence);
    }
    dataset_free(data);
}
