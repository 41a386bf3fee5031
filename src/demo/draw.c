#include "demo/draw.h"

struct draw draw_begin(const hy_hash *seed, const char *stream, uint64_t index)
{
	unsigned char n[8];
	struct draw d;

	for (int i = 0; i < 8; i++)
		n[i] = (unsigned char)(index >> (8 * i));
	hy_hash h = hy_sha256_4(HY_S("huiyin demo v1\n"),
				(hy_str){ (const char *)seed->b, sizeof(seed->b) },
				hy_str_of(stream), (hy_str){ (const char *)n, sizeof(n) });
	for (int i = 0; i < 4; i++) {
		d.s[i] = 0;
		for (int k = 0; k < 8; k++)
			d.s[i] |= (uint64_t)h.b[8 * i + k] << (8 * k);
	}
	return d;
}

static uint64_t turn(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

uint64_t draw_next(struct draw *d)
{
	uint64_t *s = d->s, out = turn(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = turn(s[3], 45);
	return out;
}

uint64_t draw_below(struct draw *d, uint64_t n)
{
	uint64_t rest = (0 - n) % n, x;

	/* The first 2^64 mod n values are drawn again, so that all are equally likely. */
	do
		x = draw_next(d);
	while (x < rest);
	return x % n;
}

int64_t draw_in(struct draw *d, int64_t least, int64_t most)
{
	return least + (int64_t)draw_below(d, (uint64_t)(most - least) + 1);
}

bool draw_chance(struct draw *d, int per_mille)
{
	return (int)draw_below(d, 1000) < per_mille;
}

const char *draw_one(struct draw *d, const char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return list[draw_below(d, n)];
}
