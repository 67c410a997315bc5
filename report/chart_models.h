/* The pictures of what models learn: each reads the details of its measure (its file says which); NULL, or a height of 0:
 * nothing to draw. */
#ifndef ASSAY_REPORT_CHART_MODELS_H
#define ASSAY_REPORT_CHART_MODELS_H

#include "report/chart_rows.h"

/* Trained on real and on candidate rows, learner by learner; of a struct model_measure. */
void chart_learners(struct chart *chart, const void *measure);
double chart_learners_height(const cJSON *details);

/* "AUC" or "R²", after `details`.score. */
const char *score_words(struct arena *arena, const cJSON *details);
/* The first object of an array that names a "learner" which is no baseline; NULL: none. */
const cJSON *learner_first(const cJSON *array);

struct row_panels rows_gap(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_augment(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_trts(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_rare(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_importance(struct arena *arena, const struct model_measure *measure);

void chart_rank(struct chart *chart, const void *details);
double chart_rank_height(const cJSON *details);
void chart_calibration(struct chart *chart, const void *details);
bool chart_calibration_drawn(const cJSON *details);

struct group_row;
struct group_chart {
    const char *learner;        /* the learner that is drawn; NULL: all */
    const char *rate;           /* key of the rate: "rate", "tpr"; "trained_on" says of which model */
    const char *real, *subject; /* or keys of the real and the candidate's rate in one entry */
    const char *axis;
    bool four_fifths;
    bool plain;  /* not a share */
    bool line;   /* a dashed line at 0, and rates may be negative */
    bool widest; /* only the column and class whose large groups lie furthest apart, lowest first; else the file's order */
    struct group_row *rows; /* as chart_groups_read finds them */
    size_t count, hidden;
};
/* Reads the groups; gives the height of the chart, 0: nothing to draw. */
double chart_groups_read(struct group_chart *chart, const cJSON *groups, struct arena *arena);
void chart_groups(struct chart *chart, const void *group_chart);

struct row_panels rows_amplification(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_label_gap(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_group_fidelity(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_leakage(struct arena *arena, const struct model_measure *measure);

struct curve_chart {
    const struct model_measure *measure;
    const char *axis; /* what grows to the right */
};
void chart_curve(struct chart *chart, const void *curve_chart);
bool chart_curve_drawn(const cJSON *details);
void chart_spread(struct chart *chart, const void *details);
bool chart_spread_drawn(const cJSON *details);

#endif
