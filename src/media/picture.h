#ifndef MEDIA_PICTURE_H
#define MEDIA_PICTURE_H

/* picture -- a picture's pixels, encoded anew: what a camera or a program wrote beside them (place,
 * time, device, owner, thumbnail) stays behind.  The way a camera was held is made part of the
 * pixels first. */

#include <stddef.h>

struct picture_out {
	unsigned char *p; /* malloc'ed */
	size_t n;
};
/* "clean": OUT has the copy; "same": TYPE is no picture; else why there is none, in a few words. */
const char *picture_clean(const char *type, const unsigned char *bytes, size_t n,
			  size_t most_pixels, struct picture_out *out);

#endif
