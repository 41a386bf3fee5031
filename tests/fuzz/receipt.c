/* Receipts (.tlog-proof): what is read is written again as it was. */
#include "ledger/receipt.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	struct hy_err e = { 0 };
	struct hy_receipt r;
	struct hy_proven proven;
	struct hy_trust trust = { 0 };
	hy_hash leaf = { 0 };
	hy_str again;

	(void)hy_receipt_verify(a, bytes_of(data, size), &leaf, &trust, &proven, &e);
	hy_err_clear(&e);
	if (!well(hy_receipt_parse(a, bytes_of(data, size), &r, &e), &e))
		return 0;
	HOLDS(r.extra.n <= HY_RECEIPT_EXTRA_MOST);
	HOLDS(well(hy_receipt_write(a, &r, &again, &e), &e));
	HOLDS(again.n == size && memcmp(again.p, data, size) == 0);
	return 0;
}
