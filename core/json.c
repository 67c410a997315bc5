/* Builders and readers. */
#include "core/json.h"

#include <math.h>
#include <string.h>

static cJSON *number_new(double value)
{
    return isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull();
}

static cJSON *string_new(const char *value)
{
    return value ? cJSON_CreateString(value) : cJSON_CreateNull();
}

/* A NULL object or item means that memory was short before: it is passed on, so that callers may look once. */
static cJSON *object_add(cJSON *object, const char *key, cJSON *item)
{
    if (object && item && cJSON_AddItemToObject(object, key, item))
        return item;
    cJSON_Delete(item);
    return NULL;
}

static cJSON *array_push(cJSON *array, cJSON *item)
{
    if (array && item && cJSON_AddItemToArray(array, item))
        return item;
    cJSON_Delete(item);
    return NULL;
}

cJSON *json_add_number(cJSON *object, const char *key, double value)
{
    return object_add(object, key, number_new(value));
}

cJSON *json_add_string(cJSON *object, const char *key, const char *value)
{
    return object_add(object, key, string_new(value));
}

cJSON *json_add_bool(cJSON *object, const char *key, bool value)
{
    return object_add(object, key, cJSON_CreateBool(value));
}

cJSON *json_add_object(cJSON *object, const char *key)
{
    return object_add(object, key, cJSON_CreateObject());
}

cJSON *json_add_array(cJSON *object, const char *key)
{
    return object_add(object, key, cJSON_CreateArray());
}

cJSON *json_push_object(cJSON *array)
{
    return array_push(array, cJSON_CreateObject());
}

cJSON *json_push_number(cJSON *array, double value)
{
    return array_push(array, number_new(value));
}

cJSON *json_push_string(cJSON *array, const char *value)
{
    return array_push(array, string_new(value));
}

static const cJSON *member(const cJSON *object, const char *key, size_t length)
{
    for (const cJSON *item = cJSON_IsObject(object) ? object->child : NULL; item; item = item->next)
        if (strncmp(item->string, key, length) == 0 && item->string[length] == '\0')
            return item;
    return NULL;
}

const cJSON *json_get(const cJSON *json, const char *path)
{
    while (json) {
        /* The rest as one key first: a last key may hold dots itself, as in "tpr.0.001". */
        const cJSON *item = member(json, path, strlen(path));
        const char *dot = strchr(path, '.');
        if (item || !dot)
            return item;
        json = member(json, path, (size_t)(dot - path));
        path = dot + 1;
    }
    return NULL;
}

double json_get_number(const cJSON *json, const char *path, double fallback)
{
    const cJSON *item = json_get(json, path);
    return cJSON_IsNumber(item) ? item->valuedouble : fallback;
}

const char *json_get_string(const cJSON *json, const char *path, const char *fallback)
{
    const cJSON *item = json_get(json, path);
    return cJSON_IsString(item) ? item->valuestring : fallback;
}

bool json_get_bool(const cJSON *json, const char *path, bool fallback)
{
    const cJSON *item = json_get(json, path);
    return cJSON_IsBool(item) ? cJSON_IsTrue(item) != 0 : fallback;
}
