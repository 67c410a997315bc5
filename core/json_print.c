#include "core/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

enum { LINE_WIDTH = 120, INDENT = 2 };

void json_number(double value, struct strbuf *out)
{
    if (!isfinite(value)) {
        strbuf_adds(out, "null");
        return;
    }
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    strbuf_adds(out, text);
}

/* Bytes that are not UTF-8 become U+FFFD: the output is always valid JSON. What steers a terminal or turns its text round is
 * escaped, since people look at such files there. */
static void print_string(const char *text, struct strbuf *out)
{
    size_t length = strlen(text);
    strbuf_addc(out, '"');
    for (size_t i = 0; i < length;) {
        unsigned char c = (unsigned char)text[i];
        size_t size = utf8_length(text + i, length - i);
        if (size == 0)
            strbuf_adds(out, "\xEF\xBF\xBD");
        else if (c == '"' || c == '\\')
            strbuf_addf(out, "\\%c", c);
        else if (c == '\n')
            strbuf_adds(out, "\\n");
        else if (c == '\t')
            strbuf_adds(out, "\\t");
        else if (utf8_is_control(text + i, size) || utf8_is_reordering(text + i, size))
            strbuf_addf(out, "\\u%04x", utf8_decode(text + i, size));
        else
            strbuf_add(out, text + i, size);
        i += size > 0 ? size : 1;
    }
    strbuf_addc(out, '"');
}

static void print_scalar(const cJSON *json, struct strbuf *out)
{
    if (cJSON_IsNumber(json))
        json_number(json->valuedouble, out);
    else if (cJSON_IsString(json))
        print_string(json->valuestring, out);
    else if (cJSON_IsBool(json))
        strbuf_adds(out, cJSON_IsTrue(json) ? "true" : "false");
    else
        strbuf_adds(out, "null");
}

static void print_key(const cJSON *item, bool object, struct strbuf *out)
{
    if (!object)
        return;
    print_string(item->string, out);
    strbuf_adds(out, ": ");
}

/* Writes the value on the current line; false, with part of it written, when the text grows beyond `limit` in all. */
static bool print_flat(const cJSON *json, size_t limit, struct strbuf *out)
{
    bool object = cJSON_IsObject(json);
    if (!object && !cJSON_IsArray(json)) {
        print_scalar(json, out);
        return out->length <= limit;
    }
    strbuf_addc(out, object ? '{' : '[');
    for (const cJSON *item = json->child; item; item = item->next) {
        print_key(item, object, out);
        if (!print_flat(item, limit, out))
            return false;
        if (item->next)
            strbuf_adds(out, ", ");
    }
    strbuf_addc(out, object ? '}' : ']');
    return out->length <= limit;
}

static void print_indent(size_t depth, struct strbuf *out)
{
    strbuf_addc(out, '\n');
    for (size_t i = 0; i < depth * INDENT; i++)
        strbuf_addc(out, ' ');
}

/* line: where the current line starts in `out`. */
static void print_value(const cJSON *json, size_t depth, size_t line, struct strbuf *out)
{
    bool object = cJSON_IsObject(json);
    if (!object && !cJSON_IsArray(json)) {
        print_scalar(json, out);
        return;
    }
    size_t before = out->length;
    /* One character is kept for a comma behind it. */
    if (print_flat(json, line + LINE_WIDTH - 1, out) || out->failed)
        return;
    out->length = before;
    strbuf_addc(out, object ? '{' : '[');
    for (const cJSON *item = json->child; item; item = item->next) {
        size_t start = out->length + 1;
        print_indent(depth + 1, out);
        print_key(item, object, out);
        print_value(item, depth + 1, start, out);
        if (item->next)
            strbuf_addc(out, ',');
    }
    print_indent(depth, out);
    strbuf_addc(out, object ? '}' : ']');
}

void json_print(const cJSON *json, struct strbuf *out)
{
    if (!json_complete(json))
        out->failed = true;
    else
        print_value(json, 0, out->length, out);
}
