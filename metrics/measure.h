/* The measure descriptor: one measure, one file, one `const struct measure measure_DIMENSION_NAME` in metrics/ or attacks/.
 *
 * The build collects the descriptors into measure_registry; adding a measure touches its file, its test and its docs page,
 * nothing else.
 *
 * How the audit uses one: `run` looks at ONE subject (a table in the candidate's place) against one reference and fills one
 * result. The audit calls it for the candidate, for the honest case (fresh real rows in the candidate's place) and for the
 * controls (tables with a known fault), so that every value has its scale beside it, made with the same code on the same data:
 *
 *   value    = run(reference train, subject candidate)
 *   honest   = run(reference train, subject honest)
 *   controls = run(reference train, subject copy | independent | uniform | …)
 *   score    = clamp((m − f)/(c − f)), where (anchor):
 *     ANCHOR_HOLDOUT  m, c, f are taken against the holdout as reference: the candidate, train itself, the faulty control
 *                     (no holdout: against train with c = `best`, flagged optimistic)
 *     ANCHOR_TRAIN    m = value, c = run(subject train), f = value of the faulty control       (utility, robustness)
 *     ANCHOR_HONEST   m = value, c = honest value, f = value of the faulty control or `worst`
 *     ANCHOR_NONE     no score: listed, takes no part in the index
 *
 * run returns 0 with a result, ERROR_UNMEASURABLE with the reason in error (status not_measurable), or another code (status
 * failed). It must be deterministic in (tables, seed) for any pool, and must never print. */
#ifndef ASSAY_METRICS_MEASURE_H
#define ASSAY_METRICS_MEASURE_H

#include "core/json.h"
#include "core/pool.h"
#include "core/strbuf.h"
#include "datasets/dataset.h"
#include "numeric/interval.h"

enum dimension {
    DIMENSION_FIDELITY,
    DIMENSION_UTILITY,
    DIMENSION_FAIRNESS,
    DIMENSION_ROBUSTNESS,
    DIMENSION_PRIVACY,
    DIMENSIONS
};
enum direction { DIRECTION_HIGHER, DIRECTION_LOWER, DIRECTION_TARGET };
enum anchor { ANCHOR_NONE, ANCHOR_HOLDOUT, ANCHOR_TRAIN, ANCHOR_HONEST };

/* What stands in the candidate's place. SUBJECT_TRAIN: the training table itself; SUBJECT_HONEST: fresh real rows. */
enum subject {
    SUBJECT_CANDIDATE,
    SUBJECT_HONEST,
    SUBJECT_COPY,          /* bootstrap of train: must be seen by privacy */
    SUBJECT_INDEPENDENT,   /* columns of train resampled alone: dependence gone */
    SUBJECT_UNIFORM,       /* uniform over train's domain: marginals gone */
    SUBJECT_DROPPED_GROUP, /* train rows, one sensitive group at 5 % of its share; made only when a measure names it as its
                              fault */
    SUBJECT_TRAIN,
    SUBJECTS
};

/* What must be there before run is called; otherwise the audit writes not_measurable with a standard reason. */
enum need {
    NEED_HOLDOUT = 1,
    NEED_TARGET = 2, /* a target column that train can teach: not constant */
    NEED_SENSITIVE = 4,
    NEED_QUANTITY = 8, /* at least one numeric or datetime column */
    NEED_TWO_COLUMNS = 16,
    NEED_CLASSES = 32,      /* the target is binary or multi-class */
    NEED_BINARY = 64,       /* the target is binary */
    NEED_TWENTY_ROWS = 128, /* at least 20 rows in train and subject */
    NEED_EVERY_TARGET = 256 /* --target auto */
};

enum cost { COST_LOW, COST_MEDIUM, COST_HIGH }; /* under .1 s, under 1 s, above, at 24,000 rows x 15 columns */

struct artifacts;
struct shadow_settings; /* attacks/membership/shadow_views.h */

struct measure_task {
    const struct dataset *data;    /* schema, roles, train, holdout */
    const struct table *reference; /* what the subject is compared with: train, or the holdout for the anchored score */
    const struct table *subject;
    enum subject kind;
    /* Kind SUBJECT_HONEST outside fidelity: the subject is one half of the holdout, and this, the other half, takes the
     * holdout's place (test rows, non-members, reference population); else NULL. */
    const struct table *honest_test;
    bool brief; /* value alone: interval and details may be left out (controls) */
    bool plain; /* value and intervals alone: details, finding and remedy may be left out */
    uint64_t seed;
    double level;                             /* of intervals: 0.95 */
    size_t min_group;                         /* disclosure: nothing that fewer real rows share is written (default 10) */
    const struct parameter_value *parameters; /* in the order of measure->parameters */
    struct pool *pool;
    struct artifacts *artifacts;          /* shared intermediate results */
    const struct shadow_settings *shadow; /* how to run the generator again; NULL: no --generator was given */
    struct strbuf *evidence;              /* NULL unless row-level results were asked for: append lines
                                             "table,row,measure,attack,score\n" (table: train, holdout or candidate;
                                             rows from 0; no quotes or commas); candidate only */
};

struct result {
    double value;
    /* Interval of value: where it would lie on average with other rows, as many, from the two sources. NaN in a brief run. */
    double lo, hi;
    /* Interval of the same quantity between the two POPULATIONS, freed of what the sizes of the tables add to its value, where
     * the measure knows how; method NULL: it does not. Written into details as "population". */
    struct interval population;
    /* ANCHOR_HOLDOUT with fault SUBJECT_CANDIDATE: the value of a table with the fault against this reference, where it depends
     * on the reference. 0: the measure's `worst` serves. */
    double worst;
    /* Why value and interval, though computed, must not be scored and decide no gate ("train and holdout come from different
     * sources …"); NULL: nothing stands against them. Static or from `arena`. */
    const char *unreliable;
    const char *method;  /* of the interval: "bootstrap (200)", "wilson", …; static or from `arena` */
    size_t n;            /* rows, pairs, … the value stands on */
    cJSON *details;      /* object made by run, owned by the result; shapes (also those that plots are drawn from):
                            docs/audit-json.md */
    char finding[600];   /* one or two plain sentences for page 1: what, how much, compared with what; no real value ever */
    char remedy[300];    /* what would mend it, an imperative sentence; may be empty */
    struct arena *arena; /* for strings of this result */
};

struct parameter {
    const char *name, *help;
    double fallback, lo, hi;
};
struct parameter_value {
    double value;
};

struct measure {
    const char *id;         /* stable for ever: JSON key, docs page, SARIF rule, random stream */
    const char *title;      /* "Shapes of single columns" */
    const char *summary;    /* one sentence */
    const char *definition; /* formula in words, a paragraph */
    const char *reading;    /* how to read it, a paragraph */
    const char *unit;       /* "share", "AUC", "log odds", … */
    const char *reference;  /* paper and equation, or "this project" */
    enum dimension dimension;
    enum direction direction;
    double target;  /* DIRECTION_TARGET */
    double lo, hi;  /* range of the value */
    unsigned needs; /* of enum need */
    enum anchor anchor;
    enum subject fault; /* the control with the fault that this measure looks for */
    double worst;       /* ANCHOR_HONEST, ANCHOR_HOLDOUT without such a control (fault SUBJECT_CANDIDATE): the worst value;
                           equal to `best`: results give it */
    double best;        /* ANCHOR_HOLDOUT without a holdout: 1 or 0 */
    bool proxy;         /* "proxy, not an attack": listed, never passes or enters the privacy dimension */
    enum cost cost;
    int version;                        /* bumped when numbers change */
    const char *artifacts;              /* names of shared artifacts, for `assay measures` */
    const struct parameter *parameters; /* name NULL ends; NULL: none */
    const char *threat;                 /* attacks: who the attacker is and what they know, in one sentence; else NULL */
    int (*run)(const struct measure_task *task, struct result *result, struct error *error);
};

extern const struct measure *const measure_registry[]; /* sorted by id, ends with NULL; made by the build */
extern const size_t measure_count;

const struct measure *measure_find(const char *id);

/* The id that a mistyped one was meant for, or one without its dimension ("kway"); NULL when none is near. */
const char *measure_suggest(const char *word);
const char *dimension_name(enum dimension dimension);
int dimension_find(const char *name);           /* -1: there is none of this name */
const char *subject_name(enum subject subject); /* "copy", "independent", … */

/* Artifacts: intermediate results that several measures share, made once and kept until the audit lets go of them.
 *
 * artifact_get returns the artifact of (kind, a, b, number); when it is new, make() builds it. `a` and `b` are the tables it is
 * made of (b may be NULL): when the audit is done with a table it drops every artifact made of it. `release` (may be NULL)
 * frees what the arena does not own. Not for use inside pool tasks: get what you need before. */
typedef int artifact_make(void *context, struct arena *arena, void **artifact, struct error *error);
typedef void artifact_release(void *artifact);

int artifacts_new(struct artifacts **artifacts, struct error *error);
void artifacts_free(struct artifacts *artifacts);
int artifact_get(struct artifacts *artifacts, const char *kind, const void *a, const void *b, uint64_t number,
                 artifact_make *make, artifact_release *release, void *context, void **artifact, struct error *error);
/* Puts a finished artifact in (for results made several at a time inside a pool run); 0, or the artifact was there already. */
int artifact_put(struct artifacts *artifacts, const char *kind, const void *a, const void *b, uint64_t number,
                 struct arena *arena, artifact_release *release, void *artifact, struct error *error);
void *artifact_find(struct artifacts *artifacts, const char *kind, const void *a, const void *b,
                    uint64_t number); /* NULL: not there */
void artifacts_drop(struct artifacts *artifacts, const void *table);

#endif
