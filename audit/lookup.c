#include <string.h>

#include "audit/judge.h"

const cJSON *judge_measure(const cJSON *candidate, const char *id)
{
    const cJSON *measure;

    cJSON_ArrayForEach(measure, json_get(candidate, "measures"))
    {
        if (strcmp(json_get_string(measure, "id", ""), id) == 0)
            return measure;
    }
    return NULL;
}

const char *judge_title(const char *id)
{
    const struct measure *measure = measure_find(id);

    return measure ? measure->title : id;
}
