/* Pairs a second of the neighbour engine on one core, 15 mixed columns, against the naive double loop. Median of three runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/random.h"
#include "numeric/neighbours_layout.h"

#define COLUMNS 15
#define RUNS    3

struct made {
    struct neighbour_columns columns;
    struct neighbour_column column[COLUMNS];
};

/* 8 numeric columns, most of them driven by two hidden factors, and 7 categorical ones of 2 to 30 skewed levels; or noise. */
static void make_table(struct made *made, struct arena *arena, size_t rows, uint64_t seed, bool noise)
{
    made->columns = (struct neighbour_columns){rows, COLUMNS, made->column, NULL};
    for (size_t j = 0; j < COLUMNS; j++) {
        double *value = ARENA_ARRAY(arena, double, rows);
        uint32_t *code = ARENA_ARRAY(arena, uint32_t, rows);

        for (size_t i = 0; i < rows; i++) {
            struct random random;
            double factor[2], x;

            random_init(&random, seed, "bench", i, 0);
            factor[0] = random_normal(&random);
            factor[1] = random_normal(&random);
            random_init(&random, seed, "bench", i, 1 + j);
            x = noise ? random_normal(&random) : .8 * factor[j % 2] + .6 * random_normal(&random);
            value[i] = j % 4 ? x : floor(10 * x);
            code[i] = (uint32_t)floor((2 + 4 * (double)(j / 2)) * pow(.5 * erfc(x), 2));
        }
        made->column[j] = j % 2 ? (struct neighbour_column){NULL, code} : (struct neighbour_column){value, NULL};
    }
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median_time(const struct neighbour_kernel *scan, const struct neighbour_table *a, const struct neighbour_table *b,
                          struct neighbour_options options)
{
    double time[RUNS];

    for (size_t run = 0; run < RUNS; run++) {
        struct arena *arena = arena_new();
        struct neighbour_list forward, backward;
        double start = seconds();

        if (neighbour_search_with(scan, a, b, options, NULL, arena, &forward, &backward, NULL))
            exit(1);
        time[run] = seconds() - start;
        arena_free(arena);
    }
    qsort(time, RUNS, sizeof *time, compare);
    return time[RUNS / 2];
}

static double naive_time(const struct neighbour_table *a, const struct neighbour_table *b, size_t rows)
{
    double start = seconds(), sum = 0;

    for (size_t i = 0; i < rows; i++) {
        double best = INFINITY;

        for (size_t j = 0; j < b->rows; j++)
            best = fmin(best, neighbour_distance(a, i, b, j));
        sum += best;
    }
    return sum >= 0 ? seconds() - start : 0;
}

int main(void)
{
    static const struct {
        const char *what;
        struct neighbour_options options;
    } searches[] = {{"k = 1", {1, false, false}}, {"k = 1, both directions", {1, false, true}}, {"k = 20", {20, false, false}}};
    const size_t rows = 12000;

    for (int noise = 0; noise < 2; noise++) {
        struct arena *arena = arena_new();
        struct made train, other;
        const struct neighbour_scale *scale;
        const struct neighbour_table *a, *b;
        double pairs = (double)rows * (double)rows, start;

        make_table(&train, arena, rows, 1, noise);
        make_table(&other, arena, rows, 2, noise);
        start = seconds();
        if (neighbour_scale_fit(NEIGHBOUR_RANK_GOWER, &train.columns, arena, &scale, NULL) ||
            neighbour_encode(scale, &train.columns, arena, &a, NULL) ||
            neighbour_encode(scale, &other.columns, arena, &b, NULL))
            return 1;
        printf("neighbours, %s columns: coding two tables of %zu rows x %d columns: %.3f s\n",
               noise ? "independent" : "related", rows, COLUMNS, seconds() - start);
        printf("  %-36s %.2e pairs/s\n", "naive double loop", 100.0 * (double)rows / naive_time(a, b, 100));
        for (size_t s = 0; s < sizeof searches / sizeof *searches; s++) {
            printf("  %-24s plain C     %.2e pairs/s\n", searches[s].what,
                   pairs / median_time(&neighbour_kernel_plain, a, b, searches[s].options));
            if (neighbour_has_avx2())
                printf("  %-24s AVX2        %.2e pairs/s\n", searches[s].what,
                       pairs / median_time(&neighbour_kernel_avx2, a, b, searches[s].options));
        }
        arena_free(arena);
    }
    return 0;
}
