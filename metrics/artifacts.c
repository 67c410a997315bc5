/* The store of shared intermediate results: a linked list, newest first. An audit holds some dozens of them, so a walk costs
 * nothing beside the distances and models they are. */
#include <stdlib.h>
#include <string.h>

#include "metrics/measure.h"

struct artifact {
    char *kind;
    const void *a, *b;
    uint64_t number;
    void *data;
    struct arena *arena;
    artifact_release *release;
    struct artifact *next;
};

struct artifacts {
    struct artifact *first;
};

int artifacts_new(struct artifacts **artifacts, struct error *error)
{
    *artifacts = calloc(1, sizeof **artifacts);
    return *artifacts ? 0 : error_memory(error);
}

static void artifact_free(struct artifact *artifact)
{
    if (artifact->release && artifact->data)
        artifact->release(artifact->data);
    arena_free(artifact->arena);
    free(artifact->kind);
    free(artifact);
}

void artifacts_free(struct artifacts *artifacts)
{
    if (!artifacts)
        return;
    for (struct artifact *at = artifacts->first, *next; at; at = next) {
        next = at->next;
        artifact_free(at);
    }
    free(artifacts);
}

static struct artifact *look_up(const struct artifacts *artifacts, const char *kind, const void *a, const void *b,
                                uint64_t number)
{
    for (struct artifact *at = artifacts->first; at; at = at->next)
        if (at->a == a && at->b == b && at->number == number && strcmp(at->kind, kind) == 0)
            return at;
    return NULL;
}

void *artifact_find(struct artifacts *artifacts, const char *kind, const void *a, const void *b, uint64_t number)
{
    const struct artifact *found = look_up(artifacts, kind, a, b, number);

    return found ? found->data : NULL;
}

int artifact_put(struct artifacts *artifacts, const char *kind, const void *a, const void *b, uint64_t number,
                 struct arena *arena, artifact_release *release, void *data, struct error *error)
{
    struct artifact *artifact = calloc(1, sizeof *artifact);
    char *name = strdup(kind);

    if (!artifact || !name || look_up(artifacts, kind, a, b, number)) {
        const bool memory = !artifact || !name;

        free(artifact);
        free(name);
        if (release)
            release(data);
        arena_free(arena);
        return memory ? error_memory(error) : 0;
    }
    *artifact = (struct artifact){name, a, b, number, data, arena, release, artifacts->first};
    artifacts->first = artifact;
    return 0;
}

int artifact_get(struct artifacts *artifacts, const char *kind, const void *a, const void *b, uint64_t number,
                 artifact_make *make, artifact_release *release, void *context, void **data, struct error *error)
{
    const struct artifact *found = look_up(artifacts, kind, a, b, number);
    struct arena *arena;
    void *made = NULL;
    int status;

    if (found) {
        *data = found->data;
        return 0;
    }
    arena = arena_new();
    if (!arena)
        return error_memory(error);
    status = make(context, arena, &made, error);
    if (status) {
        if (release && made)
            release(made);
        arena_free(arena);
        return status;
    }
    *data = made;
    return artifact_put(artifacts, kind, a, b, number, arena, release, made, error);
}

void artifacts_drop(struct artifacts *artifacts, const void *table)
{
    struct artifact **at = &artifacts->first;

    while (*at) {
        struct artifact *artifact = *at;

        if (artifact->a == table || artifact->b == table) {
            *at = artifact->next;
            artifact_free(artifact);
        } else {
            at = &artifact->next;
        }
    }
}
