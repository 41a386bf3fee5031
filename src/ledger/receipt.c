#include "ledger/receipt.h"

#include "base/buf.h"

static const hy_str first_line = HY_S_INIT("c2sp.org/tlog-proof@v1");

/* What may stand before the checkpoint: the extra line, the index, the proof. */
enum { HEAD_MOST = HY_RECEIPT_EXTRA_MOST / 3 * 4 + 8192 };

enum hy_code hy_receipt_write(struct hy_arena *a, const struct hy_receipt *r, hy_str *out,
			      struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(a);

	if (r->index >= HY_TREE_MOST)
		return hy_fail(e, HY_BAD_FIELD, "index", "no log has so many entries");
	if (r->extra.n > HY_RECEIPT_EXTRA_MOST)
		return hy_fail(e, HY_BAD_FIELD, "extra", "at most %d bytes",
			       (int)HY_RECEIPT_EXTRA_MOST);
	hy_buf_add(&b, first_line);
	hy_buf_byte(&b, '\n');
	if (r->extra.n) {
		hy_buf_add(&b, HY_S("extra "));
		hy_buf_add(&b, hy_base64(a, r->extra.p, r->extra.n));
		hy_buf_byte(&b, '\n');
	}
	hy_buf_fmt(&b, "index %llu\n", (unsigned long long)r->index);
	for (size_t i = 0; i < r->proof.n; i++) {
		hy_buf_add(&b, hy_base64(a, r->proof.v[i].b, HY_SHA256));
		hy_buf_byte(&b, '\n');
	}
	hy_buf_byte(&b, '\n');
	hy_buf_add(&b, r->checkpoint);
	*out = hy_buf_str(&b);
	return HY_OK;
}

static hy_str without(hy_str line, hy_str head)
{
	return (hy_str){ line.p + head.n, line.n - head.n };
}

static bool extra_read(struct hy_arena *a, hy_str base64, hy_str *out)
{
	size_t most = base64.n / 4 * 3;

	if (base64.n == 0 || most > HY_RECEIPT_EXTRA_MOST + 2)
		return false;
	char *p = hy_arena_take(a, most);
	ptrdiff_t n = hy_base64_read(base64, p, most);
	if (n < 1 || n > HY_RECEIPT_EXTRA_MOST)
		return false;
	*out = (hy_str){ p, (size_t)n };
	return true;
}

enum hy_code hy_receipt_parse(struct hy_arena *a, hy_str text, struct hy_receipt *out,
			      struct hy_err *e)
{
	struct hy_receipt r = { .index = 0 };
	hy_str line;

	if (text.n > (size_t)HEAD_MOST + HY_NOTE_MOST)
		return hy_fail(e, HY_TOO_LARGE, "receipt", "no receipt is so large");
	if (!hy_str_cut(&text, '\n', &line) || !hy_str_eq(line, first_line))
		return hy_fail(e, HY_BAD_INPUT, "receipt", "a receipt begins with " HY_FMT,
			       HY_ARG(first_line));
	bool more = hy_str_cut(&text, '\n', &line);
	if (more && hy_str_starts(line, HY_S("extra "))) {
		if (!extra_read(a, without(line, HY_S("extra ")), &r.extra))
			return hy_fail(e, HY_BAD_INPUT, "receipt", "the extra line is no base64");
		more = hy_str_cut(&text, '\n', &line);
	}
	if (!more || !hy_str_starts(line, HY_S("index ")) ||
	    !hy_size_read(without(line, HY_S("index ")), &r.index))
		return hy_fail(e, HY_BAD_INPUT, "receipt",
			       "the line \"index <number>\" is missing");
	for (;;) {
		if (!hy_str_cut(&text, '\n', &line))
			return hy_fail(e, HY_BAD_INPUT, "receipt", "the receipt is cut short");
		if (line.n == 0)
			break;
		if (!hy_proof_add(&r.proof, line))
			return hy_fail(e, HY_BAD_INPUT, "receipt",
				       "proof line %zu is no hash in base64, or one too many",
				       r.proof.n + 1);
	}
	r.checkpoint = text;
	*out = r;
	return HY_OK;
}

enum hy_code hy_receipt_verify(struct hy_arena *a, hy_str text, const hy_hash *leaf,
			       const struct hy_trust *trust, struct hy_proven *out,
			       struct hy_err *e)
{
	struct hy_receipt r;
	struct hy_proven proven;
	enum hy_code c = hy_receipt_parse(a, text, &r, e);

	if (!c)
		c = hy_checkpoint_open(a, r.checkpoint, trust, &proven.head, e);
	if (c)
		return c;
	if (!hy_inclusion_holds(leaf, r.index, proven.head.cp.size, &r.proof, &proven.head.cp.root))
		return hy_fail(e, HY_TAMPERED, "receipt",
			       "the log does not hold this entry at place %llu",
			       (unsigned long long)r.index);
	proven.index = r.index;
	*out = proven;
	return HY_OK;
}
