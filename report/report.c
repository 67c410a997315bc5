#include "report/report.h"

#include <string.h>

#include "core/outdir.h"
#include "report/game.h"
#include "report/model.h"
#include "report/render.h"

static const struct {
    const char *name, *ending;
    int (*render)(const struct model *model, struct strbuf *out, struct error *error);
    int (*render_game)(const struct game_model *game, struct strbuf *out, struct error *error); /* NULL: not drawn */
} formats[] = {
    {"pdf", ".pdf", render_pdf, render_game_pdf},
    {"md", ".md", render_markdown, render_game_markdown},
    {"markdown", ".markdown", render_markdown, render_game_markdown},
    {"junit", ".xml", render_junit, NULL},
    {"xml", "", render_junit, NULL},
    {"sarif", ".sarif", render_sarif, NULL},
};
enum { FORMATS = sizeof formats / sizeof *formats };

const char *report_format_of(const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < FORMATS; i++) {
        size_t ending = strlen(formats[i].ending);
        if (ending > 0 && ending < length && strcmp(path + length - ending, formats[i].ending) == 0)
            return formats[i].name;
    }
    return NULL;
}

static int render_audit(const cJSON *audit, size_t format, struct arena *arena, struct strbuf *out, struct error *error)
{
    struct model model;
    int status = model_read(audit, arena, &model, error);
    return status ? status : formats[format].render(&model, out, error);
}

static int render_game(const cJSON *json, size_t format, struct arena *arena, struct strbuf *out, struct error *error)
{
    struct game_model game;
    if (!formats[format].render_game)
        return error_set(error, ERROR_INPUT, "a privacy game has no gates to be written as '%s'; use pdf or md",
                         formats[format].name);
    int status = game_read(json, arena, &game, error);
    return status ? status : formats[format].render_game(&game, out, error);
}

int report_render(const cJSON *json, const char *format, struct strbuf *out, struct error *error)
{
    size_t i = 0;
    while (i < FORMATS && strcmp(formats[i].name, format) != 0)
        i++;
    if (i == FORMATS)
        return error_set(error, ERROR_INPUT, "unknown report format '%s'; use pdf, md, junit or sarif", format);
    struct arena *arena = arena_new();
    if (!arena)
        return error_memory(error);
    int status = game_is(json) ? render_game(json, i, arena, out, error) : render_audit(json, i, arena, out, error);
    if (!status && out->failed)
        status = error_memory(error);
    arena_free(arena);
    return status;
}

int report_write(const cJSON *json, const char *format, const char *path, struct error *error)
{
    struct strbuf content = STRBUF_INIT;
    int status = report_render(json, format, &content, error);
    if (!status)
        status = file_write(path, strbuf_text(&content), content.length, error);
    strbuf_free(&content);
    return status;
}
