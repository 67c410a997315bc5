/* Policies: the weights of the trust index and the gates of the verdict, as a preset or a JSON file (comments allowed).
 *
 *   { "name": "release", "extends": "balanced",
 *     "weights": {"privacy": 2}, "emphasis": ["privacy"], "measure_weights": {"fidelity.column_shapes": 2},
 *     "gates": [ {"measure": "privacy.membership", "op": "<=", "bound": 0.02, "on": "interval", "reason": "…"} ],
 *     "multiplicity": "holm", "claims": [ … ], "k": 10, "alpha": 1 }
 *
 * `extends` names a preset whose gates and weights are taken first; gates of the file on a subject replace all of the preset's
 * on it. Duplicate or unknown keys, unknown measures, negative weights are errors that name file, line or key. */
#ifndef ASSAY_AUDIT_POLICY_H
#define ASSAY_AUDIT_POLICY_H

#include "core/arena.h"
#include "core/json.h"
#include "metrics/measure.h"

enum gate_scope { GATE_MEASURE, GATE_DIMENSION, GATE_TRUST };

enum gate_on {
    GATE_ON_INTERVAL, /* both ends of the value's interval: pass, fail or undecided */
    GATE_ON_SCORE,    /* both ends of the anchored score: pass, fail or undecided */
    GATE_ON_VALUE,    /* the value alone: pass or fail */
    GATE_ON_LO,       /* the lower end alone */
    GATE_ON_HI        /* the upper end alone */
};

struct gate {
    enum gate_scope scope;
    const char *subject; /* measure id, dimension name, or "trust" */
    bool at_most;        /* op "<=", else ">=" */
    double bound;
    enum gate_on on;
    const char *reason; /* why this bound */
};

/* What somebody says of a candidate (claims.h). */
struct claim {
    enum gate_scope scope;
    const char *metric;     /* measure id, dimension name, or "trust" */
    const char *candidate;  /* NULL: the only one */
    const char *comparator; /* another candidate, or NULL */
    const char *baseline;   /* "honest", "copy", "independent", "uniform", or NULL */
    double bound;
    bool relative;      /* bound is a share of what the comparator or baseline has */
    bool whole;         /* on "interval": decided by all of the interval, not by the value */
    const char *source; /* where it is said */
    const char *where;  /* "FILE: claim 2", for messages */
};

struct measure_weight {
    const char *id;
    double weight;
};

struct policy {
    const char *name;
    const char *summary;
    double weights[DIMENSIONS];
    struct measure_weight *measure_weights;
    size_t n_measure_weights;
    struct gate *gates;
    size_t n_gates;
    struct claim *claims;
    size_t n_claims;
    size_t k;     /* disclosure: smallest group that is written out */
    double alpha; /* replicates: key = mean − alpha · sd */
    bool holm;    /* failures of gates are held against each other (multiplicity.h) */
};

extern const char *const policy_presets[]; /* names, "balanced" first; ends with NULL */

/* name_or_path: a preset's name, else the path of a JSON file; NULL: "balanced". */
int policy_load(const char *name_or_path, struct arena *arena, struct policy *policy, struct error *error);
double policy_measure_weight(const struct policy *policy, const char *id); /* 1 where none is set */
cJSON *policy_json(const struct policy *policy);
/* The policy that was written by policy_json into an audit.json. */
int policy_from_json(const cJSON *json, const char *file, struct arena *arena, struct policy *policy, struct error *error);
const char *gate_on_name(enum gate_on on);

/* Parts of policy_from_json (policy_gates.c). A gate of the file replaces the policy's gates on the same subject. */
int policy_read_gates(const cJSON *json, const char *file, struct arena *arena, struct policy *policy, struct error *error);
int policy_check_text(const cJSON *json, const char *key, const char *file, struct error *error);

#endif
