/* Bootstrap samples that measures share: those of the stream they are named after, kept or drawn anew, for any pool. */
#include "metrics/samples.h"
#include "numeric/bootstrap.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static int checksum(void *context, const uint32_t *weight, size_t worker, double *values, struct error *error)
{
    const size_t *rows = context;
    (void)worker;
    (void)error;
    values[0] = values[1] = 0;
    for (size_t i = 0; i < *rows; i++) {
        values[0] += weight[i];
        values[1] += (double)weight[i] * (double)i;
    }
    return 0;
}

Test(samples, same_as_the_stream)
{
    /* 90,000 rows x 200 samples are more than is kept. Twice: the second time kept samples are looked up. */
    static const struct {
        size_t rows, threads, times;
    } cases[] = {{1, 1, 2}, {300, 1, 2}, {300, 3, 2}, {90000, 2, 1}};
    enum { REPLICATES = 200 };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        size_t rows = cases[c].rows;
        uint32_t *counts = calloc(rows, sizeof *counts);
        struct table train = {.name = "train"};
        struct dataset data = {.train = {.table = &train}};
        struct measure_task task = {.data = &data, .seed = 7};
        static double out[REPLICATES][2];
        cr_assert(counts != NULL);
        cr_assert_eq(pool_new(&task.pool, cases[c].threads, NULL), 0);
        cr_assert_eq(artifacts_new(&task.artifacts, NULL), 0);
        for (size_t time = 0; time < cases[c].times; time++)
            cr_assert_eq(samples_run(&task, rows, REPLICATES, 2, checksum, &rows, out[0], NULL), 0);
        for (size_t b = 0; b < REPLICATES; b += 99) {
            struct random random;
            double sum = 0;
            random_init(&random, task.seed, "protocol.bootstrap", b, 0);
            bootstrap_multiplicities(&random, rows, counts);
            for (size_t i = 0; i < rows; i++)
                sum += (double)counts[i] * (double)i;
            cr_expect_eq(out[b][0], (double)rows, "every sample has as many rows");
            cr_expect_eq(out[b][1], sum, "%zu rows, sample %zu", rows, b);
        }
        artifacts_free(task.artifacts);
        pool_free(task.pool);
        free(counts);
    }
}
