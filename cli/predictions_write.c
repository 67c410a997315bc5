#include <math.h>
#include <stdio.h>

#include "cli/predictions.h"
#include "cli/terminal.h"

#define LEVEL 0.95
enum { NAME_WIDTH = 12 };

/* A rate of a group that is a share x of n rows. */
struct rate {
    const char *key, *title;
    double value;
    size_t x, n;
};

enum { RATES = 5 };

static void list_rates(const struct group_rates *r, struct rate rates[RATES])
{
    size_t selected = r->true_positives + r->false_positives, negatives = r->n - r->positives;
    const struct rate list[RATES] = {
        {"selection_rate", "selected", r->selection_rate, selected, r->n},
        {"tpr", "TPR", r->tpr, r->true_positives, r->positives},
        {"fpr", "FPR", r->fpr, r->false_positives, negatives},
        {"ppv", "PPV", r->ppv, r->true_positives, selected},
        {"accuracy", "accuracy", r->accuracy, r->true_positives + negatives - r->false_positives, r->n},
    };
    for (size_t k = 0; k < RATES; k++)
        rates[k] = list[k];
}

static void add_interval(cJSON *item, const char *key, const struct interval *interval)
{
    cJSON *object = json_add_object(item, key);
    json_add_number(object, "lo", interval->lo);
    json_add_number(object, "hi", interval->hi);
}

static void add_group(cJSON *item, const struct predictions_group *group, bool scores)
{
    const struct group_rates *r = &group->rates;
    struct rate rates[RATES];
    list_rates(r, rates);
    json_add_number(item, "n", (double)r->n);
    json_add_number(item, "positives", (double)r->positives);
    json_add_number(item, "base_rate", r->base_rate);
    json_add_number(item, "balanced_accuracy", r->balanced_accuracy);
    for (size_t k = 0; k < RATES; k++)
        json_add_number(item, rates[k].key, rates[k].value);
    if (scores) {
        json_add_number(item, "auc", group->auc);
        json_add_number(item, "calibration_error", group->calibration_error);
        json_add_number(item, "mean_score_minus_base_rate", group->bias);
    }
    cJSON *intervals = json_add_object(item, "intervals");
    for (size_t k = 0; k < RATES; k++) {
        struct interval interval = interval_wilson(rates[k].x, rates[k].n, LEVEL);
        add_interval(intervals, rates[k].key, &interval);
    }
}

static void add_column(cJSON *list, const struct prediction_column *column, bool scores)
{
    cJSON *item = json_push_object(list), *groups, *gaps;
    json_add_string(item, "column", column->name);
    groups = json_add_array(item, "groups");
    for (size_t g = 0; g < column->result.groups; g++) {
        cJSON *group = json_push_object(groups);
        json_add_string(group, "group", column->names[g]);
        json_add_bool(group, "enters", g != column->result.pool);
        add_group(group, &column->result.group_results[g], scores);
    }
    gaps = json_add_object(item, "gaps");
    for (size_t k = 0; k < (scores ? PREDICTIONS_GAPS : (size_t)GAP_CALIBRATION); k++) {
        cJSON *gap = json_add_object(gaps, predictions_gap_names[k].key);
        json_add_number(gap, "value", column->result.gaps[k]);
        json_add_number(gap, "lo", column->result.intervals[k].lo);
        json_add_number(gap, "hi", column->result.intervals[k].hi);
        json_add_number(gap, "null", column->result.null[k]);
    }
}

cJSON *predictions_json(const struct prediction_settings *settings, const struct prediction_report *report)
{
    bool scores = report->rows.score != NULL;
    cJSON *json = cJSON_CreateObject(), *overall;
    json_add_number(json, "version", 1);
    json_add_string(json, "kind", "predictions");
    json_add_string(json, "label", settings->label);
    json_add_string(json, "positive", report->positive);
    json_add_string(json, "score", settings->score);
    json_add_string(json, "decision", settings->decision);
    json_add_number(json, "threshold", settings->decision ? NAN : settings->threshold);
    json_add_number(json, "min_group", (double)settings->min_group);
    json_add_number(json, "replicates", (double)settings->replicates);
    json_add_number(json, "seed", (double)settings->seed);
    json_add_number(json, "level", LEVEL);
    json_add_string(json, "rate_intervals", "Wilson");
    json_add_string(json, "gap_intervals", "bootstrap, basic and percentile");
    json_add_number(json, "rows_without_label", (double)report->unlabelled);
    overall = json_add_object(json, "overall");
    add_group(overall, &report->overall, scores);
    if (scores) {
        json_add_number(overall, "average_precision", report->scores.average_precision);
        json_add_number(overall, "log_loss", report->scores.log_loss);
        json_add_number(overall, "brier", report->scores.brier);
    }
    cJSON *columns = json_add_array(json, "columns");
    for (size_t c = 0; c < report->n_columns; c++)
        add_column(columns, &report->columns[c], scores);
    return json;
}

/* "-" where a number is undefined. */
static void put_number(struct strbuf *out, int width, double value)
{
    if (isnan(value))
        strbuf_addf(out, "%*s", width, "-");
    else
        strbuf_addf(out, "%*.3f", width, value);
}

/* .45, 1.00: so that an interval fits under its rate. */
static const char *short_share(double share, char text[8])
{
    snprintf(text, 8, "%.2f", fmin(share, 1));
    return text[0] == '0' ? text + 1 : text;
}

static void put_quoted(struct strbuf *out, const char *name)
{
    strbuf_addc(out, '\'');
    strbuf_add_visible(out, name);
    strbuf_addc(out, '\'');
}

static void put_group(struct strbuf *out, const char *name, const struct predictions_group *group, bool scores)
{
    struct rate rates[RATES];
    list_rates(&group->rates, rates);
    strbuf_adds(out, "  ");
    terminal_cell(name, NAME_WIDTH, out);
    strbuf_addf(out, " %7zu", group->rates.n);
    put_number(out, 7, group->rates.base_rate);
    for (size_t k = 0; k < RATES; k++)
        put_number(out, 9, rates[k].value);
    put_number(out, 9, group->rates.balanced_accuracy);
    if (scores) {
        put_number(out, 7, group->auc);
        put_number(out, 9, group->calibration_error);
    }
    strbuf_adds(out, "\n");
    strbuf_addf(out, "%29s", "");
    for (size_t k = 0; k < RATES; k++) {
        struct interval interval = interval_wilson(rates[k].x, rates[k].n, LEVEL);
        char lo[8], hi[8], text[20] = "";
        if (interval_known(&interval))
            snprintf(text, sizeof text, "%s-%s", short_share(interval.lo, lo), short_share(interval.hi, hi));
        strbuf_addf(out, "%9s", text);
    }
    strbuf_adds(out, "\n");
}

static void put_column(struct strbuf *out, const struct prediction_column *column, bool scores)
{
    for (size_t g = 0; g < column->result.groups; g++)
        put_group(out, column->names[g], &column->result.group_results[g], scores);
    strbuf_adds(out, "\n  gaps between the groups of ");
    put_quoted(out, column->name);
    strbuf_addf(out, "%s\n", column->result.pool < column->result.groups ? " (the pool of small groups does not enter)" : "");
    for (size_t k = 0; k < (scores ? PREDICTIONS_GAPS : (size_t)GAP_CALIBRATION); k++) {
        strbuf_addf(out, "  %-32s", predictions_gap_names[k].title);
        put_number(out, 7, column->result.gaps[k]);
        if (interval_known(&column->result.intervals[k]))
            strbuf_addf(out, "  [%.3f, %.3f]", column->result.intervals[k].lo, column->result.intervals[k].hi);
        if (!isnan(column->result.null[k]))
            strbuf_addf(out, "  by chance %.3f", column->result.null[k]);
        strbuf_adds(out, "\n");
    }
}

void predictions_table(const struct prediction_settings *settings, const struct prediction_report *report, struct strbuf *out)
{
    bool scores = report->rows.score != NULL;
    strbuf_addf(out, "  %zu rows, positive label ", report->rows.n);
    put_quoted(out, report->positive);
    strbuf_adds(out, settings->decision ? ", decisions of column " : ", positive decision where ");
    put_quoted(out, settings->decision ? settings->decision : settings->score);
    if (!settings->decision)
        strbuf_addf(out, " >= %g", settings->threshold);
    if (report->unlabelled > 0)
        strbuf_addf(out, "; %zu rows without a label are left out", report->unlabelled);
    for (size_t c = 0; c < report->n_columns; c++) {
        strbuf_adds(out, "\n\n  ");
        terminal_cell(report->columns[c].name, NAME_WIDTH, out);
        strbuf_addf(out, " %7s   base selected      TPR      FPR      PPV accuracy balanced%s\n", "n",
                    scores ? "    AUC cal.err." : "");
        put_group(out, "(all rows)", &report->overall, scores);
        put_column(out, &report->columns[c], scores);
    }
}
