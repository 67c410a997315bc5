#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int(error_set)(struct error *error, int code, const char *format, ...)
{
    if (!error)
        return code;
    /* The arguments may point into the message that is being replaced. */
    char text[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    error->code = code;
    memcpy(error->message, text, sizeof text);
    return code;
}

int error_context(struct error *error, const char *format, ...)
{
    if (!error)
        return ERROR_INTERNAL;
    char text[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t used = length < 0 ? 0 : (size_t)length;
    if (used + sizeof ": " <= sizeof text) {
        int room = (int)(sizeof text - used - sizeof ": ");
        snprintf(text + used, sizeof text - used, ": %.*s", room, error->message);
    }
    memcpy(error->message, text, sizeof text);
    return error->code;
}

int(error_memory)(struct error *error)
{
    return error_set(error, ERROR_MEMORY, "out of memory; try fewer threads or a larger machine");
}
