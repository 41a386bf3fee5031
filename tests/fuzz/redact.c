/* A citizen's text, and what of it tells who wrote it. */
#include "matter/redact.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(256 << 20);
	struct hy_err e = { 0 };
	hy_str s = bytes_of(data, size);

	if (!hy_str_utf8(s, NULL))
		return 0;
	struct redact_spans spans = redact_propose(a, s);
	for (size_t i = 0; i < spans.n; i++)
		HOLDS(spans.v[i].from < spans.v[i].to &&
		      (i == 0 || spans.v[i - 1].to <= spans.v[i].from));
	HOLDS(well(redact_check(a, s, &spans, &e), &e));
	HOLDS(hy_str_utf8(redact_apply(a, s, &spans), NULL));
	return 0;
}
