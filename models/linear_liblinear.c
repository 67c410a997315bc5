/* Classes: liblinear's trust-region Newton method, which draws no random numbers and keeps no state. */
#include "models/linear_fit.h"

#include <linear.h>
#include <pthread.h>
#include <stdlib.h>

static void print_nothing(const char *text)
{
    (void)text;
}

static void silence(void)
{
    set_print_string_function(print_nothing);
}

struct nodes {
    struct feature_node *node;
    struct feature_node **row;
    double *y;
};

static void nodes_free(struct nodes *nodes)
{
    free(nodes->node);
    free(nodes->row);
    free(nodes->y);
}

/* The rows in liblinear's form: index from 1, bias last, −1 ends a row. */
static int nodes_build(const struct linear_rows *rows, const uint32_t *label, struct nodes *nodes, struct error *error)
{
    const struct layout *layout = &rows->design->layout;
    size_t width = 2 * layout->quantities + layout->factors + 2, used = 0;
    uint32_t *index = calloc(width, sizeof *index);
    double *value = calloc(width, sizeof *value);
    nodes->node = calloc(rows->rows * (layout->quantities + layout->factors + 2) + 1, sizeof *nodes->node);
    nodes->row = calloc(rows->rows + 1, sizeof(struct feature_node *));
    nodes->y = calloc(rows->rows + 1, sizeof *nodes->y);
    int status = 0;
    if (!index || !value || !nodes->node || !nodes->row || !nodes->y)
        status = error_memory(error);
    for (size_t i = 0; status == 0 && i < rows->rows; i++) {
        size_t n = design_sparse_row(rows->design, rows->use ? rows->use[i] : i, index, value);
        nodes->row[i] = nodes->node + used;
        nodes->y[i] = (double)label[i];
        for (size_t k = 0; k < n; k++)
            nodes->node[used++] = (struct feature_node){(int)index[k] + 1, value[k]};
        nodes->node[used++] = (struct feature_node){(int)layout->features + 1, 1.0};
        nodes->node[used++] = (struct feature_node){-1, 0.0};
    }
    free(index);
    free(value);
    return status;
}

/* liblinear numbers classes as they first occur and keeps w[feature * vectors + vector]. */
static void copy_weights(const struct model *model, size_t width, double *weights, uint8_t *present)
{
    size_t vectors = model->nr_class == 2 ? 1 : (size_t)model->nr_class;
    for (size_t k = 0; k < (size_t)model->nr_class; k++) {
        size_t c = (size_t)model->label[k];
        present[c] = 1;
        double sign = vectors == 1 && k == 1 ? -1 : 1;
        for (size_t f = 0; f < width; f++)
            weights[c * width + f] = sign * model->w[f * vectors + (vectors == 1 ? 0 : k)];
    }
}

/* The costs of the classes that occur, as liblinear wants them (it complains of others). */
static int weights_build(const struct linear_rows *rows, const uint32_t *label, size_t classes, struct parameter *parameter,
                         struct error *error)
{
    if (!rows->weight)
        return 0;
    parameter->weight_label = calloc(classes + 1, sizeof *parameter->weight_label);
    parameter->weight = calloc(classes + 1, sizeof *parameter->weight);
    uint8_t *present = calloc(classes + 1, 1);
    int status = parameter->weight_label && parameter->weight && present ? 0 : error_memory(error);
    for (size_t i = 0; status == 0 && i < rows->rows; i++)
        present[label[i]] = 1;
    for (size_t c = 0; status == 0 && c < classes; c++) {
        if (!present[c])
            continue;
        parameter->weight_label[parameter->nr_weight] = (int)c;
        parameter->weight[parameter->nr_weight++] = rows->weight[c];
    }
    free(present);
    return status;
}

int linear_logistic(const struct linear_rows *rows, const uint32_t *label, size_t classes, double cost, double tolerance,
                    double *weights, uint8_t *present, struct error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    size_t width = rows->design->layout.features + 1;
    struct nodes nodes = {0};
    struct model *model = NULL;
    struct parameter parameter = {.solver_type = L2R_LR, .eps = tolerance, .C = cost};
    pthread_once(&once, silence);
    for (size_t i = 0; i < classes * width; i++)
        weights[i] = 0;
    for (size_t c = 0; c < classes; c++)
        present[c] = 0;
    int status = nodes_build(rows, label, &nodes, error);
    if (status == 0)
        status = weights_build(rows, label, classes, &parameter, error);
    if (status != 0)
        goto out;
    struct problem problem = {.l = (int)rows->rows, .n = (int)width, .y = nodes.y, .x = nodes.row, .bias = 1};
    const char *wrong = check_parameter(&problem, &parameter);
    if (wrong) {
        status = error_set(error, ERROR_INTERNAL, "liblinear refuses its settings: %s", wrong);
        goto out;
    }
    model = train(&problem, &parameter);
    copy_weights(model, width, weights, present);
out:
    if (model)
        free_and_destroy_model(&model);
    nodes_free(&nodes);
    free(parameter.weight_label);
    free(parameter.weight);
    return status;
}
