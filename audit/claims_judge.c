/* Claims against what was measured. */
#include <math.h>
#include <string.h>

#include "audit/claim.h"
#include "audit/claims.h"
#include "audit/evidence.h"
#include "audit/judge.h"

struct estimate {
    double value, lo, hi;
};

struct answer {
    const char *result;
    struct estimate mine, other; /* of a measure with a target: the distance from it */
    struct estimate gain;        /* what the bound is held against: the value, or the gain in the better direction */
    bool more;                   /* more of `gain` keeps the claim */
    const char *missing;         /* why it cannot be tested; NULL: it can */
    double times;                /* undecided on "interval": so many times the rows would decide; NaN: not known */
};

/* Rounding of the file's decimals: 1.4816/1 − 1 is not the double 0.4816. */
static const double slack = 1e-9;

static struct estimate distance_from(struct estimate e, double target)
{
    const double lo = fabs(e.lo - target), hi = fabs(e.hi - target);

    return (struct estimate){fabs(e.value - target), e.lo <= target && target <= e.hi ? 0 : fmin(lo, hi), fmax(lo, hi)};
}

static bool is_lower_bound(const struct claim *claim)
{
    return claim->scope == GATE_MEASURE && strcmp(claim->metric, CLAIM_MEASURE) == 0;
}

static const cJSON *find_candidate(const cJSON *audit, const char *name)
{
    const cJSON *candidate;

    cJSON_ArrayForEach(candidate, json_get(audit, "candidates"))
    {
        if (!name || strcmp(json_get_string(candidate, "name", ""), name) == 0)
            return candidate;
    }
    return NULL;
}

static struct estimate candidate_estimate(const cJSON *audit, const struct claim *claim, const char *name, const char **missing)
{
    const struct evidence evidence = evidence_find(find_candidate(audit, name), claim->scope, claim->metric, false);

    if (!*missing)
        *missing = evidence.missing;
    return (struct estimate){evidence.value, evidence.lo, evidence.hi};
}

/* Fresh real rows have an interval in audit.json, controls are taken as they are. */
static struct estimate baseline_estimate(const cJSON *audit, const struct claim *claim, const char **missing)
{
    const cJSON *measure = judge_measure(find_candidate(audit, claim->candidate), claim->metric);
    const bool honest = strcmp(claim->baseline, "honest") == 0;
    const double value = json_get_number(honest ? measure : json_get(measure, "controls"), claim->baseline, NAN);

    if (isnan(value) && !*missing)
        *missing = honest ? "nothing was measured of fresh real rows" : "nothing was measured of this control";
    return (struct estimate){value, honest ? json_get_number(measure, "honest_interval.lo", NAN) : value,
                             honest ? json_get_number(measure, "honest_interval.hi", NAN) : value};
}

/* a − b by MOVER (Zou and Donner 2008, Statist. Med. 27, 1693, eq. 4), the two taken as independent. Both are measured beside
 * the same real rows, which makes the truth narrower. */
static struct estimate difference(struct estimate a, struct estimate b)
{
    const double value = a.value - b.value;

    return (struct estimate){value, value - hypot(a.value - a.lo, b.hi - b.value),
                             value + hypot(a.hi - a.value, b.value - b.lo)};
}

/* a/b − 1 where more is better, 1 − a/b where less is. */
static struct estimate relative_gain(struct estimate a, struct estimate b, bool more)
{
    const struct interval first = {a.lo, a.hi, .95, ""}, second = {b.lo, b.hi, .95, ""};
    const struct interval ratio = interval_ratio(a.value, &first, b.value, &second);

    return more ? (struct estimate){a.value / b.value - 1, ratio.lo - 1, ratio.hi - 1}
                : (struct estimate){1 - a.value / b.value, 1 - ratio.hi, 1 - ratio.lo};
}

static void compare(const cJSON *audit, const struct claim *claim, struct answer *answer, double target)
{
    const bool more = answer->more;

    answer->other = claim->comparator ? candidate_estimate(audit, claim, claim->comparator, &answer->missing)
                                      : baseline_estimate(audit, claim, &answer->missing);
    if (!isnan(target))
        answer->other = distance_from(answer->other, target);
    answer->more = true;
    if (answer->missing)
        return;
    if (claim->relative && !(answer->other.value > 0 && answer->mine.value >= 0))
        answer->missing = "a relative gain needs a value above 0 on the other side, and none below 0 on this one";
    else if (claim->relative)
        answer->gain = relative_gain(answer->mine, answer->other, more);
    else
        answer->gain = more ? difference(answer->mine, answer->other) : difference(answer->other, answer->mine);
}

static bool keeps(const struct answer *answer, double x, double bound)
{
    const double tolerance = slack * fmax(1, fabs(bound));

    return answer->more ? x >= bound - tolerance : x <= bound + tolerance;
}

static void decide(const struct claim *claim, struct answer *answer)
{
    const struct estimate *gain = &answer->gain;
    const bool kept = !answer->missing && keeps(answer, gain->value, claim->bound);
    const bool lo = keeps(answer, gain->lo, claim->bound), hi = keeps(answer, gain->hi, claim->bound);
    const double half = (answer->more == kept) ? gain->value - gain->lo : gain->hi - gain->value;

    if (!answer->missing && is_lower_bound(claim) && (kept || claim->comparator || claim->baseline))
        answer->missing = "the value is a bound from below, which can contradict a claim but not confirm it";
    if (!answer->missing && claim->whole && (isnan(gain->lo) || isnan(gain->hi)) && !is_lower_bound(claim))
        answer->missing = "it has no interval on this data";
    answer->times = NAN;
    if (!answer->missing && claim->whole && !is_lower_bound(claim) && lo != hi)
        answer->times = pow(half / (gain->value - claim->bound), 2);
    answer->result = answer->missing || !isnan(answer->times) ? "NOT-TESTABLE" : kept ? "PASS" : "FAIL";
}

static struct answer test_claim(const cJSON *audit, const struct claim *claim)
{
    const struct measure *measure = claim->scope == GATE_MEASURE ? measure_find(claim->metric) : NULL;
    const enum direction direction = measure ? measure->direction : DIRECTION_HIGHER;
    const double target = direction == DIRECTION_TARGET ? measure->target : NAN;
    struct answer answer = {.more = direction == DIRECTION_HIGHER, .gain = {NAN, NAN, NAN}, .other = {NAN, NAN, NAN}};

    answer.mine = candidate_estimate(audit, claim, claim->candidate, &answer.missing);
    if (!isnan(target))
        answer.mine = distance_from(answer.mine, target);
    if (claim->comparator || claim->baseline)
        compare(audit, claim, &answer, target);
    else
        answer.gain = answer.mine;
    decide(claim, &answer);
    return answer;
}

static void add_other(const struct claim *claim, struct strbuf *text)
{
    if (claim->comparator)
        strbuf_addf(text, "that of “%s”", claim->comparator);
    else if (strcmp(claim->baseline, "honest") == 0)
        strbuf_adds(text, "that of fresh real rows");
    else
        strbuf_addf(text, "that of the control “%s”", claim->baseline);
}

/* Shares of another value in per cent. */
static void add_number(const struct claim *claim, double x, int digits, struct strbuf *text)
{
    if (claim->relative)
        strbuf_addf(text, "%.*g %%", digits, 100 * x);
    else
        strbuf_addf(text, "%.*g", digits, x);
}

static void write_statement(const struct claim *claim, const char *name, struct strbuf *text)
{
    const struct measure *measure = claim->scope == GATE_MEASURE ? measure_find(claim->metric) : NULL;
    const enum direction direction = measure ? measure->direction : DIRECTION_HIGHER;

    strbuf_reset(text);
    strbuf_addf(text, "%s of “%s” is ", claim->metric, name);
    if (claim->comparator || claim->baseline) {
        strbuf_adds(text, claim->bound > 0 ? "better than " : claim->bound < 0 ? "worse than " : "no worse than ");
        add_other(claim, text);
        if (claim->bound > 0 || claim->bound < 0) {
            strbuf_adds(text, claim->bound > 0 ? " by at least " : " by at most ");
            add_number(claim, fabs(claim->bound), 6, text);
        }
    } else if (direction == DIRECTION_TARGET) {
        strbuf_addf(text, "within %.6g of %.6g", claim->bound, measure->target);
    } else {
        strbuf_addf(text, "at %s %.6g", direction == DIRECTION_HIGHER ? "least" : "most", claim->bound);
    }
}

static void write_why(const struct claim *claim, const struct answer *answer, bool firm, struct strbuf *text)
{
    const struct estimate *gain = &answer->gain;
    const bool compared = claim->comparator || claim->baseline;

    strbuf_reset(text);
    if (answer->missing) {
        strbuf_addf(text, "not tested: %s", answer->missing);
        return;
    }
    strbuf_adds(text, compared ? "measured gain: " : "measured: ");
    add_number(claim, gain->value, 4, text);
    if (isfinite(gain->lo) && isfinite(gain->hi)) {
        strbuf_adds(text, " (95 % interval ");
        add_number(claim, gain->lo, 3, text);
        strbuf_adds(text, " to ");
        add_number(claim, gain->hi, 3, text);
        strbuf_addc(text, ')');
    }
    if (compared)
        strbuf_addf(text, " (%.4g beside %.4g)", answer->mine.value, answer->other.value);
    if (answer->times > 100)
        strbuf_adds(text, "; the interval holds both answers, and more than 100 times as many rows would be needed to decide");
    else if (!isnan(answer->times))
        strbuf_addf(text, "; the interval holds both answers, and about %.2g times as many rows would decide", answer->times);
    else if (!firm && !isnan(gain->lo) && !isnan(gain->hi))
        strbuf_adds(text, "; the interval reaches over to the other answer");
}

static void add_estimate(cJSON *json, const char *key, const struct estimate *estimate)
{
    cJSON *item = json_add_object(json, key);

    json_add_number(item, "value", estimate->value);
    json_add_number(item, "lo", estimate->lo);
    json_add_number(item, "hi", estimate->hi);
}

static int write_claim(cJSON *list, const cJSON *audit, const struct claim *claim, struct error *error)
{
    const struct answer answer = test_claim(audit, claim);
    const char *name = json_get_string(find_candidate(audit, claim->candidate), "name", "");
    const bool known = !answer.missing && !isnan(answer.gain.lo) && !isnan(answer.gain.hi);
    const bool firm = known && keeps(&answer, answer.gain.lo, claim->bound) == keeps(&answer, answer.gain.hi, claim->bound);
    struct strbuf text = STRBUF_INIT;
    cJSON *item = json_push_object(list);
    bool failed;

    json_add_string(item, "metric", claim->metric);
    json_add_string(item, "candidate", name);
    if (claim->comparator || claim->baseline)
        json_add_string(item, claim->comparator ? "comparator" : "baseline",
                        claim->comparator ? claim->comparator : claim->baseline);
    json_add_number(item, claim->relative ? "relative" : "bound", claim->bound);
    json_add_string(item, "on", claim->whole ? "interval" : "value");
    json_add_string(item, "source", claim->source);
    write_statement(claim, name, &text);
    json_add_string(item, "statement", strbuf_text(&text));
    json_add_string(item, "result", answer.result);
    json_add_number(item, "value", answer.gain.value);
    json_add_number(item, "lo", answer.gain.lo);
    json_add_number(item, "hi", answer.gain.hi);
    if (known)
        json_add_bool(item, "firm", firm);
    if (claim->comparator || claim->baseline) {
        add_estimate(item, "measured", &answer.mine);
        add_estimate(item, "compared_with", &answer.other);
    }
    failed = text.failed;
    write_why(claim, &answer, firm, &text);
    failed = !json_add_string(item, "why", strbuf_text(&text)) || failed || text.failed;
    strbuf_free(&text);
    return failed ? error_memory(error) : 0;
}

static int check_names(const cJSON *audit, const struct policy *claims, struct arena *arena, struct error *error)
{
    const cJSON *candidate, *list = json_get(audit, "candidates");
    const char **names = ARENA_ARRAY(arena, const char *, (size_t)cJSON_GetArraySize(list) + 1);
    size_t n = 0;

    if (!names)
        return error_memory(error);
    cJSON_ArrayForEach(candidate, list)
    {
        names[n++] = json_get_string(candidate, "name", "");
    }
    return claims_check(claims, names, n, error);
}

int claims_judge(cJSON *audit, const struct policy *policy, struct error *error)
{
    const cJSON *old = cJSON_GetObjectItemCaseSensitive(audit, "claims");
    struct policy claims = {.claims = policy->claims, .n_claims = policy->n_claims};
    struct arena *arena = arena_new();
    cJSON *list = NULL;
    int status = arena ? 0 : error_memory(error);

    if (!status && claims.n_claims == 0 && old)
        status = claims_read(old, "the audit's claims", arena, &claims, error);
    if (!status)
        status = check_names(audit, &claims, arena, error);
    if (!status && claims.n_claims > 0) {
        list = cJSON_CreateArray();
        status = list ? 0 : error_memory(error);
    }
    for (size_t i = 0; i < claims.n_claims && !status; i++)
        status = write_claim(list, audit, &claims.claims[i], error);
    if (!status && list) {
        cJSON_DeleteItemFromObjectCaseSensitive(audit, "claims");
        json_attach(audit, "claims", list);
        list = NULL;
    }
    cJSON_Delete(list);
    arena_free(arena);
    return status;
}
