/* Page 1 for several candidates: the sentence about the first, and the ranking table in place of the bars. */
#include <math.h>
#include <string.h>

#include "report/pages.h"
#include "report/table.h"
#include "report/words.h"

enum { PRESETS_SHOWN = 5 };

static void draw_scores(struct document *document, const void *data, double x, double y, double width, double height)
{
    const struct model_dimension *dimension = data;
    struct chart chart = {.cr = document->cr, .text = document->text, .arena = document->arena};
    chart.x = x;
    chart.y = y;
    chart.width = width;
    chart.height = height;
    if (dimension->assessed) {
        const double sign = 11;
        struct estimate score = {dimension->score.value, NAN, NAN};
        struct text_style style = style_emphasis;
        style.colour = status_colour(dimension->status);
        text_label(document->text, document->cr, &style, status_sign(dimension->status), x + width, y + height / 2, 1, 0);
        chart.width = width - sign;
        chart_score_bar(&chart, &score, NAN, status_colour(dimension->status));
    } else {
        text_label(document->text, document->cr, &style_grey, "\xe2\x80\x93", x + width / 2, y + height / 2, 0.5, 0);
    }
}

static size_t presets_shown(const struct model *model)
{
    return model->n_presets < PRESETS_SHOWN ? model->n_presets : PRESETS_SHOWN;
}

static void draw_row(struct document *document, const struct table *table, const struct model_candidate *candidate,
                     double place)
{
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    size_t c = 0;
    cells[c++].text = number_count(arena, isfinite(candidate->rank) ? candidate->rank : place);
    cells[c++] = (struct table_cell){.text = candidate->name, .strong = true, .lines = 1};
    cells[c++] = (struct table_cell){
        .text = arena_format(arena, "%s\xc2\xa0%s", status_sign(candidate->verdict), status_word(candidate->verdict)),
        .colour = status_colour(candidate->verdict),
        .strong = true};
    cells[c++].text = number_estimate(arena, &candidate->trust, FORM_SCORE);
    for (int d = 0; d < DIMENSION_COUNT; d++)
        cells[c++] = (struct table_cell){.draw = draw_scores, .data = &candidate->dimensions[d], .height = 10.5};
    table_row(document, table, cells, NULL);
}

static void draw_ranking(struct document *document, const struct model *model)
{
    static const char *const titles[DIMENSION_COUNT] = {"Fidelity", "Utility", "Fairness", "Robust.", "Privacy"};
    const double bar = 41, verdict = 62, trust = 90, rank = 20;
    struct table table = {.x = grid_x(0), .padding = 2.6};
    table.columns[table.n_columns++] = (struct table_column){"", rank, ALIGN_LEFT};
    table.columns[table.n_columns++] =
        (struct table_column){"Candidate", TEXT_WIDTH - rank - verdict - trust - DIMENSION_COUNT * bar, ALIGN_LEFT};
    table.columns[table.n_columns++] = (struct table_column){"Verdict", verdict, ALIGN_LEFT};
    table.columns[table.n_columns++] = (struct table_column){"Trust (interval)", trust, ALIGN_LEFT};
    for (int d = 0; d < DIMENSION_COUNT; d++)
        table.columns[table.n_columns++] = (struct table_column){titles[d], bar, ALIGN_LEFT};
    table_head(document, &table);
    for (size_t i = 0; i < model->n_candidates; i++)
        draw_row(document, &table, &model->candidates[i], (double)(i + 1));
    table_end(document, &table);
    document->y -= 4;
    flow_text(document, &style_grey,
              "Bars: score of a dimension from 0 to 1; sign and colour: the result of its gates; a dash alone: not assessed. A "
              "candidate that breaks a gate stands after all that pass.",
              grid_x(0), TEXT_WIDTH);
    if (*model->pool_reason)
        flow_text(document, &style_grey, arena_format(document->arena, "Pool index: %s.", model->pool_reason), grid_x(0),
                  TEXT_WIDTH);
    document->y += 14;
}

static bool has_pool(const struct model *model)
{
    for (size_t i = 0; i < model->n_candidates; i++)
        if (isfinite(model->candidates[i].pool))
            return true;
    return false;
}

static void add_pool_columns(struct table *table, double width)
{
    table->columns[table->n_columns++] = (struct table_column){"pool index", width, ALIGN_RIGHT};
    table->columns[table->n_columns++] = (struct table_column){"wins", width, ALIGN_RIGHT};
}

static void add_pool_cells(struct document *document, const struct model_candidate *candidate, struct table_cell *cells)
{
    cells[0].text = number_text(document->arena, candidate->pool, 2, FORM_SCORE);
    cells[1].text = number_text(document->arena, candidate->win_share, 1, FORM_PERCENT);
}

/* Who comes where when the weights are others: one column a preset. */
static void draw_presets(struct document *document, const struct model *model)
{
    const double place = 60, pooled = 48;
    const bool pool = has_pool(model);
    size_t presets = presets_shown(model);
    if (presets == 0 || model->n_candidates < 2)
        return;
    struct table table = {.x = grid_x(0), .padding = 2.6};
    table.columns[table.n_columns++] =
        (struct table_column){"Candidate", TEXT_WIDTH - (double)presets * place - (pool ? 2 * pooled : 0), ALIGN_LEFT};
    for (size_t p = 0; p < presets; p++)
        table.columns[table.n_columns++] = (struct table_column){model->presets[p].name, place, ALIGN_RIGHT};
    if (pool)
        add_pool_columns(&table, pooled);
    flow_heading(document, "Place under other weights", 60);
    table_head(document, &table);
    for (size_t i = 0; i < model->n_candidates; i++) {
        struct table_cell cells[TABLE_COLUMNS] = {0};
        cells[0] = (struct table_cell){.text = model->candidates[i].name, .strong = true, .lines = 1};
        for (size_t p = 0; p < presets; p++) {
            size_t rank = model_rank_in(&model->presets[p], model->candidates[i].name);
            cells[1 + p].text = rank > 0 ? number_count(document->arena, (double)rank) : "\xe2\x80\x93";
        }
        if (pool)
            add_pool_cells(document, &model->candidates[i], &cells[1 + presets]);
        table_row(document, &table, cells, NULL);
    }
    table_end(document, &table);
    document->y -= 4;
    if (pool)
        flow_text(document, &style_grey,
                  "Pool index: how the candidates stand to each other, after Belgodere et al.; it changes when one is added "
                  "and never "
                  "decides a gate. Wins: under how many of the ways to weigh the dimensions it comes first by that index.",
                  grid_x(0), TEXT_WIDTH);
}

/* Whom the sentence is about: the first that passes, else the first that is undecided, else the first. */
static const struct model_candidate *candidate_in_focus(const struct model *model)
{
    static const enum status wanted[] = {STATUS_PASS, STATUS_UNDECIDED};
    for (size_t w = 0; w < 2; w++)
        for (size_t i = 0; i < model->n_candidates; i++)
            if (model->candidates[i].verdict == wanted[w])
                return &model->candidates[i];
    return &model->candidates[0];
}

static void draw_sentence(struct document *document, const struct model_candidate *first)
{
    const double indent = 14;
    struct text_style style = style_verdict;
    const char *sentence =
        *first->headline ? first->headline : arena_format(document->arena, "%s: %s", first->name, verdict_word(first->verdict));
    if (text_height(document->text, &style, sentence, TEXT_WIDTH - indent) > 4.5 * style.leading)
        style = style_heading;
    style.lines = 8;
    static const char *const leads[] = {"There is a candidate that may be released", "No candidate may be released",
                                        "No candidate may be released yet: undecided", "Not judged"};
    const char *lead = leads[first->verdict];
    double height = style_strong.leading + 3 + text_height(document->text, &style, sentence, TEXT_WIDTH - indent);
    draw_box(document->cr, grid_x(0), document->y, 3.5, height, status_colour(first->verdict));
    part_status(document, first->verdict, lead, &style_strong, grid_x(0) + indent, document->y);
    text_draw(document->text, document->cr, &style, sentence, grid_x(0) + indent, document->y + style_strong.leading + 3,
              TEXT_WIDTH - indent);
    document->y += height;
}

/* Where the advice has to end so that the places under other weights stay on its page; the page's end where they cannot. */
static double advice_bottom(struct document *document, const struct model *model, const struct model_candidate *focus)
{
    const double row = 16, places = 14 + 70 + row * (double)model->n_candidates;
    const bool room = part_advice_height(document, focus) + places <= page_left(document);
    return presets_shown(model) > 0 && model->n_candidates > 1 && room ? PAGE_BOTTOM - places : PAGE_BOTTOM;
}

void pages_ranking(struct document *document, const struct model *model)
{
    struct text_style small = style_emphasis;
    small.colour = COLOUR_ACCENT;
    page_section(document, 1, "Verdict and ranking", 0);
    document->y += text_draw(document->text, document->cr, &small, "SYNTHETIC DATA AUDIT", grid_x(0), document->y, 0) + 2;
    tag_open(document, "H1", NULL);
    document->y += text_draw(document->text, document->cr, &style_title, "Which table may be released?", grid_x(0), document->y,
                             TEXT_WIDTH) +
                   4;
    tag_close(document, "H1");
    document->y = part_meta(document, model, NULL, document->y) + 10;
    const struct model_candidate *focus = candidate_in_focus(model);
    draw_sentence(document, focus);
    document->y += 14;
    draw_ranking(document, model);
    struct text_style name = style_heading;
    const char *title = arena_format(document->arena, "What to do about %s", focus->name);
    if (text_height(document->text, &name, title, grid_width(6)) > 2 * name.leading)
        title = "What to do";
    part_advice(document, focus, title, advice_bottom(document, model, focus));
    document->y += 14;
    draw_presets(document, model);
}
