/* assay audit: tables in, verdict, audit.json and report out. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/judge.h"
#include "cli/audit_files.h"
#include "cli/command.h"
#include "cli/summary.h"
#include "core/outdir.h"

struct settings {
    const char *generator, *work;
    int64_t shadows, random_targets;
    double generator_timeout;
    const char *train, *holdout, *reference, *schema, *policy, *claims, *target, *positive, *key, *evidence, *sign, *date, *out;
    struct option_list synthetic, sensitive, secret, quasi, ignore, only, skip, set, format, fail_on;
    int64_t seed, threads;
    size_t memory;
    double claimed_epsilon, delta;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct option options[] = {
    {"train", OPTION_STRING, FIELD(train), "FILE", "the real rows that the generator was trained on (CSV, may be gzipped)", 0,
     0, true},
    {"synthetic", OPTION_LIST, FIELD(synthetic), "[NAME=]FILE",
     "a candidate; may be given several times; NAME@1, NAME@2 are replicates", 0, 0, true},
    {"holdout", OPTION_STRING, FIELD(holdout), "FILE", "real rows from the same source that the generator never saw", 0, 0,
     false},
    {"reference", OPTION_STRING, FIELD(reference), "FILE", "further real rows: the attacker's reference population", 0, 0,
     false},
    {"target", OPTION_STRING, FIELD(target), "COL",
     "the column that models are to predict; auto: every column in turn, for utility.targets alone", 0, 0, false},
    {"positive", OPTION_STRING, FIELD(positive), "VALUE", "the positive class of a binary target", 0, 0, false},
    {"sensitive", OPTION_COMMAS, FIELD(sensitive), "COL,...", "columns of groups that must be treated alike", 0, 0, false},
    {"secret", OPTION_COMMAS, FIELD(secret), "COL,...", "columns that an attacker would want to learn", 0, 0, false},
    {"quasi", OPTION_COMMAS, FIELD(quasi), "COL,...", "columns that an attacker may know of a person", 0, 0, false},
    {"key", OPTION_STRING, FIELD(key), "COL", "the column that identifies rows; it takes no part in measures", 0, 0, false},
    {"ignore", OPTION_COMMAS, FIELD(ignore), "COL,...", "columns to leave out", 0, 0, false},
    {"claimed-epsilon", OPTION_NUMBER, FIELD(claimed_epsilon), "E",
     "the epsilon of differential privacy that the generator is said to have; the audit fails when attacks prove more", 0, 1e6,
     false},
    {"delta", OPTION_NUMBER, FIELD(delta), "D", "the delta of that claim (default 0)", 0, 1, false},
    {"schema", OPTION_STRING, FIELD(schema), "FILE", "column types as printed by 'assay schema', corrected by hand", 0, 0,
     false},
    {"policy", OPTION_STRING, FIELD(policy), "NAME|FILE",
     "balanced (default), privacy-first, utility-first, fairness-first, research, or a JSON file", 0, 0, false},
    {"claims", OPTION_STRING, FIELD(claims), "FILE", "claims about the candidates to test against what is measured (JSON list)",
     0, 0, false},
    {"fail-on", OPTION_COMMAS, FIELD(fail_on), "LIST",
     "exit with status 1 also where a candidate is undecided ('undecided') or a claim fails ('claims')", 0, 0, false},
    {"only", OPTION_COMMAS, FIELD(only), "ID|DIM,...", "run these measures or dimensions alone", 0, 0, false},
    {"skip", OPTION_COMMAS, FIELD(skip), "ID|DIM,...", "leave these measures or dimensions out, and their gates", 0, 0, false},
    {"set", OPTION_COMMAS, FIELD(set), "ID.NAME=X,...",
     "parameters of measures other than their defaults ('assay measures ID' lists them), such as privacy.reconstruction.k=4", 0,
     0, false},
    {"seed", OPTION_INTEGER, FIELD(seed), "N", "seed of all random streams (default 1)", 0, 9e15, false},
    {"threads", OPTION_INTEGER, FIELD(threads), "N", "worker threads (default: all processors); results do not depend on it", 0,
     1024, false},
    {"memory", OPTION_SIZE, FIELD(memory), "SIZE", "refuse an audit that would need more, such as 2G", 0, 0, false},
    {"out", OPTION_STRING, FIELD(out), "DIR", "output directory (default assay-out), written whole or not at all", 0, 0, false},
    {"format", OPTION_COMMAS, FIELD(format), "LIST", "files beside audit.json: pdf, md, junit, sarif (default all)", 0, 0,
     false},
    {"sign", OPTION_STRING, FIELD(sign), "KEY",
     "sign what is written with this secret key of 'assay keygen' or minisign; the password of an encrypted one is taken from "
     "ASSAY_KEY_PASSWORD",
     0, 0, false},
    {"generator", OPTION_STRING, FIELD(generator), "CMD",
     "the generator, to be trained again without single records: a built-in one's name, or a command such as 'program {train} "
     "{rows} {seed} {out}', run without a shell",
     0, 0, false},
    {"shadows", OPTION_INTEGER, FIELD(shadows), "N",
     "how often --generator is trained again, an even number from 8 to 1024 (default 64)", 8, 1024, false},
    {"random-targets", OPTION_INTEGER, FIELD(random_targets), "N",
     "random training records to attack beside the 10 most outlying ones (default 0)", 0, 1000, false},
    {"generator-timeout", OPTION_NUMBER, FIELD(generator_timeout), "SECONDS",
     "stop a run of the --generator command that takes longer (default 600)", 0.1, 1e7, false},
    {"work", OPTION_STRING, FIELD(work), "DIR",
     "folder for finished shadows, which an audit that comes later does not train again (default for a command: --out with "
     ".work added)",
     0, 0, false},
    {"evidence", OPTION_STRING, FIELD(evidence), "FILE", "row-level results as CSV, for the data's owner only", 0, 0, false},
    {"date", OPTION_STRING, FIELD(date), "YYYY-MM-DD", "the report's date (default SOURCE_DATE_EPOCH or today)", 0, 0, false},
    {0},
};

static int run(int argc, char **argv);

const struct command command_audit = {
    .name = "audit",
    .usage = "--train FILE [--holdout FILE] --synthetic [NAME=]FILE ... [OPTIONS]",
    .summary = "measure candidates, judge them by a policy, write the report",
    .description =
        "Compares each candidate with the real training rows and with real holdout rows that the generator never saw: "
        "fidelity, "
        "utility, fairness, robustness and privacy, each measure with an interval and with the same measure on fresh real rows "
        "and on tables with a known fault beside it. A policy's gates turn that into a verdict.\n\n"
        "Writes audit.json, run.json, report.pdf, summary.md, junit.xml and results.sarif into --out, with --sign also "
        "audit.json.minisig, SHA256SUMS and SHA256SUMS.minisig ('assay verify' checks them), and a short table to stdout. "
        "Without a holdout whatever needs one is reported as not measurable, and gates on it are undecided.",
    .options = options,
    .run = run,
};

/* YYYY-MM-DD, a day that the calendar has. */
static bool is_date(const char *text)
{
    struct tm parts = {0};
    const char *end = strptime(text, "%Y-%m-%d", &parts);
    const int year = parts.tm_year, month = parts.tm_mon, day = parts.tm_mday;

    if (!end || *end || strlen(text) != 10 || strspn(text, "0123456789-") != 10)
        return false;
    timegm(&parts);
    return parts.tm_year == year && parts.tm_mon == month && parts.tm_mday == day;
}

/* --date, else SOURCE_DATE_EPOCH (reproducible builds), else today in UTC. */
static int find_date(const char *given, char date[11], struct error *error)
{
    static const long long latest = 253402300799; /* the last second of the year 9999 */
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t when = time(NULL);
    struct tm parts;

    if (given) {
        if (!is_date(given))
            return error_set(error, ERROR_INPUT, "--date '%s' is no date of the form YYYY-MM-DD", given);
        memcpy(date, given, 11);
        return 0;
    }
    if (epoch) {
        char *end;

        when = (time_t)strtoll(epoch, &end, 10);
        if (end == epoch || *end || when < 0 || when > latest)
            return error_set(error, ERROR_INPUT, "SOURCE_DATE_EPOCH '%s' is no number of seconds since 1970", epoch);
    }
    gmtime_r(&when, &parts);
    strftime(date, 11, "%Y-%m-%d", &parts);
    return 0;
}

static struct audit_options audit_options_of(const struct settings *s, const char *date, const char *work_default)
{
    return (struct audit_options){.data = {.train = s->train,
                                           .holdout = s->holdout,
                                           .reference = s->reference,
                                           .schema = s->schema,
                                           .candidates = s->synthetic.items,
                                           .n_candidates = s->synthetic.count,
                                           .target = s->target,
                                           .positive = s->positive,
                                           .key = s->key,
                                           .sensitive = s->sensitive.items,
                                           .n_sensitive = s->sensitive.count,
                                           .secret = s->secret.items,
                                           .n_secret = s->secret.count,
                                           .quasi = s->quasi.items,
                                           .n_quasi = s->quasi.count,
                                           .ignore = s->ignore.items,
                                           .n_ignore = s->ignore.count},
                                  .policy = s->policy,
                                  .claims = s->claims,
                                  .only = s->only.items,
                                  .n_only = s->only.count,
                                  .skip = s->skip.items,
                                  .n_skip = s->skip.count,
                                  .set = s->set.items,
                                  .n_set = s->set.count,
                                  .seed = (uint64_t)s->seed,
                                  .threads = (size_t)s->threads,
                                  .memory = s->memory,
                                  .date = date,
                                  .claimed = s->claimed_epsilon >= 0,
                                  .claimed_epsilon = s->claimed_epsilon,
                                  .claimed_delta = s->delta < 0 ? 0 : s->delta,
                                  .generator = s->generator,
                                  .work = s->work,
                                  .work_default = work_default,
                                  .shadows = s->shadows > 0 ? (size_t)s->shadows : 64,
                                  .random_targets = (size_t)s->random_targets,
                                  .generator_timeout = s->generator_timeout > 0 ? s->generator_timeout : 600,
                                  .evidence = s->evidence != NULL,
                                  .progress = isatty(STDERR_FILENO)};
}

static int write_outputs(const struct settings *settings, const struct signing_key *key, struct outdir *out,
                         const struct audit_output *output, struct error *error)
{
    const struct audit_files files = {.formats = &settings->format, .key = settings->sign ? key : NULL};
    int status = audit_files_write(&files, out, output, error);

    if (!status && cancel_requested())
        status = error_set(error, ERROR_CANCELLED, "stopped by a signal, nothing was written");
    if (!status && settings->evidence)
        status = file_write(settings->evidence, output->evidence.text, output->evidence.length, error);
    return status;
}

static size_t length_without_slashes(const char *path)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    return length;
}

/* Beside --out, without the slashes at its end. */
static int name_work(const char *out, struct strbuf *name, struct error *error)
{
    strbuf_add(name, out, length_without_slashes(out));
    strbuf_adds(name, ".work");
    return name->failed ? error_memory(error) : 0;
}

/* Why the generator could not be trained again, with its last words: for whoever runs the audit, not for audit.json. Returns
 * whether it failed. */
static bool print_generator_failures(const cJSON *run)
{
    const cJSON *runs = json_get(run, "generator_runs"), *entry;
    bool failed = false;

    cJSON_ArrayForEach(entry, runs)
    {
        const char *message = json_get_string(entry, "error", NULL), *output = json_get_string(entry, "last_output", "");

        if (message)
            fprintf(stderr, "assay: --generator: %s%s%s\n", message, output[0] ? "; its last output:\n" : "", output);
        failed = failed || message;
    }
    return failed;
}

/* Rows of evidence must not take the place of a table; a candidate's file may stand behind its name. */
static int check_evidence(const struct settings *s, struct error *error)
{
    const char *const inputs[] = {s->train, s->holdout, s->reference, s->schema, s->policy, s->claims, s->sign};
    int status = file_apart(s->evidence, inputs, sizeof inputs / sizeof inputs[0], error);

    for (size_t i = 0; i < s->synthetic.count && !status; i++) {
        const char *whole = s->synthetic.items[i], *named = strchr(whole, '=');
        const char *const candidate[] = {whole, named ? named + 1 : NULL};

        status = file_apart(s->evidence, candidate, 2, error);
    }
    return status;
}

/* Found out before hours of training, not after them. */
static int check_work(const struct settings *s, struct error *error)
{
    const char *slash = s->work ? strrchr(s->work, '/') : NULL;
    char parent[PATH_MAX] = ".";
    struct stat about;

    if (!s->work)
        return 0;
    if (length_without_slashes(s->work) == length_without_slashes(s->out) &&
        strncmp(s->work, s->out, length_without_slashes(s->out)) == 0)
        return error_set(error, ERROR_INPUT, "--work and --out are both '%s': give each a folder of its own", s->out);
    if (stat(s->work, &about) == 0) {
        if (!S_ISDIR(about.st_mode) || access(s->work, R_OK | W_OK | X_OK) != 0)
            return error_set(error, ERROR_INPUT, "--work '%s' is no folder that can be written to; give another", s->work);
        return 0;
    }
    if (slash && slash[1] != '\0')
        snprintf(parent, sizeof parent, "%.*s", slash == s->work ? 1 : (int)(slash - s->work), s->work);
    if (access(parent, W_OK | X_OK) != 0)
        return error_set(error, ERROR_INPUT, "--work '%s' cannot be made in '%s': %s; give another", s->work, parent,
                         strerror(errno));
    return 0;
}

/* Options that would be passed over in silence. */
static int check_generator_options(const struct settings *s, struct error *error)
{
    const char *name = s->shadows > 0             ? "shadows"
                       : s->random_targets > 0    ? "random-targets"
                       : s->generator_timeout > 0 ? "generator-timeout"
                       : s->work                  ? "work"
                                                  : NULL;

    if (!s->generator && name)
        return error_set(error, ERROR_INPUT, "--%s belongs to a generator: give --generator with it", name);
    return check_work(s, error);
}

/* A key in the store of a pipeline may have to be readable by its group, so it is said and not refused. */
static int read_key(const char *path, struct signing_key *key, struct error *error)
{
    struct stat file;
    int status = signing_key_read(path, getenv("ASSAY_KEY_PASSWORD"), key, error);

    if (!status && stat(path, &file) == 0 && S_ISREG(file.st_mode) && (file.st_mode & (S_IRWXG | S_IRWXO)))
        command_note("assay: others than its owner may read or write the secret key '%s' (mode %o); chmod 600 mends that", path,
                     (unsigned)(file.st_mode & 0777));
    return status;
}

/* All that can be refused before a table is read; the key last, since it stays in memory until it is wiped. */
static int check_settings(const struct settings *settings, unsigned *fail_on, struct signing_key *key, struct error *error)
{
    int status = audit_files_check(&settings->format, error);

    if (!status)
        status = judge_fail_on(settings->fail_on.items, settings->fail_on.count, fail_on, error);
    if (!status && settings->delta >= 0 && settings->claimed_epsilon < 0)
        status = error_set(error, ERROR_INPUT, "--delta belongs to a claim: give --claimed-epsilon with it");
    if (!status)
        status = check_generator_options(settings, error);
    if (!status)
        status = check_evidence(settings, error);
    if (!status && settings->sign)
        status = read_key(settings->sign, key, error);
    return status;
}

static int audit(const struct settings *settings, int *exit_status, struct error *error)
{
    struct audit_output output = {0};
    struct outdir *out = NULL;
    struct audit_options what;
    struct strbuf table = STRBUF_INIT, work = STRBUF_INIT;
    struct signing_key key = {0};
    char date[11];
    unsigned fail_on = 0;
    int status = find_date(settings->date, date, error);

    if (!status)
        status = check_settings(settings, &fail_on, &key, error);
    if (!status)
        status = outdir_begin(&out, settings->out, audit_file_names, error);
    if (status) {
        signing_key_wipe(&key);
        return status;
    }
    status = name_work(settings->out, &work, error);
    what = audit_options_of(settings, date, strbuf_text(&work));
    if (!status)
        status = audit_run(&what, &output, error);
    if (!status)
        status = write_outputs(settings, &key, out, &output, error);
    signing_key_wipe(&key);
    if (status) {
        outdir_abort(out);
    } else {
        status = outdir_commit(out, error);
    }
    if (!status) {
        summary_print(output.audit, &table);
        strbuf_adds(&table, "\n  written to ");
        strbuf_add_visible(&table, settings->out);
        strbuf_adds(&table, "/\n");
        status = table.failed ? error_memory(error) : 0;
    }
    if (!status) {
        fputs(strbuf_text(&table), stdout);
        *exit_status = judge_exit_status(output.audit, fail_on);
        /* What was asked for and could not be done is no pass. */
        if (print_generator_failures(output.run) && *exit_status == EXIT_PASS)
            *exit_status = fail_on & FAIL_ON_UNDECIDED ? EXIT_GATE_FAILED : EXIT_UNDECIDED;
    }
    strbuf_free(&table);
    strbuf_free(&work);
    audit_output_free(&output);
    return status;
}

static int run(int argc, char **argv)
{
    struct settings settings = {.seed = 1, .out = "assay-out", .claimed_epsilon = -1, .delta = -1};
    struct error error = {0};
    int status;

    if (!command_begin(&command_audit, argc, argv, &settings, NULL, &status))
        return status;
    if (audit(&settings, &status, &error))
        status = command_fail(&error);
    options_free(&command_audit, &settings, NULL);
    return status;
}
