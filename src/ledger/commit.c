#include "ledger/commit.h"

hy_hash hy_commit(const hy_salt *salt, hy_str content)
{
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)((uint64_t)content.n >> (56 - 8 * i));
	return hy_sha256_4(HY_S("huiyin commitment v1\n"),
			   (hy_str){ (const char *)salt->b, HY_SALT },
			   (hy_str){ (const char *)length, sizeof(length) }, content);
}

bool hy_commit_opens(const hy_hash *commitment, const hy_salt *salt, hy_str content)
{
	hy_hash h = hy_commit(salt, content);

	return hy_hash_eq(commitment, &h);
}
