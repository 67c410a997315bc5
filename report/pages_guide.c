/* How to read the report, and the contents. */
#include <cairo.h>
#include <stdio.h>

#include "report/pages.h"

static const struct {
    const char *term, *meaning;
} terms[] = {
    {"Value and interval",
     "What was measured, and the range in which it would lie on average with other rows, as many, from the same two sources "
     "(with 95 % confidence unless a page says otherwise). Two tables differ by chance alone, the more the smaller they are: "
     "compare a value with that of fresh real rows, which carry the same noise. Gates look at an end of the interval, not at "
     "the value."},
    {"The sources themselves",
     "All the real people the rows could have come from, and all the rows the generator could make. Where a measure knows how, "
     "its words also say how far these two differ once that noise is taken away."},
    {"Fresh real rows",
     "The same measure with real rows that nobody has trained on in the candidate\xe2\x80\x99s place. Nothing can be "
     "asked of synthetic data that real data of this size does not attain."},
    {"Control",
     "The same measure on a table with a known fault: copy (training rows), independent (columns shuffled apart), uniform "
     "(values drawn evenly). A measure that does not react to its control has no say."},
    {"Score",
     "The value between its control (0) and fresh real rows (1). Scores of measures make the score of a dimension, and these "
     "the trust index, as weighted geometric means."},
    {"Gate", "A bound of the policy on a value or a score. \xe2\x9c\x93 pass: the whole interval keeps it. \xe2\x9c\x97 fail: "
             "the whole interval breaks it. ? undecided: the interval holds the bound, more rows would tell."},
    {"\xe2\x80\x93 not measured", "What this data cannot answer, with the reason. It is never counted as good."},
};

static void draw_terms(struct document *document)
{
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        double height = text_height(document->text, &style_body, terms[i].meaning, grid_width(9));
        page_need(document, height + 6);
        tag_open(document, "P", NULL);
        text_draw(document->text, document->cr, &style_strong, terms[i].term, grid_x(0), document->y, grid_width(3));
        text_draw(document->text, document->cr, &style_body, terms[i].meaning, grid_x(3), document->y, grid_width(9));
        tag_close(document, "P");
        document->y += height + 7;
    }
}

static void draw_entry(struct document *document, size_t number, double y)
{
    const struct section *section = &document->sections[number];
    struct text_style style = section->level == 1 ? style_body : style_small, page = style_body;
    char attributes[48], label[24];
    style.lines = 1;
    page.align = ALIGN_RIGHT;
    page.tabular = true;
    snprintf(attributes, sizeof attributes, "dest='s%zu'", number);
    snprintf(label, sizeof label, "%d", section->page);
    double indent = section->level == 1 ? 0 : 14;
    tag_open(document, CAIRO_TAG_LINK, attributes);
    text_draw(document->text, document->cr, &page, label, grid_x(0), y, 22);
    text_draw(document->text, document->cr, &style, section->title, grid_x(0) + 34 + indent, y, grid_width(10) - indent);
    tag_close(document, CAIRO_TAG_LINK);
}

/* Parts and chapters while they fit on the page, else parts alone. The dry run leaves the room free: what follows opens a page.
 */
static void draw_contents(struct document *document)
{
    double needed = 0;
    for (size_t i = 0; i < document->n_sections; i++)
        needed += LEADING;
    bool all = needed <= page_left(document);
    for (size_t i = 0; document->cr && i < document->n_sections; i++) {
        if (document->sections[i].level > 1 && !all)
            continue;
        if (page_left(document) < LEADING)
            break;
        draw_entry(document, i, document->y);
        document->y += LEADING;
    }
}

void pages_guide(struct document *document, const struct model *model)
{
    (void)model;
    page_section(document, 1, "How to read this report", 0);
    part_title(document, "How to read this report", 1);
    flow_text(
        document, &style_body,
        "Page 1 is for whoever decides. The chapters on the dimensions are for whoever works with the data: each opens with "
        "its question and answer, lists its measures, and shows the pictures behind them. Methods, inputs and the full list of "
        "measures at the end are for whoever has to check the audit or repeat it.",
        grid_x(0), grid_width(10));
    document->y += 14;
    draw_terms(document);
    document->y += 10;
    flow_heading(document, "Contents", 60);
    draw_contents(document);
    document->y = PAGE_BOTTOM;
}
