/* The three risks that regulators name, and inference secret by secret.
 *
 * details of privacy.singling_out.*, linkability = {attack, baseline, control, risk, lo, hi, n}: shares of attempts that
 * succeed on training records, as random guesses, on records that no generator saw, and the residual risk. Of privacy.inference
 * = {secrets: [{column, the same}]}. */
#include <math.h>
#include <string.h>

#include "report/figures_privacy.h"

enum { SECRETS_SHOWN = 14 };

static const struct {
    const char *id, *name;
} risks[] = {
    {"privacy.singling_out.univariate", "Singling out, one column"},
    {"privacy.singling_out.multivariate", "Singling out, several columns"},
    {"privacy.linkability", "Linkability"},
};
enum { RISKS = sizeof risks / sizeof *risks, RISK_ROWS = RISKS + 1 };

/* The secret that the measure's value is about: details.worst. */
static const cJSON *worst_secret(struct arena *arena, const cJSON *details)
{
    const char *worst = model_text(arena, details, "worst");
    const cJSON *secret = model_first(cJSON_GetObjectItemCaseSensitive(details, "secrets"));

    while (secret && strcmp(model_text(arena, secret, "column"), worst) != 0)
        secret = secret->next;
    return secret;
}

/* A row of the risks (upper) and one of the shares of attempts that they come from (lower). */
static void add_risk(struct arena *arena, struct row_chart *upper, struct row_chart *lower, const char *name, const cJSON *risk)
{
    struct mark_row *bar, *shares;

    if (!risk || !isfinite(model_number(risk, "risk")))
        return;
    bar = row_chart_add(upper, RISK_ROWS, name);
    shares = row_chart_add(lower, RISK_ROWS, name);
    if (!bar || !shares)
        return;
    bar->candidate = (struct estimate){model_number(risk, "risk"), model_number(risk, "lo"), model_number(risk, "hi")};
    bar->number = number_text(arena, bar->candidate.value, number_decimals(&bar->candidate, FORM_PERCENT), FORM_PERCENT);
    shares->candidate.value = model_number(risk, "attack");
    shares->real.value = model_number(risk, "control");
    shares->control = model_number(risk, "baseline");
}

static void set_look(struct row_chart *chart, enum row_look look, const char *axis)
{
    chart->look = look;
    chart->axis = axis;
    chart->percent = true;
    chart->lo = 0;
    chart->hi = 1;
    chart->names = 0.4;
}

static void set_keys(struct row_chart *chart)
{
    chart->candidate_key = "training records";
    chart->real_key = "records never seen";
    chart->control_key = "random guesses";
}

struct row_panels rows_risks(struct arena *arena, const struct model_candidate *candidate)
{
    struct row_chart *upper = row_chart_new(arena, RISK_ROWS), *lower = row_chart_new(arena, RISK_ROWS);
    const cJSON *inference = figure_details(candidate, "privacy.inference");
    const cJSON *secret = inference ? worst_secret(arena, inference) : NULL;

    if (!upper || !lower)
        return (struct row_panels){NULL, NULL};
    for (size_t k = 0; k < RISKS; k++)
        add_risk(arena, upper, lower, risks[k].name, figure_details(candidate, risks[k].id));
    if (secret)
        add_risk(arena, upper, lower, arena_format(arena, "Inference of %s", model_text(arena, secret, "column")), secret);
    if (upper->count == 0)
        return (struct row_panels){NULL, NULL};
    set_look(upper, LOOK_BARS, "risk to people because they are in the training data");
    set_look(lower, LOOK_DOTS, "attempts that succeed");
    set_keys(lower);
    return (struct row_panels){upper, lower};
}

static double by_risk(const cJSON *secret)
{
    const double risk = model_number(secret, "risk");
    return isfinite(risk) ? -risk : NAN;
}

struct row_panels rows_inferred(struct arena *arena, const cJSON *details)
{
    size_t count;
    const cJSON **secrets = objects_sorted(arena, cJSON_GetObjectItemCaseSensitive(details, "secrets"), by_risk, &count);
    struct row_chart *chart = row_chart_new(arena, SECRETS_SHOWN);

    if (!chart || !secrets || count < 2)
        return (struct row_panels){NULL, NULL};
    for (size_t i = 0; i < count; i++) {
        struct mark_row *row = row_chart_add(chart, SECRETS_SHOWN, model_text(arena, secrets[i], "column"));
        if (!row)
            continue;
        row->candidate.value = model_number(secrets[i], "attack");
        row->real.value = model_number(secrets[i], "control");
        row->control = model_number(secrets[i], "baseline");
    }
    set_look(chart, LOOK_DOTS, "guessed right");
    set_keys(chart);
    return (struct row_panels){chart, NULL};
}
