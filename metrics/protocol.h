/* Train on the subject, test on real rows (TSTR), beside train on real rows, test on real rows (TRTR).
 *
 * Shared by utility, fairness and robustness: every learner is trained once on a table, its model and its predictions for the
 * test rows are artifacts. Fairness and robustness ask the learners of learner_list alone (a linear model, boosted trees and
 * the baseline): they predict many times a model, and neighbours are slow at that. Utility asks all learners. One encoder,
 * fitted on train, serves all tables. Test rows: the holdout; for the honest case task->honest_test, real rows that the honest
 * subject does not hold. The honest subject is smaller than train, so its comparison model learns from a random subset of train
 * of the same number of rows: what differs is then the rows, not their number. With train itself as the subject TSTR = TRTR.
 *
 * Rows without a target value, or with a class that train lacks, neither teach nor test. All features that are not ignored and
 * not a key take part, sensitive columns too. */
#ifndef ASSAY_METRICS_PROTOCOL_H
#define ASSAY_METRICS_PROTOCOL_H

#include "metrics/measure.h"
#include "models/design.h"
#include "models/learner.h"

enum {
    PROTOCOL_LEARNERS = 3, /* of learner_list */
    PROTOCOL_ALL = 6,      /* of learner_list and learner_more */
    PROTOCOL_REPLICATES = 200,
    PROTOCOL_MOST_CLASSES = 50
};

/* One learner trained on one table. */
struct trained {
    const struct learner *learner;
    bool baseline; /* the majority learner: shown, never part of a mean */
    struct model model;
    size_t rows;               /* it was trained on */
    const double *prediction;  /* scored test rows x width */
    const struct table *table; /* with `test` and `number` the key of what is made of it */
    uint64_t number;
};

/* The test rows that have a target value. */
struct protocol_test {
    const struct table *table;
    struct design *design; /* all rows of the table */
    size_t rows;           /* scored */
    uint32_t *use;         /* rows of the design that are scored */
    uint32_t *label;       /* classes: per scored row; binary: 1 = the positive class */
    double *value;         /* regression */
};

struct protocol {
    enum task_kind kind;
    size_t classes;                       /* 0: regression */
    size_t width;                         /* numbers a prediction: classes, or 1 */
    size_t replicates;                    /* of the bootstrap: 200; with more than 3 classes max(50, 600/classes) */
    const char *score_name, *score_title; /* "auc" and "AUC", or "r2" and "R²" */
    const struct encoder *encoder;
    const struct protocol_test *test;
    const struct trained *subject[PROTOCOL_LEARNERS], *real[PROTOCOL_LEARNERS]; /* in the order of learner_list */
};

/* The rows of a table that have a target value (classes: one that train knows), and those values. */
struct target_rows {
    size_t rows;
    uint32_t *use, *label; /* label: classes, as in protocol_test */
    double *value;         /* regression */
};
int target_rows_read(const struct dataset *data, size_t classes, const struct table *table, struct arena *arena,
                     struct target_rows *out, struct error *error);

/* Trains what is not there yet, several learners at a time on the pool. ERROR_UNMEASURABLE: no test rows, a target that is
 * missing, constant or of one class in the subject, no feature, too many classes. */
int protocol_get(const struct measure_task *task, struct protocol *protocol, struct error *error);

/* The same with class weights (labels_balance) where `balanced` and the target has classes; these are other models. */
int protocol_get_weighted(const struct measure_task *task, bool balanced, struct protocol *protocol, struct error *error);

/* All learners of both sources, the same learner at the same place: those of the protocol, then those of learner_more that can
 * learn this kind of target. */
struct protocol_models {
    size_t n;
    const struct trained *subject[PROTOCOL_ALL], *real[PROTOCOL_ALL];
};

/* protocol_get, and trains learner_more too. */
int protocol_get_all(const struct measure_task *task, struct protocol *protocol, struct protocol_models *models,
                     struct error *error);

/* The same for these learners alone, which all learn this kind of target, in their order (ends with NULL; at most
 * PROTOCOL_LEARNERS). protocol->subject and protocol->real stay empty. */
int protocol_get_these(const struct measure_task *task, const struct learner *const *learners, struct protocol *protocol,
                       struct protocol_models *models, struct error *error);

/* After protocol_get: the learners of learner_list trained on the rows of both sources together. In the honest case that is the
 * subset of train and the honest subject. */
int protocol_get_joined(const struct measure_task *task, const struct protocol *protocol,
                        const struct trained *joined[PROTOCOL_LEARNERS], struct error *error);

/* After protocol_get: the same, with the subject's rows in the place of the test rows. The models' predictions remain those for
 * the test rows; make new ones by protocol_predict. */
int protocol_on_subject(const struct measure_task *task, const struct protocol *protocol, struct protocol *asked,
                        struct error *error);

/* Mean over the models other than the baseline of value[model]. */
double protocol_models_mean(const struct protocol_models *models, const double *value);

/* Score of predictions for the scored test rows: ROC AUC, the mean over classes of one-vs-rest AUCs, or R² (not under −1: a
 * model that is useless is not worse for being wildly so). NaN where undefined. */
int protocol_score(const struct protocol *protocol, const double *prediction, double *score, struct error *error);

/* The same score over protocol->replicates bootstrap samples of the test rows, for several predictions at a time. replicates:
 * count x PROTOCOL_REPLICATES, the first of each filled. The samples depend on the test table and the seed alone, so that
 * differences between models are paired. */
int protocol_bootstrap(const struct measure_task *task, const struct protocol *protocol, const double *const *predictions,
                       size_t count, double *replicates, struct error *error);

/* The replicates of one model: protocol->replicates scores. An artifact: computed once a model. */
int protocol_model_replicates(const struct measure_task *task, const struct protocol *protocol, const struct trained *trained,
                              const double **replicates, struct error *error);

/* The replicates of all models of one source (protocol->subject or ->real). */
struct protocol_replicates {
    double score[PROTOCOL_LEARNERS][PROTOCOL_REPLICATES];
};
int protocol_replicates(const struct measure_task *task, const struct protocol *protocol,
                        const struct trained *const models[PROTOCOL_LEARNERS], const struct protocol_replicates **replicates,
                        struct error *error);

/* Predictions for the scored test rows of a design of the test table: scored rows x width. */
int protocol_predict(const struct protocol *protocol, const struct model *model, const struct design *design,
                     struct arena *arena, const double **prediction, struct error *error);

/* The same into room for the rows of the design x width, without an arena: for tasks of the pool. */
int protocol_predict_into(const struct protocol *protocol, const struct model *model, const struct design *design, double *out,
                          struct error *error);

/* Whether a value alone will do: a brief task, or a control that anchors nothing in a measure whose faulty control is `fault`.
 */
bool protocol_brief(const struct measure_task *task, enum subject fault);

/* The least score that the subject can have. Independent columns teach nothing, yet a model fitted to noise points somewhere
 * and may point away from the truth; such a control counts as chance (AUC ½, R² 0), so that luck does not stretch the scale
 * that it anchors. Any other subject: −1. */
double protocol_least(const struct measure_task *task, const struct protocol *protocol);

/* Sets result->method to "what (N)", N the number of replicates. */
int protocol_method(const struct protocol *protocol, const char *what, struct result *result, struct error *error);

/* Mean over the learners other than the baseline of value[learner]. */
double protocol_mean(const struct protocol *protocol, const double *value);

#endif
