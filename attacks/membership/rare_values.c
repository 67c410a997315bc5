#include "attacks/membership/rare_values.h"

#include <math.h>

static const double MISS = -1; /* log((1 − t)/(1 − q)), whatever q is */

/* log(t/q) of one column. `reference` and `candidate`: rows by code. */
static double hit_weight(const struct value_column *column, const uint32_t *reference, const uint32_t *candidate)
{
    double rare = 0, held = 0, q;

    for (uint32_t code = 0; code < column->levels; code++)
        if (reference[code] == 1) {
            rare++;
            held += candidate[code] > 0;
        }
    q = (held + .5) / (rare + 1);
    return log((q + (1 - q) * (1 - exp(-1))) / q);
}

static void add_column(const struct rare_question *question, size_t j, const uint32_t *reference, const uint32_t *candidate,
                       double *plain, double *copied, double *noisy)
{
    double hit = hit_weight(&question->book->column[j], reference, candidate);
    const uint32_t *code = question->targets->code[j];

    for (size_t i = 0; i < question->targets->rows; i++) {
        double part = candidate[code[i]] > 0 ? hit : MISS;

        if (reference[code[i]] > 0)
            continue;
        plain[i] += part;
        if (question->kept && i < question->n_members) {
            copied[i] += hit;
            noisy[i] += question->kept[j][i] ? hit : part;
        }
    }
}

int rare_value_scores(const struct rare_question *question, double *plain, double *copied, double *noisy, struct error *error)
{
    struct arena *scratch = arena_new();
    uint32_t **reference = NULL, **candidate = NULL;
    int status = scratch ? value_count(question->book, question->reference, scratch, &reference, error) : error_memory(error);

    if (!status)
        status = value_count(question->book, question->candidate, scratch, &candidate, error);
    for (size_t i = 0; i < question->targets->rows && !status; i++)
        plain[i] = 0;
    for (size_t i = 0; i < question->n_members && question->kept && !status; i++)
        copied[i] = noisy[i] = 0;
    for (size_t j = 0; j < question->book->n_columns && !status; j++)
        add_column(question, j, reference[j], candidate[j], plain, copied, noisy);
    arena_free(scratch);
    return status;
}
