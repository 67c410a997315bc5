/* Finished games: WORK/game-KEY-NUMBER.json, a file each, written under another name and then renamed, so that what bears that
 * name is whole. No cell of any record is in it. */
#include <math.h>
#include <string.h>

#include "attacks/reconstruction/game_round.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/outdir.h"

enum { KEY = 24 /* hex digits */ };

#define FORMAT "assay-game-round"

int round_key(const struct games *games, struct arena *arena, const char **key, struct error *error)
{
    const struct game_options *options = games->options;
    const bool one_table = options->generator->builtin || options->prefix;
    struct strbuf text = STRBUF_INIT;
    char hash[65], program[65];
    int status = command_fingerprint(options->generator, program, error);
    if (status)
        return status;
    strbuf_addf(&text, "assay game 2\n%s\n%s\n%016llx %zu %zu %zu %zu %zu %d %llu\n", options->generator->text, program,
                (unsigned long long)table_hash(games->population), options->secret, options->n_quasi, options->records,
                options->way, options->exact_records, one_table, (unsigned long long)options->seed);
    for (size_t a = 0; a < options->n_quasi; a++)
        strbuf_addf(&text, "%zu ", options->quasi[a]);
    for (size_t m = 0; m < options->n_rows; m++)
        strbuf_addf(&text, "\n%zu", options->rows[m]);
    if (!text.failed)
        hash_sha256(text.text, text.length, hash);
    *key = text.failed ? NULL : arena_copy(arena, hash, KEY);
    strbuf_free(&text);
    return *key ? 0 : error_memory(error);
}

static void name_file(const struct games *games, size_t index, struct strbuf *name)
{
    strbuf_addf(name, "%s/game-%s-%06zu.json", games->options->work, games->key, index);
}

int round_keep(const struct games *games, size_t index, const struct play *play, struct error *error)
{
    struct strbuf name = STRBUF_INIT, text = STRBUF_INIT;
    cJSON *json = cJSON_CreateObject(), *points;
    json_add_string(json, "format", FORMAT);
    json_add_number(json, "version", 1);
    json_add_bool(json, "coin", play->coin);
    json_add_number(json, "unique", play->unique);
    json_add_number(json, "majority", play->majority);
    points = json_add_array(json, "points");
    for (size_t m = 0; m < games->options->n_rows; m++) {
        const struct play_point *point = &play->point[m];
        cJSON *item = json_push_object(points);
        json_add_bool(item, "right", point->right);
        json_add_bool(item, "undetermined", point->undetermined);
        json_add_number(item, "score", point->score);
        json_add_number(item, "queries", point->queries);
        json_add_number(item, "all_right", point->all_right);
    }
    json_print(json, &text);
    strbuf_addc(&text, '\n');
    name_file(games, index, &name);
    int status = text.failed || name.failed ? error_memory(error) : file_write(name.text, text.text, text.length, error);
    cJSON_Delete(json);
    strbuf_free(&name);
    strbuf_free(&text);
    return status;
}

static bool read_point(const cJSON *item, struct play_point *point)
{
    const cJSON *right = json_get(item, "right"), *undetermined = json_get(item, "undetermined");
    *point = (struct play_point){.right = cJSON_IsTrue(right),
                                 .undetermined = cJSON_IsTrue(undetermined),
                                 .score = json_get_number(item, "score", NAN),
                                 .queries = json_get_number(item, "queries", NAN),
                                 .all_right = json_get_number(item, "all_right", NAN)};
    return cJSON_IsBool(right) && cJSON_IsBool(undetermined) && isfinite(point->score) && isfinite(point->queries) &&
           isfinite(point->all_right);
}

static bool read_play(const cJSON *json, size_t n_rows, struct play *play)
{
    const cJSON *coin = json_get(json, "coin"), *points = json_get(json, "points"), *item = points ? points->child : NULL;
    size_t m = 0;
    *play = (struct play){.coin = cJSON_IsTrue(coin),
                          .unique = json_get_number(json, "unique", NAN),
                          .majority = json_get_number(json, "majority", NAN)};
    while (item && m < n_rows && read_point(item, &play->point[m])) {
        item = item->next;
        m++;
    }
    return strcmp(json_get_string(json, "format", ""), FORMAT) == 0 && json_get_number(json, "version", 0) == 1 &&
           cJSON_IsBool(coin) && m == n_rows && !item && isfinite(play->unique) && isfinite(play->majority);
}

bool round_find(const struct games *games, size_t index, struct play *play)
{
    struct strbuf name = STRBUF_INIT;
    cJSON *json = NULL;
    name_file(games, index, &name);
    const bool found =
        !name.failed && !json_read_file(name.text, false, &json, NULL) && read_play(json, games->options->n_rows, play);
    cJSON_Delete(json);
    strbuf_free(&name);
    return found;
}
