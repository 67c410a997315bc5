/* Which columns attacks guess: one rule for reconstruction, attribute disclosure and inference. */
#ifndef ASSAY_ATTACKS_SECRETS_H
#define ASSAY_ATTACKS_SECRETS_H

#include "datasets/dataset.h"

/* Columns with any of these roles that attacks can work on: quantity or levels, neither ignored nor a key. Writes at most
 * `capacity`, returns how many it wrote. */
size_t attack_columns_with_role(const struct schema *schema, unsigned roles, size_t *columns, size_t capacity);

/* Columns named with --secret; without it every secret and every sensitive column, and the target where the schema names no
 * secret. `columns` has room for all columns of the schema. Returns how many; *named: --secret said which. */
size_t attack_secrets_choose(const struct dataset *data, size_t *columns, bool *named);

#endif
