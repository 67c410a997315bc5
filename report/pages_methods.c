/* Methods and limits: what each measure is, what could not be seen, and what no audit can say. */
#include <math.h>
#include <string.h>

#include "report/pages.h"
#include "report/words.h"

static const char *const limits[] = {
    ("An audit measures the tables it was given. It says nothing about other tables from the same generator, nor about attacks "
     "that are not listed here."),
    ("\xe2\x80\x9cNo leak found\xe2\x80\x9d always means: none larger than the detection limit. Privacy is not contradicted "
     "by these attacks; it is not proven."),
    ("Intervals hold for the sampling of rows. They do not hold for what differs between the holdout and the people the data "
     "will be used on."),
    ("Fairness compares what models do to groups. Whether a difference between groups is just is not a question for a "
     "measurement."),
    ("Scores depend on the controls and on the policy\xe2\x80\x99s weights; the values in the annex do not."),
};

static bool is_blind_to(const struct model_candidate *candidate, const char *words)
{
    for (size_t i = 0; i < candidate->blind_spots.count; i++)
        if (strcmp(candidate->blind_spots.items[i], words) == 0)
            return true;
    return false;
}

/* The candidates a blind spot is of, before its words; nothing where it is everybody's. "": an earlier candidate had it. */
static const char *spot_words(struct arena *arena, const struct model *model, size_t c, const char *words)
{
    const char *names = "";
    size_t count = 0;
    for (size_t b = 0; b < model->n_candidates; b++) {
        if (!is_blind_to(&model->candidates[b], words))
            continue;
        if (b < c)
            return "";
        names = arena_format(arena, "%s%s%s", names, count++ ? ", " : "", model->candidates[b].name);
    }
    return count == model->n_candidates ? words : arena_format(arena, "%s (%s)", words, names);
}

static void draw_blind_spots(struct document *document, const struct model *model)
{
    flow_heading(document, "What this audit could not see", 40);
    bool any = false;
    for (size_t c = 0; c < model->n_candidates; c++) {
        const struct text_list *spots = &model->candidates[c].blind_spots;
        for (size_t i = 0; i < spots->count; i++) {
            const char *words = spot_words(document->arena, model, c, spots->items[i]);
            if (*words)
                flow_bullet(document, words);
            any = true;
        }
    }
    if (!any)
        flow_bullet(document, "Every measure of the plan could be taken.");
    document->y += 8;
}

static void draw_definition(struct document *document, const char *id, const cJSON *entry)
{
    struct arena *arena = document->arena;
    const char *title = model_text(arena, entry, "title"), *definition = model_text(arena, entry, "definition");
    const char *reading = model_text(arena, entry, "reading"), *reference = model_text(arena, entry, "reference");
    if (!*definition)
        definition = model_text(arena, entry, "summary");
    const char *words = *reading ? arena_format(arena, "%s %s", definition, reading) : definition;
    const double left = grid_width(3) - 6, right = grid_width(9);
    double names = text_height(document->text, &style_emphasis, *title ? title : id, left) +
                   text_height(document->text, &style_grey, id, left);
    double height =
        text_height(document->text, &style_small, words, right) + text_height(document->text, &style_grey, reference, right);
    page_need(document, names > height ? names : height);
    double y = document->y;
    tag_open(document, "P", NULL);
    double below = y + text_draw(document->text, document->cr, &style_emphasis, *title ? title : id, grid_x(0), y, left);
    text_draw(document->text, document->cr, &style_grey, id, grid_x(0), below, left);
    below = y + text_draw(document->text, document->cr, &style_small, words, grid_x(3), y, right);
    text_draw(document->text, document->cr, &style_grey, reference, grid_x(3), below, right);
    tag_close(document, "P");
    document->y += (names > height ? names : height) + 8;
}

void pages_methods(struct document *document, const struct model *model)
{
    page_section(document, 1, "Methods and limits", 0);
    part_title(document, "Methods and limits", 1);
    draw_blind_spots(document, model);
    flow_heading(document, "What no audit of this kind can say", 60);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        flow_bullet(document, limits[i]);
    document->y += 8;
    const cJSON *entry;
    if (!cJSON_IsObject(model->catalogue) || !model->catalogue->child)
        return;
    flow_heading(document, "The measures", 60);
    for (entry = model->catalogue->child; entry; entry = entry->next)
        draw_definition(document, clean_text(document->arena, entry->string), entry);
}
