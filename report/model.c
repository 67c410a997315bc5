#include "report/model.h"

#include <math.h>
#include <string.h>

#include "core/hash.h"
#include "core/json.h"
#include "report/words.h"

const char *const control_names[CONTROL_COUNT] = {"copy", "independent", "uniform"};

const char *model_text(struct arena *arena, const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    return cJSON_IsString(item) && item->valuestring ? clean_text(arena, item->valuestring) : "";
}

double model_number(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    return cJSON_IsNumber(item) && isfinite(item->valuedouble) ? item->valuedouble : NAN;
}

const cJSON *model_first(const cJSON *array)
{
    return cJSON_IsArray(array) ? array->child : NULL;
}

struct text_list model_texts(struct arena *arena, const cJSON *array)
{
    struct text_list list = {NULL, 0};
    int size = cJSON_IsArray(array) ? cJSON_GetArraySize(array) : 0;
    if (size <= 0)
        return list;
    list.items = ARENA_ARRAY(arena, const char *, (size_t)size);
    const cJSON *item;
    if (list.items)
        for (item = model_first(array); item; item = item->next)
            if (cJSON_IsString(item) && item->valuestring && *item->valuestring)
                list.items[list.count++] = clean_text(arena, item->valuestring);
    return list;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* With a full stop at its end, no line break between a number and its percent sign, and a minus in place of its hyphen. */
static const char *as_sentence(struct arena *arena, const char *text)
{
    static const char space[] = "\xc2\xa0", minus[] = "\xe2\x88\x92";
    size_t length = strlen(text), used = 0;
    char *out = length > 0 ? arena_alloc(arena, 3 * length + 2) : NULL;
    if (!out)
        return text;
    for (size_t i = 0; i < length; i++) {
        const bool percent = text[i] == ' ' && text[i + 1] == '%' && i > 0 && is_digit(text[i - 1]);
        const bool negative = text[i] == '-' && is_digit(text[i + 1]) && i > 0 && strchr(" (", text[i - 1]);
        const char *put = percent ? space : negative ? minus : NULL;
        if (put) {
            memcpy(out + used, put, strlen(put));
            used += strlen(put);
        } else
            out[used++] = text[i];
    }
    if (!strchr(".!?:", text[length - 1]))
        out[used++] = '.';
    out[used] = '\0';
    return out;
}

const char *model_sentence(struct arena *arena, const cJSON *json, const char *key)
{
    return as_sentence(arena, model_text(arena, json, key));
}

static const char *capitalised(struct arena *arena, const char *text)
{
    if (text[0] < 'a' || text[0] > 'z')
        return text;
    char *out = arena_string(arena, text);
    if (out)
        out[0] = (char)(out[0] - 'a' + 'A');
    return out ? out : text;
}

struct text_list model_sentences(struct arena *arena, const cJSON *array)
{
    struct text_list list = model_texts(arena, array);
    for (size_t i = 0; i < list.count; i++)
        list.items[i] = capitalised(arena, as_sentence(arena, list.items[i]));
    return list;
}

static void read_table(const cJSON *json, const char *role, struct model *model)
{
    if (!cJSON_IsObject(json))
        return;
    struct model_table *table = &model->tables[model->n_tables++];
    table->role = role;
    table->name = model_text(model->arena, json, "name");
    table->file = model_text(model->arena, json, "file");
    table->sha256 = model_text(model->arena, json, "sha256");
    table->rows = model_number(json, "rows");
    table->columns = model_number(json, "columns");
    table->bytes = model_number(json, "bytes");
    table->extra_columns = model_texts(model->arena, cJSON_GetObjectItemCaseSensitive(json, "extra_columns"));
}

static const struct model_table *table_of(const struct model *model, const char *role)
{
    for (size_t i = 0; i < model->n_tables; i++)
        if (strcmp(model->tables[i].role, role) == 0)
            return &model->tables[i];
    return NULL;
}

static int read_inputs(const cJSON *audit, struct model *model, struct error *error)
{
    const cJSON *inputs = cJSON_GetObjectItemCaseSensitive(audit, "inputs"), *item;
    const cJSON *candidates = cJSON_GetObjectItemCaseSensitive(inputs, "candidates");
    const int listed = cJSON_IsArray(candidates) ? cJSON_GetArraySize(candidates) : 0;
    model->tables = ARENA_ARRAY(model->arena, struct model_table, (size_t)listed + 3);
    if (!model->tables)
        return error_memory(error);
    static const char *const roles[] = {"train", "holdout", "reference"};
    for (size_t i = 0; i < 3; i++)
        read_table(cJSON_GetObjectItemCaseSensitive(inputs, roles[i]), roles[i], model);
    for (item = model_first(candidates); item; item = item->next)
        read_table(item, "candidate", model);
    model->train = table_of(model, "train");
    model->holdout = table_of(model, "holdout");
    model->reference = table_of(model, "reference");
    return 0;
}

static void read_head(const cJSON *audit, struct model *model)
{
    const cJSON *policy = cJSON_GetObjectItemCaseSensitive(audit, "policy");
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(audit, "schema");
    const cJSON *weights = cJSON_GetObjectItemCaseSensitive(policy, "weights");
    model->version = model_text(model->arena, audit, "assay");
    model->date = model_text(model->arena, audit, "date");
    model->set = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(audit, "selection"), "set");
    model->seed = model_number(audit, "seed");
    model->policy = model_text(model->arena, policy, "name");
    model->holm = strcmp(model_text(model->arena, policy, "multiplicity"), "holm") == 0;
    model->k = model_number(policy, "k");
    model->alpha = model_number(policy, "alpha");
    for (int d = 0; d < DIMENSION_COUNT; d++)
        model->weights[d] = model_number(weights, dimension_key[d]);
    model->task = model_text(model->arena, schema, "target_task");
    model->schema_columns = cJSON_GetObjectItemCaseSensitive(schema, "columns");
    model->warnings = model_sentences(model->arena, cJSON_GetObjectItemCaseSensitive(audit, "warnings"));
    model->catalogue = cJSON_GetObjectItemCaseSensitive(audit, "catalogue");
}

static int read_presets(const cJSON *audit, struct model *model, struct error *error)
{
    const cJSON *ranking = cJSON_GetObjectItemCaseSensitive(audit, "ranking"), *item;
    const cJSON *presets = cJSON_GetObjectItemCaseSensitive(ranking, "presets");
    model->pool_reason = model_text(model->arena, ranking, "pool_reason");
    int size = cJSON_IsObject(presets) ? cJSON_GetArraySize(presets) : 0;
    if (size <= 0)
        return 0;
    model->presets = ARENA_ARRAY(model->arena, struct model_preset, (size_t)size);
    if (!model->presets)
        return error_memory(error);
    for (item = presets->child; item; item = item->next) {
        struct model_preset *preset = &model->presets[model->n_presets++];
        preset->name = clean_text(model->arena, item->string ? item->string : "");
        preset->order = model_texts(model->arena, item);
    }
    return 0;
}

/* Best first: the order of the ranking, then what it does not list. Insertion keeps equal places in the order of the file. */
static void order_candidates(const cJSON *audit, struct model *model)
{
    const cJSON *ranking = cJSON_GetObjectItemCaseSensitive(audit, "ranking");
    struct model_preset order = {"", model_texts(model->arena, cJSON_GetObjectItemCaseSensitive(ranking, "order"))};
    for (size_t i = 1; i < model->n_candidates; i++) {
        struct model_candidate moved = model->candidates[i];
        size_t place = model_rank_in(&order, moved.name), j = i;
        for (; j > 0 && place > 0; j--) {
            size_t other = model_rank_in(&order, model->candidates[j - 1].name);
            if (other > 0 && other <= place)
                break;
            model->candidates[j] = model->candidates[j - 1];
        }
        model->candidates[j] = moved;
    }
}

/* What the sweep over weights says of each candidate. */
static void read_pool(const cJSON *audit, struct model *model)
{
    const cJSON *ranking = cJSON_GetObjectItemCaseSensitive(audit, "ranking");
    const cJSON *pool = cJSON_GetObjectItemCaseSensitive(ranking, "pool"), *item;
    for (item = model_first(cJSON_GetObjectItemCaseSensitive(pool, "candidates")); item; item = item->next) {
        const char *name = model_text(model->arena, item, "name");
        for (size_t i = 0; i < model->n_candidates; i++)
            if (strcmp(model->candidates[i].name, name) == 0)
                model->candidates[i].win_share = model_number(item, "win_share");
    }
}

static int read_candidates(const cJSON *audit, struct model *model, struct error *error)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(audit, "candidates"), *item;
    if (!cJSON_IsArray(list))
        return error_set(error, ERROR_INPUT, "the audit has no list of 'candidates'; is this an audit.json of assay");
    model->candidates = ARENA_ARRAY(model->arena, struct model_candidate, (size_t)cJSON_GetArraySize(list) + 1);
    if (!model->candidates)
        return error_memory(error);
    for (item = model_first(list); item; item = item->next) {
        int status = model_read_candidate(item, model, &model->candidates[model->n_candidates], error);
        if (status)
            return status;
        model->n_candidates++;
    }
    order_candidates(audit, model);
    read_pool(audit, model);
    return 0;
}

static int read_claims(const cJSON *audit, struct model *model, struct error *error)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(audit, "claims"), *item;
    const int size = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    model->claims = ARENA_ARRAY(model->arena, struct model_claim, (size_t)size + 1);
    if (!model->claims)
        return error_memory(error);
    for (item = model_first(list); item; item = item->next) {
        struct model_claim *claim = &model->claims[model->n_claims++];
        claim->statement = model_sentence(model->arena, item, "statement");
        claim->source = model_text(model->arena, item, "source");
        claim->why = model_sentence(model->arena, item, "why");
        claim->result = model_text(model->arena, item, "result");
        claim->status = strcmp(claim->result, "PASS") == 0   ? STATUS_PASS
                        : strcmp(claim->result, "FAIL") == 0 ? STATUS_FAIL
                                                             : STATUS_UNDECIDED;
    }
    return 0;
}

int model_hash(const cJSON *json, struct arena *arena, const char **hash, struct error *error)
{
    struct strbuf printed = STRBUF_INIT;
    char hex[65];
    json_print(json, &printed);
    strbuf_addc(&printed, '\n'); /* as the file ends */
    if (printed.failed) {
        strbuf_free(&printed);
        return error_memory(error);
    }
    hash_sha256(printed.text ? printed.text : "", printed.length, hex);
    strbuf_free(&printed);
    *hash = arena_string(arena, hex);
    return *hash ? 0 : error_memory(error);
}

int model_read(const cJSON *audit, struct arena *arena, struct model *model, struct error *error)
{
    memset(model, 0, sizeof *model);
    model->arena = arena;
    if (!cJSON_IsObject(audit))
        return error_set(error, ERROR_INPUT, "the audit is not a JSON object; is this an audit.json of assay");
    read_head(audit, model);
    int status = read_inputs(audit, model, error);
    if (!status)
        status = read_presets(audit, model, error);
    if (!status)
        status = read_candidates(audit, model, error);
    if (!status)
        status = read_claims(audit, model, error);
    if (!status)
        status = model_hash(audit, arena, &model->hash, error);
    return status;
}

bool model_has_fresh_rows(const struct model_candidate *candidate)
{
    for (size_t i = 0; i < candidate->n_measures; i++)
        if (isfinite(candidate->measures[i].honest))
            return true;
    return false;
}

const struct model_measure *model_measure_find(const struct model_candidate *candidate, const char *id)
{
    for (size_t i = 0; i < candidate->n_measures; i++)
        if (strcmp(candidate->measures[i].id, id) == 0)
            return &candidate->measures[i];
    return NULL;
}

size_t model_rank_in(const struct model_preset *preset, const char *name)
{
    for (size_t i = 0; i < preset->order.count; i++)
        if (strcmp(preset->order.items[i], name) == 0)
            return i + 1;
    return 0;
}

bool model_is_date(const struct model *model, const char *column)
{
    const cJSON *item;
    for (item = model_first(model->schema_columns); item; item = item->next) {
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(item, "name");
        const cJSON *type = cJSON_GetObjectItemCaseSensitive(item, "type");
        if (cJSON_IsString(name) && cJSON_IsString(type) && strcmp(name->valuestring, column) == 0)
            return strcmp(type->valuestring, "datetime") == 0;
    }
    return false;
}
