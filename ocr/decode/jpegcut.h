#ifndef SOHOA_JPEGCUT_H
#define SOHOA_JPEGCUT_H

/* A rectangle of a picture and the gutter across it, in pixels; what is kept
 * lies on the right hand of who walks from the first point to the second. */
typedef struct {
    int x, y, w, h;
    double line[4];
} sohoa_area;

/* Cuts the area out, which grows to whole blocks at its left and top and is
 * told back. The caller frees *out, also after a failure (a non-zero result). */
int sohoa_jpeg_cut(const unsigned char *data, unsigned long size, sohoa_area *area, unsigned char **out, unsigned long *out_size);

#endif
