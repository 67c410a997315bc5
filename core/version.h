/* The program's version: printed by --version and written into audit.json and run.json. */
#ifndef ASSAY_CORE_VERSION_H
#define ASSAY_CORE_VERSION_H

#define ASSAY_VERSION "0.1.0"

#endif
