/* CPU seconds of training each learner and of predicting, at `bench_learners [ROWS]` (default 24,000) rows of the simulated
 * population's 15 mixed columns, target `approved`, one thread, best of three. Bound: 1 s a training. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "datasets/csv.h"
#include "datasets/simulate.h"
#include "models/learner.h"

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int time_learner(const struct learner *learner, const struct design *design, const struct labels *labels, double *out,
                        struct error *error)
{
    double train = 0, predict = 0;
    for (int run = 0; run < 3; run++) {
        struct model model;
        double start = seconds();
        int code = learner->train(design, labels, 1, &model, error);
        if (code)
            return code;
        double trained = seconds();
        code = learner->predict(&model, design, out, error);
        learner->free(&model);
        if (code)
            return code;
        double predicted = seconds() - trained;
        train = run == 0 || trained - start < train ? trained - start : train;
        predict = run == 0 || predicted < predict ? predicted : predict;
    }
    printf("  %-10s train %7.3f s, predict %7.3f s\n", learner->name, train, predict);
    return 0;
}

int main(int argc, char **argv)
{
    size_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 24000, target = SIMULATED_APPROVED;
    struct schema *schema = NULL;
    struct table *table = NULL;
    struct encoder *encoder = NULL;
    struct design *design = NULL;
    struct error error = {0};
    double *out = calloc(rows + 1, 2 * sizeof *out);
    int code = out ? simulate_population(rows, 1, "train", &schema, &table, &error) : error_memory(&error);
    if (!code)
        code = encoder_fit(&encoder, table, &target, 1, &error);
    if (!code)
        code = design_new(&design, encoder, table, &error);
    if (!code) {
        struct labels labels = {.rows = rows, .classes = 2, .label = table->columns[target].code};
        printf("learners, %zu rows x %d columns, %zu features, one thread\n", rows, SIMULATED_COLUMNS,
               encoder_features(encoder));
        for (size_t list = 0; list < 2; list++)
            for (const struct learner *const *learner = list ? learner_more : learner_list; *learner && !code; learner++)
                code = time_learner(*learner, design, &labels, out, &error);
    }
    if (code)
        fprintf(stderr, "bench_learners: %s\n", error.message);
    free(out);
    design_free(design);
    encoder_free(encoder);
    table_free(table);
    schema_free(schema);
    return code != 0;
}
