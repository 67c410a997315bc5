#include "report/report.h"

#include <string.h>

#include "core/outdir.h"
#include "report/model.h"
#include "report/render.h"

static const struct {
    const char *name, *ending;
    int (*render)(const struct model *model, struct strbuf *out, struct error *error);
} formats[] = {
    {"pdf", ".pdf", render_pdf},     {"md", ".md", render_markdown}, {"markdown", ".markdown", render_markdown},
    {"junit", ".xml", render_junit}, {"xml", "", render_junit},
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

int report_render(const cJSON *audit, const char *format, struct strbuf *out, struct error *error)
{
    struct model model;
    size_t i = 0;
    while (i < FORMATS && strcmp(formats[i].name, format) != 0)
        i++;
    if (i == FORMATS)
        return error_set(error, ERROR_INPUT, "unknown report format '%s'; use pdf, md or junit", format);
    struct arena *arena = arena_new();
    if (!arena)
        return error_memory(error);
    int status = model_read(audit, arena, &model, error);
    if (!status)
        status = formats[i].render(&model, out, error);
    if (!status && out->failed)
        status = error_memory(error);
    arena_free(arena);
    return status;
}

int report_write(const cJSON *audit, const char *format, const char *path, struct error *error)
{
    struct strbuf content = STRBUF_INIT;
    int status = report_render(audit, format, &content, error);
    if (!status)
        status = file_write(path, strbuf_text(&content), content.length, error);
    strbuf_free(&content);
    return status;
}
