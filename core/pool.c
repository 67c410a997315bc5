/* The caller hands the workers one job at a time and works on it itself as worker 0. Task numbers are handed out in increasing
 * order from one atomic counter. So when task f fails, every task below f has been started and will finish, and the lowest
 * failing index is the same for any number of threads. */
#include "core/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One pool_run. */
struct job {
    pool_task *task;
    void *context;
    size_t tasks;
    atomic_size_t next;
    atomic_bool stopped;  /* a task failed, or the run was cancelled */
    pthread_mutex_t lock; /* guards what follows */
    size_t failed_index;  /* SIZE_MAX: none */
    struct error error;   /* of failed_index */
};

struct pool {
    size_t threads;
    pthread_t *workers;   /* threads − 1 of them */
    size_t started;       /* how many of those run */
    pthread_mutex_t turn; /* held for a whole pool_run: one job at a time */
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work, done;
    struct job *job;
    unsigned long round; /* number of jobs handed out so far */
    size_t busy;         /* workers still at the job */
    bool ending;
};

/* What a worker's thread is told at its start. */
struct seat {
    struct pool *pool;
    size_t worker;
};

static atomic_bool cancelled;

/* The task that this thread is in, so that a nested pool_run knows its place. */
static _Thread_local const struct pool *inside_pool;
static _Thread_local size_t inside_worker;
static _Thread_local bool inside_task;

void cancel_request(void)
{
    atomic_store_explicit(&cancelled, true, memory_order_relaxed);
}

bool cancel_requested(void)
{
    return atomic_load_explicit(&cancelled, memory_order_relaxed);
}

static void job_fail(struct job *job, size_t index, int code, const struct error *error)
{
    atomic_store(&job->stopped, true);
    pthread_mutex_lock(&job->lock);
    if (index < job->failed_index) {
        job->failed_index = index;
        job->error = *error;
        job->error.code = code;
    }
    pthread_mutex_unlock(&job->lock);
}

/* Takes tasks until there are none left. */
static void job_work(struct job *job, size_t worker)
{
    struct error error = {0};
    for (;;) {
        if (cancel_requested() || atomic_load(&job->stopped))
            return;
        size_t index = atomic_fetch_add(&job->next, 1);
        if (index >= job->tasks)
            return;
        error.message[0] = '\0';
        int code = job->task(job->context, index, worker, &error);
        if (code)
            job_fail(job, index, code, &error);
    }
}

static void *worker_main(void *argument)
{
    struct seat seat = *(struct seat *)argument;
    free(argument);
    struct pool *pool = seat.pool;
    inside_pool = pool;
    inside_worker = seat.worker;
    inside_task = true;
    unsigned long seen = 0;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->ending && pool->round == seen)
            pthread_cond_wait(&pool->work, &pool->lock);
        if (pool->ending)
            break;
        seen = pool->round;
        struct job *job = pool->job;
        pthread_mutex_unlock(&pool->lock);
        job_work(job, seat.worker);
        pthread_mutex_lock(&pool->lock);
        if (--pool->busy == 0)
            pthread_cond_signal(&pool->done);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static size_t machine_threads(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (size_t)count : 1;
}

static int pool_start(struct pool *pool, struct error *error)
{
    for (size_t i = 1; i < pool->threads; i++) {
        struct seat *seat = malloc(sizeof *seat);
        if (!seat)
            return error_memory(error);
        *seat = (struct seat){pool, i};
        int status = pthread_create(&pool->workers[pool->started], NULL, worker_main, seat);
        if (status != 0) {
            free(seat);
            return error_set(error, ERROR_INPUT, "cannot start thread %zu of %zu: %s; ask for fewer with --threads", i + 1,
                             pool->threads, strerror(status));
        }
        pool->started++;
    }
    return 0;
}

int pool_new(struct pool **pool, size_t threads, struct error *error)
{
    *pool = NULL;
    struct pool *made = calloc(1, sizeof *made);
    if (!made)
        return error_memory(error);
    made->threads = threads > 0 ? threads : machine_threads();
    made->workers = calloc(made->threads, sizeof *made->workers);
    if (!made->workers) {
        free(made);
        return error_memory(error);
    }
    pthread_mutex_init(&made->turn, NULL);
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->work, NULL);
    pthread_cond_init(&made->done, NULL);
    int code = pool_start(made, error);
    if (code) {
        pool_free(made);
        return code;
    }
    *pool = made;
    return 0;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i], NULL);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    pthread_mutex_destroy(&pool->turn);
    free(pool->workers);
    free(pool);
}

size_t pool_threads(const struct pool *pool)
{
    return pool ? pool->threads : 1;
}

/* The calling thread's part of a job that the workers share, from waking them to seeing them all finish. */
static void pool_share(struct pool *pool, struct job *job)
{
    pthread_mutex_lock(&pool->turn);
    pthread_mutex_lock(&pool->lock);
    pool->job = job;
    pool->round++;
    pool->busy = pool->started;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);

    inside_pool = pool;
    inside_worker = 0;
    inside_task = true;
    job_work(job, 0);
    inside_task = false;
    inside_pool = NULL;

    pthread_mutex_lock(&pool->lock);
    while (pool->busy > 0)
        pthread_cond_wait(&pool->done, &pool->lock);
    pool->job = NULL;
    pthread_mutex_unlock(&pool->lock);
    pthread_mutex_unlock(&pool->turn);
}

int pool_run(struct pool *pool, size_t tasks, pool_task *task, void *context, struct error *error)
{
    struct job job = {.task = task, .context = context, .tasks = tasks, .failed_index = SIZE_MAX};
    pthread_mutex_init(&job.lock, NULL);
    if (pool && pool->started > 0 && tasks > 1 && !inside_task)
        pool_share(pool, &job);
    else
        job_work(&job, pool && inside_pool == pool ? inside_worker : 0);
    pthread_mutex_destroy(&job.lock);

    if (job.failed_index != SIZE_MAX)
        return error_set(error, job.error.code, "%s", job.error.message);
    if (atomic_load(&job.next) < tasks)
        return error_set(error, ERROR_CANCELLED, "interrupted");
    return 0;
}
