/* An audit: inputs in, the audit.json tree out. */
#ifndef ASSAY_AUDIT_AUDIT_H
#define ASSAY_AUDIT_AUDIT_H

#include "audit/policy.h"
#include "core/progress.h"
#include "core/strbuf.h"

struct audit_options {
    struct dataset_options data;
    const char *policy;                    /* preset name or path; NULL: balanced */
    const char *claims;                    /* path of a list of claims (claims.h), beside the policy's; NULL: none */
    const char *const *only, *const *skip; /* measure ids, dimensions, or "proxy" */
    size_t n_only, n_skip;
    const char *const *set; /* MEASURE.PARAMETER=VALUE (settings.h) */
    size_t n_set;
    uint64_t seed;
    size_t threads;   /* 0: as many as the machine has */
    size_t memory;    /* bytes that may be planned for; 0: no limit */
    const char *date; /* YYYY-MM-DD */
    bool claimed;     /* a promise of differential privacy is to be tested: */
    double claimed_epsilon, claimed_delta;
    const char *generator;    /* built-in name or command (generators/command.h); NULL: none, and nothing is trained again */
    const char *work;         /* folder for finished shadows; NULL: work_default for a command, none for a built-in one */
    const char *work_default; /* may be NULL without a command */
    size_t shadows, random_targets;
    double generator_timeout; /* seconds, for one run of a command */
    bool evidence;            /* collect row-level results */
    bool progress;            /* show a bar where stderr is a terminal */
};

struct audit_output {
    cJSON *audit;           /* audit.json, judged */
    cJSON *run;             /* run.json: times, threads, host; differs from run to run */
    struct strbuf evidence; /* CSV, header included; empty unless asked for */
};

int audit_run(const struct audit_options *options, struct audit_output *output, struct error *error);
void audit_output_free(struct audit_output *output);

#endif
