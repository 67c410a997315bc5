#include "report/attacks.h"

#include <math.h>
#include <string.h>

#include "report/words.h"

size_t attack_family(struct arena *arena, const struct attack_families *families, const cJSON *attack)
{
    const char *name = model_text(arena, attack, "family");
    for (size_t f = 0; f < families->count; f++)
        if (strcmp(families->name[f], name) == 0)
            return f;
    return FAMILIES_MOST;
}

struct attack_families attack_families(struct arena *arena, const cJSON *details)
{
    struct attack_families families = {.count = 0};
    const cJSON *attacks = cJSON_GetObjectItemCaseSensitive(details, "attacks"), *attack;
    for (attack = model_first(attacks); attack; attack = attack->next) {
        size_t f = attack_family(arena, &families, attack);
        if (f == FAMILIES_MOST && families.count < FAMILIES_MOST) {
            f = families.count++;
            families.name[f] = model_text(arena, attack, "family");
        }
        if (f == FAMILIES_MOST)
            continue;
        families.attacks[f]++;
        if (!families.best[f] || model_number(attack, "auc") > model_number(families.best[f], "auc"))
            families.best[f] = attack;
    }
    return families;
}

const cJSON *attack_reported(const cJSON *details)
{
    const cJSON *attacks = cJSON_GetObjectItemCaseSensitive(details, "attacks"), *attack, *best = NULL;
    const cJSON *reported = cJSON_GetObjectItemCaseSensitive(details, "reported");
    const cJSON *named = cJSON_GetObjectItemCaseSensitive(reported, "attack");
    double most = -INFINITY;
    for (attack = model_first(attacks); attack; attack = attack->next) {
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(attack, "attack");
        if (cJSON_IsString(named) && cJSON_IsString(name) && strcmp(named->valuestring, name->valuestring) == 0)
            return attack;
        double found = model_number(cJSON_GetObjectItemCaseSensitive(attack, "tpr"), "0.01");
        if (!isfinite(found))
            found = model_number(attack, "auc") - 1;
        if (found > most) {
            most = found;
            best = attack;
        }
    }
    return best;
}

const char *attack_warnings(struct arena *arena, const cJSON *details)
{
    const cJSON *sources = cJSON_GetObjectItemCaseSensitive(details, "sources");
    const char *words = "", *warning = model_sentence(arena, details, "warning");
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(sources, "differ"))) {
        const struct estimate auc = {model_number(sources, "auc"), model_number(sources, "lo"), model_number(sources, "hi")};
        words = arena_format(arena,
                             " Warning: a learner tells train from the holdout without any candidate (AUC %s), so they come "
                             "from different sources and all membership numbers are unreliable.",
                             number_estimate(arena, &auc, FORM_PLAIN));
    }
    return *warning ? arena_format(arena, "%s Warning: %s", words, warning) : words;
}

const char *attack_limit(struct arena *arena, double share)
{
    return number_text(arena, share, share < 0.01 ? 2 : 1, FORM_PERCENT);
}

const char *attack_limits(struct arena *arena, const cJSON *details)
{
    static const char *const keys[] = {"copy", "noisy", "values"};
    static const char *const kinds[] = {"verbatim copies", "copies with noise", "records of which single values leak"};
    const cJSON *limits = cJSON_GetObjectItemCaseSensitive(details, "detection_limits");
    const char *found = "", *missed = "";
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const double limit = model_number(limits, keys[k]);
        if (isfinite(limit))
            found = arena_format(arena, "%s%s%s of %s", found, *found ? "; " : "", kinds[k], attack_limit(arena, limit));
        else if (cJSON_GetObjectItemCaseSensitive(limits, keys[k]))
            missed = arena_format(arena, "%s%s%s", missed, *missed ? "; " : "", kinds[k]);
    }
    if (*found)
        found = arena_format(arena, "Of the training records would have been found, with 95 %% power: %s or more.", found);
    if (*missed)
        found = arena_format(arena, "%s%sNot surely found even at 5 %%: %s.", found, *found ? " " : "", missed);
    return found;
}
