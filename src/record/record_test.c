/* The record: appending and sealing, reopening, receipts, proofs, erasing. */
#include "record/testing.h"

#include "record/record_part.h"

static int city_up(void **state)
{
	struct test_city *c = calloc(1, sizeof(*c));

	test_place(c);
	assert_ok(record_create(c->where, HY_S("city.example/log"), test_seed, e));
	test_open(c, record_migrations);
	*state = c;
	return 0;
}

static int city_down(void **state)
{
	struct test_city *c = *state;

	test_close(c);
	test_gone(c);
	free(c);
	return 0;
}

/* --- an event's bytes ------------------------------------------------------------------ */

static void an_event_has_one_form(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct record_new ev = { .subject = HY_S("matter/TS-2026-000123"),
				 .move = HY_S("extend"),
				 .seq = 7,
				 .at = -1,
				 .rec = INT64_MAX,
				 .role = HY_S("handler"),
				 .unit = HY_S("U12"),
				 .data = HY_S("{\"a\":\",\\\"move\\\":\\\"x\\\"\",\"b\":[{}]}") };
	struct hy_buf b = hy_buf_on(a);
	struct record_event out;

	record_compose(&b, &ev, HY_S(""));
	assert_ok(record_parse(a, hy_buf_str(&b), &out, e));
	assert_true(hy_str_eq(out.subject, ev.subject) && hy_str_eq(out.move, ev.move));
	assert_true(hy_str_eq(out.role, ev.role) && hy_str_eq(out.unit, ev.unit));
	assert_true(out.at == -1 && out.rec == INT64_MAX && out.seq == 7);
	assert_string_equal(hy_json_get(out.data, "a").p, ",\"move\":\"x\"");
	assert_true(!out.private && !out.erased);
	/* It is the canonical form of the whole. */
	json_t *whole;
	assert_ok(hy_json_read(a, hy_buf_str(&b), &whole, e));
	assert_true(hy_str_eq(hy_json_canonical(a, whole), hy_buf_str(&b)));
}

static void a_commitment_stands_in_its_place(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct record_new ev = {
		.subject = HY_S("unit/U1"), .move = HY_S("m"), .seq = 1, .data = HY_S("{}")
	};
	struct hy_buf b = hy_buf_on(a);
	hy_hash h = hy_empty_root();
	struct record_cut cut;
	json_t *whole;

	record_compose(&b, &ev, hy_hex(a, h.b, sizeof(h.b)));
	assert_true(record_cut(hy_buf_str(&b), &cut));
	assert_true(hy_str_eq(cut.private, hy_hex(a, h.b, sizeof(h.b))));
	assert_true(hy_str_eq(cut.move, HY_S("m")) && hy_str_eq(cut.data, HY_S("{}")));
	assert_ok(hy_json_read(a, hy_buf_str(&b), &whole, e));
	assert_true(hy_str_eq(hy_json_canonical(a, whole), hy_buf_str(&b)));
}

#define HEAD "{\"at\":1,\"by\":{\"role\":\"\",\"unit\":\"\"},\"data\":"
#define TAIL ",\"rec\":1,\"seq\":1,\"subject\":\"s\",\"v\":1}"

static void other_bytes_are_no_event(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const char *bad[] = {
		"",
		"{}",
		HEAD,
		TAIL,
		HEAD "{},\"move\":\"m\"" TAIL " ",
		" " HEAD "{},\"move\":\"m\"" TAIL,
		HEAD "[],\"move\":\"m\"" TAIL,
		HEAD "{}},\"move\":\"m\"" TAIL,
		HEAD "{\"a\":1,\"a\":2},\"move\":\"m\"" TAIL,
		HEAD "{\"a\":\"\xff\"},\"move\":\"m\"" TAIL,
		HEAD "{},\"move\":\"m\",\"private\":\"ab\"" TAIL,
		HEAD "{},\"move\":\"a\\\"b\"" TAIL,
		HEAD "{},\"move\":m" TAIL,
		"{\"at\":01,\"by\":{\"role\":\"\",\"unit\":\"\"},\"data\":{},\"move\":\"m\"" TAIL,
		"{\"at\":-0,\"by\":{\"role\":\"\",\"unit\":\"\"},\"data\":{},\"move\":\"m\"" TAIL,
		"{\"at\":9223372036854775808,\"by\":{\"role\":\"\",\"unit\":\"\"},\"data\":{},"
		"\"move\":\"m\"" TAIL,
		"{\"at\":1,\"by\":{\"unit\":\"\",\"role\":\"\"},\"data\":{},\"move\":\"m\"" TAIL,
		HEAD "{},\"move\":\"m\",\"rec\":1,\"seq\":,\"subject\":\"s\",\"v\":1}",
	};
	const char *good = HEAD "{},\"move\":\"m\"" TAIL;
	struct record_event out;

	assert_ok(record_parse(a, hy_str_of(good), &out, e));
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err why = { 0 };
		if (record_parse(a, hy_str_of(bad[i]), &out, &why) != HY_TAMPERED)
			fail_msg("taken: %s", bad[i]);
	}
	/* Every proper beginning and end, under the sanitizers an honest test of bounds. */
	for (size_t i = 0; i < strlen(good); i++) {
		struct record_cut cut;
		hy_str head = hy_str_dup(a, (hy_str){ good, i });
		assert_false(record_cut(head, &cut));
		assert_false(record_cut(hy_str_of(good + i + 1), &cut));
	}
}

/* --- appending --------------------------------------------------------------------------- */

struct some {
	struct record *r;
	int from, count;
	bool fail_after;
	int64_t idx; /* of the last */
};

static enum hy_code append_some(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct some *s = in_out;
	struct hy_arena *a = hy_db_arena(db);

	for (int i = s->from; i < s->from + s->count; i++) {
		struct record_new ev = {
			.matter = i % 3 == 2 ? 0 : 1 + i % 5,
			.subject = i % 3 == 2 ? HY_S("city")
					      : hy_printf(a, "matter/TS-%06d", 1 + i % 5),
			.move = HY_S("note"),
			.seq = 1 + i,
			.at = test_now() - 1000 + i,
			.rec = test_now(),
			.role = HY_S("clerk"),
			.data = hy_printf(a, "{\"n\":%d,\"text\":\"回音\"}", i),
			.private = i % 2 ? hy_printf(a, "{\"name\":\"张%d\"}", i) : HY_S(""),
		};
		enum hy_code c = record_append(s->r, db, &ev, &s->idx, e);
		if (c)
			return c;
	}
	return s->fail_after ? hy_fail(e, HY_NOT_NOW, "", "changed my mind") : HY_OK;
}

static int64_t add(struct test_city *c, int from, int count)
{
	struct some s = { c->record, from, count, false, -1 };

	assert_ok(hy_store_write(c->store, append_some, &s, e));
	return s.idx;
}

static void read_head(struct hy_arena *a, struct test_city *c, struct record_head *out)
{
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(record_head(a, db, out, e));
}

static void verified(struct hy_arena *a, struct test_city *c, hy_str kept,
		     struct record_verdict *out)
{
	assert_ok(record_verify(a, c->store, kept, NULL, NULL, out, e));
}

static void events_are_sealed_and_read_again(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct record_verdict v;
	struct record_head h;

	verified(a, c, HY_S(""), &v);
	assert_true(v.events == 0);
	read_head(a, c, &h);
	assert_true(h.size == 0 && h.note.n == 0);
	assert_int_equal(add(c, 0, 10), 9);
	assert_int_equal(add(c, 10, 500), 509);
	test_close(c);
	test_open(c, record_migrations);
	assert_int_equal(add(c, 510, 1), 510);
	read_head(a, c, &h);
	assert_true(h.size == 511);
	verified(a, c, HY_S(""), &v);
	assert_true(v.events == 511 && v.private_events == 255 && v.erased == 0);
	assert_true(hy_hash_eq(&v.root, &h.root) && hy_str_eq(v.checkpoint, h.note));

	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	HY_SCOPED_STMT s = hy_sql(db, record_of_matter);
	struct record_event ev;
	int64_t n = 0;
	bool row;
	hy_bind_int(s, 1, 2);
	for (;;) {
		assert_ok(hy_step(s, &row, e));
		if (!row)
			break;
		assert_ok(record_row(a, s, &ev, e));
		assert_true(ev.matter == 2 && ev.idx % 5 == 1 && ev.seq == ev.idx + 1);
		assert_true(hy_json_get_int(ev.data, "n", -1) == ev.idx);
		assert_true((ev.private != NULL) == (ev.idx % 2 == 1) && !ev.erased);
		assert_true(hy_str_eq(ev.role, HY_S("clerk")) && ev.unit.n == 0);
		n++;
	}
	assert_int_equal(n, 68); /* 1, 6, 11, ... 506 without those of the city */
}

/* How the engine finds the rows.  A server would read so small a table as a whole, so it is
 * asked for the best way without that. */
static hy_str plan_of(struct hy_arena *a, struct hy_db *db, const char *sql, bool words)
{
	struct hy_buf b = hy_buf_on(a);
	int column = test_database() ? 0 : 3;
	bool row;

	if (test_database()) {
		HY_SCOPED_STMT off = hy_sql(db, "SELECT set_config('enable_seqscan', 'off', true),"
						" set_config('enable_bitmapscan', 'off', true)");
		assert_ok(hy_exec(off, NULL, e));
	}
	HY_SCOPED_STMT s = hy_sql(
		db,
		hy_printf(a, "%s %s", test_database() ? "EXPLAIN" : "EXPLAIN QUERY PLAN", sql).p);
	for (int i = 1; i <= 2; i++)
		if (i == 1 || strstr(sql, "$2")) {
			if (words)
				hy_bind_text(s, i, i == 1 ? HY_S("a") : HY_S("b"));
			else
				hy_bind_int(s, i, i);
		}
	assert_ok(hy_step(s, &row, e));
	for (assert_true(row); row;) {
		hy_buf_fmt(&b, HY_FMT "\n", HY_ARG(hy_col_text(s, column)));
		assert_ok(hy_step(s, &row, e));
	}
	return hy_buf_str(&b);
}

static void lists_are_served_by_indexes(void **state)
{
	struct test_city *c = *state;
	const struct {
		const char *sql, *index;
		bool words; /* its parameters are text */
	} cases[] = { { record_of_matter, "event_matter", false },
		      { record_of_subject, "event_subject", true },
		      { record_of_subjects, "event_subject", true },
		      { record_from, test_database() ? "event_pkey" : "PRIMARY KEY", false } };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(c->store, &db, e));
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		hy_str plan = plan_of(a, db, cases[i].sql, cases[i].words);
		if (hy_str_find(plan, hy_str_of(cases[i].index)) < 0 ||
		    hy_str_find(plan, HY_S("TEMP B-TREE")) >= 0 ||
		    hy_str_find(plan, HY_S("Sort")) >= 0)
			fail_msg("%s: " HY_FMT, cases[i].sql, HY_ARG(plan));
	}
}

static void a_failed_job_leaves_no_gap(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct some s = { c->record, 3, 300, true, -1 };
	struct hy_err why = { 0 };
	struct record_verdict v;

	add(c, 0, 3);
	assert_int_equal(hy_store_write(c->store, append_some, &s, &why), HY_NOT_NOW);
	assert_int_equal(add(c, 3, 1), 3);
	verified(a, c, HY_S(""), &v);
	assert_true(v.events == 4);
}

/* A transaction may still fail after the tree has grown: then what the keeper remembers is of
 * a tree that never was. */
static enum hy_code append_and_break_seal(struct hy_db *db, void *in_out, struct hy_err *e)
{
	enum hy_code c = append_some(db, in_out, e);

	return c ? c : hy_sql_script(db, "INSERT INTO refused VALUES(1)", e);
}

static void a_failed_commit_is_forgotten(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct some s = { c->record, 1000, 5, false, -1 };
	struct hy_err why = { 0 };
	struct record_verdict v;

	add(c, 0, 3);
	test_close(c);
	test_raw(c->where, record_migrations,
		 test_database()
			 ? "CREATE TABLE refused(n BIGINT); INSERT INTO refused VALUES(0);"
			   "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
			   "IF (SELECT max(n) FROM refused) > 0 THEN RAISE 'refused'; END IF; "
			   "RETURN NEW; END $$;"
			   "CREATE TRIGGER refuse BEFORE UPDATE ON log_head FOR EACH ROW "
			   "EXECUTE FUNCTION refuse()"
			 : "CREATE TABLE refused(n INTEGER); INSERT INTO refused VALUES(0);"
			   "CREATE TRIGGER refuse BEFORE UPDATE ON log_head "
			   "WHEN (SELECT max(n) FROM refused) > 0 "
			   "BEGIN SELECT RAISE(ABORT, 'refused'); END");
	test_open(c, record_migrations);
	s.r = c->record;
	assert_int_equal(add(c, 3, 1), 3);
	assert_true(hy_store_write(c->store, append_and_break_seal, &s, &why) != HY_OK);
	assert_int_equal(s.idx, 8);
	assert_int_equal(add(c, 4, 5), 8); /* the same size as the tree that never was */
	assert_int_equal(add(c, 9, 300), 308);
	verified(a, c, HY_S(""), &v);
	assert_true(v.events == 309);
}

struct one {
	struct record *r;
	struct record_new ev;
};

static enum hy_code append_one(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct one *o = in_out;
	int64_t idx;

	return record_append(o->r, db, &o->ev, &idx, e);
}

static void what_cannot_be_logged_is_refused(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	char *big = hy_arena_take(a, 70001);
	const struct record_new good = {
		.subject = HY_S("city"), .move = HY_S("m"), .seq = 1, .data = HY_S("{}")
	};
	struct one o[8];
	const enum hy_code want[] = { HY_BAD_FIELD, HY_BAD_FIELD, HY_BAD_FIELD, HY_BAD_FIELD,
				      HY_INTERNAL,  HY_INTERNAL,  HY_TOO_LARGE, HY_OK };

	for (size_t i = 0; i < HY_COUNT(o); i++)
		o[i] = (struct one){ c->record, good };
	memset(big, 'x', 70000);
	o[0].ev.subject = HY_S("a\"b");
	o[1].ev.move = HY_S("");
	o[2].ev.role = HY_S("a\nb");
	o[3].ev.unit = HY_S("\xff");
	o[4].ev.seq = 0;
	o[5].ev.data = HY_S("[]");
	o[6].ev.data = hy_printf(a, "{\"t\":\"%s\"}", big);
	for (size_t i = 0; i < HY_COUNT(o); i++) {
		struct hy_err why = { 0 };
		assert_int_equal(hy_store_write(c->store, append_one, &o[i], &why), want[i]);
	}
}

static void ten_thousand_give_the_plain_root(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_hash *leaf = hy_new_n(a, hy_hash, 10000);
	struct record_verdict v;
	struct record_event ev;
	bool row;
	int n = 0;

	for (int from = 0, step = 1; from < 10000; from += step, step = 1 + (step * 7) % 997) {
		if (from + step > 10000)
			step = 10000 - from;
		add(c, from, step);
	}
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	HY_SCOPED_STMT s = hy_sql(db, record_from);
	hy_bind_int(s, 1, 0);
	hy_bind_int(s, 2, INT64_MAX);
	for (;;) {
		assert_ok(hy_step(s, &row, e));
		if (!row)
			break;
		assert_ok(record_row(a, s, &ev, e));
		leaf[n++] = hy_leaf_hash(ev.body);
	}
	assert_int_equal(n, 10000);
	hy_hash root = hy_tree_root(leaf, 10000);
	verified(a, c, HY_S(""), &v);
	assert_true(v.events == 10000 && hy_hash_eq(&v.root, &root));
}

/* --- proofs ---------------------------------------------------------------------------------- */

static void receipts_hold_without_us(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_trust trust = { 0 };
	struct hy_proven proven;
	hy_str vkey, receipt;
	bool row;

	add(c, 0, 300);
	assert_ok(record_vkey(a, c->where, &vkey, e));
	assert_ok(hy_vkey_read(vkey, &trust.log, e));
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	HY_SCOPED_STMT s = hy_sql(db, "SELECT idx, body FROM event ORDER BY idx");
	for (int i = 0; i < 300; i++) {
		assert_ok(hy_step(s, &row, e));
		hy_hash leaf = hy_leaf_hash(hy_col_text(s, 1));
		assert_ok(record_receipt(a, db, i, &receipt, e));
		assert_ok(hy_receipt_verify(a, receipt, &leaf, &trust, &proven, e));
		assert_true(proven.index == (uint64_t)i && proven.head.cp.size == 300);
		leaf.b[i % 32] ^= 1;
		struct hy_err why = { 0 };
		assert_int_equal(hy_receipt_verify(a, receipt, &leaf, &trust, &proven, &why),
				 HY_TAMPERED);
	}
	struct hy_err why = { 0 };
	assert_int_equal(record_receipt(a, db, 300, &receipt, &why), HY_NOT_FOUND);
}

static void every_head_continues_every_earlier_one(void **state)
{
	static const int sizes[] = { 1,	  2,   3,   4,	 5,   6,   7,	8,   9,	  15,  16,
				     17,  31,  32,  33,	 63,  64,  65,	100, 127, 128, 129,
				     200, 254, 255, 256, 257, 258, 272, 288, 299, 300 };
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct record_head h[HY_COUNT(sizes)];
	struct hy_proof proof;
	hy_hash *v;

	for (size_t i = 0, at = 0; i < HY_COUNT(sizes); i++) {
		add(c, (int)at, sizes[i] - (int)at);
		at = (size_t)sizes[i];
		read_head(a, c, &h[i]);
		assert_true(h[i].size == sizes[i]);
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(c->store, &db, e));
		for (size_t k = 0; k <= i; k++) {
			assert_ok(record_consistency(a, db, sizes[k], &v, &proof.n, e));
			memcpy(proof.v, v, proof.n * sizeof(*v));
			assert_true(hy_consistency_holds((uint64_t)sizes[k], at, &proof, &h[k].root,
							 &h[i].root));
			if (k < i)
				assert_false(hy_consistency_holds((uint64_t)sizes[k], at, &proof,
								  &h[i].root, &h[i].root));
		}
	}
	/* A head that somebody kept long ago is a beginning of this log. */
	struct record_verdict verdict;
	for (size_t i = 0; i < HY_COUNT(sizes); i++)
		verified(a, c, h[i].note, &verdict);
	HY_SCOPED_DB db = NULL;
	struct hy_err why = { 0 };
	assert_ok(hy_store_read(c->store, &db, e));
	assert_int_equal(record_consistency(a, db, 301, &v, &proof.n, &why), HY_BAD_FIELD);
}

/* --- erasing ------------------------------------------------------------------------------------
 */

static enum hy_code erase_one(struct hy_db *db, void *in_out, struct hy_err *e)
{
	return record_erase(db, *(int64_t *)in_out, e);
}

struct say_erased {
	struct test_city *c;
	hy_str subject;
};

static enum hy_code say_erased(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct say_erased *x = in_out;
	struct record_new ev = { .subject = x->subject,
				 .move = HY_S(RECORD_ERASED),
				 .seq = 99,
				 .at = test_now(),
				 .rec = test_now(),
				 .data = HY_S("{}") };
	int64_t idx;

	return record_append(x->c->record, db, &ev, &idx, e);
}

static hy_str subject_of(struct hy_arena *a, struct test_city *c, int64_t idx)
{
	HY_SCOPED_DB db = NULL;
	struct record_event ev;
	bool row;

	assert_ok(hy_store_read(c->store, &db, e));
	HY_SCOPED_STMT s = hy_sql(db, record_from);
	hy_bind_int(s, 1, idx);
	hy_bind_int(s, 2, 1);
	assert_ok(hy_step(s, &row, e));
	assert_ok(record_row(a, s, &ev, e));
	return hy_str_dup(a, ev.subject);
}

static void erased_content_leaves_the_log_whole(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct record_verdict v;
	struct record_event ev;
	int64_t idx[] = { 1, 7, 7, 8 }; /* 7 twice; 8 has none */
	bool row;

	add(c, 0, 20);
	for (size_t i = 0; i < HY_COUNT(idx); i++)
		assert_ok(hy_store_write(c->store, erase_one, &idx[i], e));
	/* Gone without a word is tampering; said in the open it is an erasure. */
	struct hy_err why = { 0 };
	assert_int_equal(record_verify(a, c->store, HY_S(""), NULL, NULL, &v, &why), HY_TAMPERED);
	assert_says(&why, HY_TAMPERED, "no event says that it was erased");
	for (size_t i = 0; i < 2; i++) {
		struct say_erased x = { c, subject_of(a, c, idx[i]) };
		assert_ok(hy_store_write(c->store, say_erased, &x, e));
	}
	verified(a, c, HY_S(""), &v);
	assert_true(v.private_events == 10 && v.erased == 2);
	{
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(c->store, &db, e));
		HY_SCOPED_STMT s = hy_sql(db, record_from);
		hy_bind_int(s, 1, 7);
		hy_bind_int(s, 2, 1);
		assert_ok(hy_step(s, &row, e));
		assert_ok(record_row(a, s, &ev, e));
		assert_true(ev.erased && !ev.private);
	}
	if (test_database()) /* a server clears away old rows in its own time */
		return;
	/* Nothing of it is left in the file. */
	test_close(c);
	hy_str file;
	assert_ok(hy_file_read(a, hy_printf(a, "%s/huiyin.db", c->where).p, 1 << 28, &file, e));
	assert_true(hy_str_find(file, HY_S("张9")) > 0);
	assert_true(hy_str_find(file, HY_S("张7")) < 0);
	test_open(c, record_migrations);
}

/* --- the same again
 * ------------------------------------------------------------------------------- */

static hy_str a_life(struct hy_arena *a, struct record_head *head)
{
	struct test_city c;
	int64_t idx = 3;
	hy_str file;

	test_place(&c);
	assert_ok(record_create(c.where, HY_S("city.example/log"), test_seed, e));
	test_open(&c, record_migrations);
	for (int from = 0; from < 600; from += 60)
		add(&c, from, 60);
	assert_ok(hy_store_write(c.store, erase_one, &idx, e));
	read_head(a, &c, head);
	test_close(&c);
	if (test_database())
		file = head->note;
	else
		assert_ok(hy_file_read(a, hy_printf(a, "%s/huiyin.db", c.where).p, 1 << 28, &file,
				       e));
	test_gone(&c);
	return file;
}

static void the_same_life_gives_the_same_bytes(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct record_head first, second;
	hy_str one = a_life(a, &first), two = a_life(a, &second);

	assert_true(hy_hash_eq(&first.root, &second.root) && hy_str_eq(first.note, second.note));
	assert_true(hy_str_eq(one, two));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_has_one_form),
		cmocka_unit_test(a_commitment_stands_in_its_place),
		cmocka_unit_test(other_bytes_are_no_event),
		cmocka_unit_test_setup_teardown(events_are_sealed_and_read_again, city_up,
						city_down),
		cmocka_unit_test_setup_teardown(lists_are_served_by_indexes, city_up, city_down),
		cmocka_unit_test_setup_teardown(a_failed_job_leaves_no_gap, city_up, city_down),
		cmocka_unit_test_setup_teardown(a_failed_commit_is_forgotten, city_up, city_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_logged_is_refused, city_up,
						city_down),
		cmocka_unit_test_setup_teardown(ten_thousand_give_the_plain_root, city_up,
						city_down),
		cmocka_unit_test_setup_teardown(receipts_hold_without_us, city_up, city_down),
		cmocka_unit_test_setup_teardown(every_head_continues_every_earlier_one, city_up,
						city_down),
		cmocka_unit_test_setup_teardown(erased_content_leaves_the_log_whole, city_up,
						city_down),
		cmocka_unit_test(the_same_life_gives_the_same_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
