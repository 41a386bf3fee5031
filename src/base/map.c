#include "base/map.h"

static uint64_t hash(hy_str s)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a: keys come from our own files and tables */

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return h ^ (h >> 29);
}

static struct hy_map_slot *slot_of(const struct hy_map *m, hy_str key)
{
	size_t i = hash(key) & (m->cap - 1);

	while (m->slots[i].value && !hy_str_eq(m->slots[i].key, key))
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

void *hy_map_get(const struct hy_map *m, hy_str key)
{
	return m->cap ? slot_of(m, key)->value : NULL;
}

static void widen(struct hy_map *m)
{
	struct hy_map_slot *old = m->slots;
	size_t cap = m->cap;

	m->cap = cap ? cap * 2 : 16;
	m->slots = hy_new_n(m->a, struct hy_map_slot, m->cap);
	for (size_t i = 0; i < cap; i++)
		if (old[i].value)
			*slot_of(m, old[i].key) = old[i];
}

void *hy_map_put(struct hy_map *m, hy_str key, void *value)
{
	if ((m->n + 1) * 4 > m->cap * 3)
		widen(m);
	struct hy_map_slot *s = slot_of(m, key);
	void *before = s->value;

	if (!before)
		m->n++;
	*s = (struct hy_map_slot){ key, value };
	return before;
}

hy_str hy_map_near(const struct hy_map *m, hy_str key)
{
	unsigned most = (unsigned)(key.n / 3) + 2, best = most;
	hy_str near = { "", 0 };

	for (size_t i = 0; i < m->cap; i++) {
		if (!m->slots[i].value)
			continue;
		unsigned d = hy_str_distance(key, m->slots[i].key, most);
		if (d < best || (d == best && near.n && hy_str_cmp(m->slots[i].key, near) < 0)) {
			best = d;
			near = m->slots[i].key;
		}
	}
	return near;
}
