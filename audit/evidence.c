#include "audit/evidence.h"

#include <math.h>
#include <string.h>

#include "audit/judge.h"

static const char no_scale[] =
    "without a holdout the score has no honest scale; give --holdout FILE with real rows that the generator never saw";

static double unclipped_score(const cJSON *measure, double score)
{
    const double m = json_get_number(measure, "anchor.m", NAN), c = json_get_number(measure, "anchor.c", NAN),
                 f = json_get_number(measure, "anchor.f", NAN);
    const double unclipped = (m - f) / (c - f);

    return isfinite(unclipped) ? unclipped : score;
}

static void measure_evidence(const cJSON *candidate, const char *id, bool score, struct evidence *evidence)
{
    const cJSON *measure = judge_measure(candidate, id);

    if (!measure) {
        evidence->missing = "the measure took no part in this audit";
        return;
    }
    if (strcmp(json_get_string(measure, "status", ""), "ok") != 0) {
        evidence->missing = json_get_string(measure, "reason", "not measurable");
        return;
    }
    evidence->n = json_get_number(measure, "n", NAN);
    evidence->value = json_get_number(measure, score ? "score" : "value", NAN);
    evidence->lo = json_get_number(measure, score ? "score_lo" : "interval.lo", NAN);
    evidence->hi = json_get_number(measure, score ? "score_hi" : "interval.hi", NAN);
    evidence->level = json_get_number(measure, "interval.level", evidence->level);
    evidence->unclipped = score ? unclipped_score(measure, evidence->value) : evidence->value;
    evidence->missing = json_get_string(measure, "unreliable", NULL);
    if (evidence->missing)
        return;
    if (score && json_get_bool(measure, "anchor.optimistic", false))
        evidence->missing = no_scale;
    else if (score && isnan(evidence->value))
        evidence->missing = json_get_string(measure, "why_not_in_index", "the measure has no anchored score on this data");
}

/* Whether a score that the dimension's stands on has no honest end; dimension NULL: any dimension's. */
static bool lacks_scale(const cJSON *candidate, const char *dimension)
{
    const cJSON *measure;

    cJSON_ArrayForEach(measure, json_get(candidate, "measures"))
    {
        if (json_get_bool(measure, "in_index", false) && json_get_bool(measure, "anchor.optimistic", false) &&
            (!dimension || strcmp(json_get_string(measure, "dimension", ""), dimension) == 0))
            return true;
    }
    return false;
}

static void index_evidence(const cJSON *candidate, const char *dimension, struct evidence *evidence)
{
    const cJSON *index = dimension ? cJSON_GetObjectItemCaseSensitive(json_get(candidate, "dimensions"), dimension)
                                   : json_get(candidate, "trust");

    evidence->value = evidence->unclipped = json_get_number(index, dimension ? "score" : "anchored", NAN);
    evidence->lo = json_get_number(index, "lo", NAN);
    evidence->hi = json_get_number(index, "hi", NAN);
    evidence->missing = lacks_scale(candidate, dimension) ? no_scale : NULL;
}

struct evidence evidence_find(const cJSON *candidate, enum gate_scope scope, const char *subject, bool score)
{
    struct evidence evidence = {NAN, NAN, NAN, NAN, 0.95, NAN, NULL};

    if (scope == GATE_MEASURE)
        measure_evidence(candidate, subject, score, &evidence);
    else
        index_evidence(candidate, scope == GATE_DIMENSION ? subject : NULL, &evidence);
    if (!evidence.missing && isnan(evidence.value))
        evidence.missing = scope == GATE_MEASURE ? "it has no value" : "not assessed: none of its measures could be scored";
    return evidence;
}
