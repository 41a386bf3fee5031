/* Rows of a CSV of any size.  The first byte says delimiter and encoding. */
#include "fuzz.h"
#include "intake/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(256 << 20);
	struct hy_err e = { 0 };
	struct intake_row row;
	SCOPED_SOURCE s = NULL;
	char path[40];
	bool more = true;
	int64_t line = 0;

	if (size < 1)
		return 0;
	int fd = file_of(data + 1, size - 1, path);
	enum hy_code code = intake_source_open(path, (enum intake_encoding)(data[0] / 4 % 3),
					       ",;\t|"[data[0] % 4], &s, &e);
	close(fd);
	if (!well(code, &e))
		return 0;
	while (well(intake_source_next(s, a, &row, &more, &e), &e) && more) {
		HOLDS(row.line > line && row.n <= INTAKE_CELLS_MOST);
		line = row.line;
		for (size_t i = 0; i < row.n; i++)
			HOLDS(hy_str_utf8(row.cells[i], NULL));
		hy_arena_empty(a);
	}
	return 0;
}
