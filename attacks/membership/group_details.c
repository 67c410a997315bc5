#include "attacks/membership/group_details.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

enum { FAMILIES = 8, NAMED = 2, MAX_NAME = 40 }; /* NAMED groups in the sentence, names of so many bytes */

struct family {
    const char *name; /* NULL: of all attacks */
    struct group_choice choice;
    struct group_worth worth, rest; /* of the group, of all other targets */
    struct group_contrast contrast;
};

struct judged_group {
    struct family family[FAMILIES + 1]; /* [0]: the reported one */
    size_t by;                          /* the family that proves the group worse off (0 where it does); SIZE_MAX: none */
};

struct judging {
    const struct group_inputs *inputs;
    const struct membership_groups *groups;
    const char *family[FAMILIES + 1];
    struct group_choice choice[FAMILIES + 1];
    size_t n_families;
    struct judged_group *judged;
};

static void find_families(struct judging *judging)
{
    const struct group_inputs *in = judging->inputs;

    judging->family[0] = NULL;
    judging->n_families = 1;
    for (size_t a = 0; a < in->n_attacks && judging->n_families <= FAMILIES; a++) {
        size_t f = 1;

        while (f < judging->n_families && strcmp(judging->family[f], in->attacks[a]->family) != 0)
            f++;
        if (f == judging->n_families)
            judging->family[judging->n_families++] = in->attacks[a]->family;
    }
    for (size_t f = 0; f < judging->n_families; f++)
        judging->choice[f] = group_choose(in->trial, in->results, in->attacks, in->n_attacks, judging->family[f]);
}

static int judge_family(const struct judging *judging, size_t f, const uint8_t *inside, struct family *family,
                        struct error *error)
{
    const struct group_inputs *in = judging->inputs;
    const double questions = 2 * (double)judging->groups->n * (double)judging->n_families;
    const size_t *attack = judging->choice[f].attack;
    struct group_sample sample = {in->trial, {in->score[attack[0]], in->score[attack[1]]}, inside, 1};
    int status = group_evaluate(&sample, &family->worth, error);

    sample.side = 0;
    if (!status)
        status = group_evaluate(&sample, &family->rest, error);
    family->name = judging->family[f];
    family->choice = judging->choice[f];
    if (!status)
        family->contrast = group_compare(&family->worth, &family->rest, in->point, (1 - in->task->level) / questions);
    return status;
}

/* By how much a family proves the group worse off. */
static double excess(const struct group_contrast *contrast)
{
    return fmax(contrast->auc_lo, contrast->exposed_lo); /* fmax passes over NaN */
}

static int judge_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct judging *judging = context;
    const struct membership_group *group = &judging->groups->group[index];
    struct judged_group *judged = &judging->judged[index];
    const size_t n = judging->inputs->trial->n_targets;
    uint8_t *inside = calloc(n + 1, 1);
    int status = inside ? 0 : error_memory(error);

    (void)worker;
    for (size_t i = 0; !status && i < n; i++)
        inside[i] = group->of[i] == group->id;
    judged->by = SIZE_MAX;
    for (size_t f = 0; f < judging->n_families && !status; f++) {
        status = judge_family(judging, f, inside, &judged->family[f], error);
        if (!status && judged->family[f].contrast.worse && judged->by != 0 &&
            (judged->by == SIZE_MAX || excess(&judged->family[f].contrast) > excess(&judged->family[judged->by].contrast)))
            judged->by = f;
    }
    free(inside);
    return status;
}

static void add_worth(const struct group_inputs *in, const struct family *family, cJSON *object)
{
    const struct group_worth *worth = &family->worth;
    const size_t *attack = family->choice.attack;
    cJSON *tpr, *interval, *fpr;

    json_add_string(object, "attack", in->attacks[attack[0]]->name);
    if (attack[1] != attack[0])
        json_add_string(object, "other_half", in->attacks[attack[1]]->name);
    json_add_number(object, "auc", worth->auc);
    json_add_number(object, "lo", worth->auc_lo);
    json_add_number(object, "hi", worth->auc_hi);
    tpr = json_add_object(object, "tpr");
    interval = json_add_object(object, "tpr_interval");
    fpr = json_add_object(object, "fpr_attained");
    for (size_t p = 0; p < MEMBERSHIP_POINTS; p++) {
        const struct group_point *point = &worth->point[p];

        json_add_number(tpr, membership_fpr_name[p], point->tpr);
        json_add_number(fpr, membership_fpr_name[p], point->fpr);
        if (point->supported) {
            cJSON *ends = json_add_array(interval, membership_fpr_name[p]);

            json_push_number(ends, point->tpr_lo);
            json_push_number(ends, point->tpr_hi);
        }
    }
}

static void add_contrast(const struct family *family, cJSON *object)
{
    const struct group_contrast *contrast = &family->contrast;
    const bool known = contrast->point < MEMBERSHIP_POINTS;
    cJSON *rest = json_add_object(object, "rest"), *more = json_add_object(object, "more");

    json_add_number(rest, "auc", family->rest.auc);
    json_add_number(rest, "exposed", known ? family->rest.point[contrast->point].exposed : NAN);
    json_add_number(more, "auc", contrast->auc);
    json_add_number(more, "auc_lo", contrast->auc_lo);
    json_add_number(more, "exposed", contrast->exposed);
    json_add_number(more, "exposed_lo", contrast->exposed_lo);
    json_add_number(more, "fpr", known ? membership_fpr[contrast->point] : NAN);
}

static void add_group(const struct judging *judging, size_t g, cJSON *list)
{
    const struct membership_group *group = &judging->groups->group[g];
    const struct judged_group *judged = &judging->judged[g];
    cJSON *object = json_push_object(list), *families;

    json_add_string(object, "column", group->column);
    json_add_string(object, "group", group->name);
    json_add_number(object, "members", (double)group->members);
    json_add_number(object, "non_members", (double)group->nonmembers);
    add_worth(judging->inputs, &judged->family[0], object);
    add_contrast(&judged->family[0], object);
    json_add_bool(object, "worse", judged->by != SIZE_MAX);
    json_add_string(object, "worse_by",
                    judged->by == SIZE_MAX ? NULL
                    : judged->by == 0      ? "reported"
                                           : judged->family[judged->by].name);
    families = json_add_array(object, "families");
    for (size_t f = 1; f < judging->n_families; f++) {
        cJSON *family = json_push_object(families);

        json_add_string(family, "family", judged->family[f].name);
        add_worth(judging->inputs, &judged->family[f], family);
        add_contrast(&judged->family[f], family);
        json_add_bool(family, "worse", judged->family[f].contrast.worse);
    }
}

static size_t cut_name(const char *name)
{
    const size_t length = strlen(name);

    return length <= MAX_NAME ? length : utf8_valid(name, MAX_NAME);
}

static void name_group(const struct judging *judging, size_t g, char *text, size_t size)
{
    const struct membership_group *group = &judging->groups->group[g];
    const struct judged_group *judged = &judging->judged[g];
    const struct family *family = &judged->family[judged->by];
    char who[160], by[60] = "";

    if (group->column)
        snprintf(who, sizeof who, "'%.*s' = '%.*s'", (int)cut_name(group->column), group->column, (int)cut_name(group->name),
                 group->name);
    else
        snprintf(who, sizeof who, "the outliers");
    if (judged->by != 0)
        snprintf(by, sizeof by, "%.40s attacks: ", family->name);
    if (family->contrast.auc_lo > 0)
        snprintf(text, size, "%s (%sAUC %.2f against %.2f)", who, by, family->worth.auc, family->rest.auc);
    else
        snprintf(text, size, "%s (%s%.0f %% exposed against %.0f %%)", who, by,
                 100 * fmax(0, family->worth.point[family->contrast.point].exposed),
                 100 * fmax(0, family->rest.point[family->contrast.point].exposed));
}

static double group_excess(const struct judged_group *judged)
{
    return judged->by == SIZE_MAX ? -INFINITY : excess(&judged->family[judged->by].contrast);
}

static void write_sentence(const struct judging *judging, char *sentence, size_t size)
{
    const struct judged_group *judged = judging->judged;
    size_t worse = 0, best[NAMED] = {SIZE_MAX, SIZE_MAX};
    char text[NAMED][220];

    *sentence = '\0';
    for (size_t g = 0; g < judging->groups->n; g++) {
        if (judged[g].by == SIZE_MAX)
            continue;
        worse++;
        if (best[0] == SIZE_MAX || group_excess(&judged[g]) > group_excess(&judged[best[0]])) {
            best[1] = best[0];
            best[0] = g;
        } else if (best[1] == SIZE_MAX || group_excess(&judged[g]) > group_excess(&judged[best[1]])) {
            best[1] = g;
        }
    }
    for (size_t k = 0; k < NAMED && k < worse; k++)
        name_group(judging, best[k], text[k], sizeof text[k]);
    if (worse == 1)
        snprintf(sentence, size, " Worse off than the rest: %s.", text[0]);
    else if (worse > 1)
        snprintf(sentence, size, " %zu groups are worse off than the rest: %s, %s%s.", worse, text[0], text[1],
                 worse > 2 ? ", …" : "");
}

int membership_add_groups(const struct group_inputs *inputs, cJSON *details, char *sentence, size_t size, struct error *error)
{
    struct judging judging = {.inputs = inputs};
    int status = membership_groups_get(inputs->task, inputs->targets, &judging.groups, error);
    cJSON *list;

    *sentence = '\0';
    if (status)
        return status;
    find_families(&judging);
    if (!(judging.judged = calloc(judging.groups->n + 1, sizeof *judging.judged)))
        return error_memory(error);
    status = pool_run(inputs->task->pool, judging.groups->n, judge_task, &judging, error);
    if (!status) {
        list = json_add_array(details, "groups");
        for (size_t g = 0; g < judging.groups->n; g++)
            add_group(&judging, g, list);
        json_add_number(details, "outlier_distance", judging.groups->outlier_distance);
        write_sentence(&judging, sentence, size);
    }
    free(judging.judged);
    return status;
}
