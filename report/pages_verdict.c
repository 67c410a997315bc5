/* The verdict of one candidate: what was audited, the sentence, five bars, what to do, what could not be seen. */
#include <math.h>
#include <string.h>

#include "report/pages.h"
#include "report/words.h"

static void draw_title(struct document *document, const char *eyebrow, const char *title)
{
    struct text_style small = style_emphasis, large = style_title;
    small.colour = COLOUR_ACCENT;
    large.lines = 2;
    document->y += text_draw(document->text, document->cr, &small, eyebrow, grid_x(0), document->y, TEXT_WIDTH) + 2;
    tag_open(document, "H1", NULL);
    document->y += text_draw(document->text, document->cr, &large, title, grid_x(0), document->y, TEXT_WIDTH) + 4;
    tag_close(document, "H1");
}

/* The sentence in 16 pt beside a bar in the colour of the verdict; very long ones (long names) in a smaller size. */
static void draw_sentence(struct document *document, enum status verdict, const char *sentence)
{
    const double indent = 14, width = TEXT_WIDTH - indent;
    struct text_style style = style_verdict;
    if (text_height(document->text, &style, sentence, width) > 4.5 * style.leading)
        style = style_heading;
    style.lines = 8;
    double top = document->y, height = style_strong.leading + 3 + text_height(document->text, &style, sentence, width);
    draw_box(document->cr, grid_x(0), top, 3.5, height, status_colour(verdict));
    part_status(document, verdict, verdict_word(verdict), &style_strong, grid_x(0) + indent, top);
    tag_open(document, "P", NULL);
    text_draw(document->text, document->cr, &style, sentence, grid_x(0) + indent, top + style_strong.leading + 3, width);
    tag_close(document, "P");
    document->y = top + height;
}

static const char *finding_of(const struct model_candidate *candidate, const struct model_dimension *dimension)
{
    const struct model_measure *worst = *dimension->worst ? model_measure_find(candidate, dimension->worst) : NULL;
    if (*dimension->finding)
        return dimension->finding;
    if (worst && *worst->finding)
        return worst->finding;
    return dimension->assessed ? "" : "No measure of this dimension could be taken.";
}

static void draw_bar(struct document *document, const struct model_dimension *dimension, double y, double height)
{
    struct chart chart = {.cr = document->cr, .text = document->text, .arena = document->arena};
    chart.x = grid_x(3);
    chart.y = y;
    chart.width = grid_width(3);
    chart.height = height;
    if (!document->cr || !dimension->assessed)
        return;
    tag_open(document, "Figure", NULL);
    chart_score_bar(&chart, &dimension->score, dimension->gate, status_colour(dimension->status));
    struct text_style number = style_strong;
    number.tabular = true;
    text_label(document->text, document->cr, &number,
               number_text(document->arena, dimension->score.value, number_decimals(&dimension->score, FORM_SCORE), FORM_SCORE),
               grid_x(6) + 2, y + height / 2, 0, 0);
    tag_close(document, "Figure");
}

/* The whole sentences from the start that fit into so many lines of small text; at least one. */
static const char *leading_sentences(struct document *document, const char *text, double width, int lines)
{
    char *kept = arena_string(document->arena, text);
    while (kept && text_height(document->text, &style_small, kept, width) > (lines + 0.5) * style_small.leading) {
        char *cut = NULL;
        for (char *p = kept; *p; p++)
            if ((p[0] == '.' || p[0] == ';') && p[1] == ' ' && p[2] != '\0')
                cut = p;
        if (!cut)
            break;
        *cut = '.';
        cut[1] = '\0';
    }
    return kept ? kept : text;
}

struct row_layout {
    struct text_style style;
    const char *finding;
    double left, height;
};

/* `lines`: what the finding may take. Its style is then bounded, so that one long sentence is cut at the end. */
static struct row_layout lay_out_row(struct document *document, const struct model_candidate *candidate,
                                     const struct model_dimension *dimension, int lines)
{
    struct row_layout row = {.style = style_small};
    const double width = grid_width(5), name_width = grid_width(3) - 4;
    row.style.lines = lines;
    row.style.cut_end = true;
    row.finding = leading_sentences(document, finding_of(candidate, dimension), width, lines);
    row.left =
        style_strong.leading + text_height(document->text, &style_grey, dimension_question[dimension->index], name_width);
    double right = style_emphasis.leading + 2 + text_height(document->text, &row.style, row.finding, width);
    row.height = (row.left > right ? row.left : right) + 12;
    return row;
}

static void draw_dimension(struct document *document, const struct model_candidate *candidate,
                           const struct model_dimension *dimension, int lines)
{
    const struct row_layout row = lay_out_row(document, candidate, dimension, lines);
    const double width = grid_width(5), name_width = grid_width(3) - 4, y = document->y + 6;
    draw_line(document->cr, grid_x(0), document->y, grid_x(0) + TEXT_WIDTH, document->y, 0.4, COLOUR_RULE);
    tag_open(document, "P", NULL);
    text_draw(document->text, document->cr, &style_strong, dimension_title[dimension->index], grid_x(0), y, name_width);
    text_draw(document->text, document->cr, &style_grey, dimension_question[dimension->index], grid_x(0),
              y + style_strong.leading, name_width);
    tag_close(document, "P");
    draw_bar(document, dimension, y, row.left < 26 ? 26 : row.left);
    tag_open(document, "P", NULL);
    part_status(document, dimension->status, dimension_word(dimension), &style_emphasis, grid_x(7), y + 1);
    text_draw(document->text, document->cr, &row.style, row.finding, grid_x(7), y + 2 + style_emphasis.leading, width);
    tag_close(document, "P");
    document->y += row.height;
}

static bool rows_fit(struct document *document, const struct model_candidate *candidate, const int lines[DIMENSION_COUNT])
{
    double height = style_heading.leading + 4 + 28 + 14 + part_advice_height(document, candidate);
    for (int d = 0; d < DIMENSION_COUNT; d++)
        height += lay_out_row(document, candidate, &candidate->dimensions[d], lines[d]).height;
    return height <= page_left(document);
}

/* As many lines a finding, the same for all, as leave room for the advice below the bars; then one sentence that is longer than
 * that gets what it needs, where there is room. */
static void lines_that_fit(struct document *document, const struct model_candidate *candidate, int lines[DIMENSION_COUNT])
{
    enum { MOST = 7, LEAST = 2 };
    int all = MOST + 1;
    do {
        all--;
        for (int d = 0; d < DIMENSION_COUNT; d++)
            lines[d] = all;
    } while (all > LEAST && !rows_fit(document, candidate, lines));
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        const char *finding = lay_out_row(document, candidate, &candidate->dimensions[d], all).finding;
        const double height = text_height(document->text, &style_small, finding, grid_width(5));
        const int needed = (int)ceil(height / style_small.leading - 0.5);
        if (needed <= all)
            continue;
        lines[d] = needed < MOST ? needed : MOST;
        if (!rows_fit(document, candidate, lines))
            lines[d] = all;
    }
}

static const char *trust_words(struct document *document, const struct model_candidate *candidate)
{
    struct arena *arena = document->arena;
    if (!isfinite(candidate->trust.value))
        return "Trust index: not assessed.";
    const char *words = arena_format(arena, "Trust index %s.", number_estimate(arena, &candidate->trust, FORM_SCORE));
    if (isfinite(candidate->coverage) && candidate->coverage < 1)
        words = arena_format(arena, "%s It covers %s of the weight; the rest could not be assessed.", words,
                             number_text(arena, candidate->coverage, 0, FORM_PERCENT));
    return words;
}

static void draw_dimensions(struct document *document, const struct model_candidate *candidate)
{
    const struct text_style axis = style_grey;
    int lines[DIMENSION_COUNT];
    lines_that_fit(document, candidate, lines);
    document->y += text_draw(document->text, document->cr, &style_heading, "Five questions", grid_x(0), document->y, 0) + 4;
    for (int d = 0; d < DIMENSION_COUNT; d++)
        draw_dimension(document, candidate, &candidate->dimensions[d], lines[d]);
    draw_line(document->cr, grid_x(0), document->y, grid_x(0) + TEXT_WIDTH, document->y, 0.4, COLOUR_RULE);
    document->y += 4;
    const char *key =
        arena_format(document->arena,
                     "%s Bars: score, 0 like data with a fault planted on purpose, 1 like %s; line: its interval; tick: what "
                     "the policy asks of the score.",
                     trust_words(document, candidate),
                     model_has_fresh_rows(candidate) ? "fresh real rows" : "the training rows themselves (no holdout)");
    document->y += text_draw(document->text, document->cr, &axis, key, grid_x(0), document->y, TEXT_WIDTH);
}

void pages_verdict(struct document *document, const struct model *model, const struct model_candidate *candidate, bool only)
{
    page_section(document, 1, only ? "Verdict" : candidate->name, 0);
    draw_title(document, only ? "SYNTHETIC DATA AUDIT" : "VERDICT", candidate->name);
    document->y = part_meta(document, model, candidate->input, document->y) + 10;
    const char *sentence = *candidate->headline
                               ? candidate->headline
                               : arena_format(document->arena, "%s: %s", candidate->name, verdict_word(candidate->verdict));
    draw_sentence(document, candidate->verdict, sentence);
    document->y += 14;
    draw_dimensions(document, candidate);
    document->y += 14;
    part_advice(document, candidate, "What to do", PAGE_BOTTOM);
}

/* The first page of a candidate's details, in a report of several. */
void pages_opening(struct document *document, const struct model_candidate *candidate, bool pictures)
{
    const char *title = arena_format(document->arena, "%s in detail", candidate->name);
    page_section(document, 1, title, 0);
    draw_title(document, "DETAILS", candidate->name);
    part_status(document, candidate->verdict, verdict_word(candidate->verdict), &style_heading, grid_x(0), document->y);
    document->y += style_heading.leading + 6;
    if (!pictures)
        flow_text(document, &style_body,
                  "Its place in the ranking leaves it without pictures here; all its numbers follow. An audit of this "
                  "candidate alone draws them.",
                  grid_x(0), grid_width(10));
}
