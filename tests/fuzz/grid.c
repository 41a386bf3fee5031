/* A small table: CSV, or the zip of XML that is an XLSX. */
#include "sheet/grid.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct grid_column columns[] = { { "code|代码|代碼", true },
						      { "name", false } };
	HY_SCOPED_ARENA a = hy_arena_new(512 << 20);
	struct hy_err e = { 0 };
	struct grid g = { 0 };
	int at[2];

	if (!well(grid_read(a, bytes_of(data, size), &g, &e), &e))
		return 0;
	HOLDS(g.n <= GRID_ROWS_MOST && g.form);
	for (size_t r = 0; r < g.n; r++)
		for (size_t i = 0; i < g.rows[r].n; i++)
			HOLDS(hy_str_utf8(g.rows[r].cells[i], NULL));
	if (well(grid_head(&g, columns, 2, at, &e), &e))
		HOLDS(at[0] >= 0);
	return 0;
}
