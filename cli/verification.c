/* How a change is found: audit.json and the list SHA256SUMS have signatures of their own; the list has the SHA-256 of every
 * file of the directory but itself and its signature; and no file may be there that is not listed. */
#include "cli/verification.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/audit_files.h"
#include "core/json.h"
#include "datasets/dataset.h"
#include "datasets/sha256.h"

enum { HEX = 64 };

struct verifier {
    const struct verify_settings *settings;
    struct verification *result;
    struct public_key key;
    struct arena *arena;
    struct strbuf audit, sums; /* contents */
};

static void add_line(struct verification *result, bool right, const char *subject, const char *what)
{
    *(right ? &result->right : &result->wrong) += 1;
    strbuf_adds(&result->table, right ? "  ok     " : "  WRONG  ");
    strbuf_add_visible(&result->table, subject);
    strbuf_adds(&result->table, ": ");
    strbuf_add_visible(&result->table, what);
    strbuf_addc(&result->table, '\n');
}

static void add_unseen(struct verification *result, const char *what)
{
    if (result->unseen.length > 0)
        strbuf_adds(&result->unseen, ", ");
    strbuf_add_visible(&result->unseen, what);
}

static const char *path_of(const struct verifier *verifier, const char *name)
{
    return arena_format(verifier->arena, "%s/%s", verifier->settings->directory, name);
}

/* A link, pipe or folder in the place of a file is not what was signed. */
static bool is_plain_file(const char *path)
{
    struct stat about;

    return lstat(path, &about) == 0 && S_ISREG(about.st_mode);
}

/* *found: the file is there, as a plain file; else a line says that it is not. */
static int read_part(struct verifier *verifier, const char *name, struct strbuf *content, bool *found, struct error *error)
{
    const char *path = path_of(verifier, name);

    if (!path)
        return error_memory(error);
    *found = is_plain_file(path);
    if (*found)
        return file_read(path, content, error);
    add_line(verifier->result, false, name, "missing: the directory was never signed, or this was taken out");
    return 0;
}

/* minisign's own comments are parted by tabs. */
static const char *signed_words(const struct verifier *verifier, const char *comment, size_t length)
{
    char *words = arena_format(verifier->arena, "signed with key %s (%.*s)", verifier->result->key, (int)length, comment);

    for (char *at = words; at && *at; at++)
        if (*at == '\t')
            *at = ' ';
    return words ? words : "signed";
}

static int check_signature(struct verifier *verifier, const char *name, const char *signature_name, struct strbuf *content,
                           struct error *error)
{
    struct strbuf signature = STRBUF_INIT;
    const char *comment = NULL, *fault = NULL;
    size_t length = 0;
    bool found = false, signature_found = false;
    int status = read_part(verifier, name, content, &found, error);

    if (!status)
        status = read_part(verifier, signature_name, &signature, &signature_found, error);
    if (!status && found && signature_found && verifier->settings->key) {
        fault = signature_fault(&verifier->key, strbuf_text(content), content->length, &signature, &comment, &length);
        add_line(verifier->result, !fault, name, fault ? fault : signed_words(verifier, comment, length));
    }
    strbuf_free(&signature);
    return status;
}

/* One line of the list: 64 lower-case digits, two blanks, a name in this directory. NULL: it is no such line. */
static char *name_in_line(char *line)
{
    if (strspn(line, "0123456789abcdef") != HEX || line[HEX] != ' ' || line[HEX + 1] != ' ' || !line[HEX + 2] ||
        strchr(line + HEX + 2, '/') || strcmp(line + HEX + 2, ".") == 0 || strcmp(line + HEX + 2, "..") == 0)
        return NULL;
    return line + HEX + 2;
}

static int check_listed(struct verifier *verifier, const char *hash, const char *name, struct error *error)
{
    const char *path = path_of(verifier, name);
    char hex[HEX + 1];
    int status;

    if (!path)
        return error_memory(error);
    if (!is_plain_file(path)) {
        add_line(verifier->result, false, name, "listed in " FILE_SUMS ", but missing");
        return 0;
    }
    status = sha256_file(path, hex, error);
    if (status)
        return status;
    if (memcmp(hex, hash, HEX) == 0)
        add_line(verifier->result, true, name, "SHA-256 as in " FILE_SUMS);
    else
        add_line(verifier->result, false, name, "changed: its SHA-256 is another than in " FILE_SUMS);
    return 0;
}

static bool is_in(const char *name, char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return strcmp(name, FILE_SUMS) == 0 || strcmp(name, FILE_SUMS_SIGNATURE) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int check_strangers(struct verifier *verifier, char *const *names, size_t n, struct error *error)
{
    struct dirent **entries;
    const int count = scandir(verifier->settings->directory, &entries, NULL, by_name);

    if (count < 0)
        return error_set(error, ERROR_INPUT, "cannot read the directory '%s': %s", verifier->settings->directory,
                         strerror(errno));
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;

        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !is_in(name, names, n))
            add_line(verifier->result, false, name, "not listed in " FILE_SUMS ": added later");
        free(entries[i]);
    }
    free(entries);
    return 0;
}

static int check_sums(struct verifier *verifier, struct error *error)
{
    const char *text = strbuf_text(&verifier->sums);
    char *lines = arena_copy(verifier->arena, text, verifier->sums.length), *line = lines;
    char **names = ARENA_ARRAY(verifier->arena, char *, verifier->sums.length / (HEX + 3) + 1);
    size_t n = 0;
    int status = lines && names ? 0 : error_memory(error);

    for (char *end; !status && line < lines + verifier->sums.length; line = end + 1) {
        end = memchr(line, '\n', (size_t)(lines + verifier->sums.length - line));
        if (end)
            *end = '\0';
        names[n] = end ? name_in_line(line) : NULL;
        if (!names[n] || is_in(names[n], names, n)) {
            add_line(verifier->result, false, FILE_SUMS, "not a list of files and their SHA-256, one a line");
            return 0;
        }
        status = check_listed(verifier, line, names[n], error);
        n++;
    }
    return status ? status : check_strangers(verifier, names, n, error);
}

/* An input file as it is now, and as the audit has it (NULL: it has none of that name). */
static int check_input(struct verifier *verifier, const char *subject, const char *path, const cJSON *input,
                       struct error *error)
{
    const char *then = json_get_string(input, "sha256", NULL);
    char hex[HEX + 1];
    int status = sha256_file(path, hex, error);

    if (status)
        return status;
    if (!then)
        add_line(verifier->result, false, subject, "the audit had no such input");
    else if (strcmp(then, hex) != 0)
        add_line(verifier->result, false, subject,
                 arena_format(verifier->arena, "'%s' is not the file that was audited", path));
    else
        add_line(verifier->result, true, subject, arena_format(verifier->arena, "'%s' is the file that was audited", path));
    return 0;
}

static const cJSON *find_candidate(const cJSON *list, const char *name)
{
    const cJSON *input;

    cJSON_ArrayForEach(input, list)
    {
        if (strcmp(json_get_string(input, "name", ""), name) == 0)
            return input;
    }
    return NULL;
}

static int check_candidates(struct verifier *verifier, const cJSON *list, struct error *error)
{
    const struct option_list *given = &verifier->settings->synthetic;
    const char **names = ARENA_ARRAY(verifier->arena, const char *, given->count + 1);
    const cJSON *input;
    int status = names ? 0 : error_memory(error);

    for (size_t i = 0; i < given->count && !status; i++) {
        const char *path;

        status = candidate_split(verifier->arena, given->items[i], &names[i], &path, error);
        if (!status)
            status = check_input(verifier, arena_format(verifier->arena, "candidate %s", names[i]), path,
                                 find_candidate(list, names[i]), error);
    }
    cJSON_ArrayForEach(input, list)
    {
        const char *name = json_get_string(input, "name", "");
        bool seen = status != 0;

        for (size_t i = 0; i < given->count && !seen; i++)
            seen = strcmp(names[i], name) == 0;
        if (!seen)
            add_unseen(verifier->result, arena_format(verifier->arena, "candidate %s", name));
    }
    return status;
}

static int check_inputs(struct verifier *verifier, struct error *error)
{
    const struct verify_settings *settings = verifier->settings;
    const struct {
        const char *role, *path;
    } inputs[] = {{"train", settings->train}, {"holdout", settings->holdout}, {"reference", settings->reference}};
    const cJSON *list;
    cJSON *audit = NULL;
    int status = 0;

    if (json_parse(strbuf_text(&verifier->audit), verifier->audit.length, FILE_AUDIT, false, &audit, NULL) != 0) {
        add_line(verifier->result, false, FILE_AUDIT, "it is no JSON: the inputs cannot be compared");
        return 0;
    }
    list = json_get(audit, "inputs");
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0] && !status; i++) {
        const cJSON *input = json_get(list, inputs[i].role);

        if (inputs[i].path)
            status = check_input(verifier, inputs[i].role, inputs[i].path, input, error);
        else if (cJSON_IsObject(input))
            add_unseen(verifier->result, inputs[i].role);
    }
    if (!status)
        status = check_candidates(verifier, json_get(list, "candidates"), error);
    cJSON_Delete(audit);
    return status;
}

int verify_directory(const struct verify_settings *settings, struct verification *result, struct error *error)
{
    struct verifier verifier = {
        .settings = settings, .result = result, .arena = arena_new(), .audit = STRBUF_INIT, .sums = STRBUF_INIT};
    struct stat about;
    int status = verifier.arena ? 0 : error_memory(error);

    *result = (struct verification){.table = STRBUF_INIT, .unseen = STRBUF_INIT, .signatures = settings->key != NULL};
    if (!status && (stat(settings->directory, &about) != 0 || !S_ISDIR(about.st_mode)))
        status = error_set(error, ERROR_INPUT, "'%s' is no directory that 'assay audit --sign' wrote", settings->directory);
    if (!status && settings->key)
        status = public_key_read(settings->key, &verifier.key, error);
    key_name(verifier.key.id, result->key);
    if (!settings->key)
        add_unseen(result, "the signatures (no --key)");
    if (!status)
        status = check_signature(&verifier, FILE_AUDIT, FILE_AUDIT_SIGNATURE, &verifier.audit, error);
    if (!status)
        status = check_signature(&verifier, FILE_SUMS, FILE_SUMS_SIGNATURE, &verifier.sums, error);
    if (!status)
        status = check_sums(&verifier, error);
    if (!status)
        status = check_inputs(&verifier, error);
    if (!status && (result->table.failed || result->unseen.failed))
        status = error_memory(error);
    strbuf_free(&verifier.audit);
    strbuf_free(&verifier.sums);
    arena_free(verifier.arena);
    return status;
}
