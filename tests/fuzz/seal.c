/* Boxes of sealed identities, and of sealed originals. */
#include "people/seal.h"
#include "fuzz.h"
#include "matter/attach.h"

#define KEY "0100000000000000000000000000000000000000000000000000000000000000"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	struct hy_err e = { 0 };
	const struct seal_key key = { { 1 } };
	struct seal_key half, out;
	hy_str s = bytes_of(data, size), plain;

	HOLDS(!well(seal_open(a, &key, HY_S("identity"), s, &plain, &e), &e));
	HOLDS(!well(seal_open_padded(a, &key, HY_S("identity"), s, &plain, &e), &e));
	HOLDS(!well(attach_unseal(a, s, HY_S(KEY), &plain, &e), &e));
	(void)memset(&half, 2, sizeof(half));
	HOLDS(!well(seal_from(&key, &half, s, &out, &e), &e));
	return 0;
}
