/* The figures of what models learn: utility, fairness, robustness. */
#include <math.h>
#include <string.h>

#include "report/pages.h"
#include "report/words.h"

void figures_utility(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    static const char id[] = "utility.tstr";
    const cJSON *details = figure_details(candidate, id);
    double height = details ? chart_learners_height(details) : 0;
    if (height <= 0)
        return;
    figure_add(list, &(struct figure){.title = "Trained on synthetic, tested on real",
                                      .sentence =
                                          "The further blue lies left of grey, the more is lost by training on synthetic rows. "
                                          "Lines are intervals.",
                                      .caption = figure_caption(arena, candidate, id),
                                      .height = height,
                                      .draw = chart_learners,
                                      .data = details});
}

/* The learner whose groups are drawn: the first one that is not the majority baseline. NULL: the audit names none. */
static const char *learner_of(const cJSON *groups)
{
    const cJSON *item;
    for (item = model_first(groups); item; item = item->next) {
        const cJSON *learner = cJSON_GetObjectItemCaseSensitive(item, "learner");
        if (cJSON_IsString(learner) && strcmp(learner->valuestring, "majority") != 0)
            return learner->valuestring;
    }
    return NULL;
}

static void add_groups(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena, const char *id,
                       const struct group_chart *kind, const char *title, const char *sentence)
{
    const cJSON *details = figure_details(candidate, id);
    const cJSON *groups = cJSON_GetObjectItemCaseSensitive(details, "groups");
    struct group_chart *spec = ARENA_NEW(arena, struct group_chart);
    if (!cJSON_IsArray(groups) || !spec)
        return;
    *spec = *kind;
    spec->groups = groups;
    spec->learner = learner_of(groups);
    double height = chart_groups_height(spec);
    if (height <= 0)
        return;
    const char *learner = spec->learner ? plain_name(arena, clean_text(arena, spec->learner)) : "";
    figure_add(list, &(struct figure){.title = title,
                                      .sentence = sentence,
                                      .caption = arena_format(arena, "%s%s%s", figure_caption(arena, candidate, id),
                                                              *learner ? " \xc2\xb7 learner: " : "", learner),
                                      .height = height,
                                      .draw = chart_groups,
                                      .data = spec});
}

void figures_fairness(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    static const struct group_chart shares = {
        .real = "share_reference", .subject = "share_subject", .axis = "share of the rows"};
    static const struct group_chart parity = {.rate = "rate", .axis = "gets the positive answer", .four_fifths = true};
    static const struct group_chart opportunity = {.rate = "tpr", .axis = "recognised among those who are positive"};
    add_groups(
        list, candidate, arena, "fairness.demographic_parity", &parity, "Who gets the positive answer",
        "Open grey: the model trained on real rows; blue: on synthetic rows. Groups far apart in blue but not in grey are the "
        "candidate\xe2\x80\x99s doing.");
    add_groups(list, candidate, arena, "fairness.equal_opportunity", &opportunity, "Who is overlooked",
               "Of those who truly are positive, how many the model finds, by group. Further left: overlooked more often.");
    add_groups(
        list, candidate, arena, "fairness.representation", &shares, "Who is in the table",
        "Open grey: share of the real rows; blue: of the synthetic rows. Blue left of grey: the group has become rarer.");
}

void figures_robustness(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    static const char id[] = "robustness.noise";
    const cJSON *details = figure_details(candidate, id);
    const cJSON *curve = cJSON_GetObjectItemCaseSensitive(details, "curve");
    if (!cJSON_IsArray(curve) || !curve->child)
        return;
    figure_add(list, &(struct figure){.title = "Under growing disturbance",
                                      .sentence =
                                          "Blue below grey: the model trained on synthetic rows is worse. Blue falling faster: "
                                          "it is also more brittle.",
                                      .caption = figure_caption(arena, candidate, id),
                                      .height = 170,
                                      .draw = chart_curve,
                                      .data = details});
}
