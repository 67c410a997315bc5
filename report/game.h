/* A privacy game as the report reads it: the JSON that `assay game --out` writes (docs/game.md). The words that PDF and
 * Markdown share are made here; they come of the numbers in the JSON alone. */
#ifndef ASSAY_REPORT_GAME_H
#define ASSAY_REPORT_GAME_H

#include <cjson/cJSON.h>

#include "core/arena.h"
#include "core/error.h"
#include "report/model.h"

enum { GAME_SIZES = 64 };

struct game_size { /* one number of synthetic rows */
    double rows, games, right;
    struct estimate accuracy, auc;
    double all, undetermined, queries;
};

struct game_model {
    const char *method, *secret, *solver, *version, *sha256;
    const char *hash; /* SHA-256 of the JSON as it is printed */
    double records, games, way, seed, unique, majority, population;
    bool one_table;
    struct text_list quasi;
    struct game_size size[GAME_SIZES]; /* ascending in rows */
    size_t n_sizes;
    const char *headline, *sentence; /* what came out; the largest number of rows in words */
    struct text_list rules, limits;  /* how the game is played; what it cannot say */
    struct arena *arena;
};

bool game_is(const cJSON *json); /* the JSON of a game */
/* ERROR_INPUT: another version, or without a curve. */
int game_read(const cJSON *json, struct arena *arena, struct game_model *game, struct error *error);

/* The cells of one row of the table, as text: rows, accuracy, AUC, all records, undetermined, queries. */
enum { GAME_CELLS = 6 };
extern const char *const game_cell_title[GAME_CELLS];
void game_cells(const struct game_model *game, size_t size, const char *cells[GAME_CELLS]);

#endif
