package dossier

import (
	"slices"
	"strings"
	"time"
)

// UserID names somebody who may log in. Random, like every id:
// log-in names are changed and given to others.
type UserID string

// User is somebody who may log in.
type User struct {
	ID UserID `json:"id"`
	// Name is what is typed to log in; Person is how others call them.
	Name   string  `json:"name"`
	Person string  `json:"person"`
	Grants []Grant `json:"grants"`
	// Closed accounts may not log in; they are never deleted, for the log names
	// them.
	Closed bool `json:"closed"`
	// BlockedUntil is set after wrong passwords, until that moment.
	BlockedUntil *time.Time `json:"blocked_until"`
	// MustChange asks for a new password before anything else.
	MustChange bool `json:"must_change"`
	// SecondFactor is true when a code of a device is asked for, too.
	SecondFactor bool `json:"second_factor"`
	// Subject is the account's name at the identity provider, "" for none.
	Subject   string    `json:"subject"`
	CreatedAt time.Time `json:"created_at"`
}

// Grant is one role in one unit, for every kind of paper or for some.
type Grant struct {
	Role  Role     `json:"role"`
	Unit  UnitID   `json:"unit"`
	Kinds []string `json:"kinds"`
}

// Visitor is somebody whose identity is known for one request: by a session, by
// a token, or as the person at the machine.
type Visitor struct {
	User User
	// Session names the session, "" for a token and for the person at the
	// machine.
	Session string
	// Half is true between the password and the code of the second factor: such
	// a visitor may do nothing else.
	Half bool
	// Only, when not nil, narrows the rights to those of a token.
	Only []Permission
	// Reasons are the dossiers of sensitive kinds that the visitor has given a
	// reason for in this session.
	Reasons []DossierID
}

// LocalVisitor is the person at the machine, who may do everything in the unit.
func LocalVisitor(unit UnitID) Visitor {
	return Visitor{User: User{ID: "local", Name: "local", Grants: []Grant{{Role: RoleLocal, Unit: unit}}}}
}

// Local tells whether it is the person at the machine.
func (v Visitor) Local() bool { return v.User.ID == "local" }

// RoleSelf is the role of a user upon the own account.
const RoleSelf Role = "self"

// May tells whether the visitor has the permission in some unit. The own
// account is everybody's who has logged in.
func (v Visitor) May(p Permission) bool {
	if p == MayOwn {
		return v.Session != "" && !v.Half && !v.User.Closed
	}
	return len(v.granting(p)) > 0
}

// granting are the grants that give a permission.
func (v Visitor) granting(p Permission) []Grant {
	if v.Half || v.User.Closed || v.Only != nil && !slices.Contains(v.Only, p) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.User.Grants), func(g Grant) bool { return !g.Role.May(p) })
}

// As is what the visitor does under a permission: who acts, in which role, and
// what may be seen. The unit is home where the visitor may act there, else the
// first one granted. ok is false where the permission is missing.
func (v Visitor) As(p Permission, home UnitID) (actor Actor, scope Scope, ok bool) {
	if p == MayOwn {
		return Actor{ID: string(v.User.ID), Unit: home, Role: RoleSelf}, Scope{}, v.May(p)
	}
	grants := v.granting(p)
	if len(grants) == 0 {
		return Actor{}, Scope{}, false
	}
	unit := grants[0].Unit
	if slices.ContainsFunc(grants, func(g Grant) bool { return g.Unit == home }) {
		unit = home
	}
	grants = slices.DeleteFunc(grants, func(g Grant) bool { return g.Unit != unit })
	scope.Unit = unit
	for _, g := range grants {
		if len(g.Kinds) == 0 {
			scope.Kinds = nil
			break
		}
		scope.Kinds = append(scope.Kinds, g.Kinds...)
	}
	slices.Sort(scope.Kinds)
	scope.Kinds = slices.Compact(scope.Kinds)
	return Actor{ID: string(v.User.ID), Unit: unit, Role: grants[0].Role}, scope, true
}

// Session is somebody's being logged in, as a list shows it.
type Session struct {
	// ID names the session; it opens nothing.
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	Address   string    `json:"address"`
	Browser   string    `json:"browser"`
}

// Token is what another machine shows instead of logging in, as a list shows
// it: the secret itself is shown once, when it is made.
type Token struct {
	ID          string       `json:"id"`
	User        UserID       `json:"user"`
	Label       string       `json:"label"`
	Permissions []Permission `json:"permissions"`
	Unit        UnitID       `json:"unit"`
	ExpiresAt   time.Time    `json:"expires_at"`
	UsedAt      *time.Time   `json:"used_at"`
	Revoked     bool         `json:"revoked"`
}

// From is where somebody comes from, as a list of sessions shows it.
type From struct{ Address, Browser string }

// Pass is what a right password or code opens: the secret of a session, which
// is half while a second factor is still asked for.
type Pass struct {
	Secret string
	Half   bool
}

// Factor is a second factor that waits for its first code.
type Factor struct {
	// Secret is typed into the app where the picture can't be read.
	Secret string
	// Address is the text of the picture (otpauth://).
	Address string
}

// NewUser is a user to be made.
type NewUser struct {
	Name, Person string
	// Password may be empty for a user of an identity provider.
	Password string
	// Once asks for another password at the first log-in.
	Once    bool
	Subject string
	Grants  []Grant
}

// NewToken is a token to be made.
type NewToken struct {
	User        UserID
	Label       string
	Permissions []Permission
	Unit        UnitID
	Life        time.Duration
}

// Refusal is why something about an account is not done. It is a stable code
// and an error; [Refusal.Text] is the sentence for the person.
type Refusal string

// The refusals.
const (
	// RefusedLogin says the same of a wrong name, a wrong password, and an
	// account that is closed or blocked: which of them it is helps only those
	// who guess.
	RefusedLogin      Refusal = "login"
	RefusedCode       Refusal = "code"
	RefusedSetupCode  Refusal = "setup_code"
	RefusedOften      Refusal = "often"
	RefusedShort      Refusal = "password_short"
	RefusedLong       Refusal = "password_long"
	RefusedCommon     Refusal = "password_common"
	RefusedLikeName   Refusal = "password_like_name"
	RefusedSame       Refusal = "password_same"
	RefusedUnlike     Refusal = "password_unlike"
	RefusedName       Refusal = "name"
	RefusedTaken      Refusal = "name_taken"
	RefusedUnknown    Refusal = "account_unknown"
	RefusedRole       Refusal = "role_unknown"
	RefusedKind       Refusal = "kind_unknown"
	RefusedLastAdmin  Refusal = "last_administrator"
	RefusedExpiry     Refusal = "token_expiry"
	RefusedRight      Refusal = "token_right"
	RefusedReason     Refusal = "reason_missing"
	RefusedProvider   Refusal = "provider"
	RefusedNoSuchUser Refusal = "provider_account"
	// The provider vouches for whom the next ones are told to, so that they can
	// be told.
	RefusedClosed         Refusal = "account_closed"
	RefusedProviderAway   Refusal = "provider_away"
	RefusedProviderIssuer Refusal = "provider_issuer"
	RefusedProviderTicket Refusal = "provider_ticket"
	RefusedSubject        Refusal = "subject"
)

// Error is for logs: the code.
func (r Refusal) Error() string { return "refused: " + string(r) }

// Text is the sentence a person reads; lang is "vi" or "en".
func (r Refusal) Text(lang string) string {
	t := refusalTexts[r]
	if lang == "vi" {
		return t[0]
	}
	return t[1]
}

// Refusals lists every refusal, in no particular order.
func Refusals() []Refusal {
	all := make([]Refusal, 0, len(refusalTexts))
	for r := range refusalTexts {
		all = append(all, r)
	}
	return all
}

var refusalTexts = map[Refusal][2]string{
	RefusedLogin:      {"Tên đăng nhập hoặc mật khẩu không đúng. Nhập sai nhiều lần thì tài khoản tạm ngừng một lúc; hãy chờ rồi thử lại, hoặc hỏi người quản trị.", "The name or the password is wrong. After several wrong tries an account rests for a while: wait and try again, or ask the administrator."},
	RefusedCode:       {"Mã không đúng hoặc đã dùng rồi. Hãy chờ mã mới trên điện thoại.", "The code is wrong or has been used. Wait for the next one on your phone."},
	RefusedSetupCode:  {"Mã khởi tạo không đúng hoặc đã hết hạn. Hãy khởi động lại sohoa serve để có mã mới.", "The setup code is wrong or has expired. Start sohoa serve again to get a new one."},
	RefusedOften:      {"Quá nhiều lần thử. Hãy chờ ít phút rồi thử lại.", "Too many tries. Wait a few minutes and try again."},
	RefusedShort:      {"Mật khẩu cần ít nhất 12 ký tự. Một câu ngắn dễ nhớ là tốt nhất.", "A password needs at least 12 characters. A short sentence is best."},
	RefusedLong:       {"Mật khẩu dài quá 256 ký tự.", "The password is longer than 256 characters."},
	RefusedCommon:     {"Mật khẩu này nhiều người dùng, rất dễ đoán. Hãy chọn mật khẩu khác.", "Many people use this password; it is easily guessed. Choose another."},
	RefusedLikeName:   {"Mật khẩu không được chứa tên đăng nhập hoặc họ tên.", "The password must not contain your name."},
	RefusedSame:       {"Mật khẩu mới phải khác mật khẩu cũ.", "The new password must differ from the old one."},
	RefusedUnlike:     {"Hai lần nhập mật khẩu mới không giống nhau.", "The two new passwords differ."},
	RefusedName:       {"Tên đăng nhập gồm 2 đến 64 chữ thường không dấu, chữ số, dấu chấm hoặc gạch nối.", "A log-in name is 2 to 64 lower-case letters without tones, digits, dots or hyphens."},
	RefusedTaken:      {"Tên đăng nhập hoặc mã ở cổng xác thực này đã có người dùng.", "This log-in name, or this subject, is somebody else's."},
	RefusedUnknown:    {"Không có tài khoản này.", "There is no such account."},
	RefusedRole:       {"Không có vai trò này.", "There is no such role."},
	RefusedKind:       {"Không có loại giấy tờ này.", "There is no such kind of paper."},
	RefusedLastAdmin:  {"Đây là người quản trị cuối cùng. Hãy giao quyền quản trị cho người khác trước.", "This is the last administrator. Make somebody else one first."},
	RefusedExpiry:     {"Thời hạn của khóa API phải từ 1 đến 366 ngày.", "A token is valid for 1 to 366 days."},
	RefusedRight:      {"Khóa API không thể có quyền mà tài khoản không có.", "A token cannot have a right that its account has not."},
	RefusedReason:     {"Hãy chọn hoặc ghi lý do xem hồ sơ này.", "Choose or write why you look at this dossier."},
	RefusedProvider:   {"Không đăng nhập được qua cổng xác thực. Hãy thử lại, hoặc dùng tên và mật khẩu.", "Logging in through the identity provider did not work. Try again, or use name and password."},
	RefusedNoSuchUser: {"Cổng xác thực biết bạn, nhưng chưa có tài khoản nào ở đây gắn với bạn. Hãy nhờ người quản trị.", "The identity provider knows you, but no account here is bound to you. Ask the administrator."},

	RefusedClosed:         {"Tài khoản của bạn ở đây đã bị khóa. Hãy hỏi người quản trị.", "Your account here is closed. Ask the administrator."},
	RefusedProviderAway:   {"Không kết nối được cổng xác thực. Hãy thử lại sau ít phút, hoặc dùng tên và mật khẩu.", "The identity provider cannot be reached. Try again in a few minutes, or use name and password."},
	RefusedProviderIssuer: {"Cổng xác thực trả lời không đúng như đã cài đặt nên không đăng nhập. Hãy báo người quản trị.", "The identity provider is not the one that is set up here, so nobody is let in. Tell the administrator."},
	RefusedProviderTicket: {"Lần đăng nhập này đã quá lâu hoặc bắt đầu ở trình duyệt khác. Hãy đăng nhập lại từ đầu.", "This log-in took too long or was begun in another browser. Begin again."},
	RefusedSubject:        {"Hãy ghi ISSUER#SUBJECT, hoặc chỉ SUBJECT khi đã đặt oidc_issuer.", "Write ISSUER#SUBJECT, or only SUBJECT where oidc_issuer is set."},
}

// CheckUserName refuses what cannot be a log-in name.
func CheckUserName(name string) error {
	ok := len(name) >= 2 && len(name) <= 64 && name[0] >= 'a' && name[0] <= 'z' && name != "local"
	for _, r := range name {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-_@", r) {
			ok = false
		}
	}
	if !ok {
		return RefusedName
	}
	return nil
}
