/* Gates: one bound on a measure, a dimension's score or the trust index. Decided on interval ends, not on point values. */
#include <math.h>
#include <string.h>

#include "audit/claim.h"
#include "audit/judge.h"

enum { MOST_TIMES = 100 }; /* beyond so many times the rows their number says nothing */

struct evidence {
    double value, lo, hi, n;
    const char *missing; /* why there is nothing to decide on; NULL: there is */
};

static const char no_scale[] =
    "without a holdout the score has no honest scale; give --holdout FILE with real rows that the generator never saw";

static void measure_evidence(const cJSON *candidate, const struct gate *gate, struct evidence *evidence)
{
    const cJSON *measure = judge_measure(candidate, gate->subject);
    const bool score = gate->on == GATE_ON_SCORE;

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

static struct evidence find_evidence(const cJSON *candidate, const struct gate *gate)
{
    struct evidence evidence = {NAN, NAN, NAN, NAN, NULL};
    const cJSON *dimension;

    switch (gate->scope) {
    case GATE_MEASURE:
        measure_evidence(candidate, gate, &evidence);
        break;
    case GATE_DIMENSION:
        dimension = cJSON_GetObjectItemCaseSensitive(json_get(candidate, "dimensions"), gate->subject);
        evidence.value = json_get_number(dimension, "score", NAN);
        evidence.lo = json_get_number(dimension, "lo", NAN);
        evidence.hi = json_get_number(dimension, "hi", NAN);
        evidence.missing = lacks_scale(candidate, gate->subject) ? no_scale : NULL;
        break;
    case GATE_TRUST:
        evidence.value = json_get_number(candidate, "trust.anchored", NAN);
        evidence.lo = json_get_number(candidate, "trust.lo", NAN);
        evidence.hi = json_get_number(candidate, "trust.hi", NAN);
        evidence.missing = lacks_scale(candidate, NULL) ? no_scale : NULL;
        break;
    }
    if (!evidence.missing && isnan(evidence.value))
        evidence.missing =
            gate->scope == GATE_MEASURE ? "it has no value" : "not assessed: none of its measures could be scored";
    if (!evidence.missing &&
        (gate->on == GATE_ON_INTERVAL || gate->on == GATE_ON_SCORE || gate->on == GATE_ON_LO || gate->on == GATE_ON_HI) &&
        (isnan(evidence.lo) || isnan(evidence.hi)))
        evidence.missing = "it has no interval on this data";
    return evidence;
}

static bool holds(const struct gate *gate, double x)
{
    return gate->at_most ? x <= gate->bound : x >= gate->bound;
}

static const char *decide(const struct gate *gate, const struct evidence *evidence)
{
    const double good_end = gate->at_most ? evidence->hi : evidence->lo, bad_end = gate->at_most ? evidence->lo : evidence->hi;

    switch (gate->on) {
    case GATE_ON_VALUE:
        return holds(gate, evidence->value) ? "pass" : "fail";
    case GATE_ON_LO:
        return holds(gate, evidence->lo) ? "pass" : "fail";
    case GATE_ON_HI:
        return holds(gate, evidence->hi) ? "pass" : "fail";
    case GATE_ON_INTERVAL:
    case GATE_ON_SCORE:
        break;
    }
    return holds(gate, good_end) ? "pass" : holds(gate, bad_end) ? "undecided" : "fail";
}

/* Half-widths shrink as 1/√n: the interval clears the bound when the half-width is no wider than the distance from value to
 * bound. Rounded up to two figures: it is a guess from one sample. */
static double deciding_size(const struct gate *gate, const struct evidence *evidence)
{
    const double distance = fabs(evidence->value - gate->bound);
    const double half =
        holds(gate, evidence->value) == gate->at_most ? evidence->hi - evidence->value : evidence->value - evidence->lo;

    if (isnan(evidence->n) || !(distance > 0))
        return NAN;
    const double size = evidence->n * (half / distance) * (half / distance);
    const double step = pow(10, fmax(0, floor(log10(size)) - 1));

    return step * ceil(size / step);
}

static void explain(const struct gate *gate, const struct evidence *evidence, const char *result, struct strbuf *why)
{
    const char *what = gate->on == GATE_ON_SCORE ? "anchored score" : gate->scope == GATE_MEASURE ? "value" : "score";

    if (evidence->missing) {
        strbuf_addf(why, "could not be decided: %s", evidence->missing);
        return;
    }
    strbuf_addf(why, "%s %.3g", what, evidence->value);
    if (!isnan(evidence->lo))
        strbuf_addf(why, " (95 %% interval %.3g to %.3g)", evidence->lo, evidence->hi);
    if (gate->on == GATE_ON_LO || gate->on == GATE_ON_HI)
        strbuf_addf(why, ", its %s end", gate->on == GATE_ON_LO ? "lower" : "upper");
    if (strcmp(result, "pass") == 0)
        strbuf_addf(why, " is %s %.3g", gate->at_most ? "at most" : "at least", gate->bound);
    else if (strcmp(result, "fail") == 0)
        strbuf_addf(why, " is %s %.3g", gate->at_most ? "above" : "below", gate->bound);
    else {
        const double size = deciding_size(gate, evidence);

        strbuf_addf(why, " spans the bound %.3g", gate->bound);
        if (size > MOST_TIMES * evidence->n)
            strbuf_addf(why, "; more than %d times as many rows would be needed to decide it", MOST_TIMES);
        else if (size > evidence->n)
            strbuf_addf(why, "; about %.0f rows instead of %.0f would decide it", size, evidence->n);
    }
}

static int add_gate(cJSON *list, const cJSON *candidate, const struct gate *gate, struct error *error)
{
    static const char *const scopes[] = {"measure", "dimension", "trust"};
    struct evidence evidence = find_evidence(candidate, gate);
    const struct measure *measure = measure_find(gate->subject);
    const char *result = evidence.missing ? "undecided" : decide(gate, &evidence);
    const bool three_way = gate->on == GATE_ON_INTERVAL || gate->on == GATE_ON_SCORE;
    const char *end = three_way ? (gate->at_most ? "hi" : "lo") : gate_on_name(gate->on);
    struct strbuf text = STRBUF_INIT;
    cJSON *item = json_push_object(list);
    int status = 0;

    if (measure && measure->proxy && strcmp(result, "pass") == 0) {
        evidence.missing = "a proxy may fail a candidate but cannot clear one; gate on privacy.membership instead";
        result = "undecided";
    }
    json_add_string(item, scopes[gate->scope], gate->subject);
    strbuf_addf(&text, "%s%s %s %.4g", gate->on == GATE_ON_SCORE ? "score " : "", end,
                gate->at_most ? "<=" : ">=", gate->bound);
    json_add_string(item, "rule", strbuf_text(&text));
    json_add_string(item, "result", result);
    json_add_number(item, "value", evidence.value);
    json_add_number(item, "lo", evidence.lo);
    json_add_number(item, "hi", evidence.hi);
    json_add_number(item, "bound", gate->bound);
    json_add_string(item, "on", gate_on_name(gate->on));
    strbuf_reset(&text);
    explain(gate, &evidence, result, &text);
    json_add_string(item, "why", strbuf_text(&text));
    if (!json_add_string(item, "reason", gate->reason) || text.failed)
        status = error_memory(error);
    strbuf_free(&text);
    return status;
}

/* A gate is left out when the user left its measure out of the audit (the catalogue lists what took part); a dimension's gate
 * stays as long as one of its measures took part. Without a catalogue nothing is known to have been left out. */
static bool was_asked(const cJSON *audit, const struct gate *gate)
{
    const cJSON *catalogue = json_get(audit, "catalogue"), *measure;

    if (!catalogue || gate->scope == GATE_TRUST)
        return true;
    if (gate->scope == GATE_MEASURE)
        return cJSON_GetObjectItemCaseSensitive(catalogue, gate->subject) != NULL;
    cJSON_ArrayForEach(measure, catalogue)
    {
        if (strcmp(json_get_string(measure, "dimension", ""), gate->subject) == 0)
            return true;
    }
    return false;
}

void judge_trim(const cJSON *audit, struct policy *policy)
{
    size_t kept = 0;

    for (size_t g = 0; g < policy->n_gates; g++)
        if (was_asked(audit, &policy->gates[g]))
            policy->gates[kept++] = policy->gates[g];
    policy->n_gates = kept;
}

int judge_gates(cJSON *candidate, const struct policy *policy, struct error *error)
{
    cJSON *list = cJSON_CreateArray(), *item;
    bool failed = false, undecided = json_get_bool(candidate, "is_holdout", false);
    int status = list ? claim_add_gate(list, candidate, error) : error_memory(error);

    for (size_t g = 0; g < policy->n_gates && !status; g++)
        status = add_gate(list, candidate, &policy->gates[g], error);
    undecided = undecided || policy->n_gates == 0; /* a claim that is not contradicted clears nobody */
    cJSON_ArrayForEach(item, list)
    {
        const char *result = json_get_string(item, "result", "");

        failed = failed || strcmp(result, "fail") == 0;
        undecided = undecided || strcmp(result, "undecided") == 0;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(candidate, "gates");
    json_attach(candidate, "gates", list);
    cJSON_DeleteItemFromObjectCaseSensitive(candidate, "verdict");
    json_add_string(candidate, "verdict", failed ? "fail" : undecided ? "undecided" : "pass");
    return status;
}
