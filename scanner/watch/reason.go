package watch

import (
	"fmt"
	"time"
)

// Reason is why a file has not been taken yet. The list is closed; every
// reason has a sentence, see [Reason.Text].
type Reason string

// The reasons.
const (
	ReasonArriving   Reason = "arriving"    // seen a moment ago, must rest first
	ReasonGrowing    Reason = "growing"     // its size changes
	ReasonIncomplete Reason = "incomplete"  // rests, but the end of its format is missing
	ReasonUnknown    Reason = "unknown"     // rests, format unknown: taken after a longer rest
	ReasonEmpty      Reason = "empty"       // no bytes yet
	ReasonTemporary  Reason = "temporary"   // a name that says "not finished", for longer than usual
	ReasonLocked     Reason = "locked"      // may not be opened now
	ReasonRefused    Reason = "refused"     // could be read, but not moved or copied
	ReasonNotAFile   Reason = "not_a_file"  // a link, a pipe or a folder
	ReasonVanished   Reason = "vanished"    // went before it was taken
	ReasonUnlisted   Reason = "unlisted"    // a whole folder that can't be listed
	ReasonClosing    Reason = "closing"     // ready; came after the closing key, waits for the batch before it
	ReasonTakenStays Reason = "taken_stays" // stored, but the source can't be removed from the inbox
)

// Reasons lists every reason.
func Reasons() []Reason {
	return []Reason{
		ReasonArriving, ReasonGrowing, ReasonIncomplete, ReasonUnknown, ReasonEmpty, ReasonTemporary, ReasonLocked,
		ReasonRefused, ReasonNotAFile, ReasonVanished, ReasonUnlisted, ReasonClosing, ReasonTakenStays,
	}
}

// Text is the sentence a clerk reads, with how long it has been so; lang is
// "vi" or "en", any other language gets English.
func (r Reason) Text(lang string, d time.Duration) string {
	vi, en := r.sentences()
	if lang == "vi" {
		return fmt.Sprintf(vi, span(d, " giây", " phút", " giờ", " ngày"))
	}
	return fmt.Sprintf(en, span(d, " s", " min", " h", " d"))
}

// sentences are forms with one place, for the time.
func (r Reason) sentences() (vi, en string) {
	switch r {
	case ReasonArriving:
		return "Tệp vừa đến, đang chờ máy quét ghi xong (%s).", "The file has just arrived; waiting for the scanner to finish (%s)."
	case ReasonGrowing:
		return "Tệp chưa ghi xong, đang chờ máy quét (%s).", "The file is still being written; waiting for the scanner (%s)."
	case ReasonIncomplete:
		return "Tệp còn thiếu phần cuối, đang chờ máy quét ghi tiếp (%s). Nếu máy quét đã dừng, hãy quét lại.", "The end of the file is missing; waiting for the scanner to go on (%s). If the scanner has stopped, scan again."
	case ReasonUnknown:
		return "Chưa nhận ra định dạng tệp, chờ thêm cho chắc rồi mới nhận (%s).", "The format of the file is not known; waiting a little longer before it is taken (%s)."
	case ReasonEmpty:
		return "Tệp chưa có nội dung, đang chờ máy quét (%s). Nếu máy quét đã dừng, hãy quét lại.", "The file is still empty; waiting for the scanner (%s). If the scanner has stopped, scan again."
	case ReasonTemporary:
		return "Tệp tạm, đang chờ máy quét đổi tên (%s). Nếu máy quét đã dừng, hãy quét lại.", "A temporary file; waiting for the scanner to rename it (%s). If the scanner has stopped, scan again."
	case ReasonLocked:
		return "Tệp đang bị chương trình khác giữ hoặc chưa cho phép đọc (%s). Hãy đóng chương trình đang mở tệp.", "Another program holds the file, or reading it is not allowed (%s). Close the program that has it open."
	case ReasonRefused:
		return "Chưa chuyển được tệp ra khỏi thư mục quét, hệ thống vẫn đang thử lại (%s). Nếu kéo dài, hãy báo người quản trị.", "The file could not be moved out of the scan folder; still trying (%s). If this goes on, tell the administrator."
	case ReasonNotAFile:
		return "Đây không phải là tệp thường nên không nhận (%s). Hãy đưa tệp ảnh hoặc PDF vào thư mục của máy quét.", "This is not a regular file and is not taken (%s). Put an image or PDF file into the scanner's folder."
	case ReasonVanished:
		return "Tệp đã biến mất trước khi kịp nhận (%s). Nếu cần, hãy quét lại.", "The file went away before it was taken (%s). Scan again if it is needed."
	case ReasonUnlisted:
		return "Không mở được thư mục quét, đang thử lại (%s). Hãy kiểm tra dây mạng và máy quét.", "The scan folder cannot be opened; still trying (%s). Check the network cable and the scanner."
	case ReasonClosing:
		return "Tệp đã ghi xong, chờ đóng lô quét trước (%s).", "The file is ready; waiting for the batch before it to close (%s)."
	case ReasonTakenStays:
		return "Tệp đã được lưu nhưng không xóa được khỏi thư mục quét (%s). Hãy xóa bằng tay hoặc báo người quản trị.", "The file is stored but cannot be removed from the scan folder (%s). Remove it by hand or tell the administrator."
	default:
		return "Tệp đang chờ (%s).", "The file is waiting (%s)."
	}
}

// span says a duration in its largest whole unit, as people do.
func span(d time.Duration, second, minute, hour, day string) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d%s", max(d, 0)/time.Second, second)
	case d < time.Hour:
		return fmt.Sprintf("%d%s", d/time.Minute, minute)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d%s", d/time.Hour, hour)
	default:
		return fmt.Sprintf("%d%s", d/(24*time.Hour), day)
	}
}
