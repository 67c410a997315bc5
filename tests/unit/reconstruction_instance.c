#include "tests/unit/reconstruction_instance.h"

#include <stdio.h>
#include <unistd.h>

#include "core/random.h"

static size_t count_of(const cJSON *array)
{
    return (size_t)cJSON_GetArraySize(array);
}

static void read_queries(struct instance *instance, const cJSON *queries, size_t records)
{
    size_t m = count_of(queries), at = 0, entries = 0;
    const cJSON *query, *item;
    cJSON_ArrayForEach(query, queries) entries += count_of(query);
    size_t *start = ARENA_ARRAY(instance->arena, size_t, m + 1);
    uint32_t *index = ARENA_ARRAY(instance->arena, uint32_t, entries + 1);
    size_t j = 0;
    cJSON_ArrayForEach(query, queries)
    {
        cJSON_ArrayForEach(item, query) index[at++] = (uint32_t)item->valuedouble;
        start[++j] = at;
    }
    instance->queries = (struct sparse){.rows = m, .columns = records, .start = start, .index = index};
}

static double *read_numbers(struct instance *instance, const cJSON *array, size_t *width)
{
    size_t rows = count_of(array), at = 0;
    const cJSON *first = cJSON_GetArrayItem(array, 0), *row, *item;
    *width = cJSON_IsArray(first) ? count_of(first) : 1;
    double *out = ARENA_ARRAY(instance->arena, double, rows **width + 1);
    cJSON_ArrayForEach(row, array)
    {
        if (cJSON_IsNumber(row))
            out[at++] = row->valuedouble;
        else
            cJSON_ArrayForEach(item, row) out[at++] = item->valuedouble;
    }
    return out;
}

void instance_parse(struct instance *instance, const cJSON *object, size_t records)
{
    const cJSON *weights = json_get(object, "weights");
    size_t width;
    if (!instance->arena)
        instance->arena = arena_new();
    read_queries(instance, json_get(object, "queries"), records);
    instance->answers = read_numbers(instance, json_get(object, "b"), &instance->classes);
    instance->weights = weights ? read_numbers(instance, weights, &width) : NULL;
}

bool instance_read(struct instance *instance, const char *name)
{
    char path[200];
    struct error error;
    snprintf(path, sizeof path, "../shared/golden/reconstruction/%s.json", name);
    *instance = (struct instance){.arena = NULL};
    if (access(path, R_OK) != 0 || json_read_file(path, false, &instance->json, &error))
        return false;
    if (json_get(instance->json, "queries"))
        instance_parse(instance, instance->json, (size_t)json_get_number(instance->json, "n", 0));
    return true;
}

void instance_free(struct instance *instance)
{
    cJSON_Delete(instance->json);
    arena_free(instance->arena);
}

struct population {
    size_t n, columns, sample;
    uint32_t *levels, *value, *drawn; /* value: columns x n; drawn: sample record indices */
    uint32_t *truth;
};

static void draw_population(struct population *p, struct arena *arena, size_t levels, uint64_t seed)
{
    struct random random;
    random_init(&random, seed, "test.reconstruction", 0, 0);
    p->levels = ARENA_ARRAY(arena, uint32_t, p->columns);
    p->value = ARENA_ARRAY(arena, uint32_t, p->columns * p->n);
    p->truth = ARENA_ARRAY(arena, uint32_t, p->n);
    p->drawn = ARENA_ARRAY(arena, uint32_t, p->sample + 1);
    for (size_t a = 0; a < p->columns; a++) {
        p->levels[a] = 2 + (uint32_t)random_below(&random, levels - 1);
        for (size_t i = 0; i < p->n; i++)
            p->value[a * p->n + i] = (uint32_t)random_below(&random, p->levels[a]);
    }
    for (size_t i = 0; i < p->n; i++)
        p->truth[i] = random_uniform(&random) < .3 + .4 * (p->value[i] % 2);
    for (size_t k = 0; k < p->sample; k++)
        p->drawn[k] = (uint32_t)random_below(&random, p->n);
}

/* The query (columns a, b; values u, v): its records, and M and c among the drawn rows. */
static size_t query_records(const struct population *p, size_t a, size_t b, uint32_t u, uint32_t v, uint32_t *out,
                            double *support, double *positive)
{
    size_t count = 0, m = p->sample ? p->sample : p->n;
    *support = *positive = 0;
    for (size_t i = 0; i < p->n; i++)
        if (p->value[a * p->n + i] == u && p->value[b * p->n + i] == v)
            out[count++] = (uint32_t)i;
    for (size_t k = 0; k < m; k++) {
        size_t i = p->sample ? p->drawn[k] : k;
        if (p->value[a * p->n + i] != u || p->value[b * p->n + i] != v)
            continue;
        *support += 1;
        *positive += p->truth[i];
    }
    return count;
}

void instance_draw(struct instance *instance, size_t n, size_t columns, size_t levels, size_t sample, uint64_t seed)
{
    struct arena *arena = arena_new();
    struct population p = {.n = n, .columns = columns, .sample = sample};
    draw_population(&p, arena, levels, seed);
    size_t pairs = columns * (columns - 1) / 2, most = pairs * levels * levels, m = 0;
    size_t *start = ARENA_ARRAY(arena, size_t, most + 1);
    uint32_t *index = ARENA_ARRAY(arena, uint32_t, pairs * n + n);
    *instance = (struct instance){.arena = arena, .classes = 1, .truth = p.truth};
    instance->answers = ARENA_ARRAY(arena, double, most);
    instance->weights = ARENA_ARRAY(arena, double, most);
    instance->support = ARENA_ARRAY(arena, double, most);
    for (size_t a = 0; a < columns; a++)
        for (size_t b = a + 1; b < columns; b++)
            for (uint32_t cell = 0; cell < p.levels[a] * p.levels[b]; cell++) {
                double support, positive;
                size_t count =
                    query_records(&p, a, b, cell / p.levels[b], cell % p.levels[b], index + start[m], &support, &positive);
                if (!count || support == 0)
                    continue;
                double share = positive / support, N = (double)count;
                instance->answers[m] = N * share;
                instance->weights[m] = 1 / (N * N * share * (1 - share) / support + .05);
                instance->support[m] = support;
                start[m + 1] = start[m] + count;
                m++;
            }
    instance->queries = (struct sparse){.rows = m, .columns = n, .start = start, .index = index};
}
