/* assay fairness: audit the predictions of any model by group. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/predictions.h"
#include "core/outdir.h"

static const struct option options[] = {
#define FIELD(name) offsetof(struct prediction_settings, name)
    {"predictions", OPTION_STRING, FIELD(file), "FILE", "CSV with one row a prediction", 0, 0, true},
    {"label", OPTION_STRING, FIELD(label), "COLUMN", "what was true", 0, 0, true},
    {"group", OPTION_COMMAS, FIELD(groups), "COLUMN,...", "columns whose values are the groups", 0, 0, true},
    {"score", OPTION_STRING, FIELD(score), "COLUMN", "predicted probability of the positive label, from 0 to 1", 0, 0, false},
    {"decision", OPTION_STRING, FIELD(decision), "COLUMN",
     "predicted label, in the words of --label (default: score >= threshold)", 0, 0, false},
    {"positive", OPTION_STRING, FIELD(positive), "VALUE",
     "the positive label; others count as negative (default: of two the later one in order, so 1 of 0 and 1)", 0, 0, false},
    {"threshold", OPTION_NUMBER, FIELD(threshold), "X", "least score of a positive decision (default 0.5)", 0, 1, false},
    {"min-group", OPTION_INTEGER, FIELD(min_group), "K", "pool groups of fewer rows (default 10)", 1, 1e9, false},
    {"replicates", OPTION_INTEGER, FIELD(replicates), "N", "bootstrap samples for the intervals of gaps (default 200)", 50,
     100000, false},
    {"seed", OPTION_INTEGER, FIELD(seed), "N", "seed of the bootstrap (default 1)", 0, 9e15, false},
    {"out", OPTION_STRING, FIELD(out), "FILE", "write all numbers as JSON here", 0, 0, false},
#undef FIELD
    {0},
};

static int run(int argc, char **argv);

const struct command command_fairness = {
    .name = "fairness",
    .usage = "--predictions FILE --label COLUMN --group COLUMN[,COLUMN] (--score COLUMN | --decision COLUMN)",
    .summary = "audit the predictions of any model by group",
    .description =
        "Reads what a model predicted, whoever trained it, and prints for every group how often it is selected, how often "
        "rightly and wrongly, with Wilson intervals, and how far the groups lie apart: demographic parity, equal opportunity, "
        "equalized odds, predictive parity, accuracy and, with scores, calibration; intervals of the gaps are from bootstrap "
        "samples of the rows. Groups of fewer than K rows are pooled; the pool is listed and enters no gap. The definitions "
        "are "
        "those of the measures fairness.* (Fairlearn's: largest minus least over groups). The exit status does not judge.",
    .options = options,
    .run = run,
};

static int fairness(const struct prediction_settings *settings, struct error *error)
{
    struct prediction_report report = {0};
    struct strbuf table = STRBUF_INIT, text = STRBUF_INIT;
    cJSON *json = NULL;
    int status = settings->out ? file_apart(settings->out, &settings->file, 1, error) : 0;
    if (!status)
        status = predictions_audit(settings, &report, error);
    if (!status)
        predictions_table(settings, &report, &table);
    if (!status && settings->out) {
        json = predictions_json(settings, &report);
        json_print(json, &text);
        strbuf_addc(&text, '\n');
    }
    if (!status && (table.failed || text.failed))
        status = error_memory(error);
    if (!status && settings->out)
        status = file_write(settings->out, text.text, text.length, error);
    if (!status && !(settings->out && strcmp(settings->out, "-") == 0))
        fputs(strbuf_text(&table), stdout);
    strbuf_free(&table);
    strbuf_free(&text);
    cJSON_Delete(json);
    arena_free(report.arena);
    return status;
}

static int run(int argc, char **argv)
{
    struct prediction_settings settings = {.threshold = 0.5, .min_group = 10, .replicates = 200, .seed = 1};
    struct error error = {0};
    int status;

    if (!command_begin(&command_fairness, argc, argv, &settings, NULL, &status))
        return status;
    status = fairness(&settings, &error) ? command_fail(&error) : EXIT_PASS;
    options_free(&command_fairness, &settings, NULL);
    return status;
}
