#include "datasets/csv_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/utf8.h"

/* A block stays in the second-level cache while it is hashed, checked and split. */
enum { BLOCK = 1 << 17, PADDING = 16 };

static int read_block(struct csv_source *source, void *into, size_t size, size_t *got, struct error *error)
{
    ssize_t count;
    do
        count = read(source->descriptor, into, size);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return error_set(error, ERROR_INPUT, "cannot read '%s': %s", source->path, strerror(errno));
    *got = (size_t)count;
    source->bytes += *got;
    sha256_add(&source->hash, into, *got);
    return 0;
}

static int gzip_start(struct csv_source *source, const unsigned char *head, size_t length, struct error *error)
{
    source->packed = malloc(BLOCK);
    if (!source->packed || inflateInit2(&source->inflater, 15 + 16) != Z_OK)
        return error_memory(error);
    source->gzip = source->gzip_open = true;
    memcpy(source->packed, head, length);
    source->inflater.next_in = source->packed;
    source->inflater.avail_in = (uInt)length;
    return 0;
}

/* A file may hold several gzip members one after the other (RFC 1952 §2.2); zero bytes behind the last are padding. */
static int gzip_read(struct csv_source *source, char *into, size_t size, size_t *got, struct error *error)
{
    z_stream *stream = &source->inflater;
    stream->next_out = (unsigned char *)into;
    stream->avail_out = (uInt)size;
    while (stream->avail_out > 0) {
        if (stream->avail_in == 0) {
            size_t count;
            int code = read_block(source, source->packed, BLOCK, &count, error);
            if (code)
                return code;
            stream->next_in = source->packed;
            stream->avail_in = (uInt)count;
            if (count == 0 && source->gzip_open)
                return error_set(error, ERROR_INPUT, "'%s' ends in the middle of its gzip data: copy the file again",
                                 source->path);
            if (count == 0)
                break;
        }
        if (!source->gzip_open) {
            while (stream->avail_in > 0 && *stream->next_in == 0) {
                stream->next_in++;
                stream->avail_in--;
            }
            if (stream->avail_in == 0)
                continue;
            source->gzip_open = inflateReset(stream) == Z_OK;
        }
        int status = inflate(stream, Z_NO_FLUSH);
        if (status == Z_STREAM_END)
            source->gzip_open = false;
        else if (status == Z_MEM_ERROR)
            return error_memory(error);
        else if (status != Z_OK && status != Z_BUF_ERROR)
            return error_set(error, ERROR_INPUT, "the gzip data of '%s' is damaged: copy the file again", source->path);
    }
    *got = size - stream->avail_out;
    return 0;
}

static int open_file(struct csv_source *source, struct error *error)
{
    source->descriptor = open(source->path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (source->descriptor < 0 || fstat(source->descriptor, &status) != 0)
        return error_set(error, ERROR_INPUT, "cannot open '%s': %s", source->path, strerror(errno));
    source->regular = S_ISREG(status.st_mode);
    if (S_ISDIR(status.st_mode))
        return error_set(error, ERROR_INPUT, "'%s' is a directory: give the CSV file in it", source->path);
    return 0;
}

static int recognise(struct csv_source *source, struct error *error)
{
    /* A pipe may hand out the first bytes one by one. */
    size_t got = 1;
    while (source->end < BLOCK && got > 0) {
        int code = read_block(source, source->buffer + source->end, BLOCK - source->end, &got, error);
        if (code)
            return code;
        source->end += got;
    }
    const unsigned char *head = (const unsigned char *)source->buffer;
    size_t length = source->end;
    if (length == 0)
        return error_set(error, ERROR_INPUT, "'%s' is empty: a header and at least one row are needed", source->path);
    if (length >= 2 && ((head[0] == 0xFF && head[1] == 0xFE) || (head[0] == 0xFE && head[1] == 0xFF)))
        return error_set(error, ERROR_INPUT, "'%s' is UTF-16 text: save it as UTF-8", source->path);
    if (length >= 4 && memcmp(head, "PK\3\4", 4) == 0)
        return error_set(error, ERROR_INPUT, "'%s' is a zip archive or a spreadsheet: export it as CSV", source->path);
    if (length >= 5 && memcmp(head, "PAR1\x15", 5) == 0)
        return error_set(error, ERROR_INPUT, "'%s' is a parquet file: export it as CSV", source->path);
    if (length >= 2 && head[0] == 0x1F && head[1] == 0x8B) {
        source->end = 0;
        return gzip_start(source, head, length, error);
    }
    return 0;
}

/* Finds the first NUL or invalid byte behind `checked`; a character cut off by the end of the block waits for the next one. */
static void check_text(struct csv_source *source)
{
    const char *text = source->buffer + source->checked;
    size_t length = source->end - source->checked;
    size_t valid = utf8_valid(text, length);
    if (valid < length && !source->finished && length - valid < 4) {
        static const unsigned char fill[] = {0x80, 0x90, 0xA0};
        char cut[8];
        /* Incomplete, not invalid: some continuation makes a character of it. */
        for (size_t second = 0; second < sizeof fill; second++) {
            size_t have = length - valid;
            memset(cut, 0x80, sizeof cut);
            cut[1] = (char)fill[second];
            memcpy(cut, text + valid, have);
            if (utf8_length(cut, sizeof cut) > have) {
                length = valid;
                break;
            }
        }
    }
    const char *nul = memchr(text, 0, valid);
    if (nul || valid < length) {
        source->fault = nul ? FAULT_NUL : FAULT_UTF8;
        valid = nul ? (size_t)(nul - text) : valid;
        source->fault_byte = (unsigned char)text[valid];
        source->end = source->checked + valid;
        source->finished = true;
    }
    source->checked += valid;
}

static void drop_mark(struct csv_source *source)
{
    if (source->end - source->start >= 3 && memcmp(source->buffer + source->start, "\xEF\xBB\xBF", 3) == 0)
        source->start += 3;
}

int csv_source_open(struct csv_source *source, const char *path, struct error *error)
{
    *source = (struct csv_source){.path = path, .descriptor = -1};
    sha256_start(&source->hash, true);
    source->capacity = 2 * BLOCK;
    source->buffer = calloc(source->capacity + PADDING, 1);
    int code = source->buffer ? open_file(source, error) : error_memory(error);
    if (!code)
        code = recognise(source, error);
    if (!code && source->gzip) {
        code = csv_source_fill(source, error);
        if (!code && source->end == 0)
            code = error_set(error, ERROR_INPUT, "'%s' is empty when unpacked: a header and at least one row are needed", path);
    } else if (!code) {
        source->finished = source->end < BLOCK;
        check_text(source);
    }
    if (code)
        csv_source_close(source);
    else
        drop_mark(source);
    return code;
}

int csv_source_fill(struct csv_source *source, struct error *error)
{
    if (source->finished)
        return 0;
    if (source->start > 0) {
        memmove(source->buffer, source->buffer + source->start, source->end - source->start);
        source->end -= source->start;
        source->checked -= source->start;
        source->start = 0;
    }
    /* A row that is longer than all that is at hand is looked at again as a whole: doubling keeps that linear. */
    size_t wanted = source->end > BLOCK ? source->end : BLOCK;
    if (source->capacity - source->end < wanted) {
        size_t capacity = source->capacity + wanted;
        char *buffer = realloc(source->buffer, capacity + PADDING);
        if (!buffer)
            return error_memory(error);
        source->buffer = buffer;
        source->capacity = capacity;
    }
    size_t got = 0;
    int code = source->gzip ? gzip_read(source, source->buffer + source->end, wanted, &got, error)
                            : read_block(source, source->buffer + source->end, wanted, &got, error);
    if (code)
        return code;
    source->end += got;
    source->finished = got == 0;
    check_text(source);
    return 0;
}

void csv_source_sha256(struct csv_source *source, char hex[65])
{
    sha256_hex(&source->hash, hex);
}

void csv_source_close(struct csv_source *source)
{
    if (source->packed) {
        inflateEnd(&source->inflater);
        free(source->packed);
        source->packed = NULL;
    }
    if (source->descriptor >= 0)
        close(source->descriptor);
    source->descriptor = -1;
    free(source->buffer);
    source->buffer = NULL;
}
