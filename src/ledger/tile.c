#include "ledger/tile.h"

/* An index has at most six groups of three digits. */
enum { GROUPS_MOST = 6 };

hy_str hy_tile_path(struct hy_arena *a, struct hy_tile tile)
{
	struct hy_buf b = hy_buf_on(a);
	uint64_t unit = 1;

	if (tile.level == HY_TILE_ENTRIES)
		hy_buf_add(&b, HY_S("tile/entries/"));
	else
		hy_buf_fmt(&b, "tile/%d/", tile.level);
	while (tile.index / unit >= 1000)
		unit *= 1000;
	for (; unit >= 1000; unit /= 1000)
		hy_buf_fmt(&b, "x%03u/", (unsigned)(tile.index / unit % 1000));
	hy_buf_fmt(&b, "%03u", (unsigned)(tile.index % 1000));
	if (tile.width < HY_TILE_WIDTH)
		hy_buf_fmt(&b, ".p/%u", tile.width);
	return hy_buf_str(&b);
}

/* Takes three digits off *REST. */
static bool three_digits(hy_str *rest, unsigned *out)
{
	unsigned v = 0;

	if (rest->n < 3)
		return false;
	for (int i = 0; i < 3; i++) {
		if (rest->p[i] < '0' || rest->p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(rest->p[i] - '0');
	}
	*rest = (hy_str){ rest->p + 3, rest->n - 3 };
	*out = v;
	return true;
}

static bool take(hy_str *rest, hy_str head)
{
	if (!hy_str_starts(*rest, head))
		return false;
	*rest = (hy_str){ rest->p + head.n, rest->n - head.n };
	return true;
}

/* Takes the groups of an index off *REST, which may go on with ".p/". */
static bool take_index(hy_str *rest, uint64_t *out)
{
	uint64_t index = 0;
	unsigned group;

	for (int groups = 1; groups <= GROUPS_MOST; groups++) {
		bool more = take(rest, HY_S("x"));
		if (!three_digits(rest, &group))
			return false;
		index = index * 1000 + group;
		if (!more) {
			*out = index;
			return true;
		}
		if (index == 0 || !take(rest, HY_S("/"))) /* a leading x000 says nothing */
			return false;
	}
	return false;
}

static bool take_level(hy_str *rest, int *out)
{
	hy_str word;
	uint64_t level;

	if (!hy_str_cut(rest, '/', &word))
		return false;
	if (hy_str_eq(word, HY_S("entries"))) {
		*out = HY_TILE_ENTRIES;
		return true;
	}
	if (!hy_size_read(word, &level) || level > 63)
		return false;
	*out = (int)level;
	return true;
}

bool hy_tile_parse(hy_str path, struct hy_tile *out)
{
	struct hy_tile t = { .width = HY_TILE_WIDTH };
	uint64_t width;

	if (!take(&path, HY_S("tile/")) || !take_level(&path, &t.level) ||
	    !take_index(&path, &t.index))
		return false;
	if (path.n) {
		if (!take(&path, HY_S(".p/")) || !hy_size_read(path, &width) || width < 1 ||
		    width >= HY_TILE_WIDTH)
			return false;
		t.width = (unsigned)width;
	}
	*out = t;
	return true;
}

unsigned hy_tile_width(int level, uint64_t index, uint64_t size)
{
	if (level >= HY_TILE_LEVELS || level < HY_TILE_ENTRIES)
		return 0;
	uint64_t hashes = level > 0 ? size >> 8 * level : size;
	if (index >= hashes / HY_TILE_WIDTH + (hashes % HY_TILE_WIDTH != 0))
		return 0;
	uint64_t left = hashes - index * HY_TILE_WIDTH;
	return left < HY_TILE_WIDTH ? (unsigned)left : HY_TILE_WIDTH;
}

bool hy_tile_next(struct hy_tile_walk *w, struct hy_tile *out)
{
	for (; w->level < HY_TILE_LEVELS; w->level++, w->index = 0) {
		uint64_t was = w->old_size >> 8 * w->level, is = w->new_size >> 8 * w->level;
		if (was >= is)
			continue;
		uint64_t index = was / HY_TILE_WIDTH + w->index;
		unsigned width = hy_tile_width((int)w->level, index, w->new_size);
		if (width == 0)
			continue;
		w->index++;
		*out = (struct hy_tile){ (int)w->level, index, width };
		return true;
	}
	return false;
}

bool hy_bundle_add(struct hy_buf *bundle, hy_str entry)
{
	if (entry.n > HY_ENTRY_MOST)
		return false;
	hy_buf_byte(bundle, (char)(entry.n >> 8));
	hy_buf_byte(bundle, (char)(entry.n & 0xff));
	hy_buf_add(bundle, entry);
	return true;
}

bool hy_bundle_next(hy_str *rest, hy_str *entry_out)
{
	if (rest->n < 2)
		return false;
	size_t n = (size_t)(unsigned char)rest->p[0] << 8 | (unsigned char)rest->p[1];
	if (rest->n - 2 < n)
		return false;
	*entry_out = (hy_str){ rest->p + 2, n };
	*rest = (hy_str){ rest->p + 2 + n, rest->n - 2 - n };
	return true;
}
