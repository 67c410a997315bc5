/* Two tables about what an attacker knows and wants: every secret with what each attack guesses of it, on training records and
 * on strangers; and the sets of columns by which people can be told apart. */
#include <math.h>
#include <string.h>

#include "report/figures_privacy.h"
#include "report/pages.h"
#include "report/table.h"
#include "report/words.h"

enum { SETS_SHOWN = 8 };

struct guess {
    const char *attack;
    double train, strangers, constant;
    struct estimate advantage;
};

static struct table secrets_table(void)
{
    struct table table = {.x = grid_x(0), .padding = 2, .n_columns = 6};
    table.columns[0] = (struct table_column){"Secret", 104, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"attack", TEXT_WIDTH - 104 - 50 - 50 - 50 - 96, ALIGN_LEFT};
    table.columns[2] = (struct table_column){"training records", 50, ALIGN_RIGHT};
    table.columns[3] = (struct table_column){"strangers", 50, ALIGN_RIGHT};
    table.columns[4] = (struct table_column){"without looking", 50, ALIGN_RIGHT};
    table.columns[5] = (struct table_column){"advantage", 96, ALIGN_RIGHT};
    return table;
}

/* `head`: the table's head is still to come. */
static void draw_guess(struct document *document, const struct table *table, const char *secret, const struct guess *guess,
                       bool *head)
{
    struct arena *arena = document->arena;
    struct table_cell cells[TABLE_COLUMNS] = {0};
    if (*head) {
        flow_heading(document, "Secrets, one by one", 80);
        flow_text(
            document, &style_grey,
            "Values guessed right of training records and of strangers, people the generator never saw: what works on "
            "both is what the table says about people in general, not a leak. Without looking: by one value for all, or a "
            "random draw. Advantage: how much more is guessed of training records, as its measure defines it, with "
            "its interval.",
            grid_x(0), TEXT_WIDTH);
        document->y += 4;
        table_head(document, table);
    }
    *head = false;
    cells[0] = (struct table_cell){.text = secret, .strong = true};
    cells[1].text = guess->attack;
    cells[2].text = number_text(arena, guess->train, 1, FORM_PERCENT);
    cells[3].text = number_text(arena, guess->strangers, 1, FORM_PERCENT);
    cells[4].text = number_text(arena, guess->constant, 1, FORM_PERCENT);
    cells[5] =
        (struct table_cell){.text = number_estimate(arena, &guess->advantage, FORM_PERCENT), .strong = guess->advantage.lo > 0};
    table_row(document, table, cells, NULL);
}

static struct estimate estimate_of(const cJSON *object, const char *key)
{
    return (struct estimate){model_number(object, key), model_number(object, "lo"), model_number(object, "hi")};
}

static struct guess guess_reconstruction(struct arena *arena, const cJSON *secret)
{
    (void)arena;
    return (struct guess){"linear reconstruction", model_number(secret, "accuracy"), model_number(secret, "holdout"),
                          model_number(secret, "majority"), estimate_of(secret, "advantage")};
}

/* The attack with the largest advantage. */
static struct guess guess_attribute(struct arena *arena, const cJSON *secret)
{
    const cJSON *attack = model_first(cJSON_GetObjectItemCaseSensitive(secret, "attacks")), *most = attack;
    for (; attack; attack = attack->next)
        if (model_number(attack, "advantage") > model_number(most, "advantage"))
            most = attack;
    return (struct guess){arena_format(arena, "attribute: %s, rare values count more", attack_name(arena, most)),
                          model_number(most, "train"), model_number(most, "holdout"), model_number(secret, "constant"),
                          estimate_of(most, "advantage")};
}

static struct guess guess_inference(struct arena *arena, const cJSON *secret)
{
    (void)arena;
    return (struct guess){"inference: nearest synthetic row", model_number(secret, "attack"), model_number(secret, "control"),
                          model_number(secret, "baseline"), estimate_of(secret, "risk")};
}

static const struct {
    const char *id;
    struct guess (*read)(struct arena *arena, const cJSON *secret);
} sources[] = {{"privacy.reconstruction", guess_reconstruction},
               {"privacy.attribute", guess_attribute},
               {"privacy.inference", guess_inference}};
enum { SOURCES = sizeof sources / sizeof *sources };

static const cJSON *secrets_of(const struct model_candidate *candidate, size_t source)
{
    return model_first(cJSON_GetObjectItemCaseSensitive(figure_details(candidate, sources[source].id), "secrets"));
}

static const cJSON *find_secret(struct arena *arena, const struct model_candidate *candidate, size_t source, const char *column)
{
    const cJSON *secret = secrets_of(candidate, source);
    while (secret && strcmp(model_text(arena, secret, "column"), column) != 0)
        secret = secret->next;
    return secret;
}

/* What all attacks guess of one secret, unless an earlier source has had it. */
static void draw_secret(struct document *document, const struct table *table, const struct model_candidate *candidate,
                        size_t source, const char *column, bool *head)
{
    struct arena *arena = document->arena;
    const char *name = column;
    for (size_t k = 0; k < source; k++)
        if (find_secret(arena, candidate, k, column))
            return;
    for (size_t k = source; k < SOURCES; k++) {
        const cJSON *secret = find_secret(arena, candidate, k, column);
        const struct guess guess = secret ? sources[k].read(arena, secret) : (struct guess){.train = NAN};
        if (!isfinite(guess.train))
            continue;
        draw_guess(document, table, name, &guess, head);
        name = "";
    }
}

void part_secrets(struct document *document, const struct model_candidate *candidate)
{
    const struct table table = secrets_table();
    bool head = true;
    for (size_t k = 0; k < SOURCES; k++)
        for (const cJSON *secret = secrets_of(candidate, k); secret; secret = secret->next)
            draw_secret(document, &table, candidate, k, model_text(document->arena, secret, "column"), &head);
    if (!head)
        table_end(document, &table);
}

static const char *join_columns(struct arena *arena, const cJSON *set)
{
    const struct text_list names = model_texts(arena, cJSON_GetObjectItemCaseSensitive(set, "columns"));
    const char *text = "";
    for (size_t i = 0; i < names.count; i++)
        text = arena_format(arena, "%s%s%s", text, i > 0 ? ", " : "", text_shorten(arena, names.items[i], 40));
    return text;
}

void part_quasi(struct document *document, const struct model_candidate *candidate)
{
    struct arena *arena = document->arena;
    const cJSON *details = figure_details(candidate, "privacy.identity");
    const cJSON *set = model_first(cJSON_GetObjectItemCaseSensitive(details, "proposed"));
    const cJSON *quasi = cJSON_GetObjectItemCaseSensitive(details, "quasi");
    struct table table = {.x = grid_x(0), .padding = 2, .n_columns = 2};
    if (!set)
        return;
    table.columns[0] = (struct table_column){"Columns", TEXT_WIDTH - 130, ALIGN_LEFT};
    table.columns[1] = (struct table_column){"records alone with them", 130, ALIGN_RIGHT};
    flow_heading(document, "Which columns tell people apart", 80);
    flow_text(
        document, &style_grey,
        arena_format(arena,
                     "Attacked here as known (%s): %s; %s of the training records are alone with their values. Below, what "
                     "a search of the training table finds: the smallest set of columns with most records alone, others "
                     "as large, and the best of each smaller size.",
                     cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(quasi, "given")) ? "as given" : "as proposed",
                     join_columns(arena, quasi), number_text(arena, model_number(quasi, "unique"), 1, FORM_PERCENT)),
        grid_x(0), TEXT_WIDTH);
    document->y += 4;
    table_head(document, &table);
    for (size_t i = 0; set && i < SETS_SHOWN; i++, set = set->next) {
        struct table_cell cells[TABLE_COLUMNS] = {0};
        cells[0].text = join_columns(arena, set);
        cells[1].text = number_text(arena, model_number(set, "unique"), 1, FORM_PERCENT);
        table_row(document, &table, cells, NULL);
    }
    table_end(document, &table);
}
