#include "cli/audit_files.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/hash.h"
#include "core/json.h"
#include "report/report.h"

const char *const audit_file_names[] = {FILE_AUDIT,      "run.json",           "report.pdf", "summary.md",        "junit.xml",
                                        "results.sarif", FILE_AUDIT_SIGNATURE, FILE_SUMS,    FILE_SUMS_SIGNATURE, NULL};

static const struct {
    const char *format, *file;
} formats[] = {{"pdf", "report.pdf"}, {"md", "summary.md"}, {"junit", "junit.xml"}, {"sarif", "results.sarif"}};
enum { FORMATS = sizeof formats / sizeof formats[0] };

/* Files on their way into the directory, and the list of their hashes. */
struct writer {
    struct outdir *out;
    struct strbuf sums;
    const struct signing_key *key;
    const char *date;
};

static bool wants(const struct option_list *asked, const char *format)
{
    for (size_t i = 0; i < asked->count; i++)
        if (strcmp(asked->items[i], format) == 0)
            return true;
    return asked->count == 0;
}

int audit_files_check(const struct option_list *asked, struct error *error)
{
    for (size_t i = 0; i < asked->count; i++) {
        bool known = strcmp(asked->items[i], "json") == 0;

        for (size_t f = 0; f < FORMATS; f++)
            known = known || strcmp(asked->items[i], formats[f].format) == 0;
        if (!known)
            return error_set(error, ERROR_INPUT, "unknown --format '%s'; there are json, pdf, md, junit, sarif",
                             asked->items[i]);
    }
    return 0;
}

static int write_file(struct writer *writer, const char *name, const struct strbuf *content, struct error *error)
{
    char hex[65];

    if (content->failed)
        return error_memory(error);
    hash_sha256(strbuf_text(content), content->length, hex);
    strbuf_addf(&writer->sums, "%s  %s\n", hex, name);
    return outdir_write(writer->out, name, strbuf_text(content), content->length, error);
}

/* The signature of a file's content, as a file beside it. Its time is midnight UTC of the audit's date, so that it is the same
 * for the same content. */
static int write_signature(struct writer *writer, const char *of, const char *name, const struct strbuf *content,
                           struct error *error)
{
    struct strbuf signature = STRBUF_INIT;
    struct tm day = {0};
    char comment[100];
    int status;

    strptime(writer->date, "%Y-%m-%d", &day);
    snprintf(comment, sizeof comment, "timestamp:%lld\tfile:%s\thashed", (long long)timegm(&day), of);
    status = content->failed ? error_memory(error)
                             : signature_make(writer->key, strbuf_text(content), content->length, comment, &signature, error);
    if (!status)
        status = write_file(writer, name, &signature, error);
    strbuf_free(&signature);
    return status;
}

static int write_json(struct writer *writer, const char *name, const cJSON *json, const char *signature, struct error *error)
{
    struct strbuf text = STRBUF_INIT;
    int status;

    json_print(json, &text);
    strbuf_addc(&text, '\n');
    status = write_file(writer, name, &text, error);
    if (!status && signature && writer->key)
        status = write_signature(writer, name, signature, &text, error);
    strbuf_free(&text);
    return status;
}

static int write_sums(struct writer *writer, struct error *error)
{
    struct strbuf sums = writer->sums; /* as it is now: the list does not list itself */
    int status;

    writer->sums = (struct strbuf)STRBUF_INIT;
    status = write_file(writer, FILE_SUMS, &sums, error);
    if (!status)
        status = write_signature(writer, FILE_SUMS, FILE_SUMS_SIGNATURE, &sums, error);
    strbuf_free(&sums);
    return status;
}

int audit_files_write(const struct audit_files *files, struct outdir *out, const struct audit_output *output,
                      struct error *error)
{
    struct writer writer = {
        .out = out, .sums = STRBUF_INIT, .key = files->key, .date = json_get_string(output->audit, "date", "")};
    int status = write_json(&writer, FILE_AUDIT, output->audit, FILE_AUDIT_SIGNATURE, error);

    if (!status)
        status = write_json(&writer, "run.json", output->run, NULL, error);
    for (size_t f = 0; f < FORMATS && !status; f++) {
        struct strbuf text = STRBUF_INIT;

        if (!wants(files->formats, formats[f].format))
            continue;
        status = report_render(output->audit, formats[f].format, &text, error);
        if (!status)
            status = write_file(&writer, formats[f].file, &text, error);
        strbuf_free(&text);
    }
    if (!status && files->key)
        status = write_sums(&writer, error);
    strbuf_free(&writer.sums);
    return status;
}
