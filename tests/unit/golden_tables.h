/* Golden pairs (../shared/golden/pairs) as tables of one schema. */
#ifndef ASSAY_TESTS_GOLDEN_TABLES_H
#define ASSAY_TESTS_GOLDEN_TABLES_H

#include "tests/unit/fake_table.h"
#include "tests/unit/golden.h"

/* The same columns of several golden tables as tables of one schema; the first is train. */
static inline struct schema *golden_tables(const struct golden_csv *const *csv, size_t count, const cJSON *columns,
                                           struct table **tables)
{
    struct fake_column list[40];
    const cJSON *item;
    size_t n = 0;
    cJSON_ArrayForEach(item, columns)
    {
        const char *type = json_get_string(item, "type", "");
        list[n] = (struct fake_column){.name = item->string,
                                       .type = type[0] == 'c'   ? COLUMN_CATEGORICAL
                                               : type[0] == 'd' ? COLUMN_DATETIME
                                                                : COLUMN_NUMERIC,
                                       .decimals = (int)json_get_number(item, "decimals", 0)};
        list[n].levels = list[n].type == COLUMN_CATEGORICAL ? 400 : 0;
        n++;
    }
    struct schema *schema = fake_schema(list, n);
    for (size_t c = 0; c < n; c++) /* the caller may let go of the JSON */
        schema->columns[c].name = arena_string(schema->arena, list[c].name);
    for (size_t t = 0; t < count; t++)
        tables[t] = fake_table(schema, t ? "candidate" : "train", csv[t]->rows);
    for (size_t c = 0; c < n; c++) {
        uint32_t *codes[4];
        if (list[c].levels)
            golden_codes(csv, count, list[c].name, codes);
        for (size_t t = 0; t < count; t++) {
            size_t column = golden_column(csv[t], list[c].name);
            double *numbers = list[c].levels ? NULL : golden_numbers(csv[t], list[c].name, list[c].type == COLUMN_DATETIME);
            for (size_t i = 0; i < csv[t]->rows; i++)
                if (numbers)
                    fake_numbers(tables[t], c)[i] = numbers[i];
                else
                    fake_codes(tables[t], c)[i] = *golden_text(csv[t], i, column) ? codes[t][i] : CODE_MISSING;
            free(numbers);
            if (list[c].levels)
                free(codes[t]);
        }
    }
    fake_fit(schema, tables[0]);
    for (size_t t = 1; t < count; t++)
        fake_seal(tables[t]);
    return schema;
}

#define GOLDEN_DATASETS   6
#define GOLDEN_CANDIDATES 8
static const char *const golden_datasets[GOLDEN_DATASETS] = {"german_credit",      "compas",    "law_school", "heart_disease",
                                                             "california_housing", "acs_ma2019"};
static const char *const golden_candidates[GOLDEN_CANDIDATES] = {"holdout", "copy",   "independent",    "copula",
                                                                 "cart",    "leak05", "permuted_label", "dropped_group"};

/* train and one candidate of a golden data set with the values to be reached; release with golden_pair_free. */
struct golden_pair {
    struct schema *schema;
    struct table *train, *candidate;
    cJSON *want;
};

static inline struct golden_pair golden_pair(const char *dataset, const char *candidate)
{
    char path[200];
    struct table *tables[2];
    struct golden_pair pair;
    snprintf(path, sizeof path, "pairs/%s/schema.json", dataset);
    cJSON *columns = golden_json(path);
    snprintf(path, sizeof path, "pairs/%s/train.csv", dataset);
    struct golden_csv train = golden_csv(path);
    snprintf(path, sizeof path, "pairs/%s/%s.csv", dataset, candidate);
    struct golden_csv csv = golden_csv(path);
    pair.schema =
        golden_tables((const struct golden_csv *[]){&train, &csv}, 2, cJSON_GetObjectItem(columns, "columns"), tables);
    pair.train = tables[0];
    pair.candidate = tables[1];
    snprintf(path, sizeof path, "values/%s/%s.json", dataset, candidate);
    pair.want = golden_json(path);
    golden_csv_free(&train);
    golden_csv_free(&csv);
    cJSON_Delete(columns);
    return pair;
}

static inline void golden_pair_free(struct golden_pair *pair)
{
    fake_schema_free(pair->schema);
    cJSON_Delete(pair->want);
}

#endif
