#include "http/request.h"

/* A place in the tree of addresses: one segment further down. */
struct node {
	hy_str word;
	struct node *words, *next; /* fixed children, and the sibling in that list */
	struct node *param;	   /* {name} */
	struct hy_routed *routed;  /* what ends here, one per method */
	struct hy_routed *rest;	   /* {name*}: what takes all that follows */
};

struct hy_router {
	struct node root;
	const struct hy_routed **at;
	size_t n;
};

void hy_routes_each(const struct hy_route *const *tables,
		    void (*fn)(const struct hy_route *route, void *arg), void *arg)
{
	for (; tables && *tables; tables++)
		for (const struct hy_route *r = *tables; r->method; r++)
			fn(r, arg);
}

/* --- building ---------------------------------------------------------------------- */

static const char *route_fault(const struct hy_route *r)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	size_t i = 0;

	while (i < HY_COUNT(methods) && strcmp(methods[i], r->method) != 0)
		i++;
	if (i == HY_COUNT(methods))
		return "the method must be GET, POST, PUT, PATCH or DELETE";
	if (!r->path || r->path[0] != '/')
		return "the path must begin with /";
	if (!r->permission)
		return "a permission is missing; write \"public\" when none is needed";
	if (!r->run)
		return "the handler is missing";
	if (i == 0 && (r->body || r->upload || r->form))
		return "a GET takes no body";
	if (r->upload && r->body && !r->form)
		return "an upload has no fields in its body";
	if ((r->query && !r->query_size) || (r->body && !r->body_size))
		return "the size of the struct for query or body is missing";
	return NULL;
}

static enum hy_code mistake(const struct hy_route *r, const char *why, struct hy_err *e)
{
	return hy_fail(e, HY_BAD_INPUT, "", "route %s %s: %s", r->method,
		       r->path ? r->path : "(none)", why);
}

static struct node *child(struct hy_arena *a, struct node *at, hy_str word)
{
	for (struct node *c = at->words; c; c = c->next)
		if (hy_str_eq(c->word, word))
			return c;
	struct node *c = hy_new(a, struct node);
	c->word = word;
	c->next = at->words;
	at->words = c;
	return c;
}

static bool add_to(struct hy_routed **list, struct hy_routed *routed)
{
	for (const struct hy_routed *x = *list; x; x = x->next)
		if (strcmp(x->route->method, routed->route->method) == 0)
			return false;
	routed->next = *list;
	*list = routed;
	return true;
}

/* The name in "{name}"; empty when S is a fixed word. */
static hy_str param_name(hy_str s)
{
	if (s.n < 3 || s.p[0] != '{' || s.p[s.n - 1] != '}')
		return (hy_str){ "", 0 };
	return (hy_str){ s.p + 1, s.n - 2 };
}

static enum hy_code add(struct hy_arena *a, struct node *at, struct hy_routed *routed,
			struct hy_err *e)
{
	const struct hy_route *r = routed->route;
	hy_str rest = { r->path + 1, strlen(r->path) - 1 }, s;

	while (hy_str_cut(&rest, '/', &s)) {
		hy_str name = param_name(s);
		if (s.n == 0 || (!name.n && memchr(s.p, '{', s.n)))
			return mistake(r, "a segment is empty or a badly written {name}", e);
		if (!name.n) {
			at = child(a, at, s);
			continue;
		}
		if (routed->n_params == HY_MOST_PARAMS)
			return mistake(r, "more than 8 parameters", e);
		bool tail = name.p[name.n - 1] == '*';
		name.n -= tail;
		routed->param[routed->n_params++] = name;
		if (tail) {
			if (rest.n)
				return mistake(r, "{name*} must be the last segment", e);
			return add_to(&at->rest, routed) ? HY_OK : mistake(r, "is there twice", e);
		}
		if (!at->param)
			at->param = hy_new(a, struct node);
		at = at->param;
	}
	return add_to(&at->routed, routed) ? HY_OK : mistake(r, "is there twice", e);
}

enum hy_code hy_router_new(struct hy_arena *a, const struct hy_route *const *tables,
			   struct hy_router **out, struct hy_err *e)
{
	struct hy_router *router = hy_new(a, struct hy_router);
	size_t most = 0;

	for (const struct hy_route *const *t = tables; *t; t++)
		for (const struct hy_route *r = *t; r->method; r++)
			most++;
	router->at = hy_new_n(a, const struct hy_routed *, most + 1);
	for (const struct hy_route *const *t = tables; *t; t++) {
		for (const struct hy_route *r = *t; r->method; r++) {
			const char *why = route_fault(r);
			if (why)
				return mistake(r, why, e);
			struct hy_routed *routed = hy_new(a, struct hy_routed);
			routed->route = r;
			routed->id = router->n;
			enum hy_code c = add(a, &router->root, routed, e);
			if (c)
				return c;
			router->at[router->n++] = routed;
		}
	}
	*out = router;
	return HY_OK;
}

size_t hy_router_count(const struct hy_router *router)
{
	return router->n;
}

const struct hy_routed *hy_router_at(const struct hy_router *router, size_t id)
{
	return router->at[id];
}

/* --- matching ------------------------------------------------------------------------ */

struct search {
	struct hy_arena *a;
	hy_str method;
	const struct hy_target *t;
	hy_str value[HY_MOST_PARAMS];
	size_t n_values;
	struct hy_buf allow; /* methods of the places that fit but for the method */
};

static void allow_add(struct search *s, const char *method)
{
	hy_str rest = hy_buf_str(&s->allow), have;

	while (hy_str_cut(&rest, ',', &have))
		if (hy_str_eq(hy_str_trim(have), hy_str_of(method)))
			return;
	if (s->allow.n)
		hy_buf_add(&s->allow, HY_S(", "));
	hy_buf_add(&s->allow, hy_str_of(method));
	if (strcmp(method, "GET") == 0)
		hy_buf_add(&s->allow, HY_S(", HEAD"));
}

static const struct hy_routed *pick(struct search *s, const struct hy_routed *list)
{
	for (const struct hy_routed *x = list; x; x = x->next)
		if (hy_str_eq(hy_str_of(x->route->method), s->method))
			return x;
	for (const struct hy_routed *x = list; x; x = x->next)
		allow_add(s, x->route->method);
	return NULL;
}

static hy_str rest_from(struct search *s, size_t i)
{
	struct hy_buf b = hy_buf_on(s->a);

	for (size_t k = i; k < s->t->n_segments; k++) {
		if (k > i)
			hy_buf_byte(&b, '/');
		hy_buf_add(&b, s->t->segment[k]);
	}
	return hy_buf_str(&b);
}

/* The depth is bounded by HY_MOST_SEGMENTS; parameters by HY_MOST_PARAMS (add() saw to it). */
static const struct hy_routed *find(struct search *s, const struct node *at, size_t i)
{
	const struct hy_routed *hit = NULL;

	if (i == s->t->n_segments)
		return pick(s, at->routed);
	hy_str seg = s->t->segment[i];
	for (const struct node *c = at->words; c; c = c->next)
		if (hy_str_eq(c->word, seg))
			hit = find(s, c, i + 1);
	if (!hit && at->param && seg.n) {
		s->value[s->n_values++] = seg;
		hit = find(s, at->param, i + 1);
		if (!hit)
			s->n_values--;
	}
	if (!hit && at->rest) {
		hit = pick(s, at->rest);
		if (hit)
			s->value[s->n_values++] = rest_from(s, i);
	}
	return hit;
}

enum hy_code hy_router_match(const struct hy_router *router, struct hy_arena *a, hy_str method,
			     const struct hy_target *target, struct hy_matched *out,
			     struct hy_err *e)
{
	struct search s = { .a = a, .method = method, .t = target, .allow = hy_buf_on(a) };
	hy_str shown = hy_str_head(target->path, 100);

	if (hy_str_eq(method, HY_S("HEAD")))
		s.method = HY_S("GET");
	*out = (struct hy_matched){ .routed = find(&s, &router->root, 0) };
	memcpy(out->value, s.value, sizeof(out->value));
	if (out->routed)
		return HY_OK;
	out->allow = hy_buf_str(&s.allow);
	if (out->allow.n == 0)
		return hy_fail(e, HY_NO_ROUTE, "", "there is nothing at " HY_FMT, HY_ARG(shown));
	return hy_fail(e, HY_NO_METHOD, "", HY_FMT " takes " HY_FMT ", not " HY_FMT, HY_ARG(shown),
		       HY_ARG(out->allow), (int)(method.n < 20 ? method.n : 20), method.p);
}
