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

/* A bit of cJSON's `type` that cJSON does not use: it looks at the lowest ten only. */
enum { PART_LOST = 1 << 16 };

bool json_complete(const cJSON *json)
{
    bool complete = json && !(json->type & PART_LOST);

    for (const cJSON *item = complete ? json->child : NULL; item && complete; item = item->next)
        complete = json_complete(item);
    return complete;
}

/* Marks a container that lacks a part; NULL: its own container was marked when it could not be made. */
static cJSON *part_lost(cJSON *container, cJSON *item)
{
    cJSON_Delete(item);
    if (container)
        container->type |= PART_LOST;
    return NULL;
}

cJSON *json_attach(cJSON *object, const char *key, cJSON *item)
{
    return object && item && cJSON_AddItemToObject(object, key, item) ? item : part_lost(object, item);
}

cJSON *json_append(cJSON *array, cJSON *item)
{
    return array && item && cJSON_AddItemToArray(array, item) ? item : part_lost(array, item);
}

cJSON *json_add_number(cJSON *object, const char *key, double value)
{
    return json_attach(object, key, number_new(value));
}

cJSON *json_add_string(cJSON *object, const char *key, const char *value)
{
    return json_attach(object, key, string_new(value));
}

cJSON *json_add_bool(cJSON *object, const char *key, bool value)
{
    return json_attach(object, key, cJSON_CreateBool(value));
}

cJSON *json_add_object(cJSON *object, const char *key)
{
    return json_attach(object, key, cJSON_CreateObject());
}

cJSON *json_add_array(cJSON *object, const char *key)
{
    return json_attach(object, key, cJSON_CreateArray());
}

cJSON *json_push_object(cJSON *array)
{
    return json_append(array, cJSON_CreateObject());
}

cJSON *json_push_array(cJSON *array)
{
    return json_append(array, cJSON_CreateArray());
}

cJSON *json_push_number(cJSON *array, double value)
{
    return json_append(array, number_new(value));
}

cJSON *json_push_string(cJSON *array, const char *value)
{
    return json_append(array, string_new(value));
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
