#include "cli/serve_edge.h"

#include "base/log.h"
#include "people/setting.h"

static enum hy_code read_settings(struct hy_store *store, struct hy_edge *out, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code c = hy_store_read(store, &db, e);

	if (c)
		return c;
	*out = (struct hy_edge){
		.per_minute = {
			[HY_PACE_READ] = (int)setting_int(db, "limit.read_per_minute"),
			[HY_PACE_WRITE] = (int)setting_int(db, "limit.write_per_minute"),
			[HY_PACE_HEAVY] = (int)setting_int(db, "limit.heavy_per_minute"),
			[HY_PACE_LOGIN] = (int)setting_int(db, "limit.login_per_minute"),
			[HY_PACE_LOOKUP] = (int)setting_int(db, "limit.lookup_per_minute"),
			[HY_PACE_FILING] = (int)setting_int(db, "limit.filing_per_minute"),
		},
		.pow_bits = (int)setting_int(db, "pow.bits"),
		.hsts_seconds = setting_ms(db, "http.hsts") / 1000,
	};
	return HY_OK;
}

enum hy_code edge_options(const struct hy_run *run, struct hy_store *store,
			  struct hy_server_options *o, struct hy_err *e)
{
	struct hy_edge *edge = hy_new(run->arena, struct hy_edge);
	struct hy_values hops = hy_run_list(run, "--behind-proxy");
	const char **trusted = hy_new_n(run->arena, const char *, hops.n + 1);

	int64_t connections = 0, patience = 0;
	enum hy_code c = hy_run_int(run, "--connections", 16, 1000000, &connections, e);

	if (!c)
		c = hy_run_int(run, "--patience", 1, 3600, &patience, e);
	if (c)
		return c;
	o->connections = (int)connections;
	o->idle_seconds = (int)patience;
	hy_store_patience(store, patience * 1000);
	o->tls_cert = hy_run_option(run, "--tls-cert").p;
	o->tls_key = hy_run_option(run, "--tls-key").p;
	if (!o->tls_cert != !o->tls_key)
		return hy_fail(e, HY_BAD_FIELD, o->tls_cert ? "--tls-key" : "--tls-cert",
			       "is missing; a certificate and its private key belong together");
	for (size_t i = 0; i < hops.n; i++)
		trusted[i] = hops.v[i].p;
	o->trusted = hops.n ? trusted : NULL;
	o->forwarded = hy_run_has(run, "--forwarded");
	if (o->forwarded && !o->trusted)
		return hy_fail(e, HY_BAD_FIELD, "--forwarded",
			       "says what a proxy sends; name the proxy with --behind-proxy");
	o->loopback_only = !o->tls_cert && !o->trusted;
	o->edge = edge;
	return read_settings(store, edge, e);
}

void edge_renew(struct hy_server *server, bool force)
{
	struct hy_err e = { 0 };
	bool renewed = false;

	if (hy_server_renew(server, force, &renewed, &e))
		hy_log(HY_LOG_ERROR, "tls",
		       "the certificate was not read again, the old one holds: %s",
		       hy_err_text(&e));
	else if (renewed)
		hy_log(HY_LOG_INFO, "tls", "the certificate was read again");
}

void edge_second(struct hy_server *server, struct hy_store *store)
{
	struct hy_edge edge;
	struct hy_err e = { 0 };

	if (read_settings(store, &edge, &e))
		hy_log(HY_LOG_ERROR, "edge", "the limits stay as they were: %s", hy_err_text(&e));
	else
		hy_server_edge(server, &edge);
	edge_renew(server, false);
}
