/* The core's parameters by the names that hardware/src/core-params.ts gives them. */
#ifndef PARAM_NAMES_H
#define PARAM_NAMES_H
#include <stdint.h>

/* The parameter's number, or PARAM_COUNT for a name that is none. */
uint32_t param_by_name(const char *name);

#endif
