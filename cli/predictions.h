/* Predictions of a file: read, audited, and said as a table or JSON. */
#ifndef ASSAY_CLI_PREDICTIONS_H
#define ASSAY_CLI_PREDICTIONS_H

#include "core/json.h"
#include "core/options.h"
#include "metrics/fairness/predictions.h"

struct prediction_settings {
    const char *file, *label, *score, *decision, *positive, *out;
    struct option_list groups;
    double threshold;
    int64_t min_group, replicates, seed;
};

struct prediction_column {
    const char *name;
    const char **names; /* of groups */
    struct predictions_column result;
};

struct prediction_report {
    struct arena *arena; /* the caller frees it, after a failure too */
    struct predictions rows;
    size_t unlabelled; /* rows left out */
    const char *positive;
    struct predictions_group overall;
    struct classification_scores scores;
    size_t n_columns;
    struct prediction_column *columns;
};

int predictions_audit(const struct prediction_settings *settings, struct prediction_report *report, struct error *error);
void predictions_table(const struct prediction_settings *settings, const struct prediction_report *report, struct strbuf *out);
cJSON *predictions_json(const struct prediction_settings *settings, const struct prediction_report *report);

#endif
