#ifndef SOHOA_TIFF_SHIM_H
#define SOHOA_TIFF_SHIM_H
#include <stdint.h>
#include <tiffio.h>

/* One directory as its tags describe it. */
typedef struct {
    uint32_t width, height, strips, subfile, strip_rows;
    uint16_t bits, samples, photometric, compression, orientation, planar, fill_order, unit, format;
    float xres, yres;
    int tiled;
} sohoa_tiff_page;

/* An open file and how often libtiff complained about it. */
typedef struct {
    TIFF *tif;
    int errors;
} sohoa_tiff;

sohoa_tiff *sohoa_tiff_open(const char *path, int64_t max_alloc);
void sohoa_tiff_close(sohoa_tiff *t);
int sohoa_tiff_next(sohoa_tiff *t);
int sohoa_tiff_select(sohoa_tiff *t, uint32_t directory);
void sohoa_tiff_describe(sohoa_tiff *t, sohoa_tiff_page *page);
int sohoa_tiff_read_rows(sohoa_tiff *t, uint8_t *out, uint32_t rows, size_t stride);
int sohoa_tiff_read_rgb(sohoa_tiff *t, uint32_t *out);
uint64_t sohoa_tiff_strip_offset(sohoa_tiff *t, uint32_t strip);
uint64_t sohoa_tiff_strip_bytes(sohoa_tiff *t, uint32_t strip);
const void *sohoa_tiff_jpeg_tables(sohoa_tiff *t, uint32_t *size);

#endif
