/* Every way to change a record behind its back that we could think of; each must be named. */
#include "record/testing.h"

/* One log of 300 events, closed: a full tile, and a tail of 44.  EARLY is the same log at 200;
 * OTHER is another log of 300 events under the same key. */
static struct {
	struct test_city log, early, other;
	struct record_head at200, at300, other200, other300;
	struct hy_arena *a;
} base;

enum { TILE = 256, EVENTS = 300, EARLY = 200 };

struct some {
	struct record *r;
	int from, count;
	const char *word;
};

static enum hy_code append_some(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct some *s = in_out;
	struct hy_arena *a = hy_db_arena(db);
	int64_t idx;

	for (int i = s->from; i < s->from + s->count; i++) {
		struct record_new ev = {
			.matter = i < 4 ? 0 : 1 + i % 7,
			.subject = i < 4 ? HY_S("city") : hy_printf(a, "matter/TS-%d", 1 + i % 7),
			.move = HY_S("extend"),
			.seq = 1 + i,
			.data = hy_printf(a, "{\"n\":%d,\"word\":\"%s\"}", i, s->word),
			.private = i % 2 ? hy_printf(a, "{\"phone\":\"138%d\"}", i) : HY_S(""),
		};
		enum hy_code c = record_append(s->r, db, &ev, &idx, e);
		if (c)
			return c;
	}
	return HY_OK;
}

static void grow_to(struct test_city *c, int from, int to, const char *word,
		    struct record_head *head)
{
	struct some s = { NULL, from, to - from, word };
	HY_SCOPED_DB db = NULL;

	test_open(c, record_migrations);
	s.r = c->record;
	assert_ok(hy_store_write(c->store, append_some, &s, e));
	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(record_head(base.a, db, head, e));
	hy_store_give(&db);
	test_close(c);
}

static void copy_city(const char *from, struct test_city *to)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);

	test_place(to);
	assert_ok(hy_dir_make(hy_printf(a, "%s/keys", to->where).p, e));
	assert_ok(hy_dir_make(hy_printf(a, "%s/log", to->where).p, e));
	test_copy_store(from, to->where, record_migrations);
	test_copy(from, to->where, "log.vkey", 0644);
	test_copy(from, to->where, "keys/log.key", 0600);
	test_copy(from, to->where, "log/checkpoint", 0644);
}

static int base_up(void **state)
{
	(void)state;
	base.a = hy_arena_new(0);
	test_place(&base.log);
	assert_ok(record_create(base.log.where, HY_S("city.example/log"), test_seed, e));
	grow_to(&base.log, 0, EARLY, "echo", &base.at200);
	copy_city(base.log.where, &base.early);
	grow_to(&base.log, EARLY, EVENTS, "echo", &base.at300);
	test_place(&base.other);
	assert_ok(record_create(base.other.where, HY_S("city.example/log"), test_seed, e));
	grow_to(&base.other, 0, EARLY, "lie", &base.other200);
	grow_to(&base.other, EARLY, EVENTS, "lie", &base.other300);
	return 0;
}

static int base_down(void **state)
{
	(void)state;
	test_gone(&base.log);
	test_gone(&base.early);
	test_gone(&base.other);
	hy_arena_free(&base.a);
	return 0;
}

static int copy_up(void **state)
{
	struct test_city *c = calloc(1, sizeof(*c));

	copy_city(base.log.where, c);
	*state = c;
	return 0;
}

static int copy_down(void **state)
{
	struct test_city *c = *state;

	test_gone(c);
	free(c);
	return 0;
}

static void verify(struct test_city *c, hy_str kept, struct hy_err *why)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct record_verdict v;

	test_store(c, record_migrations);
	enum hy_code code = record_verify(a, c->store, kept, NULL, NULL, &v, why);
	assert_int_equal(code, why->code);
	hy_store_close(&c->store);
}

/* Does the city still start? */
static void start(struct test_city *c, struct hy_err *why)
{
	test_store(c, record_migrations);
	if (!record_open(c->store, test_seed, &c->record, why))
		record_close(&c->record);
	hy_store_close(&c->store);
}

static void found(struct test_city *c, const char *words)
{
	struct hy_err why = { 0 };

	verify(c, HY_S(""), &why);
	assert_says(&why, HY_TAMPERED, words);
}

static void starts_not(struct test_city *c, enum hy_code code, const char *words)
{
	struct hy_err why = { 0 };

	start(c, &why);
	assert_says(&why, code, words);
}

/* --- changes by SQL alone ---------------------------------------------------------------- */

#define SWAP(table, columns, i, j)                                                                 \
	"CREATE TEMP TABLE kept AS SELECT * FROM " table " WHERE idx IN (" #i "," #j ");"          \
	"UPDATE " table " SET (" columns ") = (SELECT " columns " FROM kept WHERE idx = " #j       \
	") WHERE idx = " #i ";"                                                                    \
	"UPDATE " table " SET (" columns ") = (SELECT " columns " FROM kept WHERE idx = " #i       \
	") WHERE idx = " #j ";"                                                                    \
	"DROP TABLE kept;"
#define ROWS "matter, subject, body, leaf"

static const struct {
	const char *sql, *words; /* what is done; what the verification says */
	const char *at_start;	 /* what starting says; NULL: it does not see this one */
} cases[] = {
	{ "UPDATE event SET body = replace(body, 'echo', 'ecHo') WHERE idx = 120",
	  "event 120 (matter/TS-2, move extend) was changed: its bytes give leaf ", NULL },
	{ "UPDATE event SET body = replace(body, 'echo', 'ecHo') WHERE idx = 299",
	  "event 299 (matter/TS-6, move extend) was changed", NULL },
	{ "UPDATE event SET body = x'00ff' WHERE idx = 0", "event 0 (city) was changed", NULL },
	{ "UPDATE event SET leaf = zeroblob(32) WHERE idx = 33",
	  "the stored leaf of event 33 (matter/TS-6, move extend) was changed", NULL },
	{ "UPDATE event SET leaf = zeroblob(1) WHERE idx = 299", "the stored leaf of event 299 ",
	  "hole" },
	{ "UPDATE event SET subject = 'matter/TS-9' WHERE idx = 40",
	  "event 40 (matter/TS-9, move extend) is filed under a wrong subject: its bytes say "
	  "matter/TS-6",
	  NULL },
	{ SWAP("event", ROWS, 10, 11), "events 10 and 11 are swapped", NULL },
	{ SWAP("event", ROWS, 5, 250), "events 5 and 250 are swapped", NULL },
	{ SWAP("event", ROWS, 298, 299), "events 298 and 299 are swapped", "does not give" },
	{ SWAP("event", ROWS, 260, 290), "events 260 and 290 are swapped", "does not give" },
	{ SWAP("event", "body", 20, 40), "events 20 and 40 are swapped", NULL },
	{ "UPDATE event SET body = (SELECT body FROM event WHERE idx = 40) WHERE idx = 20",
	  "event 20 (matter/TS-7, move extend) was changed: its bytes are those of event 40",
	  NULL },
	{ SWAP("event", ROWS, 250, 260), "at least one was replaced together with its leaf",
	  "does not give" },
	{ "DELETE FROM event WHERE idx >= 290",
	  "the log ends at 290 but its head says 300: the tail was cut off", "the tail was cut" },
	{ "DELETE FROM event WHERE idx = 50", "event 50 is missing: the next one is 51", NULL },
	{ "DELETE FROM event WHERE idx = 0", "event 0 is missing: the next one is 1", NULL },
	{ "INSERT INTO event SELECT 300, matter, subject, body, leaf FROM event WHERE idx = 299",
	  "the table ends at 301 but the log's head says 300", "events were added" },
	{ "INSERT INTO event SELECT -1, matter, subject, body, leaf FROM event WHERE idx = 299",
	  "event 0 is missing: the next one is -1", NULL },
	{ "UPDATE log_head SET size = 299; DELETE FROM event WHERE idx = 299",
	  "the row of the log's head was changed", "was changed" },
	{ "UPDATE log_head SET root = zeroblob(32)", "the row of the log's head was changed",
	  "was changed" },
	{ "UPDATE log_head SET root = zeroblob(0)", "the row of the log's head was changed",
	  "was changed" },
	{ "UPDATE log_head SET note = replace(note, '300', '301'), size = 301",
	  "is not what this log's key signed", "is not what" },
	{ "UPDATE log_head SET note = ''", "is not what this log's key signed", "is not what" },
	{ "DELETE FROM log_head", "the table ends at 300 but the log's head says 0",
	  "events were added" },
	{ "DELETE FROM log_head; DELETE FROM event; DELETE FROM log_node; "
	  "DELETE FROM event_private",
	  "the database holds 0 events but a checkpoint of 300 was published on ", "older copy" },
	{ "UPDATE log_node SET hash = zeroblob(32) WHERE level = 1",
	  "a stored hash of the tree was changed (level 1, position 0); the events themselves fit",
	  "does not give" },
	{ "DELETE FROM log_node", "a stored hash of the tree was changed (level 1, position 0)",
	  "hole" },
	{ "INSERT INTO log_node VALUES(1, 1, zeroblob(32))",
	  "the tree has 2 stored hashes, a log of 300 events has 1", NULL },
	{ "UPDATE event_private SET body = replace(body, '138', '139') WHERE idx = 77",
	  "the private content of event 77 or its salt was changed", NULL },
	{ "UPDATE event_private SET salt = zeroblob(32) WHERE idx = 77",
	  "the private content of event 77 or its salt was changed", NULL },
	{ "UPDATE event_private SET salt = NULL WHERE idx = 77",
	  "the salt of event 77's private content was changed", NULL },
	{ "UPDATE event_private SET body = NULL WHERE idx = 77",
	  "the private content of event 77 or its salt was changed", NULL },
	{ SWAP("event_private", "salt, body", 77, 79), "the private content of event 77 ", NULL },
	{ "DELETE FROM event_private WHERE idx = 77",
	  "the private content of event 77 is gone without having been erased", NULL },
	{ "DELETE FROM event_private WHERE idx = 299",
	  "the private content of event 299 is gone without having been erased", NULL },
	{ "INSERT INTO event_private VALUES(78, NULL, NULL)",
	  "private content is kept for event 78, which has none", NULL },
	{ "INSERT INTO event_private VALUES(400, NULL, NULL)",
	  "private content is kept for event 400, which has none", NULL },
};

static void what_sql_changes_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		struct hy_err why = { 0 };
		struct test_city c;
		if (test_database() && strstr(cases[i].sql, "x'00ff'"))
			continue; /* a server lets only text into text */
		copy_city(base.log.where, &c);
		test_raw(c.where, record_migrations, cases[i].sql);
		verify(&c, HY_S(""), &why);
		if (why.code != HY_TAMPERED || !strstr(why.detail, cases[i].words))
			fail_msg("%s\nexpected: %s\nfound: %s", cases[i].sql, cases[i].words,
				 hy_err_text(&why));
		hy_err_clear(&why);
		start(&c, &why);
		if (!cases[i].at_start && why.code)
			fail_msg("%s\nstart says: %s", cases[i].sql, hy_err_text(&why));
		if (cases[i].at_start &&
		    (why.code != HY_TAMPERED || !strstr(why.detail, cases[i].at_start)))
			fail_msg("%s\nexpected at start: %s\nfound: %s", cases[i].sql,
				 cases[i].at_start, hy_err_text(&why));
		test_gone(&c);
	}
}

/* --- changes that take a forger ------------------------------------------------------------ */

struct forged {
	int64_t idx;
	hy_hash node; /* of the first tile afterwards */
};

/* Changes event IDX and makes its leaf fit. */
static enum hy_code forge(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct forged *f = in_out;
	struct hy_arena *a = hy_db_arena(db);
	HY_SCOPED_STMT get =
		hy_sql(db, "SELECT replace(body, 'echo', 'ecHo') FROM event WHERE idx = $1");
	HY_SCOPED_STMT put = hy_sql(db, "UPDATE event SET body = $2, leaf = $3 WHERE idx = $1");
	bool row;

	hy_bind_int(get, 1, f->idx);
	enum hy_code c = hy_step(get, &row, e);
	if (c)
		return c;
	hy_str body = hy_col_dup(a, get, 0);
	hy_hash leaf = hy_leaf_hash(body);
	hy_bind_int(put, 1, f->idx);
	hy_bind_text(put, 2, body);
	hy_bind_blob(put, 3, (hy_str){ (const char *)leaf.b, sizeof(leaf.b) });
	return hy_exec(put, NULL, e);
}

/* And the stored hash above it. */
static enum hy_code forge_with_node(struct hy_db *db, void *in_out, struct hy_err *e)
{
	HY_SCOPED_STMT put = hy_sql(db, "UPDATE log_node SET hash = $1 WHERE level = 1");
	hy_hash leaf[TILE];
	bool row;

	enum hy_code c = forge(db, in_out, e);
	if (c)
		return c;
	HY_SCOPED_STMT get = hy_sql(db, "SELECT leaf FROM event ORDER BY idx");
	for (int i = 0; i < TILE; i++) {
		c = hy_step(get, &row, e);
		if (c)
			return c;
		memcpy(leaf[i].b, hy_col_text(get, 0).p, sizeof(leaf[i].b));
	}
	hy_hash node = hy_tree_root(leaf, TILE);
	hy_bind_blob(put, 1, (hy_str){ (const char *)node.b, sizeof(node.b) });
	return hy_exec(put, NULL, e);
}

static void forged(struct test_city *c, hy_work *work, int64_t idx)
{
	struct forged f = { .idx = idx };

	test_store(c, record_migrations);
	assert_ok(hy_store_write(c->store, work, &f, e));
	hy_store_close(&c->store);
}

static void a_forged_leaf_is_found(void **state)
{
	struct test_city *c = *state;

	forged(c, forge, 120);
	found(c, "of the events 0 to 255 at least one was replaced together with its leaf");
}

static void a_forged_leaf_in_the_tail_is_found(void **state)
{
	struct test_city *c = *state;

	forged(c, forge, 270);
	found(c, "of the events 256 to 299 at least one was replaced together with its leaf");
	starts_not(c, HY_TAMPERED, "does not give the root");
}

static void a_forged_tree_is_found(void **state)
{
	struct test_city *c = *state;

	forged(c, forge_with_node, 120);
	found(c, "do not give the");
	starts_not(c, HY_TAMPERED, "does not give the root");
}

static enum hy_code set_head(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct record_head *h = in_out;
	HY_SCOPED_STMT s = hy_sql(db, "UPDATE log_head SET size = $1, root = $2, note = $3");

	hy_bind_int(s, 1, h->size);
	hy_bind_blob(s, 2, (hy_str){ (const char *)h->root.b, sizeof(h->root.b) });
	hy_bind_text(s, 3, h->note);
	return hy_exec(s, NULL, e);
}

/* The tail is cut off and the head of that time put back: a whole and signed log. */
static void a_log_set_back_is_found_by_what_was_published(void **state)
{
	struct test_city *c = *state;

	test_raw(c->where, record_migrations,
		 "DELETE FROM event WHERE idx >= 200; DELETE FROM log_node; "
		 "DELETE FROM event_private WHERE idx >= 200");
	test_store(c, record_migrations);
	assert_ok(hy_store_write(c->store, set_head, &base.at200, e));
	hy_store_close(&c->store);
	found(c, "the database holds 200 events but a checkpoint of 300 was published on ");
	starts_not(c, HY_TAMPERED, "older copy");
	/* Without the published file only a copy kept elsewhere tells. */
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_err why = { 0 };
	assert_int_equal(unlink(hy_printf(a, "%s/log/checkpoint", c->where).p), 0);
	verify(c, HY_S(""), &why);
	assert_int_equal(why.code, HY_OK);
	verify(c, base.at300.note, &why);
	assert_says(&why, HY_TAMPERED, "the database holds 200 events but a checkpoint of 300");
}

static void an_older_copy_is_found(void **state)
{
	struct test_city *c = *state;
	struct hy_err why = { 0 };

	test_copy_store(base.early.where, c->where, record_migrations);
	found(c, "the database holds 200 events but a checkpoint of 300 was published on ");
	starts_not(c, HY_TAMPERED, "this is an older copy");
	/* The other way round is how a crash before publishing looks: it is no fault. */
	test_copy_store(base.log.where, c->where, record_migrations);
	test_copy(base.early.where, c->where, "log/checkpoint", 0644);
	verify(c, base.at200.note, &why);
	assert_int_equal(why.code, HY_OK);
	start(c, &why);
	assert_int_equal(why.code, HY_OK);
}

static void a_fork_is_found(void **state)
{
	struct test_city *c = *state;
	struct hy_err why = { 0 };

	verify(c, base.other300.note, &why);
	assert_says(&why, HY_TAMPERED, "this log is a fork: a checkpoint of 300 events");
	hy_err_clear(&why);
	verify(c, base.other200.note, &why);
	assert_says(&why, HY_TAMPERED, "this log is a fork: a checkpoint of 200 events");
	test_copy(base.other.where, c->where, "log/checkpoint", 0644);
	found(c, "this log is a fork: a checkpoint of 300 events was published on ");
	starts_not(c, HY_TAMPERED, "this log is a fork");
}

static void a_note_that_is_none_is_refused(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_err why = { 0 };

	verify(c, HY_S("nonsense"), &why);
	assert_says(&why, HY_BAD_INPUT, "the checkpoint given is not one of this log's key");
	assert_ok(
		hy_file_write(hy_printf(a, "%s/log/checkpoint", c->where).p, HY_S("x\n"), 0644, e));
	found(c, "is not one of this log's key");
	starts_not(c, HY_TAMPERED, "is not one of this log's key");
}

/* --- keys ------------------------------------------------------------------------------------- */

static void exchanged_keys_are_found(void **state)
{
	struct test_city *c = *state;
	struct test_city foreign;

	test_place(&foreign);
	assert_ok(record_create(foreign.where, HY_S("city.example/log"), NULL, e));
	test_copy(foreign.where, c->where, "keys/log.key", 0600);
	starts_not(c, HY_TAMPERED, "the signing key keys/log.key is not the one of log.vkey");
	test_copy(foreign.where, c->where, "log.vkey", 0644);
	starts_not(c, HY_TAMPERED, "is not one of this log's key");
	found(c, "is not one of this log's key");
	HY_SCOPED_ARENA a = hy_arena_new(0);
	assert_int_equal(unlink(hy_printf(a, "%s/log/checkpoint", c->where).p), 0);
	found(c, "is not what this log's key signed");
	starts_not(c, HY_TAMPERED, "is not what this log's key signed");
	test_gone(&foreign);
}

static void a_missing_or_open_key_is_refused(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str key = hy_printf(a, "%s/keys/log.key", c->where);
	struct hy_err why = { 0 };
	struct stat st;

	assert_int_equal(chmod(key.p, 0640), 0);
	starts_not(c, HY_FORBIDDEN, "others may read the log's signing key; chmod 600");
	assert_int_equal(unlink(key.p), 0);
	starts_not(c, HY_NOT_FOUND, "is missing; bring it back from a backup");
	verify(c, HY_S(""), &why); /* needs no secret */
	assert_int_equal(why.code, HY_OK);
	assert_int_equal(unlink(hy_printf(a, "%s/log.vkey", c->where).p), 0);
	starts_not(c, HY_NOT_FOUND, "the log's public key");
	/* A new one is as private as it must be; it never replaces another; its name is checked. */
	assert_ok(record_create(c->where, HY_S("city.example/log"), test_seed, e));
	assert_int_equal(stat(key.p, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	start(c, &why);
	assert_int_equal(why.code, HY_OK); /* the seed is the same, so is the key */
	assert_int_equal(record_create(c->where, HY_S("city.example/log"), test_seed, &why),
			 HY_EXISTS);
	const hy_str bad[] = { HY_S(""), HY_S("a b"), HY_S("a+b"), HY_S("https://a.example"),
			       HY_S("a\nb") };
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		hy_err_clear(&why);
		assert_int_equal(record_create("/tmp", bad[i], NULL, &why), HY_BAD_FIELD);
	}
}

static void an_untouched_log_is_right(void **state)
{
	struct test_city *c = *state;
	struct hy_err why = { 0 };

	verify(c, base.at200.note, &why);
	assert_int_equal(why.code, HY_OK);
	start(c, &why);
	assert_int_equal(why.code, HY_OK);
}

#define ON_COPY(test) cmocka_unit_test_setup_teardown(test, copy_up, copy_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_COPY(an_untouched_log_is_right),
		cmocka_unit_test(what_sql_changes_is_found),
		ON_COPY(a_forged_leaf_is_found),
		ON_COPY(a_forged_leaf_in_the_tail_is_found),
		ON_COPY(a_forged_tree_is_found),
		ON_COPY(a_log_set_back_is_found_by_what_was_published),
		ON_COPY(an_older_copy_is_found),
		ON_COPY(a_fork_is_found),
		ON_COPY(a_note_that_is_none_is_refused),
		ON_COPY(exchanged_keys_are_found),
		ON_COPY(a_missing_or_open_key_is_refused),
	};
	return cmocka_run_group_tests(tests, base_up, base_down);
}
