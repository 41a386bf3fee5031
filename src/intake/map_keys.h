#ifndef INTAKE_MAP_KEYS_H
#define INTAKE_MAP_KEYS_H

/* map_keys -- the vocabulary of mapping files, as the tables that pack/schema.h defines. */

#include "pack/schema.h"

extern const struct pack_shape intake_map_shape;
/* The words of `encoding` and `delimiter`, in the order of their values. */
extern const char *const intake_delimiter_names[];
extern const char intake_delimiters[];

#endif
