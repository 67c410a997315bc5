#include "report/text.h"

#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/utf8.h"

/* Shaping takes most of the time, and names, words and axis labels come again and again: the last text that fell on a place
 * of a small table keeps its layout. */
enum { SHAPED_PLACES = 4096 };
struct shaped {
    uint64_t key; /* 0: free */
    PangoLayout *layout;
};

struct text {
    PangoFontMap *map;
    PangoContext *context;
    PangoLayout *layout; /* the one that was asked for last; the table's own */
    struct shaped shaped[SHAPED_PLACES];
    size_t unknown;
    struct measured *known; /* open addressing, capacity a power of two */
    size_t n_known, capacity;
};

/* Sizes that were measured before: a document is laid out twice, and its tables say many things again and again. */
struct measured {
    uint64_t key; /* 0: free */
    double width, height;
};

void colour_set(cairo_t *cr, uint32_t colour)
{
    cairo_set_source_rgb(cr, (double)(colour >> 16 & 255) / 255, (double)(colour >> 8 & 255) / 255,
                         (double)(colour & 255) / 255);
}

int text_new(struct text **out, struct error *error)
{
    *out = NULL;
    FcConfig *config = fonts_config(error);
    if (!config)
        return ERROR_INTERNAL;
    struct text *text = calloc(1, sizeof *text);
    if (text)
        text->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    if (!text || !text->map) {
        FcConfigDestroy(config);
        free(text);
        return error_memory(error);
    }
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(text->map), config);
    FcConfigDestroy(config); /* the map holds its own reference */
    text->context = pango_font_map_create_context(text->map);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(text->context, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(text->context, 72);
    pango_context_set_round_glyph_positions(text->context, FALSE);
    pango_context_set_base_dir(text->context, PANGO_DIRECTION_LTR);
    pango_context_set_language(text->context, pango_language_from_string("en"));
    *out = text;
    return 0;
}

void text_free(struct text *text)
{
    if (!text)
        return;
    for (size_t i = 0; i < SHAPED_PLACES; i++)
        if (text->shaped[i].layout)
            g_object_unref(text->shaped[i].layout);
    g_object_unref(text->context);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(text->map), NULL); /* Pango 1.50 forgets its reference otherwise */
    g_object_unref(text->map);
    free(text->known);
    free(text);
}

/* Names of options ("--skip") stay on one line: pango would break after their hyphens. */
static void keep_options_whole(PangoAttrList *list, const char *string)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
    for (const char *p = strstr(string, "--"); p; p = strstr(p, "--")) {
        const size_t length = strspn(p, letters);
        PangoAttribute *whole = pango_attr_allow_breaks_new(FALSE);
        whole->start_index = (guint)(p - string);
        whole->end_index = whole->start_index + (guint)length;
        pango_attr_list_insert(list, whole);
        p += length;
    }
}

static void set_attributes(PangoLayout *layout, const struct text_style *style, const char *string)
{
    PangoAttrList *list = pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_line_height_new_absolute((int)(style->leading * PANGO_SCALE)));
    pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE)); /* a hyphen would change a name or a hash */
    if (style->tabular)
        pango_attr_list_insert(list, pango_attr_font_features_new("tnum=1"));
    keep_options_whole(list, string);
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

static uint64_t text_key(const struct text_style *style, const char *string, double width)
{
    const double lengths[] = {style->size, style->leading, width};
    const int switches[] = {style->weight, style->lines, style->tabular, style->display, style->cut_end, (int)style->align};
    uint64_t key = hash_bytes(string, strlen(string), hash_bytes(lengths, sizeof lengths, 1));
    key = hash_bytes(switches, sizeof switches, key);
    return key ? key : 1;
}

static void set_layout(PangoLayout *layout, const struct text_style *style, const char *string, double width)
{
    static const PangoAlignment alignment[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_RIGHT, PANGO_ALIGN_CENTER};
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, style->display ? "Inter Display,Inter,DejaVu Sans" : "Inter,DejaVu Sans");
    pango_font_description_set_weight(font, (PangoWeight)style->weight);
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    set_attributes(layout, style, string);
    pango_layout_set_alignment(layout, alignment[style->align]);
    pango_layout_set_width(layout, width > 0 ? (int)(width * PANGO_SCALE) : -1);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_height(layout, style->lines > 0 ? -style->lines : -1);
    pango_layout_set_ellipsize(layout, !(style->lines > 0 && width > 0) ? PANGO_ELLIPSIZE_NONE
                                       : style->cut_end                 ? PANGO_ELLIPSIZE_END
                                                                        : PANGO_ELLIPSIZE_MIDDLE);
    pango_layout_set_text(layout, string, -1);
}

static void lay_out(struct text *text, const struct text_style *style, const char *string, double width)
{
    const uint64_t key = text_key(style, string, width);
    struct shaped *place = &text->shaped[key % SHAPED_PLACES];
    if (!place->layout) {
        place->layout = pango_layout_new(text->context);
        pango_layout_set_auto_dir(place->layout, FALSE);
    }
    if (place->key != key)
        set_layout(place->layout, style, string, width);
    place->key = key;
    text->layout = place->layout;
}

static void layout_size(struct text *text, double *width, double *height)
{
    PangoRectangle box;
    pango_layout_get_extents(text->layout, NULL, &box);
    if (width)
        *width = (double)box.width / PANGO_SCALE;
    if (height)
        *height = (double)box.height / PANGO_SCALE;
}

/* The place of a key, or the free place where it belongs. */
static struct measured *measured_find(struct measured *known, size_t capacity, uint64_t key)
{
    size_t i = (size_t)key & (capacity - 1);
    while (known[i].key != 0 && known[i].key != key)
        i = (i + 1) & (capacity - 1);
    return &known[i];
}

/* Where memory is short the text is measured again the next time. */
static void measured_add(struct text *text, const struct measured *size)
{
    if (2 * (text->n_known + 1) > text->capacity) {
        size_t capacity = text->capacity ? 2 * text->capacity : 1024;
        struct measured *grown = calloc(capacity, sizeof *grown);
        if (!grown)
            return;
        for (size_t i = 0; i < text->capacity; i++)
            if (text->known[i].key != 0)
                *measured_find(grown, capacity, text->known[i].key) = text->known[i];
        free(text->known);
        text->known = grown;
        text->capacity = capacity;
    }
    *measured_find(text->known, text->capacity, size->key) = *size;
    text->n_known++;
}

static struct measured measure(struct text *text, const struct text_style *style, const char *string, double width)
{
    struct measured size = {.key = text_key(style, string, width)};
    const struct measured *known = text->capacity ? measured_find(text->known, text->capacity, size.key) : NULL;
    if (known && known->key == size.key)
        return *known;
    lay_out(text, style, string, width);
    layout_size(text, &size.width, &size.height);
    text->unknown += (size_t)pango_layout_get_unknown_glyphs_count(text->layout);
    measured_add(text, &size);
    return size;
}

double text_height(struct text *text, const struct text_style *style, const char *string, double width)
{
    return string && *string ? measure(text, style, string, width).height : 0;
}

double text_width(struct text *text, const struct text_style *style, const char *string)
{
    return string && *string ? measure(text, style, string, 0).width : 0;
}

static void show(struct text *text, cairo_t *cr, const struct text_style *style, double x, double y)
{
    colour_set(cr, style->colour);
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, text->layout);
}

double text_draw(struct text *text, cairo_t *cr, const struct text_style *style, const char *string, double x, double y,
                 double width)
{
    if (!string || !*string)
        return 0;
    if (!cr)
        return text_height(text, style, string, width);
    double height;
    lay_out(text, style, string, width);
    layout_size(text, NULL, &height);
    show(text, cr, style, x, y);
    return height;
}

/* `keep` characters, half of them from the end, with the ellipsis between. */
static void cut_middle(const char *string, size_t keep, char *out, size_t size)
{
    size_t characters = utf8_count(string, strlen(string)), head = utf8_offset(string, (keep + 1) / 2);
    size_t tail = utf8_offset(string, characters - keep / 2);
    snprintf(out, size, "%.*s\xe2\x80\xa6%s", (int)head, string, string + tail);
}

const char *text_shorten(struct arena *arena, const char *string, size_t most)
{
    size_t size = strlen(string) + 4;
    char *out = utf8_count(string, strlen(string)) > most ? arena_alloc(arena, size) : NULL;
    if (!out)
        return string;
    cut_middle(string, most - 1, out, size);
    return out;
}

/* Lays out the longest cut that fits (bisection over the number of characters kept) and gives its width. */
static double lay_out_cut(struct text *text, const struct text_style *style, const char *string, double width)
{
    char cut[512];
    size_t lo = 0, hi = utf8_count(string, strlen(string)), keep = 0;
    double w = 0;
    if (hi > 100)
        hi = 100;
    while (lo <= hi) {
        keep = (lo + hi) / 2;
        cut_middle(string, keep, cut, sizeof cut);
        lay_out(text, style, cut, 0);
        layout_size(text, &w, NULL);
        if (w <= width)
            lo = keep + 1;
        else if (keep == 0)
            break;
        else
            hi = keep - 1;
    }
    cut_middle(string, lo > 0 ? lo - 1 : 0, cut, sizeof cut);
    lay_out(text, style, cut, 0);
    layout_size(text, &w, NULL);
    return w;
}

void text_label(struct text *text, cairo_t *cr, const struct text_style *style, const char *string, double x, double y,
                double horizontal, double width)
{
    if (!cr || !string || !*string)
        return;
    struct text_style line = *style;
    line.align = ALIGN_LEFT;
    line.lines = 0;
    double w, h;
    lay_out(text, &line, string, 0);
    layout_size(text, &w, &h);
    if (width > 0 && w > width)
        w = lay_out_cut(text, &line, string, width);
    show(text, cr, &line, x - horizontal * w, y - h / 2);
}

size_t text_unknown_glyphs(const struct text *text)
{
    return text->unknown;
}
