/* Group rates of the decisions that models make about real rows: shared by all model-level measures of fairness.
 *
 * For every sensitive column, every two of them crossed, every class that is told from the rest (a "part"; of two classes the
 * positive one alone, a numeric target is one part), every learner and both sources (trained on the subject, trained on real
 * rows): the rates of each group among the scored test rows, and statistics of how they differ.
 *
 * A group enters a statistic with at least max(min_group, 50) rows of the kind that its rate is a share of (opportunity: rows
 * of the class; PPV: rows that the models of both sources select), where the standard error of a share is at most .071;
 * smaller groups are listed only. Groups of fewer than min_group test rows are pooled; a pool enters no statistic, since it
 * speaks for no one group, and is left out when it is that small itself. */
#ifndef ASSAY_METRICS_FAIRNESS_DECISIONS_H
#define ASSAY_METRICS_FAIRNESS_DECISIONS_H

#include "datasets/partition.h"
#include "metrics/protocol.h"
#include "numeric/fairness.h"

enum { SOURCE_SUBJECT, SOURCE_REAL, SOURCES };

/* Rates of one group. Numeric target: SELECTION is the mean prediction and BIAS the mean error (prediction − y), both in
 * standard deviations of the scored rows' y, QUALITY 1 − mean squared error / variance of y; the others are NaN. */
enum rate {
    RATE_SELECTION, /* P(ŷ = c) */
    RATE_TPR,
    RATE_FPR,
    RATE_PPV,
    RATE_BIAS,     /* mean probability of c − P(y = c) */
    RATE_QUALITY,  /* balanced accuracy */
    RATE_ACCURACY, /* of ŷ = c against y = c */
    RATES
};

/* What is said of the groups' rates together. */
enum statistic {
    STATISTIC_PARITY,      /* max − min of SELECTION */
    STATISTIC_OPPORTUNITY, /* of TPR */
    STATISTIC_ODDS,        /* the larger of max − min of TPR and of FPR */
    STATISTIC_PREDICTIVE,  /* max − min of PPV */
    STATISTIC_CALIBRATION, /* of BIAS */
    STATISTIC_WORST,       /* least QUALITY */
    STATISTIC_EQUITY,      /* M/(1 + Σ|M_g − M|), M the accuracy over the rows of all groups, M_g of those that enter */
    STATISTICS
};

struct statistic_kind {
    const char *name;
    enum rate rate;
    bool least;   /* the smaller, the worse */
    bool numbers; /* defined for numeric targets */
    double lo, hi;
    const char *rows; /* which rows there must be enough of */
};
extern const struct statistic_kind statistic_kinds[STATISTICS];

struct decisions_group {
    size_t n, positives, selected, hits; /* hits: true positives */
    double rate[RATES];
};

struct decisions_column {
    const char *name;
    bool crossed; /* groups are meetings of two columns' groups */
    size_t groups;
    const char **names;
    bool *enters[RATES]; /* decisions_entry */
    size_t first_rate;   /* decisions_rate_place */
    uint32_t *group;     /* per scored test row; GROUP_NONE: none */
};

struct decisions_part {
    uint32_t class;
    const char *name;                                   /* NULL when there is only one */
    const uint8_t *truth;                               /* per scored test row: y = class; NULL: numeric target */
    const uint8_t *decided[PROTOCOL_LEARNERS][SOURCES]; /* ŷ = class */
    /* Probability of the class, or the prediction; row i at [i * protocol.width]. Numeric target: error and its square. */
    const double *score[PROTOCOL_LEARNERS][SOURCES], *error[PROTOCOL_LEARNERS][SOURCES], *square[PROTOCOL_LEARNERS][SOURCES];
};

struct decisions {
    struct protocol protocol;
    double unit;                           /* numeric target: standard deviation of y over the scored rows; classes: 1 */
    size_t n_columns, n_parts, n_learners; /* columns: crossed ones last; learners without the baseline */
    struct decisions_column *columns;
    struct decisions_part *parts;
    size_t learner[PROTOCOL_LEARNERS]; /* index into learner_list */
    size_t cells;                      /* columns x parts x learners x sources x statistics */
    size_t most_groups;                /* of a column */
    double *value;                     /* per cell; NaN: fewer than two groups enter */
    double *null;                      /* per cell: its mean with the groups permuted among the rows; NULL when brief */
    size_t width;                      /* numbers a replicate: cells, and the rates of all groups */
    double *replicates;                /* protocol.replicates x width; NULL when brief */
};

/* An artifact of (subject, test rows); brief leaves out null and replicates. ERROR_UNMEASURABLE as protocol_get, and where the
 * target is the only sensitive column. */
int decisions_get(const struct measure_task *task, bool brief, const struct decisions **decisions, struct error *error);

size_t decisions_cell(const struct decisions *decisions, size_t column, size_t part, size_t learner, size_t source,
                      enum statistic statistic);

/* What a measure is about: a statistic of the subject's models, or how much larger it is than that of the real rows' models;
 * of single columns or of crossed ones. fault: the measure's. */
struct decisions_view {
    enum statistic statistic;
    bool change, crossed;
    enum subject fault;
};

/* Where the value was found. */
struct decisions_worst {
    size_t column, part;
    double candidate, real; /* the statistic there, means over learners */
};

/* Writes a measure's sentences about its result. */
typedef int decisions_word(const struct measure_task *task, const struct decisions *decisions,
                           const struct decisions_worst *worst, struct result *result, struct error *error);

/* The run function of all these measures. value: the worst over columns and parts of the mean over learners (those for which
 * it is defined); lo, hi: numeric/range_interval.h, of a change numeric/range_change.h. details:
 * docs/measures/fairness.demographic_parity.md. Rates over fewer than min_group real rows are null. */
int decisions_run(const struct measure_task *task, struct decisions_view view, decisions_word *word, struct result *result,
                  struct error *error);

/* Words of one measure. Gap: "Models trained on the candidate `before` CLASS `after` that differ by …"; numeric target:
 * `number` in place of the three. Level: "… have `before` of …". mend: an imperative sentence without its full stop. */
struct decisions_phrases {
    const char *before, *after, *number, *mend;
};

/* Finding and remedy of a gap or of a level (statistic_kind.least), beside real rows, interval, chance and accuracy: which
 * groups, how many rows. The remedy is there when the subject is worse than real rows by more than .02 (a change: when that is
 * proven). */
int decisions_words(const struct measure_task *task, const struct decisions *decisions, struct decisions_view view,
                    const struct decisions_phrases *phrases, const struct decisions_worst *worst, struct result *result,
                    struct error *error);

#endif
