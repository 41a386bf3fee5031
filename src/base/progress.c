#include "base/progress.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/monotonic.h"

struct hy_progress hy_progress_begin(FILE *to, const char *what, int64_t total)
{
	int64_t at = hy_monotonic_ms();

	return (struct hy_progress){ .to = to,
				     .tty = to && isatty(fileno(to)),
				     .what = what,
				     .total = total,
				     .begun = at,
				     .drawn = at };
}

/* 1234567 as 1,234,567. */
static void add_grouped(struct hy_buf *b, int64_t n)
{
	if (n >= 1000) {
		add_grouped(b, n / 1000);
		hy_buf_fmt(b, ",%03d", (int)(n % 1000));
	} else {
		hy_buf_int(b, n);
	}
}

static void add_time(struct hy_buf *b, int64_t ms)
{
	int64_t s = (ms + 500) / 1000;

	if (s >= 3600)
		hy_buf_fmt(b, "%d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	else
		hy_buf_fmt(b, "%d:%02d", (int)(s / 60), (int)(s % 60));
}

static int64_t per_second(int64_t done, int64_t elapsed)
{
	return elapsed > 0 ? done / elapsed * 1000 + done % elapsed * 1000 / elapsed : 0;
}

hy_str hy_progress_text(struct hy_arena *a, const struct hy_progress *p, int64_t done, int64_t part,
			int64_t whole, int64_t elapsed)
{
	struct hy_buf b = hy_buf_on(a);

	add_grouped(&b, done);
	if (p->total > 0) {
		hy_buf_byte(&b, '/');
		add_grouped(&b, p->total);
	}
	hy_buf_fmt(&b, " %s", p->what);
	if (whole > 0)
		hy_buf_fmt(&b, "  %d%%", (int)((double)part * 100 / (double)whole));
	if (elapsed > 0) {
		hy_buf_add(&b, HY_S("  "));
		add_grouped(&b, per_second(done, elapsed));
		hy_buf_add(&b, HY_S("/s"));
	}
	if (elapsed > 0 && part > 0 && part <= whole) {
		hy_buf_add(&b, HY_S("  "));
		add_time(&b, (int64_t)((double)elapsed / (double)part * (double)(whole - part)));
		hy_buf_add(&b, HY_S(" left"));
	}
	return hy_buf_str(&b);
}

static void draw(struct hy_progress *p, hy_str text, bool last)
{
	if (p->tty)
		fprintf(p->to, "\r\033[K" HY_FMT "%s", HY_ARG(text), last ? "\n" : "");
	else
		fprintf(p->to, HY_FMT "\n", HY_ARG(text));
	fflush(p->to);
}

void hy_progress_part(struct hy_progress *p, int64_t done, int64_t part, int64_t whole)
{
	if (!p->to)
		return;
	int64_t at = hy_monotonic_ms();
	if (at - p->drawn < (p->tty ? 100 : 5000))
		return;
	p->drawn = at;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	draw(p, hy_progress_text(a, p, done, part, whole, at - p->begun), false);
}

void hy_progress(struct hy_progress *p, int64_t done)
{
	hy_progress_part(p, done, done, p->total);
}

void hy_progress_end(struct hy_progress *p, int64_t done)
{
	if (!p->to)
		return;
	int64_t elapsed = hy_monotonic_ms() - p->begun;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_buf b = hy_buf_on(a);

	add_grouped(&b, done);
	hy_buf_fmt(&b, " %s in ", p->what);
	add_time(&b, elapsed);
	if (elapsed > 0) {
		hy_buf_add(&b, HY_S(", "));
		add_grouped(&b, per_second(done, elapsed));
		hy_buf_add(&b, HY_S("/s"));
	}
	draw(p, hy_buf_str(&b), true);
	p->to = NULL;
}
