/* The order of models: one line a learner, from its place among the models trained on real rows (left) to that among those
 * trained on candidate rows (right); the best on top. details = {learners: [{learner, tstr, trtr}]}. */
#include <math.h>

#include "report/chart_models.h"
#include "report/page.h"
#include "report/words.h"

enum { RANKED_MOST = 12 };

static const double row_height = 17, head = 16, foot = 4;

struct ranked {
    const char *name;
    double score[2]; /* real, candidate */
    size_t place[2];
};

static size_t read_ranked(struct arena *arena, const cJSON *details, struct ranked *ranked)
{
    const cJSON *learner = model_first(cJSON_GetObjectItemCaseSensitive(details, "learners"));
    size_t n = 0;
    for (; learner && n < RANKED_MOST; learner = learner->next) {
        struct ranked *r = &ranked[n];
        r->score[0] = model_number(learner, "trtr");
        r->score[1] = model_number(learner, "tstr");
        if (!isfinite(r->score[0]) || !isfinite(r->score[1]))
            continue;
        r->name = plain_name(arena, model_text(arena, learner, "learner"));
        n++;
    }
    for (size_t i = 0; i < n; i++) /* of equals the one that is listed first stands higher, so that no two share a line */
        for (int side = 0; side < 2; side++) {
            ranked[i].place[side] = 0;
            for (size_t j = 0; j < n; j++)
                ranked[i].place[side] +=
                    ranked[j].score[side] > ranked[i].score[side] || (j < i && ranked[j].score[side] == ranked[i].score[side]);
        }
    return n;
}

double chart_rank_height(const cJSON *details)
{
    const cJSON *learners = cJSON_GetObjectItemCaseSensitive(details, "learners");
    const int n = cJSON_IsArray(learners) ? cJSON_GetArraySize(learners) : 0;
    return n < 2 ? 0 : head + row_height * fmin(n, RANKED_MOST) + foot;
}

void chart_rank(struct chart *chart, const void *details)
{
    struct ranked ranked[RANKED_MOST];
    const size_t n = read_ranked(chart->arena, details, ranked);
    const double names = fmin(130, 0.48 * chart->width), numbers = 74, gap = 6;
    const double left = chart->x + names + gap, right = chart->x + chart->width - numbers - gap;
    const char *score = score_words(chart->arena, details);
    text_label(chart->text, chart->cr, &style_grey, arena_format(chart->arena, "trained on real, %s", score), left - gap,
               chart->y + 5, 1, 0);
    text_label(chart->text, chart->cr, &style_grey, arena_format(chart->arena, "%s, on synthetic", score), right + gap,
               chart->y + 5, 0, 0);
    for (size_t i = 0; i < n; i++) {
        const struct ranked *r = &ranked[i];
        const bool first = r->place[1] == 0;
        const struct text_style *style = first ? &style_emphasis : &style_small;
        const double y[2] = {chart->y + head + row_height * ((double)r->place[0] + 0.5),
                             chart->y + head + row_height * ((double)r->place[1] + 0.5)};
        const uint32_t colour = first ? COLOUR_ACCENT : COLOUR_REAL;
        draw_line(chart->cr, left, y[0], right, y[1], first ? 1.8 : 1, colour);
        mark_dot(chart, left, y[0], 2.5, colour, true);
        mark_dot(chart, right, y[1], 2.5, colour, false);
        text_label(chart->text, chart->cr, style,
                   arena_format(chart->arena, "%s  %s", r->name, number_text(chart->arena, r->score[0], 3, FORM_PLAIN)),
                   left - gap, y[0], 1, names);
        text_label(chart->text, chart->cr, style, number_text(chart->arena, r->score[1], 3, FORM_PLAIN), right + gap, y[1], 0,
                   0);
    }
}
