/* What the black-box attack sees of synthetic tables: of each shadow's, and of the candidate's, how near it comes to each
 * target, and the words that its query counts are made of. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_SHADOW_VIEWS_H
#define ASSAY_ATTACKS_MEMBERSHIP_SHADOW_VIEWS_H

#include "attacks/membership/query_counts.h"
#include "attacks/membership/shadow_train.h"
#include "core/progress.h"

struct shadow_view {
    const double *distance;          /* [n_targets]: rank-Gower, to the nearest row */
    const struct query_words *words; /* [n_targets][n_groups] */
};

/* Settings of an audit that may run the generator again. */
struct shadow_settings {
    struct generator_choice generator;
    size_t shadows;            /* even */
    size_t random_targets;     /* beside the worst cases */
    const char *work;          /* folder for finished shadows; NULL: none, for a built-in generator alone */
    double timeout;            /* seconds, of one run of a command */
    struct progress *progress; /* NULL allowed */
    cJSON *log;                /* array for run.json: what belongs to this run alone; NULL allowed */
};

/* All shadows of one generator at one number of rows, trained and seen. Lives among the artifacts. */
struct shadow_set {
    struct shadow_plan plan;
    struct query_space space;
    const struct neighbour_table *targets; /* rank-Gower codes */
    const struct neighbour_scale *scale;
    uint32_t **target_classes; /* [n_targets][n_columns] */
    struct shadow_view *view;  /* [n_shadows] */
    struct arena **arena;      /* [n_shadows]: what the views live in */
    bool failed;               /* a run failed; kept, so that the next candidate does not have to wait for it again */
};

/* rows_made: of the candidate (see shadow_plan_make). The shadows are tasks of the pool, so that as many run at once as it has
 * threads. When one fails those that are done are kept in the work folder; the message says which one failed and why, and the
 * same with the command's last words is put into the log. */
int shadow_set_get(const struct measure_task *task, const struct shadow_settings *settings, size_t rows_made,
                   const struct shadow_set **set, struct error *error);

/* The same view of a table. */
int shadow_view_make(const struct shadow_set *set, const struct table *table, struct arena *arena, struct shadow_view *view,
                     struct error *error);

#endif
