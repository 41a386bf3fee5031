/* huiyin serve: a city over HTTP. */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/guard.h"
#include "cli/rooms.h"
#include "cli/routes.h"
#include "cli/serve_edge.h"
#include "cli/web.h"
#include "matter/command.h"
#include "people/session.h"
#include "people/setting.h"
#include "tell/tell.h"

enum {
	TICK_MOST = 200,
	METRICS_MS = 10000,
	THREADS_MOST = 64,
	CHECK_MOST = 256 << 20,
	CHECK_NICE = 10
};

/* --- the city's clock ------------------------------------------------------------------------- */

/* For trials: how far the city's clock is from the machine's. */
static hy_ms shift;

static int64_t machine_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t shifted_now(void)
{
	return machine_now() + shift;
}

static enum hy_code set_clock(const struct hy_run *run, struct hy_err *e)
{
	hy_ms at = 0;

	if (!hy_run_has(run, "--clock"))
		return HY_OK;
	if (!hy_instant_read(hy_run_option(run, "--clock"), NULL, &at))
		return hy_fail(e, HY_BAD_FIELD, "--clock",
			       "must be a time such as 2026-09-30T10:00:00+08:00");
	shift = at - machine_now();
	return HY_OK;
}

/* --- figures for the operator ---------------------------------------------------------------- */

static struct {
	pthread_mutex_t lock;
	hy_ms at; /* when they were counted */
	int64_t lights[HY_LIGHT_RED + 1], log_size;
} counted = { .lock = PTHREAD_MUTEX_INITIALIZER };

static enum hy_code count(struct city *c, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_DB db = NULL;
	struct record_head head;
	enum hy_code code = hy_store_read(city_store(c), &db, e);

	if (!code)
		code = matter_count_lights(a, db, &access_all, city_now(c), counted.lights, e);
	if (!code)
		code = record_head(a, db, &head, e);
	if (!code)
		counted.log_size = head.size;
	return code;
}

static void outgoing_metrics(struct hy_buf *out, struct city *c)
{
	HY_SCOPED_DB db = NULL;
	struct hy_err e = { 0 };

	if (hy_store_read(city_store(c), &db, &e) || tell_metrics(out, c, db, &e))
		hy_log(HY_LOG_WARN, "metrics", "%s", hy_err_text(&e));
}

static void metrics(struct hy_buf *out, void *ctx)
{
	struct city *c = ctx;
	struct hy_err e = { 0 };

	pthread_mutex_lock(&counted.lock);
	if (city_now(c) - counted.at >= METRICS_MS) {
		if (count(c, &e))
			hy_log(HY_LOG_WARN, "metrics", "%s", hy_err_text(&e));
		counted.at = city_now(c);
	}
	hy_buf_add(out, HY_S("# HELP huiyin_matters_open Open matters by the light they show.\n"
			     "# TYPE huiyin_matters_open gauge\n"));
	for (int i = 0; i <= HY_LIGHT_RED; i++)
		hy_buf_fmt(out, "huiyin_matters_open{light=\"%s\"} %lld\n", matter_light_names[i],
			   (long long)counted.lights[i]);
	hy_buf_fmt(out,
		   "# HELP huiyin_log_events Events in the log.\n"
		   "# TYPE huiyin_log_events gauge\nhuiyin_log_events %lld\n",
		   (long long)counted.log_size);
	pthread_mutex_unlock(&counted.lock);
	outgoing_metrics(out, c);
}

/* --- once a second -----------------------------------------------------------------------------
 */

struct ticking {
	struct city *c;
	int done;
};

static enum hy_code tick_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct ticking *t = in_out;

	t->done = 0;
	return matter_tick(t->c, db, city_now(t->c), TICK_MOST, &t->done, e);
}

/* One batch for each room: what is left comes a second later, people's work in between. */
static void tick_rooms(struct city *c)
{
	for (size_t i = 0; cli_rooms[i]; i++) {
		struct hy_err e = { 0 };
		int done;
		if (cli_rooms[i]->tick && cli_rooms[i]->tick(c, TICK_MOST, &done, &e))
			hy_log(HY_LOG_ERROR, "tick", "%s", hy_err_text(&e));
	}
}

/* Once an hour: what of the security record is older than it may be. */
static enum hy_code retire_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct city *c = in_out;
	int64_t done = 0;

	return security_retire(city_record(c), db, setting_int(db, "audit.keep_months"),
			       city_now(c), &done, e);
}

static void retire(struct city *c)
{
	static hy_ms last;
	struct hy_err e = { 0 };

	if (last && city_now(c) - last < HY_HOUR)
		return;
	last = city_now(c);
	if (hy_store_write(city_store(c), retire_work, c, &e))
		hy_log(HY_LOG_ERROR, "retire", "the security record: %s", hy_err_text(&e));
}

static void flush_sessions(struct city *c, bool all)
{
	struct hy_err e = { 0 };

	if (session_flush(city_store(c), city_now(c), all, &e))
		hy_log(HY_LOG_ERROR, "sessions", "when they were last seen: %s", hy_err_text(&e));
}

static void second(struct city *c)
{
	struct ticking t = { .c = c };
	struct hy_err e = { 0 };
	bool leads = false, led;

	if (hy_store_lead(city_store(c), &leads, &e))
		hy_log(HY_LOG_WARN, "leader", "%s", hy_err_text(&e));
	hy_err_clear(&e);
	led = leads;
	while (leads) {
		if (hy_store_write(city_store(c), tick_work, &t, &e)) {
			hy_log(HY_LOG_ERROR, "tick", "automatic moves: %s", hy_err_text(&e));
			break;
		}
		leads = t.done == TICK_MOST;
	}
	if (led)
		tick_rooms(c);
	hy_err_clear(&e);
	if (record_publish(city_record(c), &e))
		hy_log(HY_LOG_ERROR, "publish", "the checkpoint: %s", hy_err_text(&e));
	flush_sessions(c, false);
	retire(c);
}

/* Until SIGTERM or SIGINT; both are blocked in every thread and taken here. */
static void run_until_signal(struct city *c, struct hy_server *server, const sigset_t *stop)
{
	for (;;) {
		const struct timespec patience = { 1, 0 };
		int which = sigtimedwait(stop, NULL, &patience);
		if (which == SIGHUP) {
			edge_renew(server, true);
			continue;
		}
		if (which > 0) {
			hy_log(HY_LOG_INFO, "serve", "stopping on signal %d", which);
			return;
		}
		if (errno == EAGAIN) {
			second(c);
			edge_second(server, city_store(c));
		}
	}
}

/* --- serving -----------------------------------------------------------------------------------
 */

static void announce(const struct hy_run *run, struct city *c, const struct hy_server_options *o,
		     int port)
{
	const char *address = o->address;
	bool v6 = strchr(address, ':') != NULL;
	hy_str url = hy_printf(run->arena, "http%s://%s%s%s:%d/", o->tls_cert ? "s" : "",
			       v6 ? "[" : "", address, v6 ? "]" : "", port);

	if (run->json) {
		struct hy_buf b = hy_buf_on(run->arena);
		struct hy_json j = hy_json_on(&b);
		hy_json_obj(&j);
		hy_json_kstr(&j, "city", city_name(c));
		hy_json_kbool(&j, "loopback_only", o->loopback_only);
		hy_json_kint(&j, "port", port);
		hy_json_kstr(&j, "url", url);
		hy_json_obj_end(&j);
		command_print(run, &b);
	} else {
		fprintf(run->out, HY_FMT " is at " HY_FMT "\n%s\n", HY_ARG(city_name(c)),
			HY_ARG(url),
			o->loopback_only ? "only this machine can reach it: for others give "
					   "--tls-cert or --behind-proxy"
			: o->tls_cert	 ? "others reach it encrypted"
					 : "others reach it through its proxy alone");
	}
	fflush(run->out);
}

/* Are the files sound?  Looked at beside the first requests; what is found stands in the log and
 * in /readyz.  A large database is left to `huiyin fsck`: it would keep the disk busy for long. */
static void *check_files(void *arg)
{
	struct city *c = arg;
	struct hy_err e = { 0 };

	/* On Linux a thread has a niceness of its own. */
	setpriority(PRIO_PROCESS, (id_t)gettid(), CHECK_NICE);
	if (hy_store_check(city_store(c), &e))
		hy_log(HY_LOG_ERROR, "store-check", "%s", hy_err_text(&e));
	return NULL;
}

static bool start_check(struct city *c, const char *data, pthread_t *out)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/huiyin.db", data);
	if (stat(path, &st) == 0 && st.st_size > CHECK_MOST) {
		hy_log(HY_LOG_INFO, "store-check",
		       "the database is too large to be checked at each start; run huiyin fsck "
		       "from time to time");
		return false;
	}
	return pthread_create(out, NULL, check_files, c) == 0;
}

static enum hy_log_level level_of(hy_str word)
{
	static const hy_str words[] = { HY_S_INIT("error"), HY_S_INIT("warn"), HY_S_INIT("info"),
					HY_S_INIT("debug") };
	size_t i = 0;

	while (i < HY_LOG_DEBUG && !hy_str_eq(word, words[i]))
		i++;
	return (enum hy_log_level)i;
}

static int64_t processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 2 ? 2 : n > THREADS_MOST ? THREADS_MOST : n;
}

static enum hy_code serve(struct hy_run *run, struct hy_err *e)
{
	int64_t port = 0, threads = processors();
	struct hy_server *server = NULL;
	const char *address = hy_run_option(run, "--address").p;
	sigset_t stop;
	SCOPED_CITY c = NULL;
	enum hy_code code = hy_run_int(run, "--port", 0, 65535, &port, e);

	if (!code)
		code = hy_run_int(run, "--threads", 1, THREADS_MOST, &threads, e);
	if (!code)
		code = set_clock(run, e);
	if (code)
		return code;
	/* Requests are made by one thread, filled by another and released by the first: more heaps
	 * than these would only hold what others need. */
	mallopt(M_ARENA_MAX, 2);
	hy_log_level(level_of(hy_run_option(run, "--log")));
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGHUP); /* read the certificate again */
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	struct city_options options = { .store = hy_run_option(run, "--store").p,
					.readers = (int)threads + 1,
					.now = shifted_now };
	code = city_open(hy_run_option(run, "--data").p, &options, &c, e);
	if (code)
		return code;
	struct hy_server_options o = {
		.address = address,
		.port = (int)port,
		.threads = (int)threads,
		.tables = route_tables,
		.guard = guard_ask,
		.otherwise = page_answer,
		.metrics = metrics,
		.ctx = c,
		.store = city_store(c),
		.spool = hy_store_files(city_store(c)), /* unnamed files: none stays */
	};
	code = edge_options(run, city_store(c), &o, e);
	if (!code)
		code = hy_server_start(&o, &server, e);
	if (code)
		return code;
	announce(run, c, &o, hy_server_port(server));
	pthread_t check;
	struct tell_sender *sender = NULL;
	if (tell_begin(c, &sender, e))
		hy_log(HY_LOG_ERROR, "serve", "nothing is sent: %s", hy_err_text(e));
	hy_err_clear(e);
	bool checking = start_check(c, hy_run_option(run, "--data").p, &check);
	run_until_signal(c, server, &stop);
	hy_server_stop(&server);
	tell_end(&sender); /* breaks off what others are asked, so after the last request */
	flush_sessions(c, true);
	guard_forget();
	if (checking)
		pthread_join(check, NULL);
	return HY_OK;
}

static const struct hy_option serve_options[] = {
	DATA_OPTION,
	{ "--port", "N", "the port; 0 takes any free one", .otherwise = "8765" },
	{ "--address", "ADDRESS",
	  "where to listen; other than loopback with --tls-cert or --behind-proxy",
	  .otherwise = "127.0.0.1" },
	EDGE_OPTIONS,
	{ "--threads", "N", "threads that answer (default: one per processor)" },
	{ "--clock", "TIME", "for trials: the city's clock starts at this time and goes on" },
	{ "--log", "error|warn|info|debug", "what to write to stderr, as JSON lines",
	  .otherwise = "info" },
	{ 0 },
};
static const char *const serve_examples[] = {
	"huiyin serve --data data",
	"huiyin serve --data data --address :: --port 443 --tls-cert city.pem --tls-key city.key",
	"huiyin serve --data data --behind-proxy 127.0.0.1", NULL
};

const struct hy_command serve_commands[] = {
	{ "serve", "serve the city: pages, API and log over HTTP",
	  .description =
		  "Prints its address when it is ready. SIGTERM and SIGINT stop it after "
		  "everything it has accepted is done.\n"
		  "From other machines it is reached encrypted only: by TLS of its own (--tls-cert "
		  "and --tls-key; new files are taken within a second, or on SIGHUP), or through a "
		  "proxy that is trusted (--behind-proxy, several times when there are several). "
		  "The proxy must send Host as it came, X-Forwarded-For and X-Forwarded-Proto.",
	  .options = serve_options, .examples = serve_examples, .json = true, .run = serve },
	{ 0 },
};
