/* Parsing. What the user sees of a table (--help, the man page) is in options_help.c. */
#include "core/options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/suggest.h"

static void *field(void *values, const struct option *option)
{
    return (char *)values + option->offset;
}

static int list_push(struct option_list *list, const char *item, struct error *error)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 8;
        const char **items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return error_memory(error);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
    return 0;
}

/* Appends a copy of the part from `text` up to a comma or the end; sets *end there. */
static int push_part(const char *text, const char **end, struct option_list *list, struct error *error)
{
    char *part = malloc(strlen(text) + 1);
    if (!part)
        return error_memory(error);
    size_t length = 0;
    while (*text && *text != ',') {
        if (text[0] == '\\' && text[1] == ',')
            text++;
        part[length++] = *text++;
    }
    part[length] = '\0';
    *end = text;
    int code = length == 0 ? error_set(error, ERROR_INPUT, "has an empty item") : list_push(list, part, error);
    if (code)
        free(part);
    return code;
}

static int parse_commas(const char *text, struct option_list *list, struct error *error)
{
    for (;;) {
        int code = push_part(text, &text, list, error);
        if (code || *text == '\0')
            return code;
        text++;
    }
}

static int check_range(const struct option *option, double value, struct error *error)
{
    if (option->lo < option->hi && !(value >= option->lo && value <= option->hi))
        return error_set(error, ERROR_INPUT, "must lie within %.15g … %.15g", option->lo, option->hi);
    return 0;
}

/* strtoll and strtod skip blanks and allow a plus sign; a value of ours starts with its first digit. */
static bool starts_number(const char *text)
{
    if (*text == '-')
        text++;
    return (*text >= '0' && *text <= '9') || (*text == '.' && text[1] >= '0' && text[1] <= '9');
}

static int parse_integer(const struct option *option, const char *text, int64_t *value, struct error *error)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (!starts_number(text) || *end != '\0' || end == text)
        return error_set(error, ERROR_INPUT, "is not a whole number");
    if (errno == ERANGE)
        return error_set(error, ERROR_INPUT, "is too large");
    *value = number;
    return check_range(option, (double)number, error);
}

static int parse_number(const struct option *option, const char *text, double *value, struct error *error)
{
    char *end;
    double number = strtod(text, &end);
    if (!starts_number(text) || *end != '\0')
        return error_set(error, ERROR_INPUT, "is not a number");
    if (!isfinite(number))
        return error_set(error, ERROR_INPUT, "is too large");
    *value = number;
    return check_range(option, number, error);
}

static int parse_size(const struct option *option, const char *text, size_t *value, struct error *error)
{
    static const char units[] = "KMG";
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end >= 'a' ? *end - 'a' + 'A' : *end) : NULL;
    if (*text < '0' || *text > '9' || (*end && (!unit || end[1])))
        return error_set(error, ERROR_INPUT, "is not a size; write bytes, or 512K, 64M, 2G");
    size_t bytes, factor = unit ? (size_t)1 << (10 * (unit - units + 1)) : 1;
    if (errno == ERANGE || __builtin_mul_overflow(number, factor, &bytes))
        return error_set(error, ERROR_INPUT, "is too large");
    *value = bytes;
    return check_range(option, (double)bytes, error);
}

static int store(const struct option *option, const char *text, void *values, struct error *error)
{
    void *at = field(values, option);
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)at = true;
        return 0;
    case OPTION_STRING:
        *(const char **)at = text;
        return 0;
    case OPTION_LIST:
        return list_push(at, text, error);
    case OPTION_COMMAS:
        return parse_commas(text, at, error);
    case OPTION_INTEGER:
        return parse_integer(option, text, at, error);
    case OPTION_NUMBER:
        return parse_number(option, text, at, error);
    case OPTION_SIZE:
        return parse_size(option, text, at, error);
    }
    return error_set(error, ERROR_INTERNAL, "has an unknown kind");
}

static const struct option *find_option(const struct command *command, const char *name, size_t length)
{
    for (const struct option *option = command->options; option && option->name; option++)
        if (strlen(option->name) == length && memcmp(option->name, name, length) == 0)
            return option;
    return NULL;
}

static int fail_unknown(const struct command *command, const char *name, size_t length, struct error *error)
{
    char word[64];
    size_t used = length < sizeof word ? length : sizeof word - 1;
    memcpy(word, name, used);
    word[used] = '\0';
    struct suggestion suggestion = suggest_start(word);
    for (const struct option *option = command->options; option && option->name; option++)
        suggest_offer(&suggestion, option->name);
    const char *best = suggest_best(&suggestion);
    if (best)
        return error_set(error, ERROR_INPUT, "unknown option '--%s'; did you mean '--%s'?", word, best);
    return error_set(error, ERROR_INPUT, "unknown option '--%s'; see assay %s --help", word, command->name);
}

/* The option at argv[*at], with its value in the same or the next argument; *found is its place in the table. */
static int parse_option(const struct command *command, int argc, char **argv, int *at, void *values, size_t *found,
                        struct error *error)
{
    const char *name = argv[*at] + 2;
    size_t length = strcspn(name, "=");
    const struct option *option = find_option(command, name, length);
    if (!option)
        return fail_unknown(command, name, length, error);
    *found = (size_t)(option - command->options);
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    if (option->kind == OPTION_FLAG && value)
        return error_set(error, ERROR_INPUT, "option '--%s' takes no value", option->name);
    if (option->kind != OPTION_FLAG && !value) {
        if (*at + 1 >= argc || strncmp(argv[*at + 1], "--", 2) == 0)
            return error_set(error, ERROR_INPUT, "option '--%s' needs a value: --%s %s", option->name, option->name,
                             option->argument);
        value = argv[++*at];
    }
    struct error reason = {0};
    int code = store(option, value, values, &reason);
    if (code == ERROR_INPUT)
        return error_set(error, code, "option '--%s': '%.200s' %s", option->name, value, reason.message);
    return code ? error_set(error, code, "%s", reason.message) : 0;
}

/* Of numbers the last one counts, as scripts expect. Of two files the first would go unread: a second part of train, say, whose
 * rows nobody then looks for. */
static int note_given(const struct option *option, bool *given, struct error *error)
{
    if (*given && option->kind == OPTION_STRING)
        return error_set(error, ERROR_INPUT, "option '--%s' is given twice: it takes one %s", option->name, option->argument);
    *given = true;
    return 0;
}

static int parse_all(const struct command *command, int argc, char **argv, void *values, struct option_list *positional,
                     bool *given, bool *help, struct error *error)
{
    bool options_end = false;
    for (int at = 1; at < argc; at++) {
        const char *word = argv[at];
        int code = 0;
        if (!options_end && strcmp(word, "--") == 0) {
            options_end = true;
        } else if (!options_end && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            *help = true;
            return 0;
        } else if (!options_end && strncmp(word, "--", 2) == 0) {
            size_t found = 0;
            if (!(code = parse_option(command, argc, argv, &at, values, &found, error)))
                code = note_given(&command->options[found], &given[found], error);
        } else if (!options_end && word[0] == '-' && word[1] != '\0') {
            code = error_set(error, ERROR_INPUT, "unknown option '%s'; see assay %s --help", word, command->name);
        } else if (positional) {
            code = list_push(positional, word, error);
        } else {
            code = error_set(error, ERROR_INPUT, "unexpected argument '%s'; see assay %s --help", word, command->name);
        }
        if (code)
            return code;
    }
    for (size_t i = 0; command->options && command->options[i].name; i++)
        if (command->options[i].required && !given[i])
            return error_set(error, ERROR_INPUT, "option '--%s' is missing; see assay %s --help", command->options[i].name,
                             command->name);
    return 0;
}

int options_parse(const struct command *command, int argc, char **argv, void *values, struct option_list *positional,
                  bool *help, struct error *error)
{
    size_t count = 0;
    while (command->options && command->options[count].name)
        count++;
    *help = false;
    bool *given = calloc(count + 1, sizeof *given);
    if (!given)
        return error_memory(error);
    int code = parse_all(command, argc, argv, values, positional, given, help, error);
    free(given);
    return code;
}

static void list_free(struct option_list *list, bool with_items)
{
    for (size_t i = 0; with_items && i < list->count; i++)
        free((void *)(uintptr_t)list->items[i]);
    free(list->items);
    *list = (struct option_list){0};
}

void options_free(const struct command *command, void *values, struct option_list *positional)
{
    for (const struct option *option = command->options; option && option->name; option++)
        if (option->kind == OPTION_LIST || option->kind == OPTION_COMMAS)
            list_free(field(values, option), option->kind == OPTION_COMMAS);
    if (positional)
        list_free(positional, false);
}
