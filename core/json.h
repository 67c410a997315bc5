/* JSON: cJSON's tree with our own printer and a strict reader.
 *
 * Printing: numbers as the shortest of %.15g, %.16g, %.17g that reads back to the same double, NaN and infinities as null,
 * object keys in the order of insertion, two blanks of indent, short arrays and objects (one line of up to 120 characters) kept
 * on one line. Reading: rejects duplicate keys, numbers out of range (1e999), trailing text and invalid UTF-8, with line and
 * column. */
#ifndef ASSAY_CORE_JSON_H
#define ASSAY_CORE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/strbuf.h"

void json_print(const cJSON *json, struct strbuf *out); /* not complete: out->failed */
void json_number(double value, struct strbuf *out);
int json_parse(const char *text, size_t length, const char *file, bool comments, cJSON **json, struct error *error);
int json_read_file(const char *path, bool comments, cJSON **json, struct error *error);

/* Builders that take NaN and infinities (written as null). They return the new item, or NULL when memory is short; then the
 * object or array that the item was meant for is marked, and building may go on: a NULL object or array is passed over. Nobody
 * has to look after each step: json_print of a tree that holds a marked one makes the text `failed`, json_complete tells. */
cJSON *json_add_number(cJSON *object, const char *key, double value);
cJSON *json_add_string(cJSON *object, const char *key, const char *value); /* NULL value: null */
cJSON *json_add_bool(cJSON *object, const char *key, bool value);
cJSON *json_add_object(cJSON *object, const char *key);
cJSON *json_add_array(cJSON *object, const char *key);
cJSON *json_push_object(cJSON *array);
cJSON *json_push_array(cJSON *array);
cJSON *json_push_number(cJSON *array, double value);
cJSON *json_push_string(cJSON *array, const char *value);
/* The same with an item made elsewhere, which they take (and delete where they fail); NULL: memory was short when it was made.
 */
cJSON *json_attach(cJSON *object, const char *key, cJSON *item);
cJSON *json_append(cJSON *array, cJSON *item);

bool json_complete(const cJSON *json); /* false: NULL, or memory was short while it was built; one walk of the tree */

/* Readers: dotted path "trust.anchored"; a missing or differently typed item gives the fallback. */
const cJSON *json_get(const cJSON *json, const char *path);
double json_get_number(const cJSON *json, const char *path, double fallback);
const char *json_get_string(const cJSON *json, const char *path, const char *fallback);
bool json_get_bool(const cJSON *json, const char *path, bool fallback);

#endif
