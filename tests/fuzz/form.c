/* Forms, urlencoded and multipart: the first line is the type. */
#include "http/form.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	hy_str rest = bytes_of(data, size), type;
	struct hy_err e = { 0 };
	struct hy_form f;

	if (!hy_str_cut(&rest, '\n', &type) || !hy_form_type(type, true))
		return 0;
	HOLDS(hy_form_type(type, false) || hy_str_find(type, HY_S("=")) > 0);
	if (!well(hy_form_read(a, type, rest, &f, &e), &e))
		return 0;
	HOLDS(f.fields.n + f.n_files <= HY_MOST_PAIRS);
	for (size_t i = 0; i < f.fields.n; i++) {
		hy_str v = f.fields.v[i].value;
		HOLDS(hy_str_utf8(v, NULL) && !memchr(v.p, '\r', v.n) && !memchr(v.p, 0x1b, v.n));
	}
	for (size_t i = 0; i < f.n_files; i++) {
		const struct hy_form_file *x = &f.files[i];
		HOLDS(x->bytes.p >= rest.p && x->bytes.p + x->bytes.n <= rest.p + rest.n);
		HOLDS(!memchr(x->name.p, '/', x->name.n) && !memchr(x->name.p, '\\', x->name.n));
	}
	return 0;
}
