#include "numeric/scores.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "numeric/ranking.h"

uint32_t predicted_class(const double *probability, size_t classes)
{
    if (classes == 2)
        return probability[1] >= 0.5;
    size_t best = 0;
    for (size_t c = 1; c < classes; c++)
        if (probability[c] > probability[best])
            best = c;
    return (uint32_t)best;
}

void calibration_bins(const uint8_t *outcome, const double *probability, size_t n,
                      struct calibration_bin bins[CALIBRATION_BINS])
{
    for (size_t bin = 0; bin < CALIBRATION_BINS; bin++)
        bins[bin] = (struct calibration_bin){0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        double position = CALIBRATION_BINS * probability[i];
        size_t bin = position >= CALIBRATION_BINS - 1 ? CALIBRATION_BINS - 1 : position > 0 ? (size_t)position : 0;
        bins[bin].n++;
        bins[bin].hits += outcome[i];
        bins[bin].sum += probability[i];
    }
}

double calibration_error(const uint8_t *outcome, const double *probability, size_t n)
{
    struct calibration_bin bins[CALIBRATION_BINS];
    double error = 0;
    calibration_bins(outcome, probability, n, bins);
    for (size_t bin = 0; bin < CALIBRATION_BINS; bin++)
        error += fabs((double)bins[bin].hits - bins[bin].sum);
    return n ? error / (double)n : NAN;
}

/* Rows of each class: labelled so, predicted so, both. */
struct class_counts {
    size_t labelled, predicted, both;
};

static double f1_score(const struct class_counts *c)
{
    return 2 * (double)c->both / (double)(c->labelled + c->predicted);
}

static void decision_scores(const uint32_t *label, const double *probability, struct class_counts *counts,
                            struct classification_scores *s)
{
    size_t right = 0, occurring = 0, seen = 0;
    double recall = 0, f1 = 0;
    for (size_t i = 0; i < s->n; i++) {
        uint32_t predicted = predicted_class(probability + i * s->classes, s->classes);
        counts[label[i]].labelled++;
        counts[predicted].predicted++;
        counts[label[i]].both += predicted == label[i];
        right += predicted == label[i];
    }
    for (size_t c = 0; c < s->classes; c++) {
        if (counts[c].labelled) {
            recall += (double)counts[c].both / (double)counts[c].labelled;
            occurring++;
        }
        if (counts[c].labelled + counts[c].predicted) {
            f1 += f1_score(&counts[c]);
            seen++;
        }
    }
    s->accuracy = (double)right / (double)s->n;
    s->balanced_accuracy = recall / (double)occurring;
    s->macro_f1 = f1 / (double)seen;
}

static double clipped_log(double p)
{
    const double least = 0x1p-52;
    return log(p < least ? least : p > 1 - least ? 1 - least : p);
}

static void probability_scores(const uint32_t *label, const double *probability, struct classification_scores *s)
{
    double loss = 0, brier = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double *p = probability + i * s->classes;
        loss -= clipped_log(p[label[i]]);
        for (size_t c = s->classes == 2 ? 1 : 0; c < s->classes; c++)
            brier += (p[c] - (c == label[i])) * (p[c] - (c == label[i]));
    }
    s->log_loss = loss / (double)s->n;
    s->brier = brier / (double)s->n;
}

/* AUC and average precision of one class against the rest; `present` counts the classes that occur beside others. */
static int class_ranking(const uint32_t *label, const double *probability, size_t class, uint8_t *is_class, double *score,
                         struct classification_scores *s, size_t *present, struct error *error)
{
    size_t members = 0;
    for (size_t i = 0; i < s->n; i++) {
        is_class[i] = label[i] == class;
        score[i] = probability[i * s->classes + class];
        members += is_class[i];
    }
    if (members == 0 || members == s->n)
        return 0;
    double auc, precision;
    int status = roc_auc(score, is_class, s->n, &auc, error);
    if (status == 0)
        status = average_precision(score, is_class, s->n, &precision, error);
    if (status)
        return status;
    s->roc_auc += auc;
    s->average_precision += precision;
    ++*present;
    return 0;
}

static int ranking_scores(const uint32_t *label, const double *probability, uint8_t *flag, double *score,
                          struct classification_scores *s, struct error *error)
{
    size_t present = 0;
    int status = 0;
    s->roc_auc = s->average_precision = 0;
    for (size_t c = s->classes == 2 ? 1 : 0; c < s->classes && status == 0; c++)
        status = class_ranking(label, probability, c, flag, score, s, &present, error);
    s->roc_auc = present ? s->roc_auc / (double)present : NAN;
    s->average_precision = present ? s->average_precision / (double)present : NAN;
    return status;
}

static void calibration_score(const uint32_t *label, const double *probability, uint8_t *flag, double *score,
                              struct classification_scores *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const double *p = probability + i * s->classes;
        uint32_t top = s->classes == 2 ? 1 : predicted_class(p, s->classes);
        flag[i] = label[i] == top;
        score[i] = p[top];
    }
    s->calibration_error = calibration_error(flag, score, s->n);
}

int classification_scores(const uint32_t *label, const double *probability, size_t n, size_t classes,
                          struct classification_scores *scores, struct error *error)
{
    *scores = (struct classification_scores){n, classes, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (n == 0)
        return 0;
    struct class_counts *counts = calloc(classes, sizeof *counts);
    uint8_t *flag = calloc(n, sizeof *flag);
    double *score = calloc(n, sizeof *score);
    int status = counts && flag && score ? 0 : error_memory(error);
    if (status == 0) {
        decision_scores(label, probability, counts, scores);
        probability_scores(label, probability, scores);
        calibration_score(label, probability, flag, score, scores);
        status = ranking_scores(label, probability, flag, score, scores, error);
    }
    free(counts);
    free(flag);
    free(score);
    return status;
}

void regression_scores(const double *y, const double *predicted, size_t n, struct regression_scores *scores)
{
    *scores = (struct regression_scores){n, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (n == 0)
        return;
    double rows = (double)n, mean = 0, absolute = 0, squares = 0, bias = 0, relative = 0, total = 0, spread = 0;
    bool constant = true, zero = false;
    for (size_t i = 0; i < n; i++) {
        double e = predicted[i] - y[i];
        mean += y[i] / rows;
        absolute += fabs(e);
        squares += e * e;
        bias += e;
        constant &= y[i] == y[0];
        zero |= y[i] == 0;
        relative += y[i] == 0 ? 0 : fabs(e) / fabs(y[i]);
    }
    scores->mean_error = bias / rows;
    for (size_t i = 0; i < n; i++) {
        double e = predicted[i] - y[i] - scores->mean_error;
        total += (y[i] - mean) * (y[i] - mean);
        spread += e * e;
    }
    scores->mae = absolute / rows;
    scores->mse = squares / rows;
    scores->rmse = sqrt(scores->mse);
    scores->r2 = constant ? NAN : 1 - squares / total;
    scores->explained_variance = constant ? NAN : 1 - spread / total;
    scores->mape = zero ? NAN : relative / rows;
}
