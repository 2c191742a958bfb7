/* The calls into zbar that need C: settings and the hand-over of pixels. */
#include "shim.h"
#include <stdlib.h>
#include <string.h>

/* Code 39 has no check digit: short ones are found in ordinary print. */
#define SHORTEST_CODE39 4

zbar_image_scanner_t *sohoa_zbar_new(void) {
    zbar_image_scanner_t *s = zbar_image_scanner_create();
    if (!s)
        return NULL;
    zbar_set_verbosity(0);
    zbar_image_scanner_set_config(s, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(s, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    zbar_image_scanner_set_config(s, ZBAR_CODE128, ZBAR_CFG_ENABLE, 1);
    zbar_image_scanner_set_config(s, ZBAR_CODE39, ZBAR_CFG_ENABLE, 1);
    zbar_image_scanner_set_config(s, ZBAR_CODE39, ZBAR_CFG_MIN_LEN, SHORTEST_CODE39);
    return s;
}

static void free_pixels(zbar_image_t *image) { free((void *)zbar_image_get_data(image)); }

zbar_image_t *sohoa_zbar_scan(zbar_image_scanner_t *scanner, const unsigned char *gray, unsigned w, unsigned h) {
    size_t size = (size_t)w * h;
    zbar_image_t *image = zbar_image_create();
    unsigned char *copy = malloc(size);
    if (!image || !copy) {
        free(copy);
        if (image)
            zbar_image_destroy(image);
        return NULL;
    }
    memcpy(copy, gray, size);
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, w, h);
    zbar_image_set_data(image, copy, size, free_pixels);
    if (zbar_scan_image(scanner, image) < 0) {
        zbar_image_destroy(image);
        return NULL;
    }
    return image;
}

void sohoa_zbar_free(zbar_image_t *image) { zbar_image_destroy(image); }
