/* A picture, as huiyin-media encodes it anew.  The first byte says what it is said to be. */
#include "media/picture.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "image/jpeg", "image/png", "image/webp",
					     "text/plain" };
	struct picture_out out = { 0 };

	if (size < 1)
		return 0;
	const char *said = picture_clean(types[data[0] % 4], data + 1, size - 1, 1 << 20, &out);
	HOLDS(said && said[0]);
	HOLDS((strcmp(said, "clean") == 0) == (out.p != NULL));
	free(out.p);
	return 0;
}
