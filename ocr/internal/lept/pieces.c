/*
 * The connected components of 1-bit pictures by their runs: rows of black from
 * edge to edge. leptonica fills one component after the other, which takes four
 * times as long on a page of print.
 */
#include "shim.h"
#include <string.h>

typedef struct {
    l_int32 y, from, to; /* to is the first white */
    l_int32 first;       /* a run before it of the same component, or itself */
} run;

typedef struct {
    run *all;
    l_int32 count, room;
} runs;

static int add(runs *r, l_int32 y, l_int32 from, l_int32 to) {
    if (r->count == r->room) {
        l_int32 room = r->room ? 2 * r->room : 4096;
        run *all = realloc(r->all, (size_t)room * sizeof(run));
        if (!all)
            return 1;
        r->all = all;
        r->room = room;
    }
    r->all[r->count] = (run){y, from, to, r->count};
    r->count++;
    return 0;
}

/* The next pixel of a row from x on that is black, or white; w if there is none. */
static l_int32 next(const l_uint32 *line, l_int32 x, l_int32 w, int black) {
    while (x < w) {
        l_uint32 rest = (black ? line[x / 32] : ~line[x / 32]) << (x % 32);
        if (rest) {
            x += __builtin_clz(rest);
            return x < w ? x : w;
        }
        x += 32 - x % 32;
    }
    return w;
}

static l_int32 first_of(runs *r, l_int32 i) {
    while (r->all[i].first != i) {
        r->all[i].first = r->all[r->all[i].first].first;
        i = r->all[i].first;
    }
    return i;
}

static void join(runs *r, l_int32 a, l_int32 b) {
    a = first_of(r, a);
    b = first_of(r, b);
    if (a < b)
        r->all[b].first = a;
    else
        r->all[a].first = b;
}

/* Finds the runs of a picture and joins those that touch, also by a corner. */
static int find(PIX *pix, runs *r) {
    l_int32 w = pixGetWidth(pix), h = pixGetHeight(pix), before = 0;
    for (l_int32 y = 0; y < h; y++) {
        const l_uint32 *line = pixGetData(pix) + (size_t)y * pixGetWpl(pix);
        l_int32 above = before, end = r->count;
        before = end;
        for (l_int32 x = next(line, 0, w, 1); x < w;) {
            l_int32 to = next(line, x, w, 0), i = r->count;
            if (add(r, y, x, to))
                return 1;
            for (; above < end && r->all[above].to < x; above++)
                ;
            for (l_int32 a = above; a < end && r->all[a].from <= to; a++)
                join(r, a, i);
            x = next(line, to, w, 1);
        }
    }
    return 0;
}

/* The boxes around components, each where its first run stands: left, top and the
 * first pixel after right and bottom. */
static l_int32 *boxes_of(runs *r) {
    l_int32 *boxes = malloc(((size_t)r->count * 4 + 1) * sizeof(l_int32));
    if (!boxes)
        return NULL;
    for (l_int32 i = 0; i < r->count; i++) {
        const run *at = &r->all[i];
        l_int32 *b = boxes + 4 * (size_t)first_of(r, i);
        if (at->first == i) {
            b[0] = at->from, b[1] = at->y, b[2] = at->to, b[3] = at->y + 1;
            continue;
        }
        b[0] = at->from < b[0] ? at->from : b[0];
        b[2] = at->to > b[2] ? at->to : b[2];
        b[3] = at->y + 1;
    }
    return boxes;
}

l_int32 *sohoa_components(PIX *binary, l_int32 *count) {
    runs r = {NULL, 0, 0};
    l_int32 *boxes = find(binary, &r) ? NULL : boxes_of(&r), n = 0;
    for (l_int32 i = 0; boxes && i < r.count; i++)
        if (r.all[i].first == i)
            memmove(boxes + 4 * (size_t)n++, boxes + 4 * (size_t)i, 4 * sizeof(l_int32));
    free(r.all);
    *count = n;
    return boxes;
}

PIX *sohoa_select(PIX *binary, l_int32 w, l_int32 h, int larger) {
    runs r = {NULL, 0, 0};
    l_int32 *boxes = find(binary, &r) ? NULL : boxes_of(&r);
    PIX *out = boxes ? pixCopy(NULL, binary) : NULL;
    for (l_int32 i = 0; out && i < r.count; i++) {
        const run *at = &r.all[i];
        const l_int32 *b = boxes + 4 * (size_t)first_of(&r, i);
        l_int32 bw = b[2] - b[0], bh = b[3] - b[1];
        if (larger ? bw < w && bh < h : bw > w || bh > h)
            pixRasterop(out, at->from, at->y, at->to - at->from, 1, PIX_CLR, NULL, 0, 0);
    }
    free(boxes);
    free(r.all);
    return out;
}
