/* Errors: a caller-owned message that says what is wrong, where, and how to mend it.
 *
 * Functions that can fail return int: 0 for success, else one of the codes below, and write the message into the struct
 * error the caller passed (NULL: the message is dropped). Callees set, callers add context, only cli/ prints or exits.
 * Message style: what is wrong first, lower case, names in 'quotes', no full stop. */
#ifndef ASSAY_CORE_ERROR_H
#define ASSAY_CORE_ERROR_H

enum error_code {
    ERROR_NONE = 0,
    ERROR_INPUT = 2,       /* bad usage, policy or data: the user can mend it */
    ERROR_INTERNAL = 4,    /* our own failure, or one of a library */
    ERROR_MEMORY = 5,      /* out of memory, or over the budget of --memory */
    ERROR_CANCELLED = 6,   /* SIGINT or SIGTERM in mid-run */
    ERROR_UNMEASURABLE = 7 /* only from measures: this data cannot answer; the message is the reason */
};

struct error {
    int code;
    char message[1000];
};

/* Sets code and message (printf rules; an older message is replaced). Returns code, so that `return error_set(…)` works. */
int error_set(struct error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "context: " before the message that is already there. Returns the code that is already there (ERROR_INTERNAL when
 * error is NULL). */
int error_context(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets ERROR_MEMORY with a standard message and returns it. */
int error_memory(struct error *error);

/* The static analyser sees one file at a time: it must be told that the code given comes back, or it thinks that callers go on.
 */
#ifdef __clang_analyzer__
#define error_set(error, code, ...) ((void)(error_set)((error), (code), __VA_ARGS__), (code))
#define error_memory(error)         ((void)(error_memory)(error), (int)ERROR_MEMORY)
#endif

#endif
