/* Sets a second of the counting engine: triples of columns in two tables of rows at once, value alone and with what intervals
 * need, on one core and on all, against a naive loop (a table allocated for each set, codes of four bytes, one set at a time)
 * in the same run. By rows at 15 columns, by columns at 24,000 rows, with fitted growth exponents. Argument: the most rows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/random.h"
#include "numeric/counting.h"
#include "tests/bench/growth.h"

enum { SETS_MOST = 1000, K = 3, SIZES_MOST = 8 };

struct made {
    size_t rows, columns, sets;
    uint32_t *levels, **code[2];
    struct packed_table table[2];
    uint32_t *member;
    struct arena *arena;
};

static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Columns of 2 to 20 levels, every third of 13 (a number cut at deciles), all driven by one hidden factor. */
static int make_tables(struct made *made, size_t rows, size_t columns)
{
    struct random random;

    *made = (struct made){.rows = rows, .columns = columns, .arena = arena_new()};
    made->levels = ARENA_ARRAY(made->arena, uint32_t, columns);
    random_init(&random, 1, "bench", rows, columns);
    for (size_t j = 0; j < columns; j++)
        made->levels[j] = j % 3 ? 2 + (uint32_t)(j * 7 % 19) : 13;
    for (size_t side = 0; side < 2; side++) {
        made->code[side] = ARENA_ARRAY(made->arena, uint32_t *, columns);
        made->table[side] = (struct packed_table){rows, columns, ARENA_ARRAY(made->arena, struct packed_column, columns)};
        for (size_t j = 0; j < columns; j++)
            made->code[side][j] = ARENA_ARRAY(made->arena, uint32_t, rows);
        for (size_t i = 0; i < rows; i++) {
            double hidden = random_uniform(&random);
            for (size_t j = 0; j < columns; j++)
                made->code[side][j][i] = (uint32_t)((hidden + random_uniform(&random)) / 2 * made->levels[j]);
        }
        for (size_t j = 0; j < columns; j++)
            if (column_pack(made->code[side][j], rows, made->levels[j], made->arena, &made->table[side].column[j], NULL))
                return 1;
    }
    return 0;
}

/* All triples, or a regular choice of SETS_MOST of them. */
static void make_sets(struct made *made)
{
    size_t n = made->columns, of = n * (n - 1) * (n - 2) / 6, step = of / SETS_MOST + (of % SETS_MOST != 0), number = 0;

    made->member = ARENA_ARRAY(made->arena, uint32_t, K * (of / step + 1));
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = a + 1; b < n; b++)
            for (uint32_t c = b + 1; c < n; c++)
                if (number++ % step == 0) {
                    const uint32_t set[K] = {a, b, c};
                    for (size_t j = 0; j < K; j++)
                        made->member[K * made->sets + j] = set[j];
                    made->sets++;
                }
}

static double naive_set(const struct made *made, const uint32_t *member)
{
    size_t b = made->levels[member[1]], c = made->levels[member[2]], cells = made->levels[member[0]] * b * c;
    double distance = 0, *share[2];

    for (size_t side = 0; side < 2; side++) {
        uint32_t **code = made->code[side];
        share[side] = calloc(cells, sizeof **share);
        if (!share[side])
            exit(1);
        for (size_t i = 0; i < made->rows; i++)
            share[side][(code[member[0]][i] * b + code[member[1]][i]) * c + code[member[2]][i]] += 1;
    }
    for (size_t cell = 0; cell < cells; cell++)
        distance += fabs(share[0][cell] - share[1][cell]) / (2 * (double)made->rows);
    free(share[0]);
    free(share[1]);
    return distance;
}

/* Sets a second of processor time, over as many sets as pass over 20 million rows. */
static double naive_speed(const struct made *made, const struct joint_gap *gaps)
{
    size_t sets = 20000000 / made->rows, done = 0;
    double start = seconds(CLOCK_PROCESS_CPUTIME_ID);

    for (size_t s = 0; s < sets; s++, done++)
        if (fabs(naive_set(made, made->member + K * (s % made->sets)) - gaps[s % made->sets].gap.distance) > 1e-9)
            exit(1);
    return (double)done / (seconds(CLOCK_PROCESS_CPUTIME_ID) - start);
}

/* Sets a second: the best of three rounds of at least .05 s. One core by processor time, several by the clock. */
static double engine_speed(const struct made *made, struct pool *pool, bool interval, struct joint_gap *gaps)
{
    const struct column_sets sets = {K, made->sets, made->member};
    const clockid_t clock = pool ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
    double *sums = calloc(2 * made->rows, sizeof *sums), best = 0;
    const struct influence influence = {sums, sums ? sums + made->rows : NULL};

    if (!sums)
        exit(1);
    for (size_t round = 0; round < 3; round++) {
        double start = seconds(clock), done = 0;
        while (seconds(clock) - start < 0.05 || done == 0) {
            if (counting_gaps_pooled(&made->table[0], &made->table[1], &sets, pool, gaps, interval ? &influence : NULL, NULL,
                                     NULL))
                exit(1);
            done += (double)made->sets;
        }
        best = fmax(best, done / (seconds(clock) - start));
    }
    free(sums);
    return best;
}

static int run_series(const size_t (*sizes)[2], size_t n, bool by_rows, struct pool *pool)
{
    double x[SIZES_MOST], time[SIZES_MOST], full[SIZES_MOST];

    printf("%8s %8s %6s %10s %10s %14s %11s %14s %8s\n", "rows", "columns", "sets", "naive", "1 core", "with interval",
           "all cores", "with interval", "s a run");
    for (size_t i = 0; i < n; i++) {
        struct made made;
        if (make_tables(&made, sizes[i][0], sizes[i][1]))
            return 1;
        make_sets(&made);
        struct joint_gap *gaps = ARENA_ARRAY(made.arena, struct joint_gap, made.sets);
        double one = engine_speed(&made, NULL, false, gaps), naive = naive_speed(&made, gaps);
        double one_interval = engine_speed(&made, NULL, true, gaps);
        double all = engine_speed(&made, pool, false, gaps), interval = engine_speed(&made, pool, true, gaps);
        printf("%8zu %8zu %6zu %10.0f %10.0f %14.0f %11.0f %14.0f %8.3f\n", made.rows, made.columns, made.sets, naive, one,
               one_interval, all, interval, (double)made.sets / interval);
        fflush(stdout);
        x[i] = (double)(by_rows ? made.rows : made.columns);
        time[i] = 1 / one;
        full[i] = 1 / one_interval;
        arena_free(made.arena);
    }
    printf("time a set grows with %s to the power %.2f (value alone, one core), %.2f (with interval)\n\n",
           by_rows ? "rows" : "columns", growth_exponent(x, time, n), growth_exponent(x, full, n));
    return 0;
}

int main(int argc, char **argv)
{
    const size_t most = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    const size_t rows[][2] = {{1000, 15}, {10000, 15}, {24000, 15}, {100000, 15}, {1000000, 15}};
    const size_t columns[][2] = {{24000, 5}, {24000, 10}, {24000, 15}, {24000, 30}, {24000, 100}};
    struct pool *pool = NULL;
    size_t n = 0;

    while (n < sizeof rows / sizeof *rows && rows[n][0] <= most)
        n++;
    if (pool_new(&pool, 0, NULL))
        return 1;
    printf("joint tables of three columns in two tables of rows, sets a second (%zu threads):\n", pool_threads(pool));
    int status = run_series(rows, n, true, pool);
    if (status == 0)
        status = run_series(columns, sizeof columns / sizeof *columns, false, pool);
    pool_free(pool);
    return status;
}
