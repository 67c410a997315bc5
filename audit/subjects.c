/* Control tables and the halves of the holdout. */
#include <string.h>

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

static int make_controls(struct session *session, struct error *error)
{
    const struct table *train = session->data->train.table;

    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        const struct generator *generator = generator_find(controls[i].generator);
        struct table **control = &session->subjects.control[controls[i].subject];
        int status;

        if (!wanted(session, controls[i].subject))
            continue;
        if (!generator)
            return error_set(error, ERROR_INTERNAL, "the generator '%s' is not built in", controls[i].generator);
        status = generator->run(train, train->rows, session->options->seed, controls[i].name, session->pool, control, error);
        /* Without a droppable group there is no such control; the measures that look for it say so themselves. */
        if (status && controls[i].subject != SUBJECT_DROPPED_GROUP)
            return error_context(error, "making the %s", controls[i].name);
    }
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

int subjects_make(struct session *session, struct error *error)
{
    int status = make_controls(session, error);

    return status ? status : halve_holdout(session, error);
}

void subjects_free(struct subjects *subjects)
{
    for (size_t i = 0; i < SUBJECTS; i++)
        table_free(subjects->control[i]);
    table_free(subjects->honest_half);
    table_free(subjects->test_half);
    memset(subjects, 0, sizeof *subjects);
}
