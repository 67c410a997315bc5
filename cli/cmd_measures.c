/* assay measures: the list of all measures, or one of them explained, drawn from the descriptors alone. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "core/wrap.h"
#include "metrics/measure.h"

enum { TEXT_COLUMN = 14 };

static const char *direction_name(enum direction direction)
{
    static const char *const names[] = {"higher", "lower", "target"};
    return names[direction];
}

static void print_list(const char *dimension, struct strbuf *out)
{
    int longest = 0;
    for (size_t i = 0; i < measure_count; i++) {
        int length = (int)strlen(measure_registry[i]->id);
        longest = length > longest ? length : longest;
    }
    for (size_t i = 0; i < measure_count; i++) {
        const struct measure *measure = measure_registry[i];
        const char *name = dimension_name(measure->dimension);
        if (!dimension || strcmp(dimension, name) == 0)
            strbuf_addf(out, "%-*s  %-10s  %-6s  %s\n", longest, measure->id, name, direction_name(measure->direction),
                        measure->summary);
    }
}

static void print_part(const char *label, const char *text, struct strbuf *out)
{
    if (!text || !*text)
        return;
    strbuf_addf(out, "%-*s", TEXT_COLUMN, label);
    wrap_text(text, TEXT_COLUMN, TEXT_COLUMN, out);
}

static void add_needs(unsigned needs, struct strbuf *out)
{
    static const struct {
        enum need need;
        const char *text;
    } names[] = {
        {NEED_HOLDOUT, "a holdout"},
        {NEED_TARGET, "a target column that is not constant in train"},
        {NEED_SENSITIVE, "a sensitive column"},
        {NEED_QUANTITY, "a numeric or datetime column"},
        {NEED_TWO_COLUMNS, "two columns"},
        {NEED_CLASSES, "a target with classes"},
        {NEED_BINARY, "a target with two classes"},
        {NEED_TWENTY_ROWS, "20 rows in train and in the candidate"},
        {NEED_EVERY_TARGET, "--target auto"},
    };
    const char *between = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (needs & (unsigned)names[i].need) {
            strbuf_addf(out, "%s%s", between, names[i].text);
            between = ", ";
        }
    if (needs == 0)
        strbuf_adds(out, "train and a candidate, nothing more");
}

static void add_scale(const struct measure *measure, struct strbuf *out)
{
    static const char *const scores[] = {
        [ANCHOR_NONE] = "none: it is listed and takes no part in the index",
        [ANCHOR_HOLDOUT] = "1 for train itself against the holdout",
        [ANCHOR_TRAIN] = "1 for train itself in the candidate's place",
        [ANCHOR_HONEST] = "1 for fresh real rows in the candidate's place",
    };
    strbuf_adds(out, scores[measure->anchor]);
    if (measure->anchor == ANCHOR_NONE)
        return;
    if (measure->fault == SUBJECT_CANDIDATE && measure->anchor == ANCHOR_HOLDOUT && measure->worst == measure->best)
        strbuf_adds(out, ", 0 for the worst value, which depends on the holdout");
    else if (measure->fault == SUBJECT_CANDIDATE)
        strbuf_addf(out, ", 0 for the value %.6g", measure->worst);
    else
        strbuf_addf(out, ", 0 for the control '%s'", subject_name(measure->fault));
}

static void print_parameters(const struct parameter *parameter, struct strbuf *out)
{
    if (!parameter || !parameter->name)
        return;
    strbuf_adds(out, "\nparameters:\n");
    for (; parameter->name; parameter++) {
        strbuf_addf(out, "  %s = %.6g (%.6g to %.6g)\n      ", parameter->name, parameter->fallback, parameter->lo,
                    parameter->hi);
        wrap_text(parameter->help, 6, 6, out);
    }
}

static void print_one(const struct measure *measure, struct strbuf *out)
{
    static const char *const costs[] = {"low: under 0.1 s", "medium: under 1 s", "high: above 1 s"};
    struct strbuf text = STRBUF_INIT;
    strbuf_addf(out, "%s: %s\n\n", measure->id, measure->title);
    wrap_text(measure->summary, 0, 0, out);
    strbuf_addc(out, '\n');
    print_part("dimension", dimension_name(measure->dimension), out);
    print_part("definition", measure->definition, out);
    print_part("how to read", measure->reading, out);
    print_part("attacker", measure->threat, out);
    strbuf_addf(&text, "%s is better", direction_name(measure->direction));
    if (measure->direction == DIRECTION_TARGET) {
        strbuf_reset(&text);
        strbuf_addf(&text, "the nearer to %.6g the better", measure->target);
    }
    print_part("direction", strbuf_text(&text), out);
    strbuf_reset(&text);
    strbuf_addf(&text, "%.6g to %.6g%s%s", measure->lo, measure->hi, measure->unit ? ", " : "",
                measure->unit ? measure->unit : "");
    print_part("range", strbuf_text(&text), out);
    strbuf_reset(&text);
    add_needs(measure->needs, &text);
    print_part("needs", strbuf_text(&text), out);
    strbuf_reset(&text);
    add_scale(measure, &text);
    print_part("score", strbuf_text(&text), out);
    if (measure->proxy)
        print_part("note", "a proxy, not an attack: it never passes and takes no part in the privacy dimension", out);
    print_part("artifacts", measure->artifacts, out);
    strbuf_reset(&text);
    strbuf_addf(&text, "%s at 24,000 rows of 15 columns", costs[measure->cost]);
    print_part("cost", strbuf_text(&text), out);
    print_part("reference", measure->reference, out);
    strbuf_reset(&text);
    strbuf_addf(&text, "%d", measure->version);
    print_part("version", strbuf_text(&text), out);
    print_parameters(measure->parameters, out);
    out->failed |= text.failed;
    strbuf_free(&text);
}

static bool is_dimension(const char *name)
{
    for (int dimension = 0; dimension < DIMENSIONS; dimension++)
        if (strcmp(dimension_name((enum dimension)dimension), name) == 0)
            return true;
    return false;
}

static int fail_unknown(const char *id, struct error *error)
{
    const char *best = measure_suggest(id);
    if (best)
        return error_set(error, ERROR_INPUT, "unknown measure '%s'; did you mean '%s'?", id, best);
    return error_set(error, ERROR_INPUT, "unknown measure '%s'; `assay measures` lists them", id);
}

static int show(const struct option_list *ids, struct strbuf *out, struct error *error)
{
    if (ids->count == 0)
        print_list(NULL, out);
    for (size_t i = 0; i < ids->count; i++) {
        const struct measure *measure = measure_find(ids->items[i]);
        if (i > 0)
            strbuf_addc(out, '\n');
        if (measure)
            print_one(measure, out);
        else if (is_dimension(ids->items[i]))
            print_list(ids->items[i], out);
        else
            return fail_unknown(ids->items[i], error);
    }
    return out->failed ? error_memory(error) : 0;
}

static int run(int argc, char **argv)
{
    struct option_list ids = {0};
    int status;
    if (!command_begin(&command_measures, argc, argv, NULL, &ids, &status))
        return status;
    struct strbuf text = STRBUF_INIT;
    struct error error = {0};
    status = EXIT_PASS;
    if (show(&ids, &text, &error))
        status = command_fail(&error);
    else
        fputs(strbuf_text(&text), stdout);
    strbuf_free(&text);
    options_free(&command_measures, NULL, &ids);
    return status;
}

const struct command command_measures = {
    .name = "measures",
    .usage = "[ID|DIMENSION ...]",
    .summary = "list what is measured, or explain a measure",
    .description = "Without an argument: one line a measure with its id, dimension, better direction and summary. With a "
                   "dimension (fidelity, utility, fairness, robustness, privacy): the measures of that one. With an id: "
                   "definition, how to read it, what it needs, its scale, parameters and reference.",
    .options = NULL,
    .run = run,
};
