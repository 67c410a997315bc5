#include "report/game.h"

#include <math.h>
#include <string.h>

#include "core/json.h"

const char *const game_cell_title[GAME_CELLS] = {"synthetic rows",       "accuracy (interval)",  "AUC (interval)",
                                                 "right of all records", "undetermined targets", "queries"};

bool game_is(const cJSON *json)
{
    return strcmp(json_get_string(json, "format", ""), "assay-game") == 0;
}

static void read_sizes(const cJSON *curve, struct game_model *game)
{
    const cJSON *item;
    for (item = model_first(curve); item && game->n_sizes < GAME_SIZES; item = item->next) {
        struct game_size *size = &game->size[game->n_sizes];
        *size = (struct game_size){
            .rows = model_number(item, "rows"),
            .games = model_number(item, "games"),
            .right = model_number(item, "right"),
            .accuracy = {model_number(item, "accuracy"), model_number(item, "lo"), model_number(item, "hi")},
            .auc = {model_number(item, "auc"), model_number(item, "auc_lo"), model_number(item, "auc_hi")},
            .all = model_number(item, "accuracy_all_records"),
            .undetermined = model_number(item, "undetermined"),
            .queries = model_number(item, "queries"),
        };
        const double least = game->n_sizes > 0 ? size[-1].rows : 0;
        game->n_sizes += size->rows > least && isfinite(size->accuracy.value);
    }
}

/* The same point in all words: a share with its interval. */
static const char *share_words(struct arena *arena, const struct estimate *share)
{
    const int decimals = number_decimals(share, FORM_PERCENT);
    return arena_format(arena, "%s of cases (%s)", number_text(arena, share->value, decimals, FORM_PERCENT),
                        number_range(arena, share, decimals, FORM_PERCENT));
}

/* By the largest number of rows, which is chosen before the games are played: the others are the curve's. */
static void conclude(struct game_model *game)
{
    struct arena *arena = game->arena;
    const struct game_size *last = &game->size[game->n_sizes - 1];
    const char *rows = number_count(arena, last->rows);
    const char *known = game->quasi.count == 1
                            ? "the known column"
                            : arena_format(arena, "the %s known columns", number_count(arena, (double)game->quasi.count));
    game->sentence = arena_format(
        arena,
        "Who knows %s of the people in the training data guesses the secret \xe2\x80\x9c%s\xe2\x80\x9d of one of them "
        "right in %s from %s synthetic rows. 50\xc2\xa0%% is chance: the secret was set by a coin.",
        known, game->secret, share_words(arena, &last->accuracy), rows);
    if (last->accuracy.lo > 0.5)
        game->headline = arena_format(arena,
                                      "\xe2\x80\x9c%s\xe2\x80\x9d gives the secrets of its training records away: %s synthetic "
                                      "rows tell more than chance.",
                                      game->method, rows);
    else
        game->headline = arena_format(arena,
                                      "No leak was found in %s games: from %s synthetic rows of \xe2\x80\x9c%s\xe2\x80\x9d a "
                                      "secret is guessed right in at most %s of cases.",
                                      number_count(arena, last->games), rows, game->method,
                                      number_text(arena, last->accuracy.hi, 0, FORM_PERCENT));
}

static void write_rules(struct game_model *game)
{
    struct arena *arena = game->arena;
    static const char *limits[] = {
        "It is about the generator as it was run here, on as many records; a release from other records may leak more or less.",
        "Targets are unique in the known columns. Records that equal others are better hidden.",
        "The attack is one attack. Chance in this game says nothing about attacks that are better, or know more.",
        "What is guessed right of all records may be a leak, or hold for people in general: only the coin tells the two apart.",
    };
    const char **rules = ARENA_ARRAY(arena, const char *, 4);
    if (!rules)
        return;
    rules[0] =
        arena_format(arena,
                     "Each game draws %s records from %s and sets the secret of one of them, the target, by a fair coin. "
                     "The generator is run on these records.",
                     number_count(arena, game->records), number_count(arena, game->population));
    rules[1] = arena_format(arena,
                            "The attacker has the synthetic rows and the known columns of all records. Linear reconstruction "
                            "(%s-way counts, %s) looks for the secrets that fit the shares in the synthetic rows best.",
                            number_count(arena, game->way), game->solver);
    rules[2] =
        "The coin depends on nothing. Nobody can infer it from what holds for people in general: accuracy above 50\xc2\xa0% is "
        "knowledge of this very record.";
    rules[3] = game->one_table
                   ? "One table a game: its first rows serve as the smaller tables, with the same records and coins."
                   : "The generator was run again for each number of rows, with the same records and coins.";
    game->rules = (struct text_list){rules, game->n_sizes > 1 ? 4 : 3};
    game->limits = (struct text_list){limits, sizeof limits / sizeof *limits};
}

int game_read(const cJSON *json, struct arena *arena, struct game_model *game, struct error *error)
{
    const cJSON *population = cJSON_GetObjectItemCaseSensitive(json, "population");
    *game = (struct game_model){.method = model_text(arena, json, "method"),
                                .secret = model_text(arena, json, "secret"),
                                .solver = model_text(arena, json, "solver"),
                                .version = model_text(arena, json, "assay"),
                                .sha256 = model_text(arena, population, "sha256"),
                                .population = model_number(population, "rows"),
                                .records = model_number(json, "records"),
                                .games = model_number(json, "games"),
                                .way = model_number(json, "k"),
                                .seed = model_number(json, "seed"),
                                .unique = model_number(json, "unique"),
                                .majority = model_number(json, "majority"),
                                .one_table = json_get_bool(json, "one_table", false),
                                .quasi = model_texts(arena, cJSON_GetObjectItemCaseSensitive(json, "quasi_columns")),
                                .arena = arena};
    if (json_get_number(json, "version", 0) != 1)
        return error_set(error, ERROR_INPUT, "a privacy game of another version than 1");
    read_sizes(cJSON_GetObjectItemCaseSensitive(json, "curve"), game);
    if (game->n_sizes == 0)
        return error_set(error, ERROR_INPUT,
                         "the privacy game has no 'curve' that can be drawn; play it again with assay game");
    conclude(game);
    write_rules(game);
    return model_hash(json, arena, &game->hash, error);
}

void game_cells(const struct game_model *game, size_t i, const char *cells[GAME_CELLS])
{
    struct arena *arena = game->arena;
    const struct game_size *size = &game->size[i];
    cells[0] = number_count(arena, size->rows);
    cells[1] = number_estimate(arena, &size->accuracy, FORM_PERCENT);
    cells[2] = number_estimate(arena, &size->auc, FORM_SCORE);
    cells[3] = number_text(arena, size->all, 1, FORM_PERCENT);
    cells[4] = number_text(arena, size->undetermined, 0, FORM_PERCENT);
    cells[5] = number_count(arena, size->queries);
}
