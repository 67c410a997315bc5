/* Faults that reconstruction programs are known for, families of queries, and odd tables. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "attacks/reconstruction/solve.h"
#include "core/random.h"
#include "tests/unit/fake_table.h"

/* Random codes of `columns` columns with `levels` levels; *secret below `classes`. */
static struct query_table random_codes(struct arena *arena, size_t rows, size_t columns, const uint32_t *levels, uint64_t seed)
{
    struct random random;
    random_init(&random, seed, "test.faults", rows, columns);
    uint32_t **code = ARENA_ARRAY(arena, uint32_t *, columns);
    for (size_t a = 0; a < columns; a++) {
        code[a] = ARENA_ARRAY(arena, uint32_t, rows + 1);
        for (size_t i = 0; i < rows; i++)
            code[a][i] = (uint32_t)random_below(&random, levels[a]);
    }
    return (struct query_table){rows, columns, (const uint32_t *const *)code, levels};
}

static struct query_set build(const struct query_table *real, const struct query_table *drawn, const uint32_t *secret,
                              const struct query_options *options, struct arena *arena)
{
    struct query_set set;
    struct error error = {.message = ""};
    cr_assert_eq(query_set_build(real, drawn, secret, 2, options, arena, &set, &error), 0, "%s", error.message);
    return set;
}

static struct guesses find(const struct query_set *set, const struct solve_options *options, struct arena *arena)
{
    struct guesses guesses;
    struct error error = {.message = ""};
    cr_assert_eq(guesses_find(set, options, arena, &guesses, &error), 0, "%s", error.message);
    return guesses;
}

/* A mixture asks what its members ask, one after the other. */
Test(reconstruction_faults, mixtures)
{
    static const uint32_t levels[] = {3, 2, 4, 3, 2};
    struct arena *arena = arena_new();
    struct query_table real = random_codes(arena, 80, 5, levels, 1), drawn = random_codes(arena, 60, 5, levels, 2);
    uint32_t secret[60];
    for (uint32_t i = 0; i < 60; i++)
        secret[i] = i % 3 == 0;
    struct query_options options = {.order = 3, .least_order = 1, .stream = "test"};
    struct query_set all = build(&real, &drawn, secret, &options, arena);
    size_t from = 0, sets = 0;
    for (size_t order = 1; order <= 3; order++) {
        options = (struct query_options){.order = order, .stream = "test"};
        struct query_set one = build(&real, &drawn, secret, &options, arena);
        for (size_t j = 0; j < one.matrix.rows; j++) {
            size_t length = one.matrix.start[j + 1] - one.matrix.start[j], at = all.matrix.start[from + j];
            cr_assert_eq(length, all.matrix.start[from + j + 1] - at);
            cr_assert_eq(memcmp(one.matrix.index + one.matrix.start[j], all.matrix.index + at, length * sizeof(uint32_t)), 0);
            cr_expect_eq(query_answer(&one, j, 1), query_answer(&all, from + j, 1));
        }
        from += one.matrix.rows;
        sets += one.sets;
    }
    cr_expect_eq(from, all.matrix.rows);
    cr_expect_eq(all.all_sets, 5 + 10 + 10);
    cr_expect_eq(sets, all.sets);
    options = (struct query_options){.order = 3, .least_order = 1, .max_entries = 80 * 7, .stream = "test"};
    cr_expect_eq(build(&real, &drawn, secret, &options, arena).sets, 7);
    options = (struct query_options){.order = 2, .least_order = 3, .stream = "test"};
    cr_expect_eq(query_set_build(&real, &drawn, secret, 2, &options, arena, &all, NULL), ERROR_UNMEASURABLE);
    arena_free(arena);
}

/* One column with the values 0, 0, 1, 1, 1, 2 of six records; synthetic rows: value 0 four times, with the secret once; 1 six
 * times, with it three times; 2 never. Answers by hand, with weights 1/(N^2 p (1 − p)/M + .05). */
Test(reconstruction_faults, answers)
{
    static const uint32_t levels[] = {3}, real_code[] = {0, 0, 1, 1, 1, 2}, drawn_code[] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1},
                          secret[] = {1, 0, 0, 0, 1, 1, 1, 0, 0, 0};
    const uint32_t *real_columns[] = {real_code}, *drawn_columns[] = {drawn_code};
    struct query_table real = {6, 1, real_columns, levels}, drawn = {10, 1, drawn_columns, levels};
    static const struct {
        enum query_answers answers;
        bool unsupported;
        size_t queries;
        double answer[3], weight[3];
    } cases[] = {
        {ANSWERS_CONDITIONAL, false, 2, {2 * .25, 3 * .5}, {1 / (4 * .25 * .75 / 4 + .05), 1 / (9 * .25 / 6 + .05)}},
        {ANSWERS_CONDITIONAL, true, 3, {2 * .25, 3 * .5, 0}, {1 / (4 * .25 * .75 / 4 + .05), 1 / (9 * .25 / 6 + .05), 20}},
        {ANSWERS_NORMAL, false, 2, {.6, 1.8}, {1 / (36 * .1 * .9 / 10 + .05), 1 / (36 * .3 * .7 / 10 + .05)}},
        {ANSWERS_NORMAL, true, 3, {.6, 1.8, 0}, {1 / (36 * .1 * .9 / 10 + .05), 1 / (36 * .3 * .7 / 10 + .05), 20}}};
    struct arena *arena = arena_new();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct query_options options = {
            .order = 1, .stream = "test", .answers = cases[k].answers, .unsupported = cases[k].unsupported};
        struct query_set set = build(&real, &drawn, secret, &options, arena);
        cr_assert_eq(set.matrix.rows, cases[k].queries, "case %zu: %zu queries", k, set.matrix.rows);
        for (size_t j = 0; j < set.matrix.rows; j++) {
            cr_expect_float_eq(query_answer(&set, j, 1), cases[k].answer[j], 1e-12, "case %zu query %zu", k, j);
            cr_expect_float_eq(query_weight(&set, j, 1), cases[k].weight[j], 1e-9, "case %zu query %zu", k, j);
        }
    }
    /* Fault: zero for queries without data. Nothing is known of record 5; the published rule calls it a certain 0. */
    for (size_t solver = SOLVER_L1; solver <= SOLVER_LEAST_SQUARES; solver++)
        for (size_t compat = 0; compat < 2; compat++) {
            struct query_options options = {.order = 1, .stream = "test", .unsupported = compat};
            struct query_set set = build(&real, &drawn, secret, &options, arena);
            struct solve_options how = {.solver = (enum solver)solver, .work = 1e8, .ranges = true, .unweighted = compat};
            struct guesses guesses = find(&set, &how, arena);
            cr_expect_float_eq(guesses.score[2 * 5 + 1], compat ? 0 : .5, 1e-6, "score %g", guesses.score[2 * 5 + 1]);
            if (solver == SOLVER_L1) {
                cr_expect_eq(guesses.undetermined[5], !compat);
                cr_expect_float_eq(guesses.greatest[2 * 5 + 1] - guesses.least[2 * 5 + 1], compat ? 0 : 1, 1e-6);
            }
            cr_expect_float_eq(guesses.score[1] + guesses.score[3], .5, 1e-4, "the sum over the two twins");
            cr_expect_float_eq(guesses.least[1], 0, 1e-4);
            cr_expect_float_eq(guesses.greatest[1], .5, 1e-4);
            cr_expect_float_eq(guesses.least[0], .5, 1e-4, "the other class mirrors it");
        }
    arena_free(arena);
}

/* Fault: a coin is tossed when the solver fails. Here an interrupted solve is an error, and what no query says is undetermined,
 * the same at every call. */
Test(reconstruction_faults, no_coin_is_tossed)
{
    static const uint32_t levels[] = {2, 2}, one_level[] = {0, 0, 0, 0};
    const uint32_t *columns[] = {one_level, one_level};
    struct query_table real = {4, 2, columns, levels}, drawn = {4, 2, columns, levels};
    static const uint32_t secret[] = {1, 0, 1, 0};
    struct query_options options = {.order = 2, .stream = "test"};
    struct arena *arena = arena_new();
    struct error error;
    struct query_set set = build(&real, &drawn, secret, &options, arena);
    for (size_t solver = SOLVER_L1; solver <= SOLVER_LEAST_SQUARES; solver++) {
        struct solve_options how = {.solver = (enum solver)solver, .work = 1e8, .ranges = true};
        struct guesses one = find(&set, &how, arena), two = find(&set, &how, arena);
        cr_expect_eq(one.n_undetermined, 4);
        cr_expect_eq(memcmp(one.score, two.score, 8 * sizeof(double)), 0);
        for (size_t i = 0; i < 8; i++) {
            cr_expect_float_eq(one.score[i], .5, 1e-9, "half of the records have it, nothing says which");
            cr_expect_float_eq(one.least[i], 0, 1e-9);
            cr_expect_float_eq(one.greatest[i], 1, 1e-9);
        }
    }
    struct guesses guesses;
    cancel_request();
    cr_expect_eq(guesses_solve(&set, SOLVER_L1, 1e8, arena, &guesses, &error), ERROR_CANCELLED);
    arena_free(arena);
}

/* AT12 through the whole attack: with all labels flipped every score is mirrored, for both solvers and both kinds of answers of
 * a query whose records are known. */
Test(reconstruction_faults, flipped_labels_mirror)
{
    static const uint32_t levels[] = {3, 4, 2, 5};
    struct arena *arena = arena_new();
    struct query_table real = random_codes(arena, 60, 4, levels, 5), drawn = random_codes(arena, 300, 4, levels, 6);
    uint32_t secret[300], flipped[300];
    for (uint32_t i = 0; i < 300; i++) {
        secret[i] = drawn.code[0][i] == 1 || i % 3 == 0;
        flipped[i] = 1 - secret[i];
    }
    struct query_options options = {.order = 2, .least_order = 1, .stream = "test"};
    struct query_set one = build(&real, &drawn, secret, &options, arena),
                     other = build(&real, &drawn, flipped, &options, arena);
    for (size_t solver = SOLVER_L1; solver <= SOLVER_LEAST_SQUARES; solver++) {
        struct solve_options how = {.solver = (enum solver)solver, .work = 1e9, .ranges = true};
        struct guesses a = find(&one, &how, arena), b = find(&other, &how, arena);
        double slack = solver == SOLVER_L1 ? 1e-6 : 2e-3; /* least squares stop at a relative gradient of 1e-5 */
        for (size_t i = 0; i < 60; i++) {
            cr_expect_float_eq(a.least[2 * i + 1], 1 - b.greatest[2 * i + 1], slack, "record %zu", i);
            if (!a.undetermined[i])
                cr_expect_float_eq(a.score[2 * i + 1], 1 - b.score[2 * i + 1], slack, "record %zu: %g and %g", i,
                                   a.score[2 * i + 1], b.score[2 * i + 1]);
        }
    }
    arena_free(arena);
}

/* Fault: a dense matrix of records x queries. 8,000 records and 14,000 queries would be 900 MB, their normal matrix 500 MB. */
Test(reconstruction_faults, memory_is_linear)
{
    enum { RECORDS = 8000, COLUMNS = 16 };
    uint32_t levels[COLUMNS], *secret = calloc(RECORDS, sizeof *secret);
    struct arena *arena = arena_new();
    for (uint32_t a = 0; a < COLUMNS; a++)
        levels[a] = 8 + a % 10;
    struct query_table real = random_codes(arena, RECORDS, COLUMNS, levels, 7);
    for (size_t i = 0; i < RECORDS; i++)
        secret[i] = real.code[3][i] > 4;
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    struct query_options options = {.order = 2, .stream = "test"};
    struct query_set set = build(&real, &real, secret, &options, arena);
    struct guesses guesses;
    cr_assert_eq(guesses_solve(&set, solver_choose(RECORDS, 2, 2000), 1e7, arena, &guesses, NULL), 0);
    getrusage(RUSAGE_SELF, &after);
    cr_expect_gt(set.matrix.rows, 12000);
    cr_expect_lt(after.ru_maxrss - before.ru_maxrss, 200 * 1024, "%ld kB", after.ru_maxrss - before.ru_maxrss);
    cr_expect(guesses.gap >= 0 && guesses.gap <= guesses.objective, "gap %g of %g", guesses.gap, guesses.objective);
    free(secret);
    arena_free(arena);
}
