/* The figures of what models learn: utility, fairness, robustness. */
#include <math.h>
#include <string.h>

#include "report/chart_fidelity.h"
#include "report/chart_models.h"
#include "report/figures.h"
#include "report/words.h"

/* A figure of one measure that is not made of rows; height 0: left out. */
static void add_drawn(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena, const char *id,
                      struct figure figure)
{
    const struct model_measure *measure = model_measure_find(candidate, id);
    if (!measure || !measure->ok || !(figure.height > 0))
        return;
    if (!figure.measure) /* else the sentence is whole */
        figure.sentence = figure_sentence(arena, candidate, measure, figure.sentence);
    figure.measure = id;
    if (!figure.caption)
        figure.caption = figure_caption(arena, candidate, id);
    figure_add(list, &figure);
}

static const char *learner_caption(struct arena *arena, const struct model_candidate *candidate, const char *id,
                                   const cJSON *learner)
{
    const char *name = learner ? plain_name(arena, model_text(arena, learner, "learner")) : "";
    return arena_format(arena, "%s%s%s", figure_caption(arena, candidate, id), *name ? " \xc2\xb7 learner: " : "", name);
}

/* --- utility --------------------------------------------------------------------------------------------------------- */

static void add_tstr(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    static const char id[] = "utility.tstr";
    add_drawn(list, candidate, arena, id,
              (struct figure){.title = "Trained on synthetic, tested on real",
                              .sentence = "The further blue lies left of grey, the more is lost by training on synthetic rows. "
                                          "Lines are intervals.",
                              .height = chart_learners_height(figure_details(candidate, id)),
                              .draw = chart_learners,
                              .data = model_measure_find(candidate, id)});
}

static bool add_calibration(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    static const char id[] = "utility.tstr";
    const cJSON *details = figure_details(candidate, id);
    if (!chart_calibration_drawn(details))
        return false;
    const cJSON *learner = learner_first(cJSON_GetObjectItemCaseSensitive(details, "learners"));
    add_drawn(list, candidate, arena, id,
              (struct figure){.title = "Can its probabilities be believed?",
                              .sentence =
                                  "On the dotted diagonal a probability means what it says; below it, it is too high. "
                                  "Open grey: trained on real rows; blue: on synthetic rows. A dot: the rows of a tenth "
                                  "of the scale, with its interval.",
                              .caption = learner_caption(arena, candidate, id, learner),
                              .measure = id,
                              .height = 170,
                              .draw = chart_calibration,
                              .data = details});
    return true;
}

static void add_rank(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    static const char id[] = "utility.rank";
    const cJSON *details = figure_details(candidate, id);
    add_drawn(list, candidate, arena, id,
              (struct figure){.title = "Which kind of model is best?",
                              .sentence = "Level lines: the same order. Lines that cross: the candidate ranks them otherwise. "
                                          "Blue: the one that it puts first.",
                              .height = chart_rank_height(details),
                              .draw = chart_rank,
                              .data = details});
}

static const struct row_figure gap_figure = {
    "utility.gap", "What training on synthetic rows costs",
    "An interval right of the line: that kind of model surely loses; on both sides of it: no loss is proven.", rows_gap};
static const struct row_figure story_figures[] = {
    {"utility.importance", "Which columns the models lean on",
     "Blue beside grey: the column matters as much to either model; apart: the explanation of the target changes.",
     rows_importance},
    {"fidelity.inference", "Would an analyst reach the same conclusions?",
     "Blue beside grey: the same coefficient; intervals apart: another conclusion. Least alike first.", rows_inference},
};
static const struct row_figure other_figures[] = {
    {"utility.augment", "Adding synthetic to real rows",
     "Right of the line: real and synthetic rows together teach more than the real ones alone.", rows_augment},
    {"utility.trts", "Real models on synthetic rows",
     "Right of the line: synthetic rows are easier to predict than real ones, so that tests on them flatter.", rows_trts},
    {"utility.rare", "Rare classes", "Blue left of grey: less of the class is found by models of synthetic rows.", rows_rare},
};

static void add_all(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena,
                    const struct row_figure *figures, size_t count)
{
    for (size_t i = 0; i < count; i++)
        figure_add_rows(list, candidate, arena, &figures[i]);
}

/* Figures of like height stand in pairs: the order depends on whether there is a calibration curve. */
void figures_utility(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    add_tstr(list, candidate, arena);
    const bool calibrated = add_calibration(list, candidate, arena);
    figure_add_rows(list, candidate, arena, &gap_figure);
    if (calibrated)
        add_rank(list, candidate, arena);
    add_all(list, candidate, arena, story_figures, sizeof story_figures / sizeof *story_figures);
    if (!calibrated)
        add_rank(list, candidate, arena);
    add_all(list, candidate, arena, other_figures, sizeof other_figures / sizeof *other_figures);
}

/* --- fairness -------------------------------------------------------------------------------------------------------- */

struct group_figure {
    const char *id, *title, *look;
    struct group_chart chart;
};

static void add_groups(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena,
                       const struct group_figure *spec)
{
    const cJSON *groups = cJSON_GetObjectItemCaseSensitive(figure_details(candidate, spec->id), "groups");
    const cJSON *learner = learner_first(groups);
    struct group_chart *chart = ARENA_NEW(arena, struct group_chart);
    if (!groups || !chart)
        return;
    *chart = spec->chart;
    chart->learner = learner ? cJSON_GetObjectItemCaseSensitive(learner, "learner")->valuestring : NULL;
    if (learner && cJSON_HasObjectItem(learner, "r2")) { /* a numeric target: means, no shares */
        chart->plain = true;
        chart->four_fifths = false;
        chart->axis = chart->line ? "mean error (standard deviations of the target)"
                                  : "mean prediction (standard deviations of the target)";
    }
    add_drawn(list, candidate, arena, spec->id,
              (struct figure){.title = spec->title,
                              .sentence = spec->look,
                              .caption = learner_caption(arena, candidate, spec->id, learner),
                              .height = chart_groups_read(chart, groups, arena),
                              .draw = chart_groups,
                              .data = chart});
}

static const struct group_figure decision_figures[] = {
    {"fairness.demographic_parity",
     "Who gets the positive answer",
     "Open grey: the model trained on real rows; blue: on synthetic rows. Groups far apart in blue but not in grey are the "
     "candidate\xe2\x80\x99s doing.",
     {.rate = "rate", .axis = "gets the positive answer", .four_fifths = true}},
    {"fairness.equal_opportunity",
     "Who is overlooked",
     "Of those who truly are positive, how many the model finds, by group. Further left: overlooked more often.",
     {.rate = "tpr", .axis = "found among those who are positive"}},
    {"fairness.predictive_parity",
     "What a yes is worth",
     "Of those who get the positive answer, how many truly are positive. Further left: a yes is less reliable.",
     {.rate = "ppv", .axis = "truly positive among those told so"}},
    {"fairness.calibration",
     "Whose chances are overstated",
     "Left of the line the model thinks too little of the group, right of it too much.",
     {.rate = "bias", .axis = "mean probability less share of positive rows", .line = true}},
    {"fairness.intersections",
     "Where two columns meet",
     "Of the columns whose meetings lie furthest apart: who gets the positive answer least often comes first.",
     {.rate = "rate", .axis = "gets the positive answer", .four_fifths = true, .widest = true}},
};
static const struct group_figure representation_figure = {
    "fairness.representation",
    "Who is in the table",
    "Open grey: share of the real rows; blue: of the synthetic rows. Blue left of grey: the group has become rarer.",
    {.real = "share_reference", .subject = "share_subject", .axis = "share of the rows"}};
static const struct row_figure change_figures[] = {
    {"fairness.amplification", "Does the candidate widen the gap?",
     "An arrow to the right: models of synthetic rows treat the groups more unequally; below, an interval right of the line "
     "proves it.",
     rows_amplification},
    {"fairness.group_fidelity", "Is any group drawn worse than the others?",
     "The further left, the less the group\xe2\x80\x99s own rows are like the real ones. Worst first.", rows_group_fidelity},
    {"fairness.leakage", "Do other columns give the group away?",
     "Blue right of grey: the group can be guessed more easily than from real rows.", rows_leakage},
    {"fairness.label_gap", "Do the groups keep their base rates?",
     "The arrow goes from the real to the synthetic difference between the two groups that moved apart most.", rows_label_gap},
};

void figures_fairness(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    add_groups(list, candidate, arena, &decision_figures[0]);
    figure_add_rows(list, candidate, arena, &change_figures[0]);
    for (size_t i = 1; i < sizeof decision_figures / sizeof *decision_figures; i++)
        add_groups(list, candidate, arena, &decision_figures[i]);
    add_groups(list, candidate, arena, &representation_figure);
    add_all(list, candidate, arena, change_figures + 1, sizeof change_figures / sizeof *change_figures - 1);
}

/* --- robustness ------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *id, *title, *axis;
} curves[] = {
    {"robustness.noise", "Under growing noise", "noise (standard deviations; share of categories changed)"},
    {"robustness.missing", "With cells missing", "share of cells that are taken away"},
    {"robustness.adversarial", "Under attack", "how far numbers are moved (standard deviations)"},
    {"robustness.shift", "When the population changes", "strength of the shift"},
};

static void add_curve(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena,
                      const struct model_measure *measure)
{
    struct curve_chart *chart = ARENA_NEW(arena, struct curve_chart);
    const char *title = measure->title, *axis = "strength of the disturbance";
    if (!chart || !chart_curve_drawn(measure->details))
        return;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (strcmp(curves[i].id, measure->id) == 0) {
            title = curves[i].title;
            axis = curves[i].axis;
        }
    *chart = (struct curve_chart){measure, axis};
    add_drawn(list, candidate, arena, measure->id,
              (struct figure){.title = title,
                              .sentence = "Blue below grey: the model trained on synthetic rows is worse. Blue falling "
                                          "faster: it is also more brittle.",
                              .height = 165,
                              .draw = chart_curve,
                              .data = chart});
}

void figures_robustness(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    static const char seed[] = "robustness.seed";
    const cJSON *details = figure_details(candidate, seed);
    for (size_t i = 0; i < candidate->n_measures; i++)
        if (strcmp(candidate->measures[i].dimension, "robustness") == 0 && candidate->measures[i].ok)
            add_curve(list, candidate, arena, &candidate->measures[i]);
    if (chart_spread_drawn(details))
        add_drawn(list, candidate, arena, seed,
                  (struct figure){.title = "How much hangs on the rows that trained it",
                                  .sentence = "A dot a model, the stroke their mean. Blue wider than grey: what is learned "
                                              "from the candidate hangs on few rows.",
                                  .height = 82,
                                  .draw = chart_spread,
                                  .data = details});
}
