/* Files made from text for tests of reading. */
#ifndef ASSAY_TESTS_TEXT_FILE_H
#define ASSAY_TESTS_TEXT_FILE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct text_file {
    char path[32];
};

/* A fresh file with these bytes; remove it with text_file_remove. */
static inline struct text_file text_file_bytes(const void *bytes, size_t length)
{
    struct text_file file = {"/tmp/assay-test-XXXXXX"};
    int descriptor = mkstemp(file.path);
    cr_assert_geq(descriptor, 0);
    cr_assert_eq(write(descriptor, bytes, length), (ssize_t)length);
    close(descriptor);
    return file;
}

static inline struct text_file text_file_new(const char *text)
{
    return text_file_bytes(text, strlen(text));
}

static inline void text_file_remove(struct text_file file)
{
    unlink(file.path);
}

/* The whole file as text; free it. */
static inline char *text_file_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    char *text = NULL;
    size_t size = 0;
    ssize_t length = getdelim(&text, &size, '\0', file);
    fclose(file);
    if (length < 0 && text)
        *text = '\0';
    return text;
}

#endif
