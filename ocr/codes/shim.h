#ifndef SOHOA_ZBAR_SHIM_H
#define SOHOA_ZBAR_SHIM_H
#include <zbar.h>

zbar_image_scanner_t *sohoa_zbar_new(void);
zbar_image_t *sohoa_zbar_scan(zbar_image_scanner_t *scanner, const unsigned char *gray, unsigned w, unsigned h);
void sohoa_zbar_free(zbar_image_t *image);

#endif
