#include "audit/settings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audit/claim.h"
#include "core/strbuf.h"

static int fail_parameter(const struct measure *measure, const char *word, struct error *error)
{
    struct strbuf names = STRBUF_INIT;
    int status;

    for (const struct parameter *p = measure->parameters; p && p->name; p++)
        strbuf_addf(&names, "%s%s", names.length > 0 ? ", " : "", p->name);
    status = names.length > 0
                 ? error_set(error, ERROR_INPUT, "--set '%s': %s has the parameters %s", word, measure->id, strbuf_text(&names))
                 : error_set(error, ERROR_INPUT, "--set '%s': %s has no parameters", word, measure->id);
    strbuf_free(&names);
    return status;
}

static int fail_measure(const char *id, const char *word, struct error *error)
{
    const char *best = measure_suggest(id);

    return error_set(error, ERROR_INPUT, "--set '%s' names no measure%s%s%s", word, best ? "; did you mean '" : "",
                     best ? best : "; 'assay measures' lists them", best ? "'?" : "");
}

/* MEASURE.PARAMETER=VALUE: names have no '=', parameters no dot. */
static int read_one(const char *word, struct arena *arena, struct setting *setting, struct error *error)
{
    const char *equals = strchr(word, '=');
    char *id = equals ? arena_copy(arena, word, (size_t)(equals - word)) : NULL, *dot = id ? strrchr(id, '.') : NULL, *end;

    if (!equals || (id && !dot))
        return error_set(error, ERROR_INPUT, "--set '%s' is not of the form MEASURE.PARAMETER=VALUE", word);
    if (!id)
        return error_memory(error);
    *dot = '\0';
    setting->measure = measure_find(id);
    if (!setting->measure)
        return fail_measure(id, word, error);
    if (strcmp(id, CLAIM_MEASURE) == 0)
        return error_set(error, ERROR_INPUT, "--set '%s': a claim is given by --claimed-epsilon and --delta", word);
    setting->parameter = setting->measure->parameters;
    while (setting->parameter && setting->parameter->name && strcmp(setting->parameter->name, dot + 1) != 0)
        setting->parameter++;
    if (!setting->parameter || !setting->parameter->name)
        return fail_parameter(setting->measure, word, error);
    setting->value = strtod(equals + 1, &end);
    if (end == equals + 1 || *end || !isfinite(setting->value))
        return error_set(error, ERROR_INPUT, "--set '%s': '%s' is no number", word, equals + 1);
    if (setting->value < setting->parameter->lo || setting->value > setting->parameter->hi)
        return error_set(error, ERROR_INPUT, "--set '%s': %s goes from %g to %g", word, setting->parameter->name,
                         setting->parameter->lo, setting->parameter->hi);
    return 0;
}

static const struct setting *find_setting(const struct settings *settings, const struct measure *measure,
                                          const struct parameter *parameter)
{
    for (size_t i = 0; i < settings->n; i++)
        if (settings->items[i].measure == measure && settings->items[i].parameter == parameter)
            return &settings->items[i];
    return NULL;
}

int settings_read(const char *const *words, size_t n, struct arena *arena, struct settings *settings, struct error *error)
{
    *settings = (struct settings){.items = ARENA_ARRAY(arena, struct setting, n + 1)};
    if (!settings->items)
        return error_memory(error);
    for (size_t i = 0; i < n; i++) {
        struct setting setting = {0};
        int status = read_one(words[i], arena, &setting, error);

        if (status)
            return status;
        if (find_setting(settings, setting.measure, setting.parameter))
            return error_set(error, ERROR_INPUT, "--set '%s': it was set before", words[i]);
        settings->items[settings->n++] = setting;
    }
    return 0;
}

double settings_value(const struct settings *settings, const struct measure *measure, const struct parameter *parameter)
{
    const struct setting *setting = find_setting(settings, measure, parameter);

    return setting ? setting->value : parameter->fallback;
}

void settings_describe(const struct settings *settings, cJSON *selection)
{
    cJSON *set = settings->n > 0 ? json_add_object(selection, "set") : NULL;

    for (size_t i = 0; i < settings->n; i++) {
        const struct setting *setting = &settings->items[i];
        cJSON *measure = cJSON_GetObjectItemCaseSensitive(set, setting->measure->id);

        if (!measure)
            measure = json_add_object(set, setting->measure->id);
        json_add_number(measure, setting->parameter->name, setting->value);
    }
}
