/* Addresses taken apart, languages, and the route tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/request.h"

static int arena_up(void **state)
{
	*state = hy_arena_new(1 << 20);
	return 0;
}

static int arena_down(void **state)
{
	struct hy_arena *a = *state;

	hy_arena_free(&a);
	return 0;
}

#define assert_str(s, lit) assert_true(hy_str_eq((s), HY_S(lit)))

static enum hy_code nothing(struct hy_request *r, struct hy_err *e)
{
	(void)r;
	(void)e;
	return HY_OK;
}

#define ROUTE(m, p)                                                                                \
	{                                                                                          \
		.method = m, .path = p, .permission = "public", .run = nothing                     \
	}

static const struct hy_route matters[] = {
	ROUTE("GET", "/api/matters"),
	ROUTE("POST", "/api/matters"),
	ROUTE("GET", "/api/matters/{code}"),
	ROUTE("PATCH", "/api/matters/{code}"),
	ROUTE("POST", "/api/matters/inbox"),
	ROUTE("GET", "/api/matters/{code}/moves/{move}"),
	ROUTE("GET", "/api/matters/inbox/count"),
	{ 0 },
};
static const struct hy_route pages[] = { ROUTE("GET", "/"), ROUTE("GET", "/log/{tile*}"), { 0 } };
static const struct hy_route *const tables[] = { matters, pages, NULL };

static enum hy_code look(struct hy_arena *a, const char *method, const char *address,
			 struct hy_matched *out)
{
	struct hy_router *router;
	struct hy_target t;
	struct hy_err e = { 0 };

	assert_int_equal(hy_router_new(a, tables, &router, &e), HY_OK);
	assert_int_equal(hy_target_read(a, hy_str_of(address), &t, &e), HY_OK);
	return hy_router_match(router, a, hy_str_of(method), &t, out, &e);
}

static void a_fixed_word_wins_and_parameters_are_kept(void **state)
{
	struct hy_matched m;
	assert_int_equal(look(*state, "GET", "/api/matters/A%2d1", &m), HY_OK);
	assert_ptr_equal(m.routed->route, &matters[2]);
	assert_str(m.value[0], "A-1");
	assert_int_equal(look(*state, "GET", "/api/matters/inbox/count", &m), HY_OK);
	assert_ptr_equal(m.routed->route, &matters[6]);
	/* The fixed word leads nowhere: back to the parameter. */
	assert_int_equal(look(*state, "GET", "/api/matters/inbox/moves/7", &m), HY_OK);
	assert_ptr_equal(m.routed->route, &matters[5]);
	assert_str(m.value[0], "inbox");
	assert_str(m.value[1], "7");
	assert_str(m.routed->param[1], "move");
	/* Only the parameter takes a GET here. */
	assert_int_equal(look(*state, "GET", "/api/matters/inbox", &m), HY_OK);
	assert_ptr_equal(m.routed->route, &matters[2]);
	assert_str(m.value[0], "inbox");
}

static void head_is_get_and_the_rest_is_the_rest(void **state)
{
	struct hy_matched m;
	assert_int_equal(look(*state, "HEAD", "/", &m), HY_OK);
	assert_ptr_equal(m.routed->route, &pages[0]);
	assert_int_equal(look(*state, "GET", "/log/tile/0/x001/067", &m), HY_OK);
	assert_str(m.value[0], "tile/0/x001/067");
	assert_int_equal(look(*state, "GET", "/log", &m), HY_NO_ROUTE);
}

static void what_is_not_there_says_so(void **state)
{
	static const char *const none[] = {
		"/api",		 "/api/",	 "/api/matters/",	"//",
		"/api//matters", "/API/matters", "/api/matters/x/moves"
	};
	struct hy_matched m;
	for (size_t i = 0; i < HY_COUNT(none); i++)
		assert_int_equal(look(*state, "GET", none[i], &m), HY_NO_ROUTE);
	assert_int_equal(look(*state, "DELETE", "/api/matters/x", &m), HY_NO_METHOD);
	assert_true(hy_str_find(m.allow, HY_S("GET, HEAD")) >= 0);
	assert_true(hy_str_find(m.allow, HY_S("PATCH")) >= 0);
	assert_int_equal(look(*state, "DELETE", "/api/matters/inbox", &m), HY_NO_METHOD);
	assert_true(hy_str_find(m.allow, HY_S("POST")) >= 0);
	assert_true(hy_str_find(m.allow, HY_S("PATCH")) >= 0);
	assert_int_equal(look(*state, "get", "/", &m), HY_NO_METHOD);
}

static const struct hy_field no_fields[] = { { 0 } };

static void mistakes_in_tables_are_named(void **state)
{
	static const struct hy_route bad[][3] = {
		{ ROUTE("GET", "/a"), ROUTE("GET", "/a") },
		{ ROUTE("GET", "/a/{x}"), ROUTE("GET", "/a/{y}") },
		{ ROUTE("FETCH", "/a") },
		{ ROUTE("GET", "a") },
		{ ROUTE("GET", "/a//b") },
		{ ROUTE("GET", "/a/{x*}/b") },
		{ ROUTE("GET", "/a/{x") },
		{ ROUTE("GET", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}") },
		{ { .method = "GET", .path = "/a", .run = nothing } },
		{ { .method = "GET", .path = "/a", .permission = "public" } },
		{ { .method = "GET",
		    .path = "/a",
		    .permission = "public",
		    .run = nothing,
		    .query = no_fields } },
	};
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		const struct hy_route *const t[] = { bad[i], NULL };
		struct hy_router *router = NULL;
		struct hy_err e = { 0 };
		assert_int_equal(hy_router_new(*state, t, &router, &e), HY_BAD_INPUT);
		assert_true(hy_str_starts(hy_str_of(e.detail), HY_S("route ")));
		assert_null(router);
	}
}

static void count_route(const struct hy_route *route, void *arg)
{
	assert_non_null(route->path);
	++*(int *)arg;
}

static void every_route_can_be_listed(void **state)
{
	(void)state;
	int n = 0;
	hy_routes_each(tables, count_route, &n);
	assert_int_equal(n, 9);
	const struct hy_route *const own[] = { hy_http_routes, NULL };
	n = 0;
	hy_routes_each(own, count_route, &n);
	assert_int_equal(n, 4);
}

static void addresses_are_decoded(void **state)
{
	struct hy_target t;
	struct hy_err e = { 0 };
	assert_int_equal(
		hy_target_read(*state, HY_S("/%E5%9B%9E/a%20b?q=a+b%2Bc&x=&&y&z=1=2#"), &t, &e),
		HY_OK);
	assert_str(t.path, "/回/a b");
	assert_int_equal(t.n_segments, 2);
	assert_str(t.segment[1], "a b");
	assert_int_equal(t.query.n, 4);
	assert_str(t.query.v[0].value, "a b+c");
	assert_str(t.query.v[1].name, "x");
	assert_int_equal(t.query.v[1].value.n, 0);
	assert_str(t.query.v[2].name, "y");
	assert_str(t.query.v[3].value, "1=2#");
}

static void hostile_addresses_are_refused(void **state)
{
	static const char *const bad[] = {
		"",	      "*",	    "http://evil/", "a",       "/%",
		"/%2",	      "/%zz",	    "/%00",	    "/a%2Fb",  "/%2e%2e/x",
		"/../x",      "/.",	    "/%ff",	    "/%c0%af", "/a%0ab",
		"/?q=%",      "/?q=%4",	    "/?q=%00",	    "/?q=%ff", "/?%ff=1",
		"/?q=%u0041", "/%ed%a0%80", "/a%7f",	    "?",       "/\xff\xfe",
	};
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_target t;
		struct hy_err e = { 0 };
		assert_int_equal(hy_target_read(*state, hy_str_of(bad[i]), &t, &e), HY_BAD_INPUT);
		assert_true(e.detail[0]);
	}
	struct hy_buf deep = hy_buf_on(*state), many = hy_buf_on(*state);
	hy_buf_add(&many, HY_S("/?"));
	for (int i = 0; i <= HY_MOST_PAIRS; i++) {
		hy_buf_add(&deep, HY_S("/a"));
		hy_buf_add(&many, HY_S("a=1&"));
	}
	struct hy_target t;
	struct hy_err e = { 0 }, e2 = { 0 };
	assert_int_equal(hy_target_read(*state, hy_buf_str(&deep), &t, &e), HY_BAD_INPUT);
	assert_int_equal(hy_target_read(*state, hy_buf_str(&many), &t, &e2), HY_BAD_INPUT);
}

static void languages_are_chosen(void **state)
{
	(void)state;
	static const struct {
		hy_str header, language;
	} cases[] = {
		{ HY_S_INIT(""), HY_S_INIT("zh-CN") },
		{ HY_S_INIT("de, fr;q=0.9"), HY_S_INIT("zh-CN") },
		{ HY_S_INIT("en-GB,en;q=0.9"), HY_S_INIT("en") },
		{ HY_S_INIT("en;q=0.4, zh-HK;q=0.8"), HY_S_INIT("zh-Hant") },
		{ HY_S_INIT("zh-TW"), HY_S_INIT("zh-Hant") },
		{ HY_S_INIT("zh-Hant-MO"), HY_S_INIT("zh-Hant") },
		{ HY_S_INIT("ZH-hans-cn;q=1.0, en"), HY_S_INIT("zh-CN") },
		{ HY_S_INIT("en;q=0, zh-MO;q=0.001"), HY_S_INIT("zh-Hant") },
		{ HY_S_INIT("en;q=;;,,;q=1"), HY_S_INIT("zh-CN") },
		{ HY_S_INIT("english"), HY_S_INIT("zh-CN") },
		{ HY_S_INIT("*"), HY_S_INIT("zh-CN") },
	};
	for (size_t i = 0; i < HY_COUNT(cases); i++)
		assert_true(hy_str_eq(hy_language_accepted(cases[i].header), cases[i].language));
	assert_int_equal(hy_language_of(HY_S("zhx")).n, 0);
}

static void etags_are_compared(void **state)
{
	(void)state;
	assert_true(hy_etag_listed(HY_S("\"a\", W/\"b\""), HY_S("b")));
	assert_true(hy_etag_listed(HY_S("*"), HY_S("b")));
	assert_false(hy_etag_listed(HY_S("b"), HY_S("b")));
	assert_false(hy_etag_listed(HY_S("\"bb\", \"\", W/"), HY_S("b")));
	assert_false(hy_etag_listed(HY_S(""), HY_S("b")));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, arena_up, arena_down)
	const struct CMUnitTest tests[] = {
		T(a_fixed_word_wins_and_parameters_are_kept),
		T(head_is_get_and_the_rest_is_the_rest),
		T(what_is_not_there_says_so),
		T(mistakes_in_tables_are_named),
		T(every_route_can_be_listed),
		T(addresses_are_decoded),
		T(hostile_addresses_are_refused),
		T(languages_are_chosen),
		T(etags_are_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
