/* robustness.adversarial: how well do models trained on the subject hold against small, well-chosen changes of numbers? */
#include "metrics/robustness/attack.h"
#include "metrics/samples.h"

#include <math.h>

struct loss_context {
    const struct protocol *protocol;
    const struct attack *attack;
};

/* Mean over the classes of: share decided rightly, times the share of those under attack that still are. */
static double balanced_accuracy(const struct loss_context *c, size_t step, const uint32_t *weight)
{
    const struct protocol_test *test = c->protocol->test;
    double rows[PROTOCOL_MOST_CLASSES] = {0}, right[PROTOCOL_MOST_CLASSES] = {0};
    double attacked[PROTOCOL_MOST_CLASSES] = {0}, kept[PROTOCOL_MOST_CLASSES] = {0}, sum = 0, present = 0;
    for (size_t i = 0; i < test->rows; i++) {
        double w = weight ? weight[i] : 1, under = c->attack->attacked[i] ? w : 0;
        uint32_t class = test->label[i];
        rows[class] += w;
        right[class] += w * (1 - c->attack->loss[0][i]);
        attacked[class] += under;
        kept[class] += under * (1 - c->attack->loss[step][i]);
    }
    for (size_t class = 0; class < c->protocol->classes; class ++) {
        if (!(rows[class] > 0))
            continue;
        present++;
        if (attacked[class] > 0)
            sum += right[class] / rows[class] * (kept[class] / attacked[class]);
    }
    return sum / present;
}

/* R² with the mean growth of the squared error under attack; not under −1, as in protocol_score. */
static double r2(const struct loss_context *c, size_t step, const uint32_t *weight)
{
    const struct protocol_test *test = c->protocol->test;
    double rows = 0, sum = 0, spread = 0, loss = 0, attacked = 0, growth = 0;
    for (size_t i = 0; i < test->rows; i++) {
        double w = weight ? weight[i] : 1, under = c->attack->attacked[i] ? w : 0;
        rows += w;
        sum += w * test->value[i];
        loss += w * c->attack->loss[0][i];
        attacked += under;
        growth += under * (c->attack->loss[step][i] - c->attack->loss[0][i]);
    }
    for (size_t i = 0; i < test->rows; i++)
        spread += (weight ? weight[i] : 1) * (test->value[i] - sum / rows) * (test->value[i] - sum / rows);
    if (!(spread > 0))
        return NAN;
    return fmax(1 - (loss + (attacked > 0 ? rows * growth / attacked : 0)) / spread, -1);
}

static double score(const struct loss_context *c, size_t step, const uint32_t *weight)
{
    return c->protocol->classes ? balanced_accuracy(c, step, weight) : r2(c, step, weight);
}

static int one_replicate(void *context, const uint32_t *weight, size_t worker, double *values, struct error *error)
{
    const struct loss_context *c = context;
    (void)worker;
    (void)error;
    for (size_t step = 0; step < CURVE_STEPS; step++)
        values[step] = score(c, step, weight);
    return 0;
}

static int add_attacked(const struct curve_context *c, size_t learner, double learners, struct curve *curve,
                        struct arena *scratch, struct error *error)
{
    struct attack attack;
    struct loss_context losses = {.protocol = c->protocol, .attack = &attack};
    const struct trained *trained = c->models[learner];
    size_t replicates = c->protocol->replicates;
    int status = attack_model(c, &trained->model, trained->prediction, scratch, &attack, error);
    for (size_t step = 0; status == 0 && step < CURVE_STEPS; step++)
        curve->score[step] += score(&losses, step, NULL) / learners;
    if (status != 0 || c->brief)
        return status;
    double *values = arena_array(scratch, replicates, CURVE_STEPS * sizeof *values);
    if (!values)
        return error_memory(error);
    status = samples_run(c->task, c->protocol->test->rows, replicates, CURVE_STEPS, one_replicate, &losses, values, error);
    for (size_t b = 0; status == 0 && b < replicates; b++)
        for (size_t step = 0; step < CURVE_STEPS; step++)
            curve->replicates[step][b] += values[b * CURVE_STEPS + step] / learners;
    return status;
}

static const struct curve_kind adversarial = {
    .eps = {0, 0.05, 0.1, 0.15, 0.2, 0.25},
    .curves = "robustness.attacked",
    .add = add_attacked,
    .decisions = true,
    .disturbed = "rows attacked with a quarter of a standard deviation",
    .explained = "The attacker knows model and truth: all numbers may move for the linear model, three for trees.",
    .lost_more = "Models of the candidate decide close to many real rows: look at near-collinear and repeated numeric columns, "
                 "or train with a stronger penalty.",
};

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    return curve_run(task, &adversarial, result, error);
}

const struct measure measure_robustness_adversarial = {
    .id = "robustness.adversarial",
    .title = "Robustness to attacks",
    .summary = "How well models trained on the candidate decide real rows whose numbers an adversary moves a little.",
    .definition =
        "Classes: balanced accuracy (mean over classes of the share decided rightly); numeric targets: R². Numbers and dates "
        "of "
        "holdout rows move by up to ε standard deviations of the training table, for ε = 0, 0.05, …, 0.25, to make the model "
        "wrong. Linear model: the worst case in closed form, a row is lost when its margin is at most ε Σ|w|. Trees: up to "
        "three "
        "cells, one after the other, each by +ε or −ε, whichever harms most, on at most 400 rows. The value is the mean score "
        "over ε by the trapezoid rule, mean over both models; ε = 0 is the model's own balanced accuracy or R².",
    .reading =
        "Compare with models trained on real rows, which stand beside it. The clean level is part of the value. For trees "
        "the attack is greedy: a better one may exist.",
    .unit = "balanced accuracy or R²",
    .reference = "Goodfellow, Shlens, Szegedy 2015, arXiv 1412.6572, section 5 (linear models); the rest this project",
    .dimension = DIMENSION_ROBUSTNESS,
    .direction = DIRECTION_HIGHER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS | NEED_QUANTITY,
    .anchor = ANCHOR_TRAIN,
    .fault = SUBJECT_INDEPENDENT,
    .worst = -1,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, protocol.samples, robustness.attacked",
    .run = run,
};
