/* Solvers of linear reconstruction: CPU seconds on random populations with 16 or 30 attributes, bootstrap rows, 3-way queries.
 */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "attacks/reconstruction/queries.h"
#include "core/random.h"
#include "numeric/boxls.h"
#include "numeric/l1.h"

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct population {
    struct query_table real, synthetic;
    uint32_t *truth, *secret;
};

static struct population draw(struct arena *arena, size_t n, size_t rows, size_t columns, uint32_t most_levels)
{
    struct random random;
    random_init(&random, 1, "bench.l1", n, rows);
    uint32_t **real = ARENA_ARRAY(arena, uint32_t *, columns), **synthetic = ARENA_ARRAY(arena, uint32_t *, columns);
    uint32_t *levels = ARENA_ARRAY(arena, uint32_t, columns), *pick = ARENA_ARRAY(arena, uint32_t, rows);
    struct population p = {.truth = ARENA_ARRAY(arena, uint32_t, n), .secret = ARENA_ARRAY(arena, uint32_t, rows)};
    for (size_t i = 0; i < n; i++)
        p.truth[i] = (uint32_t)random_below(&random, 2);
    for (size_t i = 0; i < rows; i++) {
        pick[i] = (uint32_t)random_below(&random, n);
        p.secret[i] = p.truth[pick[i]];
    }
    for (size_t a = 0; a < columns; a++) {
        real[a] = ARENA_ARRAY(arena, uint32_t, n);
        synthetic[a] = ARENA_ARRAY(arena, uint32_t, rows);
        levels[a] = 2 + (uint32_t)random_below(&random, most_levels - 1);
        for (size_t i = 0; i < n; i++) { /* uneven shares */
            double u = random_uniform(&random);
            real[a][i] = (uint32_t)(u * u * levels[a]);
        }
        for (size_t i = 0; i < rows; i++)
            synthetic[a][i] = real[a][pick[i]];
    }
    p.real = (struct query_table){n, columns, (const uint32_t *const *)real, levels};
    p.synthetic = (struct query_table){rows, columns, (const uint32_t *const *)synthetic, levels};
    return p;
}

static double accuracy(const double *t, const uint32_t *truth, size_t n)
{
    size_t right = 0;
    for (size_t i = 0; i < n; i++)
        right += (t[i] >= .5) == truth[i];
    return (double)right / (double)n;
}

static void bench(size_t n, size_t rows, size_t columns, uint32_t levels, bool l1)
{
    struct error error = {.message = ""};
    struct arena *arena = arena_new();
    struct population p = draw(arena, n, rows, columns, levels);
    struct query_set set;
    struct query_options options = {.order = 2, .stream = "bench"};
    double begin = cpu_seconds();
    if (query_set_build(&p.real, &p.synthetic, p.secret, 2, &options, arena, &set, &error)) {
        printf("%s\n", error.message);
        return;
    }
    double built = cpu_seconds();
    size_t m = set.matrix.rows;
    double *answers = ARENA_ARRAY(arena, double, m), *weights = ARENA_ARRAY(arena, double, m);
    for (size_t j = 0; j < m; j++) {
        answers[j] = query_answer(&set, j, 1);
        weights[j] = boxls_weight(query_records(&set, j), set.support[j], set.positives[2 * j + 1]);
    }
    printf("n %5zu, rows %7zu, queries %6zu: build %.3f s", n, rows, m, built - begin);
    if (l1) {
        struct l1_problem problem = {&set.matrix, 1, answers, NULL};
        struct l1_result result;
        double from = cpu_seconds();
        l1_solve(&problem, &(struct l1_options){.tolerance = 1e-10}, arena, &result, &error);
        double to = cpu_seconds();
        printf("; L1 %.2f s (%zu iterations, %zu terms, gap %.1e, accuracy %.3f)", to - from, result.iterations, result.terms,
               result.gap, accuracy(result.t, p.truth, n));
        from = cpu_seconds();
        l1_solve(&problem, &(struct l1_options){.bounds = true}, arena, &result, &error);
        printf("; with ranges %.2f s (%zu undetermined%s)", cpu_seconds() - from, result.n_undetermined,
               result.bounds_complete ? "" : ", budget spent");
    }
    struct boxls_problem problem = {&set.matrix, answers, weights};
    for (double kkt = 1e-3; kkt > 1e-9; kkt *= 1e-2) {
        struct boxls_result result;
        double from = cpu_seconds();
        boxls_solve(&problem, &(struct boxls_options){.tolerance = kkt}, arena, &result, &error);
        printf("; least squares to %.0e %.2f s (%zu, gap %.1e of %.1e, accuracy %.3f)", kkt, cpu_seconds() - from,
               result.iterations, result.gap, result.objective, accuracy(result.t, p.truth, n));
    }
    printf("\n");
    arena_free(arena);
}

int main(void)
{
    bench(1000, 100000, 16, 7, true);
    bench(1000, 1000, 16, 7, true);
    bench(1000, 100000, 16, 16, true);
    bench(1000, 100000, 30, 12, true); /* more than 20,000 queries */
    bench(1000, 1000, 30, 16, true);
    bench(2000, 2000, 16, 10, true);
    bench(20000, 20000, 16, 10, false);
    bench(20000, 20000, 16, 30, false);
    return 0;
}
