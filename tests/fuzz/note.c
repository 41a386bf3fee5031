/* Signed notes, checkpoints, keys in text, paths of tiles. */
#include "fuzz.h"
#include "ledger/checkpoint.h"
#include "ledger/tile.h"
#include "people/custodian.h"

static void keys(struct hy_arena *a, hy_str s)
{
	struct hy_err e = { 0 };
	struct hy_vkey v;
	struct hy_skey k;
	struct seal_key c;

	if (well(hy_vkey_read(s, &v, &e), &e)) {
		struct hy_vkey same; /* text has small hex digits, and may have had large ones */
		HOLDS(well(hy_vkey_read(hy_vkey_text(a, &v), &same, &e), &e));
		HOLDS(hy_str_eq(same.name, v.name) && same.kind == v.kind &&
		      memcmp(same.id, v.id, sizeof(v.id)) == 0 &&
		      memcmp(same.pub, v.pub, sizeof(v.pub)) == 0);
	}
	if (well(hy_skey_read(s, &k, &e), &e))
		hy_skey_wipe(&k);
	(void)well(custodian_key_read(s, &c, &e), &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	struct hy_err e = { 0 };
	struct hy_note note;
	struct hy_checkpoint cp;
	struct hy_tile tile;
	hy_str s = bytes_of(data, size), again;

	keys(a, s);
	if (hy_tile_parse(s, &tile)) {
		again = hy_tile_path(a, tile);
		HOLDS(again.n == s.n && memcmp(again.p, s.p, s.n) == 0);
	}
	(void)well(hy_checkpoint_parse(s, &cp, &e), &e);
	if (!well(hy_note_parse(a, s, &note, &e), &e))
		return 0;
	HOLDS(note.n >= 1 && note.n <= HY_NOTE_SIGS_MOST && hy_str_utf8(note.text, NULL));
	for (size_t i = 0; i < note.n; i++)
		HOLDS(note.sigs[i].bytes.n >= 1 && hy_key_name_ok(note.sigs[i].name));
	/* Ours; other logs may have extensions and other names. */
	if (well(hy_checkpoint_parse(note.text, &cp, &e), &e) && !cp.extensions.n &&
	    hy_key_name_ok(cp.origin) && cp.size <= HY_TREE_MOST) {
		HOLDS(well(hy_checkpoint_text(a, &cp, &again, &e), &e));
		HOLDS(again.n == note.text.n && memcmp(again.p, note.text.p, again.n) == 0);
	}
	return 0;
}
