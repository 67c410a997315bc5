#include "core/suggest.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST = 63 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t suggest_distance(const char *a, const char *b)
{
    size_t rows = strnlen(a, LONGEST), columns = strnlen(b, LONGEST);
    size_t table[3][LONGEST + 1]; /* the last three rows */
    for (size_t j = 0; j <= columns; j++)
        table[0][j] = j;
    for (size_t i = 1; i <= rows; i++) {
        size_t *row = table[i % 3];
        const size_t *above = table[(i + 2) % 3], *swap = table[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], swap[j - 2] + 1);
        }
    }
    return table[rows % 3][columns];
}

struct suggestion suggest_start(const char *word)
{
    return (struct suggestion){.word = word, .distance = SIZE_MAX};
}

void suggest_offer(struct suggestion *suggestion, const char *candidate)
{
    size_t distance = suggest_distance(suggestion->word, candidate);
    if (distance < suggestion->distance) {
        suggestion->distance = distance;
        suggestion->best = candidate;
    }
}

/* A third of the word may be wrong; a single letter says too little. */
const char *suggest_best(const struct suggestion *suggestion)
{
    size_t length = strlen(suggestion->word);
    return length > 1 && suggestion->distance <= (length + 2) / 3 ? suggestion->best : NULL;
}
