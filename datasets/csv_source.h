/* The bytes of a CSV file, block by block: gzip recognised by content and unpacked, SHA-256 of the file as given, byte order
 * mark dropped, NUL bytes and invalid UTF-8 found. One growing buffer; what the caller has not used is kept. */
#ifndef ASSAY_DATASETS_CSV_SOURCE_H
#define ASSAY_DATASETS_CSV_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

#include "core/error.h"
#include "datasets/sha256.h"

enum source_fault { FAULT_NONE, FAULT_NUL, FAULT_UTF8 };

struct csv_source {
    const char *path;
    int descriptor;
    bool regular; /* a file that can be read again, not a pipe */
    char *buffer; /* the text at hand is buffer[start … end); 16 writable bytes follow */
    size_t start, end, capacity;
    size_t checked; /* buffer[… checked) is valid UTF-8 without NUL */
    bool finished;  /* no more text will come */
    enum source_fault fault;
    unsigned char fault_byte; /* the text ends where the fault is */
    bool gzip, gzip_open;     /* open: inside a gzip member */
    z_stream inflater;
    unsigned char *packed; /* gzip: a block of the file */
    struct sha256 hash;
    size_t bytes; /* of the file, read so far */
};

int csv_source_open(struct csv_source *source, const char *path, struct error *error);
/* Reads a further block behind the text at hand (its place in the buffer may change). Sets `finished` at the end. */
int csv_source_fill(struct csv_source *source, struct error *error);
void csv_source_sha256(struct csv_source *source, char hex[65]); /* after the end */
void csv_source_close(struct csv_source *source);

#endif
