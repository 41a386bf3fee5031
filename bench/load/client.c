/* client -- drives a running server over HTTP/1.1 on loopback and says how it bore it.
 *
 *   bench-load --port N [--pid PID] [--seconds S] [--matters N] [--units N] WHAT CLIENTS
 *
 * WHAT: file (POST, durable), read (one matter), inbox (50 open ones of a unit by due date),
 * all (50 open ones of the city by due date), health (the server's own floor).
 *
 * HUIYIN_TOKEN is the API token of who asks (an environment variable: arguments are seen by all).
 *
 * A closed loop: every client keeps one connection and asks again as soon as it is answered.
 * Prints one line: WHAT clients rate p50 p99 worst(ms) per-transaction server-us errors.
 * server-us is processor time of the server (PID) by request: it bears a busy machine better
 * than the rate does. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MOST = 1024, REQUEST = 4096, HEAD = 65536, BODY = 500 };

struct client {
	int fd;
	char out[REQUEST];
	size_t n_out, sent;
	char in[HEAD];
	size_t n_in;
	size_t body_left; /* of an answer whose head has been read */
	bool in_body;
	int status;
	double began;
};

static struct {
	int port, pid, clients, units;
	double seconds;
	long matters;
	const char *what, *words;
	char login[160]; /* a header line, or nothing */
} o = { .pid = 0, .words = "%E9%81%93%E8%B7%AF", .seconds = 3, .units = 200, .matters = 1 };

static struct client *clients;
static float *took; /* ms */
static long done, room, errors, filed;
static uint64_t seed = 88172645463325252u;

static _Noreturn void die(const char *text)
{
	fprintf(stderr, "bench-load: %s: %s\n", text, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned below(unsigned long n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

/* --- what is asked ----------------------------------------------------------------------- */

/* 500 bytes of text, a unit of so many, a limit of some kind: dates and units scatter. */
static size_t ask_filing(char *out)
{
	static const char text[] = "小区东门的路灯三天不亮了，晚上老人出门很不方便，请派人看看。";
	char body[2 * BODY + 400];
	int n = snprintf(body, sizeof(body),
			 "{\"kind\":\"complaint\",\"by\":{\"role\":\"desk\"},\"data\":{"
			 "\"title\":\"路灯不亮 %u\",\"channel\":\"web\",\"place\":\"第%u社区\","
			 "\"unit\":\"U%03u\",\"limit\":\"%uwd\",\"body\":\"",
			 below(1000000), below(500), below((unsigned long)o.units), 5 + below(25));

	for (size_t i = 0; i + sizeof(text) - 1 < BODY; i += sizeof(text) - 1)
		n += snprintf(body + n, sizeof(body) - (size_t)n, "%s", text);
	n += snprintf(body + n, sizeof(body) - (size_t)n, "\"}}");
	return (size_t)snprintf(out, REQUEST,
				"POST /api/v1/matters HTTP/1.1\r\nHost: 127.0.0.1\r\n%s"
				"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
				o.login, n, body);
}

static size_t ask_get(char *out, const char *target)
{
	return (size_t)snprintf(out, REQUEST, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n",
				target, o.login);
}

static int year(void)
{
	time_t t = time(NULL) + 8 * 3600;

	return gmtime(&t)->tm_year + 1900;
}

static void ask(struct client *c)
{
	char target[160];

	if (strcmp(o.what, "file") == 0) {
		c->n_out = ask_filing(c->out);
	} else if (strcmp(o.what, "read") == 0) {
		snprintf(target, sizeof(target), "/api/v1/matters/TS-%d-%06u", year(),
			 1 + below((unsigned long)o.matters));
		c->n_out = ask_get(c->out, target);
	} else if (strcmp(o.what, "inbox") == 0) {
		snprintf(target, sizeof(target),
			 "/api/v1/matters?unit=U%03u&open=yes&order=due&limit=50",
			 below((unsigned long)o.units));
		c->n_out = ask_get(c->out, target);
	} else if (strcmp(o.what, "search") == 0) {
		snprintf(target, sizeof(target), "/api/v1/matters?words=%s&order=filed&limit=50",
			 o.words);
		c->n_out = ask_get(c->out, target);
	} else if (strcmp(o.what, "all") == 0) {
		c->n_out = ask_get(c->out, "/api/v1/matters?open=yes&order=due&limit=50");
	} else {
		c->n_out = ask_get(c->out, "/healthz");
	}
	c->sent = c->n_in = 0;
	c->in_body = false;
	c->began = now();
}

/* --- the connection ---------------------------------------------------------------------- */

static void send_on(struct client *c)
{
	while (c->sent < c->n_out) {
		ssize_t n = write(c->fd, c->out + c->sent, c->n_out - c->sent);
		if (n < 0 && errno == EAGAIN)
			return; /* a request is small: never seen on loopback, and level-triggered
				 */
		if (n <= 0)
			die("write");
		c->sent += (size_t)n;
	}
}

static void connect_to(struct client *c)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)o.port) };
	int on = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

/* True when the head is whole; then n_in bytes of the body have come with it. */
static bool head_read(struct client *c)
{
	char *end = memmem(c->in, c->n_in, "\r\n\r\n", 4);

	if (!end)
		return false;
	*end = '\0';
	const char *length = strcasestr(c->in, "\r\nContent-Length:");
	size_t head = (size_t)(end - c->in) + 4;
	c->status = atoi(c->in + sizeof("HTTP/1.1"));
	c->body_left = length ? strtoul(length + sizeof("\r\nContent-Length:") - 1, NULL, 10) : 0;
	c->in_body = true;
	size_t here = c->n_in - head;
	c->body_left -= here < c->body_left ? here : c->body_left;
	return true;
}

/* True when the answer is whole. */
static bool receive(struct client *c)
{
	for (;;) {
		size_t at = c->in_body ? 0 : c->n_in;
		ssize_t n = read(c->fd, c->in + at, sizeof(c->in) - at);
		if (n < 0 && errno == EAGAIN)
			return false;
		if (n <= 0)
			die(n == 0 ? "the server closed a connection" : "read");
		if (c->in_body) {
			c->body_left -= (size_t)n < c->body_left ? (size_t)n : c->body_left;
		} else {
			c->n_in += (size_t)n;
			if (!head_read(c))
				continue;
		}
		if (c->body_left == 0)
			return true;
	}
}

static void answered(const struct client *c)
{
	if (c->status != 200 && c->status != 201) {
		errors++;
		if (errors == 1)
			fprintf(stderr, "bench-load: the first refusal: %.200s\n", c->in);
		return;
	}
	if (done < room)
		took[done] = (float)((now() - c->began) * 1e3);
	done++;
	filed += c->status == 201;
}

static double drive(void)
{
	struct epoll_event ev[256];
	int ep = epoll_create1(EPOLL_CLOEXEC);
	double start = now(), until = start + o.seconds;
	int open = o.clients;

	for (int i = 0; i < o.clients; i++) {
		struct epoll_event want = { .events = EPOLLIN, .data.ptr = &clients[i] };
		epoll_ctl(ep, EPOLL_CTL_ADD, clients[i].fd, &want);
		ask(&clients[i]);
		send_on(&clients[i]);
	}
	while (open > 0) {
		int n = epoll_wait(ep, ev, 256, 30000);
		if (n == 0)
			die("no answer for half a minute");
		for (int i = 0; i < n; i++) {
			struct client *c = ev[i].data.ptr;
			if (!receive(c))
				continue;
			answered(c);
			if (now() >= until) {
				open--;
				continue;
			}
			ask(c);
			send_on(c);
		}
	}
	close(ep);
	return now() - start;
}

/* --- what the server says of itself ------------------------------------------------------ */

static double processor_seconds(void)
{
	char path[64], text[1024];
	unsigned long user = 0, kernel = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", o.pid);
	FILE *f = o.pid ? fopen(path, "r") : NULL;
	if (!f)
		return 0;
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	const char *p = strrchr(text, ')');
	if (!p || sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			 &kernel) != 2)
		return 0;
	return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static double metric(const char *text, const char *name)
{
	const char *p = text;

	while ((p = strstr(p, name))) {
		if (p > text && p[-1] == '\n' && p[strlen(name)] == ' ')
			return atof(p + strlen(name));
		p++;
	}
	return 0;
}

struct counts {
	double batches, jobs;
};

static struct counts count(void)
{
	static char text[1 << 20];
	struct client c = { 0 };
	size_t n = 0;

	connect_to(&c);
	fcntl(c.fd, F_SETFL, 0);
	c.n_out = (size_t)snprintf(c.out, sizeof(c.out),
				   "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n"
				   "Connection: close\r\n\r\n");
	send_on(&c);
	ssize_t got;
	while ((got = read(c.fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	close(c.fd);
	text[n] = '\0';
	return (struct counts){ metric(text, "huiyin_store_batches_total"),
				metric(text, "huiyin_store_jobs_total") };
}

/* --- */

static int by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static void arguments(int argc, char **argv)
{
	int i = 1;

	for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		double v = atof(argv[i + 1]);
		if (strcmp(argv[i], "--port") == 0)
			o.port = (int)v;
		else if (strcmp(argv[i], "--pid") == 0)
			o.pid = (int)v;
		else if (strcmp(argv[i], "--seconds") == 0)
			o.seconds = v;
		else if (strcmp(argv[i], "--matters") == 0)
			o.matters = (long)v;
		else if (strcmp(argv[i], "--words") == 0)
			o.words = argv[i + 1];
		else if (strcmp(argv[i], "--units") == 0)
			o.units = (int)v;
	}
	if (i + 1 < argc) {
		o.what = argv[i];
		o.clients = atoi(argv[i + 1]);
	}
	if (!o.what || o.port < 1 || o.clients < 1 || o.clients > CLIENTS_MOST || o.matters < 1 ||
	    o.units < 1 || o.seconds <= 0) {
		fputs("usage: bench-load --port N [--pid PID] [--seconds S] [--matters N] [--units "
		      "N]"
		      " file|read|inbox|search --words %E9%81%93|all|health CLIENTS\n",
		      stderr);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	const char *token = getenv("HUIYIN_TOKEN");

	arguments(argc, argv);
	if (token && *token)
		snprintf(o.login, sizeof(o.login), "Authorization: Bearer %s\r\n", token);
	seed ^= (uint64_t)time(NULL) << 20;
	room = (long)(o.seconds * 300000);
	clients = calloc((size_t)o.clients, sizeof(*clients));
	took = malloc((size_t)room * sizeof(*took));
	if (!clients || !took)
		die("no memory");
	for (int i = 0; i < o.clients; i++)
		connect_to(&clients[i]);
	struct counts before = count();
	double used = processor_seconds();
	double seconds = drive();
	used = processor_seconds() - used;
	struct counts after = count();
	long n = done < room ? done : room;
	if (n == 0) {
		fputs("bench-load: nothing was answered well\n", stderr);
		return 1;
	}
	qsort(took, (size_t)n, sizeof(*took), by_size);
	double batches = after.batches - before.batches;
	printf("%s %d %.0f %.2f %.2f %.1f %.1f %.1f %ld\n", o.what, o.clients,
	       (double)done / seconds, (double)took[n / 2], (double)took[n * 99 / 100],
	       (double)took[n - 1],
	       filed && batches > 0 ? (after.jobs - before.jobs) / batches : 0.0,
	       used * 1e6 / (double)(done + errors), errors);
	return errors != 0;
}
