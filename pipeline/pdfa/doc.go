// Package pdfa writes the published form of a component: a PDF/A-2u file (ISO
// 19005-2) whose pages are the scanner's own images, shown upright, with an
// exact invisible text layer over the print.
//
// Start at [Write], which streams a file to an io.Writer, and at [Check], the
// gate that reads a finished file back before it may be published.
// [CheckPdfcpu] asks a second, independent reader.
//
// What the package promises:
//
//   - An image's bytes are copied, never decoded or encoded again. Quarter
//     turn, deskew and margins are one transformation matrix.
//   - The same pages and the same [Meta] give the same bytes: no clock, no
//     randomness, no order of a map.
//   - Memory does not grow with the size of the images. It grows by about 30
//     bytes per page (the cross-reference table) and by the text of one page.
//   - The file has a classic cross-reference table and no object streams,
//     because readers can repair such a file when a disk damages it: with a
//     broken startxref, poppler, qpdf, MuPDF and pdfcpu all recover the
//     classic form, only one of them the compact form.
//   - No /Info dictionary: XMP is the only place of metadata, so the two can
//     not disagree.
//
// Security: [Check] is meant for our own files but holds against any bytes:
// its memory, depth and reads are bounded, and it never panics.
package pdfa
