/* A pack whose second file is a stranger's, and notices.  The first byte says which file it is. */
#include "fuzz.h"
#include "pack/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const where[] = { "kinds/a.yaml",   "rules/a.yaml",	 "lists.yaml",
					     "notices/a.yaml", "hours.yaml",	 "statute.yaml",
					     "ladders.yaml",   "pledges/a.yaml", "tests/a.yaml",
					     "regions/a.yaml", "pack.yaml",	 "schemes/a.yaml" };
	HY_SCOPED_ARENA a = hy_arena_new(256 << 20);
	struct hy_err e = { 0 };
	struct pack_messages msgs = { 0 };
	struct pack *p = NULL;
	int year = 0;

	if (size < 1)
		return 0;
	struct pack_file files[2] = {
		{ HY_S(""), { (const char *)data + 1, size - 1 } },
		{ HY_S("pack.yaml"), HY_S("pack: a\nversion: \"1\"\ntitle: {zh-CN: a}\n") },
	};
	files[0].path = hy_str_of(where[data[0] % HY_COUNT(where)]);
	struct pack_source source = { HY_S("a"), files, data[0] % HY_COUNT(where) == 10 ? 1 : 2 };
	enum hy_code code = pack_build(a, &source, 1, NULL, 0, &msgs, &p, &e);
	HOLDS(!code == (p != NULL));
	(void)well(code, &e);
	pack_free(&p);

	struct pack_messages more = { 0 };
	struct pack_file notice = { HY_S("2026.yaml"), { (const char *)data + 1, size - 1 } };
	if (well(pack_notice_read(a, &notice, &year, &more, &e), &e))
		HOLDS(year >= 1 && year <= 9999);
	return 0;
}
