/* The model: audit.json as the report reads it.
 *
 * Every text is UTF-8 without control characters (clean_text), every missing number NaN, every missing text "". Nothing is
 * computed here that a reader would take for a finding: values, scores, verdicts and sentences come from audit.json alone. The
 * model points into the cJSON tree, which must outlive it. */
#ifndef ASSAY_REPORT_MODEL_H
#define ASSAY_REPORT_MODEL_H

#include <cjson/cJSON.h>

#include "core/arena.h"
#include "core/error.h"
#include "report/number.h"

enum { DIMENSION_COUNT = 5, CONTROL_COUNT = 3 };
enum { CONTROL_COPY, CONTROL_APART, CONTROL_UNIFORM }; /* in the order of control_names */

enum status { STATUS_PASS, STATUS_FAIL, STATUS_UNDECIDED, STATUS_NONE };

struct text_list {
    const char **items;
    size_t count;
};

struct model_table { /* one input file */
    const char *role, *name, *file, *sha256;
    double rows, columns, bytes;
    struct text_list extra_columns;
};

struct model_gate {
    const char *subject; /* title of the measure, name of the dimension, or "Trust index" */
    const char *key;     /* id of the measure, dimension or "trust" */
    const char *rule, *why, *reason;
    struct estimate estimate;
    double bound;
    enum status result;
    enum number_form form;
};

struct model_measure {
    const char *id, *title, *dimension;
    const char *summary, *definition, *reading, *unit, *reference, *threat;
    const char *reason, *finding, *remedy, *method, *anchor, *fault, *why_not_in_index, *direction;
    struct estimate estimate, score;
    struct estimate sources; /* lo … hi: the populations, freed of the noise of the tables' sizes; NaN: not known */
    const char *sources_method;
    double target;                                   /* of direction "target"; NaN: none */
    double n, level, honest, control[CONTROL_COUNT]; /* control: in the order of control_names */
    double fault_value;                              /* of the control with the fault that the measure looks for; NaN: none */
    bool ok, failed, in_index, proxy, optimistic;
    enum number_form form;
    enum status status; /* the worst result of its gates; STATUS_NONE without a gate or a value */
    const struct model_gate *gate;
    const cJSON *details; /* NULL when there are none */
};

struct model_dimension {
    int index; /* 0 … 4 */
    struct estimate score;
    double coverage;
    double gate; /* bound of the gate on the score; NaN: none */
    bool assessed;
    enum status status;
    const char *finding, *worst;
    size_t measures; /* how many of the candidate's measures belong here */
};

struct model_candidate {
    const char *name, *headline;
    enum status verdict;
    struct text_list actions, blind_spots;
    struct estimate trust;
    double pool, win_share, rank, coverage; /* win_share: of the weight grid, by the pool index */
    struct model_dimension dimensions[DIMENSION_COUNT];
    struct model_measure *measures;
    size_t n_measures;
    struct model_gate *gates;
    size_t n_gates;
    const struct model_table *input; /* NULL: not listed among the inputs */
};

/* What somebody says of a candidate, and what came of it. */
struct model_claim {
    const char *statement, *source, *why;
    const char *result; /* PASS, FAIL, NOT-TESTABLE */
    enum status status;
};

struct model_preset {
    const char *name;
    struct text_list order;
};

struct model {
    const char *version, *date, *policy, *task, *pool_reason;
    double seed, k, alpha;
    const char *hash; /* SHA-256 of audit.json as it is printed, 64 digits */
    double weights[DIMENSION_COUNT];
    bool holm;                                             /* failures of gates are held against each other */
    const struct model_table *train, *holdout, *reference; /* NULL: not given */
    struct model_table *tables;                            /* all inputs */
    size_t n_tables;
    struct model_candidate *candidates; /* best first */
    size_t n_candidates;
    struct model_preset *presets;
    size_t n_presets;
    struct model_claim *claims;
    size_t n_claims;
    struct text_list warnings;                     /* about the tables */
    const cJSON *schema_columns, *catalogue, *set; /* set: parameters that --set changed, or NULL */
    struct arena *arena;
};

extern const char *const control_names[CONTROL_COUNT];

int model_read(const cJSON *audit, struct arena *arena, struct model *model, struct error *error);

/* Parts of model_read (model_candidate.c). */
int model_read_candidate(const cJSON *json, struct model *model, struct model_candidate *candidate, struct error *error);

/* SHA-256 of a JSON file of ours as it was written, so that `sha256sum audit.json` shows the same. */
int model_hash(const cJSON *json, struct arena *arena, const char **hash, struct error *error);

/* Readers that clean what they read. model_text gives "" for what is missing. */
const char *clean_text(struct arena *arena, const char *text);
const char *model_text(struct arena *arena, const cJSON *json, const char *key);
double model_number(const cJSON *json, const char *key); /* NaN when missing or not a number */
const cJSON *model_first(const cJSON *array);            /* its first element; NULL for anything that is no array */
struct text_list model_texts(struct arena *arena, const cJSON *array);
const char *model_sentence(struct arena *arena, const cJSON *json, const char *key); /* with a full stop at its end */
struct text_list model_sentences(struct arena *arena, const cJSON *array);

const struct model_measure *model_measure_find(const struct model_candidate *candidate, const char *id);

/* Whether any measure was taken of fresh real rows: not without a holdout, and then no score has an honest end. */
bool model_has_fresh_rows(const struct model_candidate *candidate);
size_t model_rank_in(const struct model_preset *preset, const char *name); /* 1, 2, …; 0: not listed */
bool model_is_date(const struct model *model, const char *column);

#endif
