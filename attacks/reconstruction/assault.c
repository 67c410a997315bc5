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

/* score: room for the scores by record, or NULL. */
static int judge(const struct guesses *guesses, const struct query_set *set, const struct known_rows *records, double *score,
                 struct arena *scratch, struct outcome *outcome, struct error *error)
{
    *outcome = (struct outcome){.tally = {.n = records->n},
                                .undetermined = guesses->n_undetermined,
                                .queries = set->matrix.rows,
                                .sets = set->sets,
                                .all_sets = set->all_sets,
                                .solver = guesses->solver,
                                .converged = guesses->converged,
                                .gap = guesses->gap,
                                .score = score};
    for (size_t i = 0; i < records->n; i++) {
        outcome->tally.right += guesses->guess[i] == records->class[i];
        if (score)
            score[i] = guesses->score[i * guesses->classes + records->class[i]];
    }
    return mean_auc(guesses, records->class, scratch, &outcome->auc, error);
}

/* The linear reconstruction attack on one set of records. score: room for the scores by record, or NULL. */
static int reconstruct(const struct assault *a, const struct known_rows *records, const struct assault_options *options,
                       double *score, struct outcome *outcome, struct error *error)
{
    struct arena *arena = arena_new();
    struct coding coding;
    struct query_table real, synthetic;
    struct query_set set;
    struct guesses guesses;
    size_t order = options->way - 1 < a->n_quasi ? options->way - 1 : a->n_quasi, unique = 0;
    bool *marks = arena ? ARENA_ARRAY(arena, bool, records->n + 1) : NULL;
    int status = marks ? coding_fit(records->table->schema, a->quasi, a->n_quasi, arena, &coding, error) : error_memory(error);
    if (!status)
        status = coding_apply(&coding, records->table, records->pick, records->n, arena, &real, error);
    if (!status)
        status = coding_apply(&coding, a->synthetic.table, a->synthetic.pick, a->synthetic.n, arena, &synthetic, error);
    struct query_options queries = {
        .order = order, .max_entries = options->max_entries, .seed = options->seed, .stream = "privacy.reconstruction.queries"};
    if (!status)
        status = query_set_build(&real, &synthetic, a->synthetic.class, a->secret.classes, &queries, arena, &set, error);
    if (!status)
        status = query_table_unique(&real, arena, marks, &unique, error);
    if (!status)
        status = guesses_solve(&set, solver_choose(records->n, a->secret.classes, options->exact_records), options->work, arena,
                               &guesses, error);
    if (!status)
        status = judge(&guesses, &set, records, score, arena, outcome, error);
    outcome->unique = unique;
    arena_free(arena);
    return status;
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
                                 .seed = run->options->seed};
    switch (index % PARTS) {
    case 0:
        return reconstruct(a, &a->train, run->options, a->attack.score, &a->attack, error);
    case 1:
        return reconstruct(a, &a->control, run->options, NULL, &a->strangers, error);
    case 2:
        a->majority = baseline_majority(&task);
        return baseline_classifier(&task, &a->classifier, error);
    default:
        return baseline_nearest(&task, &a->nearest, error);
    }
}

int assault_run(struct assault *assaults, size_t n, const struct table *train, const struct table *control,
                const struct table *subject, const struct assault_options *options, struct pool *pool, struct error *error)
{
    struct run run = {assaults, train, options};
    for (size_t s = 0; s < n; s++) {
        struct assault *a = &assaults[s];
        int status = known_rows_find(&a->secret, train, a->arena, &a->train, error);
        if (!status)
            status = known_rows_find(&a->secret, control, a->arena, &a->control, error);
        if (!status)
            status = known_rows_find(&a->secret, subject, a->arena, &a->synthetic, error);
        if (status)
            return status;
        if (a->train.n == 0 || a->control.n == 0 || a->synthetic.n == 0)
            return error_set(error, ERROR_UNMEASURABLE, "the secret '%s' is missing in all rows of %s",
                             train->schema->columns[a->secret.column].name,
                             a->train.n == 0     ? "train"
                             : a->control.n == 0 ? "the holdout"
                                                 : "the candidate");
        /* Secrets share the arena, which belongs to this thread alone: room for the tasks' results is made before they run. */
        a->attack.score = ARENA_ARRAY(a->arena, double, a->train.n + 1);
        if (!a->attack.score)
            return error_memory(error);
    }
    return pool_run(pool, n * PARTS, run_part, &run, error);
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
