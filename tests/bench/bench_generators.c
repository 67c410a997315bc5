/* CPU seconds of each generator at `bench_generators [ROWS]` (default 24,000) rows of the simulated population's 15 mixed
 * columns, one thread, best of three. Bounds: bootstrap, independent and uniform 0.05 s (every audit makes them), copula 1 s,
 * cart 10 s. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "datasets/csv.h"
#include "datasets/simulate.h"
#include "generators/generator.h"

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int time_generator(const struct generator *generator, const struct table *train, struct error *error)
{
    double best = 0;
    for (int run = 0; run < 3; run++) {
        struct table *out;
        double start = seconds();
        int code = generator->run(train, train->rows, 1, generator->name, NULL, &out, error);
        if (code)
            return code;
        double took = seconds() - start;
        best = run == 0 || took < best ? took : best;
        table_free(out);
    }
    printf("  %-15s %7.3f s\n", generator->name, best);
    return 0;
}

int main(int argc, char **argv)
{
    size_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 24000;
    struct schema *schema = NULL;
    struct table *train = NULL;
    struct error error = {0};
    double start = seconds();
    int code = simulate_population(rows, 1, "train", &schema, &train, &error);
    printf("generators, %zu rows x %d columns, one thread\n  %-15s %7.3f s\n", rows, SIMULATED_COLUMNS, "simulate",
           seconds() - start);
    for (const struct generator *const *generator = generator_list; *generator && !code; generator++)
        code = time_generator(*generator, train, &error);
    if (code)
        fprintf(stderr, "bench_generators: %s\n", error.message);
    table_free(train);
    schema_free(schema);
    return code != 0;
}
