#ifndef SOHOA_LEPT_SHIM_H
#define SOHOA_LEPT_SHIM_H
#include <leptonica/allheaders.h>

void sohoa_set_rows(PIX *pix, const l_uint8 *data, size_t stride, int channels);
void sohoa_get_gray(PIX *pix, l_uint8 *out);
PIX *sohoa_flatten(PIX *pix);
PIX *sohoa_gray_if_colourless(PIX *pix);
PIX *sohoa_scale(PIX *pix, l_float32 sx, l_float32 sy);
PIX *sohoa_flatten_background(PIX *gray, int target, int darkest);
void sohoa_histogram(PIX *gray, l_int32 *counts);
PIX *sohoa_red_mask(PIX *rgb, int step);
PIX *sohoa_pink_mask(PIX *rgb, int step);
PIX *sohoa_sample(PIX *gray, const double *matrix, l_int32 w, l_int32 h);
PIX *sohoa_sharpen(PIX *gray);
PIX *sohoa_open(PIX *binary, l_int32 w, l_int32 h);
l_int32 *sohoa_components(PIX *binary, l_int32 *count); /* the caller frees; 4 numbers a box */
PIX *sohoa_select(PIX *binary, l_int32 w, l_int32 h, int larger);
PIX *sohoa_close(PIX *binary, l_int32 w, l_int32 h);
int sohoa_row_contrast(PIX *binary, l_float32 radians, l_float32 *sum);

#endif
