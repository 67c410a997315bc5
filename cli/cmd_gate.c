/* assay gate: judge a finished audit again by another policy, without computing anything anew. */
#include <stdio.h>

#include "audit/claims.h"
#include "audit/judge.h"
#include "cli/command.h"
#include "cli/summary.h"
#include "core/outdir.h"

struct settings {
    const char *policy, *claims, *out;
    struct option_list fail_on;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct option options[] = {
    {"policy", OPTION_STRING, FIELD(policy), "NAME|FILE", "preset or JSON file to judge by", 0, 0, true},
    {"claims", OPTION_STRING, FIELD(claims), "FILE", "test these claims in place of those that the audit holds (JSON list)", 0,
     0, false},
    {"fail-on", OPTION_COMMAS, FIELD(fail_on), "LIST",
     "exit with status 1 also where a candidate is undecided ('undecided') or a claim fails ('claims')", 0, 0, false},
    {"out", OPTION_STRING, FIELD(out), "FILE", "write the judged audit.json here", 0, 0, false},
    {0},
};

static int run(int argc, char **argv);

const struct command command_gate = {
    .name = "gate",
    .usage = "AUDIT.json --policy NAME|FILE [OPTIONS]",
    .summary = "judge a finished audit again by another policy",
    .description =
        "Reads the measures of a finished audit.json, applies the gates and weights of a policy, tests claims and prints the "
        "summary table. Nothing is measured anew. The exit status is that of 'assay audit' under this policy.",
    .options = options,
    .run = run,
};

static int write_audit(const char *path, const cJSON *audit, struct error *error)
{
    struct strbuf text = STRBUF_INIT;
    int status;

    json_print(audit, &text);
    strbuf_addc(&text, '\n');
    status = text.failed ? error_memory(error) : file_write(path, text.text, text.length, error);
    strbuf_free(&text);
    return status;
}

static int gate(const struct settings *settings, const char *path, int *exit_status, struct error *error)
{
    struct arena *arena = arena_new();
    struct strbuf table = STRBUF_INIT;
    struct policy policy;
    cJSON *audit = NULL;
    unsigned fail_on = 0;
    int status = arena ? judge_fail_on(settings->fail_on.items, settings->fail_on.count, &fail_on, error) : error_memory(error);

    if (!status)
        status = json_read_file(path, false, &audit, error);
    if (!status && (!cJSON_IsArray(json_get(audit, "candidates")) || json_get_number(audit, "version", 0) > 1))
        status = error_set(error, ERROR_INPUT, "%s: not an audit.json of version 1", path);
    if (!status)
        status = policy_load(settings->policy, arena, &policy, error);
    if (!status && settings->claims)
        status = claims_load(settings->claims, arena, &policy, error);
    if (!status) {
        judge_trim(audit, &policy);
        status = judge_audit(audit, &policy, error);
    }
    if (!status && settings->out)
        status = write_audit(settings->out, audit, error);
    if (!status) {
        summary_print(audit, &table);
        status = table.failed ? error_memory(error) : 0;
    }
    if (!status) {
        fputs(strbuf_text(&table), stdout);
        *exit_status = judge_exit_status(audit, fail_on);
    }
    strbuf_free(&table);
    cJSON_Delete(audit);
    arena_free(arena);
    return status;
}

static int run(int argc, char **argv)
{
    struct settings settings = {0};
    struct option_list files = {0};
    struct error error = {0};
    int status;

    if (!command_begin(&command_gate, argc, argv, &settings, &files, &status))
        return status;
    if (files.count != 1)
        error_set(&error, ERROR_INPUT, "assay gate takes one audit.json, %zu were given", files.count);
    else
        gate(&settings, files.items[0], &status, &error);
    if (error.code)
        status = command_fail(&error);
    options_free(&command_gate, &settings, &files);
    return status;
}
