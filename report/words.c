#include "report/words.h"

#include <math.h>
#include <string.h>

#include "report/theme.h"

const char *const dimension_key[DIMENSION_COUNT] = {"fidelity", "utility", "fairness", "robustness", "privacy"};
const char *const dimension_title[DIMENSION_COUNT] = {"Fidelity", "Utility", "Fairness", "Robustness", "Privacy"};
const char *const dimension_question[DIMENSION_COUNT] = {
    "Does the synthetic table look like the real one?",    "Does what is learned from it hold for real people?",
    "Are groups treated as in the real data, or worse?",   "Do models trained on it stand up to disturbed data?",
    "Can it be used to learn about the people behind it?",
};
const char *const dimension_means[DIMENSION_COUNT] = {
    "Compared are single columns, columns together, whole rows, and what a regression would conclude. A score of 1 is as close "
    "as fresh real rows would be, 0 is a table whose structure was destroyed on purpose.",
    "The same learners are trained on the synthetic and on the real training rows, and both are tested on real rows that "
    "neither has seen. A score of 1 loses nothing, 0 has learned nothing.",
    "Compared are the shares of groups, and how models trained on the synthetic rows treat the groups beside models trained on "
    "real rows. The question is whether the synthetic data makes a difference between groups larger.",
    "The models of the utility section are tested again on real rows that were disturbed step by step. What counts is the "
    "level and how fast it falls, beside the same model trained on real rows.",
    "Each attack tries to learn something about real training records from the synthetic table. What would be learned about "
    "anyone (shown by rows that were never used) is no leak; what is learned beyond that is.",
};

int dimension_index(const char *key)
{
    for (int i = 0; key && i < DIMENSION_COUNT; i++)
        if (strcmp(key, dimension_key[i]) == 0)
            return i;
    return -1;
}

enum status status_of(const char *word)
{
    static const char *const names[] = {"pass", "fail", "undecided"};
    for (int i = 0; word && i < 3; i++)
        if (strcmp(word, names[i]) == 0)
            return (enum status)i;
    return STATUS_NONE;
}

const char *status_word(enum status status)
{
    static const char *const words[] = {"pass", "fail", "undecided", "not judged"};
    return words[status];
}

const char *status_sign(enum status status)
{
    static const char *const signs[] = {"\xe2\x9c\x93", "\xe2\x9c\x97", "?", "\xe2\x80\x93"};
    return signs[status];
}

uint32_t status_colour(enum status status)
{
    static const uint32_t colours[] = {COLOUR_PASS, COLOUR_FAIL, COLOUR_UNDECIDED, COLOUR_NONE};
    return colours[status];
}

const char *dimension_word(const struct model_dimension *dimension)
{
    if (dimension->status != STATUS_NONE)
        return status_word(dimension->status);
    return dimension->assessed ? "no gate" : "not assessed";
}

const char *plain_name(struct arena *arena, const char *name)
{
    static const struct {
        const char *name, *plain;
    } known[] = {{"exact", "exact match"},
                 {"dcr", "distance (DCR)"},
                 {"calibrated_dcr", "calibrated distance"},
                 {"boosted", "boosted trees"},
                 {"logistic", "linear model"},
                 {"majority", "most frequent"},
                 {"tree", "decision tree"},
                 {"naive_bayes", "naive Bayes"},
                 {"knn", "nearest neighbours"},
                 {"mean", "mean value"},
                 {"nndr", "ratio (NNDR)"},
                 {"knn_5", "5 nearest rows"},
                 {"knn_20", "20 nearest rows"},
                 {"monte_carlo", "rows within a ball"},
                 {"dpi", "share nearby (DPI)"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0)
            return known[i].plain;
    char *plain = arena_string(arena, name);
    for (char *p = plain; p && *p; p++)
        if (*p == '_')
            *p = ' ';
    return plain ? plain : name;
}

const char *attack_name(struct arena *arena, const cJSON *attack)
{
    const char *title = model_text(arena, attack, "title");
    return *title ? title : plain_name(arena, model_text(arena, attack, "attack"));
}

const char *better_words(struct arena *arena, const struct model_measure *measure)
{
    if (strcmp(measure->direction, "higher") == 0)
        return "more is better";
    if (strcmp(measure->direction, "lower") == 0)
        return "less is better";
    return isfinite(measure->target) ? arena_format(arena, "%s is best", number_short(arena, measure->target, measure->form))
                                     : "";
}

const char *sources_words(struct arena *arena, const struct model_measure *measure)
{
    static const char freed[] = "Freed of the noise that tables of this size carry, the two sources themselves";
    const bool agreement = strcmp(measure->direction, "higher") == 0;
    const double lo = measure->sources.lo, hi = measure->sources.hi;
    const struct estimate middle = {(lo + hi) / 2, lo, hi};
    const int decimals = number_decimals(&middle, measure->form);
    const char *unit = measure->form == FORM_PERCENT || !*measure->unit ? "" : arena_format(arena, " (%s)", measure->unit);
    if (!measure->ok || !isfinite(lo) || !isfinite(hi))
        return "";
    const char *from = number_end(arena, lo, decimals, measure->form), *to = number_end(arena, hi, decimals, measure->form);
    const char *percent = measure->form == FORM_PERCENT ? "\xc2\xa0%" : "";
    const char *verb = agreement ? "agree to" : strcmp(measure->direction, "lower") == 0 ? "differ by" : "stand at";
    if (strcmp(from, to) == 0)
        return arena_format(arena, "%s %s %s%s%s.", freed, verb, to, percent, unit);
    return arena_format(arena, "%s %s %s%s%s%s%s.", freed, verb, from, agreement ? "\xe2\x80\x93" : " to ", to, percent, unit);
}

const char *verdict_word(enum status status)
{
    static const char *const words[] = {"may be released", "must not be released", "undecided", "not judged"};
    return words[status];
}

void rule_parts(struct arena *arena, const struct model_gate *gate, const char **bound, const char **end)
{
    static const struct {
        const char *word, *plain;
    } ends[] = {{"score hi ", "score, upper end"},
                {"score lo ", "score, lower end"},
                {"hi ", "upper end"},
                {"lo ", "lower end"},
                {"value ", ""}};
    const char *rule = gate->rule, *sign = NULL;
    *end = "";
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strncmp(rule, ends[i].word, strlen(ends[i].word)) == 0) {
            *end = ends[i].plain;
            rule += strlen(ends[i].word);
            break;
        }
    if (strncmp(rule, "<=", 2) == 0)
        sign = "\xe2\x89\xa4";
    else if (strncmp(rule, ">=", 2) == 0)
        sign = "\xe2\x89\xa5";
    if (sign && isfinite(gate->bound)) {
        *bound = arena_format(arena, "%s\xc2\xa0%s", sign, number_short(arena, gate->bound, gate->form));
    } else {
        *bound = gate->rule;
        *end = "";
    }
}

const char *rule_text(struct arena *arena, const struct model_gate *gate)
{
    const char *bound, *end;
    rule_parts(arena, gate, &bound, &end);
    return *end ? arena_format(arena, "%s %s", end, bound) : bound;
}
