/* Group rates of the decisions that models make about real rows: shared by demographic parity, equal opportunity and
 * amplification.
 *
 * For every sensitive column, every class that is told from the rest (a "part"; of two classes the positive one alone), every
 * learner and both sources (trained on the subject, trained on real rows): the rates of each group among the scored test rows,
 * and two gaps between groups: parity, max − min of P(ŷ = c), and opportunity, max − min of P(ŷ = c | y = c).
 *
 * A group enters a gap with at least max(min_group, 50) rows (opportunity: rows of that class), where the standard error of a
 * share is at most .071; smaller groups are listed only. Groups of fewer than min_group test rows are pooled; a pool enters no
 * gap, since it speaks for no one group, and is left out when it is that small itself. */
#ifndef ASSAY_METRICS_FAIRNESS_DECISIONS_H
#define ASSAY_METRICS_FAIRNESS_DECISIONS_H

#include "datasets/partition.h"
#include "metrics/protocol.h"
#include "numeric/fairness.h"

enum { SOURCE_SUBJECT, SOURCE_REAL, SOURCES };
enum gap { GAP_PARITY, GAP_OPPORTUNITY, GAPS };

struct decisions_column {
    const char *name;
    size_t groups;
    const char **names;
    bool *enters[GAPS]; /* part x group */
    uint32_t *group;    /* per scored test row; GROUP_NONE: none */
};

struct decisions_part {
    uint32_t class;
    const char *name;                                   /* NULL when there is only one */
    const uint8_t *truth;                               /* per scored test row: y = class */
    const uint8_t *decided[PROTOCOL_LEARNERS][SOURCES]; /* ŷ = class */
};

struct decisions {
    struct protocol protocol;
    size_t n_columns, n_parts, n_learners; /* learners without the baseline */
    struct decisions_column *columns;
    struct decisions_part *parts;
    size_t learner[PROTOCOL_LEARNERS]; /* index into learner_list */
    size_t cells;                      /* columns x parts x learners x sources x gaps */
    size_t most_groups;                /* of a column */
    double *gap;                       /* per cell; NaN: fewer than two groups enter */
    double *null;                      /* per cell: mean gap with the groups permuted among the rows; NULL when brief */
    double *replicates;                /* protocol.replicates x cells; NULL when brief */
};

/* An artifact of (subject, test rows); brief leaves out null and replicates. ERROR_UNMEASURABLE as protocol_get, for a
 * numeric target, and where fewer than two groups of every column are large enough. */
int decisions_get(const struct measure_task *task, bool brief, const struct decisions **decisions, struct error *error);

size_t decisions_cell(const struct decisions *decisions, size_t column, size_t part, size_t learner, size_t source, size_t gap);

/* What a measure is about: a gap of the subject's models, or how much larger it is than that of the real rows' models. */
struct decisions_view {
    enum gap gap;
    bool change;
};

/* Where the value was found. */
struct decisions_worst {
    size_t column, part;
    double candidate, real; /* the gaps there, means over learners */
};

/* Mean over learners of the gap that chance alone makes there, for the subject's models. */
double decisions_null(const struct decisions *decisions, struct decisions_view view, const struct decisions_worst *worst);

/* A measure's sentences about its result. */
typedef void decisions_word(const struct measure_task *task, const struct decisions *decisions,
                            const struct decisions_worst *worst, struct result *result);

/* The run function of all three measures. value: largest over columns and parts of the mean over learners; lo, hi: basic
 * bootstrap. details: `groups` [{column, group, class, n, rate, tpr, fpr, ppv, accuracy, learner, trained_on, used, lo, hi}],
 * lo and hi the Wilson interval of the rate in view, and `gaps` [{column, class, learner, gap, candidate, real, change,
 * null_candidate, null_real, ratio_candidate, ratio_real}]. Rates over fewer than min_group real rows are null. */
int decisions_run(const struct measure_task *task, struct decisions_view view, decisions_word *word, struct result *result,
                  struct error *error);

#endif
