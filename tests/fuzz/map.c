/* A mapping file, with its patterns of PCRE2. */
#include "intake/map.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(256 << 20);
	struct hy_err e = { 0 };
	struct pack_messages msgs = { 0 };
	struct intake_map *m = NULL;
	const hy_str header[] = { HY_S("a"), HY_S("b"), HY_S("message_id") };

	if (!well(intake_map_read(a, HY_S("a.yaml"), bytes_of(data, size), &msgs, &m, &e), &e))
		return 0;
	if (well(intake_map_columns(a, m, header, 3, &e), &e)) {
		hy_ms at;
		if (intake_time_read(m, HY_S("2026-09-30 10:00"), &at))
			HOLDS(at != HY_NO_TIME);
	}
	return 0;
}
