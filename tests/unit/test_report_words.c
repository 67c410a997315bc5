/* The report's sentences: what the intervals of the populations say, and how texts of the audit are set. */
#include <criterion/criterion.h>
#include <math.h>

#include "report/model.h"
#include "report/text.h"
#include "report/words.h"

#define PERCENT "\xc2\xa0%"
#define MINUS   "\xe2\x88\x92"

/* What details.population becomes in words; nothing where a measure does not give it or has no value. */
Test(report_words, the_sources_in_words)
{
#define FREED "Freed of the noise that tables of this size carry, the two sources themselves "
    static const struct {
        const char *direction, *unit;
        double lo, hi;
        bool ok;
        const char *words;
    } cases[] = {
        {"lower", "share", 0, .012, true, FREED "differ by 0 to 1.2" PERCENT "."},
        {"lower", "share", .0312, .0441, true, FREED "differ by 3.1 to 4.4" PERCENT "."},
        {"higher", "share", .981, 1, true,
         FREED "agree to 98.1\xe2\x80\x93"
               "100" PERCENT "."},
        {"higher", "share", .62, .71, true,
         FREED "agree to 62\xe2\x80\x93"
               "71" PERCENT "."},
        {"lower", "squared distance", 0, .05, true, FREED "differ by 0 to 0.05 (squared distance)."},
        {"lower", "distance", 0, 0, true, FREED "differ by 0 (distance)."},
        {"target", "AUC", .5, .52, true, FREED "stand at 0.50 to 0.52 (AUC)."},
        {"lower", "share", NAN, .012, true, ""},
        {"lower", "share", 0, .012, false, ""},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct model_measure measure = {.direction = cases[i].direction,
                                              .unit = cases[i].unit,
                                              .form = number_form(cases[i].unit),
                                              .ok = cases[i].ok,
                                              .sources = {NAN, cases[i].lo, cases[i].hi}};
        cr_expect_str_eq(sources_words(arena, &measure), cases[i].words, "case %zu", i);
    }
    arena_free(arena);
}

/* Which way is better, of the three directions. */
Test(report_words, which_way_is_better)
{
    static const struct {
        struct model_measure measure;
        const char *words;
    } cases[] = {{{.direction = "higher", .target = NAN}, "more is better"},
                 {{.direction = "lower", .target = NAN}, "less is better"},
                 {{.direction = "target", .target = .5, .form = FORM_PLAIN}, "0.5 is best"},
                 {{.direction = "target", .target = .5, .form = FORM_PERCENT}, "50" PERCENT " is best"},
                 {{.direction = "", .target = NAN}, ""}};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(better_words(arena, &cases[i].measure), cases[i].words, "case %zu", i);
    arena_free(arena);
}

/* A minus for the hyphen of a negative number, no break before a percent sign, a full stop; names keep their hyphens. */
Test(report_words, sentences)
{
    static const struct {
        const char *json, *sentence;
    } cases[] = {
        {"{\"s\": \"gap -0.02 (-1 to 3 %)\"}", "gap " MINUS "0.02 (" MINUS "1 to 3" PERCENT ")."},
        {"{\"s\": \"give --holdout x-1, 2026-11-22\"}", "give --holdout x-1, 2026-11-22."},
        {"{\"s\": \"Done!\"}", "Done!"},
        {"{}", ""},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *json = cJSON_Parse(cases[i].json);
        cr_expect_str_eq(model_sentence(arena, json, "s"), cases[i].sentence, "case %zu", i);
        cJSON_Delete(json);
    }
    arena_free(arena);
}

/* The name of an option is never broken: where it does not fit, all of it goes to the next line. */
Test(report_words, options_stay_whole)
{
    struct error error = {0};
    struct text *text;
    cr_assert_eq(text_new(&text, &error), 0, "%s", error.message);
    struct text_style style = {.size = 10, .leading = 14, .weight = 400};
    /* "a --" and "holdout cc" would fit on two lines. */
    const double width = text_width(text, &style, "holdout cc") + 1;
    cr_expect_float_eq(text_height(text, &style, "a --holdout cc", width), 3 * style.leading, .5);
    text_free(text);
}
