package dossier

import (
	"errors"
	"fmt"
)

// FaultKind is the closed list of what a caller does about an error.
type FaultKind int

// The kinds.
const (
	// Retry: the same call may succeed later (a busy disk, a lost network).
	Retry FaultKind = iota + 1
	// Park: this page waits for a person; the rest goes on.
	Park
	// Reject: this input is not something sohoa can open; it is named, kept
	// and left alone.
	Reject
	// Stop: going on could lose or damage records (a full disk, a broken
	// object, a needed part missing).
	Stop
)

// Fault is an error somebody has to act on. Reason is the stable code people
// script against; Err is the technical cause and never reaches a clerk.
type Fault struct {
	Kind   FaultKind
	Op     string // the operation, for example "decode tiff"
	Reason Reason
	Err    error
}

// Error gives the operation, the reason and the cause.
func (f *Fault) Error() string {
	if f.Err == nil {
		return fmt.Sprintf("%s: %s", f.Op, f.Reason)
	}
	return fmt.Sprintf("%s: %s: %v", f.Op, f.Reason, f.Err)
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// KindOf is the kind of the first Fault in the chain; Stop for any other
// error, because what nobody foresaw must not be worked around.
func KindOf(err error) FaultKind {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Kind
	}
	return Stop
}

// ReasonOf is the reason of the first Fault in the chain, or ReasonUnknown.
func ReasonOf(err error) Reason {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Reason
	}
	return ReasonUnknown
}

// Reason is a stable code for why something was parked or rejected. Every
// reason has a sentence in Vietnamese and in English; see [Reason.Text].
type Reason string

// The reasons.
const (
	ReasonUnknown       Reason = "unknown"
	ReasonEmptyFile     Reason = "empty_file"
	ReasonFormat        Reason = "format_unknown"
	ReasonDamaged       Reason = "damaged"
	ReasonEncrypted     Reason = "encrypted"
	ReasonNoPages       Reason = "no_pages"
	ReasonTooManyPages  Reason = "too_many_pages"
	ReasonTooLarge      Reason = "too_large"
	ReasonTooSmall      Reason = "too_small"
	ReasonMemory        Reason = "memory"
	ReasonTime          Reason = "time"
	ReasonCrash         Reason = "crash"
	ReasonKindUnsure    Reason = "kind_unsure"
	ReasonPageUnplaced  Reason = "page_unplaced"
	ReasonCodeInvalid   Reason = "code_invalid"
	ReasonSheetCount    Reason = "sheet_count"
	ReasonBacks         Reason = "backs_unpaired"
	ReasonTurnUnsure    Reason = "turn_unsure"
	ReasonGate          Reason = "pdf_gate"
	ReasonUnreadable    Reason = "unreadable"
	ReasonNotAFile      Reason = "not_a_file"
	ReasonChanged       Reason = "changed_while_read"
	ReasonPresentedOnly Reason = "presented_only"
	ReasonFiledPlace    Reason = "filed_place"
	ReasonFiledKind     Reason = "filed_kind"
	ReasonFiledKnown    Reason = "filed_elsewhere"
	ReasonDiskFull      Reason = "disk_full"
	ReasonStoreFailed   Reason = "store_failed"
	ReasonStoreOffline  Reason = "store_offline"

	// Of fields that a person is asked about.
	ReasonFieldUnsure Reason = "field_unsure"
	ReasonFieldUnread Reason = "field_unread"

	// Of signing.
	ReasonCertificateEarly   Reason = "certificate_not_yet_valid"
	ReasonCertificateExpired Reason = "certificate_expired"
	ReasonCertificateUsage   Reason = "certificate_not_for_signing"
	ReasonCertificateChain   Reason = "certificate_chain_broken"
	ReasonCertificateKey     Reason = "certificate_of_another_key"
	ReasonKeyUnsupported     Reason = "key_unsupported"
	ReasonSigning            Reason = "signing_failed"
	ReasonLetterMissing      Reason = "letter_missing"
	ReasonBlockRoom          Reason = "block_no_room"
	ReasonCorner             Reason = "corner_printed"
	ReasonNoKey              Reason = "no_key"
	ReasonSignGate           Reason = "signature_gate"
	ReasonBusy               Reason = "being_changed"
)

// Text is the sentence a clerk reads: what is wrong and what to do. lang is
// "vi" or "en"; any other language gets English.
func (r Reason) Text(lang string) string {
	t, ok := reasonTexts[r]
	if !ok {
		t = reasonTexts[ReasonUnknown]
	}
	if lang == "vi" {
		return t.vi
	}
	return t.en
}

// OfField tells whether a field waits for the reason; else it is a page, or a
// file, that does.
func (r Reason) OfField() bool { return r == ReasonFieldUnsure || r == ReasonFieldUnread }

// Reasons lists every reason, in no particular order.
func Reasons() []Reason {
	all := make([]Reason, 0, len(reasonTexts))
	for r := range reasonTexts {
		all = append(all, r)
	}
	return all
}

var reasonTexts = map[Reason]struct{ vi, en string }{
	ReasonUnknown:       {"Có lỗi chưa biết. Hãy quét lại trang này; nếu vẫn lỗi, hãy báo người quản trị.", "Something unforeseen went wrong. Scan this page again; if it fails again, tell the administrator."},
	ReasonEmptyFile:     {"Tệp rỗng, không có gì bên trong. Hãy quét lại.", "The file is empty. Scan it again."},
	ReasonFormat:        {"Không nhận ra định dạng tệp. Hãy quét lại thành PDF, JPEG, PNG hoặc TIFF.", "The format of the file is not known. Scan again as PDF, JPEG, PNG or TIFF."},
	ReasonDamaged:       {"Tệp bị hỏng hoặc chưa ghi xong nên không mở được. Hãy quét lại.", "The file is damaged or incomplete and cannot be opened. Scan it again."},
	ReasonEncrypted:     {"Tệp PDF có mật khẩu. Hãy lưu lại bản không có mật khẩu rồi đưa vào.", "The PDF is protected by a password. Save a copy without password and feed that."},
	ReasonNoPages:       {"Tệp không có trang nào. Hãy quét lại.", "The file has no pages. Scan it again."},
	ReasonTooManyPages:  {"Tệp có quá nhiều trang. Hãy chia thành nhiều tệp nhỏ hơn.", "The file has too many pages. Split it into smaller files."},
	ReasonTooLarge:      {"Ảnh quá lớn. Hãy quét lại ở 300 dpi.", "The image is too large. Scan again at 300 dpi."},
	ReasonTooSmall:      {"Ảnh quá nhỏ, không thể là một trang giấy. Hãy quét lại ở 300 dpi.", "The image is too small to be a page of paper. Scan again at 300 dpi."},
	ReasonMemory:        {"Trang này cần quá nhiều bộ nhớ nên đã dừng. Hãy quét lại ở 300 dpi.", "Reading this page needed too much memory and was stopped. Scan again at 300 dpi."},
	ReasonTime:          {"Đọc trang này quá lâu nên đã dừng. Hãy quét lại, hoặc xếp trang bằng tay.", "Reading this page took too long and was stopped. Scan again, or place the page by hand."},
	ReasonCrash:         {"Không đọc được trang này: tệp làm chương trình đọc dừng đột ngột. Hãy quét lại.", "This page could not be read: the file made the reading program stop. Scan it again."},
	ReasonKindUnsure:    {"Không chắc đây là loại giấy tờ gì. Hãy xem và chọn loại giấy.", "It is not certain which kind of paper this is. Look at it and choose the kind."},
	ReasonPageUnplaced:  {"Không chắc trang này thuộc giấy tờ nào. Hãy xem và xếp trang.", "It is not certain which paper this page belongs to. Look at it and place it."},
	ReasonCodeInvalid:   {"Mã trên tờ phân cách không đúng. Hãy kiểm tra mã hồ sơ rồi xếp các trang sau tờ này.", "The code on the separator is not valid. Check the dossier code and place the pages that follow it."},
	ReasonBacks:         {"Số mặt trước và mặt sau không khớp nên không ghép được tờ. Hãy quét lại cả hai mặt, hoặc xếp từng trang.", "Fronts and backs are not as many, so no sheets can be made of them. Scan both sides again, or place the pages one by one."},
	ReasonSheetCount:    {"Số tờ quét được không khớp số tờ ghi trên tờ phân cách. Hãy đếm lại và quét tờ thiếu.", "The number of sheets differs from the one on the separator. Count again and scan what is missing."},
	ReasonTurnUnsure:    {"Không chắc trang này quay chiều nào. Hãy xem và xoay trang.", "It is not certain which way up this page is. Look at it and turn it."},
	ReasonGate:          {"Tệp PDF tạo ra không qua được kiểm tra nên chưa lưu. Hãy báo người quản trị.", "The PDF that was made did not pass its check and was not stored. Tell the administrator."},
	ReasonUnreadable:    {"Không đọc được chữ nào. Hãy xem: trang trắng thì ghi như vậy, không thì xếp trang hoặc quét lại.", "No text could be read on this page. Look at it: say so where it is empty; else place it by hand, or scan it again."},
	ReasonNotAFile:      {"Đây không phải là tệp thường. Hãy chọn tệp ảnh hoặc PDF.", "This is not a regular file. Choose an image or PDF file."},
	ReasonChanged:       {"Tệp thay đổi trong khi đang nhận. Hãy chờ máy quét ghi xong rồi đưa lại.", "The file changed while it was taken in. Wait until the scanner has finished and feed it again."},
	ReasonFiledPlace:    {"Tệp nộp điện tử phải nằm trong thư mục MÃ HỒ SƠ/LOẠI GIẤY TỜ. Tệp vẫn ở chỗ cũ; hãy chuyển vào đúng thư mục rồi nhận lại.", "A file that was filed electronically lies in a folder CODE/KIND. The file is where it was; move it there and take it in again."},
	ReasonFiledKind:     {"Không có loại giấy tờ này trong danh mục. Tệp vẫn ở chỗ cũ; hãy dùng mã loại như birth_certificate.", "The catalogue has no such kind of paper. The file is where it was; name a kind such as birth_certificate."},
	ReasonFiledKnown:    {"Tệp này đã có trong kho, ở chỗ khác với hồ sơ được nêu. Hãy kiểm tra xem có nộp nhầm hồ sơ không.", "The archive has this file already, elsewhere than in the dossier that was named. See whether it was filed for the wrong dossier."},
	ReasonPresentedOnly: {"Giấy tờ này chỉ để xuất trình, không lưu. Hãy xác nhận để hủy bản quét.", "This paper is only presented and is not kept. Confirm to destroy the scan."},
	ReasonDiskFull:      {"Ổ đĩa lưu trữ đã đầy, chưa lưu được. Hãy báo người quản trị giải phóng hoặc thêm dung lượng.", "The disk of the archive is full and nothing was stored. Ask the administrator to free or add space."},
	ReasonStoreFailed:   {"Kho lưu trữ bị lỗi nên đã dừng để không mất hồ sơ. Hãy báo người quản trị kiểm tra ổ đĩa.", "The archive's storage failed, and work was stopped so that nothing is lost. Ask the administrator to check the disk."},
	ReasonStoreOffline:  {"Không kết nối được kho lưu trữ. Hồ sơ vẫn được giữ và sẽ được lưu lại sau.", "The archive's storage cannot be reached. Everything is kept and will be stored later."},

	ReasonFieldUnsure: {"Máy đọc chưa chắc chắn. Hãy so với ảnh rồi xác nhận hoặc sửa.", "The machine is not sure of what it read. Compare it with the picture, then confirm or correct it."},
	ReasonFieldUnread: {"Có trên giấy nhưng máy chưa đọc được, như chữ viết tay. Hãy nhìn ảnh và gõ lại.", "On the paper, but not read, as handwriting is not. Look at the picture and type it."},

	ReasonCertificateEarly:   {"Chứng thư số chưa có hiệu lực. Hãy kiểm tra đồng hồ máy tính và ngày bắt đầu của chứng thư.", "The certificate is not valid yet. Check the clock of this computer and the certificate's first day."},
	ReasonCertificateExpired: {"Chứng thư số đã hết hạn, không ký được. Hãy gia hạn hoặc dùng chứng thư khác.", "The certificate has expired and cannot sign. Renew it or use another."},
	ReasonCertificateUsage:   {"Chứng thư số này không được cấp để ký. Hãy dùng chứng thư ký số của cơ quan.", "This certificate was not issued for signing. Use the office's signing certificate."},
	ReasonCertificateChain:   {"Các chứng thư số không nối được với nhau. Hãy cài lại đủ chứng thư của đơn vị cấp.", "The certificates do not follow from each other. Install all certificates of the issuer again."},
	ReasonCertificateKey:     {"Khóa ký không đi với chứng thư số này. Hãy chọn đúng khóa hoặc đúng chứng thư.", "The key does not belong to this certificate. Choose the right key or certificate."},
	ReasonKeyUnsupported:     {"Loại khóa này không dùng được. Hãy dùng khóa RSA từ 2048 bit hoặc ECDSA P-256.", "This kind of key cannot be used. Use RSA of 2048 bits or more, or ECDSA on P-256."},
	ReasonSigning:            {"Khóa không ký được. Hãy kiểm tra thiết bị ký đã cắm chưa rồi ký lại.", "The key did not sign. Check that the signing device is connected and sign again."},
	ReasonLetterMissing:      {"Phông chữ của khối chữ ký thiếu một ký tự. Hãy sửa tên cơ quan hoặc nội dung khối chữ ký.", "The font of the signature block lacks a letter. Correct the office's name or the text of the block."},
	ReasonCorner:             {"Góc trên bên phải trang đầu đã có chữ hoặc hình nên chưa ký. Hãy xem rồi bấm “Thu nhỏ trang và ký”.", "The top right corner of the first page is printed on, so the paper was not signed. Look at it and choose “Shrink the page and sign”."},
	ReasonNoKey:              {"Lúc ký không có khóa đã chọn, hoặc khóa không dùng được, nên chưa ký. Hãy kiểm tra khóa ở trang Ký số rồi ký lại.", "The chosen key was not there or could not be used, so the paper was not signed. Check the key on the page Sign and sign again."},
	ReasonSignGate:           {"Tệp đã ký không qua được kiểm tra nên không lưu. Hãy báo người quản trị.", "The signed file did not pass its check and was not stored. Tell the administrator."},
	ReasonBusy:               {"Hồ sơ đang được cập nhật nên chưa ký. Hãy ký lại sau ít phút.", "The dossier is being changed, so the paper was not signed. Sign it again in a few minutes."},
	ReasonBlockRoom:          {"Khối chữ ký không đặt vừa góc trên bên phải của trang đầu. Hãy rút ngắn nội dung khối chữ ký.", "The signature block does not fit the top right corner of the first page. Shorten its text."},
}
