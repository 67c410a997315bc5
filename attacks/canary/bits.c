/* Drawing random bits, planting them, and the auditor's key to them. */
#include "attacks/canary/bits.h"

#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "datasets/csv.h"

int bits_draw(const struct table *train, const char *column, uint64_t seed, struct bits *bits, struct error *error)
{
    struct random random;
    uint32_t *order;

    *bits = (struct bits){.column = column, .n = train->rows, .arena = arena_new()};
    order = bits->arena ? ARENA_ARRAY(bits->arena, uint32_t, bits->n + 1) : NULL;
    bits->bit = order ? ARENA_ARRAY(bits->arena, uint8_t, bits->n + 1) : NULL;
    int status = bits->bit ? 0 : error_memory(error);

    if (!status && schema_find(train->schema, column) != SIZE_MAX)
        status = error_set(error, ERROR_INPUT, "--bit: train has a column '%s' already; give another name", column);
    if (!status && bits->n < BITS_LEAST)
        status = error_set(error, ERROR_INPUT, "%zu rows are too few for random bits to prove anything; %d are the least",
                           bits->n, BITS_LEAST);
    if (status) {
        bits_free(bits);
        return status;
    }
    random_init(&random, seed, "canary bits", 0, 0);
    random_permutation(&random, bits->n, order);
    for (size_t i = 0; i < bits->n / 2; i++)
        bits->bit[order[i]] = 1;
    if (bits->n % 2)
        bits->bit[order[bits->n - 1]] = random_u32(&random) >> 31 != 0;
    return 0;
}

void bits_free(struct bits *bits)
{
    arena_free(bits->arena);
    *bits = (struct bits){0};
}

/* The schema of texts with the column of bits behind; shares the columns' levels. */
static int add_column(const struct schema *texts, const char *column, struct arena *arena, struct schema **out,
                      struct error *error)
{
    static const char *levels[] = {"0", "1"};
    const size_t n = texts->n_columns;
    struct column_schema *columns = ARENA_ARRAY(arena, struct column_schema, n + 1);

    *out = ARENA_NEW(arena, struct schema);
    if (!*out || !columns)
        return error_memory(error);
    memcpy(columns, texts->columns, n * sizeof *columns);
    columns[n] = (struct column_schema){.name = column, .type = COLUMN_TEXT, .levels = levels, .n_levels = 2};
    **out = (struct schema){.n_columns = n + 1, .columns = columns};
    return 0;
}

int bits_write(const struct bits *bits, const char *train_path, const char *out_path, struct error *error)
{
    struct arena *arena = arena_new();
    struct schema *texts = NULL, *schema;
    struct table *train = NULL, *planted = NULL;
    int status = arena ? csv_read_texts(train_path, "train", &texts, &train, error) : error_memory(error);

    if (!status && train->rows != bits->n)
        status = error_set(error, ERROR_INPUT, "'%s' has changed while it was read", train_path);
    if (!status)
        status = add_column(texts, bits->column, arena, &schema, error);
    if (!status)
        status = table_new(&planted, schema, "train with bits", bits->n, error);
    if (!status) {
        for (size_t j = 0; j < train->n_columns; j++)
            memcpy(table_codes(planted, j), train->columns[j].code, bits->n * sizeof(uint32_t));
        for (size_t i = 0; i < bits->n; i++)
            table_codes(planted, train->n_columns)[i] = bits->bit[i];
        status = csv_write(planted, out_path, error);
    }
    table_free(planted);
    table_free(train);
    schema_free(texts);
    arena_free(arena);
    return status;
}

cJSON *bits_json(const struct bits *bits, const struct input_file *train)
{
    cJSON *json = cJSON_CreateObject(), *source;
    char *text = calloc(bits->n + 1, 1);

    for (size_t i = 0; text && i < bits->n; i++)
        text[i] = bits->bit[i] ? '1' : '0';
    json_add_string(json, "format", BITS_FORMAT);
    json_add_number(json, "version", 1);
    source = json_add_object(json, "train");
    json_add_string(source, "sha256", train->sha256);
    json_add_number(source, "rows", (double)bits->n);
    json_add_string(json, "column", bits->column);
    json_attach(json, "bits", text ? cJSON_CreateString(text) : NULL);
    free(text);
    return json;
}

static int fail(const char *path, const char *what, struct error *error)
{
    return error_set(error, ERROR_INPUT, "%s: %s; give the key that 'assay canary make --bit' wrote for this training table",
                     path, what);
}

static int read_bits(const cJSON *json, const char *path, const struct input_file *train, struct bits *bits,
                     struct error *error)
{
    const char *text = json_get_string(json, "bits", ""), *column = json_get_string(json, "column", "");
    size_t ones = 0;

    if (strcmp(json_get_string(json, "format", ""), BITS_FORMAT) != 0 || json_get_number(json, "version", 0) != 1 || !*column)
        return fail(path, "not a key of random bits of version 1", error);
    if (strcmp(json_get_string(json, "train.sha256", ""), train->sha256) != 0)
        return fail(path, "the key was made with another training table (--train is the one without the bits)", error);
    bits->n = strlen(text);
    bits->column = arena_string(bits->arena, column);
    bits->bit = ARENA_ARRAY(bits->arena, uint8_t, bits->n + 1);
    if (!bits->column || !bits->bit)
        return error_memory(error);
    if (bits->n != train->table->rows || strspn(text, "01") != bits->n)
        return fail(path, "not one bit for each row of train", error);
    for (size_t i = 0; i < bits->n; i++)
        ones += bits->bit[i] = text[i] == '1';
    if (ones != bits->n / 2 && ones != bits->n - bits->n / 2)
        return fail(path, "half of the bits must be 1", error);
    if (schema_find(train->table->schema, column) != SIZE_MAX)
        return fail(path, "train has the column of bits itself", error);
    return 0;
}

int bits_read(const char *path, const struct input_file *train, struct bits *bits, struct error *error)
{
    cJSON *json = NULL;
    int status = json_read_file(path, false, &json, error);

    *bits = (struct bits){.arena = arena_new()};
    if (!status && !bits->arena)
        status = error_memory(error);
    if (!status)
        status = read_bits(json, path, train, bits, error);
    if (status)
        bits_free(bits);
    cJSON_Delete(json);
    return status;
}
