#include "metrics/fidelity/inference_fit.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "numeric/interval.h"

enum { CHUNKS = 8, CHUNK_ROWS = 2048, MOST_STEPS = 25, MOST_HALVINGS = 8 };

#define ALIASED_SHARE 1e-9  /* of a term's own sum of squares left when earlier terms are taken out */
#define CONVERGED     1e-9  /* largest change of a coefficient */
#define MOVING        1e-3  /* a coefficient that changes more in the last step runs to infinity */
#define STEEPEST      30.0  /* |linear predictor| beyond which the weight no longer falls */
#define EXACT         1e-12 /* residual variance, as a share of the target's, that counts as rounding */

/* What one pass over a chunk of rows adds up. */
struct sums {
    double *matrix;                       /* size x size, lower triangle: Σ w x x' */
    double *score;                        /* size: Σ (y − μ) x */
    double fit;                           /* log-likelihood, or −½ sum of squared residuals */
    double squares, total, total_squares; /* of residuals; of the target */
    size_t rows;
};

struct fitting {
    const struct measure_task *task;
    const struct inference_terms *terms;
    const struct table *table;
    struct inference_fit *fit;
    struct sums chunk[CHUNKS];
    size_t chunks;
    bool meat; /* weights are squared residuals: the middle of the sandwich */
    uint32_t *index[CHUNKS];
    double *value[CHUNKS];
    double *diagonal, *step, *before;
    bool *aliased; /* in train */
};

static void add_row(struct fitting *f, struct sums *sums, const uint32_t *index, const double *value, size_t n, double y)
{
    size_t size = f->fit->size;
    double eta = 0, residual, weight = 1;
    for (size_t a = 0; a < n; a++)
        eta += value[a] * f->fit->estimate[index[a]];
    if (f->terms->kind == TASK_REGRESSION) {
        residual = y - eta;
        sums->fit -= residual * residual / 2;
    } else {
        double bound = fmin(fmax(eta, -STEEPEST), STEEPEST), mean = 1 / (1 + exp(-bound));
        residual = y - mean;
        weight = mean * (1 - mean);
        sums->fit -= log1p(exp(-fabs(eta))) + (y > 0 ? fmax(-eta, 0) : fmax(eta, 0));
    }
    sums->squares += residual * residual;
    sums->total += y;
    sums->total_squares += y * y;
    sums->rows++;
    if (f->meat)
        weight = residual * residual;
    for (size_t a = 0; a < n; a++) {
        double scaled = weight * value[a], *row = sums->matrix + index[a] * size;
        sums->score[index[a]] += residual * value[a];
        for (size_t b = 0; b <= a; b++)
            row[index[b]] += scaled * value[b];
    }
}

static int sum_chunk(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker, (void)error;
    struct fitting *f = context;
    struct sums *sums = &f->chunk[index];
    size_t rows = f->table->rows, from = rows * index / f->chunks, to = rows * (index + 1) / f->chunks, size = f->fit->size;
    memset(sums->matrix, 0, size * size * sizeof *sums->matrix);
    memset(sums->score, 0, size * sizeof *sums->score);
    *sums = (struct sums){.matrix = sums->matrix, .score = sums->score};
    for (size_t i = from; i < to; i++) {
        double y = inference_target(f->terms, f->table, i);
        if (isnan(y))
            continue;
        size_t n = inference_row(f->terms, f->table, i, f->index[index], f->value[index]);
        add_row(f, sums, f->index[index], f->value[index], n, y);
    }
    return 0;
}

/* One pass over the table at the present estimates; the result is in the first chunk, its matrix whole. */
static int add_up(struct fitting *f, struct error *error)
{
    int status = pool_run(f->task->pool, f->chunks, sum_chunk, f, error);
    struct sums *all = &f->chunk[0];
    size_t size = f->fit->size;
    for (size_t k = 1; status == 0 && k < f->chunks; k++) {
        const struct sums *part = &f->chunk[k];
        for (size_t i = 0; i < size * size; i++)
            all->matrix[i] += part->matrix[i];
        for (size_t i = 0; i < size; i++)
            all->score[i] += part->score[i];
        all->fit += part->fit;
        all->squares += part->squares;
        all->total += part->total;
        all->total_squares += part->total_squares;
        all->rows += part->rows;
    }
    for (size_t i = 0; status == 0 && i < size; i++)
        for (size_t j = i + 1; j < size; j++)
            all->matrix[i * size + j] = all->matrix[j * size + i];
    return status;
}

/* Inverts in place over the terms that are in the fit, in their order; a term whose pivot is gone is marked `why`. */
static void sweep(struct fitting *f, double *matrix, enum inference_status why)
{
    size_t size = f->fit->size;
    for (size_t k = 0; k < size; k++)
        f->diagonal[k] = matrix[k * size + k];
    for (size_t k = 0; k < size; k++) {
        double *row = matrix + k * size, pivot = row[k];
        if (f->fit->status[k] != INFERENCE_ESTIMATED)
            continue;
        if (!(pivot > ALIASED_SHARE * f->diagonal[k])) {
            f->fit->status[k] = (uint8_t)why;
            continue;
        }
        for (size_t j = 0; j < size; j++)
            row[j] /= pivot;
        row[k] = 1 / pivot;
        for (size_t i = 0; i < size; i++) {
            double *other = matrix + i * size, factor = other[k];
            if (i == k || f->fit->status[i] != INFERENCE_ESTIMATED)
                continue;
            for (size_t j = 0; j < size; j++)
                other[j] -= factor * row[j];
            other[k] = -factor / pivot;
        }
    }
}

/* Newton's step from the inverse in the first chunk; returns its largest component. */
static double newton_step(struct fitting *f)
{
    const struct sums *all = &f->chunk[0];
    size_t size = f->fit->size;
    double largest = 0;
    for (size_t i = 0; i < size; i++) {
        f->step[i] = 0;
        for (size_t j = 0; f->fit->status[i] == INFERENCE_ESTIMATED && j < size; j++)
            if (f->fit->status[j] == INFERENCE_ESTIMATED)
                f->step[i] += all->matrix[i * size + j] * all->score[j];
        largest = fmax(largest, fabs(f->step[i]));
    }
    return largest;
}

/* Terms that no row, or every row, of the table has are absent rather than combinations of others. */
static void tell_absent(struct fitting *f)
{
    const struct sums *all = &f->chunk[0];
    size_t size = f->fit->size;
    for (size_t k = 1; k < size; k++) {
        double square = all->matrix[k * size + k], sum = all->matrix[k * size], base = all->matrix[0];
        if (f->aliased[k])
            f->fit->status[k] = INFERENCE_ALIASED;
        else if (square * base - sum * sum <= ALIASED_SHARE * square * base)
            f->fit->status[k] = INFERENCE_ABSENT;
    }
}

/* Iterates to convergence; afterwards the first chunk holds the inverse of the information. */
static int iterate(struct fitting *f, struct error *error)
{
    struct inference_fit *fit = f->fit;
    double largest = INFINITY, best = -INFINITY;
    for (int step = 0; step < MOST_STEPS && largest > CONVERGED; step++) {
        int status = add_up(f, error);
        for (int halving = 0; status == 0 && halving < MOST_HALVINGS && f->chunk[0].fit < best - 1e-9 * fabs(best); halving++) {
            for (size_t i = 0; i < fit->size; i++)
                fit->estimate[i] = (fit->estimate[i] + f->before[i]) / 2;
            status = add_up(f, error);
        }
        if (status)
            return status;
        best = f->chunk[0].fit;
        if (step == 0)
            tell_absent(f);
        sweep(f, f->chunk[0].matrix, step == 0 ? INFERENCE_ALIASED : INFERENCE_SEPARATED);
        largest = newton_step(f);
        for (size_t i = 0; i < fit->size; i++) {
            f->before[i] = fit->estimate[i];
            fit->estimate[i] += f->step[i];
        }
    }
    for (size_t i = 0; i < fit->size; i++)
        if (fit->status[i] == INFERENCE_ESTIMATED && fabs(f->step[i]) > MOVING)
            fit->status[i] = INFERENCE_SEPARATED;
    return 0;
}

/* Sandwich A B A with A the inverse information and B = Σ r² x x'. */
static void sandwich(const struct inference_fit *fit, const double *bread, const double *meat, double *scratch)
{
    size_t size = fit->size;
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++) {
            double sum = 0;
            for (size_t k = 0; fit->status[i] == INFERENCE_ESTIMATED && k < size; k++)
                if (fit->status[k] == INFERENCE_ESTIMATED)
                    sum += bread[i * size + k] * meat[k * size + j];
            scratch[i * size + j] = sum;
        }
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = 0; fit->status[i] == INFERENCE_ESTIMATED && fit->status[j] == INFERENCE_ESTIMATED && k < size; k++)
                if (fit->status[k] == INFERENCE_ESTIMATED)
                    sum += scratch[i * size + k] * bread[k * size + j];
            fit->covariance[i * size + j] = fit->covariance[j * size + i] = sum;
        }
}

static int standard_errors(struct fitting *f, struct arena *scratch, struct error *error)
{
    struct inference_fit *fit = f->fit;
    size_t size = fit->size, used = 0;
    double *bread = f->chunk[0].matrix, *meat = ARENA_ARRAY(scratch, double, size *size);
    double *room = ARENA_ARRAY(scratch, double, size *size), scale = 1;
    if (!meat || !room)
        return error_memory(error);
    f->chunk[0].matrix = meat;
    f->meat = true;
    int status = add_up(f, error);
    if (status)
        return status;
    for (size_t i = 0; i < size; i++)
        used += fit->status[i] == INFERENCE_ESTIMATED;
    const struct sums *all = &f->chunk[0];
    double freedom = (double)fit->rows - (double)used;
    fit->quantile = normal_quantile(0.5 + f->task->level / 2);
    if (f->terms->kind == TASK_REGRESSION) {
        double n = (double)all->rows, variance = all->total_squares / n - all->total / n * (all->total / n);
        scale = fmax(all->squares, EXACT * n * variance) / freedom;
        fit->quantile = gsl_cdf_tdist_Pinv(0.5 + f->task->level / 2, freedom);
    }
    sandwich(fit, bread, all->matrix, room);
    for (size_t i = 0; i < size; i++) {
        bool known = fit->status[i] == INFERENCE_ESTIMATED;
        fit->se[i] = known ? sqrt(scale * bread[i * size + i]) : NAN;
        if (!known)
            fit->estimate[i] = 0;
    }
    return 0;
}

/* Whether the table can carry the regression at all; the reason goes into the fit. */
static bool has_obstacle(struct fitting *f)
{
    struct inference_fit *fit = f->fit;
    double least = INFINITY, greatest = -INFINITY;
    for (size_t i = 0; i < f->table->rows; i++) {
        double y = inference_target(f->terms, f->table, i);
        if (isnan(y))
            continue;
        fit->rows++;
        least = fmin(least, y);
        greatest = fmax(greatest, y);
    }
    if (fit->rows == 0)
        fit->obstacle = "no row has a value of the target";
    else if (!(greatest > least))
        fit->obstacle = "the target has one value only";
    else if (fit->rows < fit->size + 2)
        fit->obstacle = "it has no more rows than the regression has coefficients";
    return fit->obstacle != NULL;
}

static int allocate(struct fitting *f, struct arena *arena, struct arena *scratch, struct error *error)
{
    struct inference_fit *fit = f->fit;
    size_t size = fit->size, room = f->terms->columns + 2;
    fit->status = ARENA_ARRAY(arena, uint8_t, size);
    fit->estimate = ARENA_ARRAY(arena, double, size);
    fit->se = ARENA_ARRAY(arena, double, size);
    fit->covariance = ARENA_ARRAY(arena, double, size *size);
    f->diagonal = ARENA_ARRAY(scratch, double, size);
    f->step = ARENA_ARRAY(scratch, double, size);
    f->before = ARENA_ARRAY(scratch, double, size);
    f->aliased = ARENA_ARRAY(scratch, bool, size);
    if (!fit->status || !fit->estimate || !fit->se || !fit->covariance || !f->diagonal || !f->step || !f->before || !f->aliased)
        return error_memory(error);
    f->chunks = f->table->rows / CHUNK_ROWS + 1 < CHUNKS ? f->table->rows / CHUNK_ROWS + 1 : CHUNKS;
    size_t k = 0;
    do { /* at least one chunk */
        f->chunk[k] =
            (struct sums){.matrix = ARENA_ARRAY(scratch, double, size *size), .score = ARENA_ARRAY(scratch, double, size)};
        f->index[k] = ARENA_ARRAY(scratch, uint32_t, room);
        f->value[k] = ARENA_ARRAY(scratch, double, room);
        if (!f->chunk[k].matrix || !f->chunk[k].score || !f->index[k] || !f->value[k])
            return error_memory(error);
    } while (++k < f->chunks);
    return 0;
}

struct fit_request {
    const struct measure_task *task;
    const struct inference_terms *terms;
    const struct table *table;
    const struct inference_fit *train; /* NULL: the table is train */
};

static int fit_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct fit_request *request = context;
    struct fitting f = {
        .task = request->task, .terms = request->terms, .table = request->table, .fit = ARENA_NEW(arena, struct inference_fit)};
    struct arena *scratch = arena_new();
    int status = f.fit && scratch ? 0 : error_memory(error);
    if (status == 0) {
        f.fit->size = request->terms->count + 1;
        status = allocate(&f, arena, scratch, error);
    }
    for (size_t k = 0; status == 0 && request->train && k < f.fit->size; k++)
        f.aliased[k] = request->train->status[k] == INFERENCE_ALIASED;
    if (status == 0 && !has_obstacle(&f)) {
        status = iterate(&f, error);
        if (status == 0)
            status = standard_errors(&f, scratch, error);
    }
    arena_free(scratch);
    *artifact = f.fit;
    return status;
}

int inference_fit_get(const struct measure_task *task, const struct inference_terms *terms, const struct table *table,
                      const struct inference_fit **fit, struct error *error)
{
    const struct table *train = task->data->train.table;
    struct fit_request request = {task, terms, table, NULL};
    void *artifact = NULL;
    int status = 0;
    if (table != train)
        status = inference_fit_get(task, terms, train, &request.train, error);
    if (status == 0)
        status =
            artifact_get(task->artifacts, "fidelity.inference.fit", table, NULL, 0, fit_make, NULL, &request, &artifact, error);
    *fit = artifact;
    return status;
}
