#include "record/record.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "ledger/commit.h"
#include "ledger/tile.h"
#include "record/record_part.h"

enum { KEY_MOST = 4096, ORIGIN_MOST = 200 };

/* event: every change, one row each, never altered or deleted.  LEAF is the hash of BODY; MATTER
 *   and SUBJECT are there to be found by.
 * event_private: what an event keeps to itself; SALT and BODY are NULL once erased.
 * log_node: hash number POS of tile level LEVEL (a complete subtree of 256^LEVEL leaves).
 * log_head: one row, the signed head of the log as of the last commit. */
const struct hy_migration record_migrations[] = {
	{ .name = "record-001",
	  .sqlite = "CREATE TABLE event(idx INTEGER PRIMARY KEY, matter INTEGER,"
		    " subject TEXT NOT NULL, body TEXT NOT NULL, leaf BLOB NOT NULL);"
		    "CREATE INDEX event_matter ON event(matter, idx) WHERE matter IS NOT NULL;"
		    "CREATE INDEX event_subject ON event(subject, idx) WHERE matter IS NULL;"
		    "CREATE TABLE event_private(idx INTEGER PRIMARY KEY, salt BLOB, body TEXT);"
		    "CREATE TABLE log_node(level INTEGER NOT NULL, pos INTEGER NOT NULL,"
		    " hash BLOB NOT NULL, PRIMARY KEY(level, pos)) WITHOUT ROWID;"
		    "CREATE TABLE log_head(id INTEGER PRIMARY KEY CHECK(id = 1),"
		    " size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,"
		    " at INTEGER NOT NULL);",
	  .pg = "CREATE TABLE event(idx BIGINT PRIMARY KEY, matter BIGINT,"
		" subject TEXT COLLATE \"C\" NOT NULL, body TEXT NOT NULL, leaf BYTEA NOT NULL);"
		"CREATE INDEX event_matter ON event(matter, idx) WHERE matter IS NOT NULL;"
		"CREATE INDEX event_subject ON event(subject, idx) WHERE matter IS NULL;"
		"CREATE TABLE event_private(idx BIGINT PRIMARY KEY, salt BYTEA, body TEXT);"
		"CREATE TABLE log_node(level BIGINT NOT NULL, pos BIGINT NOT NULL,"
		" hash BYTEA NOT NULL, PRIMARY KEY(level, pos));"
		"CREATE TABLE log_head(id BIGINT PRIMARY KEY CHECK(id = 1), size BIGINT NOT NULL,"
		" root BYTEA NOT NULL, note TEXT NOT NULL, at BIGINT NOT NULL);" },
	{ 0 }
};

struct record {
	struct hy_store *store;
	struct hy_arena *a; /* lives as long as the keeper: the key's text */
	struct hy_skey key;
	bool seeded; /* salts are a function of SALT_SEED and the index */
	unsigned char salt_seed[HY_SEED];

	/* The writer's thread alone. */
	struct hy_arena *scratch; /* of one append */
	struct hy_frontier edge;  /* believed only when it is the stored head's, see edge_at() */
	/* What is known without asking, as long as hy_db_era() is ERA. */
	uint64_t era;
	int64_t next;	 /* event */
	bool head_known; /* HEAD's size and root are those of the stored one */
	struct record_head head;
	int64_t leaves_from;	/* LEAVES are those of the events from here to NEXT */
	HY_VEC(hy_hash) leaves; /* in the transaction's arena */

	bool other;		  /* an event of this batch belongs to no matter */
	_Atomic uint64_t changes; /* so many batches had one */

	pthread_mutex_t publishing;
	int64_t published; /* size of the checkpoint outside; guarded by PUBLISHING */
};

/* --- making the key --------------------------------------------------------------------- */

static bool origin_ok(hy_str origin)
{
	return origin.n <= ORIGIN_MOST && hy_key_name_ok(origin) &&
	       hy_str_find(origin, HY_S("://")) < 0 && record_plain(origin, 1);
}

static enum hy_code key_folder(struct hy_arena *a, const char *where, struct hy_err *e)
{
	hy_str keys = hy_printf(a, "%s/keys", where);

	enum hy_code c = hy_dir_make(where, e);
	if (c)
		return c;
	if (mkdir(keys.p, 0700) != 0 && errno != EEXIST)
		return hy_fail(e, HY_IO, "", "could not make the folder %s: %s", keys.p,
			       strerror(errno));
	return HY_OK;
}

static enum hy_code write_keys(struct hy_arena *a, const char *where, const struct hy_skey *key,
			       struct hy_err *e)
{
	hy_str secret = hy_skey_text(a, key);
	hy_str line = hy_printf(a, HY_FMT "\n", HY_ARG(secret));

	enum hy_code c = hy_file_write(hy_printf(a, "%s/keys/log.key", where).p, line, 0600, e);
	sodium_memzero((char *)(uintptr_t)secret.p, secret.n);
	sodium_memzero((char *)(uintptr_t)line.p, line.n);
	if (c)
		return c;
	line = hy_printf(a, HY_FMT "\n", HY_ARG(hy_vkey_text(a, &key->pub)));
	return hy_file_write(hy_printf(a, "%s/log.vkey", where).p, line, 0644, e);
}

enum hy_code record_create(const char *where, hy_str origin, const unsigned char *seed,
			   struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	unsigned char key_seed[HY_SEED];
	struct hy_skey key;
	struct stat st;

	if (!origin_ok(origin))
		return hy_fail(e, HY_BAD_FIELD, "origin",
			       "the log's name is like city.example/log: without scheme, blanks or "
			       "'+', at most %d bytes",
			       ORIGIN_MOST);
	hy_str path = hy_printf(a, "%s/keys/log.key", where);
	if (lstat(path.p, &st) == 0)
		return hy_fail(e, HY_EXISTS, "", "%s is there already; a log has one key", path.p);
	enum hy_code c = key_folder(a, where, e);
	if (c)
		return c;
	if (seed) {
		hy_hash h = hy_sha256_4(HY_S("huiyin log key v1\n"),
					(hy_str){ (const char *)seed, HY_SEED }, (hy_str){ 0 },
					(hy_str){ 0 });
		memcpy(key_seed, h.b, sizeof(key_seed));
	} else {
		hy_random(key_seed, sizeof(key_seed));
	}
	c = hy_skey_make(origin, HY_SIG_ED25519, key_seed, &key, e);
	sodium_memzero(key_seed, sizeof(key_seed));
	if (c)
		return c;
	c = write_keys(a, where, &key, e);
	hy_skey_wipe(&key);
	return c;
}

/* --- the tree grows before each commit ----------------------------------------------------- */

/* Makes R's edge that of the stored head H.  What is remembered may come from a batch that
 * was rolled back; it counts only when it has H's size and root. */
static enum hy_code edge_at(struct record *r, struct hy_db *db, const struct record_head *h,
			    struct hy_err *e)
{
	struct hy_tile_source tiles = record_tiles(db);

	if (r->edge.size == (uint64_t)h->size) {
		hy_hash root = hy_frontier_root(&r->edge);
		if (hy_hash_eq(&root, &h->root))
			return HY_OK;
	}
	enum hy_code c = hy_frontier_load(&tiles, (uint64_t)h->size, &r->edge, e);
	if (c)
		return c;
	hy_hash root = hy_frontier_root(&r->edge);
	if (!hy_hash_eq(&root, &h->root))
		return hy_fail(e, HY_TAMPERED, "",
			       "the stored tree does not give the root of the log's head; run "
			       "huiyin fsck to learn where it was changed");
	return HY_OK;
}

static enum hy_code store_nodes(struct hy_db *db, const struct hy_tile_node *node, unsigned n,
				struct hy_err *e)
{
	for (unsigned i = 0; i < n; i++) {
		HY_SCOPED_STMT s =
			hy_sql(db, "INSERT INTO log_node(level, pos, hash) VALUES($1, $2, $3)");
		hy_bind_int(s, 1, node[i].level);
		hy_bind_int(s, 2, (int64_t)node[i].idx);
		hy_bind_blob(s, 3, record_hash_view(&node[i].hash));
		enum hy_code c = hy_exec(s, NULL, e);
		if (c)
			return c;
	}
	return HY_OK;
}

static enum hy_code add_leaf(struct record *r, struct hy_db *db, const hy_hash *leaf,
			     struct hy_err *e)
{
	struct hy_tile_node done[HY_TILE_LEVELS];
	unsigned n = hy_frontier_append(&r->edge, leaf, done);

	return store_nodes(db, done, n, e);
}

/* The leaves of this transaction, when all of them are still at hand. */
static enum hy_code grow_by_known(struct record *r, struct hy_db *db, bool *done_out,
				  struct hy_err *e)
{
	enum hy_code c = HY_OK;

	*done_out = r->era == hy_db_era(db) && r->leaves_from == (int64_t)r->edge.size;
	for (size_t i = 0; *done_out && !c && i < r->leaves.n; i++)
		c = add_leaf(r, db, &r->leaves.v[i], e);
	return c;
}

/* Takes the leaves that have come since into the edge and the table of nodes. */
static enum hy_code grow(struct record *r, struct hy_db *db, struct hy_err *e)
{
	hy_hash leaf;
	bool row;
	enum hy_code c = grow_by_known(r, db, &row, e);

	if (c || row)
		return c;
	HY_SCOPED_STMT s = hy_sql(db, "SELECT idx, leaf FROM event WHERE idx >= $1 ORDER BY idx");

	hy_bind_int(s, 1, (int64_t)r->edge.size);
	for (;;) {
		c = hy_step(s, &row, e);
		if (c || !row)
			return c;
		if (hy_col_int(s, 0) != (int64_t)r->edge.size ||
		    !record_hash_of(hy_col_text(s, 1), &leaf))
			return hy_fail(e, HY_TAMPERED, "", "event %llu is missing from the log",
				       (unsigned long long)r->edge.size);
		c = add_leaf(r, db, &leaf, e);
		if (c)
			return c;
	}
}

static enum hy_code store_head(struct record *r, struct hy_db *db, struct hy_err *e)
{
	struct hy_checkpoint cp = { .origin = r->key.pub.name,
				    .size = r->edge.size,
				    .root = hy_frontier_root(&r->edge) };
	hy_str note;

	enum hy_code c = hy_checkpoint_sign(hy_db_arena(db), &cp, &r->key, &note, e);
	if (c)
		return c;
	HY_SCOPED_STMT s = hy_sql(
		db, "INSERT INTO log_head(id, size, root, note, at) VALUES(1, $1, $2, $3, $4) "
		    "ON CONFLICT(id) DO UPDATE SET size = excluded.size, root = excluded.root, "
		    "note = excluded.note, at = excluded.at");
	hy_bind_int(s, 1, (int64_t)cp.size);
	hy_bind_blob(s, 2, record_hash_view(&cp.root));
	hy_bind_text(s, 3, note);
	hy_bind_int(s, 4, hy_store_now(r->store));
	r->head_known = r->era == hy_db_era(db);
	r->head = (struct record_head){ .size = (int64_t)cp.size, .root = cp.root };
	return hy_exec(s, NULL, e);
}

static enum hy_code head_now(struct record *r, struct hy_db *db, struct record_head *out,
			     struct hy_err *e)
{
	if (!r->head_known || r->era != hy_db_era(db))
		return record_head_row(hy_db_arena(db), db, out, e);
	*out = r->head;
	return HY_OK;
}

static enum hy_code seal(struct hy_db *db, void *arg, struct hy_err *e)
{
	struct record *r = arg;
	struct record_head h;

	enum hy_code c = head_now(r, db, &h, e);
	if (!c)
		c = edge_at(r, db, &h, e);
	if (!c)
		c = grow(r, db, e);
	r->leaves.v = NULL; /* they end with the transaction */
	r->leaves.n = r->leaves.cap = 0;
	r->leaves_from = (int64_t)r->edge.size;
	if (c || r->edge.size == (uint64_t)h.size)
		return c;
	return store_head(r, db, e);
}

/* --- opening and closing -------------------------------------------------------------------- */

static bool is_pair(const struct hy_skey *key, const struct hy_vkey *public)
{
	return key->pub.kind == HY_SIG_ED25519 && key->pub.kind == public->kind &&
	       hy_str_eq(key->pub.name, public->name) &&
	       memcmp(key->pub.pub, public->pub, sizeof(public->pub)) == 0;
}

static enum hy_code read_key(struct record *r, const struct hy_vkey *public, struct hy_err *e)
{
	hy_str path = hy_printf(r->a, "%s/keys/log.key", hy_store_files(r->store)), text;
	struct hy_err inner = { 0 };
	struct stat st;

	enum hy_code c = hy_file_read(r->a, path.p, KEY_MOST, &text, &inner);
	if (c == HY_NOT_FOUND)
		return hy_fail(e, c, "",
			       "the log's signing key %s is missing; bring it back from a backup",
			       path.p);
	if (!c && stat(path.p, &st) == 0 && (st.st_mode & 077))
		return hy_fail(e, HY_FORBIDDEN, "",
			       "others may read the log's signing key; chmod 600 %s", path.p);
	if (!c)
		c = hy_skey_read(text, &r->key, &inner);
	if (c)
		return hy_fail(e, c, "", "cannot read the log's signing key %s: %s", path.p,
			       hy_err_text(&inner));
	if (!is_pair(&r->key, public))
		return hy_fail(e, HY_TAMPERED, "",
			       "the signing key keys/log.key is not the one of log.vkey: one of "
			       "them was exchanged; bring the right pair back");
	return HY_OK;
}

static enum hy_code check_start(struct record *r, struct hy_db *db, const struct hy_vkey *public,
				const struct record_mark *mark, struct hy_err *e)
{
	struct hy_tile_source tiles = record_tiles(db);
	struct hy_frontier then;
	struct record_head h;

	enum hy_code c = record_head_row(r->scratch, db, &h, e);
	if (!c)
		c = record_head_holds(r->scratch, db, &h, public, e);
	if (!c)
		c = edge_at(r, db, &h, e);
	if (!c)
		c = record_not_older(mark, h.size, e);
	if (!c && mark->there)
		c = hy_frontier_load(&tiles, mark->size, &then, e);
	if (c || !mark->there)
		return c;
	hy_hash root = hy_frontier_root(&then);
	return record_no_fork(mark, &root, e);
}

static enum hy_code start(struct record *r, struct hy_err *e)
{
	const char *where = hy_store_files(r->store);
	struct record_mark mark;
	struct hy_vkey public;

	enum hy_code c = record_public_key(r->a, where, &public, e);
	if (!c)
		c = read_key(r, &public, e);
	if (!c)
		c = record_published(r->scratch, where, &public, &mark, e);
	if (c)
		return c;
	HY_SCOPED_DB db = NULL;
	c = hy_store_read(r->store, &db, e);
	if (!c)
		c = check_start(r, db, &public, &mark, e);
	if (!c)
		r->published = mark.there ? (int64_t)mark.size : -1;
	return c;
}

static void release(struct record **r)
{
	hy_skey_wipe(&(*r)->key);
	sodium_memzero((*r)->salt_seed, sizeof((*r)->salt_seed));
	pthread_mutex_destroy(&(*r)->publishing);
	hy_arena_free(&(*r)->a);
	hy_arena_free(&(*r)->scratch);
	free(*r);
	*r = NULL;
}

static void committed(void *arg)
{
	struct record *r = arg;

	if (r->other)
		r->changes++;
	r->other = false;
}

uint64_t record_changes(const struct record *r)
{
	return r->changes;
}

enum hy_code record_open(struct hy_store *store, const unsigned char *salt_seed,
			 struct record **out, struct hy_err *e)
{
	struct record *r = calloc(1, sizeof(*r));

	if (!r)
		return hy_broke(e, HY_INTERNAL, "no memory");
	r->store = store;
	r->a = hy_arena_new(0);
	r->scratch = hy_arena_new(0);
	pthread_mutex_init(&r->publishing, NULL);
	r->seeded = salt_seed != NULL;
	if (salt_seed)
		memcpy(r->salt_seed, salt_seed, sizeof(r->salt_seed));
	enum hy_code c = start(r, e);
	if (c) {
		release(&r);
		return c;
	}
	hy_store_before_commit(store, seal, r);
	hy_store_after_commit(store, committed, r);
	*out = r;
	return HY_OK;
}

static void derive(const struct hy_skey *key, hy_str purpose, unsigned char out[32])
{
	crypto_generichash(out, 32, (const unsigned char *)purpose.p, purpose.n, key->secret, 32);
}

void record_derive(const struct record *r, hy_str purpose, unsigned char out[32])
{
	derive(&r->key, purpose, out);
}

bool record_derive_reading(struct hy_store *s, hy_str purpose, unsigned char out[32])
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const char *where = hy_store_files(s);
	struct hy_err why = { 0 };
	struct hy_vkey public;
	struct hy_skey key;
	hy_str text = HY_S("");
	bool good =
		!record_public_key(a, where, &public, &why) &&
		!hy_file_read(a, hy_printf(a, "%s/keys/log.key", where).p, KEY_MOST, &text, &why) &&
		!hy_skey_read(text, &key, &why);

	good = good && is_pair(&key, &public);
	if (good)
		derive(&key, purpose, out);
	hy_skey_wipe(&key);
	return good;
}

struct record *record_of(struct hy_store *store)
{
	return hy_store_commit_arg(store);
}

static enum hy_code publish(struct record *r, struct hy_arena *a, struct hy_err *e)
{
	struct record_head h;
	HY_SCOPED_DB db = NULL;

	enum hy_code c = hy_store_read(r->store, &db, e);
	if (!c)
		c = record_head_row(a, db, &h, e);
	if (c || h.size == 0 || h.size == r->published)
		return c;
	hy_str folder = hy_printf(a, "%s/log", hy_store_files(r->store));
	c = hy_dir_make(folder.p, e);
	if (!c)
		c = hy_file_write(hy_printf(a, "%s/checkpoint", folder.p).p, h.note, 0644, e);
	if (!c)
		r->published = h.size;
	return c;
}

enum hy_code record_publish(struct record *r, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);

	pthread_mutex_lock(&r->publishing);
	enum hy_code c = publish(r, a, e);
	pthread_mutex_unlock(&r->publishing);
	return c;
}

void record_close(struct record **r)
{
	struct hy_err e = { 0 };

	if (!*r)
		return;
	if (record_publish(*r, &e))
		hy_log(HY_LOG_ERROR, "record.publish", "%s", hy_err_text(&e));
	hy_store_before_commit((*r)->store, NULL, NULL);
	hy_store_after_commit((*r)->store, NULL, NULL);
	release(r);
}

/* --- appending -------------------------------------------------------------------------------- */

static bool is_object(hy_str json)
{
	return json.n >= 2 && json.p[0] == '{' && json.p[json.n - 1] == '}';
}

static enum hy_code check_new(const struct record_new *ev, struct hy_err *e)
{
	const struct {
		const char *field;
		hy_str text;
		size_t least;
	} texts[] = { { "subject", ev->subject, 1 },
		      { "move", ev->move, 1 },
		      { "role", ev->role, 0 },
		      { "unit", ev->unit, 0 } };

	for (size_t i = 0; i < HY_COUNT(texts); i++)
		if (!record_plain(texts[i].text, texts[i].least))
			return hy_fail(e, HY_BAD_FIELD, texts[i].field,
				       "must be UTF-8 of at most %d bytes without quotes, "
				       "backslashes and control characters",
				       RECORD_PLAIN_MOST);
	if (ev->seq < 1 || !is_object(ev->data) || (ev->private.n && !is_object(ev->private)))
		return hy_broke(e, HY_INTERNAL,
				"an event without seq, or with fields that are no object");
	return HY_OK;
}

static enum hy_code next_idx(struct record *r, struct hy_db *db, int64_t *out, struct hy_err *e)
{
	if (r->era == hy_db_era(db)) {
		*out = r->next;
		return HY_OK;
	}
	HY_SCOPED_STMT s = hy_sql(db, "SELECT max(idx) FROM event");
	bool row;

	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	*out = r->next = r->leaves_from = hy_col_opt(s, 0, -1) + 1;
	r->leaves.v = NULL;
	r->leaves.n = r->leaves.cap = 0;
	r->head_known = false;
	r->era = hy_db_era(db);
	return HY_OK;
}

static hy_salt salt_for(const struct record *r, int64_t idx)
{
	hy_salt salt;

	if (!r->seeded) {
		hy_random(salt.b, sizeof(salt.b));
		return salt;
	}
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%lld", (long long)idx);
	hy_hash h = hy_sha256_4(HY_S("huiyin salt v1\n"),
				(hy_str){ (const char *)r->salt_seed, sizeof(r->salt_seed) },
				(hy_str){ digits, (size_t)n }, (hy_str){ 0 });
	memcpy(salt.b, h.b, sizeof(salt.b));
	return salt;
}

static enum hy_code store_private(struct hy_db *db, int64_t idx, const hy_salt *salt, hy_str body,
				  struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO event_private(idx, salt, body) VALUES($1, $2, $3)");

	hy_bind_int(s, 1, idx);
	hy_bind_blob(s, 2, (hy_str){ (const char *)salt->b, sizeof(salt->b) });
	hy_bind_text(s, 3, body);
	return hy_exec(s, NULL, e);
}

static enum hy_code store_event(struct hy_db *db, int64_t idx, const struct record_new *ev,
				hy_str body, const hy_hash *leaf, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO event(idx, matter, subject, body, leaf) "
				      "VALUES($1, $2, $3, $4, $5)");

	hy_bind_int(s, 1, idx);
	hy_bind_opt(s, 2, ev->matter, 0);
	hy_bind_text(s, 3, ev->subject);
	hy_bind_text(s, 4, body);
	hy_bind_blob(s, 5, record_hash_view(leaf));
	return hy_exec(s, NULL, e);
}

enum hy_code record_append(struct record *r, struct hy_db *db, const struct record_new *ev,
			   int64_t *idx_out, struct hy_err *e)
{
	struct hy_buf body = hy_buf_on(r->scratch);
	hy_str commitment = HY_S("");
	int64_t idx;

	hy_arena_empty(r->scratch);
	enum hy_code c = check_new(ev, e);
	if (!c)
		c = next_idx(r, db, &idx, e);
	if (c)
		return c;
	if (ev->private.n) {
		hy_salt salt = salt_for(r, idx);
		hy_hash h = hy_commit(&salt, ev->private);
		commitment = hy_hex(r->scratch, h.b, sizeof(h.b));
		c = store_private(db, idx, &salt, ev->private, e);
	}
	if (c)
		return c;
	record_compose(&body, ev, commitment);
	if (body.n > HY_ENTRY_MOST)
		return hy_fail(e, HY_TOO_LARGE, "data",
			       "the public part of an event has at most %d bytes, this %zu",
			       HY_ENTRY_MOST, body.n);
	hy_hash leaf = hy_leaf_hash(hy_buf_str(&body));
	c = store_event(db, idx, ev, hy_buf_str(&body), &leaf, e);
	if (c)
		return c;
	*hy_push(hy_db_arena(db), &r->leaves) = leaf;
	r->next = idx + 1;
	/* Rooms keep what they know of units, institutions and the like for an era; what the record
	 * knows of itself still holds. */
	if (!ev->matter && !ev->keeps_era) {
		hy_db_new_era(db);
		r->era = hy_db_era(db);
		r->other = true;
	}
	*idx_out = idx;
	return HY_OK;
}
