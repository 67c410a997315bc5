#include <math.h>
#include <string.h>

#include "report/attacks.h"
#include "report/figures_privacy.h"
#include "report/pages.h"

static const char membership[] = "privacy.membership", reconstruction[] = "privacy.reconstruction";

static bool any_attack_has(const cJSON *details, const char *key)
{
    const cJSON *attacks = cJSON_GetObjectItemCaseSensitive(details, "attacks"), *attack;
    for (attack = model_first(attacks); attack; attack = attack->next) {
        const cJSON *points = cJSON_GetObjectItemCaseSensitive(attack, key);
        if (cJSON_IsArray(points) && points->child)
            return true;
    }
    return false;
}

static void add_rows(struct figure_list *list, struct arena *arena, const struct row_panels *rows, struct figure figure)
{
    struct row_panels *panels = ARENA_NEW(arena, struct row_panels);
    if (!panels || chart_rows_height(rows) <= 0)
        return;
    *panels = *rows;
    figure.alone = true;
    figure.height = chart_rows_height(panels);
    figure.draw = chart_rows;
    figure.data = panels;
    figure_add(list, &figure);
}

static void add_groups(struct figure_list *list, const cJSON *details, const char *caption, struct arena *arena)
{
    const struct row_panels groups = rows_membership_groups(arena, details);
    add_rows(list, arena, &groups,
             (struct figure){.title = "Is any group worse protected than the rest?",
                             .sentence = "A dot right of the hollow one: its members are easier to recognise than other "
                                         "people's records. \xe2\x80\x9cWorse off\xe2\x80\x9d: proven, however many groups "
                                         "were asked about; in brackets: by another family's attack, shown in that row.",
                             .caption = caption});
}

static void add_membership(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    const cJSON *details = figure_details(candidate, membership);
    const char *caption = figure_caption(arena, candidate, membership);
    if (any_attack_has(details, "roc"))
        figure_add(list,
                   &(struct figure){.title = "Can training records be recognised? (membership inference)",
                                    .sentence = arena_format(
                                        arena,
                                        "A line above the dashed diagonal recognises members. The left edge counts: there "
                                        "the attacker is almost never wrong. Bold: the attack that is reported; thin: the "
                                        "others, a colour a family (in brackets: how many).%s",
                                        attack_warnings(arena, details)),
                                    .caption = caption,
                                    .alone = true,
                                    .height = 190,
                                    .draw = chart_roc,
                                    .data = details});
    const cJSON *distances = cJSON_GetObjectItemCaseSensitive(details, "distances");
    if (cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(distances, "quantile")))
        figure_add(list, &(struct figure){.title = "Distance to the closest synthetic row",
                                          .sentence =
                                              "If blue lies left of grey, synthetic rows stand closer to training rows than to "
                                              "real rows nobody used.",
                                          .caption = caption,
                                          .height = 165,
                                          .draw = chart_distances,
                                          .data = details});
    if (any_attack_has(details, "power")) {
        const char *limits = attack_limits(arena, details);
        figure_add(list,
                   &(struct figure){.title = "What would have been found (detection limit)",
                                    .sentence = *limits ? limits
                                                        : "The audit planted copies and counted how often it saw them. Open "
                                                          "dots: the share that is found in 95 % of the trials.",
                                    .caption = caption,
                                    .height = 165,
                                    .draw = chart_power,
                                    .data = details});
    }
    add_groups(list, details, caption, arena);
}

static void add_reconstruction(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    const cJSON *details = figure_details(candidate, reconstruction);
    double height = details ? chart_secrets_height(details) : 0;
    if (height > 0)
        figure_add(list, &(struct figure){
                             .title = "Can a secret value be worked out? (reconstruction)",
                             .sentence = "Only what blue has beyond every grey bar is a leak about individuals; the rest is "
                                         "what the table says about people in general.",
                             .caption = figure_caption(arena, candidate, reconstruction),
                             .height = height,
                             .draw = chart_secrets,
                             .data = details});
}

static void add_risks(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    static const char inference[] = "privacy.inference";
    const struct row_panels risks = rows_risks(arena, candidate);
    const struct row_panels secrets = rows_inferred(arena, figure_details(candidate, inference));
    add_rows(list, arena, &risks,
             (struct figure){.title = "The three risks that regulators name",
                             .sentence = "Above: of the attempts that fail on strangers, the part that succeeds against people "
                                         "because they are in the training data, with its interval. Below, what it comes from: "
                                         "blue as far right as the ring means that the attack works on anybody.",
                             .caption = "privacy.singling_out \xc2\xb7 privacy.linkability \xc2\xb7 privacy.inference"});
    add_rows(list, arena, &secrets,
             (struct figure){.title = "What can be guessed about a person",
                             .sentence =
                                 "By the nearest synthetic row in what the attacker knows. Only what blue has beyond the "
                                 "ring comes of being in the training data.",
                             .caption = figure_caption(arena, candidate, inference)});
}

void figures_privacy(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena)
{
    add_membership(list, candidate, arena);
    add_risks(list, candidate, arena);
    add_reconstruction(list, candidate, arena);
}
