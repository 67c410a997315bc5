#include "datasets/vocabulary.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/hash.h"
#include "datasets/number.h"
#include "datasets/table.h"

enum { FIRST_SLOTS = 32, FIRST_LEVELS = 16 };

/* What a text is compared by; numbers are written into `scratch`. Free choice of decimals gives the shortest fixed form. */
static const char *level_key(const char *text, size_t *length, char scratch[32])
{
    /* Whole numbers as they are usually written need no thought. */
    size_t digits = 0;
    while (digits < *length && (unsigned char)(text[digits] - '0') < 10)
        digits++;
    if (digits == *length && digits <= 15 && (digits == 1 || *text != '0'))
        return text;
    struct number number;
    if (number_parse(text, *length, &number) != NUMBER_OK || number.leading_zero || !number.exact)
        return text;
    *length = number_format(number.value == 0 ? 0 : number.value, number.decimals, scratch);
    return scratch;
}

int truth_of(const char *text, size_t length)
{
    static const char *const words[][5] = {{"0", "no", "n", "false", "f"}, {"1", "yes", "y", "true", "t"}};
    char scratch[32];
    text = level_key(text, &length, scratch);
    for (int truth = 0; truth < 2; truth++)
        for (size_t i = 0; i < 5; i++)
            if (strlen(words[truth][i]) == length && strncasecmp(words[truth][i], text, length) == 0)
                return truth;
    return -1;
}

int vocabulary_init(struct vocabulary *vocabulary, struct arena *texts_arena, struct error *error)
{
    *vocabulary = (struct vocabulary){.texts_arena = texts_arena, .capacity = FIRST_LEVELS, .slot_mask = FIRST_SLOTS - 1};
    vocabulary->truth[0] = vocabulary->truth[1] = CODE_MISSING;
    vocabulary->texts = malloc(FIRST_LEVELS * sizeof *vocabulary->texts);
    vocabulary->keys = malloc(FIRST_LEVELS * sizeof *vocabulary->keys);
    vocabulary->slots = calloc(FIRST_SLOTS, sizeof *vocabulary->slots);
    vocabulary->keys_arena = arena_new();
    if (vocabulary->texts && vocabulary->keys && vocabulary->slots && vocabulary->keys_arena)
        return 0;
    vocabulary_free(vocabulary);
    return error_memory(error);
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    free(vocabulary->texts);
    free(vocabulary->keys);
    free(vocabulary->slots);
    arena_free(vocabulary->keys_arena);
    *vocabulary = (struct vocabulary){0};
}

/* Slot of the key, or the free slot where it belongs. The hash is compared first, so that the keys of other levels are seldom
 * touched. */
static uint32_t find_slot(const struct vocabulary *vocabulary, const char *key, size_t length, uint32_t hash)
{
    uint32_t slot = hash & vocabulary->slot_mask;
    for (; vocabulary->slots[slot].code; slot = (slot + 1) & vocabulary->slot_mask) {
        if (vocabulary->slots[slot].hash != hash)
            continue;
        const char *other = vocabulary->keys[vocabulary->slots[slot].code - 1];
        if (strncmp(other, key, length) == 0 && other[length] == '\0')
            break;
    }
    return slot;
}

static uint32_t key_hash(const char *key, size_t length)
{
    return (uint32_t)hash_bytes(key, length, 0);
}

static bool grow(struct vocabulary *vocabulary)
{
    uint32_t capacity = vocabulary->capacity + vocabulary->capacity / 2;
    if (capacity < vocabulary->capacity)
        return false;
    const char **texts = realloc(vocabulary->texts, capacity * sizeof *texts);
    if (!texts)
        return false;
    vocabulary->texts = texts;
    const char **keys = realloc(vocabulary->keys, capacity * sizeof *keys);
    if (!keys)
        return false;
    vocabulary->keys = keys;
    vocabulary->capacity = capacity;
    return true;
}

static bool resize_slots(struct vocabulary *vocabulary, size_t size)
{
    struct vocabulary_slot *old = vocabulary->slots, *slots = calloc(size, sizeof *slots);
    size_t count = (size_t)vocabulary->slot_mask + 1;
    if (!slots)
        return false;
    vocabulary->slots = slots;
    vocabulary->slot_mask = (uint32_t)(size - 1);
    for (size_t i = 0; i < count; i++) {
        if (!old[i].code)
            continue;
        uint32_t slot = old[i].hash & vocabulary->slot_mask;
        while (slots[slot].code)
            slot = (slot + 1) & vocabulary->slot_mask;
        slots[slot] = old[i];
    }
    free(old);
    return true;
}

static int append(struct vocabulary *vocabulary, const char *text, const char *key, uint32_t slot, uint32_t hash,
                  struct error *error)
{
    if (vocabulary->count == vocabulary->capacity && !grow(vocabulary))
        return error_memory(error);
    vocabulary->texts[vocabulary->count] = text;
    vocabulary->keys[vocabulary->count] = key;
    vocabulary->slots[slot] = (struct vocabulary_slot){hash, ++vocabulary->count};
    if (vocabulary->count > vocabulary->slot_mask / 2 && !resize_slots(vocabulary, 2 * ((size_t)vocabulary->slot_mask + 1)))
        return error_memory(error);
    return 0;
}

int vocabulary_load(struct vocabulary *vocabulary, const char *const *levels, uint32_t count, struct error *error)
{
    size_t size = FIRST_SLOTS;
    while (size / 2 <= count)
        size *= 2;
    int code = resize_slots(vocabulary, size) ? 0 : error_memory(error);
    for (uint32_t i = 0; i < count && !code; i++) {
        char scratch[32];
        size_t length = strlen(levels[i]);
        const char *key = level_key(levels[i], &length, scratch);
        uint32_t hash = key_hash(key, length), slot = find_slot(vocabulary, key, length, hash);
        if (key == scratch)
            key = strcmp(scratch, levels[i]) == 0 ? levels[i] : arena_copy(vocabulary->keys_arena, key, length);
        code = key ? append(vocabulary, levels[i], key, slot, hash, error) : error_memory(error);
    }
    return code;
}

void vocabulary_set_boolean(struct vocabulary *vocabulary)
{
    size_t seen[2] = {0, 0};
    for (uint32_t code = 0; code < vocabulary->count; code++) {
        int truth = truth_of(vocabulary->texts[code], strlen(vocabulary->texts[code]));
        if (truth >= 0 && seen[truth]++ == 0)
            vocabulary->truth[truth] = code;
        else if (truth >= 0)
            vocabulary->truth[truth] = CODE_MISSING;
    }
    vocabulary->boolean = true;
}

/* A text on its way into the table. */
struct probe {
    const char *key;
    size_t length;
    uint32_t hash, slot;
    char scratch[32];
};

/* Code of the level, or CODE_MISSING; the probe then says where it would belong. */
static uint32_t look_up(const struct vocabulary *vocabulary, const char *text, size_t length, struct probe *probe)
{
    probe->length = length;
    probe->key = level_key(text, &probe->length, probe->scratch);
    probe->hash = key_hash(probe->key, probe->length);
    probe->slot = find_slot(vocabulary, probe->key, probe->length, probe->hash);
    if (vocabulary->slots[probe->slot].code)
        return vocabulary->slots[probe->slot].code - 1;
    int truth = vocabulary->boolean ? truth_of(text, length) : -1;
    return truth < 0 ? CODE_MISSING : vocabulary->truth[truth];
}

uint32_t vocabulary_find(const struct vocabulary *vocabulary, const char *text, size_t length)
{
    struct probe probe;
    return look_up(vocabulary, text, length, &probe);
}

int vocabulary_add(struct vocabulary *vocabulary, const char *text, size_t length, uint32_t *code, struct error *error)
{
    struct probe probe;
    *code = look_up(vocabulary, text, length, &probe);
    if (*code != CODE_MISSING)
        return 0;
    const char *copy = arena_copy(vocabulary->texts_arena, text, length), *key = copy;
    if (copy && probe.key == probe.scratch && strcmp(probe.scratch, copy) != 0)
        key = arena_copy(vocabulary->keys_arena, probe.key, probe.length);
    if (!copy || !key)
        return error_memory(error);
    *code = vocabulary->count;
    return append(vocabulary, copy, key, probe.slot, probe.hash, error);
}
