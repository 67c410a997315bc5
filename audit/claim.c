#include "audit/claim.h"

#include <math.h>
#include <string.h>

#include "audit/judge.h"

/* Holdout rows of another source look like strangers without any leak, and would refute a true claim. */
static bool is_measured(const cJSON *measure)
{
    return measure && strcmp(json_get_string(measure, "status", ""), "ok") == 0 &&
           !json_get_string(measure, "unreliable", NULL);
}

int claim_judge(const cJSON *audit, cJSON *candidate, struct error *error)
{
    const cJSON *claim = json_get(audit, "claim"), *measure = judge_measure(candidate, CLAIM_MEASURE);
    const double epsilon = json_get_number(claim, "epsilon", NAN);
    const double bound = is_measured(measure) ? json_get_number(measure, "value", NAN) : NAN;
    cJSON *item;

    cJSON_DeleteItemFromObjectCaseSensitive(candidate, "claim");
    if (isnan(epsilon))
        return 0;
    item = json_add_object(candidate, "claim");
    json_add_number(item, "epsilon", epsilon);
    json_add_number(item, "delta", json_get_number(claim, "delta", 0));
    json_add_number(item, "bound", bound);
    return json_add_string(item, "result",
                           isnan(bound)      ? "not tested"
                           : bound > epsilon ? "contradicted"
                                             : "not contradicted")
               ? 0
               : error_memory(error);
}

/* So that "at least" stays true. */
static double rounded_down(double epsilon)
{
    return floor(epsilon * 1e4) / 1e4;
}

static void explain(const cJSON *candidate, double epsilon, double bound, struct strbuf *why)
{
    const cJSON *measure = judge_measure(candidate, CLAIM_MEASURE);

    if (isnan(bound))
        strbuf_addf(why, "could not be decided: %s",
                    measure ? json_get_string(measure, "unreliable", json_get_string(measure, "reason", "not measurable"))
                            : "the measure took no part in this audit");
    else if (bound > epsilon)
        strbuf_addf(why, "the attacks prove an epsilon of at least %.5g, above the claimed %.4g: the claim is contradicted",
                    rounded_down(bound), epsilon);
    else
        strbuf_addf(why,
                    "the attacks prove an epsilon of at least %.5g, not above the claimed %.4g: the claim is not contradicted, "
                    "which does not confirm it",
                    rounded_down(bound), epsilon);
}

int claim_add_gate(cJSON *gates, const cJSON *candidate, struct error *error)
{
    const cJSON *claim = json_get(candidate, "claim");
    const double epsilon = json_get_number(claim, "epsilon", NAN), bound = json_get_number(claim, "bound", NAN);
    struct strbuf text = STRBUF_INIT;
    cJSON *item;
    bool failed;

    if (!claim)
        return 0;
    item = json_push_object(gates);
    json_add_string(item, "measure", CLAIM_MEASURE);
    strbuf_addf(&text, "value <= %.4g", epsilon);
    json_add_string(item, "rule", strbuf_text(&text));
    json_add_string(item, "result", isnan(bound) ? "undecided" : bound > epsilon ? "fail" : "pass");
    json_add_number(item, "value", bound);
    json_add_number(item, "lo", bound);
    json_add_number(item, "hi", NAN);
    json_add_number(item, "bound", epsilon);
    json_add_string(item, "on", gate_on_name(GATE_ON_VALUE));
    strbuf_reset(&text);
    explain(candidate, epsilon, bound, &text);
    json_add_string(item, "why", strbuf_text(&text));
    failed = text.failed;
    strbuf_reset(&text);
    strbuf_addf(&text, "the generator is claimed to be differentially private with epsilon %.4g, delta %.4g", epsilon,
                json_get_number(claim, "delta", 0));
    failed = !json_add_string(item, "reason", strbuf_text(&text)) || failed || text.failed;
    strbuf_free(&text);
    return failed ? error_memory(error) : 0;
}
