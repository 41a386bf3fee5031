#ifndef HY_STORE_TESTING_ADDRESS_H
#define HY_STORE_TESTING_ADDRESS_H

/* testing_address -- on which store a test runs.  Without HY_TEST_STORE that is a folder; with it
 * (tests/pg/with-postgres sets it) a schema of its own in that database, named after the folder. */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* NULL when the folder is the store. */
static inline const char *test_database(void)
{
	const char *given = getenv("HY_TEST_STORE");

	return given && *given ? given : NULL;
}

/* The store's address for FOLDER; the same folder has the same one.  Valid until the next call. */
static inline const char *test_address(const char *folder)
{
	static char address[512], schema[128];
	const char *base = test_database();
	size_t n = 0;

	if (!base)
		return folder;
	for (; *folder && n + 1 < sizeof(schema); folder++)
		if (isalnum((unsigned char)*folder))
			schema[n++] = (char)tolower((unsigned char)*folder);
	schema[n] = '\0';
	snprintf(address, sizeof(address), "%s%coptions=-csearch_path%%3D%s%ld", base,
		 strchr(base, '?') ? '&' : '?', schema, (long)getpid());
	return address;
}

#endif
