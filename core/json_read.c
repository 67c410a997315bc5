/* A strict recursive-descent reader (RFC 8259) that builds cJSON's tree. cJSON's own parser keeps the first of duplicate keys,
 * reads 1e999 as infinity and lets control characters and bad UTF-8 through. */
#include "core/json.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/outdir.h"
#include "core/utf8.h"

enum { DEEPEST = 500 };

struct reader {
    const char *text, *at, *end;
    const char *file;
    bool comments;
    int depth;
    struct strbuf scratch; /* the string or number being read */
    struct error *error;
};

/* The keys of one object: an open-addressing table, at most half full. */
struct keys {
    const char **slots; /* they point into the tree */
    size_t count, capacity;
};

static int read_value(struct reader *reader, cJSON **value);

__attribute__((format(printf, 3, 4))) static int fail_at(struct reader *reader, const char *where, const char *format, ...)
{
    size_t line = 1, column = 1;
    for (const char *c = reader->text; c < where; c++) {
        if (*c == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*c & 0xC0) != 0x80) {
            column++; /* columns count characters */
        }
    }
    char message[500];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set(reader->error, ERROR_INPUT, "%s, line %zu, column %zu: %s", reader->file, line, column, message);
}

/* Skips // to the end of the line, or a block comment. */
static int skip_comment(struct reader *reader)
{
    const char *start = reader->at;
    if (reader->end - start >= 2 && start[1] == '/') {
        while (reader->at < reader->end && *reader->at != '\n')
            reader->at++;
        return 0;
    }
    if (reader->end - start >= 2 && start[1] == '*') {
        const char *close = memmem(start + 2, (size_t)(reader->end - start - 2), "*/", 2);
        if (!close)
            return fail_at(reader, start, "this comment is never closed");
        reader->at = close + 2;
        return 0;
    }
    return fail_at(reader, start, "unexpected '/'");
}

static int skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end) {
        char c = *reader->at;
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            reader->at++;
        } else if (c == '/' && reader->comments) {
            int code = skip_comment(reader);
            if (code)
                return code;
        } else {
            break;
        }
    }
    return 0;
}

static int fail_unexpected(struct reader *reader, const char *wanted)
{
    if (reader->at >= reader->end)
        return fail_at(reader, reader->at, "the text ends where %s should be", wanted);
    if ((unsigned char)*reader->at < 0x20)
        return fail_at(reader, reader->at, "expected %s, found a control character", wanted);
    size_t size = utf8_length(reader->at, (size_t)(reader->end - reader->at));
    return fail_at(reader, reader->at, "expected %s, found '%.*s'", wanted, (int)size, reader->at);
}

static bool take(struct reader *reader, char c)
{
    if (reader->at >= reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

/* Four hexadecimal digits. */
static bool read_hex4(struct reader *reader, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, reader->at++) {
        if (reader->at >= reader->end)
            return false;
        char c = *reader->at;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return false;
        *code = *code * 16 + (uint32_t)digit;
    }
    return true;
}

/* After "\u": the code point, of two surrogates where needed. */
static int read_unicode(struct reader *reader, const char *start)
{
    uint32_t code, low;
    if (!read_hex4(reader, &code))
        return fail_at(reader, start, "\\u needs four hexadecimal digits");
    if (code == 0)
        return fail_at(reader, start, "\\u0000 is not allowed in a string");
    if (code >= 0xDC00 && code <= 0xDFFF)
        return fail_at(reader, start, "\\u%04x is half of a surrogate pair", code);
    if (code >= 0xD800 && code <= 0xDBFF) {
        if (!take(reader, '\\') || !take(reader, 'u') || !read_hex4(reader, &low) || low < 0xDC00 || low > 0xDFFF)
            return fail_at(reader, start, "\\u%04x is half of a surrogate pair", code);
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    char bytes[4];
    strbuf_add(&reader->scratch, bytes, utf8_encode(code, bytes));
    return 0;
}

static int read_escape(struct reader *reader)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *start = reader->at - 1;
    if (reader->at >= reader->end)
        return fail_at(reader, start, "the text ends inside a string");
    char c = *reader->at++;
    if (c == 'u')
        return read_unicode(reader, start);
    const char *found = c ? strchr(names, c) : NULL;
    if (!found)
        return fail_at(reader, start, "unknown escape in a string; write \\\\ for a backslash");
    strbuf_addc(&reader->scratch, values[found - names]);
    return 0;
}

/* Into the scratch buffer. The opening quote is taken. */
static int read_string(struct reader *reader)
{
    const char *start = reader->at - 1;
    strbuf_reset(&reader->scratch);
    for (;;) {
        const char *run = reader->at;
        while (reader->at < reader->end && *reader->at != '"' && *reader->at != '\\' && (unsigned char)*reader->at >= 0x20)
            reader->at++;
        strbuf_add(&reader->scratch, run, (size_t)(reader->at - run));
        if (reader->at >= reader->end)
            return fail_at(reader, start, "this string is never closed");
        char c = *reader->at++;
        if (c == '"')
            return reader->scratch.failed ? error_memory(reader->error) : 0;
        if (c != '\\')
            return fail_at(reader, reader->at - 1, "a control character inside a string; write it as \\n, \\t or \\u00%02x",
                           (unsigned)(unsigned char)c);
        int code = read_escape(reader);
        if (code)
            return code;
    }
}

static size_t skip_digits(struct reader *reader)
{
    const char *start = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return (size_t)(reader->at - start);
}

static int read_number(struct reader *reader, cJSON **value)
{
    const char *start = reader->at;
    take(reader, '-');
    bool zero = reader->at < reader->end && *reader->at == '0';
    size_t digits = skip_digits(reader);
    bool valid = digits > 0 && (!zero || digits == 1);
    if (valid && take(reader, '.'))
        valid = skip_digits(reader) > 0;
    if (valid && (take(reader, 'e') || take(reader, 'E'))) {
        if (!take(reader, '-'))
            take(reader, '+');
        valid = skip_digits(reader) > 0;
    }
    if (!valid)
        return fail_at(reader, start, "malformed number; JSON numbers look like 0, -1.5 or 2e-3");
    strbuf_reset(&reader->scratch);
    strbuf_add(&reader->scratch, start, (size_t)(reader->at - start));
    if (reader->scratch.failed)
        return error_memory(reader->error);
    double number = strtod(strbuf_text(&reader->scratch), NULL);
    if (!isfinite(number))
        return fail_at(reader, start, "the number '%.40s' is too large for a double", strbuf_text(&reader->scratch));
    *value = cJSON_CreateNumber(number);
    return *value ? 0 : error_memory(reader->error);
}

static int read_word(struct reader *reader, cJSON **value)
{
    static const char *const words[] = {"null", "false", "true"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, words[i], length) != 0)
            continue;
        reader->at += length;
        *value = i == 0 ? cJSON_CreateNull() : cJSON_CreateBool(i == 2);
        return *value ? 0 : error_memory(reader->error);
    }
    return fail_unexpected(reader, "a value");
}

static void keys_insert(struct keys *keys, const char *key)
{
    size_t slot = hash_bytes(key, strlen(key), 0) & (keys->capacity - 1);
    while (keys->slots[slot])
        slot = (slot + 1) & (keys->capacity - 1);
    keys->slots[slot] = key;
    keys->count++;
}

static bool keys_have(const struct keys *keys, const char *key)
{
    if (keys->count == 0)
        return false;
    size_t slot = hash_bytes(key, strlen(key), 0) & (keys->capacity - 1);
    for (; keys->slots[slot]; slot = (slot + 1) & (keys->capacity - 1))
        if (strcmp(keys->slots[slot], key) == 0)
            return true;
    return false;
}

static bool keys_add(struct keys *keys, const char *key)
{
    if (2 * (keys->count + 1) > keys->capacity) {
        struct keys grown = {.capacity = keys->capacity ? 2 * keys->capacity : 16};
        grown.slots = calloc(grown.capacity, sizeof *grown.slots);
        if (!grown.slots)
            return false;
        for (size_t i = 0; i < keys->capacity; i++)
            if (keys->slots[i])
                keys_insert(&grown, keys->slots[i]);
        free(keys->slots);
        *keys = grown;
    }
    keys_insert(keys, key);
    return true;
}

/* One `"key": value` of an object. */
static int read_member(struct reader *reader, cJSON *object, struct keys *keys)
{
    const char *start = reader->at;
    if (!take(reader, '"'))
        return fail_unexpected(reader, "a key in double quotes");
    int code = read_string(reader);
    if (code)
        return code;
    const char *key = strbuf_text(&reader->scratch);
    if (keys_have(keys, key))
        return fail_at(reader, start, "the key '%.80s' is given twice", key);
    cJSON *item = NULL;
    char *name = strdup(key);
    if (!name)
        return error_memory(reader->error);
    if ((code = skip_blanks(reader)))
        goto out;
    if (!take(reader, ':')) {
        code = fail_unexpected(reader, "':'");
        goto out;
    }
    if ((code = read_value(reader, &item)))
        goto out;
    if (!cJSON_AddItemToObject(object, name, item) || !keys_add(keys, object->child->prev->string)) {
        if (!item->string)
            cJSON_Delete(item);
        code = error_memory(reader->error);
    }
out:
    free(name);
    return code;
}

static int read_object(struct reader *reader, cJSON *object)
{
    struct keys keys = {0};
    int code = skip_blanks(reader);
    if (code || take(reader, '}'))
        return code;
    for (;;) {
        if ((code = skip_blanks(reader)) || (code = read_member(reader, object, &keys)) || (code = skip_blanks(reader)))
            break;
        if (take(reader, '}'))
            break;
        if (!take(reader, ',')) {
            code = fail_unexpected(reader, "',' or '}'");
            break;
        }
    }
    free(keys.slots);
    return code;
}

static int read_array(struct reader *reader, cJSON *array)
{
    int code = skip_blanks(reader);
    if (code || take(reader, ']'))
        return code;
    for (;;) {
        cJSON *item = NULL;
        if ((code = read_value(reader, &item)))
            return code;
        cJSON_AddItemToArray(array, item);
        if ((code = skip_blanks(reader)) || take(reader, ']'))
            return code;
        if (!take(reader, ','))
            return fail_unexpected(reader, "',' or ']'");
    }
}

static int read_container(struct reader *reader, cJSON **value)
{
    if (reader->depth == DEEPEST)
        return fail_at(reader, reader->at, "nested deeper than %d levels", DEEPEST);
    bool object = *reader->at++ == '{';
    *value = object ? cJSON_CreateObject() : cJSON_CreateArray();
    if (!*value)
        return error_memory(reader->error);
    reader->depth++;
    int code = object ? read_object(reader, *value) : read_array(reader, *value);
    reader->depth--;
    if (code) {
        cJSON_Delete(*value);
        *value = NULL;
    }
    return code;
}

static int read_value(struct reader *reader, cJSON **value)
{
    int code = skip_blanks(reader);
    if (code)
        return code;
    char c = '\0';
    if (reader->at < reader->end)
        c = *reader->at;
    if (c == '{' || c == '[')
        return read_container(reader, value);
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(reader, value);
    if (!take(reader, '"'))
        return read_word(reader, value);
    if ((code = read_string(reader)))
        return code;
    *value = cJSON_CreateString(strbuf_text(&reader->scratch));
    return *value ? 0 : error_memory(reader->error);
}

int json_parse(const char *text, size_t length, const char *file, bool comments, cJSON **json, struct error *error)
{
    *json = NULL;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3; /* RFC 8259 section 8.1 lets a reader skip a byte-order mark */
        length -= 3;
    }
    struct reader reader = {.text = text,
                            .at = text,
                            .end = text + length,
                            .file = file,
                            .comments = comments,
                            .scratch = STRBUF_INIT,
                            .error = error};
    size_t valid = utf8_valid(text, length);
    if (valid < length)
        return fail_at(&reader, text + valid, "invalid UTF-8 (byte 0x%02x)", (unsigned)(unsigned char)text[valid]);
    int code = read_value(&reader, json);
    if (!code)
        code = skip_blanks(&reader);
    if (!code && reader.at < reader.end)
        code = fail_at(&reader, reader.at, "unexpected text after the end of the JSON value");
    if (code) {
        cJSON_Delete(*json);
        *json = NULL;
    }
    strbuf_free(&reader.scratch);
    return code;
}

int json_read_file(const char *path, bool comments, cJSON **json, struct error *error)
{
    struct strbuf text = STRBUF_INIT;
    int code = file_read(path, &text, error);
    *json = NULL;
    if (!code)
        code = json_parse(strbuf_text(&text), text.length, path, comments, json, error);
    strbuf_free(&text);
    return code;
}
