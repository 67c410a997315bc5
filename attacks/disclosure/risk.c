#include "attacks/disclosure/risk.h"

#include <math.h>
#include <stdio.h>

#define TOO_WEAK "the attack does no better than random guesses, so a low risk does not show that the candidate is safe"
#define NO_ROOM  "the attack succeeds on every stranger, so what it wins on training records beyond that cannot be measured"

static double share_of(const struct attempts *attempts)
{
    return attempts->made > 0 ? (double)attempts->successes / (double)attempts->made : 0;
}

/* Independent attempts that would vary as much. */
static double effective(const struct attempts *attempts)
{
    return (double)attempts->made / fmax(attempts->design, 1);
}

static double held(double x)
{
    return x > 0 ? x < 1 ? x : 1 : 0;
}

static void assess_published(const struct risk_counts *counts, double level, struct risk *risk)
{
    const struct attempts *attack = &counts->attack, *baseline = &counts->baseline, *control = &counts->control;
    struct residual_risk r =
        residual_risk(attack->successes, attack->made, control->made > 0, control->successes, control->made, level);

    risk->attack = r.attack_rate;
    risk->control = r.control_rate;
    risk->baseline = residual_risk(baseline->successes, baseline->made, false, 0, 0, level).attack_rate;
    risk->value = r.risk;
    risk->lo = r.interval.lo;
    risk->hi = r.interval.hi;
    risk->beats_baseline = risk->attack > risk->baseline;
    risk->method = r.interval.method;
}

static void assess_shares(const struct risk_counts *counts, double level, struct risk *risk)
{
    const struct attempts *attack = &counts->attack, *baseline = &counts->baseline, *control = &counts->control;
    double room, certain = control->made > 0 ? effective(control) : INFINITY;
    struct interval excess;

    risk->attack = share_of(attack);
    risk->baseline = share_of(baseline);
    risk->control = share_of(control);
    room = 1 - risk->control;
    excess = isinf(certain) ? interval_wilson_share(risk->attack, effective(attack), level)
                            : interval_excess(risk->attack, effective(attack), risk->control, certain, level);
    risk->value = room > 0 ? held((risk->attack - risk->control) / room) : 0;
    risk->lo = fmin(held(excess.lo), risk->value);
    risk->hi = room > 0 ? fmax(held(excess.hi), risk->value) : 1;
    risk->method = isinf(certain) ? "Wilson" : excess.method;
    /* One-sided, so at twice the error. */
    excess = interval_excess(risk->attack, effective(attack), risk->baseline, effective(baseline), 2 * level - 1);
    risk->beats_baseline = excess.lo > 0;
}

struct risk risk_assess(const struct risk_counts *counts, double level, bool compat)
{
    struct risk risk = {.counts = *counts};

    if (compat)
        assess_published(counts, level, &risk);
    else
        assess_shares(counts, level, &risk);
    risk.p_value = fisher_upper(counts->attack.successes, counts->attack.made, counts->control.successes, counts->control.made);
    return risk;
}

void risk_describe(const struct risk *risk, cJSON *object)
{
    json_add_number(object, "attack", risk->attack);
    json_add_number(object, "baseline", risk->baseline);
    json_add_number(object, "control", risk->control);
    json_add_number(object, "risk", risk->value);
    json_add_number(object, "lo", risk->lo);
    json_add_number(object, "hi", risk->hi);
    json_add_number(object, "n", (double)risk->counts.attack.made);
    json_add_number(object, "successes", (double)risk->counts.attack.successes);
    json_add_number(object, "control_n", (double)risk->counts.control.made);
    json_add_number(object, "control_successes", (double)risk->counts.control.successes);
    json_add_number(object, "baseline_n", (double)risk->counts.baseline.made);
    json_add_number(object, "baseline_successes", (double)risk->counts.baseline.successes);
    json_add_bool(object, "beats_baseline", risk->beats_baseline);
    json_add_number(object, "p_value", risk->p_value);
}

/* Bounds are rounded outwards, so that they stay bounds. */
void risk_report(const struct risk *risk, const struct risk_words *words, struct result *result)
{
    const size_t room = sizeof result->finding;
    bool proven = risk->lo > 0, no_room = risk->control >= 1;
    int used;

    result->value = risk->value;
    result->lo = risk->lo;
    result->hi = risk->hi;
    result->method = risk->method;
    result->n = risk->counts.attack.made;
    if (words->opening)
        used = snprintf(result->finding, room, "%s: ", words->opening);
    else
        used = snprintf(
            result->finding, room,
            "%s succeeds in %.1f %% of %zu attempts on training rows, in %.1f %% on rows that the generator never saw, "
            "and in %.1f %% of random guesses: ",
            words->what, 100 * risk->attack, result->n, 100 * risk->control, 100 * risk->baseline);
    if (used < 0 || (size_t)used >= room)
        return;
    if (proven) {
        snprintf(
            result->finding + used, room - (size_t)used,
            "%.1f %% (at least %.1f %%) of the attempts that fail on strangers succeed against people in the training table.",
            100 * risk->value, floor(1000 * risk->lo) / 10);
        snprintf(result->remedy, sizeof result->remedy, "%s", words->remedy);
    } else if (no_room || !(risk->beats_baseline || words->sees_copies)) {
        result->unreliable = no_room ? NO_ROOM : TOO_WEAK;
        snprintf(result->finding + used, room - (size_t)used, "%s.", result->unreliable);
    } else {
        snprintf(result->finding + used, room - (size_t)used,
                 "nothing proves that people in the training table are at greater risk than strangers; at most %.1f %% of the "
                 "attempts that fail on strangers can succeed against them.",
                 ceil(1000 * risk->hi) / 10);
    }
}
