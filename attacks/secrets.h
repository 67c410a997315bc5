/* Which columns attacks guess, and which they know: one rule for reconstruction, attribute disclosure, linkability and
 * inference. */
#ifndef ASSAY_ATTACKS_SECRETS_H
#define ASSAY_ATTACKS_SECRETS_H

#include "datasets/dataset.h"

#define ATTACK_NAMED_SECRETS   ((size_t)8) /* at most so many columns named as secrets are attacked */
#define ATTACK_DEFAULT_SECRETS ((size_t)4) /* … so many where none is named */

/* Columns with any of these roles that attacks can work on: quantity or levels, neither ignored nor a key. Writes at most
 * `capacity`, returns how many it wrote. */
size_t attack_columns_with_role(const struct schema *schema, unsigned roles, size_t *columns, size_t capacity);

/* Columns named as secrets (--secret), else the sensitive ones and the target; room for ATTACK_NAMED_SECRETS. Returns how many;
 * *named: they were named. */
size_t attack_secrets_choose(const struct dataset *data, size_t *columns, bool *named);

/* The same with other bounds; columns: room for the larger of the two. */
struct secret_bounds {
    size_t named, fallback; /* so many at most where secrets are named, and where none is */
    bool text;              /* a text column may be a secret where it is named */
};
size_t attack_secrets_within(const struct dataset *data, struct secret_bounds bounds, size_t *columns, bool *named);

/* What the attacker knows of everybody: the quasi-identifiers, else all measured columns; without the secret (SIZE_MAX:
 * none). columns: room for all columns of the schema. Returns how many. */
size_t attack_known_columns(const struct schema *schema, size_t secret, size_t *columns);

#endif
