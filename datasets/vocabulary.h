/* Vocabulary of a column: text of a level -> code.
 *
 * Two texts are the same level when they are equal, or are the same number in another decimal form ("1" and "1.0"; not "01",
 * and not numbers of more than 15 digits, which a double cannot tell apart), or, in a boolean column, the same truth value in
 * other words ("True" and "1") when train has only one level of that truth value. */
#ifndef ASSAY_DATASETS_VOCABULARY_H
#define ASSAY_DATASETS_VOCABULARY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

struct vocabulary_slot {
    uint32_t hash, code; /* code + 1, 0 = free */
};

struct vocabulary {
    const char **texts; /* by code; live in `texts_arena` */
    const char **keys;  /* what is compared: the shortest form of a number, else the text */
    uint32_t count, capacity;
    struct vocabulary_slot *slots;
    uint32_t slot_mask;
    bool boolean;
    uint32_t truth[2];         /* boolean: code of the only level that means false, true; else CODE_MISSING */
    struct arena *texts_arena; /* not owned */
    struct arena *keys_arena;
};

/* texts_arena receives the texts of levels that are added. */
int vocabulary_init(struct vocabulary *vocabulary, struct arena *texts_arena, struct error *error);
/* Takes over existing levels as codes 0 … count−1; the texts are not copied. */
int vocabulary_load(struct vocabulary *vocabulary, const char *const *levels, uint32_t count, struct error *error);
/* From now on words of truth find their level in other words too. */
void vocabulary_set_boolean(struct vocabulary *vocabulary);
void vocabulary_free(struct vocabulary *vocabulary);

/* Code of the level, or CODE_MISSING when there is none. */
uint32_t vocabulary_find(const struct vocabulary *vocabulary, const char *text, size_t length);
/* Code of the level, which is added when there is none. */
int vocabulary_add(struct vocabulary *vocabulary, const char *text, size_t length, uint32_t *code, struct error *error);

/* 0 false, 1 true, −1 not a word of truth: 0/1, no/yes, n/y, false/true, f/t in any case. */
int truth_of(const char *text, size_t length);

#endif
