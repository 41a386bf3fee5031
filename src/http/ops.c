#include "http/request.h"

/* Upper bounds in microseconds. */
static const int64_t bounds[HY_BUCKETS] = { 500,   1000,   2500,   5000,    10000,   25000,
					    50000, 100000, 250000, 1000000, 2500000, 10000000 };

void hy_count(struct hy_route_counts *c, int status, int64_t micros)
{
	size_t i = 0;
	int class = status / 100 - 1;

	while (i < HY_BUCKETS && micros > bounds[i])
		i++;
	atomic_fetch_add_explicit(&c->by_class[class >= 0 && class < 5 ? class : 4], 1,
				  memory_order_relaxed);
	atomic_fetch_add_explicit(&c->bucket[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&c->micros, micros, memory_order_relaxed);
}

static enum hy_code healthz(struct hy_request *r, struct hy_err *e)
{
	(void)e;
	hy_answer(r, 200, "application/json", HY_S("{\"status\":\"ok\"}"));
	return HY_OK;
}

static enum hy_code readyz(struct hy_request *r, struct hy_err *e)
{
	struct hy_store *store = hy_request_store(r);
	HY_SCOPED_DB db = NULL;
	bool row = false;

	if (r->server->stopping)
		return hy_fail(e, HY_STORE_BUSY, "", "the server is stopping");
	if (!store)
		return hy_fail(e, HY_STORE_BUSY, "", "the server has no store");
	enum hy_code c = hy_store_found(store, e);
	if (!c)
		c = hy_store_read(store, &db, e);
	if (c)
		return c;
	HY_SCOPED_STMT s = hy_sql(db, "SELECT 1");
	c = hy_step(s, &row, e);
	if (c)
		return c;
	struct hy_buf b = hy_buf_on(r->arena);
	struct hy_json j = hy_json_on(&b);
	hy_json_obj(&j);
	hy_json_kbool(&j, "leader", hy_store_leads(store));
	hy_json_kstr(&j, "status", HY_S("ready"));
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* The "type" of a problem document leads here. */
static enum hy_code problem(struct hy_request *r, struct hy_err *e)
{
	hy_str key = hy_request_param(r, "code"), shown = hy_str_head(key, 40);
	struct hy_buf b = hy_buf_on(r->arena);
	struct hy_json j = hy_json_on(&b);

	for (int code = HY_OK + 1; code < HY__CODES; code++) {
		const struct hy_code_info *info = hy_code_info((enum hy_code)code);
		if (!hy_str_eq(key, hy_str_of(info->key)))
			continue;
		hy_json_obj(&j);
		hy_json_kstr(&j, "code", key);
		hy_json_kint(&j, "status", info->http);
		hy_json_kstr(&j, "title", hy_str_of(info->text));
		hy_json_obj_end(&j);
		hy_answer_json(r, 200, &b);
		return HY_OK;
	}
	return hy_fail(e, HY_NOT_FOUND, "", "no problem is called \"" HY_FMT "\"", HY_ARG(shown));
}

/* --- metrics ---------------------------------------------------------------------------- */

static void help(struct hy_buf *b, const char *name, const char *type, const char *text)
{
	hy_buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n", name, text, name, type);
}

static void one(struct hy_buf *b, const char *name, const char *type, const char *text, int64_t v)
{
	help(b, name, type, text);
	hy_buf_fmt(b, "%s %lld\n", name, (long long)v);
}

static hy_str route_labels(struct hy_server *s, struct hy_arena *a, size_t id)
{
	if (id == hy_router_count(s->router))
		return HY_S("method=\"\",route=\"none\"");
	const struct hy_route *route = hy_router_at(s->router, id)->route;
	return hy_printf(a, "method=\"%s\",route=\"%s\"", route->method, route->path);
}

static int64_t load(_Atomic int64_t *v)
{
	return atomic_load_explicit(v, memory_order_relaxed);
}

static void requests(struct hy_server *s, struct hy_buf *b)
{
	help(b, "huiyin_http_requests_total", "counter", "Answers by route and class of status.");
	for (size_t id = 0; id <= hy_router_count(s->router); id++) {
		hy_str labels = route_labels(s, b->a, id);
		for (int class = 0; class < 5; class ++) {
			int64_t n = load(&s->counts[id].by_class[class]);
			if (n)
				hy_buf_fmt(b,
					   "huiyin_http_requests_total{" HY_FMT
					   ",class=\"%dxx\"} %lld\n",
					   HY_ARG(labels), class + 1, (long long)n);
		}
	}
}

static void durations(struct hy_server *s, struct hy_buf *b)
{
	static const char name[] = "huiyin_http_request_seconds";

	help(b, name, "histogram", "Time from the first byte to the answer sent.");
	for (size_t id = 0; id <= hy_router_count(s->router); id++) {
		struct hy_route_counts *c = &s->counts[id];
		hy_str labels = route_labels(s, b->a, id);
		int64_t n[HY_BUCKETS + 1], sum = 0;
		for (size_t i = 0; i <= HY_BUCKETS; i++)
			sum += n[i] = load(&c->bucket[i]);
		if (sum == 0)
			continue;
		int64_t so_far = 0;
		for (size_t i = 0; i < HY_BUCKETS; i++) {
			so_far += n[i];
			hy_buf_fmt(b, "%s_bucket{" HY_FMT ",le=\"%g\"} %lld\n", name,
				   HY_ARG(labels), (double)bounds[i] / 1e6, (long long)so_far);
		}
		hy_buf_fmt(b, "%s_bucket{" HY_FMT ",le=\"+Inf\"} %lld\n", name, HY_ARG(labels),
			   (long long)sum);
		hy_buf_fmt(b, "%s_sum{" HY_FMT "} %.6f\n", name, HY_ARG(labels),
			   (double)load(&c->micros) / 1e6);
		hy_buf_fmt(b, "%s_count{" HY_FMT "} %lld\n", name, HY_ARG(labels), (long long)sum);
	}
}

static void store_metrics(struct hy_store *store, struct hy_buf *b)
{
	struct hy_store_stats st = hy_store_stats(store);

	one(b, "huiyin_leader", "gauge", "1: this server does the background work.",
	    hy_store_leads(store));
	one(b, "huiyin_store_queue_length", "gauge", "Writes that wait.", st.queued);
	one(b, "huiyin_store_batches_total", "counter", "Transactions committed.", st.batches);
	one(b, "huiyin_store_jobs_total", "counter", "Writes in those transactions.", st.jobs);
	one(b, "huiyin_store_refused_total", "counter",
	    "Writes refused because the queue was full.", st.refused);
	one(b, "huiyin_store_wal_bytes", "gauge", "Size of the write-ahead log.", st.wal_bytes);
}

static enum hy_code metrics(struct hy_request *r, struct hy_err *e)
{
	struct hy_server *s = r->server;
	struct hy_buf b = hy_buf_on(r->arena);

	(void)e;
	help(&b, "huiyin_build_info", "gauge", "The version that runs.");
	hy_buf_fmt(&b, "huiyin_build_info{version=\"%s\"} 1\n", HY_VERSION);
	one(&b, "huiyin_http_in_flight", "gauge", "Requests received and not yet answered.",
	    load(&s->whole));
	requests(s, &b);
	durations(s, &b);
	hy_crowd_metrics(s, &b);
	hy_watch_metrics(s, &b);
	hy_edge_metrics(s, &b);
	if (s->o.store)
		store_metrics(s->o.store, &b);
	if (s->o.metrics)
		s->o.metrics(&b, s->o.ctx);
	hy_answer(r, 200, "text/plain; version=0.0.4; charset=utf-8", hy_buf_str(&b));
	return HY_OK;
}

const struct hy_route hy_http_routes[] = {
	{ .method = "GET",
	  .path = "/healthz",
	  .permission = "public",
	  .pace = HY_PACE_NONE,
	  .summary = "Is the process alive?",
	  .run = healthz },
	{ .method = "GET",
	  .path = "/readyz",
	  .permission = "public",
	  .pace = HY_PACE_NONE,
	  .summary = "Can it serve: is the store readable?",
	  .run = readyz },
	{ .method = "GET",
	  .path = "/metrics",
	  .permission = "metrics.read",
	  .pace = HY_PACE_NONE,
	  .summary = "Figures for the operator, as Prometheus text.",
	  .run = metrics },
	{ .method = "GET",
	  .path = "/problems/{code}",
	  .permission = "public",
	  .summary = "What a problem's code means.",
	  .run = problem },
	{ 0 },
};
