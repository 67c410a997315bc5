/* fairness.intersections: do models trained on the subject decide alike where two sensitive columns meet? */
#include "metrics/fairness/decisions.h"

static const struct decisions_view view = {STATISTIC_PARITY, false, true, SUBJECT_CANDIDATE};
static const struct decisions_phrases phrases = {
    .before = "predict ",
    .after = " at rates",
    .number = "predict means (in standard deviations of the target)",
    .mend = "Look at how the target depends on both columns together in the candidate; draw these groups apart",
};

static int word(const struct measure_task *task, const struct decisions *d, const struct decisions_worst *worst,
                struct result *result, struct error *error)
{
    return decisions_words(task, d, view, &phrases, worst, result, error);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    return decisions_run(task, view, word, result, error);
}

const struct measure measure_fairness_intersections = {
    .id = "fairness.intersections",
    .title = "Demographic parity of crossed groups",
    .summary =
        "How differently models trained on the candidate decide about the groups that two sensitive columns make together.",
    .definition =
        "fairness.demographic_parity for the meetings of the groups of two sensitive columns. A meeting is a group when at "
        "least k training rows share it, and enters with at least max(k, 50) holdout rows. The first ten pairs of columns are "
        "crossed, those with at most 1,000 meetings. The value is the largest over pairs of the mean over learners.",
    .reading = "0: all crossed groups are decided about alike. Columns that are fair alone may hide a gap where they meet. "
               "More and smaller groups lie further apart by chance, so compare with models trained on real rows and with the "
               "difference that chance alone makes.",
    .unit = "share",
    .reference = "fairness of subgroups: Kearns et al. 2018, ICML; Buolamwini, Gebru 2018, FAT*",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_SENSITIVE | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_CANDIDATE,
    .worst = 1,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, fairness.decisions",
    .run = run,
};
