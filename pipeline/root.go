package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sohoa/dossier"
)

// rootReadme tells whoever finds the objects, in ten years and without sohoa,
// what they are.
const rootReadme = `SOHOA ARCHIVE / KHO LƯU TRỮ SOHOA

Thư mục này đọc được mà không cần phần mềm sohoa.
This folder can be read without sohoa.

  archive.json          kho này của đơn vị nào / whose archive this is
  u/<unit>/raw/<hash>   bản quét gốc, không sửa; tên là SHA-256 của nội dung
                        the untouched scans, named by their SHA-256
  u/<unit>/c/<id>/      giấy tờ đã số hóa, PDF/A mở bằng mọi trình xem PDF
                        the papers, as PDF/A: any PDF viewer opens them
  u/<unit>/d/<id>/      hồ sơ gồm những giấy tờ nào (bản mới nhất có số lớn nhất)
                        which papers make up a dossier (highest number is newest)
  u/<unit>/t/<image>/   chữ đọc được trên từng ảnh / what was read on each image
  u/<unit>/b/<id>.json  từng lần đưa giấy vào máy quét / each batch that was fed
  u/<unit>/p/<id>/      người đã quyết định gì về hồ sơ / what people decided
  u/<unit>/f/<batch>/   người đã nói gì về mặt sau không quét / what people said
                        about backs that were not scanned
  u/<unit>/e/<batch>/   người đã nói trang nào là trang trắng / which pages people
                        said are empty
  u/<unit>/k/<id>.json  người nhập độc lập đã gõ gì / what people keyed blind
  u/<unit>/s/<month>    mẫu kiểm tra của tháng / the month's sample, keyed
  u/<unit>/g/<n>.json   người đã đổi ngưỡng tự nhận nào, vì sao / which gates people
                        changed, and why
  schema/               mô tả các tệp JSON / what the JSON files mean
  log/                  nhật ký: ai đã làm gì, xem gì, khi nào / the log: who did
                        and saw what, and when. log/tile/8/data/: one line for
                        each entry; log/tile/8/0/ and up: hashes of the Merkle
                        tree (RFC 6962, c2sp.org/tlog-tiles); log/checkpoint/:
                        its signed heads (key: log_key in archive.json)
  checksums/            mã kiểm tra / digests

Kiểm tra không tệp nào bị sửa / to check that no file has changed:

  cat checksums/*.txt | sha256sum -c --quiet
`

// WriteRoot writes the objects that make an archive readable without sohoa:
// its record, a README, the JSON schemas. It may be called again; what is there
// stays. It returns what it wrote.
func (f *Flow) WriteRoot(ctx context.Context, archive dossier.Archive) ([]dossier.ObjectRef, error) {
	var written []dossier.ObjectRef
	ref, _, err := f.putJSON(ctx, dossier.ArchiveKey, archive)
	if err != nil {
		return nil, err
	}
	written = append(written, ref)
	files, err := dossier.Schemas()
	if err != nil {
		return nil, err
	}
	files[dossier.ReadmeKey] = []byte(rootReadme)
	for _, key := range slices.Sorted(maps.Keys(files)) {
		ref, _, err := f.Objects.Put(ctx, key, bytes.NewReader(files[key]))
		if err != nil {
			return nil, fmt.Errorf("write root: %w", err)
		}
		written = append(written, ref)
	}
	return written, nil
}

// Lists is the catalogue as far as checksum lists need it.
type Lists interface {
	Objects(ctx context.Context, unlisted bool) ([]dossier.ObjectRef, error)
	Listed(ctx context.Context, objects []dossier.ObjectRef) error
}

// ListChecksums writes the digests of every object that no list names yet as
// one more list under checksums/, in the form sha256sum reads. It runs after a
// batch and once a day; with nothing new it writes nothing.
func (f *Flow) ListChecksums(ctx context.Context, ledger Lists) error {
	fresh, err := ledger.Objects(ctx, true)
	if err != nil || len(fresh) == 0 {
		return err
	}
	var list strings.Builder
	for _, object := range fresh {
		fmt.Fprintf(&list, "%s  %s\n", object.SHA256, object.Key)
	}
	key := fmt.Sprintf("%s%s-%s.txt", dossier.ChecksumDir, f.Now().UTC().Format("20060102T150405Z"), dossier.NewID()[:8])
	if _, _, err := f.Objects.Put(ctx, key, strings.NewReader(list.String())); err != nil {
		return fmt.Errorf("write checksum list: %w", err)
	}
	return ledger.Listed(ctx, fresh)
}
