/* Sealed identities: who can open them, in what order, and what stays behind. */
#include "matter/identity.h"

#include "matter/testing.h"

#include <sodium.h>

struct keeper {
	struct custodian c;
	struct seal_key secret;
};
struct scene {
	struct town *t;
	struct keeper a, b, b2;
};

struct deed {
	struct town *t;
	struct custodian c;
	int64_t id;
	hy_str code, what, purpose, json;
	const json_t *halves;
	struct identity_by by;
	enum { ADD, REMOVE, ASK, CONSENT, REFUSE, OPEN, ERASE } what_to_do;
	bool protect;
};

static enum hy_code do_it(struct hy_db *db, void *in_out, struct hy_err *f)
{
	struct deed *d = in_out;
	struct city *c = d->t->city;
	struct custodian_by by = { .role = HY_S("secadmin") };
	const struct matter_erasing erasing = town_erasing("个人信息保护法第四十七条");

	switch (d->what_to_do) {
	case ADD:
		return custodian_add(city_record(c), db, &d->c, &by, town_time, &d->id, f);
	case REMOVE:
		return custodian_remove(city_record(c), db, d->id, &by, town_time, f);
	case ASK:
		return identity_ask(c, db, d->t->a, d->code, HY_S("identity"), d->purpose, &d->by,
				    &d->id, f);
	case CONSENT:
		return identity_consent(c, db, d->t->a, d->id, &d->c, d->halves, &d->by, f);
	case REFUSE:
		return identity_refuse(c, db, d->t->a, d->id, &d->c, &d->by, f);
	case OPEN:
		return identity_open(c, db, d->t->a, d->id, &d->c, &d->by, &d->json, f);
	case ERASE:
		return matter_erase(c, db, d->t->a, d->code, &erasing, f);
	}
	return HY_OK;
}

static enum hy_code run(struct deed *d, struct hy_err *f)
{
	return hy_store_write(city_store(d->t->city), do_it, d, f);
}

static struct keeper keeper_in(struct town *t, char group, int64_t account, const char *label)
{
	struct keeper k = {
		.c = { .group = group, .account = account, .label = hy_str_of(label) }
	};

	crypto_box_keypair(k.c.key.b, k.secret.b);
	struct deed d = { .t = t, .c = k.c, .what_to_do = ADD };
	assert_ok(run(&d, e));
	k.c.id = d.id;
	k.c.state = CUSTODIAN_NAMED;
	return k;
}

static struct scene scene_in(struct town *t)
{
	town_time = town_at("2026-03-02T08:00");
	return (struct scene){ .t = t,
			       .a = keeper_in(t, 'a', 11, "纪检组长"),
			       .b = keeper_in(t, 'b', 12, "信访处长"),
			       .b2 = keeper_in(t, 'b', 13, "信访副处长") };
}

static enum hy_code file_work(struct hy_db *db, void *in_out, struct hy_err *f)
{
	struct town_deed *d = in_out;

	return matter_file(d->t->city, db, d->t->a, HY_S("complaint"), &d->mv, HY_S(""), true,
			   &d->filed, f);
}

static hy_str file_protected(struct town *t, const char *json)
{
	struct town_deed d = { .t = t };

	town_time = d.mv.at = town_at("2026-03-02T09:00");
	d.mv.role = HY_S("citizen");
	d.mv.protect = true;
	d.mv.data = town_data(t, json);
	assert_ok(hy_store_write(city_store(t->city), file_work, &d, e));
	return d.filed.code;
}

/* What `huiyin custodian consent` does. */
static const json_t *hand_on(struct town *t, const struct keeper *k, int64_t request)
{
	HY_SCOPED_DB db = NULL;
	hy_str packet = HY_S("");
	json_t *v = NULL, *out = json_array();
	unsigned char box[SEAL_BOX];
	struct seal_key half, to;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(identity_packet(t->city, db, t->a, request, &k->c, &packet, e));
	assert_ok(hy_json_read(t->a, packet, &v, e));
	assert_true(hy_str_find(packet, HY_S("sealed")) < 0); /* the box is not in it */
	assert_int_equal(hy_unbase64(hy_json_get(v, "half"), box, sizeof(box)), SEAL_BOX);
	assert_ok(seal_from(&k->c.key, &k->secret, (hy_str){ (char *)box, SEAL_BOX }, &half, e));
	const json_t *list = json_object_get(v, "to");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *x = json_array_get(list, i);
		assert_ok(custodian_key_read(hy_json_get(x, "key"), &to, e));
		hy_str sealed = seal_to(t->a, &to, &half);
		hy_str text = hy_base64(t->a, sealed.p, sealed.n);
		json_array_append_new(out, json_pack("{s:I, s:s%}", "custodian",
						     hy_json_get_int(x, "custodian", 0), "box",
						     text.p, text.n));
	}
	hy_arena_defer(t->a, (void (*)(void *))json_decref, out);
	return out;
}

/* What `huiyin custodian open` does. */
static enum hy_code open_packet(struct town *t, const struct keeper *k, hy_str packet, hy_str *out)
{
	struct seal_key own, given, key;
	unsigned char own_box[SEAL_BOX], given_box[SEAL_BOX], box[SEAL_PADDED + SEAL_OVER];
	json_t *v = NULL;
	struct hy_err why = { 0 };

	assert_ok(hy_json_read(t->a, packet, &v, e));
	assert_int_equal(hy_unbase64(hy_json_get(v, "half"), own_box, sizeof(own_box)), SEAL_BOX);
	assert_int_equal(hy_unbase64(hy_json_get(v, "handed"), given_box, sizeof(given_box)),
			 SEAL_BOX);
	assert_int_equal(hy_unbase64(hy_json_get(v, "sealed"), box, sizeof(box)), sizeof(box));
	if (seal_from(&k->c.key, &k->secret, (hy_str){ (char *)own_box, SEAL_BOX }, &own, &why) ||
	    seal_from(&k->c.key, &k->secret, (hy_str){ (char *)given_box, SEAL_BOX }, &given, &why))
		return why.code;
	seal_join(&own, &given, &key);
	return seal_open_padded(t->a, &key, hy_json_get(v, "context"),
				(hy_str){ (char *)box, sizeof(box) }, out, &why);
}

static int64_t ask(struct town *t, hy_str code)
{
	struct deed d = { .t = t,
			  .code = code,
			  .purpose = HY_S("核实举报人遭受打击报复的情况"),
			  .by = { 10, HY_S("efficacy_office"), HY_S("") },
			  .what_to_do = ASK };

	assert_ok(run(&d, e));
	return d.id;
}

static void refused(struct deed d, enum hy_code want, const char *words)
{
	struct hy_err why = { 0 };

	assert_int_not_equal(run(&d, &why), HY_OK);
	assert_says(&why, want, words);
}

/* Does TEXT stand anywhere in the database's tables of events and sealed things? */
static bool stored(struct town *t, const char *text)
{
	static const char *const all[] = {
		"SELECT body FROM event",
		"SELECT body FROM event_private",
		"SELECT box FROM sealed",
		"SELECT box FROM sealed_half",
		"SELECT title || place || person FROM matter",
	};
	HY_SCOPED_DB db = NULL;
	bool found = false, row;
	struct hy_err why = { 0 };

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	for (size_t i = 0; i < HY_COUNT(all); i++) {
		HY_SCOPED_STMT s = hy_sql(db, all[i]);
		while (!hy_step(s, &row, &why) && row)
			found = found || hy_str_find(hy_col_text(s, 0), hy_str_of(text)) >= 0;
	}
	return found;
}

static void two_people_and_a_purpose_open_it(void **state)
{
	struct town *t = *state;
	struct scene s = scene_in(t);
	hy_str code = file_protected(t, "{\"title\":\"窗口索要好处\",\"name\":\"欧阳守密\","
					"\"contact\":\"13800138000\"}");
	hy_str out = HY_S("");

	assert_false(stored(t, "欧阳守密"));
	assert_false(stored(t, "13800138000"));
	int64_t id = ask(t, code);
	/* One alone cannot, the one who asks cannot, those of one group cannot. */
	refused((struct deed){ .t = t,
			       .id = id,
			       .c = s.b.c,
			       .by = { 12, HY_S("custodian"), HY_S("") },
			       .what_to_do = OPEN },
		HY_NOT_NOW, "waits for a first consent");
	refused((struct deed){ .t = t,
			       .id = id,
			       .c = s.a.c,
			       .halves = hand_on(t, &s.a, id),
			       .by = { 10, HY_S("custodian"), HY_S("") },
			       .what_to_do = CONSENT },
		HY_FORBIDDEN, "second person");
	struct deed first = { .t = t,
			      .id = id,
			      .c = s.b.c,
			      .halves = hand_on(t, &s.b, id),
			      .by = { 12, HY_S("custodian"), HY_S("") },
			      .what_to_do = CONSENT };
	assert_ok(run(&first, e));
	refused((struct deed){ .t = t,
			       .id = id,
			       .c = s.b2.c,
			       .by = { 13, HY_S("custodian"), HY_S("") },
			       .what_to_do = OPEN },
		HY_FORBIDDEN, "other group");
	refused((struct deed){ .t = t,
			       .id = id,
			       .c = s.a.c,
			       .by = { 12, HY_S("custodian"), HY_S("") },
			       .what_to_do = OPEN },
		HY_FORBIDDEN, "second person");
	struct deed second = { .t = t,
			       .id = id,
			       .c = s.a.c,
			       .by = { 11, HY_S("custodian"), HY_S("") },
			       .what_to_do = OPEN };
	assert_ok(run(&second, e));
	assert_int_equal(open_packet(t, &s.a, second.json, &out), HY_OK);
	assert_true(hy_str_find(out, HY_S("欧阳守密")) >= 0);
	/* With the packet alone, and the other's key, it stays shut. */
	assert_int_not_equal(open_packet(t, &s.b, second.json, &out), HY_OK);
	refused(second, HY_NOT_NOW, "was opened");
	/* Each step is an event of the matter, with the purpose and the accounts private. */
	struct matter *m = town_matter(t, code);
	const char *want[] = { "identity.requested", "identity.consented", "identity.opened" };
	assert_int_equal(m->n_events, 4);
	for (size_t i = 0; i < 3; i++) {
		assert_true(hy_str_eq(m->events[i + 1].name, hy_str_of(want[i])));
		assert_null(json_object_get(m->events[i + 1].data, "purpose"));
		assert_null(json_object_get(m->events[i + 1].data, "account"));
	}
	town_fsck(t);
}

static void anonymous_and_named_look_alike(void **state)
{
	struct town *t = *state;

	scene_in(t);
	hy_str named = file_protected(t, "{\"title\":\"甲\",\"name\":\"欧阳守密\"}");
	hy_str anonymous = file_protected(t, "{\"title\":\"乙\"}");
	struct matter *m = town_matter(t, named), *n = town_matter(t, anonymous);

	assert_int_equal(hy_json_get(m->events[0].private, "sealed").n, 64);
	assert_int_equal(hy_json_get(n->events[0].private, "sealed").n, 64);
	assert_int_equal(m->guard, PACK_PROTECTED);
	assert_int_equal(json_object_size(m->events[0].private),
			 json_object_size(n->events[0].private));
	assert_true(ask(t, anonymous) > 0);
	HY_SCOPED_DB db = NULL;
	bool row;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	HY_SCOPED_STMT s = hy_sql(db, "SELECT DISTINCT length(box) FROM sealed");
	assert_ok(hy_step(s, &row, e));
	assert_int_equal(hy_col_int(s, 0), SEAL_PADDED + SEAL_OVER);
	assert_ok(hy_step(s, &row, e));
	assert_false(row);
}

static void without_custodians_only_the_nameless_are_taken(void **state)
{
	struct town *t = *state;
	struct town_deed d = { .t = t };
	struct hy_err why = { 0 };

	assert_true(file_protected(t, "{\"title\":\"无名\"}").n > 0);
	d.mv = (struct matter_move){ .at = town_time, .role = HY_S("citizen"), .protect = true };
	d.mv.data = town_data(t, "{\"title\":\"有名\",\"name\":\"欧阳守密\"}");
	assert_int_equal(hy_store_write(city_store(t->city), file_work, &d, &why), HY_NOT_NOW);
	assert_says(&why, HY_NOT_NOW, "no custodians");
	assert_false(stored(t, "欧阳守密"));
}

static void refusing_expiring_and_erasing(void **state)
{
	struct town *t = *state;
	struct scene s = scene_in(t);
	hy_str code = file_protected(t, "{\"title\":\"甲\",\"name\":\"欧阳守密\"}");
	int64_t no = ask(t, code), late = ask(t, code);
	struct deed d = { .t = t,
			  .id = no,
			  .c = s.a.c,
			  .by = { 11, HY_S("custodian"), HY_S("") },
			  .what_to_do = REFUSE };

	assert_ok(run(&d, e));
	refused((struct deed){ .t = t, .id = no, .c = s.b.c, .what_to_do = OPEN }, HY_NOT_NOW,
		"refused");
	const json_t *halves = hand_on(t, &s.a, late);
	town_time += 8 * (hy_ms)HY_DAY_MS;
	refused(
		(struct deed){
			.t = t, .id = late, .c = s.a.c, .halves = halves, .what_to_do = CONSENT },
		HY_NOT_NOW, "expired");
	int64_t again = ask(t, code);
	struct deed out = { .t = t, .id = s.a.c.id, .what_to_do = REMOVE };
	assert_ok(run(&out, e));
	s.a.c.state = CUSTODIAN_REMOVED;
	refused((struct deed){ .t = t, .id = again, .c = s.a.c, .what_to_do = REFUSE },
		HY_FORBIDDEN, "no longer");
	struct deed erase = { .t = t, .code = code, .what_to_do = ERASE };
	assert_ok(run(&erase, e));
	refused(
		(struct deed){
			.t = t, .code = code, .purpose = HY_S("再看一次身份"), .what_to_do = ASK },
		HY_NOT_NOW, "nothing is sealed");
	assert_false(stored(t, "打击报复"));
	town_fsck(t);
}

static void a_person_has_one_half_at_most(void **state)
{
	struct town *t = *state;
	struct scene s = scene_in(t);
	struct custodian c = { .group = 'b', .account = 11, .label = HY_S("同一个人") };

	struct seal_key secret;
	crypto_box_keypair(c.key.b, secret.b);
	refused((struct deed){ .t = t, .c = c, .what_to_do = ADD }, HY_FORBIDDEN, "both halves");
	c.account = 0;
	c.key = s.a.c.key;
	refused((struct deed){ .t = t, .c = c, .what_to_do = ADD }, HY_EXISTS, "custodian");
	struct seal_key key;
	struct hy_err why = { 0 };
	assert_int_equal(
		custodian_key_read(HY_S("huiyin-custodian-1 00000000000000000000000000000000"
					"00000000000000000000000000000000"),
				   &key, &why),
		HY_BAD_FIELD);
}

static enum hy_code script_work(struct hy_db *db, void *in_out, struct hy_err *f)
{
	return hy_sql_script(db, in_out, f);
}

static void town_script(struct town *t, const char *sql)
{
	assert_ok(hy_store_write(city_store(t->city), script_work, (void *)(uintptr_t)sql, e));
}

/* fsck finds a box that was exchanged, a request that was turned, a custodian that was slipped in.
 */
static void fsck_sees_what_was_changed(void **state)
{
	static const char *const changes[] = {
		"UPDATE opening SET state = 3",
		"UPDATE custodian SET grp = 'b'",
		"DELETE FROM custodian WHERE id = 1",
	};
	struct town *t = *state;
	struct scene s = scene_in(t);
	hy_str code = file_protected(t, "{\"title\":\"甲\"}");

	(void)s;
	ask(t, code);
	town_fsck(t);
	for (size_t i = 0; i < HY_COUNT(changes); i++) {
		struct matter_fsck f;
		town_script(t, "CREATE TABLE kept_o AS SELECT * FROM opening;"
			       "CREATE TABLE kept_c AS SELECT * FROM custodian;");
		town_script(t, changes[i]);
		assert_ok(matter_fsck(t->city, t->a, NULL, NULL, &f, e));
		assert_int_equal(f.wrong, 1);
		town_script(t, "DELETE FROM opening; INSERT INTO opening SELECT * FROM kept_o;"
			       "DELETE FROM custodian; INSERT INTO custodian SELECT * FROM kept_c;"
			       "DROP TABLE kept_o; DROP TABLE kept_c;");
	}
	town_fsck(t);
}

static enum hy_code append_short(struct hy_db *db, void *in_out, struct hy_err *f)
{
	struct town *t = in_out;
	const struct record_new n = { .subject = HY_S("c"),
				      .move = HY_S("m"),
				      .seq = 1,
				      .at = town_time,
				      .rec = town_time,
				      .data = HY_S("{}") };
	int64_t idx;

	return record_append(city_record(t->city), db, &n, &idx, f);
}

static void an_event_under_another_head_is_told(void **state)
{
	static const char *const heads[] = { "unit/",	 "setting/", "post/",
					     "absence/", "grant/",   "custodian/" };
	struct town *t = *state;

	assert_ok(hy_store_write(city_store(t->city), append_short, t, e));
	town_script(t, "CREATE TABLE kept_s AS SELECT idx FROM event WHERE subject = 'c';");
	for (size_t i = 0; i < HY_COUNT(heads); i++) {
		struct matter_fsck f;
		hy_str at = hy_printf(t->a, "is filed under %s but is about c", heads[i]);
		/* Its bytes are those of another event, and shorter than the head. */
		town_script(t, hy_printf(t->a,
					 "UPDATE event SET subject = '%s1'"
					 " WHERE idx = (SELECT idx FROM kept_s);",
					 heads[i])
				       .p);
		assert_ok(matter_fsck(t->city, t->a, NULL, NULL, &f, e));
		if (f.wrong != 1 || hy_str_find(f.first, at) < 0)
			fail_msg("%s: %lld, " HY_FMT, heads[i], (long long)f.wrong,
				 HY_ARG(f.first));
		town_script(t, "UPDATE event SET subject = 'c'"
			       " WHERE idx = (SELECT idx FROM kept_s);");
	}
	town_fsck(t);
}

static hy_str shown_of(struct town *t, hy_str code)
{
	HY_SCOPED_DB db = NULL;
	bool row;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	HY_SCOPED_STMT s = hy_sql(db, "SELECT coalesce(shown, 'NULL') FROM matter WHERE code = $1");
	hy_bind_text(s, 1, code);
	assert_ok(hy_step(s, &row, e));
	return hy_col_dup(t->a, s, 0);
}

static void what_others_read_is_kept_and_made_up_for(void **state)
{
	struct town *t = *state;
	hy_str plain = file_protected(t, "{\"title\":\"路灯不亮\"}");
	hy_str told = file_protected(t, "{\"title\":\"我叫欧阳守密，电话13912345678\"}");

	assert_true(hy_str_eq(shown_of(t, plain), HY_S("")));
	assert_true(hy_str_eq(shown_of(t, told), HY_S("我叫〔姓名〕，电话〔电话〕")));
	town_script(t, "UPDATE matter SET shown = NULL;");
	city_close(&t->city);
	town_open(t);
	assert_true(hy_str_eq(shown_of(t, plain), HY_S("")));
	assert_true(hy_str_eq(shown_of(t, told), HY_S("我叫〔姓名〕，电话〔电话〕")));
	town_fsck(t);

	struct matter_fsck f;
	town_script(t, "UPDATE matter SET shown = '';");
	assert_ok(matter_fsck(t->city, t->a, NULL, NULL, &f, e));
	assert_int_equal(f.wrong, 1);
	assert_true(hy_str_find(f.first, HY_S("'shown'")) > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, town_up, town_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_people_and_a_purpose_open_it),
		TEST(anonymous_and_named_look_alike),
		TEST(without_custodians_only_the_nameless_are_taken),
		TEST(refusing_expiring_and_erasing),
		TEST(a_person_has_one_half_at_most),
		TEST(fsck_sees_what_was_changed),
		TEST(an_event_under_another_head_is_told),
		TEST(what_others_read_is_kept_and_made_up_for),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
