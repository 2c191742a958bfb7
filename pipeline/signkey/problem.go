package signkey

import (
	"fmt"
	"time"
)

// ProblemKind is the closed list of why an archive has no key to sign with.
type ProblemKind string

// The kinds.
const (
	NotSet          ProblemKind = "not_set"
	NoFile          ProblemKind = "no_file"
	NoPassword      ProblemKind = "no_password"
	Unreadable      ProblemKind = "unreadable"
	Password        ProblemKind = "password"
	Algorithm       ProblemKind = "algorithm"
	NoKey           ProblemKind = "no_private_key"
	NoCertificate   ProblemKind = "no_certificate"
	Mismatch        ProblemKind = "mismatch"
	KeyType         ProblemKind = "key_type"
	Expired         ProblemKind = "expired"
	NotYet          ProblemKind = "not_yet_valid"
	TestKeyInOffice ProblemKind = "test_key_in_office"
	OfficeKeyInDemo ProblemKind = "office_key_in_demo"
	NoAgency        ProblemKind = "no_agency_name"
)

// Problem is why an archive cannot sign now, for the person who can mend it.
type Problem struct {
	Kind ProblemKind
	// Day is when a certificate ended or begins.
	Day time.Time
	// Err is the technical cause; nil where the kind says it all.
	Err error
}

// Error is the sentence in English.
func (p *Problem) Error() string { return p.Text("en") }

// Unwrap gives the technical cause.
func (p *Problem) Unwrap() error { return p.Err }

// Text is the sentence: what is wrong and what to do. lang is "vi" or "en"; any
// other language gets English.
func (p *Problem) Text(lang string) string {
	t := problemTexts[p.Kind]
	text := t.en
	if lang == "vi" {
		text = t.vi
	}
	if p.Day.IsZero() {
		return text
	}
	return fmt.Sprintf(text, p.Day.In(time.FixedZone("+07", 7*3600)).Format("02/01/2006"))
}

var problemTexts = map[ProblemKind]struct{ vi, en string }{
	NotSet: {"Kho này chưa có khóa ký. Hãy ghi sign_key (tệp .p12) và sign_key_password_file vào sohoa.yaml rồi khởi động lại.",
		"This archive has no key to sign with. Set sign_key (a .p12 file) and sign_key_password_file in sohoa.yaml and start again."},
	NoFile: {"Không thấy tệp khóa ký. Hãy kiểm tra đường dẫn sign_key trong sohoa.yaml.",
		"The key file is not there. Check the path sign_key in sohoa.yaml."},
	NoPassword: {"Không đọc được mật khẩu của khóa ký. Hãy kiểm tra tệp sign_key_password_file, hoặc đặt biến SOHOA_SIGN_KEY_PASSWORD.",
		"The password of the key cannot be read. Check the file sign_key_password_file, or set SOHOA_SIGN_KEY_PASSWORD."},
	Unreadable: {"Tệp khóa ký không đọc được hoặc không phải PKCS#12. Hãy xin lại tệp .p12 từ nơi cấp chứng thư số.",
		"The key file cannot be read or is no PKCS#12. Ask the certification service for the .p12 file again."},
	Password: {"Mật khẩu của khóa ký không đúng, hoặc tệp khóa bị hỏng. Hãy sửa mật khẩu rồi khởi động lại; chương trình không tự thử lại.",
		"The password of the key is wrong, or its file is damaged. Correct it and start again; the program does not try again by itself."},
	Algorithm: {"Tệp khóa ký được mã hóa bằng thuật toán mà chương trình không biết. Hãy xuất lại tệp .p12 với AES-256 và SHA-256.",
		"The key file is encrypted with an algorithm this program does not know. Export the .p12 again with AES-256 and SHA-256."},
	NoKey: {"Tệp khóa ký chỉ có chứng thư, không có khóa bí mật. Hãy xuất lại cả khóa bí mật.",
		"The key file holds a certificate but no private key. Export it again with the private key."},
	NoCertificate: {"Tệp khóa ký không có chứng thư số. Hãy xuất lại cả chứng thư.",
		"The key file holds no certificate. Export it again with its certificate."},
	Mismatch: {"Khóa bí mật trong tệp không khớp với chứng thư nào. Hãy xin lại tệp .p12 từ nơi cấp chứng thư số.",
		"The private key in the file belongs to none of its certificates. Ask the certification service for the .p12 file again."},
	KeyType: {"Loại khóa này không dùng để ký được. Cần khóa RSA từ 2048 bit hoặc ECDSA P-256.",
		"A key of this type cannot sign here. It must be RSA of at least 2048 bits or ECDSA P-256."},
	Expired: {"Chứng thư số đã hết hạn ngày %s. Hãy gia hạn với nơi cấp rồi thay tệp khóa.",
		"The certificate expired on %s. Renew it with its service and replace the key file."},
	NotYet: {"Chứng thư số chỉ có hiệu lực từ ngày %s. Hãy kiểm tra đồng hồ của máy, hoặc chờ đến ngày đó.",
		"The certificate is valid only from %s. Check the clock of this machine, or wait for that day."},
	TestKeyInOffice: {"Khóa thử của kho thử không được ký trong kho thật. Hãy đặt sign_key là tệp khóa của cơ quan.",
		"The test key of a demo archive never signs in an office's archive. Set sign_key to the office's own key file."},
	OfficeKeyInDemo: {"Kho thử không bao giờ ký bằng khóa thật. Hãy bỏ sign_key, hoặc lập kho thật bằng sohoa init.",
		"A demo archive never signs with a real key. Remove sign_key, or make an office archive with sohoa init."},
	NoAgency: {"Chưa đặt tên cơ quan ký số hóa. Hãy ghi agency_name vào sohoa.yaml, ví dụ: agency_name: Ủy ban nhân dân xã Gia Phú.",
		"The name of the signing agency is not set. Set agency_name in sohoa.yaml, for example: agency_name: Ủy ban nhân dân xã Gia Phú."},
}
