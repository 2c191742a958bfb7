/*
 * Cuts a JPEG by its coefficients, with libjpeg: blocks are copied from the area
 * to the corner, or set to white when they lie beyond the gutter, and coded
 * again. Nothing is decoded to samples, so nothing is lost.
 */
#include "jpegcut.h"
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf back;
} error_exit;

static void leave(j_common_ptr info) { longjmp(((error_exit *)info->err)->back, 1); }

/* Damaged data has lost blocks: such a file is not cut but decoded, which
 * remarks on it. */
static void no_message(j_common_ptr info, int level) {
    if (level < 0)
        leave(info);
}

static void set_errors(j_common_ptr info, error_exit *errors) {
    info->err = jpeg_std_error(&errors->manager);
    errors->manager.error_exit = leave;
    errors->manager.emit_message = no_message;
}

/* Tells whether the block of samples whose centre is at (x, y) is kept. */
static int kept(const sohoa_area *a, double x, double y) {
    const double *l = a->line;
    return (l[2] - l[0]) * (y - l[1]) - (l[3] - l[1]) * (x - l[0]) > 0;
}

/* The quantized DC value of a white block of the component. */
static JCOEF white(j_decompress_ptr src, int component) {
    const JQUANT_TBL *table = src->comp_info[component].quant_table;
    int chroma = src->jpeg_color_space == JCS_YCbCr && component > 0;
    if (chroma || !table || table->quantval[0] == 0)
        return 0;
    return (JCOEF)((127 * DCTSIZE + table->quantval[0] / 2) / table->quantval[0]);
}

/* The size of a unit of interleaved blocks; a lone component has none. */
static void unit(j_decompress_ptr src, int *w, int *h) {
    *w = src->max_h_samp_factor * DCTSIZE;
    *h = src->max_v_samp_factor * DCTSIZE;
}

/* Moves the blocks of a component of the area to the corner of its array, rows
 * from the top: a row is read before any row below it is written. */
static void move_blocks(j_decompress_ptr src, jvirt_barray_ptr array, int component, const sohoa_area *a) {
    jpeg_component_info *c = &src->comp_info[component];
    int unit_w, unit_h;
    unit(src, &unit_w, &unit_h);
    int block_w = unit_w / c->h_samp_factor, block_h = unit_h / c->v_samp_factor; /* in samples of the picture */
    int left = a->x / block_w, top = a->y / block_h;
    int columns = (a->w + block_w - 1) / block_w, rows = (a->h + block_h - 1) / block_h;
    JCOEF dc = white(src, component);
    if (left + columns > (int)c->width_in_blocks)
        columns = (int)c->width_in_blocks - left;
    if (top + rows > (int)c->height_in_blocks)
        rows = (int)c->height_in_blocks - top;
    for (int y = 0; y < rows; y++) {
        JBLOCKARRAY from = (*src->mem->access_virt_barray)((j_common_ptr)src, array, top + y, 1, FALSE);
        JBLOCKROW in = from[0] + left;
        JBLOCKARRAY to = (*src->mem->access_virt_barray)((j_common_ptr)src, array, y, 1, TRUE);
        memmove(to[0], in, (size_t)columns * sizeof(JBLOCK));
        for (int x = 0; x < columns; x++) {
            /* The whole unit decides, so that its components agree. */
            int ux = (left + x) * block_w / unit_w, uy = (top + y) * block_h / unit_h;
            if (kept(a, (ux + 0.5) * unit_w, (uy + 0.5) * unit_h))
                continue;
            memset(to[0][x], 0, sizeof(JBLOCK));
            to[0][x][0] = dc;
        }
    }
}

static int cut(j_decompress_ptr src, j_compress_ptr dst, sohoa_area *a) {
    int unit_w, unit_h;
    jpeg_read_header(src, TRUE);
    if (src->data_precision != 8 || src->num_components != 1 && src->num_components != 3)
        return 1;
    jvirt_barray_ptr *arrays = jpeg_read_coefficients(src);
    unit(src, &unit_w, &unit_h);
    int right = a->x + a->w, bottom = a->y + a->h;
    if (right > (int)src->image_width || bottom > (int)src->image_height)
        return 1;
    a->x -= a->x % unit_w;
    a->y -= a->y % unit_h;
    a->w = right - a->x;
    a->h = bottom - a->y;
    for (int i = 0; i < src->num_components; i++)
        move_blocks(src, arrays[i], i, a);
    jpeg_copy_critical_parameters(src, dst);
    dst->image_width = (JDIMENSION)a->w;
    dst->image_height = (JDIMENSION)a->h;
    dst->optimize_coding = TRUE;
    jpeg_write_coefficients(dst, arrays);
    jpeg_finish_compress(dst);
    jpeg_finish_decompress(src);
    return 0;
}

int sohoa_jpeg_cut(const unsigned char *data, unsigned long size, sohoa_area *area, unsigned char **out, unsigned long *out_size) {
    struct jpeg_decompress_struct src;
    struct jpeg_compress_struct dst;
    error_exit errors;
    volatile int failed = 1;
    *out = NULL;
    *out_size = 0;
    memset(&src, 0, sizeof src);
    memset(&dst, 0, sizeof dst);
    set_errors((j_common_ptr)&src, &errors);
    dst.err = src.err;
    if (!setjmp(errors.back)) {
        jpeg_create_decompress(&src);
        jpeg_create_compress(&dst);
        jpeg_mem_src(&src, (unsigned char *)data, size);
        jpeg_mem_dest(&dst, out, out_size);
        failed = cut(&src, &dst, area);
    }
    jpeg_destroy_compress(&dst);
    jpeg_destroy_decompress(&src);
    return failed;
}
