/* Control tables and the halves of the holdout. */
#include "audit/cells.h"
#include "datasets/split.h"
#include "generators/generator.h"

static const struct {
    enum subject subject;
    const char *generator, *name;
} controls[] = {
    {SUBJECT_COPY, "bootstrap", "control copy"},
    {SUBJECT_INDEPENDENT, "independent", "control independent"},
    {SUBJECT_UNIFORM, "uniform", "control uniform"},
    {SUBJECT_DROPPED_GROUP, "dropped-group", "control dropped group"},
};

/* The dropped group is made only where a measure looks for it, since few do. */
static bool wanted(const struct session *session, enum subject subject)
{
    if (subject != SUBJECT_DROPPED_GROUP)
        return true;
    for (size_t j = 0; j < session->plan.n; j++)
        if (session->plan.measures[j]->fault == subject && !plan_obstacle(session->plan.measures[j], session->data, NULL))
            return true;
    return false;
}

static int make_control(struct session *session, size_t i, struct error *error)
{
    const struct table *train = session->data->train.table;
    const struct generator *generator = generator_find(controls[i].generator);
    struct table **control = &session->subjects.control[controls[i].subject];
    int status;

    if (!wanted(session, controls[i].subject))
        return 0;
    if (!generator)
        return error_set(error, ERROR_INTERNAL, "the generator '%s' is not built in", controls[i].generator);
    status = generator->run(train, train->rows, session->options->seed, controls[i].name, session->pool, control, error);
    /* Without a droppable group there is no such control; the measures that look for it say so themselves. */
    if (status && controls[i].subject != SUBJECT_DROPPED_GROUP)
        return error_context(error, "making the %s", controls[i].name);
    return 0;
}

/* The class of a row for stratification: the target's level, all alike where there is no class. */
static int halve_holdout(struct session *session, struct error *error)
{
    const struct table *holdout = session->data->holdout.table;
    const size_t target = session->data->target;
    const double share[2] = {0.5, 0.5};
    struct table *parts[2] = {NULL, NULL};
    int status;

    if (!holdout || holdout->rows < 4)
        return 0;
    status = split_table(holdout, target, share, 2, session->options->seed, parts, error);
    if (status)
        return error_context(error, "cutting the holdout in halves");
    session->subjects.honest_half = parts[0];
    session->subjects.test_half = parts[1];
    return 0;
}

int subject_make(struct session *session, enum subject kind, struct error *error)
{
    if (kind == SUBJECT_HONEST)
        return halve_holdout(session, error);
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++)
        if (controls[i].subject == kind)
            return make_control(session, i, error);
    return 0;
}

static void drop(struct session *session, struct table **table)
{
    if (*table)
        artifacts_drop(session->artifacts, *table);
    table_free(*table);
    *table = NULL;
}

void subject_drop(struct session *session, enum subject kind)
{
    if (kind == SUBJECT_HONEST) {
        drop(session, &session->subjects.honest_half);
        drop(session, &session->subjects.test_half);
    }
    drop(session, &session->subjects.control[kind]);
}
