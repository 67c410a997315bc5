/* Which measure speaks for a dimension, and what it says. */
#include <math.h>
#include <string.h>

#include "audit/judge.h"

static bool has_gate(const cJSON *candidate, const char *id, const char *result)
{
    const cJSON *gate;

    cJSON_ArrayForEach(gate, json_get(candidate, "gates"))
    {
        if (strcmp(json_get_string(gate, "measure", ""), id) == 0 && strcmp(json_get_string(gate, "result", ""), result) == 0)
            return true;
    }
    return false;
}

/* Whether chance alone does not explain that the score is below 1. The score's interval holds the noise of the candidate's
 * value; that of fresh real rows has as much of its own. */
static bool stands_apart(const cJSON *measure)
{
    const double score = json_get_number(measure, "score", NAN), noise = json_get_number(measure, "score_hi", score) - score;

    return 1 - score > sqrt(2) * noise;
}

/* Whether the value, that of the comparison with train, is worse than that of fresh real rows by more than chance. A candidate
 * that follows train closely may do better there than fresh rows, and have a low score still: scores are of unseen rows. */
static bool value_stands_apart(const cJSON *measure)
{
    const double value = json_get_number(measure, "value", NAN), honest = json_get_number(measure, "honest", NAN);
    const bool higher = strcmp(json_get_string(measure, "direction", ""), "higher") == 0;
    const double worse = higher ? honest - value : value - honest;
    const double noise = higher ? json_get_number(measure, "interval.hi", value) - value
                                : value - json_get_number(measure, "interval.lo", value);

    return isnan(worse) || worse > sqrt(2) * noise;
}

/* The measure that speaks for a dimension: the least score among those that stand apart from fresh real rows by value and
 * score, else by score, else among all, else the first that has anything to say. With a result: the least score of the measures
 * that have a gate with it. */
static const cJSON *worst_measure(const cJSON *candidate, const char *dimension, const char *result)
{
    const cJSON *measure, *worst = NULL;
    double least = INFINITY;

    cJSON_ArrayForEach(measure, json_get(candidate, "measures"))
    {
        double score = json_get_number(measure, "score", NAN);
        const bool counts = json_get_bool(measure, "in_index", false) && !isnan(score);

        if (strcmp(json_get_string(measure, "dimension", ""), dimension) != 0 ||
            strcmp(json_get_string(measure, "status", ""), "ok") != 0 ||
            (result && !has_gate(candidate, json_get_string(measure, "id", ""), result)))
            continue;
        if (!result && !stands_apart(measure))
            score += 2; /* after all that do */
        else if (!result && !value_stands_apart(measure))
            score += 1;
        if (!worst || (counts && score < least))
            worst = measure;
        if (counts)
            least = fmin(least, score);
    }
    return worst;
}

/* From so many measures on, the lowest of scores that are all within noise says less than that they are. */
enum { SUMMARY_FROM = 4 };

/* The scored measures of a dimension; 0 where one of them stands apart from fresh real rows, or where no holdout shows what
 * those reach. */
static size_t measures_within_noise(const cJSON *candidate, const char *dimension)
{
    const cJSON *measure;
    size_t n = 0;

    cJSON_ArrayForEach(measure, json_get(candidate, "measures"))
    {
        if (strcmp(json_get_string(measure, "dimension", ""), dimension) != 0 || !json_get_bool(measure, "in_index", false))
            continue;
        if (stands_apart(measure) || json_get_bool(measure, "anchor.optimistic", false))
            return 0;
        n++;
    }
    return n;
}

/* All measures within noise. */
static void write_summary(const cJSON *worst, size_t n, struct strbuf *text)
{
    const double score = json_get_number(worst, "score", NAN);

    strbuf_addf(text,
                "In each of the %zu measures with a score the candidate does as well as fresh real rows, as far as their "
                "intervals tell",
                n);
    if (score < 0.995)
        strbuf_addf(text, "; the lowest score, %.2f, is that of “%s”", score, judge_title(json_get_string(worst, "id", "")));
    strbuf_addc(text, '.');
}

/* The finding of the measure; where it shows nothing that would explain a low score, where the score comes from. */
static void write_finding(const cJSON *worst, struct strbuf *text)
{
    if (worst && strcmp(json_get_string(worst, "anchor.reference", ""), "holdout") == 0 && stands_apart(worst) &&
        !value_stands_apart(worst))
        strbuf_addf(text,
                    "Beside the training rows the candidate looks as real rows do; beside real rows that the generator has not "
                    "seen, “%s” has a score of %.2f.",
                    judge_title(json_get_string(worst, "id", "")), json_get_number(worst, "score", NAN));
    else
        strbuf_adds(text, worst ? json_get_string(worst, "finding", "") : "Not assessed.");
}

int judge_finding(const cJSON *candidate, cJSON *dimension, const char *status, struct error *error)
{
    const bool open = strcmp(status, "fail") == 0 || strcmp(status, "undecided") == 0;
    const cJSON *worst = open ? worst_measure(candidate, dimension->string, status) : NULL;
    const size_t n = open ? 0 : measures_within_noise(candidate, dimension->string);
    const bool gated = worst != NULL;
    struct strbuf text = STRBUF_INIT;

    if (!worst)
        worst = worst_measure(candidate, dimension->string, NULL);
    json_add_string(dimension, "worst", worst ? json_get_string(worst, "id", NULL) : NULL);
    if (n >= SUMMARY_FROM)
        write_summary(worst, n, &text);
    else if (gated)
        strbuf_adds(&text, json_get_string(worst, "finding", ""));
    else
        write_finding(worst, &text);
    const bool failed = text.failed;
    if (!failed)
        json_add_string(dimension, "finding", strbuf_text(&text));
    strbuf_free(&text);
    return failed ? error_memory(error) : 0;
}
