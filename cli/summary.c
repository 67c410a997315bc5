#include "cli/summary.h"

#include <math.h>
#include <string.h>

#include "cli/terminal.h"

static const char *const dimensions[] = {"fidelity", "utility", "fairness", "robustness", "privacy"};
static const char *const headings[] = {"fidelity", "utility", "fairness", "robust", "privacy"};
/* 80 columns in all: 2 + name + 1 + verdict 9 + six figures of 9. */
enum { N_DIMENSIONS = sizeof dimensions / sizeof dimensions[0], NAME_WIDTH = 14 };
enum { EXPLAINED_MOST = 8 }; /* candidates whose open gates are explained; those of more are named */

static const char *status_mark(const char *status)
{
    return strcmp(status, "fail") == 0 ? "x" : strcmp(status, "undecided") == 0 ? "?" : " ";
}

static void add_cell(double value, const char *mark, struct strbuf *out)
{
    if (isnan(value))
        strbuf_addf(out, " %7s%s", "-", mark);
    else
        strbuf_addf(out, " %7.2f%s", value, mark);
}

static void add_row(const cJSON *candidate, size_t name_width, struct strbuf *out)
{
    strbuf_adds(out, "  ");
    terminal_cell(json_get_string(candidate, "name", ""), name_width, out);
    strbuf_addf(out, " %-9s", json_get_string(candidate, "verdict", ""));
    add_cell(json_get_number(candidate, "trust.anchored", NAN), " ", out);
    for (int d = 0; d < N_DIMENSIONS; d++) {
        const cJSON *dimension = cJSON_GetObjectItemCaseSensitive(json_get(candidate, "dimensions"), dimensions[d]);
        const char *mark = status_mark(json_get_string(dimension, "status", ""));

        /* No blank at the end of a line. */
        add_cell(json_get_number(dimension, "score", NAN), d + 1 == N_DIMENSIONS && *mark == ' ' ? "" : mark, out);
    }
    strbuf_addc(out, '\n');
}

static bool same_answer(const cJSON *a, const cJSON *b)
{
    return strcmp(json_get_string(a, "result", ""), json_get_string(b, "result", "")) == 0 &&
           strcmp(json_get_string(a, "why", ""), json_get_string(b, "why", "")) == 0;
}

static const char *gate_name(const cJSON *gate)
{
    return json_get_string(gate, "measure", json_get_string(gate, "dimension", "trust"));
}

/* Gates that are open for one and the same reason (no holdout, say) share a paragraph, where the first of them stands. */
static void add_open_gate(const cJSON *gates, const cJSON *gate, struct strbuf *out)
{
    struct strbuf line = STRBUF_INIT;
    const cJSON *other;

    cJSON_ArrayForEach(other, gates)
    {
        if (!same_answer(other, gate))
            continue;
        strbuf_addf(&line, "%s%s (%s)", line.length ? ", " : "", gate_name(other), json_get_string(other, "rule", ""));
    }
    strbuf_addf(&line, ": %s", json_get_string(gate, "why", ""));
    strbuf_addf(out, "    %-10s", json_get_string(gate, "result", ""));
    terminal_paragraph(strbuf_text(&line), 14, 14, out);
    out->failed |= line.failed;
    strbuf_free(&line);
}

static void add_candidate_heading(const cJSON *candidate, struct strbuf *out)
{
    strbuf_adds(out, "\n  ");
    strbuf_add_visible(out, json_get_string(candidate, "name", ""));
    strbuf_addc(out, '\n');
}

static bool has_gate(const cJSON *gates, const char *answer)
{
    const cJSON *gate;

    cJSON_ArrayForEach(gate, gates)
    {
        if (strcmp(json_get_string(gate, "result", ""), answer) == 0)
            return true;
    }
    return false;
}

/* The names alone of the gates with this result; a measure with several gates once. */
static void add_gate_names(const cJSON *gates, const char *answer, struct strbuf *out)
{
    struct strbuf line = STRBUF_INIT;
    const char *last = "";
    const cJSON *gate;

    cJSON_ArrayForEach(gate, gates)
    {
        if (strcmp(json_get_string(gate, "result", ""), answer) != 0 || strcmp(gate_name(gate), last) == 0)
            continue;
        last = gate_name(gate);
        strbuf_addf(&line, "%s%s", line.length ? ", " : "", last);
    }
    if (line.length) {
        strbuf_addf(out, "    %-10s", answer);
        terminal_paragraph(strbuf_text(&line), 14, 14, out);
    }
    out->failed |= line.failed;
    strbuf_free(&line);
}

static void name_open_gates(const cJSON *audit, struct strbuf *out)
{
    const cJSON *candidate;
    bool any = false;

    cJSON_ArrayForEach(candidate, json_get(audit, "candidates"))
    {
        const cJSON *gates = json_get(candidate, "gates");

        if (!has_gate(gates, "fail") && !has_gate(gates, "undecided"))
            continue;
        any = true;
        add_candidate_heading(candidate, out);
        add_gate_names(gates, "fail", out);
        add_gate_names(gates, "undecided", out);
    }
    if (any) {
        strbuf_adds(out, "\n  ");
        terminal_paragraph("The values, bounds and reasons of these gates are in audit.json and in the report.", 2, 2, out);
    }
}

static void explain_open_gates(const cJSON *candidate, struct strbuf *out)
{
    const cJSON *gate, *gates = json_get(candidate, "gates");
    bool any = false;

    cJSON_ArrayForEach(gate, gates)
    {
        const cJSON *earlier = cJSON_GetArrayItem(gates, 0);

        if (strcmp(json_get_string(gate, "result", ""), "pass") == 0)
            continue;
        while (earlier != gate && !same_answer(earlier, gate))
            earlier = earlier->next;
        if (earlier != gate)
            continue;
        if (!any)
            add_candidate_heading(candidate, out);
        any = true;
        add_open_gate(gates, gate, out);
    }
}

static void add_warning(const char *text, struct strbuf *out)
{
    strbuf_adds(out, "  warning   ");
    terminal_paragraph(text, 12, 12, out);
}

static bool is_said(const cJSON *candidate, const char *text)
{
    const cJSON *gate;

    cJSON_ArrayForEach(gate, json_get(candidate, "gates"))
    {
        if (strstr(json_get_string(gate, "why", ""), text))
            return true;
    }
    return false;
}

/* What the tables themselves have wrong, and what makes a measure's numbers unreliable where no open gate says it already. */
static void add_warnings(const cJSON *audit, struct strbuf *out)
{
    const cJSON *warning, *candidate, *measure;
    bool any = false;

    cJSON_ArrayForEach(warning, json_get(audit, "warnings"))
    {
        if (cJSON_IsString(warning)) {
            strbuf_adds(out, any ? "" : "\n");
            any = true;
            add_warning(warning->valuestring, out);
        }
    }
    cJSON_ArrayForEach(candidate, json_get(audit, "candidates"))
    {
        cJSON_ArrayForEach(measure, json_get(candidate, "measures"))
        {
            const char *text = json_get_string(measure, "unreliable", NULL);
            struct strbuf line = STRBUF_INIT;

            if (!text || is_said(candidate, text))
                continue;
            strbuf_adds(out, any ? "" : "\n");
            any = true;
            strbuf_addf(&line, "%s, %s: %s", json_get_string(candidate, "name", ""), json_get_string(measure, "id", ""), text);
            add_warning(strbuf_text(&line), out);
            out->failed |= line.failed;
            strbuf_free(&line);
        }
    }
}

/* The policy's gates are the same for all candidates: said once. */
static void add_verdict_without_gates(const cJSON *audit, struct strbuf *out)
{
    const cJSON *first = cJSON_GetArrayItem(json_get(audit, "candidates"), 0);
    struct strbuf line = STRBUF_INIT;

    if (!first || cJSON_GetArraySize(json_get(first, "gates")) > 0)
        return;
    strbuf_addf(&line, "Nothing was decided: policy “%s” has no gate on what was measured.",
                json_get_string(audit, "policy.name", ""));
    strbuf_adds(out, "\n  ");
    terminal_paragraph(strbuf_text(&line), 2, 2, out);
    out->failed |= line.failed;
    strbuf_free(&line);
}

static bool has_role(const cJSON *column, const char *role)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, json_get(column, "roles"))
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, role) == 0)
            return true;
    }
    return false;
}

/* Columns that were taken for ids without being named as one: a quantity among them would go unmeasured. */
static void add_ids(const cJSON *audit, struct strbuf *out)
{
    struct strbuf line = STRBUF_INIT;
    const cJSON *column;

    cJSON_ArrayForEach(column, json_get(audit, "schema.columns"))
    {
        if (strcmp(json_get_string(column, "type", ""), "id") == 0 && !has_role(column, "key") && !has_role(column, "ignore"))
            strbuf_addf(&line, "%s'%s'",
                        line.length ? ", " : "not measured, since they name rows: ", json_get_string(column, "name", ""));
    }
    if (line.length) {
        strbuf_adds(out, "  ");
        terminal_paragraph(strbuf_text(&line), 2, 2, out);
    }
    strbuf_free(&line);
}

/* A dimension's score is the mean of the measures that have one; a minority of them says little of the whole. */
static void add_thin_scores(const cJSON *candidate, struct strbuf *out)
{
    struct strbuf line = STRBUF_INIT;
    bool any = false;

    strbuf_addf(&line,
                "%s: made from few of the measures, since the others have no score:", json_get_string(candidate, "name", ""));
    for (int d = 0; d < N_DIMENSIONS; d++) {
        const cJSON *dimension = cJSON_GetObjectItemCaseSensitive(json_get(candidate, "dimensions"), dimensions[d]);
        const double coverage = json_get_number(dimension, "coverage", NAN);

        if (isnan(json_get_number(dimension, "score", NAN)) || !(coverage < 0.5))
            continue;
        strbuf_addf(&line, "%s %s (%.0f\xc2\xa0%%)", any ? "," : "", dimensions[d], 100 * coverage);
        any = true;
    }
    if (any) {
        strbuf_adds(out, "  ");
        terminal_paragraph(strbuf_text(&line), 2, 2, out);
    }
    out->failed |= line.failed;
    strbuf_free(&line);
}

/* What became of a claim of differential privacy. */
static void add_claim(const cJSON *candidate, struct strbuf *out)
{
    const cJSON *claim = json_get(candidate, "claim");
    const double bound = json_get_number(claim, "bound", NAN);
    struct strbuf line = STRBUF_INIT;

    if (!claim)
        return;
    strbuf_addf(&line, "%s: the claimed epsilon of %.4g is %s", json_get_string(candidate, "name", ""),
                json_get_number(claim, "epsilon", NAN), json_get_string(claim, "result", ""));
    if (!isnan(bound))
        strbuf_addf(&line, "; attacks prove at least %.3g", floor(bound * 100) / 100);
    strbuf_adds(out, "  ");
    terminal_paragraph(strbuf_text(&line), 2, 2, out);
    out->failed |= line.failed;
    strbuf_free(&line);
}

static void add_claims(const cJSON *audit, struct strbuf *out)
{
    const cJSON *claim;
    bool any = false;

    cJSON_ArrayForEach(claim, json_get(audit, "claims"))
    {
        struct strbuf line = STRBUF_INIT;

        strbuf_adds(out, any ? "" : "\n  claims\n");
        any = true;
        strbuf_addf(&line, "%s (%s): %s", json_get_string(claim, "statement", ""), json_get_string(claim, "source", ""),
                    json_get_string(claim, "why", ""));
        strbuf_addf(out, "    %-13s", json_get_string(claim, "result", ""));
        terminal_paragraph(strbuf_text(&line), 17, 17, out);
        out->failed |= line.failed;
        strbuf_free(&line);
    }
}

void summary_print(const cJSON *audit, struct strbuf *out)
{
    const cJSON *candidate;
    size_t name_width = strlen("candidate");

    cJSON_ArrayForEach(candidate, json_get(audit, "candidates"))
    {
        const size_t w = terminal_width(json_get_string(candidate, "name", ""));

        name_width = w > name_width ? w : name_width;
    }
    name_width = name_width > NAME_WIDTH ? NAME_WIDTH : name_width;
    strbuf_addf(out, "  %-*s %-9s", (int)name_width, "candidate", "verdict");
    strbuf_addf(out, " %8s", "trust ");
    for (int d = 0; d < N_DIMENSIONS; d++)
        strbuf_addf(out, " %8s", headings[d]);
    strbuf_addc(out, '\n');
    cJSON_ArrayForEach(candidate, json_get(audit, "candidates"))
    {
        add_row(candidate, name_width, out);
    }
    strbuf_adds(out, "  x: a gate of this dimension failed; ?: undecided; -: not assessed\n");
    if (cJSON_IsNull(json_get(audit, "inputs.holdout")))
        strbuf_adds(out, "  no holdout: fresh real rows would score below 1 as well, how far is not known\n");
    add_ids(audit, out);
    add_warnings(audit, out);
    cJSON_ArrayForEach(candidate, json_get(audit, "candidates"))
    {
        add_thin_scores(candidate, out);
        add_claim(candidate, out);
    }
    add_verdict_without_gates(audit, out);
    if (cJSON_GetArraySize(json_get(audit, "candidates")) > EXPLAINED_MOST)
        name_open_gates(audit, out);
    cJSON_ArrayForEach(candidate, json_get(audit, "candidates"))
    {
        if (cJSON_GetArraySize(json_get(audit, "candidates")) <= EXPLAINED_MOST)
            explain_open_gates(candidate, out);
        if (json_get_bool(candidate, "is_holdout", false)) {
            strbuf_adds(out, "\n  ");
            terminal_paragraph(json_get_string(candidate, "headline", ""), 2, 2, out);
        }
    }
    add_claims(audit, out);
}
