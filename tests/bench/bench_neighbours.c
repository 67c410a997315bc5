/* The neighbour engine on one core, in CPU seconds (the machine may be shared): growth over rows and columns, with a naive
 * double loop in the same run (over some rows, scaled to all), then its tasks at one size, with AVX2 and without.
 *
 *   bench_neighbours           up to 64,000 rows, under 40 s
 *   bench_neighbours ROWS      one more table of that many rows, e.g. 1000000 (related and independent columns only) */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/random.h"
#include "numeric/neighbours_layout.h"
#include "tests/bench/growth.h"

#define MAX_COLUMNS 100
#define RUNS        3
#define SLOW        1.0 /* seconds: what takes longer is run once */
#define NAIVE_PAIRS 3e6

enum shape { RELATED, INDEPENDENT, NOISE };

static const char *const shape_names[] = {"related", "independent", "continuous noise"};

struct made {
    struct neighbour_columns columns;
    struct neighbour_column column[MAX_COLUMNS];
};

/* RELATED: half the columns numeric, most of them driven by two hidden factors, half categorical with 2 to 30 skewed levels;
 * INDEPENDENT: the same without the factors; NOISE: normal numbers, the worst case of any tree. */
static void make_table(struct made *made, struct arena *arena, enum shape shape, size_t rows, size_t n_columns, uint64_t seed)
{
    made->columns = (struct neighbour_columns){rows, n_columns, made->column, NULL};
    for (size_t j = 0; j < n_columns; j++) {
        bool numeric = shape == NOISE || j % 2 == 0;
        double *value = numeric ? ARENA_ARRAY(arena, double, rows) : NULL;
        uint32_t *code = numeric ? NULL : ARENA_ARRAY(arena, uint32_t, rows);

        for (size_t i = 0; i < rows; i++) {
            struct random random;
            double factor, x;

            random_init(&random, seed, "bench", i, j % 2);
            factor = random_normal(&random);
            random_init(&random, seed, "bench", i, 2 + j);
            x = random_normal(&random);
            x = shape == RELATED ? .8 * factor + .6 * x : x;
            if (numeric)
                value[i] = shape == NOISE || j % 4 ? x : floor(10 * x);
            else
                code[i] = (uint32_t)floor((2 + 4 * (double)(j / 2 % 8)) * pow(.5 * erfc(x), 2));
        }
        made->column[j] = (struct neighbour_column){value, code};
    }
}

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Two coded tables. */
struct pair {
    struct arena *arena;
    struct made made[2];
    const struct neighbour_table *a, *b;
    double seconds; /* of coding */
};

static void pair_new(struct pair *pair, enum neighbour_metric metric, enum shape shape, size_t rows, size_t n_columns)
{
    const struct neighbour_scale *scale;
    double start;

    pair->arena = arena_new();
    make_table(&pair->made[0], pair->arena, shape, rows, n_columns, 1);
    make_table(&pair->made[1], pair->arena, shape, rows, n_columns, 2);
    start = cpu_seconds();
    if (neighbour_scale_fit(metric, &pair->made[0].columns, pair->arena, &scale, NULL) ||
        neighbour_encode(scale, &pair->made[0].columns, pair->arena, &pair->a, NULL) ||
        neighbour_encode(scale, &pair->made[1].columns, pair->arena, &pair->b, NULL))
        exit(1);
    pair->seconds = cpu_seconds() - start;
}

typedef void work(const struct neighbour_kernel *kernel, const struct pair *pair, void *context);

static double median_seconds(work *run, const struct neighbour_kernel *kernel, const struct pair *pair, void *context)
{
    double time[RUNS];
    size_t runs = 0;

    do {
        double start = cpu_seconds();

        run(kernel, pair, context);
        time[runs++] = cpu_seconds() - start;
    } while (runs < RUNS && time[0] < SLOW);
    qsort(time, runs, sizeof *time, compare);
    return time[runs / 2];
}

static void search(const struct neighbour_kernel *kernel, const struct pair *pair, void *context)
{
    const struct neighbour_options *options = context;
    struct arena *arena = arena_new();
    struct neighbour_list forward, backward;

    if (neighbour_search_with(kernel, pair->a, options->exclude_self ? pair->a : pair->b, *options, NULL, arena, &forward,
                              &backward, NULL))
        exit(1);
    arena_free(arena);
}

static void count_balls(const struct neighbour_kernel *kernel, const struct pair *pair, void *context)
{
    struct arena *arena = arena_new();
    struct neighbour_balls balls;

    if (neighbour_count_balls_with(kernel, pair->b, pair->a, context, NULL, arena, &balls, NULL))
        exit(1);
    arena_free(arena);
}

/* Rows side by side as a plain program has them: numbers, and codes as numbers; divisors as the engine's. */
static double *plain_rows(const struct neighbour_columns *columns)
{
    double *rows = calloc(columns->rows * columns->n_columns + 1, sizeof *rows);

    for (size_t i = 0; rows && i < columns->rows; i++)
        for (size_t j = 0; j < columns->n_columns; j++)
            rows[i * columns->n_columns + j] =
                columns->column[j].value ? columns->column[j].value[i] : (double)columns->column[j].code[i];
    return rows;
}

static double plain_gower(const double *x, const double *y, const double *divisor, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++) {
        double part = fabs(x[j] - y[j]) / divisor[j];

        sum += part < 1 ? part : 1;
    }
    return sum / (double)n;
}

/* Seconds that a double loop would take for all rows (GOWER). */
static double naive_seconds(const struct pair *pair)
{
    const struct neighbour_columns *a = &pair->made[0].columns, *b = &pair->made[1].columns;
    double *x = plain_rows(a), *y = plain_rows(b), start, sum = 0;
    size_t n = a->n_columns, some = (size_t)(NAIVE_PAIRS / (double)b->rows) + 1;

    if (!x || !y)
        exit(1);
    some = some < a->rows ? some : a->rows;
    start = cpu_seconds();
    for (size_t i = 0; i < some; i++) {
        double best = INFINITY;

        for (size_t k = 0; k < b->rows; k++) {
            double d = plain_gower(x + i * n, y + k * n, pair->a->scale->divisor, n);

            best = d < best ? d : best;
        }
        sum += best;
    }
    start = (cpu_seconds() - start) * (double)a->rows / (double)some;
    free(x);
    free(y);
    return sum >= 0 ? start : 0;
}

/* One line: nearest row of each of `rows` rows among as many. Returns the seconds of the search. */
static double line(enum shape shape, size_t rows, size_t n_columns)
{
    struct neighbour_options options = {.k = 1};
    struct pair pair;
    double seconds, naive, pairs = (double)rows * (double)rows;

    pair_new(&pair, NEIGHBOUR_GOWER, shape, rows, n_columns);
    seconds = median_seconds(search, neighbour_kernel_best(), &pair, &options);
    naive = naive_seconds(&pair);
    printf("  %-16s %8zu %4zu   coding %7.3f s   search %8.4f s   %8.2e pairs/s   naive %10.2f s   %6.0f times\n",
           shape_names[shape], rows, n_columns, pair.seconds, seconds, pairs / seconds, naive, naive / seconds);
    fflush(stdout);
    arena_free(pair.arena);
    return seconds;
}

static void growth_over_rows(enum shape shape, size_t most)
{
    double x[8], y[8];
    size_t n = 0;

    for (size_t rows = 1000; rows <= 64000; rows *= 4, n++) {
        x[n] = (double)rows;
        y[n] = line(shape, rows, 15);
    }
    if (most > 64000 && shape != NOISE) {
        x[n] = (double)most;
        y[n++] = line(shape, most, 15);
    }
    printf("  %-16s time grows with rows to the power %.2f (naive: 2)\n", shape_names[shape], growth_exponent(x, y, n));
}

static void growth_over_columns(enum shape shape)
{
    static const size_t columns[] = {5, 15, 40, 100};
    double x[4], y[4];

    for (size_t i = 0; i < 4; i++) {
        x[i] = (double)columns[i];
        y[i] = line(shape, 8000, columns[i]);
    }
    printf("  %-16s time grows with columns to the power %.2f (naive: 1)\n", shape_names[shape], growth_exponent(x, y, 4));
}

static void task_line(const char *what, work *run, const struct pair *pair, void *context)
{
    printf("  %-44s plain C %8.4f s", what, median_seconds(run, &neighbour_kernel_plain, pair, context));
    if (neighbour_has_avx2())
        printf("   AVX2 %8.4f s", median_seconds(run, &neighbour_kernel_avx2, pair, context));
    printf("\n");
    fflush(stdout);
}

static void tasks(size_t rows)
{
    struct neighbour_options nearest = {1, false, false}, both = {1, false, true}, many = {20, false, false};
    struct neighbour_options self = {5, true, false};
    struct neighbour_list list;
    struct pair pair;
    double *radius;

    printf("tasks, %zu rows, 15 related columns\n", rows);
    pair_new(&pair, NEIGHBOUR_RANK_GOWER, RELATED, rows, 15);
    task_line("rank-Gower, nearest row", search, &pair, &nearest);
    task_line("rank-Gower, nearest row, both directions", search, &pair, &both);
    task_line("rank-Gower, 20 nearest rows", search, &pair, &many);
    arena_free(pair.arena);
    pair_new(&pair, NEIGHBOUR_EUCLIDEAN, RELATED, rows, 15);
    task_line("Euclidean, 5 nearest other rows", search, &pair, &self);
    radius = ARENA_ARRAY(pair.arena, double, rows);
    if (!radius || neighbour_search(pair.a, pair.a, self, NULL, pair.arena, &list, NULL, NULL))
        exit(1);
    for (size_t i = 0; i < rows; i++)
        radius[i] = list.distance[i * 5 + 4];
    task_line("Euclidean, rows in balls of that radius", count_balls, &pair, radius);
    arena_free(pair.arena);
}

int main(int argc, char **argv)
{
    size_t most = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;

    printf("neighbours: exact nearest row (Gower, k = 1) of every row of one table in another, one core, CPU seconds\n");
    printf("  %-16s %8s %4s\n", "columns are", "rows", "columns");
    for (enum shape shape = RELATED; shape <= NOISE; shape++)
        growth_over_rows(shape, most);
    growth_over_columns(RELATED);
    growth_over_columns(NOISE);
    tasks(12000);
    return 0;
}
