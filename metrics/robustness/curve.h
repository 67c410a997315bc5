/* Curves of a score over a growing disturbance ε of the test rows: what noise, missing cells and attacks have in common.
 *
 * The value of a measure is the mean score over ε (area under the curve divided by its width), so that both the clean level and
 * the drop enter: the drop alone would reward useless models, which lose nothing. */
#ifndef ASSAY_METRICS_ROBUSTNESS_CURVE_H
#define ASSAY_METRICS_ROBUSTNESS_CURVE_H

#include "metrics/protocol.h"

enum { CURVE_STEPS = 6 };

/* Mean score over the learners of one source under each step of disturbance. */
struct curve {
    double score[CURVE_STEPS];
    double replicates[CURVE_STEPS][PROTOCOL_REPLICATES]; /* not filled when brief */
};

struct curve_context {
    const struct measure_task *task;
    const struct protocol *protocol;
    const struct curve_kind *kind;
    const struct trained *const *models; /* of the source */
    bool brief;
};

/* Adds the scores of one model at all steps, and unless brief their replicates, divided by `learners`, to the curve. */
typedef int curve_learner(const struct curve_context *context, size_t learner, double learners, struct curve *curve,
                          struct arena *scratch, struct error *error);

struct curve_kind {
    double eps[CURVE_STEPS]; /* ascending from 0 */
    const char *designs;     /* artifacts: the disturbed test rows */
    const char *curves;      /* artifacts: the curve of a source */
    int (*disturb)(const struct design *design, double eps, uint64_t seed, uint64_t step, struct design **out,
                   struct error *error);
    curve_learner *add;    /* curve_add_disturbed, or the measure's own way */
    bool decisions;        /* classes are scored by the balanced accuracy of decisions, not by AUC */
    const char *disturbed; /* "noisy" rows */
    const char *explained; /* what rows of the last step are, a sentence */
    const char *lost_more; /* remedy where the disturbance costs the candidate's models more than the real ones */
};

/* Scores the model on the rows that kind->disturb makes; all models meet the same rows. */
curve_learner curve_add_disturbed;

/* Mean score over ascending eps by the trapezoid rule. */
double curve_area(const double eps[CURVE_STEPS], const double score[CURVE_STEPS]);

/* Adds the details of a pair of curves to the result. */
int curve_describe(const struct measure_task *task, const struct protocol *protocol, const double eps[CURVE_STEPS],
                   const char *score_name, const struct curve *tstr, const struct curve *trtr, struct result *result,
                   struct error *error);

/* The run function of the curves over a disturbance. details: `curve` [{eps, tstr, trtr, tstr_lo, tstr_hi, trtr_lo, trtr_hi}],
 * `score`, `area_tstr`, `area_trtr`. */
int curve_run(const struct measure_task *task, const struct curve_kind *kind, struct result *result, struct error *error);

#endif
