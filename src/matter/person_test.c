/* The data of one person: found, given out, erased; and what the record says of it. */
#include "matter/person.h"
#include "matter/testing.h"
#include "people/security.h"

#define FILED(name, contact)                                                                       \
	"{\"title\":\"路灯不亮\",\"body\":\"三天了\",\"name\":\"" name "\",\"contact\":\"" contact \
	"\"}"

static hy_str file(struct town *t, const char *data)
{
	return town_file(t, "2026-03-02T10:00", "complaint", "citizen", data);
}

static void finish(struct town *t, hy_str code)
{
	town_move(t, "2026-03-02T11:00", code, "accept", "desk", "{}");
	town_move(t, "2026-03-03T10:00", code, "withdraw", "citizen", "{\"ground\":\"withdrawn\"}");
}

static struct person_found found(struct town *t, const char *contact, const char *name,
				 const struct access_scope *scope)
{
	const struct person_key key = { hy_str_of(contact), hy_str_of(name) };
	struct person_found out = { 0 };
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(person_find(t->city, db, t->a, scope, &key, &out, e));
	return out;
}

static hy_str data_of(struct town *t, const struct person_found *x)
{
	struct hy_buf b = hy_buf_on(t->a);
	struct hy_json j = hy_json_on(&b);
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(person_data_json(&j, t->city, db, x, e));
	return hy_buf_str(&b);
}

struct deed {
	struct town *t;
	struct person_found found;
	struct matter_erasing by;
	struct person_erased done;
};

static enum hy_code erase_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;

	return person_erase(d->t->a, d->t->city, db, &d->found, &d->by, &d->done, e);
}

static bool has(hy_str text, const char *word)
{
	return hy_str_find(text, hy_str_of(word)) >= 0;
}

static void somebody_is_found_by_what_they_gave(void **state)
{
	struct town *t = *state;
	hy_str one = file(t, FILED("张三", "13900000001"));
	hy_str two = file(t, FILED("张三", "13900000001"));
	hy_str wife = file(t, FILED("李\\\"四\\\"", "13900000001"));
	file(t, FILED("张三", "139000000012"));
	file(t, FILED("13900000001", "张三"));
	file(t, "{\"title\":\"电话 13900000001\"}");
	struct hy_err why = { 0 };
	struct person_found x = found(t, "13900000001", "", &access_all);

	assert_int_equal(x.n, 3);
	assert_true(hy_str_eq(x.codes[0], one) && hy_str_eq(x.codes[1], two));
	x = found(t, "13900000001", "李\"四\"", &access_all);
	assert_int_equal(x.n, 1);
	assert_true(hy_str_eq(x.codes[0], wife));
	assert_int_equal(found(t, "13900000001", "王五", &access_all).n, 0);
	assert_int_equal(found(t, "1390000000", "", &access_all).n, 0);
	/* Who reaches no matter finds nobody. */
	const struct access_scope none = { 0 };
	assert_int_equal(found(t, "13900000001", "", &none).n, 0);
	const struct person_key empty = { HY_S(" "), HY_S("张三") };
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_int_equal(person_find(t->city, db, t->a, &access_all, &empty, &x, &why),
			 HY_BAD_FIELD);
}

static void what_is_theirs_is_given_out_and_erased(void **state)
{
	struct town *t = *state;
	hy_str closed = file(t, FILED("张三", "13900000001"));
	hy_str open = file(t, FILED("张三", "13900000001"));
	hy_str other = file(t, FILED("李四", "13900000002"));

	finish(t, closed);
	finish(t, other);
	struct person_found x = found(t, "13900000001", "", &access_all);
	hy_str data = data_of(t, &x);
	assert_true(has(data, closed.p) && has(data, open.p) && has(data, "三天了"));
	assert_false(has(data, "13900000002") || has(data, "李四"));

	struct deed d = { .t = t,
			  .found = x,
			  .by = { .at = town_at("2026-03-04T10:00"),
				  .basis = HY_S("本人申请"),
				  .role = HY_S("privacy_officer"),
				  .unit = HY_S("U9"),
				  .account = 77,
				  .address = HY_S("192.0.2.5") } };
	assert_ok(hy_store_write(city_store(t->city), erase_work, &d, e));
	assert_int_equal(d.done.erased.n, 1);
	assert_int_equal(d.done.open.n, 1);
	assert_true(hy_str_eq(d.done.erased.codes[0], closed));
	assert_true(hy_str_eq(d.done.open.codes[0], open));
	assert_int_equal(town_row(t, closed).title.n, 0);
	assert_true(town_row(t, open).title.n && town_row(t, other).title.n);

	/* Who erased and why: in the matter's event, and for the audit administrator. */
	struct matter *m = town_matter(t, closed);
	const struct matter_event *last = &m->events[m->n_events - 1];
	assert_true(hy_str_eq(last->name, HY_S(RECORD_ERASED)));
	assert_true(hy_str_eq(last->role, HY_S("privacy_officer")));
	assert_true(hy_str_eq(last->unit, HY_S("U9")));
	assert_string_equal(hy_json_get(last->data, "basis").p, "本人申请");
	assert_int_equal(hy_json_get_int(last->private, "account", 0), 77);
	assert_null(m->events[0].private);
	const struct security_filter f = { .act = HY_S("subject.erase") };
	struct security_row *v = NULL;
	size_t n = 0;
	{
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		assert_ok(security_list(t->a, db, &f, 10, &v, &n, e));
	}
	assert_int_equal(n, 1);
	assert_int_equal(v[0].account, 77);
	assert_true(hy_str_eq(v[0].subject, hy_printf(t->a, "matter/" HY_FMT, HY_ARG(closed))));

	assert_int_equal(found(t, "13900000001", "", &access_all).n, 1); /* the open one */
	town_fsck(t);							 /* and the log verifies */
}

#define T(f) cmocka_unit_test_setup_teardown(f, town_up, town_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(somebody_is_found_by_what_they_gave),
		T(what_is_theirs_is_given_out_and_erased),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
