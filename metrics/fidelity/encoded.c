#include "metrics/fidelity/encoded.h"

#include <math.h>

#include "core/random.h"
#include "metrics/fidelity/views.h"
#include "numeric/empirical.h"

#define FARTHEST 1e50

static struct encoded_number fit_number(const struct table *train, size_t column)
{
    struct sample_moments moments = sample_moments(train->columns[column].number, train->rows);
    const struct column_schema *schema = &train->schema->columns[column];
    if (!(schema->hi > schema->lo))
        return (struct encoded_number){column, moments.count ? schema->lo : 0, 1};
    double sd = sqrt(moments.squares / (double)(moments.count - 1));
    return (struct encoded_number){column, moments.mean, sd > 0 && isfinite(sd) ? sd : 1};
}

struct encoding_request {
    const struct measure_task *task;
};

static int encoding_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct measure_task *task = ((const struct encoding_request *)context)->task;
    const struct table *train = task->data->train.table;
    const struct column_schema *schema = task->data->schema->columns;
    struct encoding *encoding = ARENA_NEW(arena, struct encoding);
    const size_t *columns;
    size_t count;
    int status = fidelity_columns(task, arena, &columns, &count, error);
    if (status)
        return status;
    if (!encoding || !(encoding->numbers = ARENA_ARRAY(arena, struct encoded_number, count + 1)) ||
        !(encoding->categories = ARENA_ARRAY(arena, struct encoded_category, count + 1)))
        return error_memory(error);
    for (size_t k = 0; k < count; k++)
        if (column_kind(&schema[columns[k]]) == KIND_QUANTITY) {
            encoding->numbers[encoding->n_numbers++] = fit_number(train, columns[k]);
            encoding->width += 2;
        } else {
            uint32_t levels = schema[columns[k]].fitted_levels;
            encoding->categories[encoding->n_categories++] = (struct encoded_category){columns[k], levels};
            encoding->width += (size_t)levels + 2;
        }
    *artifact = encoding;
    return 0;
}

int encoding_get(const struct measure_task *task, const struct encoding **encoding, struct error *error)
{
    struct encoding_request request = {task};
    const struct table *train = task->data->train.table;
    void *artifact = NULL;
    int status =
        artifact_get(task->artifacts, "fidelity.encoding", train, NULL, 0, encoding_make, NULL, &request, &artifact, error);
    *encoding = artifact;
    if (status)
        return status;
    if (train->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE, "the training table has no rows");
    if ((*encoding)->width == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no column holds numbers, dates or categories");
    return 0;
}

double encoded_value(const struct encoded_number *number, double x)
{
    if (isnan(x))
        return 0;
    double z = (x - number->mean) / number->sd;
    return z > FARTHEST ? FARTHEST : z < -FARTHEST ? -FARTHEST : z;
}

uint32_t encoded_code(const struct encoded_category *category, uint32_t code)
{
    return code == CODE_MISSING ? category->levels + 1 : code < category->levels ? code : category->levels;
}

/* Columns of the matrix when levels with fewer than `least` rows are pooled. */
static size_t width_at(const struct encoding *encoding, uint32_t *const *rows, uint32_t least)
{
    size_t width = 2 * encoding->n_numbers;
    for (size_t k = 0; k < encoding->n_categories; k++) {
        size_t own = 0, levels = encoding->categories[k].levels;
        for (size_t c = 0; c < levels; c++)
            own += rows[k][c] >= least;
        width += own + (own < levels) + 2;
    }
    return width;
}

static void lay_out(const struct encoding *encoding, uint32_t *const *rows, struct encoded_layout *layout)
{
    size_t next = 2 * encoding->n_numbers;
    for (size_t k = 0; k < encoding->n_categories; k++) {
        size_t levels = encoding->categories[k].levels, pool = SIZE_MAX;
        for (size_t c = 0; c < levels; c++) {
            if (rows[k][c] >= layout->least) {
                layout->slot[k][c] = (uint32_t)next++;
                continue;
            }
            pool = pool == SIZE_MAX ? next++ : pool;
            layout->slot[k][c] = (uint32_t)pool;
            layout->pooled++;
        }
        layout->slot[k][levels] = (uint32_t)next++;
        layout->slot[k][levels + 1] = (uint32_t)next++;
    }
    layout->width = next;
}

int encoded_layout_make(const struct encoding *encoding, const struct table *train, size_t limit, struct arena *arena,
                        struct encoded_layout *layout, struct error *error)
{
    uint32_t **rows = ARENA_ARRAY(arena, uint32_t *, encoding->n_categories + 1), least = 0, most = (uint32_t)train->rows + 1;
    *layout = (struct encoded_layout){.slot = ARENA_ARRAY(arena, uint32_t *, encoding->n_categories + 1)};
    if (!rows || !layout->slot)
        return error_memory(error);
    for (size_t k = 0; k < encoding->n_categories; k++) {
        const struct encoded_category *category = &encoding->categories[k];
        const uint32_t *code = train->columns[category->column].code;
        rows[k] = ARENA_ARRAY(arena, uint32_t, (size_t)category->levels + 2);
        layout->slot[k] = ARENA_ARRAY(arena, uint32_t, (size_t)category->levels + 2);
        if (!rows[k] || !layout->slot[k])
            return error_memory(error);
        for (size_t i = 0; i < train->rows; i++)
            rows[k][encoded_code(category, code[i])]++;
    }
    if (width_at(encoding, rows, least) <= limit)
        most = least;
    while (least < most) { /* ends above all counts where nothing keeps the limit */
        uint32_t middle = least + (most - least) / 2;
        if (width_at(encoding, rows, middle) > limit)
            least = middle + 1;
        else
            most = middle;
    }
    layout->least = least;
    lay_out(encoding, rows, layout);
    return 0;
}

size_t encoded_row(const struct encoding *encoding, const struct encoded_layout *layout, const struct table *table, size_t row,
                   uint32_t *index, double *value)
{
    size_t count = 0;
    for (size_t k = 0; k < encoding->n_numbers; k++) {
        double x = table->columns[encoding->numbers[k].column].number[row];
        index[count] = (uint32_t)(isnan(x) ? encoding->n_numbers + k : k);
        value[count++] = isnan(x) ? 1 : encoded_value(&encoding->numbers[k], x);
    }
    for (size_t k = 0; k < encoding->n_categories; k++) {
        const struct encoded_category *category = &encoding->categories[k];
        index[count] = layout->slot[k][encoded_code(category, table->columns[category->column].code[row])];
        value[count++] = 1;
    }
    return count;
}

static void fill(const struct encoding *encoding, const struct table *table, const uint32_t *pick, struct mixed_rows *rows)
{
    for (size_t k = 0; k < encoding->n_numbers; k++) {
        const double *x = table->columns[encoding->numbers[k].column].number;
        int32_t *mark = rows->code + (encoding->n_categories + k) * rows->stride;
        for (size_t i = 0; i < rows->rows; i++) {
            rows->number[k * rows->stride + i] = encoded_value(&encoding->numbers[k], x[pick[i]]);
            mark[i] = isnan(x[pick[i]]);
            rows->n_marks = mark[i] ? k + 1 : rows->n_marks;
        }
    }
    for (size_t k = 0; k < encoding->n_categories; k++) {
        const uint32_t *code = table->columns[encoding->categories[k].column].code;
        for (size_t i = 0; i < rows->rows; i++)
            rows->code[k * rows->stride + i] = (int32_t)encoded_code(&encoding->categories[k], code[pick[i]]);
    }
}

int encoded_rows(const struct encoding *encoding, const struct table *table, size_t most, uint64_t seed, struct arena *arena,
                 struct mixed_rows *rows, struct error *error)
{
    size_t n = table->rows < most ? table->rows : most;
    struct random random;
    uint32_t *pick = arena_array(arena, table->rows + 1, sizeof *pick);
    int status = mixed_rows_new(n, encoding->n_numbers, encoding->n_categories, encoding->n_numbers, arena, rows, error);
    if (status)
        return status;
    if (!pick)
        return error_memory(error);
    rows->n_marks = 0;
    random_init(&random, seed, "fidelity.encoded", table->rows, 0);
    random_permutation(&random, table->rows, pick);
    fill(encoding, table, pick, rows);
    return 0;
}
