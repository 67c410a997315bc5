#include "attacks/reconstruction/assault.h"

#include <math.h>

#include "numeric/ranking.h"

enum { PARTS = 4 };

struct run {
    struct assault *assaults;
    const struct table *train;
    const struct assault_options *options;
};

/* Mean over the classes of the AUC of each against the rest; with two classes that of class 1. */
static int mean_auc(const struct guesses *guesses, const uint32_t *class, struct arena *arena, double *auc, struct error *error)
{
    size_t n = guesses->records, counted = 0;
    double *score = ARENA_ARRAY(arena, double, n + 1), sum = 0;
    uint8_t *label = ARENA_ARRAY(arena, uint8_t, n + 1);
    if (!score || !label)
        return error_memory(error);
    for (size_t c = guesses->classes == 2 ? 1 : 0; c < guesses->classes; c++) {
        double area;
        for (size_t i = 0; i < n; i++) {
            score[i] = guesses->score[i * guesses->classes + c];
            label[i] = class[i] == c;
        }
        int status = roc_auc(score, label, n, &area, error);
        if (status)
            return status;
        if (!isnan(area)) {
            sum += area;
            counted++;
        }
    }
    *auc = counted ? sum / (double)counted : NAN;
    return 0;
}

/* Counts what was guessed right; scores and ranges of the true classes go where there is room for them. */
static int judge(const struct guesses *guesses, const struct query_set *set, const struct known_rows *records,
                 struct arena *scratch, struct outcome *outcome, struct error *error)
{
    outcome->tally = (struct tally){.n = records->n};
    outcome->undetermined = guesses->n_undetermined;
    outcome->queries = set->matrix.rows;
    outcome->sets = set->sets;
    outcome->all_sets = set->all_sets;
    outcome->solver = guesses->solver;
    outcome->converged = guesses->converged;
    outcome->objective = guesses->objective;
    outcome->gap = guesses->gap;
    outcome->kkt = guesses->kkt;
    for (size_t i = 0; i < records->n; i++) {
        size_t cell = i * guesses->classes + records->class[i];
        outcome->tally.right += guesses->guess[i] == records->class[i];
        if (outcome->score)
            outcome->score[i] = guesses->score[cell];
        if (outcome->least) {
            outcome->least[i] = guesses->least[cell];
            outcome->greatest[i] = guesses->greatest[cell];
        }
    }
    return mean_auc(guesses, records->class, scratch, &outcome->auc, error);
}

static int build_queries(const struct assault *a, const struct known_rows *records, const struct assault_options *options,
                         struct arena *arena, struct query_set *set, size_t *unique, struct error *error)
{
    struct coding coding;
    struct query_table real, synthetic;
    size_t order = options->way - 1 < a->n_quasi ? options->way - 1 : a->n_quasi;
    struct query_options queries = {.order = order,
                                    .max_entries = (size_t)((double)options->max_entries * options->effort),
                                    .seed = options->seed,
                                    .stream = "privacy.reconstruction.queries",
                                    .least_order = options->least_way - 1 < order ? options->least_way - 1 : order,
                                    .answers = options->answers,
                                    .unsupported = options->compat};
    bool *marks = ARENA_ARRAY(arena, bool, records->n + 1);
    int status = marks ? coding_fit(records->table->schema, a->quasi, a->n_quasi, arena, &coding, error) : error_memory(error);
    if (!status)
        status = coding_apply(&coding, records->table, records->pick, records->n, arena, &real, error);
    if (!status)
        status = coding_apply(&coding, a->synthetic.table, a->synthetic.pick, a->synthetic.n, arena, &synthetic, error);
    if (!status)
        status = query_set_build(&real, &synthetic, a->synthetic.class, a->secret.classes, &queries, arena, set, error);
    if (!status && set->matrix.rows == 0)
        status =
            error_set(error, ERROR_UNMEASURABLE,
                      "the candidate has none of the value combinations of the quasi-identifiers of %s: it answers no query",
                      records == &a->train ? "train" : "the holdout");
    return status ? status : query_table_unique(&real, arena, marks, unique, error);
}

/* The linear reconstruction attack on one set of records. L1 costs the cube of its unknowns. */
static int reconstruct(const struct assault *a, const struct known_rows *records, const struct assault_options *options,
                       struct outcome *outcome, struct error *error)
{
    struct arena *arena = arena_new();
    struct query_set set;
    struct guesses guesses;
    size_t exact = (size_t)((double)options->exact_records * cbrt(options->effort));
    struct solve_options solve = {.solver = solver_choose(records->n, a->secret.classes, exact),
                                  .work = options->work * options->effort,
                                  .ranges = outcome->least != NULL,
                                  .unweighted = options->compat};
    int status = arena ? build_queries(a, records, options, arena, &set, &outcome->unique, error) : error_memory(error);
    if (!status)
        status = guesses_find(&set, &solve, arena, &guesses, error);
    if (!status)
        status = judge(&guesses, &set, records, arena, outcome, error);
    arena_free(arena);
    return status;
}

/* A refusal is kept with the records and stops nothing else. */
static int reconstruct_if_possible(const struct assault *a, const struct known_rows *records,
                                   const struct assault_options *options, struct outcome *outcome, struct error *error)
{
    int status = reconstruct(a, records, options, outcome, &outcome->refused);
    return status && status != ERROR_UNMEASURABLE ? error_set(error, status, "%s", outcome->refused.message) : 0;
}

static int run_part(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker;
    struct run *run = context;
    struct assault *a = &run->assaults[index / PARTS];
    struct baseline_task task = {.fitted = run->train,
                                 .train = &a->train,
                                 .control = &a->control,
                                 .synthetic = &a->synthetic,
                                 .quasi = a->quasi,
                                 .n_quasi = a->n_quasi,
                                 .classes = a->secret.classes,
                                 .effort = run->options->effort,
                                 .seed = run->options->seed};
    if (a->train.n == 0 || a->control.n == 0 || a->synthetic.n == 0)
        return 0;
    switch (index % PARTS) {
    case 0:
        return reconstruct_if_possible(a, &a->train, run->options, &a->attack, error);
    case 1:
        return reconstruct_if_possible(a, &a->control, run->options, &a->strangers, error);
    case 2:
        a->majority = baseline_majority(&task);
        return baseline_classifier(&task, &a->classifier, error);
    default:
        return baseline_nearest(&task, &a->nearest, error);
    }
}

const char *assault_why_not(const struct assault *assault)
{
    return assault->attack.refused.code      ? assault->attack.refused.message
           : assault->strangers.refused.code ? assault->strangers.refused.message
                                             : NULL;
}

/* Secrets share the arena, which belongs to this thread alone: room for the tasks' results is made before they run. */
static int make_ready(struct assault *a, const struct run *run, const struct table *control, const struct table *subject,
                      struct error *error)
{
    bool ranges = run->options->ranges;
    int status = known_rows_find(&a->secret, run->train, a->arena, &a->train, error);
    if (!status)
        status = known_rows_find(&a->secret, control, a->arena, &a->control, error);
    if (!status)
        status = known_rows_find(&a->secret, subject, a->arena, &a->synthetic, error);
    if (status)
        return status;
    if (a->train.n == 0 || a->control.n == 0 || a->synthetic.n == 0)
        error_set(&a->attack.refused, ERROR_UNMEASURABLE, "no row of %s has one of its values that train knows",
                  a->train.n == 0     ? "train"
                  : a->control.n == 0 ? "the holdout"
                                      : "the candidate");
    a->attack.score = ARENA_ARRAY(a->arena, double, a->train.n + 1);
    a->attack.least = ranges ? ARENA_ARRAY(a->arena, double, a->train.n + 1) : NULL;
    a->attack.greatest = ranges ? ARENA_ARRAY(a->arena, double, a->train.n + 1) : NULL;
    return a->attack.score && (!ranges || (a->attack.least && a->attack.greatest)) ? 0 : error_memory(error);
}

int assault_run(struct assault *assaults, size_t n, const struct table *train, const struct table *control,
                const struct table *subject, const struct assault_options *options, struct pool *pool, struct error *error)
{
    struct run run = {assaults, train, options};
    int status = 0;
    for (size_t s = 0; s < n && !status; s++)
        status = make_ready(&assaults[s], &run, control, subject, error);
    return status ? status : pool_run(pool, n * PARTS, run_part, &run, error);
}

struct advantage assault_advantage(const struct assault *assault, double level)
{
    const struct {
        const char *name;
        struct tally tally;
    } rivals[] = {{"majority", assault->majority.train},
                  {"reconstruction", assault->strangers.tally},
                  {"classifier", assault->classifier.control},
                  {"nearest", assault->nearest.control}};
    size_t best = 0;
    for (size_t k = 1; k < sizeof rivals / sizeof *rivals; k++)
        if (tally_share(rivals[k].tally) > tally_share(rivals[best].tally))
            best = k;
    struct tally a = assault->attack.tally, b = rivals[best].tally;
    struct interval interval = interval_newcombe(a.right, a.n, b.right, b.n, level);
    return (struct advantage){tally_share(a) - tally_share(b), interval.lo, interval.hi, rivals[best].name};
}
