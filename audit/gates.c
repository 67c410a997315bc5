/* Gates: one bound on a measure, a dimension's score or the trust index. Decided on interval ends, not on point values. */
#include <math.h>
#include <string.h>

#include "audit/claim.h"
#include "audit/judge.h"
#include "audit/multiplicity.h"

enum { MOST_TIMES = 100 }; /* beyond so many times the rows their number says nothing */

/* The chance that any gate fails a candidate that keeps all bounds: that of one interval to miss. */
static const double any_false_failure = 0.05;

static bool holds(const struct gate *gate, double x)
{
    return gate->at_most ? x <= gate->bound : x >= gate->bound;
}

static bool looks_at_interval(const struct gate *gate)
{
    return gate->on == GATE_ON_INTERVAL || gate->on == GATE_ON_SCORE;
}

static enum ruling_result decide(const struct gate *gate, const struct evidence *evidence)
{
    const double good_end = gate->at_most ? evidence->hi : evidence->lo, bad_end = gate->at_most ? evidence->lo : evidence->hi;

    if (looks_at_interval(gate))
        return holds(gate, good_end) ? RULING_PASS : holds(gate, bad_end) ? RULING_UNDECIDED : RULING_FAIL;
    return holds(gate, gate->on == GATE_ON_VALUE ? evidence->value
                       : gate->on == GATE_ON_LO  ? evidence->lo
                                                 : evidence->hi)
               ? RULING_PASS
               : RULING_FAIL;
}

static struct ruling rule(const cJSON *candidate, const struct gate *gate)
{
    const struct measure *measure = measure_find(gate->subject);
    struct ruling ruling = {.gate = gate,
                            .evidence = evidence_find(candidate, gate->scope, gate->subject, gate->on == GATE_ON_SCORE),
                            .p = NAN,
                            .p_adjusted = NAN};
    struct evidence *evidence = &ruling.evidence;

    if (!evidence->missing && gate->on != GATE_ON_VALUE && (isnan(evidence->lo) || isnan(evidence->hi)))
        evidence->missing = "it has no interval on this data";
    ruling.result = evidence->missing ? RULING_UNDECIDED : decide(gate, evidence);
    if (measure && measure->proxy && ruling.result == RULING_PASS) {
        evidence->missing = "a proxy may fail a candidate but cannot clear one; gate on privacy.membership instead";
        ruling.result = RULING_UNDECIDED;
    }
    return ruling;
}

/* How many times the rows would decide: half-widths shrink as 1/√n. The interval clears the bound when its half-width towards
 * the bound is no wider than the distance from the value to the bound; a failure among several gates, when that distance is
 * the quantile that is asked for instead of the one that was seen. */
static double deciding_factor(const struct ruling *ruling)
{
    const struct gate *gate = ruling->gate;
    const struct evidence *evidence = &ruling->evidence;
    const double distance = fabs(evidence->unclipped - gate->bound);
    const bool from_above = holds(gate, evidence->value) == gate->at_most;
    const double half = from_above ? evidence->hi - evidence->unclipped : evidence->unclipped - evidence->lo;
    double ratio = half / distance;

    if (!isnan(ruling->p))
        ratio = normal_quantile(1 - any_false_failure / (double)ruling->left) / normal_quantile(1 - ruling->p);
    return distance > 0 ? ratio * ratio : INFINITY;
}

/* Rounded up to two figures: it is a guess from one sample. */
static double two_figures(double x)
{
    const double step = pow(10, floor(log10(x)) - 1);

    return step * ceil(x / step - 1e-9);
}

/* n is what the value stands on, mostly rows: it grows as the tables do. */
static void explain_size(const struct ruling *ruling, struct strbuf *why)
{
    const double factor = deciding_factor(ruling), n = ruling->evidence.n;

    if (factor > MOST_TIMES)
        strbuf_addf(why, "; more than %d times as many rows would be needed to decide it", MOST_TIMES);
    else if (factor > 1) {
        strbuf_addf(why, "; about %.3g times as many rows would decide it", two_figures(factor));
        if (!isnan(n))
            strbuf_addf(why, " (n %.0f instead of %.0f)", fmax(n, two_figures(factor * n)), n);
    }
}

static void explain(const struct ruling *ruling, struct strbuf *why)
{
    const struct gate *gate = ruling->gate;
    const struct evidence *evidence = &ruling->evidence;
    const char *what = gate->on == GATE_ON_SCORE ? "anchored score" : gate->scope == GATE_MEASURE ? "value" : "score";
    const bool beyond = ruling->result == RULING_FAIL || !isnan(ruling->p);

    if (evidence->missing) {
        strbuf_addf(why, "could not be decided: %s", evidence->missing);
        return;
    }
    strbuf_addf(why, "%s %.3g", what, evidence->value);
    if (!isnan(evidence->lo))
        strbuf_addf(why, " (%.3g %% interval %.3g to %.3g)", 100 * evidence->level, evidence->lo, evidence->hi);
    if (gate->on == GATE_ON_LO || gate->on == GATE_ON_HI)
        strbuf_addf(why, ", its %s end", gate->on == GATE_ON_LO ? "lower" : "upper");
    if (beyond)
        strbuf_addf(why, " is %s %.3g", gate->at_most ? "above" : "below", gate->bound);
    else if (ruling->result == RULING_PASS)
        strbuf_addf(why, " is %s %.3g", gate->at_most ? "at most" : "at least", gate->bound);
    else
        strbuf_addf(why, " spans the bound %.3g", gate->bound);
    if (beyond && ruling->result == RULING_UNDECIDED)
        strbuf_addf(why, "; of %zu that were judged together one may well be so by chance (p %.2g, by Holm %.2g)", ruling->left,
                    ruling->p, ruling->p_adjusted);
    if (ruling->result == RULING_UNDECIDED)
        explain_size(ruling, why);
}

static int add_gate(cJSON *list, const struct ruling *ruling, struct error *error)
{
    static const char *const scopes[] = {"measure", "dimension", "trust"}, *const results[] = {"pass", "fail", "undecided"};
    const struct gate *gate = ruling->gate;
    const char *end = looks_at_interval(gate) ? (gate->at_most ? "hi" : "lo") : gate_on_name(gate->on);
    struct strbuf text = STRBUF_INIT;
    cJSON *item = json_push_object(list);
    int status = 0;

    json_add_string(item, scopes[gate->scope], gate->subject);
    strbuf_addf(&text, "%s%s %s %.4g", gate->on == GATE_ON_SCORE ? "score " : "", end,
                gate->at_most ? "<=" : ">=", gate->bound);
    json_add_string(item, "rule", strbuf_text(&text));
    json_add_string(item, "result", results[ruling->result]);
    json_add_number(item, "value", ruling->evidence.value);
    json_add_number(item, "lo", ruling->evidence.lo);
    json_add_number(item, "hi", ruling->evidence.hi);
    json_add_number(item, "bound", gate->bound);
    json_add_string(item, "on", gate_on_name(gate->on));
    if (!isnan(ruling->p_adjusted)) {
        json_add_number(item, "p", ruling->p);
        json_add_number(item, "p_adjusted", ruling->p_adjusted);
    }
    strbuf_reset(&text);
    explain(ruling, &text);
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

static int add_gates(cJSON *list, const cJSON *candidate, const struct policy *policy, struct error *error)
{
    struct arena *arena = arena_new();
    struct ruling *rulings = arena ? ARENA_ARRAY(arena, struct ruling, policy->n_gates + 1) : NULL;
    int status = rulings ? 0 : error_memory(error);

    for (size_t g = 0; g < policy->n_gates && !status; g++)
        rulings[g] = rule(candidate, &policy->gates[g]);
    if (!status && policy->holm)
        rulings_correct(rulings, policy->n_gates, any_false_failure);
    for (size_t g = 0; g < policy->n_gates && !status; g++)
        status = add_gate(list, &rulings[g], error);
    arena_free(arena);
    return status;
}

int judge_gates(cJSON *candidate, const struct policy *policy, struct error *error)
{
    cJSON *list = cJSON_CreateArray(), *item;
    bool failed = false, undecided = json_get_bool(candidate, "is_holdout", false);
    int status = list ? claim_add_gate(list, candidate, error) : error_memory(error);

    if (!status)
        status = add_gates(list, candidate, policy, error);
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
