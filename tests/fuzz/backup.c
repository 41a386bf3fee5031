/* A backup: its container, its manifest, its tar. */
#include "store/backup.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(256 << 20);
	struct hy_err e = { 0 };
	struct hy_backup_facts facts;
	struct hy_backup_key key = { .has_secret = true }, read;
	char path[40];
	int fd = file_of(data, size, path);

	(void)well(hy_backup_read(a, path, &key, NULL, NULL, NULL, NULL, &facts, &e), &e);
	(void)well(hy_backup_key_read(path, &read, &e), &e);
	close(fd);
	return 0;
}
