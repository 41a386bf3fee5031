#ifndef PACK_SCHEMA_ROWS_H
#define PACK_SCHEMA_ROWS_H

/* schema_rows -- how the rows of the vocabulary are written; for schema*.c alone. */

#include "pack/schema.h"

#define END                                                                                        \
	{                                                                                          \
		0                                                                                  \
	}
/* A mapping and the list of its kind. */
#define MAP(id, about_, rows)                                                                      \
	static const struct pack_shape id = {                                                      \
		.type = SHAPE_MAP, .about = about_, .name = #id, .keys = rows                      \
	}
#define LIST(id, item_, least_, most_)                                                             \
	static const struct pack_shape id = {                                                      \
		.type = SHAPE_LIST, .item = &item_, .least = least_, .most = most_                 \
	}

#endif
