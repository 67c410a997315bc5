/* Cells: one measure run on one subject. Internal to audit/. */
#ifndef ASSAY_AUDIT_CELLS_H
#define ASSAY_AUDIT_CELLS_H

#include "attacks/membership/shadow_views.h"
#include "audit/audit.h"
#include "audit/plan.h"
#include "audit/score.h"

struct cell {
    bool asked; /* run was called, or an obstacle was found */
    int status; /* 0, ERROR_UNMEASURABLE, or another error code (failed) */
    char reason[1000];
    struct result result; /* owned; valid when status is 0 */
    double seconds;
};

/* All that is known of one measure before any candidate: its scale on this data. */
struct scale {
    const struct measure *measure;
    struct cell subject[SUBJECTS]; /* reference train */
    struct cell honest_holdout;    /* ANCHOR_HOLDOUT: train against the holdout */
    struct cell fault_holdout;     /* ANCHOR_HOLDOUT: the faulty control against the holdout */
};

/* The tables that stand in a candidate's place, while they are under work. NULL where there is none. */
struct subjects {
    struct table *control[SUBJECTS];       /* copy, independent, uniform, dropped_group */
    struct table *honest_half, *test_half; /* the holdout cut in two, seeded, stratified by the target */
};

struct session {
    const struct audit_options *options;
    struct dataset *data;
    struct policy policy;
    struct plan plan;
    struct subjects subjects;
    struct scale *scales;      /* plan.n */
    const char *holdout_fault; /* why the holdout cannot serve; NULL: it can, or there is none */
    struct pool *pool;
    struct artifacts *artifacts;
    struct arena *arena;
    struct progress progress;
    struct strbuf *evidence;
    struct shadow_settings shadow; /* in use where options->generator is given */
    cJSON *timings;                /* array of {measure, subject, seconds} */
};

/* The tables of one kind of subject (control, or for SUBJECT_HONEST the halves of the holdout), and all that was made of them.
 * A control that cannot be made stays NULL. Nothing to do for the other kinds. */
int subject_make(struct session *session, enum subject kind, struct error *error);
void subject_drop(struct session *session, enum subject kind);

/* Runs one measure on one subject; the outcome, good or bad, is in the cell. Returns non-zero only when the audit must stop
 * (cancelled). */
int cell_run(struct session *session, const struct measure *measure, enum subject kind, const struct table *subject,
             const struct table *reference, const struct table *honest_test, struct cell *cell, struct error *error);
void cell_free(struct cell *cell);
struct anchor_value cell_anchor(const struct cell *cell);

/* The scale of every measure: honest case and controls. */
int scales_make(struct session *session, struct error *error);
void scales_free(struct session *session);

/* One candidate: all measures, as the JSON object {name, measures}. */
int candidate_run(struct session *session, const struct input_file *input, cJSON **candidate, struct error *error);

/* JSON of the parts of audit.json that are not judged. */
cJSON *emit_measure(const struct measure *measure, struct cell *cell, const struct scale *scale,
                    const struct cell *against_holdout, const char *holdout_fault);
int emit_audit(const struct session *session, cJSON **audit, struct error *error);

#endif
