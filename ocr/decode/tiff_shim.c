/* Calls into libtiff that need C: variadic tags, handlers, the RGBA reader. */
#include "tiff_shim.h"
#include <stdlib.h>
#include <string.h>

/* Counts instead of printing: messages hold file names. */
static int count_error(TIFF *tif, void *user, const char *module, const char *format, va_list args) {
    (void)tif; (void)module; (void)format; (void)args;
    ((sohoa_tiff *)user)->errors++;
    return 1;
}

static int drop_warning(TIFF *tif, void *user, const char *module, const char *format, va_list args) {
    (void)tif; (void)user; (void)module; (void)format; (void)args;
    return 1;
}

sohoa_tiff *sohoa_tiff_open(const char *path, int64_t max_alloc) {
    sohoa_tiff *t = calloc(1, sizeof *t);
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (t && options) {
        TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)max_alloc);
        TIFFOpenOptionsSetErrorHandlerExtR(options, count_error, t);
        TIFFOpenOptionsSetWarningHandlerExtR(options, drop_warning, t);
        t->tif = TIFFOpenExt(path, "rm", options); /* m: no mmap, its pages would count as ours */
    }
    if (options)
        TIFFOpenOptionsFree(options);
    if (t && !t->tif) {
        free(t);
        t = NULL;
    }
    return t;
}

void sohoa_tiff_close(sohoa_tiff *t) {
    TIFFClose(t->tif);
    free(t);
}

int sohoa_tiff_next(sohoa_tiff *t) { return TIFFReadDirectory(t->tif); }

int sohoa_tiff_select(sohoa_tiff *t, uint32_t directory) {
    t->errors = 0;
    return TIFFSetDirectory(t->tif, (tdir_t)directory);
}

void sohoa_tiff_describe(sohoa_tiff *t, sohoa_tiff_page *p) {
    TIFF *tif = t->tif;
    memset(p, 0, sizeof *p);
    TIFFGetField(tif, TIFFTAG_IMAGEWIDTH, &p->width);
    TIFFGetField(tif, TIFFTAG_IMAGELENGTH, &p->height);
    TIFFGetFieldDefaulted(tif, TIFFTAG_SUBFILETYPE, &p->subfile);
    TIFFGetFieldDefaulted(tif, TIFFTAG_BITSPERSAMPLE, &p->bits);
    TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLESPERPIXEL, &p->samples);
    TIFFGetFieldDefaulted(tif, TIFFTAG_COMPRESSION, &p->compression);
    TIFFGetFieldDefaulted(tif, TIFFTAG_ORIENTATION, &p->orientation);
    TIFFGetFieldDefaulted(tif, TIFFTAG_PLANARCONFIG, &p->planar);
    TIFFGetFieldDefaulted(tif, TIFFTAG_FILLORDER, &p->fill_order);
    TIFFGetFieldDefaulted(tif, TIFFTAG_RESOLUTIONUNIT, &p->unit);
    TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLEFORMAT, &p->format);
    TIFFGetFieldDefaulted(tif, TIFFTAG_ROWSPERSTRIP, &p->strip_rows);
    TIFFGetField(tif, TIFFTAG_XRESOLUTION, &p->xres);
    TIFFGetField(tif, TIFFTAG_YRESOLUTION, &p->yres);
    if (!TIFFGetField(tif, TIFFTAG_PHOTOMETRIC, &p->photometric))
        p->photometric = PHOTOMETRIC_MINISWHITE;
    p->tiled = TIFFIsTiled(tif);
    p->strips = TIFFNumberOfStrips(tif);
}

int sohoa_tiff_read_rows(sohoa_tiff *t, uint8_t *out, uint32_t rows, size_t stride) {
    tmsize_t line = TIFFScanlineSize(t->tif);
    if (line <= 0 || (size_t)line > stride)
        return 0;
    for (uint32_t y = 0; y < rows; y++)
        if (TIFFReadScanline(t->tif, out + (size_t)y * stride, y, 0) < 0)
            return 0;
    return 1;
}

/* Reads any other kind of picture into words of R, G, B from the high byte
 * down, transparency laid on white, rows in stored order. */
int sohoa_tiff_read_rgb(sohoa_tiff *t, uint32_t *out) {
    char why[1024];
    TIFFRGBAImage image;
    if (!TIFFRGBAImageOK(t->tif, why) || !TIFFRGBAImageBegin(&image, t->tif, 1, why))
        return 0;
    image.orientation = image.req_orientation = ORIENTATION_TOPLEFT;
    int ok = TIFFRGBAImageGet(&image, out, image.width, image.height);
    size_t n = ok ? (size_t)image.width * image.height : 0;
    TIFFRGBAImageEnd(&image);
    for (size_t i = 0; i < n; i++) {
        uint32_t v = out[i], paper = 255 - TIFFGetA(v); /* colours come multiplied by alpha */
        out[i] = (TIFFGetR(v) + paper) << 24 | (TIFFGetG(v) + paper) << 16 | (TIFFGetB(v) + paper) << 8;
    }
    return ok;
}

uint64_t sohoa_tiff_strip_offset(sohoa_tiff *t, uint32_t strip) { return TIFFGetStrileOffset(t->tif, strip); }
uint64_t sohoa_tiff_strip_bytes(sohoa_tiff *t, uint32_t strip) { return TIFFGetStrileByteCount(t->tif, strip); }

/* The tables that all strips share; NULL when there are none. */
const void *sohoa_tiff_jpeg_tables(sohoa_tiff *t, uint32_t *size) {
    void *tables = NULL;
    if (!TIFFGetField(t->tif, TIFFTAG_JPEGTABLES, size, &tables))
        return NULL;
    return tables;
}
