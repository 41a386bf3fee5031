/* Cookies and the token against forgery, accounts and their limits, what keeps answers out of other
 * pages. */
#include "http/server_fixture.h"

static const char secret[] = "secret-of-the-session_1.~";

static enum hy_code login(struct hy_request *r, struct hy_err *e)
{
	(void)e;
	hy_answer(r, 200, "text/plain", hy_csrf_token(hy_request_arena(r), HY_S("secret")));
	hy_answer_cookie(r, "session", hy_str_of(secret), 3600);
	hy_answer_cookie(r, "other", HY_S("x"), -1);
	hy_answer_cookie(r, "gone", HY_S(""), 0);
	hy_answer_cookie(r, "bad", HY_S("a;b"), -1);
	return HY_OK;
}

static enum hy_code whoami(struct hy_request *r, struct hy_err *e)
{
	(void)e;
	hy_answer(r, 200, "text/plain",
		  hy_printf(hy_request_arena(r), "[" HY_FMT "] %s %s " HY_FMT,
			    HY_ARG(hy_request_cookie(r, "session")),
			    hy_request_secure(r) ? "secure" : "plain",
			    hy_request_from_here(r) ? "here" : "away",
			    HY_ARG(hy_request_address(r))));
	return HY_OK;
}

static const struct hy_route edge_routes[] = {
	{ .method = "POST", .path = "/login", .permission = "public", .run = login },
	{ .method = "GET", .path = "/who", .permission = "self", .run = whoami },
	{ .method = "POST", .path = "/act", .permission = "self", .run = whoami },
	{ 0 },
};
static const struct hy_route *const edge_tables[] = { edge_routes, NULL };

/* As accounts do it: a cookie is a way in, and then changes need its token. */
static enum hy_code edge_guard(struct hy_request *r, const struct hy_route *route, struct hy_err *e)
{
	hy_str cookie = hy_request_cookie(r, "session");

	hy_request_set_user(r, NULL, hy_request_header(r, "X-Account"));
	if (strcmp(route->permission, "public") == 0 || !cookie.n)
		return HY_OK;
	return hy_request_csrf(r, cookie, e);
}

static struct place served_with(struct place *p, bool proxy, const struct hy_edge *limits)
{
	static const char *const trusted[] = { "127.0.0.1", NULL };
	struct hy_server_options o = options(p);
	struct place edge = *p;
	struct hy_err e = { 0 };

	o.guard = edge_guard;
	o.tables = edge_tables;
	o.trusted = proxy ? trusted : NULL;
	o.loopback_only = !proxy;
	o.edge = limits;
	assert_int_equal(hy_server_start(&o, &edge.server, &e), HY_OK);
	edge.port = hy_server_port(edge.server);
	return edge;
}

static struct place served(struct place *p, bool proxy)
{
	return served_with(p, proxy, NULL);
}

#define FAR "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"

static bool says(const struct heard *h, const char *words)
{
	return strstr(h->head, words) || (h->body && strstr(h->body, words));
}

static void cookies_are_for_this_server_alone(void **state)
{
	struct place plain = served(*state, false), far = served(*state, true);

	HEARD one = once(&plain, "POST /login", "", NULL);
	assert_true(says(&one, "Set-Cookie: session=secret-of-the-session_1.~; Path=/; HttpOnly; "
			       "SameSite=Strict; Max-Age=3600\r\n"));
	assert_true(says(&one, "Set-Cookie: other=x; Path=/; HttpOnly; SameSite=Strict\r\n"));
	assert_true(says(&one, "Set-Cookie: gone=; Path=/; HttpOnly; SameSite=Strict; "
			       "Max-Age=0\r\n"));
	assert_false(says(&one, "bad="));
	assert_false(says(&one, "Secure"));
	assert_false(says(&one, "Strict-Transport"));
	HEARD two = once(&far, "POST /login", FAR, NULL);
	assert_true(says(&two, "Set-Cookie: __Host-session=secret-of-the-session_1.~; Path=/; "
			       "HttpOnly; SameSite=Strict; Secure; Max-Age=3600\r\n"));

	static const struct {
		const char *cookie, *value;
		bool far;
	} rows[] = {
		{ "session=abc", "[abc] plain here 127.0.0.1", false },
		{ "a=b; session=abc; c=d", "[abc]", false },
		{ "__Host-session=abc", "[]", false }, /* belongs to the encrypted way */
		{ "__Host-session=abc", "[abc] secure away 203.0.113.9", true },
		{ "session=abc", "[]", true }, /* anybody on the network may have set it */
		{ "session=abc; session=def", "[]", false },
		{ "sessio=abc; xsession=1; SESSION=2", "[]", false },
		{ "session", "[]", false },
		{ ";;=;session=abc", "[abc]", false },
	};
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		char headers[400];
		snprintf(headers, sizeof(headers), "%sCookie: %s\r\n", rows[i].far ? FAR : "",
			 rows[i].cookie);
		HEARD who = once(rows[i].far ? &far : &plain, "GET /who", headers, NULL);
		if (!says(&who, rows[i].value))
			fail_msg("%s: %.*s", rows[i].cookie, (int)who.n, who.body);
	}
	HEARD twice = once(&plain, "GET /who", "Cookie: session=abc\r\nCookie: x=1\r\n", NULL);
	assert_true(says(&twice, "[]"));
	hy_server_stop(&plain.server);
	hy_server_stop(&far.server);
}

static void changes_by_cookie_need_its_token(void **state)
{
	struct place p = served(*state, false);
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str token = hy_csrf_token(a, HY_S("abc"));
	char headers[300];

	assert_int_equal(token.n, 32);
	assert_false(hy_str_eq(token, hy_csrf_token(a, HY_S("abd"))));
	HEARD read = once(&p, "GET /who", "Cookie: session=abc\r\n", NULL);
	assert_int_equal(read.status, 200);
	HEARD none = once(&p, "POST /act", "Cookie: session=abc\r\n", NULL);
	assert_problem(&none, 403, "forbidden", "missing");
	HEARD wrong = once(&p, "POST /act",
			   "Cookie: session=abc\r\nX-CSRF-Token: "
			   "00000000000000000000000000000000\r\n",
			   NULL);
	assert_problem(&wrong, 403, "forbidden", "another");
	snprintf(headers, sizeof(headers), "Cookie: session=abc\r\nX-CSRF-Token: %s\r\n", token.p);
	HEARD good = once(&p, "POST /act", headers, NULL);
	assert_int_equal(good.status, 200);
	snprintf(headers, sizeof(headers), "Cookie: session=abd\r\nX-CSRF-Token: %s\r\n", token.p);
	HEARD other = once(&p, "POST /act", headers, NULL);
	assert_problem(&other, 403, "forbidden", "another");
	HEARD without = once(&p, "POST /act", "", NULL); /* no cookie: a token of the API, say */
	assert_int_equal(without.status, 200);
	HEARD site = once(&p, "POST /act", "Sec-Fetch-Site: cross-site\r\n", NULL);
	assert_problem(&site, 403, "forbidden", "from elsewhere");
	hy_server_stop(&p.server);
}

static void an_account_has_its_limit_wherever_it_comes_from(void **state)
{
	struct place p = served(*state, true);
	const struct hy_edge edge = { .per_minute = { [HY_PACE_READ] = 3 }, .hsts_seconds = 60 };
	char headers[300];

	hy_server_edge(p.server, &edge);
	for (int i = 0; i < 4; i++) {
		snprintf(headers, sizeof(headers),
			 "X-Forwarded-For: 198.51.%d.1\r\nX-Forwarded-Proto: https\r\n"
			 "X-Account: li\r\n",
			 i);
		HEARD h = once(&p, "GET /who", headers, NULL);
		if (i == 3)
			assert_problem(&h, 429, "too_many", "too many requests");
		else
			assert_int_equal(h.status, 200);
		assert_string_equal(header(&h, "Strict-Transport-Security"), "max-age=60");
	}
	HEARD wu = once(&p, "GET /who", FAR "X-Account: wu\r\n", NULL);
	assert_int_equal(wu.status, 200);
	hy_server_stop(&p.server);
}

static void limits_hold_from_the_first_request(void **state)
{
	const struct hy_edge edge = { .per_minute = { [HY_PACE_READ] = 1 }, .hsts_seconds = 60 };
	struct place p = served_with(*state, true, &edge);
	HEARD first = once(&p, "GET /who", FAR, NULL), second = once(&p, "GET /who", FAR, NULL);

	assert_int_equal(first.status, 200);
	assert_string_equal(header(&first, "Strict-Transport-Security"), "max-age=60");
	assert_problem(&second, 429, "too_many", "too many requests");
	hy_server_stop(&p.server);
}

static void answers_stay_out_of_other_pages(void **state)
{
	static const char *const rows[][2] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "X-Frame-Options", "DENY" },
		{ "Cache-Control", "no-store" },
	};
	struct place p = served(*state, false);

	for (int found = 0; found < 2; found++) {
		HEARD h = once(&p, found ? "GET /who" : "GET /nothing", "", NULL);
		for (size_t i = 0; i < HY_COUNT(rows); i++)
			assert_string_equal(header(&h, rows[i][0]), rows[i][1]);
		assert_non_null(header(&h, "Permissions-Policy"));
	}
	hy_server_stop(&p.server);
}

int main(void)
{
	hy_log_level(HY_LOG_WARN);
#define T(f) cmocka_unit_test_setup_teardown(f, place_up, place_down)
	const struct CMUnitTest tests[] = {
		T(cookies_are_for_this_server_alone),
		T(changes_by_cookie_need_its_token),
		T(an_account_has_its_limit_wherever_it_comes_from),
		T(limits_hold_from_the_first_request),
		T(answers_stay_out_of_other_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
