/* The files of an audit's output directory, signed or not. */
#ifndef ASSAY_CLI_AUDIT_FILES_H
#define ASSAY_CLI_AUDIT_FILES_H

#include "audit/audit.h"
#include "core/minisign.h"
#include "core/options.h"
#include "core/outdir.h"

#define FILE_AUDIT           "audit.json"
#define FILE_AUDIT_SIGNATURE "audit.json.minisig"
#define FILE_SUMS            "SHA256SUMS"
#define FILE_SUMS_SIGNATURE  "SHA256SUMS.minisig"

/* All that a run may leave behind, NULL at the end; the first is always there. */
extern const char *const audit_file_names[];

struct audit_files {
    const struct option_list *formats; /* those asked for; none: all */
    const struct signing_key *key;     /* NULL: not signed */
};

/* Refuses a format that is none. */
int audit_files_check(const struct option_list *formats, struct error *error);

/* audit.json, run.json and the renderings. Signed: a signature of audit.json, which is the same whenever audit.json is; then
 * the list of all files' SHA-256, in the format of sha256sum, and a signature of the list. The signatures' time is that of the
 * audit's date. */
int audit_files_write(const struct audit_files *files, struct outdir *out, const struct audit_output *output,
                      struct error *error);

#endif
