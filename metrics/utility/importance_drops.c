#include "core/random.h"
#include "metrics/utility/importance.h"

#include <string.h>

/* Test rows for permuting: the scored ones, or a seeded part of them. */
struct permuting {
    struct protocol_test test;
    uint32_t *from; /* a permutation of them */
};

struct importance_context {
    const struct measure_task *task;
    const struct protocol *protocol;
    const struct trained *trained;
    bool brief;
};

static int permuting_open(struct permuting *p, const struct measure_task *task, const struct protocol *protocol,
                          struct arena *arena, struct error *error)
{
    const struct protocol_test *all = protocol->test;
    size_t n = all->rows < IMPORTANCE_MOST_ROWS ? all->rows : IMPORTANCE_MOST_ROWS;
    uint32_t *drawn = ARENA_ARRAY(arena, uint32_t, all->rows), *row = ARENA_ARRAY(arena, uint32_t, n);
    struct random random;
    *p = (struct permuting){.test = {.table = all->table, .rows = n, .use = ARENA_ARRAY(arena, uint32_t, n)},
                            .from = ARENA_ARRAY(arena, uint32_t, n)};
    if (all->label)
        p->test.label = ARENA_ARRAY(arena, uint32_t, n);
    else
        p->test.value = ARENA_ARRAY(arena, double, n);
    if (!drawn || !row || !p->test.use || !p->from || (all->label ? !p->test.label : !p->test.value))
        return error_memory(error);
    random_init(&random, task->seed, "utility.importance", 0, 0);
    random_permutation(&random, all->rows, drawn);
    random_permutation(&random, n, p->from);
    for (size_t i = 0; i < n; i++) {
        p->test.use[i] = (uint32_t)i;
        row[i] = all->use[drawn[i]];
        if (all->label)
            p->test.label[i] = all->label[drawn[i]];
        else
            p->test.value[i] = all->value[drawn[i]];
    }
    return design_pick(all->design, row, n, 1, &p->test.design, error);
}

/* Asks for the rows as they are (index 0), then with each input permuted. */
struct asking {
    const struct protocol *asked;
    const struct model *model;
    const struct permuting *permuting;
    double **prediction, *score, *scratch; /* by index; scratch: workers x rows */
};

static int ask_one(void *context, size_t index, size_t worker, struct error *error)
{
    const struct asking *a = context;
    const struct permuting *p = a->permuting;
    struct design *permuted = NULL;
    int status = design_pick(p->test.design, p->test.use, p->test.rows, 1, &permuted, error);
    if (status == 0 && index > 0)
        design_reorder_input(permuted, index - 1, p->from, a->scratch + worker * p->test.rows);
    if (status == 0)
        status = protocol_predict_into(a->asked, a->model, permuted, a->prediction[index], error);
    if (status == 0)
        status = protocol_score(a->asked, a->prediction[index], &a->score[index], error);
    design_free(permuted);
    return status;
}

static int ask_all(const struct importance_context *c, struct asking *asking, size_t inputs, struct arena *arena,
                   struct error *error)
{
    size_t rows = asking->permuting->test.rows;
    asking->prediction = ARENA_ARRAY(arena, double *, inputs + 1);
    asking->score = ARENA_ARRAY(arena, double, inputs + 1);
    asking->scratch = arena_array(arena, rows, pool_threads(c->task->pool) * sizeof(double));
    if (!asking->prediction || !asking->score || !asking->scratch)
        return error_memory(error);
    for (size_t k = 0; k <= inputs; k++) {
        asking->prediction[k] = arena_array(arena, rows, asking->asked->width * sizeof(double));
        if (!asking->prediction[k])
            return error_memory(error);
    }
    return pool_run(c->task->pool, inputs + 1, ask_one, asking, error);
}

static int fill_replicates(const struct importance_context *c, const struct protocol *asked, const double *const *prediction,
                           size_t inputs, double *out, struct arena *scratch, struct error *error)
{
    double *replicates = arena_array(scratch, inputs + 1, PROTOCOL_REPLICATES * sizeof(double));
    if (!out || !replicates)
        return error_memory(error);
    int status = protocol_bootstrap(c->task, asked, prediction, inputs + 1, replicates, error);
    for (size_t b = 0; status == 0 && b < asked->replicates; b++)
        for (size_t k = 0; k < inputs; k++)
            out[b * inputs + k] = replicates[b] - replicates[(k + 1) * PROTOCOL_REPLICATES + b];
    return status;
}

static int fill(const struct importance_context *c, struct permuting *p, struct importance *out, struct arena *arena,
                struct arena *scratch, struct error *error)
{
    const struct layout *layout = encoder_layout(c->protocol->encoder);
    struct protocol asked = *c->protocol;
    int status = permuting_open(p, c->task, c->protocol, scratch, error);
    if (status != 0)
        return status;
    asked.test = &p->test;
    out->rows = p->test.rows;
    out->inputs = layout->quantities + layout->factors;
    struct asking asking = {.asked = &asked, .model = &c->trained->model, .permuting = p};
    double *drop = ARENA_ARRAY(arena, double, out->inputs);
    if (!drop)
        return error_memory(error);
    status = ask_all(c, &asking, out->inputs, scratch, error);
    for (size_t k = 0; status == 0 && k < out->inputs; k++)
        drop[k] = asking.score[0] - asking.score[k + 1];
    out->drop = drop;
    if (status != 0 || c->brief)
        return status;
    double *replicates = arena_array(arena, asked.replicates, out->inputs * sizeof(double));
    out->replicates = replicates;
    return fill_replicates(c, &asked, (const double *const *)asking.prediction, out->inputs, replicates, scratch, error);
}

static int make_importance(void *context, struct arena *arena, void **artifact, struct error *error)
{
    struct importance *out = ARENA_NEW(arena, struct importance);
    struct arena *scratch = arena_new();
    struct permuting permuting = {0};
    int status = out && scratch ? fill(context, &permuting, out, arena, scratch, error) : error_memory(error);
    design_free(permuting.test.design);
    arena_free(scratch);
    *artifact = out;
    return status;
}

int importance_get(const struct measure_task *task, const struct protocol *protocol, const struct trained *trained, bool brief,
                   const struct importance **importance, struct error *error)
{
    struct importance_context context = {task, protocol, trained, brief};
    void *made;
    int status = artifact_get(task->artifacts, brief ? "utility.importance.brief" : "utility.importance", trained->table,
                              protocol->test->table, trained->number, make_importance, NULL, &context, &made, error);
    if (status == 0)
        *importance = made;
    return status;
}
