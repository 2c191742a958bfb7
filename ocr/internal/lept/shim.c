/*
 * The pixel loops leptonica has no function for. Everything here works on
 * whole pictures, so that one call crosses from Go.
 */
#include "shim.h"
#include <arpa/inet.h>
#include <math.h>
#include <string.h>

/* Fills a raster from packed rows: 1 or 8 bits as they are, or RGB triples. */
void sohoa_set_rows(PIX *pix, const l_uint8 *data, size_t stride, int channels) {
    l_int32 w = pixGetWidth(pix), h = pixGetHeight(pix), wpl = pixGetWpl(pix);
    size_t bytes = ((size_t)w * pixGetDepth(pix) + 7) / 8;
    for (l_int32 y = 0; y < h; y++) {
        l_uint32 *line = pixGetData(pix) + (size_t)y * wpl;
        const l_uint8 *src = data + (size_t)y * stride;
        if (channels == 3) {
            for (l_int32 x = 0; x < w; x++, src += 3)
                composeRGBPixel(src[0], src[1], src[2], line + x);
        } else {
            for (size_t x = 0; x < bytes; x++)
                SET_DATA_BYTE(line, x, src[x]);
        }
    }
}

/* The bytes of a row in their order: leptonica keeps the first in the highest of
 * each word. */
static void unpack(const l_uint32 *line, l_int32 w, l_uint8 *out) {
    l_int32 x = 0;
    for (; x + 4 <= w; x += 4) {
        l_uint32 four = htonl(line[x / 4]);
        memcpy(out + x, &four, 4);
    }
    for (; x < w; x++)
        out[x] = GET_DATA_BYTE(line, x);
}

void sohoa_get_gray(PIX *pix, l_uint8 *out) {
    l_int32 w = pixGetWidth(pix), h = pixGetHeight(pix), wpl = pixGetWpl(pix);
    for (l_int32 y = 0; y < h; y++)
        unpack(pixGetData(pix) + (size_t)y * wpl, w, out + (size_t)y * w);
}

void sohoa_histogram(PIX *gray, l_int32 *counts) {
    l_int32 w = pixGetWidth(gray), h = pixGetHeight(gray);
    for (l_int32 y = 0; y < h; y++) {
        l_uint32 *line = pixGetData(gray) + (size_t)y * pixGetWpl(gray);
        for (l_int32 x = 0; x < w; x++)
            counts[GET_DATA_BYTE(line, x)]++;
    }
}

/* Lays transparency on white. Returns a new reference. */
static PIX *opaque(PIX *pix) {
    if (pixGetDepth(pix) == 32 && pixGetSpp(pix) == 4)
        return pixAlphaBlendUniform(pix, 0xffffff00);
    return pixClone(pix);
}

/* Resolves a colour map; a transparent entry of it is laid on white. A map of
 * plain black and white stays 1 bit. */
static PIX *without_map(PIX *pix) {
    PIXCMAP *map = pixGetColormap(pix);
    l_int32 solid = 1;
    if (!map)
        return pixClone(pix);
    pixcmapIsOpaque(map, &solid);
    if (!solid)
        return pixRemoveColormap(pix, REMOVE_CMAP_WITH_ALPHA);
    return pixRemoveColormap(pix, REMOVE_CMAP_BASED_ON_SRC);
}

PIX *sohoa_flatten(PIX *pix) {
    PIX *plain = without_map(pix), *solid, *out = NULL;
    if (!plain)
        return NULL;
    solid = opaque(plain);
    pixDestroy(&plain);
    if (!solid)
        return NULL;
    switch (pixGetDepth(solid)) {
    case 1: case 8: case 32:
        return solid;
    case 24:
        out = pixConvert24To32(solid);
        break;
    default:
        out = pixConvertTo8(solid, FALSE);
    }
    pixDestroy(&solid);
    return out;
}

static int colourless(PIX *pix) {
    l_int32 w = pixGetWidth(pix), h = pixGetHeight(pix), wpl = pixGetWpl(pix);
    for (l_int32 y = 0; y < h; y++) {
        l_uint32 *line = pixGetData(pix) + (size_t)y * wpl;
        for (l_int32 x = 0; x < w; x++) {
            l_uint32 r = line[x] >> 24, g = (line[x] >> 16) & 255, b = (line[x] >> 8) & 255;
            if (r != g || g != b)
                return 0;
        }
    }
    return 1;
}

PIX *sohoa_gray_if_colourless(PIX *pix) {
    if (pixGetDepth(pix) != 32 || !colourless(pix))
        return NULL;
    return pixGetRGBComponent(pix, COLOR_RED);
}

/* leptonica's area mapping is meant for factors below 0.7 and does something
 * else above; 1-bit pictures shrink to gray. */
PIX *sohoa_scale(PIX *pix, l_float32 sx, l_float32 sy) {
    if (pixGetDepth(pix) == 1 && sx < 1 && sx == sy)
        return pixScaleToGray(pix, sx);
    if (pixGetDepth(pix) == 1) {
        PIX *gray = pixConvert1To8(NULL, pix, 255, 0), *out;
        if (!gray)
            return NULL;
        out = sohoa_scale(gray, sx, sy);
        pixDestroy(&gray);
        return out;
    }
    if (sx < 0.7f && sy < 0.7f)
        return pixScaleAreaMap(pix, sx, sy);
    return pixScale(pix, sx, sy);
}

/* The paper of an 8-bit picture: brightest value of each 8x8 cell, closed so
 * that letters vanish, blurred so that cells do not show. */
static PIX *background(PIX *gray) {
    PIX *cells = pixScaleGrayMinMax(gray, 8, 8, L_CHOOSE_MAX), *closed, *smooth;
    if (!cells)
        return NULL;
    closed = pixCloseGray(cells, 9, 9);
    pixDestroy(&cells);
    if (!closed)
        return NULL;
    smooth = pixBlockconv(closed, 4, 4);
    pixDestroy(&closed);
    return smooth;
}

static l_int32 min32(l_int32 a, l_int32 b) { return a < b ? a : b; }

PIX *sohoa_flatten_background(PIX *gray, int target, int darkest) {
    l_int32 w = pixGetWidth(gray), h = pixGetHeight(gray);
    PIX *paper = background(gray), *out = pixCreateTemplate(gray);
    if (!paper || !out) {
        pixDestroy(&paper);
        pixDestroy(&out);
        return NULL;
    }
    l_int32 pw = pixGetWidth(paper), ph = pixGetHeight(paper);
    for (l_int32 y = 0; y < h; y++) {
        l_uint32 *src = pixGetData(gray) + (size_t)y * pixGetWpl(gray);
        l_uint32 *dst = pixGetData(out) + (size_t)y * pixGetWpl(out);
        l_uint32 *bg = pixGetData(paper) + (size_t)min32(y / 8, ph - 1) * pixGetWpl(paper);
        for (l_int32 x = 0; x < w; x++) {
            l_int32 b = GET_DATA_BYTE(bg, min32(x / 8, pw - 1));
            if (b < darkest)
                b = darkest;
            l_int32 v = GET_DATA_BYTE(src, x) * target / b;
            SET_DATA_BYTE(dst, x, min32(v, 255));
        }
    }
    pixDestroy(&paper);
    return out;
}

/* What is clearly above green and blue, and not dark. One pixel of the result
 * stands for step x step of the picture. */
static PIX *redder(PIX *rgb, int step, int least, int green, int blue) {
    l_int32 w = pixGetWidth(rgb) / step, h = pixGetHeight(rgb) / step, wpl = pixGetWpl(rgb);
    PIX *mask = pixCreate(w > 0 ? w : 1, h > 0 ? h : 1, 1);
    if (!mask)
        return NULL;
    for (l_int32 y = 0; y < h; y++) {
        const l_uint32 *from = pixGetData(rgb) + (size_t)y * step * wpl;
        l_uint32 *to = pixGetData(mask) + (size_t)y * pixGetWpl(mask);
        for (l_int32 x = 0; x < w; x++) {
            l_uint32 c = from[(size_t)x * step];
            int r = c >> 24, g = (c >> 16) & 255, b = (c >> 8) & 255;
            if (r > least && r - g > green && r - b > blue)
                SET_DATA_BIT(to, x);
        }
    }
    return mask;
}

/* Combines a 1-bit picture with itself moved, n - 1 times by one pixel each, in
 * about log2 n steps: what is combined with k copies already is combined with
 * itself moved by k. Towards the origin with AND this erodes by n, away from it
 * with OR it grows what is left back. The outside is white. */
static int spread(PIX *pix, l_int32 n, int across, int grow) {
    l_int32 w = pixGetWidth(pix), h = pixGetHeight(pix);
    for (l_int32 have = 1; have < n;) {
        l_int32 k = min32(have, n - have), dx = across ? k : 0, dy = across ? 0 : k;
        PIX *still = pixCopy(NULL, pix);
        if (!still)
            return 1;
        if (grow) {
            pixRasterop(pix, dx, dy, w - dx, h - dy, PIX_SRC | PIX_DST, still, 0, 0);
        } else {
            pixRasterop(pix, 0, 0, w - dx, h - dy, PIX_SRC & PIX_DST, still, dx, dy);
            pixRasterop(pix, across ? w - dx : 0, across ? 0 : h - dy, across ? dx : w, across ? h : dy, PIX_CLR, NULL, 0, 0);
        }
        pixDestroy(&still);
        have += k;
    }
    return 0;
}

/* Opening by a w x h brick: the same as pixOpenBrick's, which takes w + h steps
 * and not their logarithms. */
PIX *sohoa_open(PIX *binary, l_int32 w, l_int32 h) {
    PIX *out = pixCopy(NULL, binary);
    if (!out)
        return NULL;
    if (spread(out, w, 1, 0) || spread(out, h, 0, 0) || spread(out, w, 1, 1) || spread(out, h, 0, 1))
        pixDestroy(&out);
    return out;
}

/* Closing by a w x h brick, the same as pixCloseSafeBrick's: what is grown needs
 * room beyond the edges, from which it is taken back. */
PIX *sohoa_close(PIX *binary, l_int32 w, l_int32 h) {
    PIX *wide = pixAddBorderGeneral(binary, w, w, h, h, 0), *out = NULL;
    if (!wide)
        return NULL;
    if (!spread(wide, w, 1, 1) && !spread(wide, h, 0, 1) && !spread(wide, w, 1, 0) && !spread(wide, h, 0, 0))
        out = pixRemoveBorderGeneral(wide, w, w, h, h);
    pixDestroy(&wide);
    return out;
}

/* Saturated red. */
PIX *sohoa_red_mask(PIX *rgb, int step) { return redder(rgb, step, 110, 60, 50); }

/* Red ink that has come through paper, too; paper of a warm shade is none. */
PIX *sohoa_pink_mask(PIX *rgb, int step) { return redder(rgb, step, 110, 24, 18); }

int sohoa_row_contrast(PIX *binary, l_float32 radians, l_float32 *sum) {
    PIX *sheared = pixVShear(NULL, binary, pixGetWidth(binary) / 2, radians, L_BRING_IN_WHITE);
    if (!sheared)
        return 1;
    int failed = pixFindDifferentialSquareSum(sheared, sum);
    pixDestroy(&sheared);
    return failed;
}

/* One point of an 8-bit picture in 16.16 fixed point, between four pixels. */
static inline l_int32 blend(const l_uint32 *data, size_t wpl, l_int64 x, l_int64 y) {
    l_int32 ix = (l_int32)(x >> 16), fx = (x >> 8) & 255, fy = (y >> 8) & 255;
    const l_uint32 *upper = data + (y >> 16) * wpl, *lower = upper + wpl;
    l_int32 a = GET_DATA_BYTE(upper, ix) * (256 - fx) + GET_DATA_BYTE(upper, ix + 1) * fx;
    l_int32 b = GET_DATA_BYTE(lower, ix) * (256 - fx) + GET_DATA_BYTE(lower, ix + 1) * fx;
    return (a * (256 - fy) + b * fy) >> 16;
}

/* The same for a point that may lie off the picture, where it is white. */
static l_int32 between(const l_uint32 *data, l_int32 wpl, l_int64 x, l_int64 y, l_int32 w, l_int32 h) {
    l_int64 ix = x >> 16, iy = y >> 16;
    if (ix >= 0 && iy >= 0 && ix < w - 1 && iy < h - 1)
        return blend(data, wpl, x, y);
    if (ix < -1 || iy < -1 || ix >= w || iy >= h)
        return 255;
    ix = ix < 0 ? 0 : ix >= w ? w - 1 : ix;
    iy = iy < 0 ? 0 : iy >= h ? h - 1 : iy;
    return GET_DATA_BYTE(data + (size_t)iy * wpl, ix);
}

/* Whether a point and a pixel around it lie inside the picture. */
static int inside(double x, double y, l_int32 w, l_int32 h) {
    return x >= 1 && y >= 1 && x < w - 2 && y < h - 2;
}

/* A length in 32.32 fixed point. */
static l_int64 fixed(double v) { return (l_int64)floor(v * 4294967296.0 + 0.5); }

/* Each pixel is the mean of n x n points, about one for each source pixel it
 * covers. matrix leads from the result to the source, as dossier.Matrix. When both
 * ends of a row are inside the picture, so is every point of it. */
PIX *sohoa_sample(PIX *gray, const double *m, l_int32 w, l_int32 h) {
    PIX *out = pixCreate(w, h, 8);
    if (!out)
        return NULL;
    l_int32 sw = pixGetWidth(gray), sh = pixGetHeight(gray), wpl = pixGetWpl(gray);
    const l_uint32 *data = pixGetData(gray);
    double step = sqrt(fabs(m[0] * m[3] - m[1] * m[2]));
    l_int32 n = step < 1.01 ? 1 : step > 8 ? 8 : (l_int32)(step + 0.65);
    /* Points along a row, in 32.32 fixed point: no error that adds up to a pixel's. */
    l_int64 dx = fixed(m[0] / n), dy = fixed(m[1] / n);
    l_int32 *sums = LEPT_CALLOC(w, sizeof(l_int32));
    for (l_int32 y = 0; sums && y < h; y++) {
        memset(sums, 0, (size_t)w * sizeof(l_int32));
        for (l_int32 j = 0; j < n; j++) {
            double v = y + (j + 0.5) / n, x0 = m[2] * v + m[4] - 0.5, y0 = m[3] * v + m[5] - 0.5;
            l_int64 px = fixed(x0 + m[0] * 0.5 / n), py = fixed(y0 + m[1] * 0.5 / n);
            if (inside(x0, y0, sw, sh) && inside(x0 + m[0] * w, y0 + m[1] * w, sw, sh)) {
                for (l_int32 x = 0; x < w; x++)
                    for (l_int32 i = 0; i < n; i++, px += dx, py += dy)
                        sums[x] += blend(data, wpl, px >> 16, py >> 16);
            } else {
                for (l_int32 x = 0; x < w; x++)
                    for (l_int32 i = 0; i < n; i++, px += dx, py += dy)
                        sums[x] += between(data, wpl, px >> 16, py >> 16, sw, sh);
            }
        }
        l_uint32 *line = pixGetData(out) + (size_t)y * pixGetWpl(out);
        for (l_int32 x = 0; x < w; x++)
            SET_DATA_BYTE(line, x, sums[x] / (n * n));
    }
    if (!sums)
        pixDestroy(&out);
    LEPT_FREE(sums);
    return out;
}

/* Sharpens by a fifth of what each pixel differs from the mean of 3 x 3, the same as
 * pixUnsharpMaskingGray(gray, 1, 0.2) in whole numbers: 1.2 v - 0.2 s / 9 is
 * (54 v - s) / 45. The outermost pixels stay. */
PIX *sohoa_sharpen(PIX *gray) {
    l_int32 w = pixGetWidth(gray), h = pixGetHeight(gray), wpl = pixGetWpl(gray);
    PIX *out = pixCopy(NULL, gray);
    l_uint8 *rows = LEPT_CALLOC(3, (size_t)w);
    if (!out || !rows || w < 3 || h < 3)
        goto done;
    unpack(pixGetData(gray), w, rows);
    unpack(pixGetData(gray) + wpl, w, rows + w);
    for (l_int32 y = 1; y < h - 1; y++) {
        unpack(pixGetData(gray) + (size_t)(y + 1) * wpl, w, rows + (size_t)(y + 1) % 3 * w);
        const l_uint8 *a = rows + (size_t)(y - 1) % 3 * w, *b = rows + (size_t)y % 3 * w, *c = rows + (size_t)(y + 1) % 3 * w;
        l_uint32 *line = pixGetData(out) + (size_t)y * wpl;
        l_int32 left = a[0] + b[0] + c[0], middle = a[1] + b[1] + c[1];
        for (l_int32 x = 1; x < w - 1; x++) {
            l_int32 right = a[x + 1] + b[x + 1] + c[x + 1];
            l_int32 v = (2 * (54 * b[x] - left - middle - right) + 45) / 90;
            SET_DATA_BYTE(line, x, v < 0 ? 0 : v > 255 ? 255 : v);
            left = middle;
            middle = right;
        }
    }
done:
    if (!rows)
        pixDestroy(&out);
    LEPT_FREE(rows);
    return out;
}
