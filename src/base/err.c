#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct hy_code_info codes[HY__CODES] = {
#define X(name, http, exit, key, text) [HY_##name] = { #name, key, text, http, exit },
	HY_ERRORS(X)
#undef X
};

const struct hy_code_info *hy_code_info(enum hy_code code)
{
	return &codes[(unsigned)code < HY__CODES ? code : HY_INTERNAL];
}

/* A cut text must not end inside a character. */
static void end_on_character(char *s, size_t size)
{
	size_t n = strlen(s);

	if (n + 1 < size)
		return;
	size_t bad;
	if (!hy_str_utf8((hy_str){ s, n }, &bad) && bad + 4 > n)
		s[bad] = '\0';
}

enum hy_code hy_fail(struct hy_err *e, enum hy_code code, const char *field, const char *fmt, ...)
{
	va_list ap;

	assert(e->code == HY_OK && code != HY_OK);
	hy_err_clear(e);
	e->code = code;
	snprintf(e->field, sizeof(e->field), "%s", field ? field : "");
	va_start(ap, fmt);
	vsnprintf(e->detail, sizeof(e->detail), fmt, ap);
	va_end(ap);
	end_on_character(e->field, sizeof(e->field));
	end_on_character(e->detail, sizeof(e->detail));
	return code;
}

enum hy_code hy_broke(struct hy_err *e, enum hy_code code, const char *fmt, ...)
{
	va_list ap;

	assert(e->code == HY_OK && code != HY_OK);
	hy_err_clear(e);
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->log, sizeof(e->log), fmt, ap);
	va_end(ap);
	end_on_character(e->log, sizeof(e->log));
	return code;
}

const char *hy_err_text(const struct hy_err *e)
{
	if (e->detail[0])
		return e->detail;
	return e->log[0] ? e->log : hy_code_info(e->code)->text;
}
