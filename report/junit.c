/* junit.xml: one suite a candidate, one test case a gate; a gate that could not be decided is a skipped test. */
#include <stdio.h>
#include <string.h>

#include "report/render.h"
#include "report/words.h"

/* The model's texts are UTF-8 without control characters, so only the five characters of XML are left to escape. */
static void add_escaped(struct strbuf *out, const char *text)
{
    for (const char *p = text ? text : ""; *p; p++)
        switch (*p) {
        case '&':
            strbuf_adds(out, "&amp;");
            break;
        case '<':
            strbuf_adds(out, "&lt;");
            break;
        case '>':
            strbuf_adds(out, "&gt;");
            break;
        case '"':
            strbuf_adds(out, "&quot;");
            break;
        case '\'':
            strbuf_adds(out, "&apos;");
            break;
        default:
            strbuf_addc(out, *p);
        }
}

static void add_attribute(struct strbuf *out, const char *name, const char *value)
{
    strbuf_addf(out, " %s=\"", name);
    add_escaped(out, value);
    strbuf_adds(out, "\"");
}

static size_t count_gates(const struct model_candidate *candidate, enum status result)
{
    size_t count = 0;
    for (size_t i = 0; i < candidate->n_gates; i++)
        count += candidate->gates[i].result == result;
    return count;
}

static size_t count_skipped(const struct model_candidate *candidate)
{
    return count_gates(candidate, STATUS_UNDECIDED) + count_gates(candidate, STATUS_NONE);
}

static void add_case(struct strbuf *out, const struct model *model, const struct model_candidate *candidate,
                     const struct model_gate *gate)
{
    const char *name = arena_format(model->arena, "%s: %s", gate->key, gate->rule);
    const char *measured = arena_format(model->arena, "%s, measured %s", gate->subject,
                                        number_estimate(model->arena, &gate->estimate, gate->form));
    strbuf_adds(out, "    <testcase");
    add_attribute(out, "classname", candidate->name);
    add_attribute(out, "name", name);
    if (gate->result == STATUS_PASS) {
        strbuf_adds(out, "/>\n");
        return;
    }
    const bool failed = gate->result == STATUS_FAIL;
    strbuf_addf(out, ">\n      <%s", failed ? "failure" : "skipped");
    add_attribute(out, "message", *gate->why ? gate->why : measured);
    if (failed) {
        add_attribute(out, "type", "gate");
        strbuf_adds(out, ">");
        add_escaped(out, measured);
        strbuf_adds(out, "</failure>\n    </testcase>\n");
    } else {
        strbuf_adds(out, "/>\n    </testcase>\n");
    }
}

int render_junit(const struct model *model, struct strbuf *out, struct error *error)
{
    size_t tests = 0, failures = 0, skipped = 0;
    for (size_t i = 0; i < model->n_candidates; i++) {
        tests += model->candidates[i].n_gates;
        failures += count_gates(&model->candidates[i], STATUS_FAIL);
        skipped += count_skipped(&model->candidates[i]);
    }
    strbuf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    strbuf_addf(out, "<testsuites name=\"assay\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", tests,
                failures, skipped);
    for (size_t i = 0; i < model->n_candidates; i++) {
        const struct model_candidate *candidate = &model->candidates[i];
        strbuf_adds(out, "  <testsuite");
        add_attribute(out, "name", candidate->name);
        strbuf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\"", candidate->n_gates,
                    count_gates(candidate, STATUS_FAIL), count_skipped(candidate));
        if (*model->date)
            add_attribute(out, "timestamp", arena_format(model->arena, "%sT00:00:00", model->date));
        strbuf_adds(out, ">\n");
        for (size_t g = 0; g < candidate->n_gates; g++)
            add_case(out, model, candidate, &candidate->gates[g]);
        strbuf_adds(out, "  </testsuite>\n");
    }
    strbuf_adds(out, "</testsuites>\n");
    return out->failed ? error_memory(error) : 0;
}
