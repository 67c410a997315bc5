#include "report/overview.h"

#include <math.h>
#include <string.h>

#include "report/pages.h"
#include "report/table.h"
#include "report/words.h"

enum { GROUP_MOST = 12 };

static const struct {
    const char *title;
    const char *ids[GROUP_MOST];
} groups[] = {
    {"Single columns",
     {"fidelity.validity", "fidelity.missingness", "fidelity.coverage", "fidelity.column_shapes", "fidelity.wasserstein",
      "fidelity.jensen_shannon"}},
    {"Columns together", {"fidelity.pair_trends", "fidelity.association", "fidelity.kway"}},
    {"Whole rows",
     {"fidelity.discriminator", "fidelity.propensity", "fidelity.precision_recall", "fidelity.energy", "fidelity.frechet"}},
    {"Conclusions", {"fidelity.inference"}},
    {"Trained on synthetic rows", {"utility.tstr", "utility.gap", "utility.rank", "utility.importance", "utility.rare"}},
    {"Other uses", {"utility.augment", "utility.trts"}},
    {"Decisions of trained models",
     {"fairness.demographic_parity", "fairness.amplification", "fairness.equal_opportunity", "fairness.equalized_odds",
      "fairness.predictive_parity", "fairness.calibration", "fairness.worst_group", "fairness.equity_scaled",
      "fairness.intersections"}},
    {"Groups in the table",
     {"fairness.representation", "fairness.label_gap", "fairness.association", "fairness.leakage", "fairness.group_fidelity"}},
    {"Recognising records",
     {"privacy.membership", "privacy.shadow", "privacy.epsilon", "privacy.copies", "privacy.outliers",
      "privacy.delta_presence"}},
    {"Regulators' three risks",
     {"privacy.singling_out.univariate", "privacy.singling_out.multivariate", "privacy.linkability", "privacy.inference"}},
    {"Secrets and identities", {"privacy.reconstruction", "privacy.attribute", "privacy.identity", "privacy.k_map"}},
    {"Proxies (decide nothing)",
     {"proxy.dcr_share", "proxy.dcr_quantiles", "proxy.dcr_overfitting", "proxy.dcr_baseline", "proxy.nndr", "proxy.nnaa",
      "proxy.identifiability", "proxy.hitting_rate", "proxy.ims", "proxy.unique_exact_match", "proxy.apparent_match"}},
};
enum { GROUPS = sizeof groups / sizeof *groups };
static const double strip_height = 19;

static bool in_a_group(const char *id)
{
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = 0; i < GROUP_MOST && groups[g].ids[i]; i++)
            if (strcmp(groups[g].ids[i], id) == 0)
                return true;
    return false;
}

const struct overview_item *overview_items(struct arena *arena, const struct model_candidate *candidate, int dimension,
                                           size_t *count)
{
    struct overview_item *items = ARENA_ARRAY(arena, struct overview_item, candidate->n_measures + 1);
    *count = 0;
    if (!items)
        return NULL;
    for (size_t g = 0; g < GROUPS; g++) {
        const char *title = groups[g].title;
        for (size_t i = 0; i < GROUP_MOST && groups[g].ids[i]; i++) {
            const struct model_measure *measure = model_measure_find(candidate, groups[g].ids[i]);
            if (!measure || strcmp(measure->dimension, dimension_key[dimension]) != 0)
                continue;
            items[(*count)++] = (struct overview_item){title, measure};
            title = NULL;
        }
    }
    const char *title = *count > 0 ? "Other measures" : NULL;
    for (size_t i = 0; i < candidate->n_measures; i++) {
        const struct model_measure *measure = &candidate->measures[i];
        if (strcmp(measure->dimension, dimension_key[dimension]) != 0 || in_a_group(measure->id))
            continue;
        items[(*count)++] = (struct overview_item){title, measure};
        title = NULL;
    }
    return items;
}

bool overview_wanted(const struct model_candidate *candidate, int dimension)
{
    return candidate->dimensions[dimension].measures >= OVERVIEW_FROM;
}

static struct table overview_table(void)
{
    struct table table = {.x = grid_x(0), .padding = 2.6, .n_columns = 7};
    const double rest = TEXT_WIDTH - 56 - 77 - 44 - 83 - 34 - 50;
    table.columns[0] = (struct table_column){"Measure", rest, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"value", 56, ALIGN_RIGHT};
    table.columns[2] = (struct table_column){"interval", 77, ALIGN_RIGHT};
    table.columns[3] = (struct table_column){"fresh real", 44, ALIGN_RIGHT};
    table.columns[4] = (struct table_column){"worse \xe2\x80\x93 better", 83, ALIGN_CENTRE};
    table.columns[5] = (struct table_column){"score", 34, ALIGN_RIGHT};
    table.columns[6] = (struct table_column){"gate", 50, ALIGN_RIGHT};
    return table;
}

static void draw_strip(struct document *document, const void *data, double x, double y, double width, double height)
{
    struct chart chart = {.cr = document->cr, .text = document->text, .arena = document->arena};
    chart.x = x;
    chart.y = y;
    chart.width = width;
    chart.height = fmin(height, strip_height);
    chart_strip(&chart, data);
}

/* What must be said at once: why there is no value or no score, what a proxy cannot say, and what is wrong where a gate is not
 * passed. */
static const char *row_note(struct arena *arena, const struct model_measure *measure, const char *opening)
{
    if (!measure->ok)
        return arena_format(arena, "%s: %s.", measure->failed ? "Failed" : "Not measurable",
                            *measure->reason ? measure->reason : "no reason was given");
    if (measure->proxy) /* why it is not enough */
        return measure->finding;
    if (measure->status != STATUS_FAIL && measure->status != STATUS_UNDECIDED)
        return isfinite(measure->score.value) || !*measure->why_not_in_index || !*measure->anchor
                   ? "" /* without an anchor it is listed for information */
                   : arena_format(arena, "No score: %s.", measure->why_not_in_index);
    const char *said = strcmp(measure->finding, opening) == 0 ? "" : measure->finding;
    if (measure->status == STATUS_FAIL && *measure->remedy)
        said = arena_format(arena, "%s%sWhat would mend it: %s", said, *said ? " " : "", measure->remedy);
    return said;
}

static void draw_row(struct document *document, const struct table *table, const struct model_measure *measure,
                     const char *opening)
{
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    const int decimals = number_decimals(&measure->estimate, measure->form);
    cells[0] = (struct table_cell){.text = measure->title, .below = measure->id, .strong = true};
    cells[1] =
        (struct table_cell){.text = number_text(arena, measure->ok ? measure->estimate.value : NAN, decimals, measure->form),
                            .below = measure->ok && measure->form != FORM_PERCENT ? measure->unit : NULL,
                            .strong = true};
    cells[2].text = measure->ok ? number_range(arena, &measure->estimate, decimals, measure->form) : "";
    cells[3].text = number_beside(arena, measure->honest, decimals, measure->form);
    cells[4] = (struct table_cell){.draw = draw_strip, .data = measure, .height = strip_height};
    cells[5].text = number_text(arena, measure->score.value, 2, FORM_SCORE);
    cells[6].text = "\xe2\x80\x93";
    if (measure->gate) {
        const char *bound, *end;
        rule_parts(arena, measure->gate, &bound, &end);
        cells[6] =
            (struct table_cell){.text = status_sign(measure->status),
                                .colour = status_colour(measure->status),
                                .strong = true,
                                .below = arena_format(arena, "%s%s", strncmp(end, "score", 5) == 0 ? "score " : "", bound)};
    }
    table_row(document, table, cells, row_note(arena, measure, opening));
}

static void draw_group(struct document *document, const struct table *table, const char *title)
{
    struct table_cell cells[TABLE_COLUMNS] = {0};
    table_keep(document, table, 60);
    cells[0] = (struct table_cell){.text = title, .colour = COLOUR_ACCENT, .strong = true};
    table_row(document, table, cells, NULL);
}

static void draw_key(struct document *document, bool fresh)
{
    struct chart chart = {.cr = document->cr, .text = document->text, .arena = document->arena};
    chart.x = grid_x(0);
    chart.y = document->y;
    if (document->cr)
        chart_strip_key(&chart);
    document->y += 14;
    flow_text(document, &style_grey,
              fresh
                  ? "Interval: where the value would lie on average with other rows of the same sources; fresh real rows carry "
                    "the same noise."
                  : "Interval: where the value would lie on average with other rows, as many, of the same sources.",
              grid_x(0), TEXT_WIDTH);
    document->y += 3;
}

void overview_place(struct document *document, const struct model_candidate *candidate, int dimension)
{
    struct table table = overview_table();
    size_t count;
    const struct overview_item *items = overview_items(document->arena, candidate, dimension, &count);
    page_need(document, 120);
    draw_key(document, model_has_fresh_rows(candidate));
    table_head(document, &table);
    for (size_t i = 0; items && i < count; i++) {
        if (items[i].group)
            draw_group(document, &table, items[i].group);
        draw_row(document, &table, items[i].measure, candidate->dimensions[dimension].finding);
    }
    table_end(document, &table);
}

static bool has_figure(const struct figure_list *list, const char *id)
{
    if (strcmp(id, "fidelity.column_shapes") == 0)
        return true; /* the small multiples */
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].measure && strcmp(list->items[i].measure, id) == 0)
            return true;
    return false;
}

static void draw_finding(struct document *document, const struct model_measure *measure)
{
    const double left = grid_width(3) - 6, right = grid_width(9);
    const char *words = arena_format(document->arena, "%s %s", measure->finding, sources_words(document->arena, measure));
    double height = text_height(document->text, &style_small, words, right);
    double name = text_height(document->text, &style_emphasis, measure->title, left);
    height = name > height ? name : height;
    page_need(document, height);
    tag_open(document, "P", NULL);
    text_draw(document->text, document->cr, &style_emphasis, measure->title, grid_x(0), document->y, left);
    text_draw(document->text, document->cr, &style_small, words, grid_x(3), document->y, right);
    tag_close(document, "P");
    document->y += height + 4;
}

void overview_words(struct document *document, const struct model_candidate *candidate, int dimension,
                    const struct figure_list *list)
{
    size_t count;
    const struct overview_item *items = overview_items(document->arena, candidate, dimension, &count);
    const char *opening = candidate->dimensions[dimension].finding;
    bool headed = false;
    for (size_t i = 0; items && i < count; i++) {
        const struct model_measure *measure = items[i].measure;
        if (!measure->ok || !*measure->finding || strcmp(measure->finding, opening) == 0 || has_figure(list, measure->id) ||
            *row_note(document->arena, measure, opening))
            continue;
        if (!headed)
            flow_heading(document, "The other measures in words", 40);
        headed = true;
        draw_finding(document, measure);
    }
    if (headed)
        document->y += 8;
}
