/* Which columns attacks guess: one rule for reconstruction, attribute disclosure and inference. */
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

#endif
