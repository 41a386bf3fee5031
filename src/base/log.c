#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"

static enum hy_log_level most = HY_LOG_WARN;

void hy_log_level(enum hy_log_level level)
{
	most = level;
}

void hy_log(enum hy_log_level level, const char *event, const char *fmt, ...)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };

	if (level > most)
		return;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	struct timespec now;
	struct tm utc;
	char at[32];
	va_list ap;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%S", &utc);
	va_start(ap, fmt);
	hy_str text = hy_vprintf(a, fmt, ap);
	va_end(ap);
	hy_json_obj(&j);
	hy_json_kstr(&j, "at", hy_printf(a, "%s.%03ldZ", at, now.tv_nsec / 1000000));
	hy_json_kstr(&j, "level", hy_str_of(names[level]));
	hy_json_kstr(&j, "event", hy_str_of(event));
	hy_json_kstr(&j, "text", text);
	hy_json_obj_end(&j);
	hy_buf_byte(&b, '\n');
	/* One write per record: lines of several threads do not mix. */
	if (write(STDERR_FILENO, b.p, b.n) < 0)
		return;
}
