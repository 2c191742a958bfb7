package pades

import (
	"time"

	"sohoa/dossier"
)

// Report is what [Verify] found out about a file.
type Report struct {
	Size       int64            `json:"size"`
	Verdict    Verdict          `json:"verdict"`
	Signatures []SignatureFacts `json:"signatures"`
	// Findings are about the file as a whole.
	Findings []Finding `json:"findings"`
}

// Verdict is what is said of a signature, or of the worst of a file.
type Verdict string

// The verdicts, from best to worst. Valid says that the bytes are those that
// the holder of the certificate's key signed, and that nothing but further
// signatures came later. It does not say that the certificate is to be
// believed: that is in SignatureFacts.Trust.
const (
	Valid     Verdict = "valid"
	NotJudged Verdict = "not_judged"
	Changed   Verdict = "changed"
	Invalid   Verdict = "invalid"
	// Unsigned is the verdict of a file without signatures.
	Unsigned Verdict = "unsigned"
)

// worse orders the verdicts on signatures.
func worse(a, b Verdict) Verdict {
	for _, v := range []Verdict{Invalid, Changed, NotJudged} {
		if a == v || b == v {
			return v
		}
	}
	return Valid
}

// SignatureFacts is one signature as judged.
type SignatureFacts struct {
	Field     string `json:"field"`
	SubFilter string `json:"sub_filter"`
	// Timestamp is true for a timestamp over the whole file.
	Timestamp bool    `json:"timestamp"`
	Verdict   Verdict `json:"verdict"`
	// ClaimedAt is the signer's word, zero when there is none. Nothing proves it.
	ClaimedAt time.Time `json:"claimed_at,omitzero"`
	Reason    string    `json:"reason,omitempty"`
	Location  string    `json:"location,omitempty"`
	ByteRange []int64   `json:"byte_range"`
	// WholeFile: nothing was appended after this signature.
	WholeFile   bool              `json:"whole_file"`
	Digest      string            `json:"digest,omitempty"`
	Certificate *CertificateFacts `json:"certificate,omitempty"`
	Trust       Trust             `json:"trust"`
	Findings    []Finding         `json:"findings"`
}

// CertificateFacts is what the signer's certificate says.
type CertificateFacts struct {
	Name         string    `json:"name"`
	Organization string    `json:"organization"`
	Issuer       string    `json:"issuer"`
	Serial       string    `json:"serial"`
	Key          string    `json:"key"`
	NotBefore    time.Time `json:"not_before"`
	NotAfter     time.Time `json:"not_after"`
	SelfSigned   bool      `json:"self_signed"`
	SHA256       string    `json:"sha256"`
}

// Trust tells whether the signer's certificate leads to a root that was given.
// Revocation is not looked at.
type Trust string

// The degrees of trust.
const (
	TrustUnknown   Trust = "unknown" // no roots were given
	TrustedRoot    Trust = "trusted"
	UntrustedChain Trust = "untrusted"
)

// Finding is one thing to know, with its stable code and a sentence in both
// languages. Detail is technical and only in English.
type Finding struct {
	Code   Code   `json:"code"`
	Text   string `json:"text"`
	TextEN string `json:"text_en"`
	Detail string `json:"detail,omitempty"`
}

// Code is a stable code for a finding.
type Code string

// The codes. Those of the first group make a signature invalid, of the second
// changed, of the third not judged; the others leave the verdict as it is.
const (
	RangeBroken        Code = "byte_range_broken"
	RangeShort         Code = "byte_range_short"
	DigestMismatch     Code = "digest_mismatch"
	SignatureMismatch  Code = "signature_mismatch"
	CertificateSwapped Code = "certificate_swapped"
	ContainerPadded    Code = "container_padded"

	ChangedLater Code = "changed_after_signing"

	FileUnreadable      Code = "not_judged_structure"
	FileEncrypted       Code = "not_judged_encrypted"
	KindUnknown         Code = "not_judged_kind"
	ContainerUnreadable Code = "not_judged_container"
	AlgorithmUnknown    Code = "not_judged_algorithm"
	CertificateMissing  Code = "not_judged_certificate"
	ChangesUnreadable   Code = "not_judged_changes"
	BeyondLimits        Code = "not_judged_limits"

	ExtendedLater      Code = "extended_after_signing"
	WeakDigest         Code = "weak_digest"
	WeakKey            Code = "weak_key"
	CertificateUnnamed Code = "certificate_not_named"
	CertificateExpired Code = "certificate_expired"
	CertificateEarly   Code = "certificate_not_yet_valid"
	CertificateThen    Code = "certificate_not_valid_when_signed"
	CertificateUsage   Code = "certificate_not_for_signing"
	CertificateBroken  Code = "certificate_chain_broken"
	CertificateOwn     Code = "certificate_self_signed"
	CertificateNoRoot  Code = "certificate_untrusted"
	LooseEncoding      Code = "container_loose"
	TimeUnproved       Code = "time_unproved"
	TimestampNotJudged Code = "timestamp_not_judged"
	UsageRights        Code = "usage_rights_not_judged"
)

// Codes lists every code, in no particular order.
func Codes() []Code {
	all := make([]Code, 0, len(sentences))
	for c := range sentences {
		all = append(all, c)
	}
	return all
}

// Text is the sentence of a code; lang is "vi" or "en".
func (c Code) Text(lang string) string {
	s, ok := sentences[c]
	if !ok {
		return dossier.ReasonUnknown.Text(lang)
	}
	if lang == "vi" {
		return s.vi
	}
	return s.en
}

// verdict is what a finding makes of a signature.
func (c Code) verdict() Verdict {
	switch c {
	case RangeBroken, RangeShort, DigestMismatch, SignatureMismatch, CertificateSwapped, ContainerPadded:
		return Invalid
	case ChangedLater:
		return Changed
	case FileUnreadable, FileEncrypted, KindUnknown, ContainerUnreadable, AlgorithmUnknown, CertificateMissing, ChangesUnreadable, BeyondLimits:
		return NotJudged
	default:
		return Valid
	}
}

func finding(c Code, detail string) Finding {
	return Finding{Code: c, Text: c.Text("vi"), TextEN: c.Text("en"), Detail: detail}
}

var sentences = map[Code]struct{ vi, en string }{
	RangeBroken:        {"Chữ ký không bao trùm tệp đúng cách: có phần nằm ngoài hoặc chồng lên nhau.", "The signature does not cover the file properly: parts are left out or overlap."},
	RangeShort:         {"Chữ ký không bao trùm hết phiên bản đã ký: phần cuối có thể đã bị thêm vào.", "The signature does not reach the end of what was signed: something may have been added there."},
	DigestMismatch:     {"Nội dung đã bị sửa sau khi ký.", "The content was changed after it was signed."},
	SignatureMismatch:  {"Chữ ký không đúng với chứng thư số đi kèm.", "The signature does not belong to the certificate that comes with it."},
	CertificateSwapped: {"Chứng thư số đi kèm không phải là chứng thư đã dùng để ký.", "The certificate that comes with the signature is not the one that signed."},
	ContainerPadded:    {"Có dữ liệu lạ giấu trong chỗ dành cho chữ ký.", "There are foreign bytes in the place of the signature."},

	ChangedLater: {"Sau khi ký, tệp đã bị sửa đổi ngoài việc ký thêm.", "After this signature the file was changed in other ways than by further signatures."},

	FileUnreadable:      {"Không kiểm tra được: cấu trúc tệp hỏng hoặc không rõ ràng.", "Not judged: the structure of the file is damaged or ambiguous."},
	FileEncrypted:       {"Không kiểm tra được: tệp đã mã hóa.", "Not judged: the file is encrypted."},
	KindUnknown:         {"Không kiểm tra được: loại chữ ký này chưa được hỗ trợ.", "Not judged: this kind of signature is not known here."},
	ContainerUnreadable: {"Không kiểm tra được: không đọc được dữ liệu chữ ký.", "Not judged: the container of the signature cannot be read."},
	AlgorithmUnknown:    {"Không kiểm tra được: thuật toán ký chưa được hỗ trợ.", "Not judged: the algorithm of the signature is not known here."},
	CertificateMissing:  {"Không kiểm tra được: thiếu chứng thư số của người ký.", "Not judged: the signer's certificate is missing or cannot be read."},
	ChangesUnreadable:   {"Không kiểm tra được các thay đổi sau khi ký.", "Not judged: what was appended after the signature cannot be followed."},
	BeyondLimits:        {"Không kiểm tra được: tệp quá lớn hoặc quá phức tạp.", "Not judged: the file is too large or too tangled."},

	ExtendedLater:      {"Sau chữ ký này tệp chỉ được ký thêm hoặc bổ sung dữ liệu kiểm chứng.", "After this signature only further signatures or their proofs were added."},
	WeakDigest:         {"Chữ ký dùng hàm băm SHA-1 đã yếu.", "The signature uses SHA-1, which is weak."},
	WeakKey:            {"Khóa ký ngắn, đã yếu.", "The key is short and weak."},
	CertificateUnnamed: {"Chữ ký không ghi rõ chứng thư số nào đã ký.", "The signature does not name the certificate that made it."},
	CertificateExpired: {"Chứng thư số nay đã hết hạn.", "The certificate has expired since."},
	CertificateEarly:   {"Chứng thư số chưa có hiệu lực.", "The certificate is not valid yet."},
	CertificateThen:    {"Vào thời điểm ký được khai, chứng thư số không có hiệu lực.", "At the claimed time of signing the certificate was not valid."},
	CertificateUsage:   {"Chứng thư số không được cấp để ký.", "The certificate was not issued for signing."},
	CertificateBroken:  {"Chứng thư số đi kèm không do đơn vị ghi trên đó cấp.", "A certificate that comes with the signature was not made by the issuer it names."},
	CertificateOwn:     {"Chứng thư số tự ký: không ai bảo đảm cho người ký.", "The certificate is self-signed: nobody vouches for the signer."},
	CertificateNoRoot:  {"Chứng thư số không do đơn vị được tin cậy cấp.", "The certificate does not lead to a trusted root."},
	LooseEncoding:      {"Dữ liệu chữ ký viết theo dạng không chuẩn.", "The container of the signature is not in the strict form (DER)."},
	TimeUnproved:       {"Thời điểm ký là do người ký khai, không có gì chứng minh.", "The time of signing is the signer's word; nothing proves it."},
	TimestampNotJudged: {"Có dấu thời gian đi kèm nhưng chưa được kiểm tra.", "A timestamp comes with the signature; it was not judged."},
	UsageRights:        {"Có chữ ký quyền sử dụng của phần mềm; chưa được kiểm tra.", "There is a signature of usage rights; it was not judged."},
}
