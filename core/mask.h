/* Cells in messages: a message may end in a log that more people read than the data, so it shows the form of a cell and not the
 * cell. Letters are x, digits 9, the rest as it is: "12,50 EUR" is '99,99 xxx'. Cut after 40 characters. */
#ifndef ASSAY_CORE_MASK_H
#define ASSAY_CORE_MASK_H

#include <stddef.h>

struct mask {
    char text[48];
};

struct mask mask_of(const char *text, size_t length);

#endif
