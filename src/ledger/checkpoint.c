#include "ledger/checkpoint.h"

#include "base/buf.h"

static bool root_possible(const struct hy_checkpoint *cp)
{
	hy_hash none = hy_empty_root();

	return cp->size > 0 || hy_hash_eq(&cp->root, &none);
}

enum hy_code hy_checkpoint_text(struct hy_arena *a, const struct hy_checkpoint *cp, hy_str *out,
				struct hy_err *e)
{
	if (!hy_key_name_ok(cp->origin))
		return hy_fail(e, HY_BAD_FIELD, "origin",
			       "an origin has no spaces and no '+', and is not empty");
	if (cp->size > HY_TREE_MOST)
		return hy_fail(e, HY_BAD_FIELD, "size", "no log has so many entries");
	if (!root_possible(cp))
		return hy_fail(e, HY_BAD_FIELD, "root", "the empty tree has another root");
	if (cp->extensions.n)
		return hy_fail(e, HY_BAD_FIELD, "extensions", "our checkpoints have none");
	*out = hy_printf(a, HY_FMT "\n%llu\n" HY_FMT "\n", HY_ARG(cp->origin),
			 (unsigned long long)cp->size, HY_ARG(hy_base64(a, cp->root.b, HY_SHA256)));
	return HY_OK;
}

enum hy_code hy_checkpoint_parse(hy_str text, struct hy_checkpoint *out, struct hy_err *e)
{
	struct hy_checkpoint cp;
	hy_str size, root;

	if (!hy_str_ends(text, HY_S("\n")) || !hy_str_cut(&text, '\n', &cp.origin) ||
	    cp.origin.n == 0)
		return hy_fail(e, HY_BAD_INPUT, "checkpoint", "line 1 is the origin of the log");
	if (!hy_str_cut(&text, '\n', &size) || !hy_size_read(size, &cp.size))
		return hy_fail(e, HY_BAD_INPUT, "checkpoint",
			       "line 2 is the size of the tree, in plain decimal");
	if (!hy_str_cut(&text, '\n', &root) || !hy_hash_read(root, &cp.root))
		return hy_fail(e, HY_BAD_INPUT, "checkpoint",
			       "line 3 is the root, 32 bytes in base64");
	if (!root_possible(&cp))
		return hy_fail(e, HY_BAD_INPUT, "checkpoint", "the empty tree has another root");
	if (hy_str_starts(text, HY_S("\n")) || hy_str_find(text, HY_S("\n\n")) >= 0)
		return hy_fail(e, HY_BAD_INPUT, "checkpoint", "an extension line is empty");
	cp.extensions = text;
	*out = cp;
	return HY_OK;
}

enum hy_code hy_checkpoint_sign(struct hy_arena *a, const struct hy_checkpoint *cp,
				const struct hy_skey *key, hy_str *out, struct hy_err *e)
{
	hy_str text;

	if (key->pub.kind != HY_SIG_ED25519 || !hy_str_eq(key->pub.name, cp->origin))
		return hy_fail(e, HY_BAD_FIELD, "key",
			       "a checkpoint is signed by the key that bears its origin");
	enum hy_code c = hy_checkpoint_text(a, cp, &text, e);
	return c ? c : hy_note_sign(a, text, key, 0, out, e);
}

/* Counts the witnesses behind the log's own signature. */
static enum hy_code judge(const struct hy_signed *who, const struct hy_trust *t,
			  struct hy_head *head, struct hy_err *e)
{
	if (!who[0].good)
		return hy_fail(e, HY_TAMPERED, "checkpoint", "the log itself has not signed this");
	for (size_t i = 1; i <= t->witness_count; i++) {
		if (!who[i].good)
			continue;
		head->cosigned++;
		if (who[i].time > head->latest)
			head->latest = who[i].time;
	}
	if (head->cosigned < t->quorum)
		return hy_fail(e, HY_TAMPERED, "checkpoint",
			       "%zu of the witnesses have signed, %zu are needed", head->cosigned,
			       t->quorum);
	return HY_OK;
}

/* One witness under two names is one witness. */
static bool witness_twice(const struct hy_trust *t)
{
	for (size_t i = 0; i < t->witness_count; i++)
		for (size_t j = i + 1; j < t->witness_count; j++)
			if (memcmp(t->witnesses[i].pub, t->witnesses[j].pub,
				   sizeof(t->witnesses[i].pub)) == 0)
				return true;
	return false;
}

static enum hy_code trust_check(const struct hy_trust *t, struct hy_err *e)
{
	if (t->log.kind != HY_SIG_ED25519)
		return hy_fail(e, HY_BAD_FIELD, "log", "the key of a log makes plain signatures");
	if (t->witness_count >= HY_NOTE_SIGS_MOST)
		return hy_fail(e, HY_BAD_FIELD, "witnesses", "at most %d are possible",
			       HY_NOTE_SIGS_MOST - 1);
	if (witness_twice(t))
		return hy_fail(e, HY_BAD_FIELD, "witnesses", "two witnesses have the same key");
	return HY_OK;
}

enum hy_code hy_checkpoint_open(struct hy_arena *a, hy_str note, const struct hy_trust *trust,
				struct hy_head *out, struct hy_err *e)
{
	enum hy_code c = trust_check(trust, e);
	if (c)
		return c;
	size_t n = trust->witness_count + 1;
	struct hy_vkey *keys = hy_new_n(a, struct hy_vkey, n);
	struct hy_signed *who = hy_new_n(a, struct hy_signed, n);
	struct hy_note parts;
	struct hy_head head = { 0 };

	keys[0] = trust->log;
	if (trust->witness_count)
		memcpy(keys + 1, trust->witnesses, trust->witness_count * sizeof(*keys));
	c = hy_note_parse(a, note, &parts, e);
	if (!c)
		c = hy_note_verify(&parts, keys, n, who, e);
	if (!c)
		c = judge(who, trust, &head, e);
	if (!c)
		c = hy_checkpoint_parse(parts.text, &head.cp, e);
	if (c)
		return c;
	if (!hy_str_eq(head.cp.origin, trust->origin.n ? trust->origin : trust->log.name))
		return hy_fail(e, HY_TAMPERED, "checkpoint", "this is the head of another log");
	*out = head;
	return HY_OK;
}

enum hy_code hy_checkpoint_open_own(struct hy_arena *a, hy_str note, const struct hy_vkey *own,
				    struct hy_checkpoint *out, struct hy_err *e)
{
	struct hy_head head;
	struct hy_trust trust = { .log = *own };
	enum hy_code c = hy_checkpoint_open(a, note, &trust, &head, e);

	if (c)
		return c;
	if (head.cp.extensions.n)
		return hy_fail(e, HY_TAMPERED, "checkpoint", "our checkpoints have no extensions");
	*out = head.cp;
	return HY_OK;
}
