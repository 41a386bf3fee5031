#include "media/picture.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/decode.h>
#include <webp/encode.h>

enum { JPEG_QUALITY = 88, WEBP_QUALITY = 85, SIDE_MOST = 16000 };
static const char unreadable[] = "the picture cannot be read";
static const char too_big[] = "the picture has too many pixels";

static bool fits(size_t w, size_t h, size_t most)
{
	return w && h && w <= SIDE_MOST && h <= SIDE_MOST && w * h <= most;
}

/* --- JPEG ------------------------------------------------------------------------------------ */

struct trouble {
	struct jpeg_error_mgr pub;
	jmp_buf back;
};

static void jpeg_fails(j_common_ptr c)
{
	struct trouble *t = (struct trouble *)c->err;

	longjmp(t->back, 1);
}

static void jpeg_silent(j_common_ptr c)
{
	(void)c;
}

static unsigned two(const unsigned char *p, bool little)
{
	return little ? p[0] | (unsigned)p[1] << 8 : (unsigned)p[0] << 8 | p[1];
}

static size_t four(const unsigned char *p, bool little)
{
	return little ? two(p, true) | (size_t)two(p + 2, true) << 16
		      : (size_t)two(p, false) << 16 | two(p + 2, false);
}

/* How the camera was held: EXIF tag 0x0112 in the first directory; 1 when nothing says so. */
static int orientation(const unsigned char *p, size_t n)
{
	if (n < 14 || memcmp(p, "Exif\0\0", 6) != 0)
		return 1;
	p += 6;
	n -= 6;
	bool little = p[0] == 'I';
	size_t at = four(p + 4, little);
	if (at > n - 2)
		return 1;
	unsigned entries = two(p + at, little);
	for (unsigned i = 0; i < entries && at + 2 + 12 * (i + 1) <= n; i++) {
		const unsigned char *x = p + at + 2 + 12 * (size_t)i;
		if (two(x, little) == 0x0112) {
			unsigned v = two(x + 8, little);
			return v >= 1 && v <= 8 ? (int)v : 1;
		}
	}
	return 1;
}

struct pixels {
	unsigned char *p; /* three bytes each */
	size_t w, h;
};

/* Where the pixel that belongs at X, Y of the upright picture stands in the stored one. */
static bool upright(struct pixels *px, int way)
{
	bool turned = way >= 5;
	struct pixels to = { .w = turned ? px->h : px->w, .h = turned ? px->w : px->h };

	if (way == 1)
		return true;
	to.p = malloc(px->w * px->h * 3);
	if (!to.p)
		return false;
	for (size_t y = 0; y < to.h; y++) {
		for (size_t x = 0; x < to.w; x++) {
			size_t sx = turned ? y : x, sy = turned ? x : y;
			if (way == 2 || way == 3 || way == 7 || way == 8)
				sx = px->w - 1 - sx;
			if (way == 3 || way == 4 || way == 6 || way == 7)
				sy = px->h - 1 - sy;
			memcpy(to.p + (y * to.w + x) * 3, px->p + (sy * px->w + sx) * 3, 3);
		}
	}
	free(px->p);
	*px = to;
	return true;
}

/* Adobe stores them inverted. */
static void from_cmyk(const unsigned char *in, unsigned char *out, size_t n)
{
	for (size_t i = 0; i < n; i++, in += 4, out += 3)
		for (int k = 0; k < 3; k++)
			out[k] = (unsigned char)(in[k] * in[3] / 255);
}

static const char *jpeg_read(const unsigned char *bytes, size_t n, size_t most, struct pixels *out,
			     int *way)
{
	struct jpeg_decompress_struct d;
	struct trouble t;
	unsigned char *volatile all = NULL, *volatile line = NULL;
	const char *volatile why = unreadable;

	d.err = jpeg_std_error(&t.pub);
	t.pub.error_exit = jpeg_fails;
	t.pub.output_message = jpeg_silent;
	if (setjmp(t.back)) {
		jpeg_destroy_decompress(&d);
		free(all);
		free(line);
		return why;
	}
	jpeg_create_decompress(&d);
	jpeg_mem_src(&d, bytes, n);
	jpeg_save_markers(&d, JPEG_APP0 + 1, 0xffff);
	jpeg_read_header(&d, TRUE);
	if (!fits(d.image_width, d.image_height, most)) {
		why = too_big;
		longjmp(t.back, 1);
	}
	for (jpeg_saved_marker_ptr m = d.marker_list; m; m = m->next)
		if (m->marker == JPEG_APP0 + 1 && *way == 1)
			*way = orientation(m->data, m->data_length);
	bool cmyk = d.jpeg_color_space == JCS_CMYK || d.jpeg_color_space == JCS_YCCK;
	d.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
	jpeg_start_decompress(&d);
	size_t w = d.output_width, h = d.output_height;
	all = malloc(w * h * 3);
	line = malloc(w * 4);
	if (!all || !line)
		longjmp(t.back, 1);
	while (d.output_scanline < h) {
		unsigned char *row = all + (size_t)d.output_scanline * w * 3;
		JSAMPROW to = cmyk ? line : row;
		jpeg_read_scanlines(&d, &to, 1);
		if (cmyk)
			from_cmyk(line, row, w);
	}
	jpeg_finish_decompress(&d);
	jpeg_destroy_decompress(&d);
	free(line);
	*out = (struct pixels){ all, w, h };
	return NULL;
}

static const char *jpeg_write(const struct pixels *px, struct picture_out *out)
{
	struct jpeg_compress_struct c;
	struct trouble t;
	unsigned char *p = NULL;
	unsigned long n = 0;

	c.err = jpeg_std_error(&t.pub);
	t.pub.error_exit = jpeg_fails;
	t.pub.output_message = jpeg_silent;
	if (setjmp(t.back)) {
		jpeg_destroy_compress(&c);
		return unreadable;
	}
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &p, &n);
	c.image_width = (JDIMENSION)px->w;
	c.image_height = (JDIMENSION)px->h;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	jpeg_set_quality(&c, JPEG_QUALITY, TRUE);
	jpeg_start_compress(&c, TRUE);
	while (c.next_scanline < c.image_height) {
		JSAMPROW row = px->p + (size_t)c.next_scanline * px->w * 3;
		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	*out = (struct picture_out){ p, n };
	return "clean";
}

static const char *jpeg_clean(const unsigned char *bytes, size_t n, size_t most,
			      struct picture_out *out)
{
	struct pixels px = { 0 };
	int way = 1;
	const char *why = jpeg_read(bytes, n, most, &px, &way);

	if (why)
		return why;
	why = upright(&px, way) ? jpeg_write(&px, out) : too_big;
	free(px.p);
	return why;
}

/* --- PNG ----------------------------------------------------------------------------------------
 */

static const char *png_write(png_image *made, const unsigned char *px, struct picture_out *out)
{
	png_alloc_size_t size = 0;

	if (!png_image_write_get_memory_size(*made, size, 0, px, 0, NULL))
		return unreadable;
	unsigned char *p = malloc(size);
	if (!p || !png_image_write_to_memory(made, p, &size, 0, px, 0, NULL)) {
		free(p);
		return unreadable;
	}
	*out = (struct picture_out){ p, size };
	return "clean";
}

static const char *png_clean(const unsigned char *bytes, size_t n, size_t most,
			     struct picture_out *out)
{
	png_image image = { .version = PNG_IMAGE_VERSION };

	if (!png_image_begin_read_from_memory(&image, bytes, n))
		return unreadable;
	if (!fits(image.width, image.height, most)) {
		png_image_free(&image);
		return too_big;
	}
	image.format = PNG_FORMAT_RGBA;
	unsigned char *px = malloc(PNG_IMAGE_SIZE(image));
	if (!px || !png_image_finish_read(&image, NULL, px, 0, NULL)) {
		png_image_free(&image);
		free(px);
		return unreadable;
	}
	png_image made = { .version = PNG_IMAGE_VERSION,
			   .width = image.width,
			   .height = image.height,
			   .format = PNG_FORMAT_RGBA };
	const char *said = png_write(&made, px, out);
	free(px);
	return said;
}

/* --- WebP
 * ------------------------------------------------------------------------------------------ */

static const char *webp_clean(const unsigned char *bytes, size_t n, size_t most,
			      struct picture_out *out)
{
	WebPBitstreamFeatures f;
	int w, h;

	if (WebPGetFeatures(bytes, n, &f) != VP8_STATUS_OK)
		return unreadable;
	if (f.has_animation)
		return "moving pictures are not taken";
	if (!fits((size_t)f.width, (size_t)f.height, most))
		return too_big;
	unsigned char *px = WebPDecodeRGBA(bytes, n, &w, &h);
	if (!px)
		return unreadable;
	out->n = f.format == 2 ? WebPEncodeLosslessRGBA(px, w, h, w * 4, &out->p)
			       : WebPEncodeRGBA(px, w, h, w * 4, WEBP_QUALITY, &out->p);
	WebPFree(px);
	return out->n ? "clean" : unreadable;
}

const char *picture_clean(const char *type, const unsigned char *bytes, size_t n,
			  size_t most_pixels, struct picture_out *out)
{
	if (strcmp(type, "image/jpeg") == 0)
		return jpeg_clean(bytes, n, most_pixels, out);
	if (strcmp(type, "image/png") == 0)
		return png_clean(bytes, n, most_pixels, out);
	if (strcmp(type, "image/webp") == 0)
		return webp_clean(bytes, n, most_pixels, out);
	return "same";
}
