#include "core/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/pool.h"
#include "core/utf8.h"

enum { POLL_MS = 20, BLOCKS = 64 };
#define GRACE 1.0 /* seconds between SIGTERM and SIGKILL */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One word from *at on, without its quotes, to `out`; *at is left behind it. False: a quote is not closed. */
static bool take_word(const char **at, char *out)
{
    const char *p = *at;
    char quote = 0;

    for (; *p && (quote || !is_blank(*p)); p++) {
        if (quote ? *p == quote : *p == '\'' || *p == '"') {
            quote = quote ? (char)0 : *p;
            continue;
        }
        if (*p == '\\' && p[1] && (quote == 0 || (quote == '"' && (p[1] == '"' || p[1] == '\\'))))
            p++;
        *out++ = *p;
    }
    *out = '\0';
    *at = p;
    return !quote;
}

int process_split(const char *command, struct arena *arena, const char ***words, size_t *n, struct error *error)
{
    const size_t length = strlen(command);
    char *text = arena_alloc(arena, 2 * length + 2);

    *words = ARENA_ARRAY(arena, const char *, length / 2 + 2);
    *n = 0;
    if (!text || !*words)
        return error_memory(error);
    for (const char *at = command;;) {
        while (is_blank(*at))
            at++;
        if (!*at)
            break;
        if (!take_word(&at, text))
            return error_set(error, ERROR_INPUT, "a quote is not closed in the command '%.200s'", command);
        (*words)[(*n)++] = text;
        text += strlen(text) + 1;
    }
    return *n > 0 ? 0 : error_set(error, ERROR_INPUT, "the command is empty");
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

struct child {
    pid_t pid;
    int output;              /* read end of its stdout and stderr; −1 after their end */
    size_t length;           /* of tail */
    char *tail;              /* PROCESS_TAIL + 1 bytes */
    bool cut;                /* the tail does not start where the output did */
    double deadline, killed; /* killed: when SIGTERM was sent; 0: it was not */
    bool late, cancelled;
};

/* In the new process, between fork and exec: nothing but system calls, since other threads may have held any lock. */
static _Noreturn void become(const char *const *argv, pid_t parent, int output, int failure)
{
    sigset_t none;
    int empty = open("/dev/null", O_RDONLY), reason;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    if (empty >= 0 && dup2(empty, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0) {
        close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
        execvp(argv[0], (char *const *)argv);
    }
    reason = errno;
    if (write(failure, &reason, sizeof reason) < 0)
        _exit(126);
    _exit(127);
}

static int start(const char *const *argv, struct child *child, struct error *error)
{
    int output[2] = {-1, -1}, failure[2] = {-1, -1}, reason = 0;
    const pid_t parent = getpid();
    ssize_t got;

    if (pipe2(output, O_CLOEXEC) != 0 || pipe2(failure, O_CLOEXEC) != 0 || (child->pid = fork()) < 0) {
        reason = errno;
        for (size_t i = 0; i < 2; i++) {
            if (output[i] >= 0)
                close(output[i]);
            if (failure[i] >= 0)
                close(failure[i]);
        }
        return error_set(error, ERROR_INPUT, "cannot start '%.200s': %s", argv[0], strerror(reason));
    }
    if (child->pid == 0)
        become(argv, parent, output[1], failure[1]);
    setpgid(child->pid, child->pid);
    close(output[1]);
    close(failure[1]);
    do
        got = read(failure[0], &reason, sizeof reason);
    while (got < 0 && errno == EINTR);
    close(failure[0]);
    child->output = output[0];
    fcntl(child->output, F_SETFL, O_NONBLOCK);
    if (got > 0) {
        close(child->output);
        waitpid(child->pid, NULL, 0);
        return error_set(error, ERROR_INPUT, "cannot start '%.200s': %s", argv[0], strerror(reason));
    }
    return 0;
}

/* Takes what there is, keeping the last PROCESS_TAIL bytes; but a program that writes without end must not keep its clock from
 * being looked at. */
static void drain(struct child *child)
{
    char block[4096];
    ssize_t got;

    for (int taken = 0; child->output >= 0; taken++) {
        if (taken == BLOCKS)
            return;
        got = read(child->output, block, sizeof block);
        if (got == 0)
            break;
        size_t n = got > 0 ? (size_t)got : 0, from = n > PROCESS_TAIL ? n - PROCESS_TAIL : 0, excess;

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return;
        n -= from;
        excess = child->length + n > PROCESS_TAIL ? child->length + n - PROCESS_TAIL : 0;
        memmove(child->tail, child->tail + excess, child->length - excess);
        memcpy(child->tail + child->length - excess, block + from, n);
        child->length += n - excess;
        child->cut = child->cut || excess > 0 || from > 0;
    }
    if (child->output >= 0)
        close(child->output);
    child->output = -1;
}

static void end_when_due(struct child *child)
{
    const double time = now();

    if (child->killed > 0) {
        if (time > child->killed + GRACE)
            kill(-child->pid, SIGKILL);
        return;
    }
    child->cancelled = cancel_requested();
    child->late = !child->cancelled && time > child->deadline;
    if (child->cancelled || child->late) {
        kill(-child->pid, SIGTERM);
        child->killed = time;
    }
}

/* Until it has ended; the group is killed while the dead leader still holds its number. Returns the wait status; −1 where the
 * system gives none, which is how it is when SIGCHLD is ignored. */
static int wait_for(struct child *child)
{
    int status = 0;

    for (;;) {
        struct pollfd output = {.fd = child->output, .events = POLLIN};
        siginfo_t info = {0};

        poll(&output, 1, POLL_MS);
        drain(child);
        if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ? info.si_pid == child->pid
                                                                                     : errno == ECHILD)
            break;
        end_when_due(child);
    }
    kill(-child->pid, SIGKILL);
    drain(child);
    if (child->output >= 0)
        close(child->output);
    while (waitpid(child->pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

/* It goes to a terminal and into a file of JSON: no escape sequence, no broken character. */
static void clean(char *text, size_t length)
{
    while (length > 0) {
        const size_t found = utf8_length(text, length), bytes = found ? found : 1;
        if (*text != '\n' && *text != '\t' && (!found || utf8_is_control(text, bytes) || utf8_is_reordering(text, bytes)))
            memset(text, *text == '\r' ? ' ' : '?', bytes);
        text += bytes;
        length -= bytes;
    }
}

/* Ends the tail as text of whole lines. */
static void finish_tail(struct child *child)
{
    char *newline;

    clean(child->tail, child->length);
    while (child->length > 0 && is_blank(child->tail[child->length - 1]))
        child->length--;
    child->tail[child->length] = '\0';
    newline = child->cut ? strchr(child->tail, '\n') : NULL;
    if (newline)
        memmove(child->tail, newline + 1, strlen(newline + 1) + 1);
}

int process_run(const char *const *argv, double timeout, struct process_result *result, struct error *error)
{
    const double begin = now();
    struct child child = {.output = -1, .tail = result->tail, .deadline = begin + timeout};
    int status;

    *result = (struct process_result){0};
    status = start(argv, &child, error);
    if (status)
        return status;
    status = wait_for(&child);
    finish_tail(&child);
    result->seconds = now() - begin;
    if (child.cancelled)
        return error_set(error, ERROR_CANCELLED, "stopped by a signal");
    if (child.late)
        return error_set(error, ERROR_INPUT, "'%.200s' was stopped after %g seconds without an end", argv[0], timeout);
    if (status == -1)
        return error_set(error, ERROR_INPUT, "'%.200s' ended and the system does not say how", argv[0]);
    if (WIFSIGNALED(status))
        return error_set(error, ERROR_INPUT, "'%.200s' was ended by signal %d (%s)", argv[0], WTERMSIG(status),
                         strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
        return error_set(error, ERROR_INPUT, "'%.200s' ended with exit status %d", argv[0], WEXITSTATUS(status));
    return 0;
}
